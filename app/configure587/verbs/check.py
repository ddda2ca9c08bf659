"""configure587 check: look at one server, and say what was seen and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import elsewhere, verdicts
from configure587.errors import Cancelled, Refused
from configure587.model import SUBMISSIONS, Security, reason
from configure587.report import exit_codes, looks, text, wire
from configure587.seen import Door, End, Question
from configure587.submission import discovery, probe, providers, verdict
from configure587.submission.hostnames import domain_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.model import Reason
    from configure587.seen import HostSeen, Seen
    from configure587.session import Session
    from configure587.submission.verdict import Judgment

_SIGNED_IN = 235  # RFC 4954, section 6
_REFUSALS = {
    535: "sign_in_refused",
    534: "sign_in_too_weak",
    538: "sign_in_too_weak",
    530: "sign_in_later",
    432: "sign_in_new_password",
    454: "sign_in_later",
}


def run(session: Session) -> int:
    """What was tried, what was seen, the verdict, the advice; with --sign-in one attempt more."""
    session = session.with_network(probe.SocketNetwork(wait_more=session.args.wait_more))
    found: list[tuple[HostSeen, Judgment]] = []
    for question in _questions(session):
        seen = _look(session, question)
        known = elsewhere.starttls_known(question.host)
        before = [one for one, _ in found]
        around = verdict.around(question.host, before, starttls_known=known)
        judged = verdict.judge(seen, around, seen.doors[0].door.port)
        found.append((seen, judged))
        session.say(looks.host(session.style, seen))
        session.say([*text.reasons(session.style, _reasons(seen, judged)), ""])
        if judged.door is not None:
            break
    signed = _signed_in(session, found[-1][1].door)
    code = _exit_code(found[-1][1], signed)
    session.tell_ledger()
    session.document(_document(session, found, signed, code))
    return code


def _questions(session: Session) -> Iterator[Question]:
    """The server that was named, at one port or at both; of an address, where it may be sent."""
    args = session.args
    host = args.server.strip()
    if "@" in host:
        yield from _of_address(session, host)
        return
    if args.port is None:
        yield Question(host, verdict.doors(host))
        return
    tls = args.security == "tls" or (args.security is None and args.port == SUBMISSIONS.port)
    door = Door(host, args.port, Security.TLS if tls else Security.STARTTLS)
    yield Question(host, (door,))


_AT_MOST = 4  # servers for one address


def _of_address(session: Session, address: str) -> Iterator[Question]:
    """Every server that may be the right one for an address, likeliest first."""
    network = session.machine.network
    asked = network is not None and session.args.online
    online = network.online(session.stop) if asked and network is not None else None
    listed = discovery.candidates(address, "", "", (), online)
    looked: set[str] = set()
    for each in listed:  # lazily: whoever is asked later is not asked once a server is proven
        if each.host not in looked:
            looked.add(each.host)
            yield Question(each.host, verdict.doors(each.host))
        if len(looked) == _AT_MOST:
            return
    if not looked:
        domain = address.rpartition("@")[2]
        never = providers.untouchable(providers.load(), domain_of(address), "")
        if never:
            raise Refused("provider_its_own_way", domain=domain)
        raise Refused("provider_unknown", domain=domain)


def _look(session: Session, question: Question) -> HostSeen:
    network = session.machine.network
    assert network is not None
    [seen] = network.look([question], session.stop)
    if any(each.end is End.CANCELLED for each in seen.doors):
        raise Cancelled
    return seen


def _reasons(seen: HostSeen, judged: Judgment) -> Iterator[Reason]:
    yield from judged.reasons
    if seen.doors[0].end is not End.BAD_NAME and verdicts.is_local(seen.question.host):
        yield reason("proof_local")


def _signed_in(session: Session, door: Seen | None) -> Seen | None:
    """One attempt, when it was asked for and a door is proven; nothing is tried twice."""
    if not session.args.sign_in or door is None:
        return None
    from configure587 import secrets

    host = door.door.host
    user = _sayable(session.args.user or _typed(session))
    password = secrets.recall(host, user)
    stored = password is not None
    if password is None:
        password = _sayable(_secret(session))
    network = session.machine.network
    assert network is not None
    seen = network.sign_in(door.door, user, password, session.stop)
    if seen.end is End.CANCELLED:
        raise Cancelled
    session.say(text.reasons(session.style, [_about(seen)]))
    if session.args.remember and seen.code == _SIGNED_IN and not stored:
        secrets.remember(session.machine, host, user, password)
        _ = session.style.texts.gettext
        session.say([_("The password was stored. To remove it: configure587 forget")])
    return seen


def _typed(session: Session) -> str:
    if not session.interactive:
        raise Refused("nobody_to_ask")
    return session.prompt(session.style.texts.gettext("User name: ")).strip()


def _secret(session: Session) -> str:
    if not session.interactive:
        raise Refused("nobody_to_ask")
    return session.secret(session.style.texts.gettext("Password (it is not shown): "))


def _sayable(text: str) -> str:
    """The same, or Refused: an attempt that cannot succeed would only count against the account."""
    surrogates = any("\ud800" <= char <= "\udfff" for char in text)
    if not text or "\0" in text or surrogates:
        raise Refused("not_typed")
    return text


def _about(seen: Seen) -> Reason:
    """What one attempt to sign in tells."""
    if seen.code == _SIGNED_IN:
        return reason("sign_in_works")
    if seen.end is End.NO_SIGN_IN:
        return reason("sign_in_no_way")
    if not seen.code:
        return reason("sign_in_no_answer")
    code = _REFUSALS.get(seen.code, "sign_in_unclear")
    return reason(code, number=seen.code, said=seen.said)


def _exit_code(judged: Judgment, signed: Seen | None) -> int:
    if judged.door is None:
        return exit_codes.NOT_PROVEN
    if signed is not None and signed.code != _SIGNED_IN:
        return exit_codes.NEEDS_A_PERSON
    return exit_codes.DONE


def _document(
    session: Session, found: Sequence[tuple[HostSeen, Judgment]], signed: Seen | None, code: int
) -> object:
    judged = found[-1][1]
    return wire.check(
        [each for seen, _ in found for each in wire.doors(seen)],
        judged.row,
        judged.door,
        [each for seen, one in found for each in _reasons(seen, one)],
        _about(signed) if signed is not None else None,
        session.ledger,
        code,
    )
