"""--limit: so many computers may be changed; each takes a place in the report folder before.

A place is a file that can be made only once, whoever tries: place-000001.taken, which holds the id
of its computer. So no more computers than places ever begin, as far as the folder keeps its word:
two servers that are brought into line later (DFS replication, folders kept in a cloud) may each
give the same place away.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from configure587.rollout import past

if TYPE_CHECKING:
    from configure587.machine import Clock
    from configure587.rollout.share import Share

_NAME = re.compile(r"place-\d{6}\.taken")
_SIZE = 64  # bytes of an id, with room


def taken(share: Share) -> dict[str, str]:
    """Which places are taken, and by whom: name -> id; "" for one whose file says nothing."""
    found = {}
    for name in share.names():
        if _NAME.fullmatch(name):
            with contextlib.suppress(FileNotFoundError):
                found[name] = share.read(name, _SIZE).decode("ascii", "replace").strip()
    return found


def changed(share: Share, clock: Clock) -> set[str]:
    """The ids of computers that were changed, by all reports in the folder."""
    return {each.computer for runs in past.of_each(share, clock) for each in runs if each.changed}


def take(share: Share, clock: Clock, computer: str, limit: int) -> str | None:
    """Whether a computer may be changed: "" when it was counted before, else the place it took.

    None when there is no place left.
    """
    places = taken(share)
    before = changed(share, clock)
    if computer in {*places.values(), *before}:
        return ""
    left = limit - len(before - set(places.values()))  # some were changed without a limit
    for number in range(1, left + 1) if len(places) < left else ():
        name = f"place-{number:06d}.taken"
        if name not in places and share.take(name, computer.encode()):
            return name
    return None


def has_room(share: Share, clock: Clock, computer: str, limit: int) -> bool:
    """Whether it could take one now: for a rehearsal, which takes nothing."""
    places = taken(share)
    known = {*places.values(), *changed(share, clock)}
    return computer in known or len(places) + len(known - set(places.values())) < limit
