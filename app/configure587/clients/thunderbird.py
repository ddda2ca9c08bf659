"""Thunderbird and its relatives: outgoing servers in prefs.js and user.js.

Facts by running Thunderbird 153 and by reading comm-central: mailnews/compose/src/SmtpServer,
SmtpClient, OutgoingServerService. An absent port means 587 since version 89, 25 before it and
in SeaMonkey; a locked value wins silently, so values are read through everything that decides.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from configure587.clients import mozilla_layers, mozilla_profiles
from configure587.clients.mozilla_prefs import Prefs
from configure587.errors import Unsure
from configure587.machine import Platform, sheets
from configure587.model import (
    Change,
    Incoming,
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
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Machine
    from configure587.model import Target, Value

key = mozilla_profiles.KEY

_TRY_SSL = {
    1: Security.OPPORTUNISTIC,
    2: Security.STARTTLS,
    3: Security.TLS,
}  # anything else is no protection at all (SmtpClient.sys.mjs)
_SSL_NUMBER = {Security.NONE: 0, Security.STARTTLS: 2, Security.TLS: 3}
# nsMsgAuthMethod, comm-central mailnews/base/public/MailNewsTypes2.idl
_AUTH = {
    0: "invalid",
    1: "none",
    2: "old",
    3: "password",
    4: "cram-md5",
    5: "gssapi",
    6: "ntlm",
    7: "external",
    8: "secure",
    9: "any",
    10: "oauth2",
}
_PASSWORD = 3
_WANTED = ("mail.account", "mail.identity.", "mail.smtp")
_INCOMING = ("mail.server.",)
_STANDARD_PORTS = {"imap": {False: 143, True: 993}, "pop3": {False: 110, True: 995}}
_UNLIKELY = {"invalid", "old", "cram-md5", "secure", "any"}
_OLD_PORT = 25
_DIALS_587 = 89  # comm-central f49e4ae32d
_IGNORES_OPPORTUNISTIC = 132  # comm-central 443ddae2e7
_OLD_CODE = {"SeaMonkey", "Epyrus"}  # the C++ client: an absent port is 25 whatever the version


def profiles(machine: Machine) -> Iterable[Profile]:
    """See Client.profiles."""
    return mozilla_profiles.profiles(machine)


def unlisted(machine: Machine) -> Iterator[tuple[Profile, Remark]]:
    """See Client.unlisted: a profiles.ini that is damaged, empty or gone."""
    for root, path, detail in mozilla_profiles.problems(machine):
        place = Place("prefs.js", os.path.join(root.path, "prefs.js"))
        profile = Profile(key, root.program, "profiles.ini", root.path, place, in_use=False)
        yield profile, Remark(reason("profile_list_unreadable", path=path, detail=detail))


def servers(machine: Machine, profile: Profile) -> Iterator[OutgoingServer]:
    """See Client.servers."""
    prefs_data = _read(machine, profile.place.path)
    if prefs_data is None:
        return  # made on first start and never used
    prefs = _prefs(machine, profile, prefs_data)
    keys = prefs.listed("mail.smtpservers")
    if prefs.damaged and not keys:
        raise Unsure("prefs_damaged", path=prefs.damaged)
    users = _users(prefs, keys)
    for server_key in keys:
        yield _server(machine, profile, prefs, server_key, users.get(server_key, ()))


def settings(server: OutgoingServer, target: Target) -> Sequence[Change] | None:
    """See Client.settings; a user.js that sets one of the values is changed along with it."""
    number = _SSL_NUMBER.get(target.security)
    if number is None:
        return None
    start = f"mail.smtpserver.{server.key}."
    wanted: dict[str, Value] = {}
    if server.hostname.lower() != target.hostname.lower():
        wanted[start + "hostname"] = target.hostname
    if server.transport.port != target.port:
        wanted[start + "port"] = target.port
    if server.transport.security is not target.security:
        wanted[start + "try_ssl"] = number
    if target.sign_in_as is not None:
        wanted[start + "authMethod"] = _PASSWORD
        if server.username != target.sign_in_as:
            wanted[start + "username"] = target.sign_in_as
    return [change for name, value in wanted.items() for change in _set(server, name, value)]


def doubt(transport: Transport) -> Reason | None:
    """See Client.doubt."""
    del transport
    return None


def receives(machine: Machine, server: OutgoingServer) -> Iterator[Incoming]:
    """See Client.receives; of several identities of an account the first one."""
    data = _read(machine, server.profile.place.path) or b""
    prefs = _prefs(machine, server.profile, data)
    users = _users(prefs, prefs.listed("mail.smtpservers")).get(server.key, [])
    servers_of = prefs.reading(_INCOMING)
    first_of: dict[str, _User] = {}
    for user in users:
        first_of.setdefault(user.incoming, user)
    for user in first_of.values():
        found = _incoming(servers_of, f"mail.server.{user.incoming}.")
        if found.protocol in _STANDARD_PORTS and found.hostname:
            name = prefs.text(f"mail.identity.{user.identity}.fullName")
            yield found._replace(address=user.address, name=name)


def hindrances(machine: Machine, profile: Profile) -> Iterator[Reason]:
    """See Client.hindrances."""
    if machine.processes.uses(_lock(machine, profile)):
        yield reason("running", program=profile.program)


def exclusive(machine: Machine, profile: Profile) -> AbstractContextManager[None]:
    """See Client.exclusive: the very lock by which Thunderbird knows itself running."""
    return machine.processes.keep_out(_lock(machine, profile))


def _lock(machine: Machine, profile: Profile) -> str:
    windows = machine.platform is Platform.WINDOWS
    return os.path.join(profile.folder, "parent.lock" if windows else ".parentlock")


def _read(machine: Machine, path: str) -> bytes | None:
    try:
        return machine.files.read(path, sheets.LIMIT)
    except FileNotFoundError:
        return None


def _prefs(machine: Machine, profile: Profile, data: bytes) -> Prefs:
    version, folder = mozilla_layers.version_and_folder(machine, profile.folder)
    user_place = Place("prefs.js", os.path.join(profile.folder, "user.js"))
    user_data = _read(machine, user_place.path) or b""
    return Prefs(
        layers=mozilla_layers.of(machine, folder, thunderbird=profile.program not in _OLD_CODE),
        version=version,
        data=data,
        user_data=user_data,
        prefs_place=profile.place,
        user_place=user_place,
    ).reading(_WANTED)


class _User(NamedTuple):
    """One identity that sends through a server, and its account's incoming server."""

    address: str
    incoming: str
    identity: str


