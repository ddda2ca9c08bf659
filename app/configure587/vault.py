"""Backup sets: on disk, synced, read back and hashed before the first change is made.

A set is a folder of copies in the programs' own formats, a LEIA-ME / READ-ME that says where
they belong, and the event files that tell its story (story.py). Every file appears wholly or not
at all, so a power cut leaves a story that can be read.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
import re
from typing import TYPE_CHECKING

from configure587 import story
from configure587.errors import Refused, Unsure
from configure587.machine import Kind, sheets
from configure587.machine.disk import TEMPORARY
from configure587.model import (
    BackupSet,
    Entry,
    Profile,
    Result,
    SavedFile,
    State,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Machine
    from configure587.model import Change, Value

README = "LEIA-ME-READ-ME.txt"
VALUES = "valores-values.reg"  # what a copy of values in the registry is called
_ODD = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029]")  # a name may hold them, a line may not
_ID = re.compile(r"\d{8}-\d{6}(-\d+)?")
_TEMPORARY = re.compile(re.escape(TEMPORARY) + r"\d+-\d+$")


def exclusive(machine: Machine) -> AbstractContextManager[None]:
    """One run at a time may change things; raises Busy while another does."""
    prepare(machine)
    return machine.processes.keep_out(os.path.join(machine.data_folder, "run.lock"))


def prepare(machine: Machine) -> None:
    """Make the data folder, with the note that tells people what it is."""
    note = os.path.join(machine.data_folder, README)
    if machine.files.look(note) is None:
        machine.files.create({note: _resource("data-folder.txt").encode()})


def begin(machine: Machine) -> str:
    """A new set's id: the time in UTC, so that ids sort by age."""
    stamp = machine.file_stamp()
    names = itertools.chain([stamp], (f"{stamp}-{number}" for number in itertools.count(2)))
    return next(name for name in names if not exists(machine, name))


def exists(machine: Machine, set_id: str) -> bool:
    """Whether there is such a set already."""
    return machine.files.look(os.path.join(machine.backups_folder, set_id)) is not None


def save(
    machine: Machine,
    set_id: str,
    entries: Sequence[Entry],
    *,
    kind: str = "change",
    replacing: Mapping[str, bytes] | None = None,
) -> tuple[Entry, ...]:
    """Write ahead: copies of every file that the entries touch, then the event that names them.

    `replacing` maps paths to the bytes that a whole-file restore is going to put there. What
    was written is read back and compared; OSError when it is not what was meant.
    """
    folder = os.path.join(machine.backups_folder, set_id)
    number = story.next_number(machine, folder)
    new: dict[str, bytes] = {}
    kept = tuple(
        _save_entry(machine, entry, f"{number:04d}-{index:04d}", new, replacing or {})
        for index, entry in enumerate(entries, 1)
    )
    saved = story.Saved("saved", machine.stamp(), kind, kept)
    files = {os.path.join(folder, name): data for name, data in new.items()}
    readme = README if number == 1 else f"{number:04d}-{README}"
    files[os.path.join(folder, readme)] = sheets.raw(_readme(kept))
    files[os.path.join(folder, f"{number:04d}-saved.json")] = story.sealed(saved)
    machine.files.create(files)
    for path, data in files.items():
        if machine.files.read(path) != data:
            raise OSError(f"read back differently: {path}")
    return kept


def settle(
    machine: Machine, set_id: str, results: Sequence[tuple[Profile, Result]], event: str = "settled"
) -> None:
    """Note how it went with these profiles; `event` is "settled" or "undone"."""
    pairs = tuple((profile.folder, result) for profile, result in results)
    _note(machine, set_id, event, story.Settled(event, pairs))


def note(machine: Machine, set_id: str, event: str, profiles: Sequence[Profile] = ()) -> None:
    """Note that a set is "closed", or that its undoing begins ("undoing")."""
    _note(machine, set_id, event, story.Noted(event, tuple(each.folder for each in profiles)))


