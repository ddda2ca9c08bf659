"""Whether there is a display to open a window on; asked before Qt, which would abort without one.

Qt ends the process when its plug-in for X cannot be loaded or the display does not answer.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from configure587.errors import Refused
from configure587.machine import Platform

if TYPE_CHECKING:
    import ctypes
    from collections.abc import Mapping

_OTHERS = ("offscreen", "minimal", "vnc", "eglfs", "linuxfb")
_PLUG_IN = ("Qt", "plugins", "platforms", "libqxcb.so")


def check(platform: Platform, variables: Mapping[str, str]) -> None:
    """Refused when a window cannot be opened here."""
    if platform is not Platform.LINUX:
        return
    chosen = variables.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen in _OTHERS or (chosen != "xcb" and _wayland(variables)):
        return
    if not variables.get("DISPLAY"):
        raise Refused("no_display")
    import PySide6

    plug_in = os.path.join(PySide6.__path__[0], *_PLUG_IN)
    if os.path.exists(plug_in):  # a distribution keeps it elsewhere, with all that it needs
        _load(plug_in)
    if not _answers():
        raise Refused("no_display")


def _wayland(variables: Mapping[str, str]) -> bool:
    name = variables.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    import socket  # X needs none

    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.connect(os.path.join(variables.get("XDG_RUNTIME_DIR", ""), name))
        except OSError:
            return False
    return True


def _load(path: str) -> ctypes.CDLL:
    """A library; Refused when it, or one that it needs itself, is not there."""
    import ctypes

    try:
        return ctypes.CDLL(path)
    except OSError as error:
        missing = str(error).partition(":")[0]  # dlopen(3) begins with the one that it missed
        raise Refused("no_display_library", library=os.path.basename(missing)) from error


def _answers() -> bool:
    """Whether the X server that DISPLAY names lets us in (xcb_connect(3))."""
    import ctypes

    xcb = _load("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not error