def _users(prefs: Prefs, keys: Sequence[str]) -> dict[str, list[_User]]:
    """Who sends through which server; an identity without a choice uses the default one."""
    default = prefs.text("mail.smtp.defaultserver") or (keys[0] if keys else "")
    users: dict[str, list[_User]] = {}
    for account in prefs.listed("mail.accountmanager.accounts"):
        incoming = prefs.text(f"mail.account.{account}.server")
        for identity in prefs.listed(f"mail.account.{account}.identities"):
            chosen = prefs.text(f"mail.identity.{identity}.smtpServer") or default
            address = prefs.text(f"mail.identity.{identity}.useremail")
            users.setdefault(chosen, []).append(_User(address, incoming, identity))
    return users


def _incoming_names(prefs: Prefs, users: Sequence[_User]) -> Iterator[str]:
    """The user names with which these accounts fetch their mail."""
    incoming = prefs.reading(_INCOMING)
    for server in dict.fromkeys(user.incoming for user in users):
        found = _incoming(incoming, f"mail.server.{server}.")
        if found.protocol in _STANDARD_PORTS:
            yield found.username


def _incoming(prefs: Prefs, start: str) -> Incoming:
    """What is dialled for fetching (MsgIncomingServer.sys.mjs), whatever the protocol.

    A renamed server or user kept its old name beside the new one in old versions ("real…").
    """
    protocol = prefs.text(start + "type")
    old = 3 if prefs.origin(start + "isSecure").value is True else None
    socket = _number(prefs.origin(start + "socketType"), old)
    if socket is None:
        socket = _number(prefs.origin("mail.server.default.socketType"), 0)
    security = _TRY_SSL.get(socket or 0, Security.NONE)  # nsMsgSocketType has the same numbers
    port = _number(prefs.origin(start + "port"), None) or 0
    if port <= 1:
        port = _STANDARD_PORTS.get(protocol, {}).get(security is Security.TLS, 0)
    usual = prefs.origin("mail.server.default.authMethod").value
    method = _number(prefs.origin(start + "authMethod"), usual)
    return Incoming(
        protocol=protocol,
        hostname=prefs.text(start + "realhostname") or prefs.text(start + "hostname"),
        port=port,
        security=security,
        auth=_AUTH.get(_PASSWORD if method is None else method, "invalid"),
        username=prefs.text(start + "realuserName") or prefs.text(start + "userName"),
    )


