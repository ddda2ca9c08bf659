"""The person at the terminal: what they type, and how they and the system stop us."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def stop_flag() -> Iterator[Callable[[], bool]]:
    """Ctrl+C and a polite end from the system stop us at the next safe point only."""
    import signal

    asked: list[int] = []
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGBREAK")]
    before = {
        number: signal.signal(number, lambda received, _frame: asked.append(received))
        for number in numbers
        if number is not None
    }
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def prompt(question: str) -> str:
    """One line from the person; at a question, Ctrl+C and a polite end stop at once.

    The handler raises before the question is shown and while it waits; a signal that comes between
    the two wakes the wait by its pipe, for a blocked read would not notice it.
    """
    with stopping_at_once(), contextlib.suppress(EOFError):
        sys.stdout.write(question)
        sys.stdout.flush()
        _until_typed()
        return input()
    return ""


def secret(question: str) -> str:
    """A password, typed without being shown; Ctrl+C and a polite end stop at once."""
    import getpass

    with stopping_at_once(), contextlib.suppress(EOFError):
        return getpass.getpass(question)
    return ""


@contextlib.contextmanager
def stopping_at_once() -> Iterator[None]:
    """Ctrl+C and a polite end from the system raise KeyboardInterrupt, wherever we are."""
    import signal

    def stop(number: int, frame: object) -> None:
        del number, frame
        raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _until_typed() -> None:
    """Wait for a line or a signal; where a console cannot be waited for, return at once."""
    import select
    import signal

    if not hasattr(select, "poll"):  # Windows can wait for sockets only
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    old = signal.set_wakeup_fd(writer)
    try:
        select.select([sys.stdin, reader], [], [])
    finally:
        signal.set_wakeup_fd(old)
        os.close(reader)
        os.close(writer)
