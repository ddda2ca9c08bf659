"""One window at a time: a second start asks the first to come forward, and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QLockFile, QObject, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_PATIENCE = 2000  # milliseconds


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
        if self._lock.tryLock(0) or self._lock.error() is not QLockFile.LockError.LockFailedError:
            QTimer.singleShot(0, self._listen)
            return True
        return not self._ask()

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
