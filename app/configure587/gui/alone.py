"""One window at a time: a second start asks the first to come forward, and ends."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE = 5000  # milliseconds
_PAUSE = 50
_LOOKS = 500  # between two looks for whoever asks; a watch on a folder was not always told


class FirstWindow(QObject):
    """A lock, by which starts of one person see each other, and a file that asks whoever has it.

    Whoever is first takes that file away, which is the answer. A socket would do the same, but for
    it alone the network part of Qt would have to be installed with us.
    """

    asked = Signal()  # to come forward

    def __init__(self, name: str, folder: str) -> None:
        """`name` tells one computer from another; `folder` is this person's own, "" for none."""
        super().__init__()
        self._looks = QTimer(self, interval=_LOOKS)
        self._looks.timeout.connect(self._called)
        self._folder = folder
        self._call = os.path.join(folder, f"{name}.call")
        self._lock = QLockFile(os.path.join(folder, f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # a lock is stale only when its process is gone

    def is_first(self) -> bool:
        """Whether no other window is open; another one is asked to come forward."""
        if not self._folder:
            return True  # nobody can be asked
        if self._is_taken():
            return not self._is_answered()
        QTimer.singleShot(0, self._listen)
        return True

    def _is_taken(self) -> bool:
        taken = QLockFile.LockError.LockFailedError
        return not self._lock.tryLock(_PAUSE) and self._lock.error() is taken

    def _is_answered(self) -> bool:
        """Ask the first, which may still be opening, after a double click on a double click."""
        patience = QDeadlineTimer(_PATIENCE)
        with contextlib.suppress(OSError):
            with open(self._call, "wb"):
                pass
            while not patience.hasExpired():
                if not os.path.exists(self._call):
                    return True
                if not self._is_taken():  # it has gone, and we have its place
                    QTimer.singleShot(0, self._listen)
                    break
            os.unlink(self._call)
        return False  # two windows are better than none

    def _listen(self) -> None:
        self._looks.start()
        self._called()

    def _called(self) -> None:
        with contextlib.suppress(OSError):  # nobody asks
            os.unlink(self._call)
            self.asked.emit()


def own_folder(variables: Mapping[str, str], temporary: str) -> str:
    """A folder in which nobody else on this computer can put a lock or a socket; "" without one.

    The folder for temporary files is everybody's on Linux: whoever had taken the names there
    before us would have kept our window from ever opening.
    """
    if not _has_owners():
        return temporary  # on Windows that is the person's own
    made = os.path.join(temporary, f"configure587-{os.getuid()}")
    for folder in (variables.get("XDG_RUNTIME_DIR", ""), temporary):
        if _is_own(folder):
            return folder
    try:
        os.mkdir(made, 0o700)
    except FileExistsError:
        pass  # ours of an earlier start, or somebody's
    except OSError:
        return ""
    return made if _is_own(made) else ""


def _has_owners() -> bool:
    return hasattr(os, "getuid")


def _is_own(folder: str) -> bool:
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return mine and not found.st_mode & 0o077
