"""Everybody's part in a program of its own (Windows, macOS), which is handed what to do.

Windows knows no fork, and what macOS offers to judge certificates does not outlive one. The
program is ours, started anew; its standard input brings the work, and its end asks it to stop, so
that it also stops, and puts back what is half done, when we are gone.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING

from configure587.machine import here
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
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Machine
    from configure587.machine.people import Errand, Someone, Stop, Work

    Ready = Callable[[Someone], AbstractContextManager[Someone]]

WORD = "for-one-person"
"""The word by which cli knows that it is handed a person's part; no word for people."""

_LENGTH = struct.Struct("=q")
_LOOK = 0.1  # seconds until we ask again whether to stop


def each(
    someones: Iterable[Someone],
    ready: Ready,
    become: Callable[[Someone], Machine],
    errand: Errand,
) -> Iterator[tuple[Someone, Answer]]:
    """See People.each: one after the other; `ready` is around each person's part.

    `become`, called in the other program, and the work are handed on by name.
    """
    for someone in someones:
        answer = not_begun(someone, errand)
        if answer is None:
            answer = _prepared(someone, ready, become, errand)
        yield someone, answer


def _prepared(
    someone: Someone, ready: Ready, become: Callable[[Someone], Machine], errand: Errand
) -> Answer:
    try:
        with ready(someone) as person:
            return asked(pickle.dumps((person, become, errand.work)), errand)
    except NotReady as error:
        return error.answer


def asked(task: bytes, errand: Errand, words: Sequence[str] = ()) -> Answer:
    """What a program of ours answers to this task; `words` start it, if not as usual."""
    with subprocess.Popen(  # noqa: S603 - ourselves
        [*(words or here.program()), WORD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=os.path.abspath(os.sep),
        start_new_session=True,
    ) as program:
        said: list[bytes] = []
        assert program.stdin is not None
        assert program.stdout is not None
        listener = _thread(_listen, program.stdout, said)
        teller = _thread(_tell, program.stdin, task)
        why = _until_told(program, (listener, teller), errand)
        if sum(map(len, said)) > LIMIT:
            why = "answer_too_long"
        if why or _lingers(program):
            program.kill()
        listener.join()
        teller.join()
    if why:
        return Answer("failed", why)
    if program.returncode:
        return Answer("failed", "person_crashed")
    return understood(b"".join(said))


def _thread(deed: Callable[..., None], *words: object) -> threading.Thread:
    thread = threading.Thread(target=deed, args=words, daemon=True)
    thread.start()
    return thread


def _listen(stream: IO[bytes], said: list[bytes]) -> None:
    """All that is said, up to a byte too much."""
    size = 0
    while size <= LIMIT and (heard := stream.read(min(1 << 16, LIMIT + 1 - size))):
        said.append(heard)
        size += len(heard)


def _tell(stream: IO[bytes], task: bytes) -> None:
    with contextlib.suppress(OSError):  # it is gone, and its end says more
        stream.write(_LENGTH.pack(len(task)) + task)
        stream.flush()


def _until_told(
    program: subprocess.Popen[bytes],
    threads: tuple[threading.Thread, threading.Thread],
    errand: Errand,
) -> str:
    """Wait for the answer; "" once it is there, "person_hung" if the program has to be ended."""
    listener, teller = threads
    assert program.stdin is not None
    ends, asked_to_stop = time.monotonic() + errand.seconds, False
    while listener.is_alive():
        listener.join(_LOOK)
        now = time.monotonic()
        if now > ends and (asked_to_stop or teller.is_alive()):
            return "person_hung"
        if not asked_to_stop and not teller.is_alive() and (errand.stop() or now > ends):
            asked_to_stop, ends = True, now + GRACE
            with contextlib.suppress(OSError):
                program.stdin.close()
    return ""


def _lingers(program: subprocess.Popen[bytes]) -> bool:
    """Whether it does not end by itself, now that it has said all, or too much."""
    try:
        program.wait(GRACE)
    except subprocess.TimeoutExpired:
        return True
    return False


# --- in the other program ------------------------------------------------------------------------


def main() -> int:
    """Do what standard input brings, and say on standard output how it went."""
    source, target = sys.stdin.buffer, os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing but the answer may be said there
    (length,) = _LENGTH.unpack(source.read(_LENGTH.size))
    someone, become, work = pickle.loads(source.read(length))  # noqa: S301 - from ourselves
    work.ready()
    asked_to_stop = threading.Event()
    _thread(_until_the_end, source, asked_to_stop)
    rest = memoryview(_answer(someone, become, work, asked_to_stop.is_set))
    while rest:
        rest = rest[os.write(target, rest) :]
    os._exit(0)  # the thread that waits for the end of the input would hold us up


def _until_the_end(source: IO[bytes], over: threading.Event) -> None:
    source.read(1)
    over.set()


def _answer(
    someone: Someone, become: Callable[[Someone], Machine], work: Work, stop: Stop
) -> bytes:
    try:
        machine = become(someone)
    except NotReady as error:
        return message(error.answer)
    return message(Answer("done", data=work(machine, stop)))
