r"""The event log of Windows: source Configure587 in the log "Application".

What an event viewer shows is looked up in the file that REGISTRATION names. EventCreate.exe is part
of Windows; it takes numbers from 1 to 1000 (Microsoft, KB 324145), and its text for each of them is
the first string of the event. Without that registration the viewer says that it knows no
description, and then shows our strings all the same.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from configure587.machine.events import Level

if TYPE_CHECKING:
    from configure587.machine.events import Event

SOURCE = "Configure587"
REGISTRATION = (
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\EventLog\Application\Configure587",
    (
        ("EventMessageFile", "REG_EXPAND_SZ", r"%SystemRoot%\System32\EventCreate.exe"),
        ("TypesSupported", "REG_DWORD", 7),  # errors, warnings and information
        ("CustomSource", "REG_DWORD", 1),
    ),
)
"""What an installer for the whole computer writes, and removes: a key, and its values."""

LAST_NUMBER = 1000
# winnt.h: EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE, EVENTLOG_ERROR_TYPE
_TYPES = {Level.INFO: 4, Level.WARNING: 2, Level.ERROR: 1}
_LONGEST = 31_839  # letters of one string (ReportEventW)


class WindowsEvents:
    """ReportEventW, with the sentence as first string and the fields as further ones."""

    def __init__(self, advapi: Any = None) -> None:  # noqa: ANN401 - the DLL, or a fake
        """`advapi` stands for advapi32.dll."""
        self._advapi = advapi

    def write(self, event: Event) -> None:
        """See Events.write."""
        advapi = self._advapi if self._advapi is not None else _loaded()
        source = advapi.RegisterEventSourceW(None, SOURCE)
        if not source:
            return
        strings = [event.text, f"code={event.code}"]
        strings += [f"{name}={value}" for name, value in event.fields]
        shown = (ctypes.c_wchar_p * len(strings))(*map(_possible, strings))
        kind = _TYPES[event.level]
        advapi.ReportEventW(source, kind, 0, event.number, None, len(strings), 0, shown, None)
        advapi.DeregisterEventSource(source)


def _possible(text: str) -> str:
    """A string as the log can hold it."""
    return text.replace("\0", " ")[:_LONGEST]


def _loaded() -> Any:  # noqa: ANN401 - a DLL has no type
    advapi = ctypes.CDLL("advapi32")
    advapi.RegisterEventSourceW.argtypes = [ctypes.c_wchar_p, ctypes.c_wchar_p]
    advapi.RegisterEventSourceW.restype = ctypes.c_void_p
    advapi.ReportEventW.argtypes = [
        *(ctypes.c_void_p, ctypes.c_uint16, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_void_p),
        *(ctypes.c_uint16, ctypes.c_uint32, ctypes.POINTER(ctypes.c_wchar_p), ctypes.c_void_p),
    ]
    advapi.ReportEventW.restype = ctypes.c_int32
    advapi.DeregisterEventSource.argtypes = [ctypes.c_void_p]
    return advapi
