"""Servers that read like the situation: a_network({"smtp.exemplo.com.br": ready})."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from configure587.model import Security
from configure587.seen import Certificate, Connection, Door, End, HostSeen, Question, Seen, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from configure587.machine.seams import Online

HOST = "smtp.exemplo.com.br"
CERTIFICATE = Certificate(
    (HOST,), "Autoridade de Teste", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
)


def good(door: Door, **more: Any) -> Seen:  # noqa: ANN401 - the fields of Seen
    """A door through which mail may be handed in."""
    return Seen(
        **{
            "door": door,
            "end": End.COMPLETE,
            "step": Step.DONE,
            "address": "192.0.2.1",
            "connect_seconds": 0.02,
            "banner": f"{door.host} ESMTP",
            "before": ("PIPELINING", "STARTTLS"),
            "after": ("PIPELINING", "AUTH PLAIN LOGIN"),
            "tls": "TLSv1.3",
            "certificate": CERTIFICATE,
            **more,
        }
    )


def bad(door: Door, end: End, **more: Any) -> Seen:  # noqa: ANN401 - the fields of Seen
    """A door that is not good."""
    return Seen(**{"door": door, "end": end, **more})


def plain_25(host: str = HOST, **more: Any) -> Seen:  # noqa: ANN401 - the fields of Seen
    """What an honest server shows on port 25."""
    door = Door(host, 25, Security.NONE)
    return Seen(
        **{
            "door": door,
            "end": End.COMPLETE,
            "step": Step.DONE,
            "connect_seconds": 0.02,
            "banner": f"{host} ESMTP",
            "before": ("STARTTLS",),
            "certificate": CERTIFICATE,
            **more,
        }
    )


def host_seen(first: Seen, second: Seen | None = None, old: Seen | None = None) -> HostSeen:
    """What was seen of one host: at 587, at 465 (closed, if nothing is said), at 25."""
    host = first.door.host
    tls = second or bad(Door(host, 465, Security.TLS), End.REFUSED)
    question = Question(host, (first.door, tls.door), old.door if old is not None else None)
    return HostSeen(question, (first, tls), old)


def ready(question: Question) -> HostSeen:
    """Every door of this host is good."""
    doors = tuple(good(door) for door in question.doors)
    return HostSeen(question, doors, plain_25(question.host) if question.old else None)


def only(end: End, **more: Any) -> Callable[[Question], HostSeen]:  # noqa: ANN401 - of Seen
    """No door of this host is good."""

    def answer(question: Question) -> HostSeen:
        return HostSeen(question, tuple(bad(door, end, **more) for door in question.doors))

    return answer


def only_465(question: Question) -> HostSeen:
    """Port 587 is closed, 465 is good."""
    doors = tuple(
        good(door) if door.port == 465 else bad(door, End.REFUSED) for door in question.doors
    )
    return HostSeen(question, doors)


def then(*answers: Callable[[Question], HostSeen]) -> Callable[[Question], HostSeen]:
    """A host that answers differently each time."""
    left = list(answers)

    def answer(question: Question) -> HostSeen:
        return left.pop(0)(question)

    return answer


class Network:
    """Hosts that answer as the test says; what was asked is kept."""

    def __init__(
        self,
        hosts: Mapping[str, Callable[[Question], HostSeen]],
        online: Online | None = None,
    ) -> None:
        """A host that is not named does not exist."""
        self.hosts = dict(hosts)
        self._online = online
        self.asked: list[Question] = []
        self.ledger: list[Connection] = []

    def online(self, cancelled: Callable[[], bool]) -> Online | None:
        """See Network.online."""
        del cancelled
        return self._online

    def sign_in(self, door: Door, user: str, password: str, cancelled: Callable[[], bool]) -> Seen:
        """See Network.sign_in; no test asks for it here."""
        del user, password, cancelled
        return bad(door, End.CANCELLED)

    def look(
        self, questions: Sequence[Question], cancelled: Callable[[], bool]
    ) -> Iterator[HostSeen]:
        """See Network.look."""
        for question in questions:
            if cancelled():
                return
            self.asked.append(question)
            yield self.hosts.get(question.host, only(End.UNKNOWN_NAME))(question)
