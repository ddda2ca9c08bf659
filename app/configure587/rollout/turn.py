"""Whether it is this computer's turn: rings, the brake, and how many may be changed at all."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Refused
from configure587.rollout import brake, places, reports, rings

if TYPE_CHECKING:
    from configure587.machine import Machine
    from configure587.policy import Policy
    from configure587.rollout.share import Share


NOT_BEGUN = frozenset(("no_rings", "ring_unknown", "no_report_folder", "another_run"))
"""What stops a run before it is begun: no person is told of as failed for it."""


class Turn(NamedTuple):
    """Which ring this computer is in; why it is held, if it is; the place that it took."""

    ring: str | None = None
    held: str | None = None
    place: str = ""


def of(
    machine: Machine, policy: Policy, asked: str | None, share: Share | None, *, dry_run: bool
) -> Turn:
    """Whether to begin. What cannot be read holds; Refused where the wishes contradict."""
    ring = rings.of(machine.computer, policy.rings)
    if asked is not None and not rings.is_turn(machine.computer, policy.rings, asked):
        return Turn(ring, "ring")
    if not policy.limit and policy.stop_if_failed is None:
        return Turn(ring)
    if share is None:
        raise Refused("no_report_folder")
    if policy.stop_if_failed is not None and brake.is_on(
        share, machine.clock, policy.stop_if_failed
    ):
        return Turn(ring, "brake")
    place = _place(machine, policy.limit, share, dry_run=dry_run) if policy.limit else ""
    return Turn(ring, "limit") if place is None else Turn(ring, None, place)


def give_back(share: Share | None, turn: Turn) -> None:
    """A computer on which nothing was changed leaves its place to another."""
    if share is not None and turn.place:
        with contextlib.suppress(OSError):
            share.drop(turn.place)


def _place(machine: Machine, limit: int, share: Share, *, dry_run: bool) -> str | None:
    computer = reports.computer(machine)["id"]
    try:
        if dry_run:
            return "" if places.has_room(share, machine.clock, computer, limit) else None
        return places.take(share, machine.clock, computer, limit)
    except OSError:
        return None
