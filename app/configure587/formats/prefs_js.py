r"""Thunderbird's settings files (prefs.js, user.js, defaults/pref/*.js) as named values.

Reading answers what Thunderbird would make of the bytes: quickly where a file is as Thunderbird
writes it (prefs_plain), token by token where it is not (prefs_tokens). Editing is in prefs_edit.

Strings are decoded as UTF-8 with surrogate escapes, so that every byte survives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configure587.errors import Unsure
from configure587.formats import prefs_health, prefs_plain
from configure587.formats.prefs_health import Health, health
from configure587.formats.prefs_tokens import Found, Raw, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configure587.model import Value

PrefValue: TypeAlias = bool | int | str


class Statement(NamedTuple):
    """A good statement; the spans are of the whole (with its semicolon) and of the value."""

    kind: str
    name: str
    value: PrefValue
    start: int
    end: int
    value_start: int
    value_end: int
    locked: bool
    sticky: bool
    line: int


class Problem(NamedTuple):
    """An error, in the words and with the line number of Thunderbird's own parser."""

    line: int
    message: str


def parse(
    data: bytes, *, defaults: bool = False
) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    """Find all good statements and all errors; `defaults` reads as defaults/pref/*.js are read."""
    found: list[Statement] = []
    problems: list[Problem] = []
    statement_lines, problem_lines = _Lines(data), _Lines(data)
    for item in statements(data, defaults=defaults):
        if isinstance(item, Found):
            found.append(_statement(item, statement_lines.number(item.start)))
        else:
            problems.append(Problem(problem_lines.number(item.position), item.message))
    return tuple(found), tuple(problems)


def read(data: bytes) -> dict[str, PrefValue]:
    """Read the user values of a prefs.js or user.js: for each name the last one set."""
    values = prefs_plain.sheet(data)
    return _user_values(data) if values is None else values


def read_matching(data: bytes, prefixes: tuple[str, ...]) -> dict[str, PrefValue]:
    """Read only names that start with one of the prefixes, much faster than `read` does.

    What has to be prepared for a tuple of prefixes is prepared once.
    """
    values = prefs_plain.matching(data, prefixes)
    if values is not None:
        return values
    every = read(data)
    return {name: value for name, value in every.items() if name.startswith(prefixes)}


class Layers(NamedTuple):
    """What one file says: user values, defaults until the next save, and how sound it is."""

    values: Mapping[str, PrefValue] = {}
    defaults: Mapping[str, PrefValue] = {}
    health: Health = Health()


def read_layers(data: bytes, prefixes: tuple[str, ...], word: bytes) -> Layers:
    """Read the values whose names start so, and look at the file's health where it may be ill.

    `word` is what the names that matter have in common (see prefs_health). A plain file is sound,
    and has no pref(), at least none with such a name; it takes no longer than `read_matching`.
    """
    values = prefs_plain.matching(data, prefixes, whole=True) if data.strip() else None
    if values is not None:
        return Layers(values)
    defaults = read_defaults(data)
    wanted = {name: value for name, value in defaults.items() if name.startswith(prefixes)}
    return Layers(read_matching(data, prefixes), wanted, health(data, word))


def edit(
    data: bytes,
    edits: Mapping[str, Value | None],
    back: Mapping[str, Value | None] | None = None,
) -> bytes:
    """Give the file these user values, and keep every other byte; None removes a name.

    Raises Unsure if any of that is not certain, or if the values in `back` would not lead back to
    every byte of today. Of a plain file only the statements around these names are taken apart.
    """
    from configure587.formats import prefs_edit

    stretch = prefs_plain.window(data, tuple(edits)) if edits else None
    start, end = stretch or (0, len(data))
    within = data[start:end]
    result = prefs_edit.edit(within, edits)
    if back is not None and prefs_edit.edit(result, back) != within:
        raise Unsure("edit_not_reversible")
    return data[:start] + result + data[end:]


def without_secrets(data: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """The file with every value emptied that may be a secret; see prefs_health."""
    return prefs_health.without_secrets(data)


def read_defaults(data: bytes) -> dict[str, PrefValue]:
    """Read the defaults that pref() and sticky_pref() in a user file set until the next save."""
    if prefs_plain.matching(data, ()) is not None:
        return {}
    values: dict[str, PrefValue] = {}
    for item in statements(data):
        if isinstance(item, Found) and item.kind != "user_pref":
            value = _value(item.value)
            # A default keeps its type (Gecko: Pref::SetDefaultValue in Preferences.cpp).
            if type(values.setdefault(_text(item.name), value)) is type(value):
                values[_text(item.name)] = value
    return values


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _value(raw: Raw) -> PrefValue:
    return _text(raw) if isinstance(raw, bytes) else raw


def _statement(found: Found, line: int) -> Statement:
    return Statement(
        kind=found.kind,
        name=_text(found.name),
        value=_value(found.value),
        start=found.start,
        end=found.end,
        value_start=found.value_start,
        value_end=found.value_end,
        locked=found.locked,
        sticky=found.sticky,
        line=line,
    )


def _user_values(data: bytes) -> dict[str, PrefValue]:
    return {
        _text(item.name): _value(item.value)
        for item in statements(data)
        if isinstance(item, Found) and item.kind == "user_pref"
    }


class _Lines:
    """Line numbers for ascending positions. CR, LF and CRLF each end one line."""

    __slots__ = ("data", "line", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.line = 1
        self.position = 0

    def number(self, position: int) -> int:
        """Count to the line that holds this position."""
        count, start = self.data.count, self.position
        self.line += count(b"\n", start, position) + count(b"\r", start, position)
        self.line -= count(b"\r\n", start, position)
        self.position = position
        return self.line
