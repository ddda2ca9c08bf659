"""Putting whole files back: an explicit, warned choice, and itself a change that can be undone.

Of the registry no whole key is ever kept; there the values that we once changed go back, whoever
changed them since.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from configure587 import story, undo, vault
from configure587.errors import Cancelled, Refused, Stale, Unsure
from configure587.machine import sheets
from configure587.model import Change, Group, Outcome, Progress, Receipt, Result, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from configure587.machine import Machine
    from configure587.model import BackupSet, Entry, SavedFile

_RESTORABLE = {Result.CHANGED, Result.KEPT, Result.UNDONE}


def restore(machine: Machine, backup: BackupSet, notify: Callable[[Progress], None]) -> Receipt:
    """Put whole files back as they were, after saving what is there now in a set of its own."""
    _refuse_what_is_missing(machine, backup)
    set_id = vault.begin(machine)
    outcomes: list[Outcome] = []
    for steps in undo.batches(backup, _RESTORABLE):
        outcomes += _restore(machine, backup, set_id, steps, notify)
    made = vault.exists(machine, set_id)
    if made and not any(each.result is Result.BROKEN for each in outcomes):
        vault.note(machine, set_id, "closed")
    # To the person this was an undo; in the new set it is a change, which can be undone in turn.
    undone = [
        replace(each, result=Result.UNDONE) if each.result is Result.CHANGED else each
        for each in outcomes
    ]
    return Receipt(set_id if made else None, tuple(undone))


def _restore(
    machine: Machine,
    backup: BackupSet,
    set_id: str,
    steps: Sequence[tuple[Entry, Progress]],
    notify: Callable[[Progress], None],
) -> list[Outcome]:
    """Lock, save and restore the files of these profiles."""
    outcomes: list[Outcome] = []
    with ExitStack() as locks:
        ready = [each for each in steps if undo.locked(machine, each[0], locks, outcomes)]
        wanted: dict[str, bytes] = {}
        changed: list[tuple[Entry, Progress]] = []
        for entry, step in ready:
            differing = _looked_at(machine, backup, entry, wanted)
            if isinstance(differing, Outcome):
                outcomes.append(undo.of(entry, differing))
            else:
                changed.append((differing, step))
        there = [_there(machine, entry) for entry, _ in changed]
        kept = [entry for entry in there if entry.files + entry.groups]
        if kept:
            vault.save(machine, set_id, kept, kind="whole_file", replacing=wanted)
        done = [
            undo.of(entry, _replaced(machine, set_id, entry, wanted, notify, step))
            for entry, step in changed
        ]
        _settle(machine, set_id, kept, done)
        _mark_undone(machine, backup, done)
    return [*outcomes, *done]


def _refuse_what_is_missing(machine: Machine, backup: BackupSet) -> None:
    """Refuse, before anything is changed, when a file of one profile could not be put back."""
    gone = {*vault.check(machine, backup)}
    for steps in undo.batches(backup, _RESTORABLE):
        for saved in (
            each for entry, _ in steps if not _in_registry(entry) for each in entry.files
        ):
            if not saved.copy:
                raise Refused("copy_withheld", backup=backup.id, path=saved.path)
            if saved.copy in gone:
                raise _damaged(backup, saved)


def _damaged(backup: BackupSet, saved: SavedFile) -> Refused:
    return Refused("copy_damaged", backup=backup.id, path=saved.path, folder=backup.folder)


def _looked_at(
    machine: Machine, backup: BackupSet, entry: Entry, wanted: dict[str, bytes]
) -> Entry | Outcome:
    """What of an entry is not as it is wanted; an outcome when that is nothing, or not to be known.

    The files as they are wanted are added to `wanted`.
    """
    try:
        for saved in () if _in_registry(entry) else entry.files:
            wanted[saved.path] = _wanted(machine, backup, entry, saved)
        differing = _differing(machine, entry, wanted)
    except (OSError, Unsure) as error:
        return undo.failed(entry.profile, error)
    if differing.files + differing.groups:
        return differing
    return Outcome(entry.profile, Result.UNCHANGED)


def _settle(
    machine: Machine, set_id: str, kept: Sequence[Entry], outcomes: Sequence[Outcome]
) -> None:
    """Note how it went with those of which something was kept; the others cannot be undone."""
    folders = {entry.profile.folder for entry in kept}
    known = [(each.profile, each.result) for each in outcomes if each.profile.folder in folders]
    if known:
        settled = [pair for pair in known if pair[1] is not Result.BROKEN]
        vault.settle(machine, set_id, settled)


def _mark_undone(machine: Machine, backup: BackupSet, outcomes: Sequence[Outcome]) -> None:
    gone = [(o.profile, Result.UNDONE) for o in outcomes if o.result is Result.CHANGED]
    if gone and backup.kind == "change":
        vault.settle(machine, backup.id, gone, "undone")


def _wanted(machine: Machine, backup: BackupSet, entry: Entry, saved: SavedFile) -> bytes:
    data = vault.restored(machine, backup, entry, saved, _now(machine, saved.path))
    if data is None:
        raise _damaged(backup, saved)
    return data


def _now(machine: Machine, path: str) -> bytes:
    try:
        return machine.files.read(path, sheets.LIMIT)
    except FileNotFoundError:
        return b""


def _differing(machine: Machine, entry: Entry, wanted: Mapping[str, bytes]) -> Entry:
    """The entry with only those of its files that are not as they are wanted, or not there.

    Of the registry there are only the values that we once changed: they become changes.
    """
    if _in_registry(entry):
        return replace(entry, groups=tuple(_forced(machine, entry)), files=())
    files = tuple(
        saved
        for saved in entry.files
        if machine.files.look(saved.path) is None or _now(machine, saved.path) != wanted[saved.path]
    )
    return replace(entry, groups=(), files=files)


def _forced(machine: Machine, entry: Entry) -> Iterator[Group]:
    """The changes that put the values back, whoever changed them since."""
    for group in entry.groups:
        changes: list[Change] = []
        for place, of_place in sheets.by_place(group.changes).items():
            now = sheets.read(machine, place, [change.name for change in of_place])
            changes += [
                Change(place, change.name, now.get(change.name), change.before)
                for change in of_place
                if not sheets.same(now.get(change.name), change.before)
            ]
        if changes:
            yield Group(group.finding, tuple(changes))


def _in_registry(entry: Entry) -> bool:
    return entry.profile.place.kind == sheets.REGISTRY


def _there(machine: Machine, entry: Entry) -> Entry:
    """The entry with only those of its files that are there, and so can be saved."""
    files = tuple(each for each in entry.files if machine.files.look(each.path) is not None)
    return replace(entry, files=files)


def _replaced(  # noqa: PLR0913, PLR0917 - what to put where, and whom to tell
    machine: Machine,
    set_id: str,
    entry: Entry,
    wanted: Mapping[str, bytes],
    notify: Callable[[Progress], None],
    step: Progress,
) -> Outcome:
    try:
        notify(step)
        again = any(
            vault.lost(entry, each, _now(machine, each.path))
            for each in entry.files
            if each.withheld
        )
        values = [change for group in entry.groups for change in group.changes]
        sheets.write(machine, values, there_and_back=False)
        for saved in entry.files:
            if machine.files.look(saved.path) is None:
                machine.files.create({saved.path: wanted[saved.path]})
            else:
                machine.files.swap(saved.path, _now(machine, saved.path), wanted[saved.path])
    except (OSError, Unsure, Stale, Cancelled) as error:
        return put_back(machine, set_id, entry, undo.failed(entry.profile, error))
    changed = entry.files or entry.groups
    reasons = (reason("passwords_again"),) if again else ()
    return Outcome(entry.profile, Result.CHANGED if changed else Result.UNCHANGED, reasons)


def put_back(machine: Machine, set_id: str, entry: Entry, outcome: Outcome) -> Outcome:
    """Return to what a whole-file restore had begun to replace."""
    if not vault.exists(machine, set_id):
        return outcome  # nothing was there before, so nothing was kept
    backup = vault.load(machine, set_id)
    mine = [each for each in backup.entries if each.profile.folder == entry.profile.folder]
    try:
        for each in mine:
            if _in_registry(each):
                undo.put_back(machine, each.groups)
            else:
                _files_back(machine, backup, each)
    except (OSError, Stale, Unsure):
        return Outcome(entry.profile, Result.BROKEN, outcome.reasons)
    return outcome


def _files_back(machine: Machine, backup: BackupSet, entry: Entry) -> None:
    for saved in entry.files:
        now = _now(machine, saved.path)
        data = vault.restored(machine, backup, entry, saved, now)
        if story.digest(now) == saved.after and data is not None:
            machine.files.swap(saved.path, now, data)
