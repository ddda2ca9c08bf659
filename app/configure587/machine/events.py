"""One event for the log that administrators of this computer read, and a log in memory."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Level(enum.Enum):
    """How much it matters; each system has its own number for it."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Event(NamedTuple):
    """One line of that log, in English, without anything that tells who somebody is.

    `number` and `message_id` never change their meaning; `fields` are the parts of the sentence,
    for programs that read the log.
    """

    number: int
    code: str
    message_id: str  # 128 bits, as journald wants them: 32 hexadecimal digits
    level: Level
    text: str
    fields: tuple[tuple[str, str], ...] = ()


class MemoryEvents:
    """A log in memory: what tests and rehearsals write to."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        self.written: list[Event] = []

    def write(self, event: Event) -> None:
        """See Events.write."""
        self.written.append(event)
