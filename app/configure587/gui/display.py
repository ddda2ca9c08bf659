"""Whether there is a display to open a window on; asked before Qt, which would abort without one.

Qt's own plug-in loads libxcb and libxcb-cursor (Qt 6.5 and newer) and ends the process when they
or the display are missing.
"""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

from configure587.errors import Refused
from configure587.machine import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping

_OTHERS = ("offscreen", "minimal", "vnc", "eglfs", "linuxfb")
_LIBRARIES = ("libxcb.so.1", "libxcb-cursor.so.0", "libxkbcommon-x11.so.0", "libxcb-icccm.so.4")


def check(platform: Platform, variables: Mapping[str, str]) -> None:
    """Refused when a window cannot be opened here."""
    if platform is not Platform.LINUX:
        return
    chosen = variables.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen in _OTHERS or (chosen != "xcb" and _wayland(variables)):
        return
    if not variables.get("DISPLAY"):
        raise Refused("no_display")
    for name in _LIBRARIES:
        _load(name)
    if not _answers():
        raise Refused("no_display")


def _wayland(variables: Mapping[str, str]) -> bool:
    name = variables.get("WAYLAND_DISPLAY", "")
    return bool(name) and os.path.exists(os.path.join(variables.get("XDG_RUNTIME_DIR", ""), name))


def _load(name: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise Refused("no_display_library", library=name) from error


def _answers() -> bool:
    """Whether the X server that DISPLAY names lets us in (xcb_connect(3))."""
    xcb = _load("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not error
