"""The way back: from a failed write, from an interrupted run, from a change of last month.

All are the same three-way question: what we wrote, what is there now, what was there before.
Only our own values go back, and only where they are still ours. The values of one server go
back together: half of an old setting with half of a new one is neither.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from configure587 import story, vault
from configure587.clients import CLIENTS
from configure587.errors import Busy, Cancelled, Refused, Stale, Unsure, detail
from configure587.machine import sheets
from configure587.model import Group, Outcome, Progress, Receipt, Result, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from configure587.machine import Machine
    from configure587.model import (
        BackupSet,
        Change,
        Entry,
        Place,
        Profile,
        Reason,
        SavedFile,
    )

T = TypeVar("T")

_BATCH = 32  # profiles: a system allows few open files, and copies are synced together
_UNDOABLE = {Result.CHANGED, Result.KEPT}
_RESTORABLE = {Result.CHANGED, Result.KEPT, Result.UNDONE}


def by_place(changes: Iterable[Change]) -> dict[Place, list[Change]]:
    """The changes of each place, places in the order in which they come."""
    found: dict[Place, list[Change]] = {}
    for change in changes:
        found.setdefault(change.place, []).append(change)
    return found


def batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many together as may be locked together."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def lock(machine: Machine, profile: Profile, locks: ExitStack) -> Outcome | None:
    """Hold the mail program's own lock on a profile; what came of it when that cannot be."""
    try:
        locks.enter_context(CLIENTS[profile.client].exclusive(machine, profile))
    except Busy:
        return Outcome(profile, Result.DEFERRED, (reason("running", program=profile.program),))
    except OSError as error:
        return failed(profile, error)
    return None


def put_back(machine: Machine, groups: Iterable[Group]) -> list[Group]:
    """Undo the changes that are still as we made them; the groups that were left come back."""
    back: list[Change] = []
    kept: list[Group] = []
    for group in groups:
        ours, foreign = _compare(machine, group)
        if foreign:
            kept.append(group)
        else:
            back += ours
    for place, changes in reversed(by_place(back).items()):
        inverse = [change.inverse() for change in changes]
        # The way back may pass a file that others have edited since; it need not lead here again.
        sheets.write(machine, place, inverse, there_and_back=False)
    return kept


def _compare(machine: Machine, group: Group) -> tuple[list[Change], bool]:
    """The changes of a group that still stand, and whether somebody changed one since."""
    ours, foreign = [], False
    for place, changes in by_place(group.changes).items():
        now = sheets.read(machine, place, [change.name for change in changes])
        for change in changes:
            if sheets.same(now.get(change.name), change.after):
                ours.append(change)
            elif not sheets.same(now.get(change.name), change.before):
                foreign = True
    return ours, foreign


def values(machine: Machine, backup: BackupSet, notify: Callable[[Progress], None]) -> Receipt:
    """Undo one backup set by its values; profiles whose program runs are left for later."""
    outcomes: list[Outcome] = []
    for steps in _batches(backup, _UNDOABLE):
        outcomes += _undo(machine, backup.id, steps, notify)
    return Receipt(backup.id, tuple(outcomes))


def _batches(backup: BackupSet, fit: set[Result]) -> Iterator[Sequence[tuple[Entry, Progress]]]:
    """The entries that went so, as many together as may be locked together."""
    results = dict(backup.results)
    entries = [each for each in backup.entries if results.get(each.profile.folder) in fit]
    steps = [
        (entry, Progress("undo", done, len(entries), entry.profile))
        for done, entry in enumerate(entries)
    ]
    yield from batched(steps)


def _undo(
    machine: Machine,
    set_id: str,
    steps: Sequence[tuple[Entry, Progress]],
    notify: Callable[[Progress], None],
) -> list[Outcome]:
    """Lock, note and undo these profiles; the note is what a next start goes by."""
    outcomes: list[Outcome] = []
    with ExitStack() as locks:
        ready = [each for each in steps if _locked(machine, each[0], locks, outcomes)]
        if not ready:
            return outcomes
        vault.note(machine, set_id, "undoing", [entry.profile for entry, _ in ready])
        done = [_of(entry, _undone(machine, entry, notify, step)) for entry, step in ready]
        pairs = [(each.profile, _settled(each.result)) for each in done]
        known = [pair for pair in pairs if pair[1] is not Result.BROKEN]
        # With one left half-way the story is not at its end: the next start takes it up.
        vault.settle(machine, set_id, known, "undone" if known == pairs else "settled")
    return [*outcomes, *done]


