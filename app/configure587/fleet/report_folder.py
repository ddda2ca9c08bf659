"""A folder of reports, read file by file; one bad file, or a share that goes away, is told."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from configure587.errors import Cancelled, Refused, detail
from configure587.fleet import runs
from configure587.fleet.runs import Aside, NotCounted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from configure587.fleet.computers import Tally

LARGEST = 16 << 20  # a report of 10,000 accounts has 4 MiB


def read(folder: str, tally: Tally, stop: Callable[[], bool]) -> None:
    """Count every report that lies in this folder itself; Refused if there is no such folder."""
    try:
        entries = os.scandir(folder)
    except (OSError, ValueError) as error:
        why = detail(error) if isinstance(error, OSError) else "EINVAL"
        raise Refused("reports_unreadable", path=folder, detail=why) from error
    with entries:
        for entry in _until_it_breaks_off(entries, folder, tally):
            if stop():
                raise Cancelled
            _entry(entry, tally)


def _until_it_breaks_off(
    entries: Iterator[os.DirEntry[str]], folder: str, tally: Tally
) -> Iterator[os.DirEntry[str]]:
    while True:
        try:
            entry = next(entries, None)
        except OSError as error:
            tally.broken_off.append((folder, detail(error)))
            return
        if entry is None:
            return
        yield entry


def _entry(entry: os.DirEntry[str], tally: Tally) -> None:
    """Names that begin with a dot are the system's; whoever writes a report calls it .part."""
    name = entry.name
    if name.startswith("."):
        return
    if name.endswith(".part"):
        tally.unfinished += 1
    elif _is_folder(entry):
        tally.folders += 1
    elif name.lower().endswith(".json"):
        try:
            tally.add(runs.read(_content(entry)), name)
        except NotCounted as error:
            tally.set_aside(entry.path, error.why)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _content(entry: os.DirEntry[str]) -> bytes:
    """The bytes of an ordinary file of a sensible size; a pipe would never end."""
    try:
        if not entry.is_file():
            raise NotCounted(Aside.UNREADABLE)
        with open(entry.path, "rb", buffering=0) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise NotCounted(Aside.UNREADABLE)
            if facts.st_size > LARGEST:
                raise NotCounted(Aside.TOO_LARGE)
            return file.read()
    except OSError as error:
        raise NotCounted(Aside.UNREADABLE) from error
