"""The decision table: from what was seen of a server to what we do about it.

The rows and their numbers are those of the fact sheet "What a correct submission check must do",
section 10. Only port 587 (and 465) decide; what was seen on port 25 explains, and no more.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from configure587.model import SUBMISSION, SUBMISSIONS, Security, reason
from configure587.seen import CertificateTrouble, Door, End, Step
from configure587.submission.hostnames import canonical, registrable
from configure587.submission.patience import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configure587.model import Reason
    from configure587.seen import Certificate, HostSeen, Seen


class Deed(enum.Enum):
    """What a row tells us to do."""

    REWRITE = "rewrite"
    WARN = "warn"  # right port, but the way to sign in will not do: a person decides
    ASK = "ask"  # a user name is needed
    OFFER_465 = "offer_465"  # where 465 is wanted, take it
    OTHER_HOST = "other_host"  # on the person's yes
    LEAVE = "leave"
    LATER = "later"


class Row(NamedTuple):
    """One row of the table: its number, its code, what to do, and the clause that rules."""

    number: int
    code: str
    deed: Deed
    clause: str = ""


ROWS: dict[str, Row] = {
    row.code: row
    for row in (
        Row(1, "ready", Deed.REWRITE, "RFC 6409, RFC 3207"),
        Row(2, "oauth_only", Deed.WARN, "RFC 7628"),
        Row(3, "login_needed", Deed.ASK, "RFC 6409, section 4.3"),
        Row(4, "no_sign_in", Deed.LEAVE, "RFC 6409, section 4.3"),
        Row(5, "only_465_encrypts", Deed.OFFER_465, "RFC 8314, section 3.3"),
        Row(6, "no_encryption", Deed.LEAVE, "RFC 8314, section 4.1"),
        Row(7, "stripped", Deed.LEAVE, "RFC 3207, section 6"),
        Row(8, "starttls_off", Deed.OFFER_465, "RFC 3207, section 4"),
        Row(9, "tampered", Deed.LEAVE, "RFC 3207, section 4.2"),
        Row(10, "encryption_fails", Deed.OFFER_465, "RFC 8997, RFC 9325"),
        Row(11, "certificate_date", Deed.LEAVE, "RFC 5280, section 4.1.2.5"),
        Row(12, "certificate_issuer", Deed.LEAVE, "RFC 5280, section 6"),
        Row(13, "server_renamed", Deed.OTHER_HOST, "RFC 7817, section 3"),
        Row(14, "wrong_host", Deed.LEAVE, "RFC 9525, section 6"),
        Row(15, "only_465", Deed.OFFER_465, "RFC 8314, section 3.3"),
        Row(16, "blocked_587", Deed.LEAVE, "RFC 5068, section 3.1 (BCP 134)"),
        Row(17, "server_gone", Deed.LEAVE),
        Row(18, "offline", Deed.LATER),
        Row(19, "busy", Deed.LATER, "RFC 5321, section 3.8"),
        Row(20, "refused_here", Deed.LEAVE, "RFC 5321, section 3.1"),
        Row(21, "not_mail", Deed.LEAVE, "RFC 5321, section 4.2"),
        Row(22, "intercepted_25", Deed.REWRITE, "RFC 5068, section 3"),
        Row(23, "fine_already", Deed.LEAVE, "RFC 8314, section 3.3"),
        Row(24, "half_way", Deed.REWRITE, "RFC 8314, section 4.1"),
        Row(25, "local", Deed.LEAVE),
        Row(26, "unusual", Deed.LEAVE),
        Row(27, "no_smtp", Deed.LEAVE),
        Row(28, "not_now", Deed.LATER),
        Row(29, "old_port", Deed.LEAVE, "RFC 6409, section 3.1"),
    )
}

_OLD = 25
OAUTH = {"XOAUTH2", "OAUTHBEARER"}
_SAY_NOTHING_OF_465 = {"starttls_off", "encryption_fails"}  # of the rows that offer it
_DEAD = {End.TIMEOUT, End.REFUSED, End.UNREACHABLE, End.UNKNOWN_NAME, End.NO_DNS, End.BAD_NAME}
_SHUT = {End.TIMEOUT, End.UNREACHABLE}
_NO_WAY = {End.NO_DNS, End.UNREACHABLE}
_MUTE = {End.SILENT, End.SLOW, End.BROKEN}
_HANDSHAKE = {End.NOT_TLS, End.OLD_TLS, End.TLS_FAILED}
_DATES = {CertificateTrouble.EXPIRED, CertificateTrouble.NOT_YET_VALID}


class Around(NamedTuple):
    """What is known besides one host: whether others answered in this run, and of the provider.

    `others_silent` is true when hosts of other owners were asked and gave no sign of life.
    `starttls_known` is true when the table says that this host offers STARTTLS. `auth` is how the
    mail program signs in: "none", "oauth2", or in a way that needs a password.
    """

    others_answer: bool = False
    others_silent: bool = False
    starttls_known: bool = False
    auth: str = "password"


class Judgment(NamedTuple):
    """A row, the door that is proven (None when none is), and what explains it."""

    row: Row
    door: Seen | None = None
    reasons: tuple[Reason, ...] = ()


def judge(seen: HostSeen, around: Around, port: int = 587) -> Judgment:
    """The row for one host, from what was seen of its doors; `port` is the one that is wanted."""
    first, tls = seen.at(587), seen.at(465)
    if first is None or port != first.door.port:
        return _single(seen, around, seen.at(port) or seen.doors[0])
    code = _code(first, tls, seen.old, around)
    good_465 = tls is not None and proven(tls, around.auth)
    door = first if proven(first, around.auth) else tls if good_465 else None
    row = ROWS[code]
    if row.deed is Deed.REWRITE:
        door = first
    elif row.deed is not Deed.OFFER_465:
        door = None
    other = tls if door is tls else None
    return Judgment(row, door, tuple(_reasons(row, first, other, seen, around)))


def _single(seen: HostSeen, around: Around, only: Seen) -> Judgment:
    """The row for a host of which one door alone counts, such as 465; port 25 is never good."""
    old = only.door.port == _OLD and protected(only)
    row = ROWS["old_port" if old else _code(only, None, seen.old, around)]
    good = row.deed is Deed.REWRITE
    return Judgment(row, only if good else None, tuple(_reasons(row, only, None, seen, around)))


def doors(host: str) -> tuple[Door, Door]:
    """The two doors through which mail may be handed in: 587 and 465."""
    return Door(host, *SUBMISSION), Door(host, *SUBMISSIONS)


def old_door(host: str) -> Door:
    """The door that is only ever looked at to explain: port 25, without protection."""
    return Door(host, _OLD, Security.NONE)


def proven(seen: Seen, auth: str = "password") -> bool:
    """Whether mail may be handed in here: protected, the right server, a way to sign in that fits.

    Who signs in by OAuth2 already is at home where nothing else is offered.
    """
    return protected(seen) and bool(set(seen.mechanisms) - (set() if auth == "oauth2" else OAUTH))


def protected(seen: Seen) -> bool:
    """Whether the conversation went through inside TLS, with a good certificate."""
    return seen.end is End.COMPLETE and seen.trouble is None and bool(seen.tls)


def _code(first: Seen, tls: Seen | None, old: Seen | None, around: Around) -> str:
    if protected(first):
        return _code_of_protected(first, old, around.auth)
    good_465 = tls is not None and proven(tls, around.auth)
    end = _end(first)
    if end in _DEAD | _MUTE:
        return _code_of_silent(first, tls, old, around, good_465=good_465)
    if end is End.BAD_CERTIFICATE:
        return _code_of_certificate(first)
    if end is End.NO_STARTTLS:
        if good_465:
            return "only_465_encrypts"
        return "stripped" if first.masked or around.starttls_known else "no_encryption"
    return _BY_END.get(end, "not_mail")


def _end(seen: Seen) -> End:
    """How it ended; a line that was cut in the handshake is a handshake that failed."""
    cut = seen.end is End.BROKEN and seen.step is Step.HANDSHAKE
    return End.TLS_FAILED if cut else seen.end


_BY_END = {
    **dict.fromkeys(_HANDSHAKE, "encryption_fails"),
    End.TAMPERED: "tampered",
    End.STARTTLS_LATER: "starttls_off",
    End.STARTTLS_REFUSED: "starttls_off",
    End.BUSY: "busy",
    End.REJECTED: "refused_here",
    End.CANCELLED: "offline",
}


def _code_of_protected(first: Seen, old: Seen | None, auth: str) -> str:
    if not first.mechanisms:
        return "no_sign_in"
    if not proven(first, auth):
        return "oauth_only"
    if auth == "none":
        return "login_needed"
    return "intercepted_25" if old is not None and intercepted(old, first) else "ready"


def _code_of_certificate(first: Seen) -> str:
    if first.trouble in _DATES:
        return "certificate_date"
    return "wrong_host" if first.trouble is CertificateTrouble.OTHER_NAME else "certificate_issuer"


def _code_of_silent(
    first: Seen, tls: Seen | None, old: Seen | None, around: Around, *, good_465: bool
) -> str:
    if good_465:
        return "only_465"
    if first.end in _MUTE:
        return "busy"
    if old is not None and answers(old):
        # refused at once, the server may just not offer it: no block is claimed (section 7)
        shut = first.end in _SHUT and tls is not None and tls.end in _SHUT
        return "blocked_587" if shut else "server_gone"
    if first.end in {End.UNKNOWN_NAME, End.BAD_NAME}:
        return "server_gone"
    return "offline" if _is_offline(first, around) else "server_gone"


def _is_offline(first: Seen, around: Around) -> bool:
    """Whether there is a sign that not this server is missing but every other one too.

    One that says nothing while nobody else was asked is no such sign, unless we know it well.
    """
    if around.others_answer or around.starttls_known:
        return not around.others_answer
    return first.end is not End.REFUSED and (first.end in _NO_WAY or around.others_silent)


def answers(seen: Seen) -> bool:
    """Whether a mail server spoke at all."""
    return bool(seen.banner) or seen.end in {End.COMPLETE, End.BUSY, End.REJECTED}


def around(
    host: str,
    others: Iterable[HostSeen],
    *,
    starttls_known: bool = False,
    auth: str = "password",
) -> Around:
    """What is known besides this host, of which `others` may hold the look too."""
    rest = [each for each in others if each.question.host != host]
    strangers = [each for each in rest if _owner(each.question.host) != _owner(host)]
    ends = [{door.end for door in each.doors} for each in strangers]
    silent = any(each <= _SHUT | _NO_WAY for each in ends)
    alive = any(End.REFUSED in each for each in ends)
    return Around(somebody_answers(rest), silent and not alive, starttls_known, auth)


def somebody_answers(seen: Iterable[HostSeen]) -> bool:
    """Whether any of these hosts answered at all, at whichever door."""
    every = [door for each in seen for door in (*each.doors, each.old) if door is not None]
    return any(answers(door) or protected(door) for door in every)


def intercepted(old: Seen, real: Seen) -> bool:
    """Whether port 25 seems to be answered by somebody else than the real server.

    Words that a firewall crosses out, another certificate, or no STARTTLS under another name.
    """
    if not answers(old):
        return False
    if old.masked:
        return True
    if old.certificate is not None and real.certificate is not None:
        return not set(old.certificate.names) & set(real.certificate.names)
    offered = any(line.upper().split()[:1] == ["STARTTLS"] for line in old.before)
    return old.end is End.COMPLETE and not offered and _name(old) != _name(real)


def _name(seen: Seen) -> str:
    """The name by which a server greets, without its first label: clusters greet as many."""
    words = seen.banner.split()
    return words[0].lower().partition(".")[2] if words else ""


# --- what explains it ----------------------------------------------------------------------------


def _reasons(
    row: Row, first: Seen, other: Seen | None, seen: HostSeen, around: Around
) -> Iterator[Reason]:
    """The row's own sentence first, then what else is certain."""
    fields: dict[str, str | int] = {"host": first.door.host, "port": first.door.port}
    yield reason(f"proof_{row.code}", **fields)
    if first.certificate is not None and first.trouble is not None:
        yield _about(first)
    elif first.code and first.end is not End.COMPLETE:
        yield reason("server_said", number=first.code, said=first.said)
    elif first.end is End.UNKNOWN_NAME and row.code == "server_gone":
        yield reason("name_unknown")  # Windows says so too where nothing can be looked up
    elif first.end is End.TIMEOUT and row.code == "server_gone" and not around.others_answer:
        yield reason("nobody_answered")
    elif first.end is End.SILENT and first.seconds < Limits().longer().greeting:
        yield reason("wait_more")
    if other is not None and row.code in _SAY_NOTHING_OF_465:
        yield reason("port_465_good", host=first.door.host)
    door = other or first
    if door.local_root and protected(door):
        yield reason("local_root", issuer=door.local_root)
    yield from _about_network(first, other, seen.old)


