"""Findings without what tells who somebody is: addresses, names, folders, hosts of one's own.

What is kept stands on lists: servers of our table of providers, the usual parts of paths. All else
gets a made-up name, so that something we did not think of is hidden rather than shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from configure587.model import Reason
from configure587.submission import providers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from configure587.machine import Machine
    from configure587.model import Finding, Outcome, OutgoingServer, Profile
    from configure587.support.pseudonyms import Pseudonyms

_ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]{}|=@]+@[^\s<>\"',;:()\[\]{}|=@]+")
_HOST = re.compile(r"(?<![\w.-])(?:[\w-]+\.)+[\w-]{1,63}(?![\w-])")
_SIX = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:.])")
_NUMBERED = re.compile(r"\d+\.\d+\.\d+")  # such as an enhanced status code: 5.7.1
_PREF = re.compile(
    r"mail\.(?:smtpservers|(?:smtpserver|smtp|server|identity|account)"
    r"\.(?:(?:smtp|server|id|account)\d{0,4}\.|default\.)?"
    r"(?:port|try_ssl|authMethod|hostname|username|type|userName|smtpServer|useremail|server"
    r"|identities|defaultserver|ssl|auth_method))"
)
_LOOPBACK = {"localhost", "::1"}

_USUAL = frozenset(
    (
        *("~", ".thunderbird", ".mozilla-thunderbird", ".mozilla", ".icedove"),
        *(".athenian200", "snap", "common", ".var", "app", "data"),
        *("org.mozilla.thunderbird", "org.mozilla.thunderbird_esr"),
        *("net.thunderbird.thunderbird", "eu.betterbird.betterbird", "thunderbird"),
        *("seamonkey", "epyrus", "athenian200", "betterbird", "mozilla", "profiles"),
        *("library", "appdata", "local", "roaming", "packages", "application", "support"),
        *("containers", "group", "preferences", "prefs.js", "user.js", "profiles.ini"),
        *("compatibility.ini", "policies.json", "policies", "distribution", "defaults"),
        *("pref", "etc", "usr", "lib", "lib64", "opt", "share", "program", "files"),
        *("program_files", "microsoft", "office", "outlook", "hkey_current_user"),
        *("hkey_local_machine", "software", "windows", "nt", "currentversion"),
        *("messaging", "subsystem", "windowsmail", "mail", "olk", "usersettings.json"),
        *("mailbox.js", "mozilla.cfg", "thunderbird.cfg", "autoconfig.js"),
        *("9375cff0413111d3b88a00104b2a6676", "registry.reg", "accounts", "wow6432node"),
        *("home", "users"),
    )
)
_PHRASES = frozenset(
    (
        *("application support", "group containers", "program files", "program files (x86)"),
        *("windows nt", "windows mail", "windows live mail", "windows messaging subsystem"),
        *("ubf8t346g9.office", "outlook 15 profiles", "main profile", "maildata"),
        *("microsoft.outlookforwindows_8wekyb3d8bbwe",),
        *("microsoft.windowscommunicationsapps_8wekyb3d8bbwe",),
    )
)
_HARMLESS = re.compile(
    r"[a-z]:?|\d{1,3}(?:\.\d{1,3})?|v\d{1,3}|[0-9a-f]{8}|[a-z0-9]{8}\.default(?:-release|-esr)?"
)
_PROFILES = {"", "default", "default-release", "default-esr", "default-default", "outlook"}


class Veil(NamedTuple):
    """What hides, and how much of it: whose computer, whose names, whether addresses are shown."""

    home: str
    root: str
    user: str
    names: Pseudonyms
    kinds: dict[str, str]  # "account" and so on, in the reader's language
    own: frozenset[str]  # names that are hidden wherever they stand in somebody's words
    addresses: bool = False

    def called(self, kind: str, name: str) -> str:
        """The made-up name for this one."""
        return self.names.of(self.kinds.get(kind, kind), name)


def veil(
    machine: Machine,
    names: Pseudonyms,
    findings: Iterable[Finding],
    kinds: dict[str, str],
    *,
    addresses: bool = False,
) -> Veil:
    """What hides on this computer, which has these accounts."""
    own = {machine.user, re.split(r"[/\\]", machine.home.rstrip("/\\"))[-1]}
    for finding in findings:
        own |= set(_of_person(finding, addresses=addresses))
    wanted = frozenset(each.casefold() for each in own if each.strip())
    return Veil(machine.home, machine.root, machine.user, names, kinds, wanted, addresses)


def _of_person(finding: Finding, *, addresses: bool) -> Iterator[str]:
    """What of a finding names the person; with `addresses`, their addresses may be named."""
    if finding.profile.name.casefold() not in _PROFILES | {finding.profile.program.casefold()}:
        yield finding.profile.name
        yield from (word for word in finding.profile.name.split() if len(word) > 2)
    if finding.server is not None and not addresses:
        for address in (*finding.server.used_by, finding.server.username):
            yield address
            yield address.partition("@")[0]


def finding(hidden: Veil, value: Finding) -> Finding:
    """The same finding as it may be passed on."""
    target = value.target
    whose = profile(hidden, value.profile)
    return value._replace(
        id="",
        profile=whose,
        server=None if value.server is None else _server(hidden, value.server, whose),
        reasons=tuple(reason(hidden, each) for each in value.reasons),
        target=None
        if target is None
        else target._replace(
            hostname=host(hidden, target.hostname),
            sign_in_as=None if target.sign_in_as is None else person(hidden, target.sign_in_as),
        ),
    )


def outcome(hidden: Veil, value: Outcome) -> Outcome:
    """How it went, without names; what was changed is left out."""
    from dataclasses import replace

    accounts = (
        person(hidden, each) if "@" in each else host(hidden, each) for each in value.accounts
    )
    return replace(
        value,
        profile=profile(hidden, value.profile),
        reasons=tuple(reason(hidden, each) for each in value.reasons),
        changes=(),
        accounts=tuple(accounts),
    )


def profile(hidden: Veil, value: Profile) -> Profile:
    """A profile whose name and folder tell nothing of the person."""
    usual = {*_PROFILES, value.program.casefold()}
    name = value.name
    if name.casefold() not in usual or name.casefold() in hidden.own:
        name = hidden.called("profile", name)
    folder = path(hidden, value.folder)
    place = value.place._replace(path=path(hidden, value.place.path))
    return value._replace(name=name, folder=folder, place=place)


def _server(hidden: Veil, value: OutgoingServer, whose: Profile) -> OutgoingServer:
    return value._replace(
        profile=whose,
        key="" if value.hostname or value.used_by else hidden.called("server", value.key),
        hostname=host(hidden, value.hostname),
        username=person(hidden, value.username) if value.username else "",
        used_by=tuple(person(hidden, each) for each in value.used_by),
        origins=(),
        written=(),
        remarks=(),
    )


def person(hidden: Veil, name: str) -> str:
    """An address or user name as an account's made-up name."""
    return name if hidden.addresses and "@" in name else hidden.called("account", name)


