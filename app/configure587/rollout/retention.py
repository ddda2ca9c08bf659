"""How many backups stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import engine, vault

if TYPE_CHECKING:
    from collections.abc import Collection

    from configure587.machine import Machine


def prune(machine: Machine, keep: int, spared: Collection[str] = ()) -> list[str]:
    """Remove all but the newest backups, and say which; Refused while another run is at work.

    Never one by which a run can still be put right, nor one that is spared.
    """
    names = vault.ids(machine)
    old = names[: max(0, len(names) - keep)]
    useless = set(engine.damaged(machine))
    unfinished = set(vault.unfinished(machine)) - useless
    removed = [name for name in old if name not in unfinished and name not in spared]
    with engine.alone(machine):
        for name in removed:
            vault.remove(machine, name)
    return removed
