"""A polite end from outside: Ctrl+C, a signal, a person who signs out while the window is open."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_POLITE = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def close_when_told(application: QApplication) -> None:
    """From now on such a signal closes the windows, as a press on their cross does.

    Python hears of a signal only between two of its own steps, and Qt takes none while it waits:
    a pair of sockets wakes it.
    """
    ours, signals = socket.socketpair()
    ours.setblocking(False)
    signals.setblocking(False)

    def told() -> None:
        ours.recv(1)
        application.closeAllWindows()

    for name in _POLITE:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup(1)
            signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(signals.detach(), warn_on_full_buffer=False)
    QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, application).activated.connect(told)
