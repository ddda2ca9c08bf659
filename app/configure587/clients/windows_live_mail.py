r"""Windows Live Mail and Windows Mail: one account{GUID}.oeaccount file for each account.

By lineage (Outlook Express) "secure connection" means STARTTLS on port 25 and protection from the
first moment on others; whether it means STARTTLS on 587 is not documented, so a change to
587 takes an explicit yes. Microsoft, "New Handling for Account Data" (ms715237); the fact
sheet's section c.
"""

from __future__ import annotations

import collections
import contextlib
import hashlib
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from configure587.clients import lockless
from configure587.errors import Unsure
from configure587.formats import oeaccount
from configure587.machine import Kind, sheets
from configure587.model import (
    SUBMISSION,
    Change,
    Incoming,
    Opaque,
    Origin,
    OutgoingServer,
    Place,
    Profile,
    Reason,
    Remark,
    Security,
    Transport,
    Verdict,
    Written,
    reason,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Machine
    from configure587.model import Target, Value

key = "windows_live_mail"

PLACE = "oeaccount"
PORT = "SMTP_Port"
SECURE = "SMTP_Secure_Connection"
SICILY = "SMTP_Use_Sicily"
_NUMBERS = (PORT, SECURE, SICILY)
_STRINGS = (
    *("Account_Name", "SMTP_Server", "SMTP_User_Name", "SMTP_Email_Address"),
    *("POP3_Server", "POP3_User_Name", "IMAP_Server", "IMAP_User_Name"),
)
_INCOMING = (
    *("POP3_Port", "POP3_Secure_Connection", "POP3_Use_Sicily"),
    *("IMAP_Port", "IMAP_Secure_Connection", "IMAP_Use_Sicily", "SMTP_Display_Name"),
)
_NONE, _SPA, _AS_INCOMING, _OWN_LOGIN = range(4)  # SMTP_Use_Sicily; Microsoft: oe-smtpauthtype
_AUTH = {_NONE: "none", _SPA: "spa", _AS_INCOMING: "password", _OWN_LOGIN: "password"}
_ABSENT_PORT = 25
_STARTTLS_PORTS = {25, 587}

_ACCOUNT = re.compile(r"account\{[^{}]*\}\.oeaccount", re.IGNORECASE)
_MESSAGES = (".eml", ".nws", ".fol", ".pat", ".edb", ".log", ".chk", ".jrs", ".oeaccount", ".bak")
_BACKUP = "backup"  # the program's own copies, which it does not read [unsure: from memory]
_DEPTH = 6
_FOLDERS = 10_000  # looked into at most, whatever a store has been told to be
_LIMIT = 2 * 1024 * 1024  # bytes; the format itself refuses more than half of it


class _Program(NamedTuple):
    """One of the two programs: its key, its own folder below the person's, its process."""

    name: str
    process: str


_PROGRAMS = (
    _Program("Windows Live Mail", "wlmail.exe"),
    _Program("Windows Mail", "WinMail.exe"),
)


def profiles(machine: Machine) -> Iterator[Profile]:
    """See Client.profiles: the folder in which a program keeps mail and accounts."""
    seen: set[str] = set()  # two programs may have been told of one folder
    for program in _PROGRAMS:
        for folder in _roots(machine, program):
            look = machine.files.look(folder)
            real = machine.files.real(folder)
            if look is not None and look.kind is not Kind.FILE and real not in seen:
                seen.add(real)
                place = Place(PLACE, folder)
                yield Profile(key, program.name, program.name, folder, place, in_use=True)
                break


def unlisted(machine: Machine) -> Iterable[tuple[Profile, Remark]]:
    """See Client.unlisted."""
    del machine
    return ()


def servers(machine: Machine, profile: Profile) -> Iterator[OutgoingServer]:
    """See Client.servers; a file that cannot be read spoils no other."""
    for path in _account_files(machine, profile):
        name = _key(profile.folder, path)
        place = Place(PLACE, path)
        try:
            data = machine.files.read(path, _LIMIT)
            values = oeaccount.read_matching(data, (*_STRINGS, *_NUMBERS))
        except (OSError, Unsure) as error:
            yield lockless.unreadable(profile, name, sheets.why(error, place))
            continue
        account = _Account(place, values)
        if account.sends:
            yield _server(profile, name, account)


def settings(server: OutgoingServer, target: Target) -> Sequence[Change] | None:
    """See Client.settings; one number says "protected", and the port says how."""
    said = _security(1, target.port)
    if said is not target.security or server.hostname.lower() != target.hostname.lower():
        return None
    wanted: dict[str, int] = {}
    if server.transport.port != target.port:
        wanted[PORT] = target.port
    if server.transport.security in {Security.NONE, Security.OPPORTUNISTIC}:
        wanted[SECURE] = 1
    if target.sign_in_as is not None:
        if target.sign_in_as not in server.offers:
            return None
        wanted[SICILY] = _AS_INCOMING
    there = {each.name: each.value for each in server.written}
    place = Place(PLACE, server.origins[0].path)
    return [Change(place, name, there.get(name), value) for name, value in wanted.items()]


def doubt(transport: Transport) -> Reason | None:
    """See Client.doubt."""
    return reason("starttls_unsure") if transport.security is Security.STARTTLS else None


def receives(machine: Machine, server: OutgoingServer) -> Iterator[Incoming]:
    """See Client.receives."""
    if not server.origins:
        return  # the account could not be read
    place = Place(PLACE, server.origins[0].path)
    data = machine.files.read(place.path, _LIMIT)
    account = _Account(place, oeaccount.read_matching(data, (*_STRINGS, *_INCOMING)))
    for kind in ("POP3", "IMAP"):
        if hostname := account.text(f"{kind}_Server").strip():
            port = oeaccount.number(account.values.get(f"{kind}_Port"))
            secure = account.number(f"{kind}_Secure_Connection", 0)
            yield Incoming(
                protocol=kind.lower(),
                hostname=hostname,
                port=port,
                security=lockless.incoming_security(kind, port, secure),
                auth="spa" if account.number(f"{kind}_Use_Sicily", 0) else "password",
                username=account.text(f"{kind}_User_Name"),
                address=account.text("SMTP_Email_Address") or account.text("Account_Name"),
                name=account.text("SMTP_Display_Name"),
            )


def hindrances(machine: Machine, profile: Profile) -> Iterator[Reason]:
    """See Client.hindrances."""
    return lockless.hindrances(machine, profile, [_process(profile)])


def exclusive(machine: Machine, profile: Profile) -> AbstractContextManager[None]:
    """See Client.exclusive."""
    return lockless.exclusive(machine, [_process(profile)])


def _process(profile: Profile) -> str:
    return next(each.process for each in _PROGRAMS if each.name == profile.program)


def _roots(machine: Machine, program: _Program) -> Iterator[str]:
    """Where the program keeps its store: as the registry says, else where it begins with."""
    written = rf"HKEY_CURRENT_USER\Software\Microsoft\{program.name}"
    with contextlib.suppress(OSError):
        value = machine.registry.read(written, ["Store Root"]).get("Store Root")
        found = _expanded(machine, _path(value))
        if found is not None:
            yield found
    yield os.path.join(machine.local_folder, "Microsoft", program.name)


def _path(value: Value | None) -> str:
    if isinstance(value, Opaque) and value.type == "REG_EXPAND_SZ":
        return value.data.decode("utf-16-le", "replace").partition("\0")[0]
    return value if isinstance(value, str) else ""


def _expanded(machine: Machine, written: str) -> str | None:
    """The path here; of variables only those are known that lead to a person's own folders."""
    known = {
        "%userprofile%": machine.home,
        "%localappdata%": machine.local_folder,
        "%appdata%": machine.roaming_folder,
    }
    first, _, rest = written.replace("/", "\\").rstrip("\\").partition("\\")
    start = known.get(first.lower())
    if start is not None:
        return os.path.join(start, *rest.split("\\"))
    return machine.locate(written.rstrip("\\")) if written else None


def _account_files(machine: Machine, profile: Profile) -> Iterator[str]:
    """The account files of a profile; one that several paths or profiles lead to comes once."""
    every = [*profiles(machine)]
    walk = _Walk(machine, {machine.files.real(each.folder) for each in every})
    for each in every:
        if each.folder == profile.folder:
            yield from walk.files(each.folder)
            return
        with contextlib.suppress(OSError):  # it is told when that profile is asked for
            collections.deque(walk.files(each.folder), maxlen=0)


class _Walk:
    """A walk through folders that goes into none twice, by whatever links, nor into too many."""

    def __init__(self, machine: Machine, roots: Container[str]) -> None:
        """What lies below one of the `roots` belongs to it, even where another is around it."""
        self.seen: set[str] = set()
        self._files = machine.files
        self._roots = roots
        self._left = _FOLDERS

    def files(self, folder: str, depth: int = 0) -> Iterator[str]:
        """Account files below a folder; a folder below that cannot be listed holds none for us."""
        if not self._is_new(folder) or self._left == 0:
            return
        self._left -= 1
        try:
            names = self._files.names(folder)
        except OSError:
            if depth == 0:
                raise
            return
        for name in names:
            path = os.path.join(folder, name)
            if _ACCOUNT.fullmatch(name):
                if self._is_new(path):
                    yield path
            elif depth < _DEPTH and self._may_hold_accounts(path, name.lower()):
                yield from self.files(path, depth + 1)

    def _is_new(self, path: str) -> bool:
        real = self._files.real(path)
        known = real in self.seen
        self.seen.add(real)
        return not known

    def _may_hold_accounts(self, path: str, name: str) -> bool:
        if name.endswith(_MESSAGES) or name == _BACKUP:
            return False
        look = self._files.look(path)
        is_folder = look is not None and look.kind is Kind.FOLDER
        return is_folder and self._files.real(path) not in self._roots


def _key(folder: str, path: str) -> str:
    """One word that a shell takes as it is: the folder of the account as a hash, and its GUID."""
    inner, name = os.path.split(os.path.relpath(path, folder))
    digest = hashlib.sha256(inner.encode(errors="surrogatepass")).hexdigest()[:8]
    guid = re.sub("[^A-Za-z0-9-]", "", name[len("account{") : -len("}.oeaccount")])
    return f"{digest}-{guid}"


class _Account(NamedTuple):
    """One account file as far as sending goes."""

    place: Place
    values: Mapping[str, Value]

    @property
    def sends(self) -> bool:
        """Whether this is a mail account, and not one for news or a directory."""
        return any(name in self.values for name in ("SMTP_Server", "POP3_Server", "IMAP_Server"))

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if isinstance(value, Opaque):
            return value.data.decode("utf-16-le", "replace") if value.type == "SZ" else ""
        return value if isinstance(value, str) else ""

    def number(self, name: str, absent: int) -> int:
        found = oeaccount.number(self.values.get(name))
        return absent if found is None else found

    @property
    def odd(self) -> str:
        """A value that is there but is not what the program writes; "" if none is."""
        for name in _NUMBERS:
            if name in self.values and oeaccount.number(self.values[name]) is None:
                return name
        if self.number(SECURE, 0) not in {0, 1}:
            return SECURE
        return SICILY if self.number(SICILY, 0) not in _AUTH else ""

    @property
    def transport(self) -> Transport:
        port = self.number(PORT, _ABSENT_PORT)
        return Transport(port, _security(self.number(SECURE, 0), port))

    @property
    def auth(self) -> str:
        return _AUTH.get(self.number(SICILY, _NONE), "none")

    @property
    def username(self) -> str:
        if self.number(SICILY, _NONE) == _OWN_LOGIN:
            return self.text("SMTP_User_Name")
        return self.text("POP3_User_Name") or self.text("IMAP_User_Name")


def _security(number: int, port: int) -> Security:
    if number != 1:
        return Security.NONE
    return Security.STARTTLS if port in _STARTTLS_PORTS else Security.TLS


def _server(profile: Profile, name: str, account: _Account) -> OutgoingServer:
    address = account.text("SMTP_Email_Address") or account.text("Account_Name")
    return OutgoingServer(
        profile=profile,
        key=name,
        hostname=account.text("SMTP_Server").strip(),
        transport=account.transport,
        auth=account.auth,
        username=account.username,
        used_by=(address,) if address else (),
        offers=(account.username,) if account.auth == "none" and account.username else (),
        origins=tuple(
            Origin(name, account.values.get(name), account.place.path) for name in _NUMBERS
        ),
        written=tuple(
            Written(account.place, name, account.values[name])
            for name in _NUMBERS
            if name in account.values
        ),
        remarks=tuple(_remarks(account)),
    )


def _remarks(account: _Account) -> Iterator[Remark]:
    if account.odd:
        yield Remark(reason("odd_value", path=account.place.path, name=account.odd), Verdict.STUCK)
    if not account.text("SMTP_Server").strip():
        yield Remark(reason("no_hostname"), Verdict.LEFT_ALONE)
    port = account.transport.port
    if not 0 < port < 65_536:
        yield Remark(reason("unusable_port", port=port), Verdict.STUCK)
    if account.transport == SUBMISSION:
        yield Remark(reason("starttls_unsure_today"), Verdict.LEFT_ALONE)
    if PORT not in account.values:
        yield Remark(reason("absent_means_25"))
