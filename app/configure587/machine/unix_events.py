"""The logs of Linux and macOS: journald in its own language, else what syslog(3) leads to.

journald takes entries with fields at a socket; https://systemd.io/JOURNAL_NATIVE_PROTOCOL/ says
how. On macOS syslog(3) leads into the unified log.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import struct
from typing import TYPE_CHECKING, Any

from configure587.machine.events import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from configure587.machine.events import Event

NAME = "configure587"
JOURNAL = "/run/systemd/journal/socket"
SYSLOG = "/dev/log"

_PRIORITIES = {Level.INFO: 6, Level.WARNING: 4, Level.ERROR: 3}  # syslog(3): LOG_INFO and so on
_USER = 1 << 3  # syslog(3): LOG_USER, for whatever is no part of the system
_LONGEST = 8192  # bytes of a value; ours have some hundred, and a datagram has to hold them all
_PATIENCE = 1.0  # seconds
_TOO_LONG = 64  # letters of a field's name (systemd.journal-fields)


class UnixEvents:
    """journald if it listens, else syslog's socket, else nothing: no run fails for its log."""

    def __init__(self, journal: str = JOURNAL, syslog: str = SYSLOG) -> None:
        """The paths of the two sockets."""
        self._journal = journal
        self._syslog = syslog
        self._hangs = False

    def write(self, event: Event) -> None:
        """See Events.write; a log that hangs once is not waited for again."""
        if self._hangs:
            return
        try:
            if not _sent(self._journal, entry(event), (socket.SOCK_DGRAM,)):
                _sent(self._syslog, line(event), (socket.SOCK_DGRAM, socket.SOCK_STREAM))
        except TimeoutError:
            self._hangs = True


class MacEvents:
    """What syslog(3) leads to."""

    def __init__(self, write: Callable[[int, str], Any] | None = None) -> None:
        """`write` stands for the syslog module's function of that name."""
        self._write = write

    def write(self, event: Event) -> None:
        """See Events.write."""
        write = self._write if self._write is not None else _opened()
        write(_PRIORITIES[event.level], told(event))


def _opened() -> Callable[[int, str], Any]:
    import syslog

    syslog.openlog(NAME)
    return syslog.syslog


def told(event: Event) -> str:
    """An event in one line: its number, its sentence, and its fields."""
    words = [f"{event.number} {event.code}: {event.text}"]
    words += [f"{name}={_one_line(value)}" for name, value in event.fields]
    return " ".join(words)


def line(event: Event) -> bytes:
    """As the socket of syslog takes it: the priority, who speaks, what is said (RFC 3164)."""
    priority = _USER | _PRIORITIES[event.level]
    said = told(event).encode(errors="replace")[:_LONGEST]
    return f"<{priority}>{NAME}[{os.getpid()}]: ".encode() + said


def entry(event: Event) -> bytes:
    """As journald takes it: named values, each a line, or with its length before it."""
    values: dict[str, str] = {
        "MESSAGE": event.text,
        "MESSAGE_ID": event.message_id,
        "PRIORITY": str(_PRIORITIES[event.level]),
        "SYSLOG_IDENTIFIER": NAME,
        "CONFIGURE587_EVENT": str(event.number),
        "CONFIGURE587_CODE": event.code,
    }
    values |= _named(event.fields)
    return b"".join(_value(name, value) for name, value in values.items())


def _named(fields: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Fields under names that journald accepts: capitals, digits and _, at most 64 of them."""
    names = ((re.sub(r"[^A-Z0-9]", "_", name.upper()), value) for name, value in fields)
    return {f"CONFIGURE587_{name}"[:_TOO_LONG]: value for name, value in names}


def _value(name: str, value: str) -> bytes:
    data = value.encode(errors="replace")[:_LONGEST]
    if b"\n" not in data:
        return name.encode() + b"=" + data + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n"


def _one_line(value: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", value)


def _sent(path: str, data: bytes, kinds: Iterable[int]) -> bool:
    """Whether somebody listens there and took it; an older syslog listens for streams.

    TimeoutError when somebody listens and does not read.
    """
    for kind in kinds:
        try:
            with socket.socket(socket.AF_UNIX, kind) as door:
                door.settimeout(_PATIENCE)
                door.connect(path)
                door.sendall(data if kind == socket.SOCK_DGRAM else data + b"\0")
        except TimeoutError:
            raise
        except OSError as error:
            if error.errno != errno.EPROTOTYPE:
                return False
        else:
            return True
    return False
