"""The brake: when too many computers have failed, the others wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.rollout import past

if TYPE_CHECKING:
    from configure587.machine import Clock
    from configure587.rollout.share import Share

FEW = 5  # computers; of fewer, one failure is no share of anything
_NOT_ALONE = 2  # failed computers that count among few


def is_on(share: Share, clock: Clock, percent: int) -> bool:
    """Whether more than this many percent failed, by the newest report of each computer.

    Among fewer than five, a single failure does not count yet. What cannot be read holds too: who
    does not know how it went elsewhere does not begin.
    """
    try:
        newest = [next(runs, None) for runs in past.of_each(share, clock)]
    except OSError:
        return True
    known = [each for each in newest if each is not None]
    failed = sum(each.failed for each in known)
    if len(known) < FEW and failed < _NOT_ALONE:
        return False
    return failed * 100 > percent * len(known)