def _about(first: Seen) -> Reason:
    certificate = first.certificate
    assert certificate is not None
    assert first.trouble is not None
    kind = first.trouble.value
    if first.trouble is CertificateTrouble.OTHER_NAME and _names_it(certificate, first.door.host):
        kind = "old_form"  # the name is right, and stands where nobody reads it any more
    fields: dict[str, str | int] = {
        "names": listed(certificate.names),
        "issuer": certificate.issuer,
        "since": certificate.not_before[:10],
        "until": certificate.not_after[:10],
    }
    return reason(f"certificate_{kind}", **fields)


_MOST_NAMES = 6  # that a person reads


def listed(names: Sequence[str]) -> str:
    """Names as one text; of the hundreds in some certificates the first ones."""
    more = ("\N{HORIZONTAL ELLIPSIS}",) if len(names) > _MOST_NAMES else ()
    return ", ".join((*names[:_MOST_NAMES], *more))


def _names_it(certificate: Certificate, host: str) -> bool:
    return canonical(host) in {canonical(name) for name in certificate.names} - {None}


_AT_ONCE = 0.001  # seconds; only a program on this computer, or its neighbour, answers as fast
_FAR_AWAY = 0.004  # no neighbour needs as long


def _about_network(first: Seen, other: Seen | None, old: Seen | None) -> Iterator[Reason]:
    """What port 25 tells of this network, claiming only what is certain (section 7)."""
    answered = protected(first) or other is not None
    if old is None or not answered:
        return
    if old.end is End.TIMEOUT:
        yield reason("blocked_25_likely", host=old.door.host)
    elif old.end is End.UNREACHABLE:
        yield reason("forbidden_25")
    real = other or first
    instant = old.connect_seconds < _AT_ONCE and real.connect_seconds > _FAR_AWAY
    if instant and answers(old):
        yield reason("local_proxy_25")


def network(all_seen: Sequence[HostSeen]) -> tuple[Reason, ...]:
    """What unrelated hosts together make certain: that port 25 is closed here, that a clock errs.

    Two names of one provider may lead to one server, and what is wrong may be wrong there.
    """
    found: list[Reason] = []
    closed = {
        _owner(seen.question.host)
        for seen in all_seen
        if seen.old is not None
        and seen.old.end is End.TIMEOUT
        and any(protected(each) for each in seen.doors)
    }
    if len(closed) > 1:
        found.append(reason("blocked_25"))
    dated = {
        _owner(seen.question.host)
        for seen in all_seen
        if any(each.trouble in _DATES for each in seen.doors)
    }
    if len(dated) > 1:
        found.append(reason("clock_wrong"))
    return tuple(found)


def _owner(host: str) -> str:
    return registrable(host) or host.strip().lower()


def worse(before: Seen, after: Seen, auth: str = "password") -> bool:
    """Whether a door is no longer proven, or no longer even protected by the right server."""
    unproven = proven(before, auth) and not proven(after, auth)
    return unproven or (protected(before) and not protected(after))
