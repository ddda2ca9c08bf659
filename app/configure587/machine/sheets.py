"""Reading and writing named values at a Place: one read, one compare-and-swap write, for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.errors import Stale
from configure587.formats import prefs_js

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.machine import Machine
    from configure587.machine.seams import Lens
    from configure587.model import Change, Place, Value

LIMIT = 256 * 1024 * 1024  # bytes; a prefs.js of 50 MB is real, one of a gigabyte is an attack

FORMATS: Mapping[str, Lens] = {"prefs.js": prefs_js}


def read(machine: Machine, place: Place, names: Sequence[str]) -> Mapping[str, Value]:
    """These values of a place, as far as they are set; a place that is not there has none."""
    try:
        data = machine.files.read(place.path, LIMIT)
    except FileNotFoundError:
        return {}
    return FORMATS[place.kind].read_matching(data, tuple(names))


def write(
    machine: Machine, place: Place, changes: Sequence[Change], *, there_and_back: bool = True
) -> None:
    """Make these changes of one place, all at once.

    Raises Stale when a `before` no longer holds and Unsure when the format cannot be certain;
    `there_and_back` includes not being certain of the way back.
    """
    lens = FORMATS[place.kind]
    old = machine.files.read(place.path, LIMIT)
    found = lens.read_matching(old, tuple(change.name for change in changes))
    for change in changes:
        if not same(found.get(change.name), change.before):
            raise Stale(place.path, change.name)
    wanted = {change.name: change.after for change in changes}
    back = {change.name: change.before for change in changes} if there_and_back else None
    new = lens.edit(old, wanted, back)
    machine.files.swap(place.path, old, new)


def same(one: Value | None, other: Value | None) -> bool:
    """Whether two values are equal and of one type: True is not 1 in a prefs.js."""
    return type(one) is type(other) and one == other
