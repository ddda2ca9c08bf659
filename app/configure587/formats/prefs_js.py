r"""Thunderbird's settings files (prefs.js, user.js, defaults/pref/*.js) as named values.

Reading answers what Thunderbird would make of the bytes. Editing replaces the bytes of single
values, proves by reading the result again that nothing else has changed, and refuses (`Unsure`)
what it cannot be certain of.

Strings are decoded as UTF-8 with surrogate escapes, so that every byte survives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configure587.errors import Unsure
from configure587.formats import prefs_plain
from configure587.formats.prefs_tokens import BOM, INT_MAX, INT_MIN, Fault, Found, Raw, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from configure587.model import Value

PrefValue: TypeAlias = bool | int | str


@dataclass(frozen=True, slots=True)
class Statement:
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


@dataclass(frozen=True, slots=True)
class Problem:
    """An error, in the words and with the line number of Thunderbird's own parser."""

    line: int
    message: str


def parse(
    data: bytes, *, defaults: bool = False
) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    """All good statements and all errors; `defaults` reads as defaults/pref/*.js are read."""
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
    """The user values of a prefs.js or user.js: for each name the last one set."""
    values = prefs_plain.sheet(data)
    return _user_values(data) if values is None else values


def read_matching(data: bytes, prefixes: tuple[str, ...]) -> dict[str, PrefValue]:
    """As `read`, but only names that start with one of the prefixes, and much faster.

    What has to be prepared for a tuple of prefixes is prepared once.
    """
    values = prefs_plain.matching(data, prefixes)
    if values is not None:
        return values
    every = read(data)
    return {name: value for name, value in every.items() if name.startswith(prefixes)}


def read_defaults(data: bytes) -> dict[str, PrefValue]:
    """The defaults that pref() and sticky_pref() in a user file set until the next save."""
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


def edit(data: bytes, edits: Mapping[str, Value | None]) -> bytes:
    """The file with these user values, and every other byte as it was; None removes a name.

    Raises Unsure if any of that is not certain.
    """
    wanted = {_checked_name(name): _checked_value(value) for name, value in edits.items()}
    before = _Sheet.of(data)
    splices = [splice for name in sorted(wanted) for splice in before.splices(name, wanted[name])]
    if not splices:
        return data
    result = _spliced(data, splices)
    before.prove(result, wanted)
    return result


# Reading


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
        """The number of the line that holds this position."""
        count, start = self.data.count, self.position
        self.line += count(b"\n", start, position) + count(b"\r", start, position)
        self.line -= count(b"\r\n", start, position)
        self.position = position
        return self.line


# Editing


class _Splice(NamedTuple):
    start: int
    end: int
    new: bytes


