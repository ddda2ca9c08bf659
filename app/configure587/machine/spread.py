"""Many small readings on all processors: each worker is a fork of us, and only answers.

What a worker sends back must be plain data (what `marshal` knows). Results come in the order of
the items, and only a pipe's worth of them waits at any time, so memory does not grow.
"""

from __future__ import annotations

import marshal
import os
import struct
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

_CHUNK = 32  # items that one message answers
_WORTH_IT = 8 * _CHUNK  # below this, starting workers costs more than they save
_FAILED = 1
_LENGTH = struct.Struct("=q")


class WorkerFailed(RuntimeError):
    """A worker ended without its answer: a fault of ours."""


def forked(work: Callable[[T], Any], items: Sequence[T]) -> Iterator[Any]:
    """On all processors that we may use; never call it in a program that has threads."""
    workers = len(os.sched_getaffinity(0))
    if workers < 2 or len(items) < _WORTH_IT:
        return map(work, items)
    return _gathered(work, items, workers)


def _gathered(work: Callable[[T], Any], items: Sequence[T], workers: int) -> Iterator[Any]:
    pipes: list[tuple[int, int]] = []
    for number in range(workers):
        pipes.append(_start(work, items, number, workers, pipes))
    try:
        for chunk in range((len(items) + _CHUNK - 1) // _CHUNK):
            yield from _receive(pipes[chunk % workers][1])
    finally:
        for process, descriptor in pipes:
            os.close(descriptor)  # a worker that still writes ends by itself
            os.waitpid(process, 0)


def _start(
    work: Callable[[T], Any],
    items: Sequence[T],
    number: int,
    workers: int,
    others: Sequence[tuple[int, int]],
) -> tuple[int, int]:
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(writer)
        return process, reader
    status = _FAILED
    try:  # from here on we are the worker, and must never return into the caller's story
        for descriptor in (reader, *(each for _, each in others)):
            os.close(descriptor)  # else a worker whose reader has gone would wait for ever
        for start in range(number * _CHUNK, len(items), workers * _CHUNK):
            answers = [work(item) for item in items[start : start + _CHUNK]]
            _send(writer, marshal.dumps(answers))
        status = 0
    except BrokenPipeError:
        status = 0  # nobody listens any more
    finally:
        os._exit(status)


def _send(descriptor: int, data: bytes) -> None:
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _receive(descriptor: int) -> list[Any]:
    (length,) = _LENGTH.unpack(_exactly(descriptor, _LENGTH.size))
    answers: list[Any] = marshal.loads(_exactly(descriptor, length))  # noqa: S302 - our own fork
    return answers


def _exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            raise WorkerFailed
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