def _server(
    machine: Machine,
    profile: Profile,
    prefs: Prefs,
    server_key: str,
    users: Sequence[_User],
) -> OutgoingServer:
    start = f"mail.smtpserver.{server_key}."
    names = ("port", "try_ssl", "authMethod", "username", "hostname", "type")
    origins = {name: prefs.origin(start + name) for name in names}
    security = _security(prefs, origins["try_ssl"])
    auth = _auth(prefs, origins["authMethod"])
    hostname = _text(origins["hostname"])
    port = _port(origins["port"], security, profile.program, prefs.version)
    remarks = [
        *_remarks_on_files(prefs),
        *_remarks(prefs, origins, port, security, profile.program),
    ]
    remarks += [Remark(each) for each in _certificate(machine, profile, hostname)]
    if auth in _UNLIKELY:
        remarks.append(Remark(reason("sign_in_unlikely", method=auth)))
    return OutgoingServer(
        profile=profile,
        key=server_key,
        hostname=hostname,
        transport=Transport(port, security),
        auth=auth,
        username=_text(origins["username"]),
        used_by=tuple(dict.fromkeys(user.address for user in users if user.address)),
        offers=tuple(filter(None, _incoming_names(prefs, users))) if auth == "none" else (),
        origins=tuple(origins.values()),
        written=_written(prefs, [start + name for name in names]),
        remarks=tuple(remarks),
    )


def _text(origin: Origin) -> str:
    return origin.value if isinstance(origin.value, str) else ""


def _number(origin: Origin, fallback: Value | None) -> int | None:
    """An integer pref; Gecko takes the fallback where the type is another (a bool is)."""
    for value in (origin.value, fallback):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _security(prefs: Prefs, origin: Origin) -> Security:
    number = _number(origin, prefs.origin("mail.smtpserver.default.try_ssl").value)
    return _TRY_SSL.get(number or 0, Security.NONE)


def _auth(prefs: Prefs, origin: Origin) -> str:
    number = _number(origin, prefs.origin("mail.smtpserver.default.authMethod").value)
    return _AUTH.get(_PASSWORD if number is None else number, "invalid")


def _port(origin: Origin, security: Security, program: str, version: int | None) -> int:
    """What is dialled; 0, a string and a bool count as absent."""
    port = _number(origin, None)
    if port:
        return port
    if security is Security.TLS:
        return 465
    old = program in _OLD_CODE or (version is not None and version < _DIALS_587)
    return _OLD_PORT if old else 587


def _remarks(
    prefs: Prefs,
    origins: Mapping[str, Origin],
    port: int,
    security: Security,
    program: str,
) -> Iterator[Remark]:
    kind = _text(origins["type"]) or "smtp"
    if kind != "smtp":
        yield Remark(reason("not_smtp", type=kind), Verdict.LEFT_ALONE)
    if not _text(origins["hostname"]):
        yield Remark(reason("no_hostname"), Verdict.LEFT_ALONE)
    if not 0 < port < 65_536:
        yield Remark(reason("unusable_port", port=port), Verdict.STUCK)
    if not _number(origins["port"], None) and security is not Security.TLS:
        if port == _OLD_PORT:
            yield Remark(reason("absent_means_25"))
        elif prefs.version is None:
            yield Remark(reason("version_unknown"))
    ignores = (prefs.version or 999) >= _IGNORES_OPPORTUNISTIC and program not in _OLD_CODE
    if security is Security.OPPORTUNISTIC and ignores:
        yield Remark(reason("opportunistic_is_none"))


def _remarks_on_files(prefs: Prefs) -> Iterator[Remark]:
    if prefs.damaged:
        yield Remark(reason("prefs_damaged", path=prefs.damaged), Verdict.UNREADABLE)
    elif prefs.faulty:
        yield Remark(reason("prefs_faulty", path=prefs.faulty))
    for unclear in prefs.layers.unclear:
        yield Remark(unclear)


def _certificate(machine: Machine, profile: Profile, hostname: str) -> Iterator[Reason]:
    """An exception stored for HOST:25 does not serve HOST:587 (fact sheet, section e)."""
    data = _read(machine, os.path.join(profile.folder, "cert_override.txt"))
    if data and hostname and b"\n" + hostname.lower().encode() + b":25:" in b"\n" + data.lower():
        yield reason("certificate_exception", host=hostname)


def _written(prefs: Prefs, names: Sequence[str]) -> tuple[Written, ...]:
    sheets = zip(
        (prefs.prefs_place, prefs.user_place), (prefs.prefs, prefs.user), prefs.health, strict=True
    )
    return tuple(
        Written(place, name, sheet[name], name in health.odd)
        for place, sheet, health in sheets
        for name in names
        if name in sheet
    )


def _set(server: OutgoingServer, name: str, value: Value) -> Iterator[Change]:
    """Changes that give a name this value wherever it stands.

    A value that stands there already and yet is not in force is named too: something above it
    wins, and whoever judges the changes must see that (it is in `origins`, fixed).
    """
    found = [each for each in server.written if each.name == name]
    stale = [each for each in found if each.value != value or type(each.value) is not type(value)]
    for each in stale or found:
        yield Change(each.place, name, each.value, value)
    if not found:
        yield Change(server.profile.place, name, None, value)