def _spliced(data: bytes, splices: Iterable[_Splice]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    # The sort is stable: lines inserted at one place stay sorted by name.
    for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
        if start < position:
            raise Unsure("edit_not_safe", why="overlap")
        pieces += data[position:start], new
        position = end
    return b"".join((*pieces, data[position:]))


def _checked_name(name: str) -> bytes:
    raw = name.encode("utf-8", "surrogateescape")
    if b"\0" in raw:
        raise Unsure("edit_not_safe", why="name", name=name)
    return raw


def _checked_value(value: Value | None) -> Raw | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and INT_MIN <= value <= INT_MAX:
        return value
    if isinstance(value, str) and "\0" not in value:
        return value.encode("utf-8", "surrogateescape")
    raise Unsure("edit_not_safe", why="value", value=repr(value))


def _same(one: Raw | None, other: Raw | None) -> bool:
    return type(one) is type(other) and one == other


def _quoted(raw: bytes) -> bytes:
    """As Thunderbird writes strings (Gecko: StrEscape in Preferences.cpp)."""
    raw = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"%s"' % raw.replace(b"\n", b"\\n").replace(b"\r", b"\\r")


def _literal(value: Raw) -> bytes:
    if isinstance(value, bytes):
        return _quoted(value)
    return b"%s" % str(value).lower().encode() if isinstance(value, bool) else b"%d" % value


_LINE_END = re.compile(rb"\r\n|\n|\r")
# What may stand between two statements without being part of either.
_TRIVIA = rb"(?:[ \t\n\v\f\r]++|(?://|#)[^\r\n\0]*+[\r\n]|/\*(?:[^*\0]++|\*(?!/))*+\*/)*+"
_GAP = re.compile(_TRIVIA)
_BLANK = b" \t\v\f"
_REST_OF_LINE = re.compile(
    rb"(?:[ \t\v\f]++|/\*(?:[^*\r\n\0]++|\*(?!/))*+\*/)*+(?:(?://|#)[^\r\n\0]*+)?+(?:\r\n|\n|\r)"
)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file read for editing."""

    data: bytes
    found: tuple[Found, ...]
    faults: tuple[str, ...]
    by_name: Mapping[bytes, list[int]]

    @classmethod
    def of(cls, data: bytes) -> _Sheet:
        """Read everything."""
        found: list[Found] = []
        faults: list[str] = []
        by_name: dict[bytes, list[int]] = {}
        for item in statements(data):
            if isinstance(item, Fault):
                faults.append(item.message)
                continue
            if item.kind == "user_pref":
                by_name.setdefault(item.name, []).append(len(found))
            found.append(item)
        return cls(data, tuple(found), tuple(faults), by_name)

    def splices(self, name: bytes, value: Raw | None) -> Iterator[_Splice]:
        """What to replace so that the name has this value."""
        places = self.by_name.get(name, [])
        if value is None:
            yield from self.removals(name, places)
        elif not places:
            yield self.insertion(name, value)
        elif not _same(self.found[places[-1]].value, value):
            yield self.replacement(self.found[places[-1]], value)

    def replacement(self, old: Found, value: Raw) -> _Splice:
        """Only the bytes of the value change, if the old ones can be written again."""
        span = slice(old.value_start, old.value_end)
        if self.data[span] != _literal(old.value):
            raise Unsure("edit_not_safe", why="spelling", name=_text(old.name))
        return _Splice(old.value_start, old.value_end, _literal(value))

    # Removing

    def removals(self, name: bytes, places: list[int]) -> Iterator[_Splice]:
        """Every statement of the name goes; with errors about, only one can be told for sure."""
        if len(places) > 1 and self.faults:
            raise Unsure("edit_not_safe", why="several", name=_text(name))
        for place in places:
            yield self.removal(self.found[place])

    def removal(self, old: Found) -> _Splice:
        """The whole line, or lines, if nothing else is on it."""
        data = self.data
        start = self.line_start(old.start)
        line_end = _LINE_END.search(data, old.end)
        content_end, end = line_end.span() if line_end else (len(data), len(data))
        alone = not (data[start : old.start] + data[old.end : content_end]).strip(_BLANK)
        return _Splice(start, end, b"") if alone else _Splice(old.start, old.end, b"")

    def line_start(self, position: int) -> int:
        """Where the line of this position starts, behind a byte order mark."""
        first = len(BOM) if self.data.startswith(BOM) else 0
        start = max(self.data.rfind(b"\n", 0, position), self.data.rfind(b"\r", 0, position)) + 1
        return max(first, start)

    # Inserting

    def insertion(self, name: bytes, value: Raw) -> _Splice:
        """A line of its own before an existing line, so that taking it out restores every byte."""
        position = self.place(name)
        line_end = self.line_end()
        if line_end == b"\r" and self.data.startswith(b"\n", position):
            line_end = b"\n"
        line = b"user_pref(%s, %s);%s" % (_quoted(name), _literal(value), line_end)
        return _Splice(position, position, line)

    def line_end(self) -> bytes:
        """The file's own: its first."""
        found = _LINE_END.search(self.data)
        return found[0] if found else b"\n"

    def place(self, name: bytes) -> int:
        """The start of a line, where Thunderbird would sort the name if that can be."""
        neighbor = self.neighbor(name)
        ways = [self.behind(neighbor), self.before(neighbor)] if neighbor >= 0 else []
        first = next((i for i, item in enumerate(self.found) if item.kind == "user_pref"), -1)
        if neighbor < 0 <= first:
            ways.append(self.before(first))
        if not self.found:
            ways.append(self.end_of_comments())
        return next((way for way in ways if way is not None), self.top())

    def top(self) -> int:
        """The start of the file, behind a byte order mark: always a safe place."""
        return len(BOM) if self.data.startswith(BOM) else 0

    def neighbor(self, name: bytes) -> int:
        """The last statement sorted before the name, among the most related ones; -1 if none."""
        nul = self.data.find(b"\0")
        best, place = -1, -1
        for index, item in enumerate(self.found):
            if 0 <= nul < item.end:
                break
            if item.kind == "user_pref" and item.name < name:
                related = _related(item.name, name)
                if related >= best:
                    best, place = related, index
        return place

    def behind(self, place: int) -> int | None:
        """The start of the next line, if the rest of the statement's line says nothing."""
        rest = _REST_OF_LINE.match(self.data, self.found[place].end)
        return rest.end() if rest else None

    def before(self, place: int) -> int | None:
        """The start of the statement's line, if it is the first on it, outside any comment."""
        start = self.line_start(self.found[place].start)
        previous = self.found[place - 1].end if place else self.top()
        if previous > start:
            return None
        gap = _GAP.match(self.data, previous, start)
        return start if gap and gap.end() == start else None

    def end_of_comments(self) -> int | None:
        """The end of a file that has nothing but whole comment lines."""
        gap = _GAP.fullmatch(self.data, self.top())
        at_line_start = self.line_start(len(self.data)) == len(self.data)
        return len(self.data) if gap and at_line_start else None

    # Proving

    def prove(self, result: bytes, wanted: Mapping[bytes, Raw | None]) -> None:
        """Exactly the wanted names have changed, to what was wanted; all else is as it was."""
        after = _Sheet.of(result)
        good = (
            self.faults == after.faults
            and [*self.others(wanted)] == [*after.others(wanted)]
            and all(after.has(name, value) for name, value in wanted.items())
        )
        if not good:
            raise Unsure("edit_not_safe", why="proof")

    def others(self, names: Mapping[bytes, Raw | None]) -> Iterator[tuple[str, bytes, Raw, type]]:
        """All statements that none of these user values made."""
        for item in self.found:
            if item.kind != "user_pref" or item.name not in names:
                yield item.kind, item.name, item.value, type(item.value)

    def has(self, name: bytes, value: Raw | None) -> bool:
        """Whether the name has this value here."""
        places = self.by_name.get(name)
        return _same(self.found[places[-1]].value, value) if places else value is None


def _related(one: bytes, other: bytes) -> int:
    """How many leading parts two dotted names share."""
    count = 0
    for left, right in zip(one.split(b"."), other.split(b"."), strict=False):
        if left != right:
            break
        count += 1
    return count
