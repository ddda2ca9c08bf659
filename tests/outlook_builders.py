r"""Registries that read like the situation: registry(outlook_profile("João", pop3(port=25)))."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from builders import CANARY
from configure587.machine import Platform, memory
from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configure587.machine import Machine
    from configure587.model import Value

HKCU = "HKEY_CURRENT_USER"
HKLM = "HKEY_LOCAL_MACHINE"
OFFICE = rf"{HKCU}\Software\Microsoft\Office"
SUBSYSTEM = rf"{HKCU}\Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem"
SECTION = "9375CFF0413111d3B88A00104B2A6676"
POP3 = "{ED475411-B0D6-11D2-8C3B-00104B2A6676}"
IMAP = "{ED475412-B0D6-11D2-8C3B-00104B2A6676}"
MAPI = "{ED475414-B0D6-11D2-8C3B-00104B2A6676}"
HTTP = "{4DB5CBF0-3B77-4852-BC8E-BB81908861F3}"
SECRET = Opaque("REG_BINARY", b"\x02" + CANARY.encode())
"""What stands for a stored password: a tag byte and a blob."""

Values = dict[str, "Value"]


def binary(text: str) -> Opaque:
    """A string as Outlook 2007 and 2010 write it."""
    return Opaque("REG_BINARY", f"{text}\0".encode("utf-16-le"))


def pop3(  # noqa: PLR0913 - each names one thing a test may want otherwise
    *,
    port: Value | None = None,
    secure: Value | None = None,
    use_auth: Value | None = 1,
    host: str = "smtp.exemplo.com.br",
    address: str = "ana@exemplo.com.br",
    kind: str = "POP3",
    old: bool = False,
    **more: Any,  # noqa: ANN401 - any registry value, its name with _ for blanks
) -> Values:
    """One account with a stored password; None leaves a value out, `old` writes binary strings."""
    spell: Any = binary if old else str
    values: dict[str, Value | None] = {
        "clsid": POP3 if kind == "POP3" else IMAP,
        "Mini UID": 305_419_896,
        "Account Name": spell(address),
        "Display Name": spell("Ana"),
        "Email": spell(address),
        f"{kind} Server": spell(f"{kind.lower()}.exemplo.com.br"),
        f"{kind} User": spell(address),
        f"{kind} Password": SECRET,
        "SMTP Server": spell(host),
        "SMTP Password": SECRET,
        "Preferences UID": Opaque("REG_BINARY", bytes(range(16))),
        "Leave on Server": 0x000E0003,
        "SMTP Port": port,
        "SMTP Secure Connection": secure,
        "SMTP Use Auth": use_auth,
    }
    values.update({name.replace("_", " "): value for name, value in more.items()})
    return {name: value for name, value in values.items() if value is not None}


def imap(**values: Any) -> Values:  # noqa: ANN401 - as pop3
    """The same with IMAP."""
    return pop3(kind="IMAP", **values)


ADDRESS_BOOK: Values = {"clsid": MAPI, "Service Name": "CONTAB", "Account Name": "Contatos"}
EXCHANGE: Values = {"clsid": MAPI, "Service Name": "MSEMS", "Account Name": "ana@empresa.com.br"}
HOTMAIL: Values = {"clsid": HTTP, "Account Name": "ana@hotmail.com", "HTTP Password": SECRET}


@dataclass(frozen=True)
class OutlookProfile:
    """One Outlook profile: its accounts by number, and the version that wrote it."""

    name: str = "Outlook"
    accounts: Mapping[int, Values] = field(default_factory=dict)
    version: str = "16.0"

    @property
    def tree(self) -> str:
        """The key that holds the profiles of this version."""
        if self.version in {"15.0", "16.0"}:
            return rf"{OFFICE}\{self.version}\Outlook\Profiles"
        return rf"{SUBSYSTEM}\Profiles"

    @property
    def key(self) -> str:
        """The profile's own key."""
        return rf"{self.tree}\{self.name}"

    def account(self, number: int) -> str:
        """The key of one account."""
        return rf"{self.key}\{SECTION}\{number:08x}"