def ids(machine: Machine) -> list[str]:
    """The ids of all sets, oldest first."""
    folder = machine.backups_folder
    if machine.files.look(folder) is None:
        return []
    names = [name for name in machine.files.names(folder) if _ID.fullmatch(name)]
    return sorted((name for name in names if _is_set(machine, name)), key=_by_age)


def _is_set(machine: Machine, set_id: str) -> bool:
    look = machine.files.look(os.path.join(machine.backups_folder, set_id))
    return look is not None and look.kind is Kind.FOLDER


def _by_age(set_id: str) -> tuple[str, int]:
    return set_id[:15], int(set_id[16:] or 1)


def load(machine: Machine, set_id: str) -> BackupSet:
    """One set as its events tell it; Refused when there is no such set."""
    folder = os.path.join(machine.backups_folder, set_id)
    if not _ID.fullmatch(set_id) or not _is_set(machine, set_id):
        raise Refused("no_such_backup", backup=set_id)
    entries: dict[str, Entry] = {}
    results: dict[str, Result] = {}
    undoing: dict[str, None] = {}
    damage: list[str] = []
    created, kind = "", "change"
    try:
        events = story.events(machine, folder)
    except OSError:  # a set that we may not look into
        events, damage = [], [folder]
    for name in events:
        event = story.opened(machine, os.path.join(folder, name))
        if isinstance(event, story.Saved):
            # a profile that had been put off is saved anew, and what became of it is open again
            for entry in event.entries:
                entries[entry.profile.folder] = entry
                results.pop(entry.profile.folder, None)
            created, kind = created or event.created, event.kind
        elif isinstance(event, story.Settled):
            results.update(event.results)
            for profile, _ in event.results:
                undoing.pop(profile, None)
        elif event is None:
            damage.append(name)
        elif event.event == "undoing":
            undoing.update(dict.fromkeys(event.profiles))
    damage += story.missing(events)
    finished = story.ended(events)
    state = _state(results, undoing, damage, finished=finished)
    return BackupSet(
        id=set_id,
        folder=folder,
        created=created,
        kind=kind,
        state=state,
        entries=tuple(entries.values()),
        results=tuple(results.items()),
        undoing=tuple(undoing),
        damage=tuple(damage),
    )


def _state(
    results: Mapping[str, Result],
    undoing: Mapping[str, None],
    damage: Sequence[str],
    *,
    finished: bool,
) -> State:
    values = set(results.values())
    if damage:
        return State.DAMAGED
    if undoing or not finished:
        return State.PREPARED
    if Result.CHANGED in values:
        return State.APPLIED
    if Result.KEPT in values:
        return State.KEPT_IN_PART
    return State.ROLLED_BACK if Result.UNDONE in values else State.NOTHING


def unfinished(machine: Machine) -> list[str]:
    """The ids of sets whose story has no end; cheap, for it is asked at every start."""
    return [
        set_id
        for set_id in ids(machine)
        if _is_unfinished(machine, os.path.join(machine.backups_folder, set_id))
    ]


def _is_unfinished(machine: Machine, folder: str) -> bool:
    try:
        return not story.ended(story.events(machine, folder))
    except OSError:
        return False  # not for us to look into, so not for us to bring to an end


def check(machine: Machine, backup: BackupSet) -> list[str]:
    """The names of what is damaged or missing in a set: event files and copies."""
    files = [saved for entry in backup.entries for saved in entry.files]
    gone = [each.copy for each in files if each.copy and _copy(machine, backup, each) is None]
    return [*backup.damage, *gone]


def restored(
    machine: Machine, backup: BackupSet, entry: Entry, saved: SavedFile, now: bytes
) -> bytes | None:
    """A file of an entry as it was before the change; None when its copy is missing or damaged.

    Values that were withheld from the copy are taken from the file as it is now.
    """
    data = _copy(machine, backup, saved)
    if data is None or not saved.withheld:
        return data
    return sheets.lens(entry.profile.place.kind).edit(data, _secrets(entry, saved, now))


