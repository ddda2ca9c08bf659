"""Other programs on Windows: Thunderbird by its lock, Outlook by the list of processes.

Thunderbird opens its parent.lock without sharing (Gecko: toolkit/profile/nsProfileLock.cpp). The
file's existence means nothing; only a sharing violation does. Outlook has no such file.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from typing import TYPE_CHECKING

from configure587.errors import Busy
from configure587.formats.case_folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GENERIC_READ = 0x80000000
_GENERIC_WRITE = 0x40000000
_SHARE_ALL = 0x7
_OPEN_EXISTING = 3
_OPEN_ALWAYS = 4
_INVALID = ctypes.c_void_p(-1).value
_SHARING_VIOLATION = 32


class WindowsLocks:
    """Processes, as far as lock files and the list of processes tell."""

    def __init__(self, person: str = "") -> None:
        """`person` is the SID of somebody else than the account that we run as."""
        from configure587.machine.windows_session import WindowsSession

        self._person = person
        self._session = WindowsSession()
        self._kernel = ctypes.CDLL("kernel32", use_last_error=True)
        self._kernel.CreateFileW.restype = ctypes.c_void_p
        self._kernel.CreateFileW.argtypes = [
            ctypes.c_wchar_p,
            ctypes.c_uint32,
            ctypes.c_uint32,
            ctypes.c_void_p,
            ctypes.c_uint32,
            ctypes.c_uint32,
            ctypes.c_void_p,
        ]
        self._kernel.CloseHandle.argtypes = [ctypes.c_void_p]
        self._held: set[str] = set()

    def uses(self, lock: str) -> bool:
        """See Processes.uses."""
        if os.path.normcase(os.path.realpath(lock)) in self._held:
            return False
        handle, error = self._open(lock, _GENERIC_READ, _SHARE_ALL, _OPEN_EXISTING)
        if handle is not None:
            self._kernel.CloseHandle(handle)
        return error == _SHARING_VIOLATION

    def running(self, programs: Sequence[str]) -> bool:
        """See Processes.running."""
        wanted = {fold(name) for name in programs}
        try:
            running = list(self._session.programs())
        except OSError:
            return True  # for all that we know
        return any(
            self._is_of_the_person(number) for number, name in running if fold(name) in wanted
        )

    def _is_of_the_person(self, process: int) -> bool:
        """Whose it is; what keeps that to itself is taken for theirs in their own session.

        So do a program that they started as an administrator, and everybody else's.
        """
        try:
            return self._session.owner(process) == (self._person or self._session.own_sid())
        except OSError:
            return self._session.may_share(process)

    @contextlib.contextmanager
    def keep_out(self, lock: str) -> Iterator[None]:
        """See Processes.keep_out; a lock file that we had to make stays, as Thunderbird's does."""
        handle, error = self._open(lock, _GENERIC_READ | _GENERIC_WRITE, 0, _OPEN_ALWAYS)
        if handle is None and error == _SHARING_VIOLATION:
            raise Busy(lock)
        if handle is None:
            # with Windows' own number Python finds the kind of error: no right, no such folder
            raise OSError(0, "the lock file cannot be opened", lock, error)
        real = os.path.normcase(os.path.realpath(lock))
        self._held.add(real)
        try:
            yield
        finally:
            self._held.discard(real)
            self._kernel.CloseHandle(handle)

    def _open(self, path: str, access: int, share: int, how: int) -> tuple[int | None, int]:
        handle = self._kernel.CreateFileW(path, access, share, None, how, 0, None)
        if handle is None or handle == _INVALID:
            # typeshed offers get_last_error to Windows only; this module runs nowhere else
            return None, int(ctypes.get_last_error())  # type: ignore[attr-defined]
        return int(handle), 0