def outlook(
    *accounts: Values, name: str = "Outlook", version: str = "16.0", first: int = 1
) -> OutlookProfile:
    """A profile with these accounts, numbered from `first`."""
    return OutlookProfile(name, dict(enumerate(accounts, first)), version)


def registry(*profiles: OutlookProfile, installed: bool = True) -> dict[str, Values]:
    """A whole registry with these profiles, the first of each version being the default one."""
    found: dict[str, Values] = {}
    for profile in profiles:
        subsystem = profile.tree.startswith(SUBSYSTEM)
        office = rf"{OFFICE}\{profile.version}\Outlook"
        chooser = profile.tree if subsystem else office
        found.setdefault(office, {})
        found.setdefault(chooser, {}).setdefault("DefaultProfile", profile.name)
        section = rf"{profile.key}\{SECTION}"
        found[profile.key] = {}
        found[section] = {
            "NextAccountID": len(profile.accounts) + 1,
            "LastChangeVer": Opaque("REG_BINARY", bytes([36, *bytes(7)])),
        }
        for number, values in profile.accounts.items():
            found[profile.account(number)] = dict(values)
        if installed:
            root = rf"{HKLM}\SOFTWARE\Microsoft\Office\{profile.version}\Outlook\InstallRoot"
            found[root] = {"Path": "C:\\Program Files\\Microsoft Office\\"}
    return found


def a_windows_machine(
    *profiles: OutlookProfile,
    more: Mapping[str, Values] | None = None,
    files: Mapping[str, bytes] | None = None,
    running: bool = False,
    installed: bool = True,
) -> Machine:
    """A Windows computer in memory; it stands for itself, as an image does."""
    made = memory.machine(
        files,
        platform=Platform.WINDOWS,
        programs=("OUTLOOK.EXE",) if running else (),
        registry={**registry(*profiles, installed=installed), **(more or {})},
        home="/image/home",
    )
    return made.but(root="/image")


# --- Windows Live Mail ---------------------------------------------------------------------------

LIVE_MAIL = "/image/home/AppData/Local/Microsoft/Windows Live Mail"
ACCOUNT_FILE = "account{0B1D5F3A-2C4E-4F60-8A9B-1C2D3E4F5A6B}.oeaccount"


def oeaccount(
    *,
    host: str | None = "smtp.exemplo.com.br",
    address: str = "ana@exemplo.com.br",
    **numbers: Any,  # noqa: ANN401 - a number, or the text that spells one
) -> bytes:
    """An account file as Windows Live Mail writes it; numbers may be given as they are spelled."""
    values: dict[str, tuple[str, str]] = {
        "Account_Name": ("SZ", "Exemplo (Ana)"),
        "POP3_Server": ("SZ", "pop.exemplo.com.br"),
        "POP3_User_Name": ("SZ", address),
        "POP3_Password2": ("BINARY", CANARY.encode().hex()),
        "SMTP_Use_Sicily": ("DWORD", "00000002"),
        "SMTP_Email_Address": ("SZ", address),
    }
    if host is not None:
        values["SMTP_Server"] = ("SZ", host)
    for name, value in numbers.items():
        values[name] = ("DWORD", value if isinstance(value, str) else f"{value:08x}")
    lines = [f'\t<{name} type="{kind}">{text}</{name}>' for name, (kind, text) in values.items()]
    head = '<?xml version="1.0" encoding="utf-16" ?>'
    text = "\r\n".join([head, "<MessageAccount>", *lines, "</MessageAccount>", ""])
    return b"\xff\xfe" + text.encode("utf-16-le")


def a_live_mail_machine(
    *accounts: bytes, running: bool = False, registry: Mapping[str, Values] | None = None
) -> Machine:
    """A Windows computer in memory with these accounts of Windows Live Mail."""
    files = {
        f"{LIVE_MAIL}/Exemplo {number}/{ACCOUNT_FILE}": data
        for number, data in enumerate(accounts, 1)
    }
    made = memory.machine(
        files,
        platform=Platform.WINDOWS,
        programs=("wlmail.exe",) if running else (),
        registry=registry or {},
        home="/image/home",
    )
    return made.but(root="/image")