def host(hidden: Veil, name: str) -> str:
    """A server's name: kept when our table of providers has it, or when addresses are shown."""
    if not name or name.casefold() in _LOOPBACK or re.fullmatch(r"127(\.\d{1,3}){3}", name):
        return name
    if hidden.addresses or providers.load().for_host(name):
        return name
    return hidden.called("server", name)


def path(hidden: Veil, written: str) -> str:
    """A path from "~" on, with the parts that are no usual ones under a made-up name."""
    parts = re.split(r"([/\\])", _from_home(hidden, written))
    return "".join(_part(hidden, each) for each in parts)


def _from_home(hidden: Veil, written: str) -> str:
    for start, instead in ((hidden.home, "~"), (hidden.root, "")):
        if start and written.casefold().startswith(start.casefold()):
            rest = written[len(start) :]
            if not rest or rest[0] in "/\\":
                return instead + rest
    return re.sub(r"(?i)^(?:/home|/Users|[a-z]:\\Users)[/\\][^/\\]+", "~", written)


def _part(hidden: Veil, part: str) -> str:
    small = part.casefold()
    usual = small in _USUAL or small in _PHRASES or _HARMLESS.fullmatch(small) is not None
    if part in {"", "/", "\\"} or (usual and small not in hidden.own):
        return part
    return hidden.called("folder", part)


def reason(hidden: Veil, value: Reason) -> Reason:
    """A reason whose fields may be passed on."""
    return Reason(value.code, tuple((name, _field(hidden, name, v)) for name, v in value.fields))


def _field(hidden: Veil, name: str, value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    return _FIELDS.get(name, said)(hidden, value)


def said(hidden: Veil, text: str) -> str:
    """Somebody's words: addresses, hosts, paths and the person's own names are exchanged."""

    def address(found: re.Match[str]) -> str:
        return person(hidden, found[0])

    def other(found: re.Match[str]) -> str:
        plain = _NUMBERED.fullmatch(found[0]) is not None
        return found[0] if plain else host(hidden, found[0])

    text = re.sub(r"(?:[A-Za-z]:)?[/\\][^\s\"']+", lambda found: path(hidden, found[0]), text)
    text = _SIX.sub(other, _HOST.sub(other, _ADDRESS.sub(address, text)))
    for name in sorted(hidden.own, key=len, reverse=True):
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        text = whole.sub(lambda found: hidden.called("account", found[0]), text)
    return text


def _kept(hidden: Veil, text: str) -> str:
    del hidden
    return text


def _name(hidden: Veil, text: str) -> str:
    """The name of a setting, which our own lists of settings hold."""
    parts = text.casefold().split(".")
    return text if _PREF.fullmatch(text) and not set(parts) & hidden.own else said(hidden, text)


_FIELDS: dict[str, Callable[[Veil, str], str]] = {
    **dict.fromkeys(("host", "other", "hostname"), host),
    **dict.fromkeys(("username", "person", "ran_as"), person),
    **dict.fromkeys(("path", "folder"), path),
    **dict.fromkeys(("program", "since", "until"), _kept),
    "finding": lambda hidden, value: hidden.called("account", value),
    "name": _name,
}
