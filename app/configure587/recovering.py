"""After a crash or a power cut: every set whose story broke off is brought to its end."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from configure587 import undo, vault, whole_files
from configure587.errors import Stale, Unsure
from configure587.machine import sheets
from configure587.model import Outcome, Result, reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configure587.machine import Machine
    from configure587.model import BackupSet, Entry


def interrupted(machine: Machine, set_id: str) -> list[Outcome]:
    """Bring a set whose story broke off to an end: put its unsettled profiles back."""
    backup = vault.load(machine, set_id)
    vault.clear_temporary(machine, backup.folder)
    if not backup.entries and not backup.damage:
        vault.remove(machine, set_id)  # it broke off before anything could be changed
        return []
    if backup.damage:
        return []  # `backups verify` tells; guessing would be worse
    settled = dict(backup.results)
    outcomes: list[Outcome] = []
    for entry in backup.entries:
        folder = entry.profile.folder
        if folder not in settled or folder in backup.undoing:
            with ExitStack() as locks:
                outcomes.append(undo.of(entry, _put_back(machine, backup, entry, locks)))
    ended = [o for o in outcomes if o.result in {Result.UNDONE, Result.KEPT, Result.UNCHANGED}]
    if ended:
        vault.settle(machine, set_id, [(o.profile, o.result) for o in ended])
    if len(ended) == len(outcomes):
        vault.note(machine, set_id, "closed")
    return outcomes


def _put_back(machine: Machine, backup: BackupSet, entry: Entry, locks: ExitStack) -> Outcome:
    try:
        if not sheets.is_there(machine, entry.profile):
            return Outcome(entry.profile, Result.UNCHANGED, (reason("profile_gone"),))
    except OSError as error:
        return undo.failed(entry.profile, error)
    busy = undo.lock(machine, entry.profile, locks)
    if busy is not None:
        return busy
    try:
        for folder in _folders(machine, entry):
            vault.clear_temporary(machine, folder)
        if backup.kind == "whole_file":
            begun = Outcome(entry.profile, Result.UNDONE, (reason("was_interrupted"),))
            return whole_files.put_back(machine, backup.id, entry, begun)
        kept = undo.put_back(machine, entry.groups, unreadable_stays=True)
    except (OSError, Unsure, Stale) as error:
        return undo.failed(entry.profile, error)
    begun = Outcome(entry.profile, Result.UNDONE, (reason("was_interrupted"),))
    return undo.but_for(begun, kept)


def _folders(machine: Machine, entry: Entry) -> Iterable[str]:
    """Where an entry's files really are: a prefs.js may be a link to somewhere else."""
    if entry.profile.place.kind == sheets.REGISTRY:
        return (machine.root,) if machine.root else ()  # an image has its registry.reg there
    real = [machine.folder_of(saved.path) for saved in entry.files]
    return dict.fromkeys([entry.profile.folder, *real])
