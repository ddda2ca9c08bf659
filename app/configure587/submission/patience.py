"""How long a look may take: one deadline for a host, limits for its parts, and a way to stop."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from configure587.errors import Cancelled

if TYPE_CHECKING:
    import selectors
    from collections.abc import Callable

_Answer = TypeVar("_Answer")
GLANCE = 0.05  # seconds between two looks at whether somebody said stop


class TimeUp(Exception):
    """A limit was reached."""


class Limits(NamedTuple):
    """Seconds for each part of a look, and how many hosts are looked at side by side."""

    total: float = 15.0  # a whole host, whatever happens
    names: float = 3.0
    connect: float = 5.0  # all addresses together
    stagger: float = 0.25  # until the next address is tried too (RFC 8305, section 8)
    greeting: float = 8.0  # some servers pause on purpose
    reply: float = 5.0
    handshake: float = 5.0
    sign_in: float = 10.0  # servers delay a failure on purpose
    farewell: float = 1.0
    again: float = 2.0  # after STARTTLS -> 454
    hosts: int = 32

    def longer(self) -> Limits:
        """The same for servers that pause long before they greet: 30 seconds, and as much in all.

        RFC 5321 would have us wait for five minutes; people do not.
        """
        return self._replace(greeting=30.0, total=self.total + 30.0 - self.greeting)


class Patience:
    """The time that one host has, from now on."""

    def __init__(self, limits: Limits, stopped: Callable[[], bool]) -> None:
        """`stopped` says whether somebody wants no more; it is asked from several threads."""
        self.limits = limits
        self.stopped = stopped
        self._end = time.monotonic() + limits.total

    def until(self, seconds: float) -> float:
        """The moment at which a part of so many seconds must be over."""
        return min(time.monotonic() + seconds, self._end)

    def left(self) -> float:
        """Seconds until all must be over."""
        return self._end - time.monotonic()

    def wait(self, selector: selectors.BaseSelector, until: float) -> list[selectors.SelectorKey]:
        """What is ready, as soon as something is; raises TimeUp and Cancelled."""
        while True:
            ready = selector.select(self.slice(until))
            if ready:
                return [key for key, _ in ready]

    def slice(self, until: float) -> float:
        """How long to wait at once before asking again; raises TimeUp and Cancelled."""
        if self.stopped():
            raise Cancelled
        left = until - time.monotonic()
        if left <= 0:
            raise TimeUp
        return min(left, GLANCE)

    def answer(self, work: Callable[[], _Answer], until: float) -> _Answer:
        """What a call that knows no limit gives; raises what it raises, TimeUp and Cancelled.

        It is done in a thread, which is left behind if need be. It may raise OSError only.
        """
        answers: queue.SimpleQueue[tuple[_Answer] | OSError] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put((work(),))
            except OSError as error:
                answers.put(error)

        threading.Thread(target=run, daemon=True).start()
        while True:
            try:
                found = answers.get(timeout=self.slice(until))
            except queue.Empty:
                continue
            if isinstance(found, OSError):
                raise found
            return found[0]

    def pause(self, seconds: float) -> None:
        """Do nothing for a while; raises TimeUp and Cancelled."""
        done = time.monotonic() + seconds
        if done > self._end:
            raise TimeUp
        while time.monotonic() < done:
            time.sleep(min(self.slice(self._end), max(done - time.monotonic(), 0)))
