"""Every connection that this run made: to whom, why, and what came of it."""

from __future__ import annotations

import threading
import time

from configure587.seen import Connection


def stamp() -> str:
    """The time now: ISO 8601, UTC, seconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Ledger:
    """Lines in the order in which the connections were begun; several threads write at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self.lines: list[Connection] = []
        self._lock = threading.Lock()

    def open(self, host: str, address: str, port: int, why: str) -> Entry:
        """Note an attempt that begins now."""
        with self._lock:
            self.lines.append(Connection(stamp(), host, address, port, why, ""))
            return Entry(self.lines, len(self.lines) - 1)


class Entry:
    """One line of the ledger, until its outcome is known."""

    def __init__(self, lines: list[Connection], place: int) -> None:
        """The line at that place."""
        self._lines = lines
        self._place = place

    def close(self, outcome: str) -> None:
        """Note what came of it."""
        self._lines[self._place] = self._lines[self._place]._replace(outcome=outcome)
