"""The people of one computer, for whoever looks after it: who they are, and acting as one of them.

Everybody's part is done apart from everybody else's: in a process that answers with bytes, within
a time and a size, or not at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import Protocol, TypeAlias

    from configure587.machine import Machine

    Stop: TypeAlias = Callable[[], bool]

LIMIT = 4 * 1024 * 1024  # bytes of one person's answer
GRACE = 10.0  # seconds in which a part that is asked to stop may put things back
NOT_PEOPLE = frozenset({"service_account", "administrator_account"})
"""Reasons by which an account is nobody's, so that nobody has to be told of it one by one."""


class Someone(NamedTuple):
    """A person with an account on this computer.

    `number` is their uid or SID, `group` their group where there are such numbers. `registry` is
    where below HKEY_USERS their registry is, or will be. `left_out` is the code of a reason for
    which nothing is done for them, None when there is none.
    """

    name: str
    home: str
    number: str
    group: int = -1
    registry: str = ""
    left_out: str | None = None


class Answer(NamedTuple):
    """How it went with one person: "done" with bytes, or "skipped" or "failed" with a code."""

    state: str
    code: str = ""
    data: bytes = b""


class Errand(NamedTuple):
    """What is done for each person, in at most how many seconds, until `stop` says so."""

    work: Work
    seconds: float
    stop: Stop


class NotReady(Exception):
    """Nothing can be done for this person now: `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        """`answer` is what becomes of their part."""
        super().__init__(answer)
        self.answer = answer


if TYPE_CHECKING:

    class Work(Protocol):
        """What is done for each person; it can be handed to another program as bytes."""

        def ready(self) -> None:
            """Read all that is needed, before the process can only read what the person can."""

        def __call__(self, machine: Machine, stop: Stop, /) -> bytes:
            """Do it on this person's machine; what is given back is their answer."""

    class People(Protocol):
        """Everybody with an account here, and how to act as each of them."""

        def allowed(self) -> bool:
            """Whether we may act for others: root, or an elevated administrator."""

        def alone(self) -> AbstractContextManager[None]:
            """No second run for everybody at the same time; raises Busy when there is one.

            What a run that was cut short has left behind is put right on entry.
            """

        def everyone(self) -> Sequence[Someone]:
            """All accounts, those with a reason to leave them out too; OSError without a list."""

        def each(
            self, someones: Iterable[Someone], errand: Errand
        ) -> Iterator[tuple[Someone, Answer]]:
            """Do the errand for each, in the order in which they are done.

            Whoever is left out has no work done. What the work raises, and a process that dies,
            hangs or says too much, is that person's "failed", and nobody else's. Once told to
            stop, those at work are asked to put things back, and nobody more is begun.
            """


def not_begun(someone: Someone, errand: Errand) -> Answer | None:
    """What is said of somebody for whom nothing is begun."""
    if someone.left_out is not None:
        return Answer("skipped", someone.left_out)
    return Answer("failed", "stopped") if errand.stop() else None


_DONE, _SKIPPED, _FAILED = b"d", b"s", b"f"
_CODE = re.compile(rb"[a-z][a-z0-9_]{0,40}")


def message(answer: Answer) -> bytes:
    """An answer as a process sends it."""
    if answer.state == "done":
        return _DONE + answer.data
    return (_SKIPPED if answer.state == "skipped" else _FAILED) + answer.code.encode()


def understood(data: bytes) -> Answer:
    """What a process sent: "failed" if that is nothing that it could have meant."""
    kind, rest = data[:1], data[1:]
    if kind == _DONE:
        return Answer("done", data=rest)
    if kind in {_SKIPPED, _FAILED} and _CODE.fullmatch(rest):
        return Answer("skipped" if kind == _SKIPPED else "failed", rest.decode())
    return Answer("failed", "answer_bad")
