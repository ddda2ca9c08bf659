"""Building computers that read like the situation: a_machine(thunderbird(port=25))."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from configure587.machine import Platform, memory
from configure587.machine.memory_registry import MemoryRegistry
from configure587.policy import Policy, Probe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from configure587.machine import Machine
    from configure587.model import Value

HOME = "/home/ana"
ROOT = f"{HOME}/.thunderbird"
HEAD = "// Mozilla User Preferences\n\n"
CANARY = "canary-587"


def literal(value: bool | int | str) -> str:
    """A value as prefs.js spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def prefs(values: Mapping[str, bool | int | str], eol: str = "\n") -> bytes:
    """A prefs.js as Thunderbird writes it."""
    lines = [f'user_pref("{name}", {literal(values[name])});' for name in sorted(values)]
    return (HEAD.replace("\n", eol) + "".join(line + eol for line in lines)).encode()


def account(
    *,
    key: str = "smtp1",
    host: str = "smtp.exemplo.com.br",
    address: str = "ana@exemplo.com.br",
    incoming: str | None = "ana@exemplo.com.br",
    number: int = 1,
    **server: Any,  # noqa: ANN401 - any pref value
) -> dict[str, bool | int | str]:
    """The prefs of one account, its identity, its incoming and its outgoing server.

    A keyword with the value None leaves that pref of the outgoing server out.
    """
    start = f"mail.smtpserver.{key}."
    values = {"hostname": host, "username": address, **server}
    found: dict[str, bool | int | str] = {
        "mail.accountmanager.accounts": f"account{number}",
        f"mail.account.account{number}.identities": f"id{number}",
        f"mail.account.account{number}.server": f"server{number}",
        f"mail.identity.id{number}.useremail": address,
        f"mail.identity.id{number}.smtpServer": key,
        f"mail.server.server{number}.type": "imap",
        "mail.smtpservers": key,
        "mail.smtp.defaultserver": key,
    }
    if incoming is not None:
        found[f"mail.server.server{number}.userName"] = incoming
    found.update({start + name: value for name, value in values.items() if value is not None})
    return found


@dataclass(frozen=True)
class ProfileFiles:
    """One profile folder: its name, and its files."""

    name: str
    files: dict[str, bytes] = field(default_factory=dict)
    running: bool = False


def thunderbird(  # noqa: PLR0913 - each names one thing a test may want otherwise
    *,
    name: str = "abcd1234.default",
    version: str | None = "153.7.0",
    installation: str = "/usr/lib/thunderbird",
    user_js: Mapping[str, bool | int | str] | None = None,
    more: Mapping[str, bool | int | str] | None = None,
    raw: bytes | None = None,
    files: Mapping[str, bytes] | None = None,
    running: bool = False,
    **server: Any,  # noqa: ANN401 - any pref value, or the words of account()
) -> ProfileFiles:
    """A Thunderbird profile with one account; keywords as in account()."""
    found = {"prefs.js": raw if raw is not None else prefs({**account(**server), **(more or {})})}
    if version is not None:
        found["compatibility.ini"] = (
            f"[Compatibility]\nLastVersion={version}_20261110/20261110\n"
            f"LastPlatformDir={installation}\n"
        ).encode()
    if user_js is not None:
        found["user.js"] = prefs(user_js)
    return ProfileFiles(name, {**found, **(files or {})}, running)


def profiles_ini(*names: str, default: str | None = None) -> bytes:
    """A profiles.ini that lists these profiles."""
    sections = [
        f"[Profile{number}]\nName={name.partition('.')[2]}\nIsRelative=1\nPath={name}\n"
        for number, name in enumerate(names)
    ]
    if default is not None:
        sections.insert(0, f"[Install4F96D1932A9F858E]\nDefault={default}\nLocked=1\n")
    return "\n".join([*sections, "[General]\nStartWithLastProfile=1\nVersion=2\n"]).encode()


def contents(*profiles: ProfileFiles, root: str = ROOT) -> dict[str, bytes]:
    """The files of a home with these profiles."""
    names = [profile.name for profile in profiles]
    found = {f"{root}/profiles.ini": profiles_ini(*names, default=names[0] if names else None)}
    for profile in profiles:
        for name, data in profile.files.items():
            found[f"{root}/{profile.name}/{name}"] = data
    return found


def an_image(folder: Path, *profiles: ProfileFiles) -> Path:
    """A folder that stands for a computer with these Thunderbird profiles."""
    for path, data in contents(*profiles).items():
        target = folder / path.removeprefix("/").replace("home/ana", "home")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def a_machine(
    *profiles: ProfileFiles,
    files: Mapping[str, bytes] | None = None,
    platform: Platform = Platform.LINUX,
) -> Machine:
    """A computer in memory with these Thunderbird profiles and further files."""
    lock = "parent.lock" if platform is Platform.WINDOWS else ".parentlock"
    running = [f"{ROOT}/{profile.name}/{lock}" for profile in profiles if profile.running]
    return memory.machine(
        {**contents(*profiles), **(files or {})}, platform=platform, running=running
    )


LOCAL = f"{HOME}/AppData/Local"
NEW_OUTLOOK_SWITCH = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\Preferences"
OUTLOOK_PACKAGE = f"{LOCAL}/Packages/Microsoft.OutlookForWindows_8wekyb3d8bbwe"
MAIL_PACKAGE = f"{LOCAL}/Packages/microsoft.windowscommunicationsapps_8wekyb3d8bbwe"


def a_guided_machine(platform: Platform) -> Machine:
    """A computer on which every program is used that we recognize and never write."""
    if platform is Platform.MACOS:
        office = f"{HOME}/Library/Group Containers/UBF8T346G9.Office/Outlook"
        files = {
            f"{office}/Outlook 15 Profiles/Main Profile/Data/Outlook.sqlite": b"SQLite",
            f"{HOME}/Library/Mail/V10/MailData/Envelope Index": b"SQLite",
        }
        return memory.machine(files, platform=platform)
    files = {
        f"{LOCAL}/Microsoft/Olk/UserSettings.json": b"{}",
        f"{OUTLOOK_PACKAGE}/Settings/settings.dat": b"regf",
        f"{MAIL_PACKAGE}/LocalState/HxStore.hxd": b"Nostromoi",
    }
    return memory.machine(
        files, platform=platform, registry={NEW_OUTLOOK_SWITCH: {"UseNewOutlook": 1}}
    )


def registry_of(machine: Machine) -> dict[str, dict[str, Value]]:
    """Every key and value in memory."""
    registry = machine.registry
    return registry.everything() if isinstance(registry, MemoryRegistry) else {}


def bytes_of(machine: Machine) -> dict[str, bytes]:
    """Every file in memory, our own data folder left out."""
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    return {
        path: data for path, data in files.contents.items() if not path.startswith(machine.data)
    }


def state_of(machine: Machine) -> dict[str, Any]:
    """Everything in memory that belongs to the person: files, and keys with their values."""
    registry = machine.registry
    keys = registry.everything() if isinstance(registry, MemoryRegistry) else {}
    return {**bytes_of(machine), **keys}


def offline(**wishes: Any) -> Policy:  # noqa: ANN401 - the words of Policy
    """A policy by which no server is looked at: for tests of everything else."""
    return Policy(**{"probe": Probe.OFF, **wishes})
