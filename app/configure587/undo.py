"""The way back: from a failed write, from an interrupted run, from a change of last month.

All are the same three-way question: what we wrote, what is there now, what was there before.
Only our own values go back, and only where they are still ours. The values of one server go
back together: half of an old setting with half of a new one is neither.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from configure587 import vault
from configure587.clients import CLIENTS
from configure587.errors import Busy, Cancelled, Stale, Unsure
from configure587.machine import sheets
from configure587.model import Group, Outcome, Progress, Receipt, Result, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from configure587.machine import Machine
    from configure587.model import (
        BackupSet,
        Change,
        Entry,
        Profile,
        Reason,
    )

T = TypeVar("T")

_BATCH = 32  # profiles: a system allows few open files, and copies are synced together
_UNDOABLE = {Result.CHANGED, Result.KEPT}


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


def put_back(
    machine: Machine, groups: Iterable[Group], *, unreadable_stays: bool = False
) -> list[Reason]:
    """Undo the changes that are still as we made them; why, for each group that was left.

    With `unreadable_stays` a place that cannot be read keeps its own group and no other; else it
    raises.
    """
    ours, kept = _sorted_out(machine, groups, unreadable_stays=unreadable_stays)
    _take_back(machine, ours)
    return kept


def give_up(machine: Machine, profile: Profile, begun: Iterable[Change]) -> Reason | None:
    """Put back, place by place, what was begun just now; why that failed, if it did.

    What somebody else wrote at this very moment stays, and keeps no other place from going back.
    """
    groups = [Group("", tuple(of_place)) for of_place in sheets.by_place(begun).values()]
    try:
        kept = put_back(machine, groups, unreadable_stays=True)
    except (OSError, Unsure, Stale) as error:
        return why(error, profile)
    return _unreadable(kept)


def _sorted_out(
    machine: Machine, groups: Iterable[Group], *, unreadable_stays: bool
) -> tuple[list[Change], list[Reason]]:
    """The changes that still stand and may be undone; why, for each group that is to be left."""
    back: list[Change] = []
    kept: list[Reason] = []
    for group in groups:
        try:
            ours, foreign = _compare(machine, group)
        except (OSError, Unsure) as error:
            if not unreadable_stays:
                raise
            kept.append(sheets.why(error, group.changes[0].place))
            continue
        if foreign:
            kept.append(reason("changed_since", finding=group.finding))
        else:
            back += ours
    return back, kept


def _take_back(machine: Machine, ours: Iterable[Change]) -> None:
    places = reversed(sheets.by_place(ours).values())
    inverse = [change.inverse() for changes in places for change in changes]
    # The way back may pass a file that others have edited since; it need not lead here again.
    sheets.write(machine, inverse, there_and_back=False)


def _compare(machine: Machine, group: Group) -> tuple[list[Change], bool]:
    """The changes of a group that still stand, and whether somebody changed one since."""
    ours, foreign = [], False
    for place, changes in sheets.by_place(group.changes).items():
        now = sheets.read(machine, place, [change.name for change in changes])
        for change in changes:
            there = now.get(change.name)
            if sheets.equal(place, there, change.after):
                ours.append(change._replace(after=there))  # as the program has spelled it since
            elif not sheets.equal(place, there, change.before):
                foreign = True
    return ours, foreign


def values(
    machine: Machine,
    backup: BackupSet,
    notify: Callable[[Progress], None],
    only: Container[str] | None = None,
) -> Receipt:
    """Undo one backup set by its values; profiles whose program runs are left for later.

    `only` are the folders of the profiles that are meant, when not all are.
    """
    outcomes: list[Outcome] = []
    for steps in batches(backup, _UNDOABLE, only):
        outcomes += _undo(machine, backup.id, steps, notify)
    return Receipt(backup.id, tuple(outcomes))


def batches(
    backup: BackupSet, fit: set[Result], only: Container[str] | None = None
) -> Iterator[Sequence[tuple[Entry, Progress]]]:
    """The entries that went so, as many together as may be locked together."""
    results = dict(backup.results)
    entries = [
        each
        for each in backup.entries
        if results.get(each.profile.folder) in fit and (only is None or each.profile.folder in only)
    ]
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
        ready = [each for each in steps if locked(machine, each[0], locks, outcomes)]
        if not ready:
            return outcomes
        vault.note(machine, set_id, "undoing", [entry.profile for entry, _ in ready])
        done = [of(entry, _undone(machine, entry, notify, step)) for entry, step in ready]
        pairs = [(each.profile, _settled(each.result)) for each in done]
        known = [pair for pair in pairs if pair[1] is not Result.BROKEN]
        # With one left half-way the story is not at its end: the next start takes it up.
        vault.settle(machine, set_id, known, "undone" if known == pairs else "settled")
    return [*outcomes, *done]


def _settled(result: Result) -> Result:
    """What the story says of a profile whose undoing ended so: undone, or changed as before."""
    return result if result in {Result.UNDONE, Result.KEPT, Result.BROKEN} else Result.CHANGED


def locked(machine: Machine, entry: Entry, locks: ExitStack, outcomes: list[Outcome]) -> bool:
    """Hold the lock of an entry's profile; when that cannot be, add what came of it."""
    outcome = lock(machine, entry.profile, locks)
    if outcome is not None:
        outcomes.append(of(entry, outcome))
    return outcome is None


