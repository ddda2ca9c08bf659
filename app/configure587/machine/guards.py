"""Wrappers over a Machine: what may be done is decided by what is passed in, never by flags."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.machine import Files, Look, Machine


class ReadOnlyFiles:
    """Files that cannot be written: what a scan is given."""

    def __init__(self, below: Files) -> None:
        """`below` is read, never written."""
        self.read = below.read
        self.look = below.look
        self.names = below.names
        self.real = below.real

    def create(self, files: Mapping[str, bytes]) -> None:
        """Refuse."""
        raise PermissionError(errno.EROFS, "this run only reads", next(iter(files), ""))

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """Refuse."""
        del expect, data
        raise PermissionError(errno.EROFS, "this run only reads", path)

    def remove(self, path: str) -> None:
        """Refuse."""
        raise PermissionError(errno.EROFS, "this run only reads", path)


class WatchedFiles:
    """Files whose writes are counted, listed, and may be made to fail: for fault tests."""

    def __init__(self, below: Files, fail_at: int | None = None) -> None:
        """The `fail_at`-th write (from 0) raises OSError(EIO); None lets all pass."""
        self._below = below
        self._fail_at = fail_at
        self.writes: list[tuple[str, str]] = []

    def read(self, path: str, limit: int | None = None) -> bytes:
        """See Files.read."""
        return self._below.read(path, limit)

    def look(self, path: str) -> Look | None:
        """See Files.look."""
        return self._below.look(path)

    def names(self, path: str) -> Sequence[str]:
        """See Files.names."""
        return self._below.names(path)

    def real(self, path: str) -> str:
        """See Files.real."""
        return self._below.real(path)

    def create(self, files: Mapping[str, bytes]) -> None:
        """See Files.create; every file counts as one write."""
        for path, data in files.items():
            self._count("create", path)
            self._below.create({path: data})

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """See Files.swap."""
        self._count("swap", path)
        self._below.swap(path, expect, data)

    def remove(self, path: str) -> None:
        """See Files.remove."""
        self._count("remove", path)
        self._below.remove(path)

    def _count(self, verb: str, path: str) -> None:
        self.writes.append((verb, path))
        if self._fail_at is not None and len(self.writes) - 1 == self._fail_at:
            raise OSError(errno.EIO, "made to fail", path)


def read_only(machine: Machine) -> Machine:
    """The same computer, unable to be changed."""
    return machine.but(files=ReadOnlyFiles(machine.files))


def dry_run(machine: Machine) -> Machine:
    """The same computer; what is written goes to memory and is forgotten."""
    from configure587.machine.memory import DryProcesses, MemoryFiles

    return machine.but(
        files=MemoryFiles(below=machine.files),
        processes=DryProcesses(machine.processes),
    )


def journal(machine: Machine) -> tuple[Machine, list[tuple[str, str]]]:
    """The same computer, and the list in which every write is noted."""
    files = WatchedFiles(machine.files)
    return machine.but(files=files), files.writes


def failing(machine: Machine, k: int) -> Machine:
    """The same computer, on which the k-th write (from 0) fails."""
    return machine.but(files=WatchedFiles(machine.files, k))