def lost(entry: Entry, saved: SavedFile, now: bytes) -> bool:
    """Whether values were withheld from a copy that the file as it is now cannot give back."""
    return len(_secrets(entry, saved, now)) < len(saved.withheld)


def _secrets(entry: Entry, saved: SavedFile, now: bytes) -> dict[str, Value]:
    try:
        current = sheets.lens(entry.profile.place.kind).read(now)
    except Unsure:  # damaged or gone, which is why it is restored
        return {}
    return {name: current[name] for name in saved.withheld if name in current}


def _copy(machine: Machine, backup: BackupSet, saved: SavedFile) -> bytes | None:
    try:
        data = machine.files.read(os.path.join(backup.folder, saved.copy))
    except OSError:
        return None
    return data if saved.copy and story.digest(data) == saved.copy_sha256 else None


def remove(machine: Machine, set_id: str) -> None:
    """Remove a set and all that is in it."""
    folder = os.path.join(machine.backups_folder, set_id)
    # Copies go last: whoever is interrupted here still finds what can be restored by hand.
    for name in sorted(machine.files.names(folder), key=lambda name: not story.is_event(name)):
        machine.files.remove(os.path.join(folder, name))
    machine.files.remove(folder)


def clear_temporary(machine: Machine, folder: str) -> None:
    """Remove what an interrupted run left half-written in a folder."""
    if machine.files.look(folder) is None:
        return
    for name in machine.files.names(folder):
        if _TEMPORARY.search(name):
            machine.files.remove(os.path.join(folder, name))


def _save_entry(
    machine: Machine,
    entry: Entry,
    prefix: str,
    new: dict[str, bytes],
    replacing: Mapping[str, bytes],
) -> Entry:
    changes = [change for group in entry.groups for change in group.changes]
    if entry.profile.place.kind == sheets.REGISTRY:
        return _save_values(entry, changes, f"{prefix}-{VALUES}", new)
    places = {change.place.path: change.place for change in changes} or {
        saved.path: entry.profile.place for saved in entry.files
    }
    files = []
    for path, place in places.items():
        data = machine.files.read(path, sheets.LIMIT)
        masked, withheld = sheets.lens(place.kind).without_secrets(data)
        name = _new_name(prefix, os.path.basename(path), new) if masked is not None else ""
        if masked is not None:
            new[name] = masked
        after = story.digest(replacing[path]) if path in replacing else ""
        whole = story.digest(data)
        hashed = whole if masked is data else story.digest(masked) if masked is not None else ""
        files.append(SavedFile(path, name, whole, hashed, withheld, after))
    return dataclasses.replace(entry, files=tuple(files))


def _new_name(prefix: str, name: str, taken: Mapping[str, bytes]) -> str:
    """What a copy is called: files of one name in several folders must not cover each other."""
    names = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    tried = (f"{prefix}{number}-{name}" for number in names)
    return next(each for each in tried if each not in taken)


def _save_values(
    entry: Entry, changes: Sequence[Change], name: str, new: dict[str, bytes]
) -> Entry:
    new[name] = sheets.values_before(changes)
    hashed = story.digest(new[name])
    saved = SavedFile(entry.profile.folder, name, hashed, hashed)
    return dataclasses.replace(entry, files=(saved,))


def _note(machine: Machine, set_id: str, event: str, body: story.Settled | story.Noted) -> None:
    folder = os.path.join(machine.backups_folder, set_id)
    path = os.path.join(folder, f"{story.next_number(machine, folder):04d}-{event}.json")
    machine.files.create({path: story.sealed(body)})


def _readme(entries: Sequence[Entry]) -> str:
    lines = [
        f"  {saved.copy}\n      -> {_ODD.sub(chr(0xFFFD), saved.path)}"
        for entry in entries
        for saved in entry.files
        if saved.copy
    ]
    return _resource("backup-set.txt").replace("{files}", "\n".join(lines))


@functools.cache
def _resource(name: str) -> str:
    from importlib import resources

    folder = resources.files("configure587.resources")
    return folder.joinpath("backup", name).read_text(encoding="utf-8")
