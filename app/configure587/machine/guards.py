"""Wrappers over a Machine: what may be done is decided by what is passed in, never by flags."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.machine import Files, Look, Machine, Processes, Registry
    from configure587.model import Change, Value


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


class ReadOnlyRegistry:
    """A registry that cannot be written: what a scan is given."""

    def __init__(self, below: Registry) -> None:
        """`below` is read, never written."""
        self.exists = below.exists
        self.keys = below.keys
        self.names = below.names
        self.read = below.read
        self.rehearse = below.rehearse

    def swap(self, changes: Sequence[Change], *, there_and_back: bool = True) -> None:
        """Refuse."""
        del there_and_back
        path = changes[0].place.path if changes else ""
        raise PermissionError(errno.EROFS, "this run only reads", path)


class GlancedProcesses:
    """Programs as one glance shows them: what a scan of many profiles is given."""

    def __init__(self, below: Processes) -> None:
        """`below` is asked once for each set of programs."""
        self.uses = below.uses
        self.keep_out = below.keep_out
        self._below = below
        self._seen: dict[tuple[str, ...], bool] = {}

    def running(self, programs: Sequence[str]) -> bool:
        """See Processes.running."""
        wanted = tuple(programs)
        if wanted not in self._seen:
            self._seen[wanted] = self._below.running(wanted)
        return self._seen[wanted]


class Watch:
    """Counts and lists writes; the `fail_at`-th (from 0) raises OSError(EIO)."""

    def __init__(self, fail_at: int | None = None) -> None:
        """None lets all pass."""
        self.fail_at = fail_at
        self.writes: list[tuple[str, str]] = []

    def count(self, verb: str, path: str) -> None:
        """Note a write, and fail if it is its turn."""
        self.writes.append((verb, path))
        if self.fail_at is not None and len(self.writes) - 1 == self.fail_at:
            raise OSError(errno.EIO, "made to fail", path)


class WatchedFiles:
    """Files whose writes are counted, listed, and may be made to fail: for fault tests."""

    def __init__(self, below: Files, watch: Watch) -> None:
        """`watch` is told of every write before it is made."""
        self._below = below
        self._count = watch.count

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


class WatchedRegistry:
    """A registry whose every single value counts as one write, as in a real one."""

    def __init__(self, below: Registry, watch: Watch) -> None:
        """`watch` is told of every write before it is made."""
        self.exists = below.exists
        self.keys = below.keys
        self.names = below.names
        self.rehearse = below.rehearse
        self._below = below
        self._count = watch.count

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        return self._below.read(key, names)

    def swap(self, changes: Sequence[Change], *, there_and_back: bool = True) -> None:
        """See Registry.swap."""
        from configure587.errors import Stale
        from configure587.machine.registry import one_by_one, require

        def write(change: Change) -> None:
            self._count("set", f"{change.place.path}: {change.name}")
            try:
                self._below.swap([change], there_and_back=there_and_back)
            except Stale:  # put back what was never written: it is as it was
                now = self._below.read(change.place.path, [change.name]).get(change.name)
                if now != change.after:
                    raise

        require(self._below, changes)
        one_by_one(changes, write)


def read_only(machine: Machine) -> Machine:
    """The same computer, unable to be changed."""
    return machine.but(
        files=ReadOnlyFiles(machine.files),
        registry=ReadOnlyRegistry(machine.registry),
        processes=GlancedProcesses(machine.processes),
    )


def dry_run(machine: Machine) -> Machine:
    """The same computer; what is written goes to memory and is forgotten."""
    from configure587.machine.memory import DryProcesses, MemoryFiles
    from configure587.machine.memory_registry import MemoryRegistry

    return machine.but(
        files=MemoryFiles(below=machine.files),
        registry=MemoryRegistry(below=machine.registry),
        processes=DryProcesses(machine.processes),
    )


def journal(machine: Machine) -> tuple[Machine, list[tuple[str, str]]]:
    """The same computer, and the list in which every write is noted."""
    watch = Watch()
    return watched(machine, watch), watch.writes


def failing(machine: Machine, k: int) -> Machine:
    """The same computer, on which the k-th write (from 0) fails."""
    return watched(machine, Watch(k))


def watched(machine: Machine, watch: Watch) -> Machine:
    """The same computer, each write of which is counted by `watch`."""
    return machine.but(
        files=WatchedFiles(machine.files, watch),
        registry=WatchedRegistry(machine.registry, watch),
    )
