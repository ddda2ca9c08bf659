"""One window at a time: a second start asks the first to come forward, and ends."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtNetwork import QLocalServer

_PATIENCE = 5000  # milliseconds
_PAUSE = 50


class FirstWindow(QObject):
    """A lock, by which starts of one person see each other, and a socket to say so.

    The lock is enough to know who is first, and far quicker to have than the network part of Qt.
    """

    asked = Signal()  # to come forward

    def __init__(self, name: str, folder: str) -> None:
        """`name` tells one computer from another; `folder` is this person's own, "" for none."""
        super().__init__()
        self._server: QLocalServer | None = None
        self._alone = not folder  # then nobody can be asked
        self._name = os.path.join(folder, f"{name}.socket") if _has_owners() else name
        self._lock = QLockFile(os.path.join(folder, f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # a lock is stale only when its process is gone

    def is_first(self) -> bool:
        """Whether no other window is open; another one is asked to come forward."""
        if self._alone:
            return True
        patience = QDeadlineTimer(_PATIENCE)
        while self._is_taken():  # perhaps still opening, after a double click on a double click
            if self._ask():
                return False
            if patience.hasExpired():
                return True  # two windows are better than none
        QTimer.singleShot(0, self._listen)
        return True

    def _is_taken(self) -> bool:
        taken = QLockFile.LockError.LockFailedError
        return not self._lock.tryLock(_PAUSE) and self._lock.error() is taken

    def _ask(self) -> bool:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        answered = socket.waitForConnected(_PATIENCE)
        socket.disconnectFromServer()
        return answered

    def _listen(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._called)
        QLocalServer.removeServer(self._name)  # one that a crash left behind
        self._server.listen(self._name)

    def _called(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            self._server.nextPendingConnection().deleteLater()
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
