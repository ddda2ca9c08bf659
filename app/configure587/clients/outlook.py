r"""Classic Outlook for Windows: outgoing servers of POP3 and IMAP accounts, in the registry.

Microsoft's account interface lets nobody change an SMTP value, so the values themselves are
changed: the port, the protection and whether to sign in, as DWORDs of an account that is there.
Nothing else of it is ever written, no string, no password, no identity. Facts: the fact sheet's
sections a2 to a4; names and numbers after Microsoft's constants of the Account Management API.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from configure587.clients import lockless, outlook_profiles
from configure587.machine import sheets
from configure587.model import (
    SUBMISSION,
    SUBMISSIONS,
    Change,
    Incoming,
    Opaque,
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
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from configure587.clients.outlook_profiles import Generation
    from configure587.machine import Machine
    from configure587.model import Target, Value

key = outlook_profiles.KEY

_PROGRAMS = ("OUTLOOK.EXE", "MAPISP32.EXE")  # the second is the spooler of old versions
_IMAP, _POP3 = "IMAP", "POP3"
_KINDS = {
    "{ED475411-B0D6-11D2-8C3B-00104B2A6676}": _POP3,
    "{ED475412-B0D6-11D2-8C3B-00104B2A6676}": _IMAP,
}  # anything else is Exchange, HTTP, an address book or a store
_SECURITY = {
    0: Security.NONE,
    1: Security.TLS,
    2: Security.STARTTLS,
    3: Security.OPPORTUNISTIC,  # "Auto"
}  # PROP_SMTP_SECURE_CONNECTION
_NUMBER = {Security.STARTTLS: 2, Security.TLS: 1}
_OWN_LOGIN, _POP_FIRST = 1, 2  # PROP_SMTP_AUTH_METHOD
_ABSENT_PORT = 25

PORT = "SMTP Port"
SECURE = "SMTP Secure Connection"
USE_AUTH = "SMTP Use Auth"
USE_SSL = "SMTP Use SSL"
_METHOD = "SMTP Auth Method"
_SPA = ("SMTP Use SPA", "SMTP Use Sicily")
_NUMBERS = (PORT, SECURE, USE_AUTH, USE_SSL, _METHOD, *_SPA)
_STRINGS = (
    *("clsid", "SMTP Server", "SMTP User", "Email", "Account Name"),
    *("POP3 User", "IMAP User"),
)
_INCOMING = (
    *("POP3 Server", "POP3 Port", "POP3 Use SSL", "POP3 Use Sicily"),
    *("IMAP Server", "IMAP Port", "IMAP Use SSL", "IMAP Use Sicily", "Display Name"),
)
_OAUTH = re.compile(r"oauth|^auth.*identity", re.IGNORECASE)


def profiles(machine: Machine) -> Iterable[Profile]:
    """See Client.profiles."""
    return outlook_profiles.profiles(machine)


def unlisted(machine: Machine) -> Iterator[tuple[Profile, Remark]]:
    """See Client.unlisted: what cannot be read, and what is too old or too far away to change."""
    for profile, error in outlook_profiles.problems(machine):
        yield profile, Remark(sheets.why(error, profile.place), Verdict.UNREADABLE)
    for profile in outlook_profiles.corporate(machine):
        yield profile, Remark(reason("outlook_corporate"), Verdict.STUCK)


def servers(machine: Machine, profile: Profile) -> Iterator[OutgoingServer]:
    """See Client.servers."""
    generation = outlook_profiles.generation(machine, profile)
    managed = outlook_profiles.managed(machine, profile)
    for name, place in outlook_profiles.accounts(machine, profile):
        try:
            account = _read(machine, place)
        except OSError as error:
            why = sheets.why(error, Place(sheets.REGISTRY, place))
            yield lockless.unreadable(profile, name, why)
            continue
        if account.kind:
            yield _server(profile, name, account, generation, managed)


def settings(server: OutgoingServer, target: Target) -> Sequence[Change] | None:
    """See Client.settings; only numbers are ever written, so another name cannot be said."""
    number = _NUMBER.get(target.security)
    if number is None or server.hostname.lower() != target.hostname.lower():
        return None
    wanted: dict[str, int] = {}
    if server.transport.port != target.port:
        wanted[PORT] = target.port
    if server.transport.security is not target.security:
        wanted[SECURE] = number
    if target.sign_in_as is not None:
        if target.sign_in_as not in server.offers:
            return None
        wanted[USE_AUTH] = 1
    there = {each.name: each.value for each in server.written}
    place = Place(sheets.REGISTRY, rf"{server.profile.folder}\{outlook_profiles.SECTION}")
    place = place._replace(path=rf"{place.path}\{server.key}")
    return [Change(place, name, there.get(name), value) for name, value in wanted.items()]


def doubt(transport: Transport) -> Reason | None:
    """See Client.doubt."""
    del transport
    return None


def receives(machine: Machine, server: OutgoingServer) -> Iterator[Incoming]:
    """See Client.receives."""
    place = rf"{server.profile.folder}\{outlook_profiles.SECTION}\{server.key}"
    account = _Account(place, machine.registry.read(place, (*_STRINGS, *_INCOMING)))
    kind = account.kind
    hostname = account.text(f"{kind} Server").strip()
    if not kind or not hostname:
        return
    auth = "spa" if account.number(f"{kind} Use Sicily") else "password"
    if any(_OAUTH.search(name) for name in machine.registry.names(place)):
        auth = "oauth2"
    port = account.number(f"{kind} Port")
    yield Incoming(
        protocol=kind.lower(),
        hostname=hostname,
        port=port,
        security=lockless.incoming_security(kind, port, account.number(f"{kind} Use SSL")),
        auth=auth,
        username=account.incoming_user,
        address=account.text("Email") or account.text("Account Name"),
        name=account.text("Display Name"),
    )


def hindrances(machine: Machine, profile: Profile) -> Iterator[Reason]:
    """See Client.hindrances; a window may be gone long before the program is."""
    return lockless.hindrances(machine, profile, _PROGRAMS)


def exclusive(machine: Machine, profile: Profile) -> AbstractContextManager[None]:
    """See Client.exclusive."""
    del profile
    return lockless.exclusive(machine, _PROGRAMS)


def _read(machine: Machine, place: str) -> _Account:
    """An account; the names of its other values matter only where something is to be changed."""
    account = _Account(place, machine.registry.read(place, (*_STRINGS, *_NUMBERS)))
    port = account.number(PORT)
    if not account.kind or (port, account.number(SECURE)) in {(587, 2), (465, 1)}:
        return account
    return account._replace(names=machine.registry.names(place))


class _Account(NamedTuple):
    """One account as the registry has it: named values, and the names of the others."""

    place: str
    values: Mapping[str, Value]
    names: Sequence[str] = ()

    @property
    def kind(self) -> str:
        """POP3 or IMAP; "" for what is no such account."""
        return _KINDS.get((_decoded(self.values.get("clsid")) or "").upper(), "")

    def text(self, name: str) -> str:
        return _decoded(self.values.get(name)) or ""

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    @property
    def odd(self) -> str:
        """A value that is there but not of the type that Outlook gives it; "" if none is."""
        wrong = (n for n in _NUMBERS if n in self.values and self.number(n) is None)
        server = self.values.get("SMTP Server")
        damaged = server is not None and _decoded(server) is None
        return next(wrong, "SMTP Server" if damaged else "")

    @property
    def incoming_user(self) -> str:
        return self.text(f"{self.kind} User")

    @property
    def _method(self) -> int:
        """How it signs in, as a mask of bits (PROP_SMTP_AUTH_METHOD)."""
        return self.number(_METHOD) or 0

    @property
    def username(self) -> str:
        """The name with which it signs in, or would."""
        own = self._method & _OWN_LOGIN
        return self.text("SMTP User") if own else self.incoming_user

    @property
    def offers(self) -> tuple[str, ...]:
        """The name with which it would sign in if only `SMTP Use Auth` were 1."""
        otherwise = self._method & _POP_FIRST or any(self.number(name) for name in _SPA)
        plain = self.auth == "none" and not otherwise
        return (self.username,) if plain and self.username else ()

    @property
    def auth(self) -> str:
        if not self.number(USE_AUTH):
            return "none"
        if self._method & _POP_FIRST:
            return "pop-before-smtp"
        return "spa" if any(self.number(name) for name in _SPA) else "password"


def _decoded(value: Value | None) -> str | None:
    """A string by the type found: REG_SZ, or REG_BINARY with UTF-16; None for anything else."""
    if isinstance(value, str):
        return value.partition("\0")[0]
    if not isinstance(value, Opaque) or value.type not in {"REG_BINARY", "REG_SZ"}:
        return None
    if len(value.data) % 2:
        return None
    return value.data.decode("utf-16-le", "replace").partition("\0")[0]


def _server(
    profile: Profile, name: str, account: _Account, generation: Generation, managed: str
) -> OutgoingServer:
    transport = Transport(_port(account), _security(account, too_old=generation.too_old))
    remarks = [*_remarks(account, transport, generation)]
    if managed:
        remarks.append(Remark(reason("managed_setup", path=managed)))
    address = account.text("Email") or account.text("Account Name")
    place = Place(sheets.REGISTRY, account.place)
    return OutgoingServer(
        profile=profile,
        key=name,
        hostname=account.text("SMTP Server").strip(),
        transport=transport,
        auth=account.auth,
        username=account.username,
        used_by=(address,) if address else (),
        offers=account.offers,
        written=tuple(
            Written(place, name, account.values[name])
            for name in (PORT, SECURE, USE_AUTH)
            if name in account.values
        ),
        remarks=tuple(remarks),
    )


def _port(account: _Account) -> int:
    port = account.number(PORT)
    return _ABSENT_PORT if port is None else port


def _security(account: _Account, *, too_old: bool) -> Security:
    number = account.number(SECURE)
    if too_old or number is None:
        return Security.TLS if account.number(USE_SSL) else Security.NONE
    return _SECURITY.get(number, Security.NONE)


def _remarks(account: _Account, transport: Transport, generation: Generation) -> Iterator[Remark]:
    """What settles the matter comes first."""
    if account.odd:
        yield Remark(reason("odd_value", path=account.place, name=account.odd), Verdict.STUCK)
    if not account.text("SMTP Server").strip():
        yield Remark(reason("no_hostname"), Verdict.LEFT_ALONE)
    if not generation.live:
        yield Remark(reason("outlook_not_current"), Verdict.LEFT_ALONE)
    if not 0 < transport.port < 65_536:
        yield Remark(reason("unusable_port", port=transport.port), Verdict.STUCK)
    if transport == SUBMISSION and account.number(USE_SSL):
        yield Remark(reason("outlook_ssl_unclear"), Verdict.LEFT_ALONE)
    if transport == SUBMISSIONS and SECURE not in account.values and not generation.too_old:
        yield Remark(reason("outlook_ssl_old_only"), Verdict.STUCK)
    if transport not in {SUBMISSION, SUBMISSIONS}:
        yield from _obstacles(account, transport, generation)
    if PORT not in account.values:
        yield Remark(reason("absent_means_25"))


def _obstacles(account: _Account, transport: Transport, generation: Generation) -> Iterator[Remark]:
    """What forbids to change an account that does not send as it should."""
    if any(_OAUTH.search(name) for name in account.names):
        yield Remark(reason("outlook_oauth"), Verdict.STUCK)
    if generation.too_old:
        yield Remark(reason("outlook_too_old"), Verdict.STUCK)
    elif not generation.version and SECURE not in account.values:
        yield Remark(reason("outlook_version_unknown"), Verdict.STUCK)
    if generation.private:
        yield Remark(reason("outlook_from_store"), Verdict.STUCK)
    if account.number(USE_SSL):
        yield Remark(reason("outlook_ssl_unclear"), Verdict.STUCK)
    if account.number(SECURE) not in {None, *_SECURITY}:
        yield Remark(reason("odd_value", path=account.place, name=SECURE), Verdict.STUCK)
    if account.auth == "pop-before-smtp" and transport.port != SUBMISSION.port:
        yield Remark(reason("outlook_pop_first"), Verdict.STUCK)
