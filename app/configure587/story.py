"""The story of a backup set: numbered event files, each of which tells whether it is whole.

`saved` comes before a write and `settled` after it, `closed` ends a run; `undoing` and `undone`
tell of a rollback. A file of events carries its own SHA-256, so that damage and tampering show.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from configure587.model import Entry, Result  # noqa: TC001 - msgspec resolves them

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.machine import Machine

_EVENT = re.compile(r"(\d{4})-(saved|settled|closed|undoing|undone)\.json")
_LIMIT = 64 * 1024 * 1024  # bytes of one event file: thousands of profiles fit


@dataclass(frozen=True, slots=True)
class Saved:
    """Copies are on disk; what they are copies of may change from here on."""

    event: str
    created: str
    kind: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """How it went with some profiles, by their folders."""

    event: str
    results: tuple[tuple[str, Result], ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """The run is closed, or the undoing of some profiles begins."""

    event: str
    profiles: tuple[str, ...]


_EVENTS: dict[str, type[Saved | Settled | Noted]] = {
    "saved": Saved,
    "settled": Settled,
    "closed": Noted,
    "undoing": Noted,
    "undone": Settled,
}


def events(machine: Machine, folder: str) -> list[str]:
    """The names of a set's event files, in their order."""
    return [name for name in machine.files.names(folder) if is_event(name)]


def next_number(machine: Machine, folder: str) -> int:
    """The number of the next event; 1 where there is no set yet."""
    names = events(machine, folder) if machine.files.look(folder) is not None else []
    return int(names[-1][:4]) + 1 if names else 1


def ended(names: Sequence[str]) -> bool:
    """Whether the last of these events is an end."""
    return bool(names) and names[-1][5:] in {"closed.json", "undone.json"}


def missing(names: Sequence[str]) -> list[str]:
    """What a story whose events are numbered from 1 has lost between them."""
    numbers = {int(name[:4]) for name in names}
    return [
        f"{each:04d}-*.json" for each in range(1, max(numbers, default=0)) if each not in numbers
    ]


def opened(machine: Machine, path: str) -> Saved | Settled | Noted | None:
    """One event; None when its file is damaged."""
    import msgspec

    kind = os.path.basename(path)[5:-5]
    try:
        body = unseal(machine.files.read(path, _LIMIT))
        return msgspec.convert(body, _EVENTS[kind])
    except (OSError, ValueError, RecursionError):
        return None


def sealed(body: Saved | Settled | Noted) -> bytes:
    """One event as its file."""
    import msgspec

    return seal(msgspec.to_builtins(body))


def is_event(name: str) -> bool:
    """Whether a file of a set tells its story, rather than being a copy."""
    return _EVENT.fullmatch(name) is not None


def seal(document: Mapping[str, Any], indent: int | None = None) -> bytes:
    """A JSON document that carries its own SHA-256, so that damage and tampering show."""
    whole = {**document, "sha256": _digest_of(document)}
    return json.dumps(whole, indent=indent).encode() + b"\n"


def unseal(data: bytes) -> dict[str, Any]:
    """A sealed document without its seal; ValueError when it was damaged or tampered with."""
    document = json.loads(data)
    if not isinstance(document, dict) or document.pop("sha256", None) != _digest_of(document):
        raise ValueError("the seal is broken")
    return document


def _digest_of(document: Mapping[str, Any]) -> str:
    return digest(json.dumps(document, sort_keys=True, separators=(",", ":")).encode())


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
