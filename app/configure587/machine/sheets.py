"""Reading and writing named values at a Place: one read, one compare-and-swap write, for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.errors import Stale, Unclear, Unsure, detail
from configure587.formats import prefs_js
from configure587.model import Place, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from configure587.machine import Machine
    from configure587.machine.seams import Lens
    from configure587.model import Change, Profile, Reason, Value

LIMIT = 256 * 1024 * 1024  # bytes; a prefs.js of 50 MB is real, one of a gigabyte is an attack
REGISTRY = "registry"  # the kind of a place that is a key of the registry, and not a file


def raw(text: str) -> bytes:
    """Text with paths as the bytes that they are (PEP 383); of keys even half a pair survives."""
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def lens(kind: str) -> Lens:
    """What reads and edits a file of this kind."""
    if kind == "prefs.js":
        return prefs_js
    from configure587.formats import oeaccount

    return {"oeaccount": oeaccount}[kind]


def read(machine: Machine, place: Place, names: Sequence[str]) -> Mapping[str, Value]:
    """These values of a place, as far as they are set; a place that is not there has none."""
    if place.kind == REGISTRY:
        return machine.registry.read(place.path, names)
    try:
        data = machine.files.read(place.path, LIMIT)
    except FileNotFoundError:
        return {}
    return lens(place.kind).read_matching(data, tuple(names))


def write(machine: Machine, changes: Sequence[Change], *, there_and_back: bool = True) -> None:
    """Make these changes: all of one file at once, and all of the registry at once.

    Raises Stale when a `before` no longer holds and Unsure when the format cannot be certain;
    `there_and_back` includes not being certain of the way back.
    """
    keys = [change for change in changes if change.place.kind == REGISTRY]
    if keys:
        machine.registry.swap(keys, there_and_back=there_and_back)
    for place, of_place in by_place(changes).items():
        if place.kind != REGISTRY:
            _write_file(machine, place, of_place, there_and_back=there_and_back)


def rehearse(machine: Machine, changes: Sequence[Change]) -> None:
    """Raise Unsure or OSError where a backup or `write`, there and back, would. Writes nothing.

    Of a prefs.js, which may be large, the client tells what could not be put back.
    """
    keys = [change for change in changes if change.place.kind == REGISTRY]
    if keys:
        values_before(keys)
        machine.registry.rehearse(keys)
    for place, of_place in by_place(changes).items():
        if place.kind not in {REGISTRY, "prefs.js"}:
            wanted, back = _there(of_place), _back(of_place)
            lens(place.kind).edit(machine.files.read(place.path, LIMIT), wanted, back)


def values_before(changes: Sequence[Change]) -> bytes:
    """A file for regedit that puts values of the registry back; raises Unsure.

    Never a whole key, for beside the values it holds passwords.
    """
    from configure587.formats import reg_text
    from configure587.machine.registry import by_key

    return reg_text.fragment({key: _back(of_key) for key, of_key in by_key(changes).items()})


def _there(changes: Iterable[Change]) -> dict[str, Value | None]:
    return {change.name: change.after for change in changes}


def _back(changes: Iterable[Change]) -> dict[str, Value | None]:
    return {change.name: change.before for change in changes}


def _write_file(
    machine: Machine, place: Place, changes: Sequence[Change], *, there_and_back: bool
) -> None:
    kind = lens(place.kind)
    old = machine.files.read(place.path, LIMIT)
    found = kind.read_matching(old, tuple(change.name for change in changes))
    for change in changes:
        if not same(found.get(change.name), change.before):
            raise Stale(place.path, change.name)
    back = _back(changes) if there_and_back else None
    machine.files.swap(place.path, old, kind.edit(old, _there(changes), back))


def by_place(changes: Iterable[Change]) -> dict[Place, list[Change]]:
    """The changes of each place, places in the order in which they come."""
    found: dict[Place, list[Change]] = {}
    for change in changes:
        found.setdefault(change.place, []).append(change)
    return found


def same(one: Value | None, other: Value | None) -> bool:
    """Whether two values are equal and of one type: True is not 1 in a prefs.js."""
    return type(one) is type(other) and one == other


def equal(place: Place, one: Value | None, other: Value | None) -> bool:
    """Whether two values mean the same to the program, however it has spelled them since."""
    if same(one, other) or place.kind != "oeaccount":
        return same(one, other)
    from configure587.formats import oeaccount

    number = oeaccount.number(one)
    return number is not None and number == oeaccount.number(other)


def reach(machine: Machine, place: Place) -> None:
    """Raise OSError unless a place can be read as a whole."""
    if place.kind == REGISTRY:
        machine.registry.read(place.path, ())
    else:
        machine.files.read(place.path, LIMIT)


def real(machine: Machine, profile: Profile) -> str:
    """What a profile's folder or key is called, whatever link or spelling leads to it."""
    if profile.place.kind == REGISTRY:
        from configure587.formats.case_folding import fold

        return fold(profile.folder)
    return machine.files.real(profile.folder)


def is_there(machine: Machine, profile: Profile) -> bool:
    """Whether a profile's folder or key is still there."""
    if profile.place.kind == REGISTRY:
        return machine.registry.exists(profile.folder)
    return machine.files.look(profile.folder) is not None


def why(error: Exception, place: Place, folder: str = "") -> Reason:
    """The reason that an exception amounts to, when it came of reading or writing this place."""
    if isinstance(error, Unclear):
        return reason(error.unsure.code, **{"path": str(error.filename), **error.unsure.fields})
    if isinstance(error, Unsure):
        return reason(error.code, **{"path": place.path, **error.fields})
    if isinstance(error, PermissionError):
        return reason("no_permission", path=str(error.filename or place.path))
    if isinstance(error, FileNotFoundError):
        return reason("profile_gone")
    if isinstance(error, OSError):
        path = str(error.filename or folder or place.path)
        return reason("io_trouble", path=path, detail=detail(error))
    return reason("our_bug", detail=type(error).__name__)