def _undone(
    machine: Machine, entry: Entry, notify: Callable[[Progress], None], step: Progress
) -> Outcome:
    changes = tuple(change.inverse() for group in entry.groups for change in group.changes)
    ours: list[Change] = []
    try:
        notify(step)
        ours, kept = _sorted_out(machine, entry.groups, unreadable_stays=True)
        _take_back(machine, ours)
    except (OSError, Unsure, Stale, Cancelled) as error:
        return _redone(machine, entry, ours, error)
    if kept:
        return but_for(Outcome(entry.profile, Result.UNDONE), kept)
    return Outcome(entry.profile, Result.UNDONE, changes=changes)


def but_for(outcome: Outcome, kept: Sequence[Reason]) -> Outcome:
    """An undoing as it went when this was left: values of somebody else, or what is unreadable.

    Of what cannot be read nothing is known, so nothing is decided: it can still be undone.
    """
    if not kept:
        return outcome
    result = Result.UNREADABLE if _unreadable(kept) else Result.KEPT
    return replace(outcome, result=result, reasons=(*outcome.reasons, *dict.fromkeys(kept)))


def _unreadable(kept: Iterable[Reason]) -> Reason | None:
    """The first reason that says that a place could not be read."""
    return next((each for each in kept if each.code != "changed_since"), None)


def _redone(machine: Machine, entry: Entry, ours: Iterable[Change], error: Exception) -> Outcome:
    """An undo that failed half-way is itself undone: only what it took back just now."""
    outcome = failed(entry.profile, error)
    worse = give_up(machine, entry.profile, [change.inverse() for change in ours])
    return outcome if worse is None else Outcome(entry.profile, Result.BROKEN, outcome.reasons)


def of(entry: Entry, outcome: Outcome) -> Outcome:
    """The same outcome, with the addresses that it is about."""
    return replace(outcome, accounts=entry.accounts)


def why(error: Exception, profile: Profile) -> Reason:
    """The reason that an exception amounts to."""
    return sheets.why(error, profile.place, profile.folder)


def failed(profile: Profile, error: Exception) -> Outcome:
    """The outcome that an exception amounts to, everything having been put back."""
    if isinstance(error, Cancelled):
        return Outcome(profile, Result.STOPPED)
    if isinstance(error, Stale):
        return Outcome(profile, Result.STALE, (reason("changed_meanwhile", path=error.path),))
    denied = isinstance(error, PermissionError)
    return Outcome(profile, Result.DENIED if denied else Result.FAILED, (why(error, profile),))
