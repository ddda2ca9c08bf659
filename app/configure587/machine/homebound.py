"""Files as somebody else's helper may use them on Windows, where we cannot become that person.

Whoever may change a folder can put a junction there, and an administrator would follow it. So
nothing is written outside the home, nothing in it is read or written through a link, and a link on
the way is asked for before each use.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from configure587.errors import Outside
from configure587.machine import Kind, Look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Files, Processes

_STANDS_FOR_ANOTHER = 0x20000000  # of a reparse tag: another name is meant (junction, link)


def leads_away(path: str) -> bool:
    """Whether a link of any kind stands at this path."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return False
    tag = int(getattr(status, "st_reparse_tag", 0))
    return stat.S_ISLNK(status.st_mode) or bool(tag & _STANDS_FOR_ANOTHER)


class HomeboundFiles:
    """Files of one person: written in their home only, and never through a link in it."""

    def __init__(
        self, home: str, below: Files, is_link: Callable[[str], bool] = leads_away
    ) -> None:
        """`home` may itself be reached by links of the administrator's."""
        self._home = os.path.normpath(home)
        self._below = below
        self._is_link = is_link

    def inside(self, path: str) -> str:
        """The same path; Outside when it is not in the home, or a link is on the way to it."""
        if not self._is_in_home(path) or self._is_linked(path):
            raise Outside(errno.EACCES, "leads out of the home", path)
        return path

    def _is_in_home(self, path: str) -> bool:
        whole, home = os.path.normcase(os.path.abspath(path)), os.path.normcase(self._home)
        return whole == home or whole.startswith(home + os.sep)

    def _is_linked(self, path: str) -> bool:
        """Whether there is a link below the home on the way to this path in it, or at it."""
        whole = os.path.abspath(path)
        rest = os.path.relpath(whole, self._home)
        way = self._home
        for part in [] if rest == os.curdir else rest.split(os.sep):
            way = os.path.join(way, part)
            if self._is_link(way):
                return True
        return False

    def _readable(self, path: str) -> str:
        """What is not in the home is the computer's, such as what an administrator has set."""
        return self.inside(path) if self._is_in_home(path) else path

    def read(self, path: str, limit: int | None = None) -> bytes:
        """See Files.read."""
        return self._below.read(self._readable(path), limit)

    def look(self, path: str) -> Look | None:
        """See Files.look; of what a link leads to, only that it is there."""
        if self._is_in_home(path) and self._is_linked(path):
            return Look(Kind.OTHER, 0, 0)
        return self._below.look(path)

    def names(self, path: str) -> Sequence[str]:
        """See Files.names."""
        return self._below.names(self._readable(path))

    def real(self, path: str) -> str:
        """See Files.real; no link in the home is followed."""
        if self._is_in_home(path) and self._is_linked(path):
            return os.path.normpath(path)
        return self._below.real(path)

    def create(self, files: Mapping[str, bytes]) -> None:
        """See Files.create."""
        for path in files:
            self.inside(path)
        self._below.create(files)

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """See Files.swap."""
        self._below.swap(self.inside(path), expect, data)

    def remove(self, path: str) -> None:
        """See Files.remove; a link goes, wherever it leads, if it is itself inside."""
        self.inside(os.path.dirname(path))
        self._below.remove(path)


class HomeboundProcesses:
    """Lock files in one person's home."""

    def __init__(self, files: HomeboundFiles, below: Processes) -> None:
        """`files` knows what is inside."""
        self._files = files
        self._below = below
        self.running = below.running

    def uses(self, lock: str) -> bool:
        """See Processes.uses; of a lock that leads out, keep_out will tell."""
        look = self._files.look(lock)
        return look is not None and look.kind is Kind.FILE and self._below.uses(lock)

    def keep_out(self, lock: str) -> AbstractContextManager[None]:
        """See Processes.keep_out."""
        return self._below.keep_out(self._files.inside(lock))
