"""A computer in memory: the fake that tests use and the paper that a dry run writes on."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from configure587.errors import Busy, Stale
from configure587.machine import Kind, Look, Machine, Platform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Files, Processes
    from configure587.model import Value


class MemoryFiles:
    """Files in a dict; with `below`, changes lie over another store that stays as it is."""

    def __init__(
        self, contents: Mapping[str, bytes] | None = None, below: Files | None = None
    ) -> None:
        """`contents` maps absolute paths to bytes; folders exist where files are."""
        self.contents: dict[str, bytes] = dict(contents or {})
        self._made: set[str] = set()  # folders that stay when their last file goes
        self._gone: set[str] = set()
        self._below = below

    def read(self, path: str, limit: int | None = None) -> bytes:
        """See Files.read."""
        if path in self.contents:
            data = self.contents[path]
            if limit is not None and len(data) > limit:
                raise OSError(errno.EFBIG, "file too large", path)
            return data
        if self._below is not None and path not in self._gone:
            return self._below.read(path, limit)
        if self._is_folder(path):
            raise OSError(errno.EINVAL, "not a regular file", path)
        raise FileNotFoundError(errno.ENOENT, "no such file", path)

    def look(self, path: str) -> Look | None:
        """See Files.look."""
        if path in self.contents:
            return Look(Kind.FILE, len(self.contents[path]), 0)
        if self._is_folder(path):
            return Look(Kind.FOLDER, 0, 0)
        if self._below is None or path in self._gone:
            return None
        return self._below.look(path)

    def names(self, path: str) -> Sequence[str]:
        """See Files.names."""
        look = self.look(path)
        if look is None:
            raise FileNotFoundError(errno.ENOENT, "no such folder", path)
        if look.kind is Kind.FILE:
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", path)
        start = path.rstrip(os.sep) + os.sep
        known = [*self.contents, *self._made]
        names = {each[len(start) :].split(os.sep)[0] for each in known if each.startswith(start)}
        if self._below is not None and path not in self._gone and self._below.look(path):
            lower = self._below.names(path)
            names |= {name for name in lower if start + name not in self._gone}
        return sorted(names)

    def real(self, path: str) -> str:
        """See Files.real."""
        return os.path.normpath(path) if self._below is None else self._below.real(path)

    def create(self, files: Mapping[str, bytes]) -> None:
        """See Files.create."""
        for path, data in files.items():
            self._check_new(path)
            self.contents[path] = data
            self._gone.discard(path)
            folder = os.path.dirname(path)
            while folder != os.path.dirname(folder):
                self._made.add(folder)
                folder = os.path.dirname(folder)

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """See Files.swap."""
        if self.read(path) != expect:
            raise Stale(path)
        self.contents[path] = data

    def remove(self, path: str) -> None:
        """See Files.remove."""
        look = self.look(path)
        if look is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        if look.kind is Kind.FOLDER and self.names(path):
            raise OSError(errno.ENOTEMPTY, "folder not empty", path)
        self.contents.pop(path, None)
        self._made.discard(path)
        self._gone.add(path)

    def _check_new(self, path: str) -> None:
        look = self.look(path)
        if look is not None and look.kind is not Kind.FILE:
            raise IsADirectoryError(errno.EISDIR, "a folder is there", path)
        folder = os.path.dirname(path)
        while folder not in self._made and folder != os.path.dirname(folder):
            look = self.look(folder)
            if look is not None and look.kind is Kind.FILE:
                raise NotADirectoryError(errno.ENOTDIR, "not a folder", folder)
            folder = os.path.dirname(folder)

    def _is_folder(self, path: str) -> bool:
        start = path.rstrip(os.sep) + os.sep
        return path in self._made or any(each.startswith(start) for each in self.contents)


class MemoryProcesses:
    """What runs, as the test says; `held` are our own locks."""

    def __init__(self, running: Sequence[str] = (), programs: Sequence[str] = ()) -> None:
        """`running` are the lock files that other programs hold, `programs` their names."""
        self.locks: set[str] = set(running)
        self.programs: set[str] = {name.lower() for name in programs}
        self.held: set[str] = set()

    def uses(self, lock: str) -> bool:
        """See Processes.uses."""
        return lock in self.locks

    def running(self, programs: Sequence[str]) -> bool:
        """See Processes.running."""
        return any(name.lower() in self.programs for name in programs)

    def keep_out(self, lock: str) -> AbstractContextManager[None]:
        """See Processes.keep_out."""
        return self._hold(lock)

    @contextlib.contextmanager
    def _hold(self, lock: str) -> Iterator[None]:
        if lock in self.locks or lock in self.held:
            raise Busy(lock)
        self.held.add(lock)
        try:
            yield
        finally:
            self.held.discard(lock)


class DryProcesses(MemoryProcesses):
    """Sees the real locks, takes only imaginary ones."""

    def __init__(self, below: Processes) -> None:
        """`below` is asked, never locked."""
        super().__init__()
        self._below = below

    def uses(self, lock: str) -> bool:
        """See Processes.uses."""
        return self._below.uses(lock)

    def running(self, programs: Sequence[str]) -> bool:
        """See Processes.running."""
        return self._below.running(programs)

    def keep_out(self, lock: str) -> AbstractContextManager[None]:
        """See Processes.keep_out."""
        if self._below.uses(lock):
            self.locks.add(lock)
        else:
            self.locks.discard(lock)
        return super().keep_out(lock)


class MemoryClock:
    """A clock that moves only when somebody waits for it."""

    def __init__(self, now: float = 1_795_500_000.0) -> None:
        """`now` is in seconds since 1970; the default is a day in November 2026."""
        self.time = now

    def now(self) -> float:
        """See Clock.now."""
        return self.time

    def monotonic(self) -> float:
        """See Clock.monotonic."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        self.time += seconds


def machine(  # noqa: PLR0913 - a computer has this many parts
    contents: Mapping[str, bytes] | None = None,
    *,
    platform: Platform = Platform.LINUX,
    running: Sequence[str] = (),
    programs: Sequence[str] = (),
    registry: Mapping[str, Mapping[str, Value]] | None = None,
    home: str = "/home/ana",
) -> Machine:
    """A whole computer in memory."""
    from configure587.machine.memory_registry import MemoryRegistry

    return Machine(
        platform=platform,
        user="ana",
        home=home,
        files=MemoryFiles(contents),
        registry=MemoryRegistry(registry) if registry is not None else None,
        processes=MemoryProcesses(running, programs),
        clock=MemoryClock(),
        identity="memory",
        computer="memory",
        data=os.path.join(home, ".local", "share", "configure587"),
    )
