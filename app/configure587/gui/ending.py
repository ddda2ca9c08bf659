"""A polite end from outside: Ctrl+C, a signal, a person who signs out while the window is open."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier, QTimer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_POLITE = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def close_when_told(application: QApplication) -> None:
    """From now on such a signal closes the windows, as a press on their cross does."""

    def told(*_: object) -> None:
        QTimer.singleShot(0, application.closeAllWindows)

    for name in _POLITE:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup(1)
            signal.signal(number, told)
    _wake_at_a_signal(application)


def _wake_at_a_signal(application: QApplication) -> None:
    """Python hears of a signal between two of its own steps; Qt takes none while it waits.

    A pipe wakes it. Windows would need two sockets, which take their time to load; there the look
    for a second start (see alone.FirstWindow) is such a step twice a second.
    """
    if not hasattr(select, "poll"):
        return
    ours, signals = os.pipe()
    os.set_blocking(ours, False)
    os.set_blocking(signals, False)
    signal.set_wakeup_fd(signals, warn_on_full_buffer=False)
    _Waker(ours, application)


class _Waker(QSocketNotifier):
    """Qt's part of the pipe; it empties the pipe, so that the next signal wakes it too."""

    def __init__(self, ours: int, application: QApplication) -> None:
        super().__init__(ours, QSocketNotifier.Type.Read, application)
        self._ours = ours
        self.activated.connect(self._empty)

    def _empty(self) -> None:
        os.read(self._ours, 64)
