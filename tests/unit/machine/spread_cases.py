"""What test_spread.py runs, each in a process of its own: a fork must not meet pytest's threads."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from configure587.machine import spread

if TYPE_CHECKING:
    from collections.abc import Callable


def processors(count: int) -> None:
    """However many there are, say so many."""
    os.sched_getaffinity = lambda _: set(range(count))


def no_child_is_left() -> None:
    """Every worker was waited for."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
        raise AssertionError("a worker is left")


def order() -> None:
    """Answers come in the order of the items."""
    processors(2)
    for count in (0, 1, 255, 256, 257, 1000):
        items = list(range(count))
        answers = list(spread.forked(lambda item: [item, str(item)], items))
        assert answers == [[item, str(item)] for item in items]
    no_child_is_left()


def elsewhere() -> None:
    """Many items are answered by other processes, few by this one."""
    processors(2)
    answers = set(spread.forked(lambda _: os.getpid(), list(range(1000))))
    assert len(answers) == 2
    assert os.getpid() not in answers
    processors(1)
    assert set(spread.forked(lambda _: os.getpid(), list(range(1000)))) == {os.getpid()}


def large() -> None:
    """Large answers pass whole."""
    processors(2)
    answers = list(spread.forked(lambda item: "x" * 20_000 + str(item), list(range(300))))
    assert [len(answer) for answer in answers[:2]] == [20_001, 20_001]
    assert answers[299].endswith("x299")


def failing() -> None:
    """A worker that fails is told and not passed over."""
    processors(2)

    def killed(item: int) -> int:
        if item == 700:
            os._exit(3)
        return item

    def broken(item: int) -> int:
        return 1 // (item - 700)

    for work in (killed, broken):
        try:
            list(spread.forked(work, list(range(1000))))
        except spread.WorkerFailed:
            no_child_is_left()
        else:
            raise AssertionError("not told")


def gone() -> None:
    """Who stops listening leaves no worker behind."""
    processors(2)
    answers = spread.forked(lambda _: "x" * 5_000, list(range(5000)))
    next(answers)
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    no_child_is_left()


CASES: dict[str, Callable[[], None]] = {
    "order": order,
    "elsewhere": elsewhere,
    "large": large,
    "failing": failing,
    "gone": gone,
}

if __name__ == "__main__":
    CASES[sys.argv[1]]()
