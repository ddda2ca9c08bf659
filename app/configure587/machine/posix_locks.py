"""fcntl locks on Linux and macOS: the lock by which Thunderbird knows that it is running.

Gecko: toolkit/profile/nsProfileLock.cpp. POSIX drops a process's lock when it closes *any*
descriptor of that file, so a lock that we hold ourselves is never opened a second time.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct
from typing import TYPE_CHECKING

from configure587.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# struct flock: Linux puts type and whence first, the BSDs and macOS last.
_LINUX = "hhqqi4x"
_BSD = "qqihh"


class PosixLocks:
    """Processes, as far as lock files tell."""

    def __init__(self, *, bsd: bool = False) -> None:
        """`bsd` chooses the layout of struct flock (macOS)."""
        self._bsd = bsd
        self._held: set[str] = set()

    def uses(self, lock: str) -> bool:
        """See Processes.uses; asks with F_GETLK, which takes and changes nothing."""
        if self._held and os.path.realpath(lock) in self._held:
            return False
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return False  # not there, or not ours to open: keep_out will say which
        try:
            answer = fcntl.fcntl(descriptor, fcntl.F_GETLK, self._question())
        except OSError:
            return True  # a file system without locks cannot promise that nobody writes
        finally:
            os.close(descriptor)
        return self._type(answer) != fcntl.F_UNLCK

    def running(self, programs: Sequence[str]) -> bool:
        """See Processes.running: what is told by its name is a program for Windows."""
        del self, programs
        return False

    @contextlib.contextmanager
    def keep_out(self, lock: str) -> Iterator[None]:
        """See Processes.keep_out; a lock file that we had to make stays, as Thunderbird's does.

        Taking it away would open a gap: a program that had just opened it would then hold a lock
        that nobody else can see.
        """
        real = os.path.realpath(lock)
        if real in self._held:  # opening it again would let the first one go
            raise Busy(lock)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(lock, flags, 0o600)
        try:
            _take(descriptor, lock)
            self._held.add(real)
            try:
                yield
            finally:
                self._held.discard(real)
        finally:
            os.close(descriptor)

    def _question(self) -> bytes:
        if self._bsd:
            return struct.pack(_BSD, 0, 0, 0, fcntl.F_WRLCK, os.SEEK_SET)
        return struct.pack(_LINUX, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)

    def _type(self, answer: bytes) -> int:
        fields = struct.unpack(_BSD if self._bsd else _LINUX, answer)
        return int(fields[3] if self._bsd else fields[0])


def _take(descriptor: int, lock: str) -> None:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EAGAIN}:
            raise Busy(lock) from error
        raise OSError(error.errno, "this file system has no locks", lock) from error
    try:
        same = os.path.samestat(os.fstat(descriptor), os.stat(lock))
    except FileNotFoundError:
        same = False
    if not same:  # somebody took the file away between our open and our lock
        raise Busy(lock)
