"""The computer being configured: the only room that touches the world, passed in as a value."""

from __future__ import annotations

import enum
import ntpath
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager


class Platform(enum.Enum):
    """Which system a computer runs; decides folders and lock files, never behavior of ours."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"


class Kind(enum.Enum):
    """What stands at a path."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a path tells: its kind, its size in bytes, its mtime in nanoseconds."""

    kind: Kind
    size: int
    mtime: int


class Files(Protocol):
    """Files of one computer. Every method may raise OSError; nothing else, unless said."""

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The content of a regular file; OSError(EFBIG) when it has more than `limit` bytes."""

    def look(self, path: str) -> Look | None:
        """What stands at the path, links followed; None when nothing does."""

    def names(self, path: str) -> Sequence[str]:
        """The names in a folder, sorted."""

    def real(self, path: str) -> str:
        """The path with every link resolved."""

    def create(self, files: Mapping[str, bytes]) -> None:
        """Make new files (and folders) that only their owner can read; durable on return.

        They appear in the order given, each wholly or not at all.
        """

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """Replace a file's content at once, if it still is `expect`; else raise Stale.

        Mode, owner and extended attributes stay; a link stays a link; durable on return.
        """

    def remove(self, path: str) -> None:
        """Remove a file or an empty folder."""


class Processes(Protocol):
    """Who else is at work on this computer."""

    def uses(self, lock: str) -> bool:
        """Whether another program holds this lock file now."""

    def keep_out(self, lock: str) -> AbstractContextManager[None]:
        """Hold this lock file ourselves; raises Busy when another program holds it."""


class Clock(Protocol):
    """Time as the computer has it."""

    def now(self) -> float:
        """Seconds since 1970 (UTC)."""

    def monotonic(self) -> float:
        """Seconds that never go back; for deadlines."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Spread(Protocol):
    """How many small readings are done: one after the other, or on all processors."""

    def __call__(self, work: Callable[[Any], Any], items: Sequence[Any], /) -> Iterable[Any]:
        """The answers, in the order of the items; they must be plain data."""


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """One person's computer. `root` is "" on a real one, the folder of an image otherwise."""

    platform: Platform
    user: str
    home: str
    files: Files
    processes: Processes
    clock: Clock
    root: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    identity: str = ""
    data: str = ""
    spread: Spread = map

    def system(self, *parts: str) -> str:
        """A path that belongs to the whole computer, such as ("etc", "thunderbird")."""
        return os.path.join(self.root or os.sep, *parts)

    def locate(self, written: str) -> str | None:
        """The path here for an absolute path as that computer writes it; None if not absolute."""
        if self.platform is Platform.WINDOWS:
            return self._locate_windows(written)
        if not written.startswith("/"):
            return None
        if not self.root or _inside(written, self.root):
            return os.path.normpath(written)
        homes = ("/Users/",) if self.platform is Platform.MACOS else ("/home/",)
        return self._in_image(written, [home + self.user for home in homes], "/")

    def _locate_windows(self, written: str) -> str | None:
        drive, rest = ntpath.splitdrive(written)
        if not drive or not rest.startswith(("\\", "/")):
            inside = self.root and os.path.isabs(written) and _inside(written, self.root)
            return os.path.normpath(written) if inside else None
        if not self.root:
            return ntpath.normpath(written)
        return self._in_image(ntpath.normpath(written), [f"C:\\Users\\{self.user}"], "\\")

    def _in_image(self, written: str, homes: list[str], sep: str) -> str:
        for home in homes:
            if written.lower().startswith(home.lower() + sep):
                return os.path.join(self.home, *written[len(home) + 1 :].split(sep))
        parts = [part.rstrip(":") for part in written.split(sep) if part not in {"", ".", ".."}]
        return os.path.join(self.root, *parts)


def _inside(path: str, folder: str) -> bool:
    return os.path.normpath(path).startswith(folder.rstrip(os.sep) + os.sep)