def _settled(result: Result) -> Result:
    """What the story says of a profile whose undoing ended so: undone, or changed as before."""
    return result if result in {Result.UNDONE, Result.KEPT, Result.BROKEN} else Result.CHANGED


def _locked(machine: Machine, entry: Entry, locks: ExitStack, outcomes: list[Outcome]) -> bool:
    outcome = lock(machine, entry.profile, locks)
    if outcome is not None:
        outcomes.append(_of(entry, outcome))
    return outcome is None


def _undone(
    machine: Machine, entry: Entry, notify: Callable[[Progress], None], step: Progress
) -> Outcome:
    changes = tuple(change.inverse() for group in entry.groups for change in group.changes)
    try:
        notify(step)
        kept = put_back(machine, entry.groups)
    except (OSError, Unsure, Stale, Cancelled) as error:
        return _redone(machine, entry, error)
    if kept:
        why = tuple(reason("changed_since", finding=group.finding) for group in kept)
        return Outcome(entry.profile, Result.KEPT, why)
    return Outcome(entry.profile, Result.UNDONE, changes=changes)


def _redone(machine: Machine, entry: Entry, error: Exception) -> Outcome:
    """An undo that failed half-way is itself undone: the profile stays wholly as it was."""
    outcome = failed(entry.profile, error)
    inverse = [
        Group(group.finding, tuple(change.inverse() for change in group.changes))
        for group in entry.groups
    ]
    try:
        put_back(machine, inverse)
    except (OSError, Unsure, Stale):
        return Outcome(entry.profile, Result.BROKEN, outcome.reasons)
    return outcome


def whole_files(machine: Machine, backup: BackupSet, notify: Callable[[Progress], None]) -> Receipt:
    """Put whole files back as they were, after saving what is there now in a set of its own."""
    set_id = vault.begin(machine)
    outcomes: list[Outcome] = []
    for steps in _batches(backup, _RESTORABLE):
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
        ready = [each for each in steps if _locked(machine, each[0], locks, outcomes)]
        wanted = {
            saved.path: _wanted(machine, backup, saved)
            for entry, _ in ready
            for saved in entry.files
        }
        differing = [(_differing(machine, entry, wanted), step) for entry, step in ready]
        for entry, _ in differing:
            if not entry.files:
                outcomes.append(_of(entry, Outcome(entry.profile, Result.UNCHANGED)))
        changed = [(entry, step) for entry, step in differing if entry.files]
        if not changed:
            return outcomes
        there = [_there(machine, entry) for entry, _ in changed]
        vault.save(machine, set_id, there, kind="whole_file", replacing=wanted)
        done = [
            _of(entry, _replaced(machine, set_id, entry, wanted, notify, step))
            for entry, step in changed
        ]
        settled = [(each.profile, each.result) for each in done if each.result is not Result.BROKEN]
        vault.settle(machine, set_id, settled)
        _mark_undone(machine, backup, done)
    return [*outcomes, *done]


def _mark_undone(machine: Machine, backup: BackupSet, outcomes: Sequence[Outcome]) -> None:
    gone = [(o.profile, Result.UNDONE) for o in outcomes if o.result is Result.CHANGED]
    if gone and backup.kind == "change":
        vault.settle(machine, backup.id, gone, "undone")


def _wanted(machine: Machine, backup: BackupSet, saved: SavedFile) -> bytes:
    if not saved.copy:
        raise Refused("copy_withheld", backup=backup.id, path=saved.path)
    data = vault.restored(machine, backup, saved, _now(machine, saved.path))
    if data is None:
        raise Refused("copy_damaged", backup=backup.id, path=saved.path, folder=backup.folder)
    return data


def _now(machine: Machine, path: str) -> bytes:
    try:
        return machine.files.read(path, sheets.LIMIT)
    except FileNotFoundError:
        return b""


