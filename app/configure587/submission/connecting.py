"""From a name to a connection: addresses within a time limit, then Happy Eyeballs (RFC 8305)."""

from __future__ import annotations

import errno
import itertools
import selectors
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

from configure587.seen import End
from configure587.submission.names import ip_address
from configure587.submission.patience import TimeUp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configure587.submission.ledger import Entry
    from configure587.submission.patience import Patience

_NOT_THERE = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)}
_REFUSED = {errno.ECONNREFUSED, getattr(errno, "WSAECONNREFUSED", 0)}
_RESET = {errno.ECONNRESET, getattr(errno, "WSAECONNRESET", 0)}  # it was there, and is gone again
_TIMED_OUT = {errno.ETIMEDOUT, getattr(errno, "WSAETIMEDOUT", 0)}


class NoWay(Exception):
    """There is no connection; `end` says why."""

    def __init__(self, end: End) -> None:
        """`end` is how the whole look ends."""
        super().__init__(end)
        self.end = end


class Connected(NamedTuple):
    """The connection that was there first."""

    socket: socket.socket
    address: str
    seconds: float
    entry: Entry


def resolve(name: str) -> list[str]:
    """The addresses of a name, as the system would try them; raises OSError. May take for ever."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def addresses(
    name: str, look_up: Callable[[str], Sequence[str]], patience: Patience
) -> Sequence[str]:
    """The addresses of a name in time; raises NoWay, Cancelled.

    The system's look-up has no limit of its own.
    """
    if ip_address(name):
        return (name,)
    try:
        found = patience.answer(lambda: look_up(name), patience.until(patience.limits.names))
    except TimeUp:
        raise NoWay(End.NO_DNS) from None
    except OSError as error:
        missing = isinstance(error, socket.gaierror) and error.errno in _NOT_THERE
        raise NoWay(End.UNKNOWN_NAME if missing else End.NO_DNS) from error
    if not found:
        raise NoWay(End.UNKNOWN_NAME)
    return found


def interleaved(found: Sequence[str]) -> list[str]:
    """The families by turns, beginning with that of the first address (RFC 8305, section 4)."""
    first = [each for each in found if (":" in each) == (":" in found[0])]
    other = [each for each in found if each not in first]
    pairs = itertools.zip_longest(first, other)
    return [each for pair in pairs for each in pair if each is not None]


def connect(
    found: Sequence[str], port: int, patience: Patience, note: Callable[[str], Entry]
) -> Connected:
    """The connection that is there first; raises NoWay, Cancelled.

    `note` opens a line of the ledger for an address.
    """
    race = _Race(port, patience, note)
    try:
        return race.run(interleaved(found))
    finally:
        race.close()


class _Race:
    """Attempts to connect, begun one after the other, under way side by side."""

    def __init__(self, port: int, patience: Patience, note: Callable[[str], Entry]) -> None:
        self._port = port
        self._patience = patience
        self._note = note
        self._begun = time.monotonic()
        self._selector = selectors.DefaultSelector()
        self._open: dict[socket.socket, tuple[str, Entry]] = {}
        self._failures: set[End] = set()
        self._rest_is = End.CANCELLED.value  # what the attempts under way come to when this is over

    def run(self, waiting: list[str]) -> Connected:
        until = self._patience.until(self._patience.limits.connect)
        try:
            while waiting or self._open:
                if waiting:
                    self._start(waiting.pop(0))
                won = self._watch(until, others=bool(waiting))
                if won is not None:
                    self._rest_is = "slower"
                    return won
        except TimeUp:
            self._rest_is = End.TIMEOUT.value
            self._failures.add(End.TIMEOUT)
        raise NoWay(self._best_known())

    def close(self) -> None:
        """Give up whatever is still under way."""
        for each, (_, entry) in self._open.items():
            entry.close(self._rest_is)
            each.close()
        self._selector.close()

    def _start(self, address: str) -> None:
        entry = self._note(address)
        attempt = None
        try:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            attempt = socket.socket(family, socket.SOCK_STREAM)
            attempt.setblocking(False)
            attempt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # small talk: 40 ms each
            number = attempt.connect_ex((address, self._port))
        except OSError as error:  # no such family here
            number = error.errno or errno.ENETUNREACH
        if attempt is None or number not in _UNDER_WAY:
            self._failed(number, entry)
            if attempt is not None:
                attempt.close()
            return
        self._open[attempt] = address, entry
        self._selector.register(attempt, selectors.EVENT_WRITE)

    def _watch(self, until: float, *, others: bool) -> Connected | None:
        """The winner; nobody when one has failed, or when it is the turn of the others."""
        if not self._open:
            return None
        turn = self._patience.until(self._patience.limits.stagger) if others else until
        try:
            ready = self._patience.wait(self._selector, min(turn, until))
        except TimeUp:
            if turn < until:
                return None
            raise
        outcomes = (self._outcome(key.fileobj) for key in ready)
        return next((won for won in outcomes if won is not None), None)

    def _outcome(self, attempt: object) -> Connected | None:
        assert isinstance(attempt, socket.socket)
        self._selector.unregister(attempt)
        address, entry = self._open.pop(attempt)
        number = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number == 0:
            return Connected(attempt, address, time.monotonic() - self._begun, entry)
        self._failed(number, entry)
        attempt.close()
        return None

    def _failed(self, number: int, entry: Entry) -> None:
        end = _meaning(number)
        self._failures.add(end)
        entry.close(end.value)

    def _best_known(self) -> End:
        """What to say when addresses failed in several ways: a refusal shows a living server."""
        order = (End.BROKEN, End.REFUSED, End.TIMEOUT, End.UNREACHABLE)
        return next((end for end in order if end in self._failures), End.UNREACHABLE)


def _meaning(number: int) -> End:
    if number in _REFUSED:
        return End.REFUSED
    if number in _RESET:
        return End.BROKEN
    return End.TIMEOUT if number in _TIMED_OUT else End.UNREACHABLE
