"""One window at a time: a second start asks the first to come forward, and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QDir, QLockFile, QObject, QThread, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_PATIENCE = 5000  # milliseconds
_PAUSE = 50


class FirstWindow(QObject):
    """A lock, by which starts of one person see each other, and a socket to say so.

    The lock is enough to know who is first, and far quicker to have than the network part of Qt.
    """

    asked = Signal()  # to come forward

    def __init__(self, name: str) -> None:
        """`name` tells one person's window from another's."""
        super().__init__()
        self._name = name
        self._server: QLocalServer | None = None
        self._lock = QLockFile(QDir.temp().filePath(f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # a lock is stale only when its process is gone

    def is_first(self) -> bool:
        """Whether no other window is open; another one is asked to come forward."""
        patience = QDeadlineTimer(_PATIENCE)
        while self._is_taken():
            if self._ask():
                return False
            if patience.hasExpired():
                return True  # two windows are better than none
            QThread.msleep(_PAUSE)  # it is still opening, after a double click on a double click
        QTimer.singleShot(0, self._listen)
        return True

    def _is_taken(self) -> bool:
        taken = QLockFile.LockError.LockFailedError
        return not self._lock.tryLock(0) and self._lock.error() is taken

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