def _differing(machine: Machine, entry: Entry, wanted: Mapping[str, bytes]) -> Entry:
    """The entry with only those of its files that are not as they are wanted, or not there."""
    files = tuple(
        saved
        for saved in entry.files
        if machine.files.look(saved.path) is None or _now(machine, saved.path) != wanted[saved.path]
    )
    return replace(entry, groups=(), files=files)


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
        for saved in entry.files:
            if machine.files.look(saved.path) is None:
                machine.files.create({saved.path: wanted[saved.path]})
            else:
                machine.files.swap(saved.path, _now(machine, saved.path), wanted[saved.path])
    except (OSError, Stale, Cancelled) as error:
        return _whole_back(machine, set_id, entry, failed(entry.profile, error))
    return Outcome(entry.profile, Result.CHANGED if entry.files else Result.UNCHANGED)


def _whole_back(machine: Machine, set_id: str, entry: Entry, outcome: Outcome) -> Outcome:
    """Return to the files that a whole-file restore had begun to replace."""
    backup = vault.load(machine, set_id)
    mine = [each for each in backup.entries if each.profile.folder == entry.profile.folder]
    try:
        for saved in (file for each in mine for file in each.files):
            now = _now(machine, saved.path)
            data = vault.restored(machine, backup, saved, now)
            if story.digest(now) == saved.after and data is not None:
                machine.files.swap(saved.path, now, data)
    except (OSError, Stale, Unsure):
        return Outcome(entry.profile, Result.BROKEN, outcome.reasons)
    return outcome


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
                outcomes.append(_of(entry, _recovered(machine, backup, entry, locks)))
    ended = [o for o in outcomes if o.result in {Result.UNDONE, Result.KEPT, Result.UNCHANGED}]
    if ended:
        vault.settle(machine, set_id, [(o.profile, o.result) for o in ended])
    if len(ended) == len(outcomes):
        vault.note(machine, set_id, "closed")
    return outcomes


def _recovered(machine: Machine, backup: BackupSet, entry: Entry, locks: ExitStack) -> Outcome:
    if machine.files.look(entry.profile.folder) is None:
        return Outcome(entry.profile, Result.UNCHANGED, (reason("profile_gone"),))
    busy = lock(machine, entry.profile, locks)
    if busy is not None:
        return busy
    try:
        for folder in _folders(machine, entry):
            vault.clear_temporary(machine, folder)
        if backup.kind == "whole_file":
            begun = Outcome(entry.profile, Result.UNDONE, (reason("was_interrupted"),))
            return _whole_back(machine, backup.id, entry, begun)
        kept = put_back(machine, entry.groups)
    except (OSError, Unsure, Stale) as error:
        return failed(entry.profile, error)
    result = Result.KEPT if kept else Result.UNDONE
    return Outcome(entry.profile, result, (reason("was_interrupted"),))


def _folders(machine: Machine, entry: Entry) -> Iterable[str]:
    """Where an entry's files really are: a prefs.js may be a link to somewhere else."""
    real = [machine.folder_of(saved.path) for saved in entry.files]
    return dict.fromkeys([entry.profile.folder, *real])


def _of(entry: Entry, outcome: Outcome) -> Outcome:
    return replace(outcome, accounts=entry.accounts)


def failed(profile: Profile, error: Exception) -> Outcome:
    """The outcome that an exception amounts to, everything having been put back."""
    if isinstance(error, Cancelled):
        return Outcome(profile, Result.STOPPED)
    if isinstance(error, Stale):
        return Outcome(profile, Result.STALE, (reason("changed_meanwhile", path=error.path),))
    denied = isinstance(error, PermissionError)
    return Outcome(profile, Result.DENIED if denied else Result.FAILED, (why(error, profile),))


def why(error: Exception, profile: Profile) -> Reason:
    """The reason that an exception amounts to."""
    if isinstance(error, Unsure):
        return reason(error.code, **{"path": profile.place.path, **error.fields})
    if isinstance(error, PermissionError):
        return reason("no_permission", path=str(error.filename or profile.place.path))
    if isinstance(error, FileNotFoundError):
        return reason("profile_gone")
    if isinstance(error, OSError):
        path = str(error.filename or profile.folder)
        return reason("io_trouble", path=path, detail=detail(error))
    return reason("our_bug", detail=type(error).__name__)
