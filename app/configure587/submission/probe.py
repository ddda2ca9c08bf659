"""Looking at servers through sockets: hosts side by side, each door once, always in time."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Cancelled
from configure587.model import Security
from configure587.seen import Door, End, HostSeen, Seen
from configure587.submission import connecting
from configure587.submission.certificates import Trust
from configure587.submission.ledger import Ledger
from configure587.submission.names import BadName, ascii_name
from configure587.submission.patience import GLANCE, Limits, Patience
from configure587.submission.visit import Account, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Sequence
    from concurrent.futures import Future

    from configure587.seen import Connection, Question
    from configure587.submission.online import RealOnline

    _Task = Future[dict[Door, Seen]]

_USUAL_LIMITS = Limits()
_LAST_PORT = 0xFFFF


class _Host(NamedTuple):
    """All that is to be looked at under one name: doors that may be proven, and old ones."""

    name: str
    questions: list[Question]

    def doors(self) -> list[Door]:
        """Each distinct door once, under the name in A-labels."""
        return _distinct(self.name, [door for each in self.questions for door in each.doors])

    def old(self) -> list[Door]:
        """The old doors that are not among the others."""
        known = self.doors()
        found = _distinct(self.name, [each.old for each in self.questions if each.old is not None])
        return [door for door in found if door not in known]


class SocketNetwork:
    """The Network of machine/seams.py on real sockets.

    `ledger` lists every connection that was made, in order. No password and no message is sent by
    `look`, and nothing ever goes on without TLS where TLS is asked for.
    """

    def __init__(  # noqa: PLR0913 - each is a seam
        self,
        limits: Limits = _USUAL_LIMITS,
        resolve: Callable[[str], Sequence[str]] = connecting.resolve,
        cafile: str = "",
        second_opinion: str = "",
        nameserver: tuple[str, int] | None = None,
        *,
        wait_more: bool = False,
    ) -> None:
        """`cafile` holds authorities to be believed too; `second_opinion` replaces certifi's list.

        `resolve` gives the addresses of a name in A-labels, or raises OSError as getaddrinfo does.
        `nameserver` is asked for MX and SRV instead of the system's; `wait_more` has patience with
        servers that pause before they greet.
        """
        self._limits = limits.longer() if wait_more else limits
        self._resolve = resolve
        self._nameserver = nameserver
        self._trust = Trust(cafile, second_opinion)
        self._ledger = Ledger()

    def prepare(self) -> None:
        """Read whom to believe now, rather than with the first look."""
        self._trust.prepare()

    @property
    def ledger(self) -> list[Connection]:
        """Every connection of this run, in the order of their beginnings."""
        return self._ledger.lines

    def online(self, cancelled: Callable[[], bool]) -> RealOnline:
        """Look-ups for discovery, each noted in the ledger."""
        from configure587.submission.online import RealOnline

        return RealOnline(
            self._ledger,
            self._trust,
            resolve=self._resolve,
            nameserver=self._nameserver,
            stopped=cancelled,
        )

    def news(self, cancelled: Callable[[], bool]) -> RealOnline:
        """A way to the announcement of new versions, noted in the ledger; it must not move."""
        from configure587.submission.online import RealOnline

        return RealOnline(
            self._ledger,
            self._trust,
            resolve=self._resolve,
            stopped=cancelled,
            redirects=0,
            why="update",
        )

    def look(
        self, questions: Sequence[Question], cancelled: Callable[[], bool]
    ) -> Generator[HostSeen]:
        """What was seen of each host, as soon as it is known.

        `cancelled` is asked all the time, in the caller's thread; once it says yes, whatever is
        not finished ends as CANCELLED.
        """
        hosts, impossible = _by_name(questions)
        yield from map(_bad_name, impossible)
        stop = threading.Event()
        with ThreadPoolExecutor(self._limits.hosts, "host") as pool:
            try:
                if hosts:
                    pool.submit(self._trust.prepare)
                tasks = {pool.submit(self._look_at, host, stop): host for host in hosts}
                for task in _finished(tasks, cancelled, stop):
                    host, found = tasks[task], task.result()
                    yield from (_answer(each, host, found) for each in host.questions)
            finally:
                stop.set()

    def sign_in(
        self,
        door: Door,
        user: str,
        password: str,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Seen:
        """Sign in once, inside TLS, by PLAIN or else LOGIN, and hang up.

        COMPLETE at Step.SIGN_IN with code 235 is success. `cancelled` is asked in this thread.
        """
        if door.security is Security.NONE:
            raise ValueError("no password goes through a door without TLS")
        try:
            name = ascii_name(door.host)
        except BadName:
            return Seen(door, End.BAD_NAME)
        patience = Patience(self._limits, cancelled)
        visit = self._visit(door._replace(host=name), patience)
        found = self._addresses(name, patience)
        if isinstance(found, End):
            return visit.nothing(found)._replace(door=door)
        return visit.sign_in(found, Account(user, password))._replace(door=door)

    def _visit(self, door: Door, patience: Patience) -> Visit:
        return Visit(door, patience, self._trust, self._ledger)

    def _addresses(self, name: str, patience: Patience) -> Sequence[str] | End:
        try:
            return connecting.addresses(name, self._resolve, patience)
        except connecting.NoWay as trouble:
            return trouble.end
        except Cancelled:
            return End.CANCELLED

    def _look_at(self, host: _Host, stop: threading.Event) -> dict[Door, Seen]:
        """Resolve its name, look at its doors side by side, then at the old ones."""
        patience = Patience(self._limits, stop.is_set)
        found = self._addresses(host.name, patience)

        def see(door: Door) -> Seen:
            visit = self._visit(door, patience)
            if not 1 <= door.port <= _LAST_PORT:
                return visit.nothing(End.BAD_NAME)
            if isinstance(found, End):
                return visit.nothing(found)
            return visit.explain(found) if door.security is Security.NONE else visit.look(found)

        seen: dict[Door, Seen] = {}
        for doors in (host.doors(), host.old()):
            if doors:
                with ThreadPoolExecutor(len(doors), host.name) as pool:
                    seen.update(zip(doors, pool.map(see, doors), strict=True))
        return seen


def _by_name(questions: Sequence[Question]) -> tuple[list[_Host], list[Question]]:
    """The questions by the host that they mean, and those that mean none."""
    hosts: dict[str, _Host] = {}
    impossible = []
    for question in questions:
        try:
            name = ascii_name(question.host)
        except BadName:
            impossible.append(question)
        else:
            hosts.setdefault(name, _Host(name, [])).questions.append(question)
    return list(hosts.values()), impossible


def _distinct(name: str, doors: list[Door]) -> list[Door]:
    return list(dict.fromkeys(door._replace(host=name) for door in doors))


def _finished(
    tasks: Collection[_Task], cancelled: Callable[[], bool], stop: threading.Event
) -> Iterator[_Task]:
    """The tasks as they are done; all are soon, once somebody said stop."""
    pending = set(tasks)
    while pending:
        if cancelled():
            stop.set()
        done, pending = wait(pending, GLANCE, FIRST_COMPLETED)
        yield from done


def _answer(question: Question, host: _Host, found: dict[Door, Seen]) -> HostSeen:
    """What answers one question, with the doors as it spells them."""

    def at(door: Door) -> Seen:
        return found[door._replace(host=host.name)]._replace(door=door)

    doors = tuple(map(at, question.doors))
    return HostSeen(question, doors, None if question.old is None else at(question.old))


def _bad_name(question: Question) -> HostSeen:
    doors = tuple(Seen(door, End.BAD_NAME) for door in question.doors)
    old = None if question.old is None else Seen(question.old, End.BAD_NAME)
    return HostSeen(question, doors, old)
