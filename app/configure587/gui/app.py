"""Opening the window: one at a time, on a display that is there, with the one door for bugs."""

from __future__ import annotations

import os
import sys
import tempfile
import zlib
from typing import TYPE_CHECKING

from configure587.errors import Refused
from configure587.gui import display

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from configure587.gui.session import Session
    from configure587.gui.window import Window


def run(
    session: Session,
    language: str,
    write_crash: Callable[[BaseException], str | None],
    *,
    fixed_language: bool = False,
) -> int:
    """Show the window until it is closed; 0. Refused when there is no display."""
    try:
        import PySide6  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise Refused("no_window_part", detail=error.name or "PySide6") from error
    display.check(session.machine.platform, os.environ)
    from PySide6.QtWidgets import QApplication

    from configure587.gui.alone import FirstWindow, own_folder

    application = QApplication(sys.argv[:1])
    application.setApplicationName("Configure 587!")
    application.setDesktopFileName("configure587")
    first = FirstWindow(_name(session), own_folder(os.environ, tempfile.gettempdir()))
    if not first.is_first():
        return 0  # it has been asked to come forward
    from configure587.gui.ending import close_when_told
    from configure587.gui.remembered import Remembered
    from configure587.gui.window import Window

    remembered = Remembered(session.machine.data_folder, language, fixed=fixed_language)
    window = Window(session, remembered, write_crash)
    first.asked.connect(window.come_forward)
    _catch(window)
    close_when_told(application)
    window.show()
    return application.exec()


def _name(session: Session) -> str:
    """One window for each computer and data folder; a sum, for a digest would load OpenSSL."""
    text = f"{session.machine.identity}\0{session.machine.data_folder}\0{session.machine.user}"
    return f"configure587-{zlib.crc32(text.encode(errors='replace')):08x}"


def _catch(window: Window) -> None:
    """A bug in the window's own thread is shown on its page, as one of the worker's is."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            window.close()
            return
        sys.__excepthook__(kind, error, trace)
        window.bug(error)

    sys.excepthook = hook
