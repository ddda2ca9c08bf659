"""What a run did, line by line, in English, for us: kept beside the backups, without secrets."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.machine import Machine
    from configure587.model import Outcome

_KEPT = 20  # log files
_LINES = 5_000  # of one run: of more, the first and the last tell enough
_BYTES = 4 * 1024 * 1024  # of all log files together
_counter = itertools.count()


class RunLog:
    """Lines of one run; `lines` is what will be written."""

    def __init__(self, machine: Machine, verb: str) -> None:
        """`verb` names the file."""
        self._machine = machine
        self._verb = verb
        self.lines: list[str] = []
        self.add(f"configure587 {verb} on {machine.platform.value}")

    def add(self, line: str) -> None:
        """Add a line with the time in UTC; nothing said is no line, and a name never makes one."""
        if line:
            self.lines.append(f"{self._machine.stamp()} {_one_line(line)}")

    def outcome(self, value: Outcome) -> None:
        """Add one profile's outcome: codes and names of settings, no values."""
        codes = ",".join(reason.code for reason in value.reasons)
        names = ",".join(dict.fromkeys(change.name for change in value.changes))
        self.add(f"{value.result.value} {value.profile.folder} [{codes}] {names}".rstrip())

    def write(self) -> str | None:
        """Write the file, drop the oldest; None when the data folder does not let us."""
        folder = os.path.join(self._machine.data_folder, "logs")
        stamp = self._machine.file_stamp()
        path = os.path.join(folder, f"{stamp}-{self._verb}-{os.getpid()}-{next(_counter)}.log")
        text = "".join(f"{line}\n" for line in _shortened(self.lines))
        try:
            self._machine.files.create({path: text.encode(errors="backslashreplace")})
            for name in _too_many(self._machine, folder, os.path.basename(path)):
                self._machine.files.remove(os.path.join(folder, name))
        except OSError:
            return None
        return path


def _one_line(text: str) -> str:
    """The same without what could end a line or steer a terminal: folders may be called so."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def _shortened(lines: Sequence[str]) -> Sequence[str]:
    left_out = len(lines) - _LINES
    if left_out <= 0:
        return lines
    half = _LINES // 2
    return [*lines[:half], f"({left_out} lines left out)", *lines[-half:]]


def _too_many(machine: Machine, folder: str, new: str) -> Iterator[str]:
    """What has to go, oldest first; never the new one, whatever a clock that jumped says."""
    names = [each for each in machine.files.names(folder) if each.endswith(".log") and each != new]
    room = _BYTES - _size(machine, folder, new)
    kept = 1
    for name in reversed(names):
        room -= _size(machine, folder, name)
        kept += 1
        if kept > _KEPT or room < 0:
            yield name


def _size(machine: Machine, folder: str, name: str) -> int:
    look = machine.files.look(os.path.join(folder, name))
    return look.size if look is not None else 0
