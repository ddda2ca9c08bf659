"""One window at a time: a second start asks the first to come forward, and ends."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_PATIENCE = 500  # milliseconds


class FirstWindow(QObject):
    """A local socket by which starts of one person find each other."""

    asked = Signal()  # to come forward

    def __init__(self, name: str) -> None:
        """`name` tells one person's window from another's."""
        super().__init__()
        self._name = name
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._called)

    def there_is_another(self) -> bool:
        """Whether another window answers; it is asked to come forward. Else we are the first."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(_PATIENCE):
            socket.disconnectFromServer()
            return True
        QLocalServer.removeServer(self._name)  # one that a crash left behind
        self._server.listen(self._name)
        return False

    def _called(self) -> None:
        while self._server.hasPendingConnections():
            self._server.nextPendingConnection().deleteLater()
        self.asked.emit()
