"""What is remembered of new versions between two starts: the person's wish, and two dates."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from configure587.errors import Stale

if TYPE_CHECKING:
    from configure587.machine import Machine

_LIMIT = 4096
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Kept:
    """`wanted`: the window may look by itself. `made`: when the newest that we believed was made.

    `looked` is when we asked last; both are seconds since 1970.
    """

    wanted: bool = False
    made: float = 0.0
    looked: float = 0.0

    def is_due(self, now: float) -> bool:
        """Whether the window may look: at most once a day, and only if the person wants it."""
        return self.wanted and not 0 <= now - self.looked < _DAY

    def made_by(self, now: float) -> float:
        """`made`, unless it lies ahead: then the clock was wrong when it was believed."""
        return self.made if self.made <= now + _DAY else 0.0


def path(machine: Machine) -> str:
    """The file in this person's data folder."""
    return os.path.join(machine.data_folder, "updates.json")


def read(machine: Machine) -> Kept:
    """What was remembered; a file that is missing or damaged is as at the first start."""
    import msgspec

    try:
        data = machine.files.read(path(machine), _LIMIT)
        return msgspec.json.decode(data, type=Kept)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return Kept()


def write(machine: Machine, kept: Kept) -> None:
    """Remember; where that cannot be written, the next start begins as the last one did."""
    import msgspec

    target, data = path(machine), msgspec.json.encode(kept)
    with contextlib.suppress(OSError, Stale):
        if machine.files.look(target) is None:
            machine.files.create({target: data})
        else:
            machine.files.swap(target, machine.files.read(target), data)
