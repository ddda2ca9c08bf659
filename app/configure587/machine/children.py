"""Everybody's part in a process of its own (Linux, macOS): forked, made theirs, heard out, ended.

A few at once. Whoever answers is not believed to be well: an answer has a time and a size, and a
process that crashes, hangs or is killed has cost one person's part.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import time
from typing import TYPE_CHECKING

from configure587.machine import becoming
from configure587.machine.people import (
    GRACE,
    LIMIT,
    Answer,
    NotReady,
    message,
    not_begun,
    understood,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from configure587.machine import Machine
    from configure587.machine.people import Errand, Someone, Stop, Work

_LOOK = 0.1  # seconds until we ask again whether to stop
_CRASHED = 1


class Child:
    """One person's process: what it has said so far, and how long it may still take."""

    def __init__(self, someone: Someone, part: Callable[[], bytes], seconds: float) -> None:
        """`part` is what the process says; it starts at once."""
        self.someone = someone
        self._said: list[bytes] = []
        self._size = 0
        self._ends = time.monotonic() + seconds
        self._asked = False
        self._why = ""
        self.process, self.reader = _forked(part)

    def listen(self) -> bool:
        """Take in what there is to hear; False once that was the end."""
        heard = os.read(self.reader, 1 << 16)
        self._said.append(heard)
        self._size += len(heard)
        if self._size > LIMIT:
            self._end("answer_too_long")
            return False
        return bool(heard)

    def hurry(self, *, stop: bool) -> bool:
        """Ask to stop whoever should, and end whoever has been asked and goes on; False then."""
        now = time.monotonic()
        if self._asked and now > self._ends:
            self._end("person_hung")
            return False
        if not self._asked and (stop or now > self._ends):
            self._asked, self._ends = True, now + GRACE
            self._send(signal.SIGTERM)
        return True

    def answer(self) -> Answer:
        """What it had to say, once its process is gone."""
        os.close(self.reader)
        _, status = os.waitpid(self.process, 0)
        if self._why:
            return Answer("failed", self._why)
        if status:
            return Answer("failed", "person_crashed")
        return understood(b"".join(self._said))

    def _end(self, why: str) -> None:
        self._why = why
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        """To the process and to all that it forked; it leads a group of its own, or soon will."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, number)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process, number)


def each(
    someones: Iterable[Someone],
    machine_of: Callable[[Someone], Machine],
    errand: Errand,
    at_once: int,
) -> Iterator[tuple[Someone, Answer]]:
    """See People.each; `at_once` parts are done side by side, in no certain order."""
    errand.work.ready()
    becoming.get_ready()
    waiting = iter(someones)
    children: dict[int, Child] = {}
    gc.freeze()  # else a look for garbage copies all that a fork shares with us
    try:
        while True:
            while len(children) < at_once and (someone := next(waiting, None)) is not None:
                answer = not_begun(someone, errand)
                if answer is not None:
                    yield someone, answer
                    continue
                child = Child(someone, _part(someone, machine_of, errand.work), errand.seconds)
                children[child.reader] = child
            if not children:
                return
            for child in _ended(children, errand.stop):
                del children[child.reader]
                yield child.someone, child.answer()
    finally:  # whoever reads us has gone: nobody is left at work unseen
        gc.unfreeze()
        for child in children.values():
            child._end("")  # noqa: SLF001 - our own
            child.answer()


def _ended(children: dict[int, Child], stop: Stop) -> list[Child]:
    """Listen for a moment; those who have said all, or will say no more."""
    ready, _, _ = select.select(list(children), (), (), _LOOK)
    ended = [child for reader in ready if not (child := children[reader]).listen()]
    asked = stop()
    return ended + [
        child for child in children.values() if child not in ended and not child.hurry(stop=asked)
    ]


def _part(
    someone: Someone, machine_of: Callable[[Someone], Machine], work: Work
) -> Callable[[], bytes]:
    """What is done in a person's process; `machine_of` makes it theirs first."""

    def part() -> bytes:
        asked: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            machine = machine_of(someone)
        except NotReady as error:
            return message(error.answer)
        return message(Answer("done", data=work(machine, lambda: bool(asked))))

    return part


def _forked(part: Callable[[], bytes]) -> tuple[int, int]:
    """A child that says this and ends: its number, and where it is heard."""
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(writer)
        return process, reader
    status = _CRASHED
    try:  # from here on we are the child, and must never return into the caller's story
        becoming.cut_off(writer)
        rest = memoryview(part())
        while rest:
            rest = rest[os.write(writer, rest) :]
        status = 0
    except BrokenPipeError:
        status = 0  # nobody listens any more
    finally:
        os._exit(status)
