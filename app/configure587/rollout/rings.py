"""Rings: which part of all computers comes first, decided by each computer for itself.

The place of a computer is a number from 0 to 99: the first eight hexadecimal digits of the SHA-256
of its name (up to the first dot, in small letters, UTF-8), modulo 100. The first ring of 5 percent
holds the places 0 to 4, the next one of 20 percent 5 to 24, and so on. An administrator can compute
it: printf %s pc-17 | sha256sum | cut -c1-8
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from configure587.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLACES = 100


def place(computer: str) -> int:
    """The place of a computer of this name, from 0 to 99; the same on every system."""
    name = computer.partition(".")[0].lower()
    digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()
    return int(digest[:8], 16) % _PLACES


def of(computer: str, rings: Sequence[tuple[str, int]]) -> str | None:
    """The ring that a computer belongs to; None if it is in none."""
    end = 0
    for name, percent in rings:
        end += percent
        if place(computer) < end:
            return name
    return None


def is_turn(computer: str, rings: Sequence[tuple[str, int]], asked: str) -> bool:
    """Whether a computer runs when this ring is asked for: its own has come, or came before."""
    names = [name for name, _ in rings]
    if not names:
        raise Refused("no_rings", ring=asked)
    if asked not in names:
        raise Refused("ring_unknown", ring=asked, allowed=", ".join(names))
    own = of(computer, rings)
    return own is not None and names.index(own) <= names.index(asked)
