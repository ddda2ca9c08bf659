"""The bytes of a log: plain or gzip, from a file or from standard input, never more than a block.

gzip is told by its first two bytes, not by a name. A line that is longer than any of a mail server
is dropped as it comes.
"""

from __future__ import annotations

import contextlib
import os
import queue
import stat
import sys
import threading
import zlib
from typing import TYPE_CHECKING, BinaryIO

from configure587.errors import Refused, detail

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD_INPUT = "-"
BLOCK = 1 << 16
LONGEST_LINE = 1 << 16
_AHEAD = 4  # blocks that wait to be read
TOO_LONG = b"\0"  # no line of a log is that
_GZIP = b"\x1f\x8b"


class Damaged(Exception):
    """A file that cannot be read to its end; what came before is good."""


def check(path: str) -> None:
    """Refused if a file cannot be read; a pipe would not survive a look, and is not touched."""
    if path != STANDARD_INPUT and (os.path.isfile(path) or not os.path.exists(path)):
        with opened(path):
            pass


@contextlib.contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A file, or standard input, which stays open; Refused if it cannot be read."""
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below, and only its opening is guarded
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    with file:
        yield file


def _unreadable(path: str, error: OSError | ValueError) -> Refused:
    why = detail(error) if isinstance(error, OSError) else "EINVAL"
    return Refused("log_unreadable", path=path, detail=why)


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """Its content, unpacked, in blocks of a bounded size; Damaged where it breaks off."""
    first = _read(source)
    if first[:2] != _GZIP:
        while first:
            yield first
            first = _read(source)
        return
    unpacked = _unpacked(source, first)
    yield from ahead(unpacked) if _is_file(source) else unpacked


def _read(source: BinaryIO) -> bytes:
    try:
        return source.read(BLOCK)
    except OSError as error:
        raise Damaged(detail(error)) from error


def _unpacked(source: BinaryIO, data: bytes) -> Iterator[bytes]:
    """One member after the other, as RFC 1952 allows; zeros behind the last are padding."""
    while data:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            data = data or _read(source)
            try:
                unpacked = member.decompress(data, 4 * BLOCK)
            except zlib.error as error:
                raise Damaged("GZIP") from error
            if not data and not unpacked and not member.eof:
                raise Damaged("EOF")
            data = member.unconsumed_tail
            if unpacked:
                yield unpacked
        data = member.unused_data.lstrip(b"\0")
        while not data and (more := _read(source)):
            data = more.lstrip(b"\0")


def _is_file(source: BinaryIO) -> bool:
    """Whether it is on a disk: it answers, then, and nobody waits for it for ever."""
    try:
        return stat.S_ISREG(os.fstat(source.fileno()).st_mode)
    except OSError:
        return False


def ahead(source: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks in the same order, a few of them made while others are read."""
    made: queue.SimpleQueue[bytes | Exception | None] = queue.SimpleQueue()
    room, left = threading.Semaphore(_AHEAD), threading.Event()

    def make() -> None:
        end: Exception | None = None
        try:
            for block in source:
                room.acquire()
                if left.is_set():
                    return
                made.put(block)
        except Damaged as error:
            end = error
        made.put(end)

    maker = threading.Thread(target=make, daemon=True)
    maker.start()
    try:
        while isinstance(block := made.get(), bytes):
            room.release()
            yield block
        if block is not None:
            raise block
    finally:
        left.set()
        room.release()
        maker.join()


def lines(source: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines with their ends, a block at a time; one that is too long becomes TOO_LONG."""
    rest, dropping = b"", False
    for block in source:
        start, newline, end = block.rpartition(b"\n")
        if not newline:
            rest, dropping = _longer(rest, block, dropping=dropping)
            continue
        if dropping:
            rest, start = TOO_LONG, start[_end_of_line(start) :]
        yield _without_long(rest + start + newline)
        rest, dropping = _longer(b"", end, dropping=False)
    if rest or dropping:
        yield (TOO_LONG if dropping else rest) + b"\n"


def _end_of_line(text: bytes) -> int:
    """Where its first line ends."""
    end = text.find(b"\n")
    return len(text) if end < 0 else end


def _without_long(text: bytes) -> bytes:
    """The same lines; we leap from the last end within reach to the next, for most are short."""
    begin = 0
    while (end := text.rfind(b"\n", begin, begin + LONGEST_LINE + 1)) >= 0:
        begin = end + 1
    if begin == len(text):
        return text
    whole = (TOO_LONG if len(line) > LONGEST_LINE else line for line in text.split(b"\n"))
    return b"\n".join(whole)


def _longer(rest: bytes, block: bytes, *, dropping: bool) -> tuple[bytes, bool]:
    too_long = dropping or len(rest) + len(block) > LONGEST_LINE
    return (b"", True) if too_long else (rest + block, False)
