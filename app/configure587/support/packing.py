"""Choices packed into one number, the usual ones in less room: a few signs on the phone.

Each choice is one of a row of weights; the heavier the one that is taken, the less the number
grows. (This is the asymmetric numeral system of Jarek Duda, on whole numbers without a limit.)
"""

from __future__ import annotations

import bisect
import itertools
from typing import TypeAlias

Weights: TypeAlias = "tuple[int, ...]"


class Packer:
    """Takes choices in, gives the number."""

    def __init__(self) -> None:
        """Begin with none."""
        self._picks: list[tuple[int, int, int]] = []

    def put(self, weights: Weights, choice: int) -> None:
        """One more choice among as many as there are weights."""
        start = sum(weights[:choice])
        self._picks.append((start, weights[choice], sum(weights)))

    def number(self) -> int:
        """All of them; the last one in first, for they come out in the order they were put in."""
        found = 0
        for start, size, total in reversed(self._picks):
            found = found // size * total + start + found % size
        return found


class Unpacker:
    """Takes the number, gives the choices back in their order."""

    def __init__(self, number: int) -> None:
        """`number` is what a Packer gave, or anything."""
        self._number = number

    def take(self, weights: Weights) -> int:
        """The next choice; any number has one."""
        ends = list(itertools.accumulate(weights))
        rest, place = divmod(self._number, ends[-1])
        choice = bisect.bisect_right(ends, place)
        self._number = rest * weights[choice] + place - (ends[choice] - weights[choice])
        return choice

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left, as it is after the last choice that was put in."""
        return self._number == 0
