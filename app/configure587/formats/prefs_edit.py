"""Changes single values in a preferences file and nothing else, or refuses.

A value that is there is replaced where it stands. A name that is missing gets a line of its own,
always *before* the start of an existing line: so it needs no line end that was not there, and
taking the line out again restores every byte. The result is read again before it is handed out;
unless exactly the wanted names have changed, and the errors have not, `Unsure` is raised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Unsure
from configure587.formats.prefs_tokens import BOM, INT_MAX, INT_MIN, Fault, Found, Raw, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from configure587.model import Value

_BLANKS = b" \t\v\f"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BLANK_REST = re.compile(rb"[ \t\v\f]*+(?:\r\n|\n|\r|\Z)")
_SILENT_REST = re.compile(
    rb"(?:[ \t\v\f]++|/\*(?:[^*\r\n\0]++|\*(?!/))*+\*/)*+"
    rb"(?:(?://|#)[^\r\n\0]*+)?+(?:\r\n|\n|\r)"
)
_COMMENT_LINES = re.compile(
    rb"(?:[ \t\n\v\f\r]++|(?://|#)[^\r\n\0]*+[\r\n]|/\*(?:[^*\0]++|\*(?!/))*+\*/)*+(?<![^\r\n])"
)


def edit(data: bytes, edits: Mapping[str, Value | None]) -> bytes:
    """Give the file these user values, and keep every other byte; None removes a name.

    Raises Unsure if any of that is not certain.
    """
    wanted = {_raw(name): _checked(value) for name, value in edits.items()}
    before = _Sheet.of(data)
    splices = [splice for name in sorted(wanted) for splice in before.splices(name, wanted[name])]
    if not splices:
        return data
    result = _spliced(data, splices)
    before.prove(result, wanted)
    return result


class _Splice(NamedTuple):
    start: int
    end: int
    new: bytes


def _spliced(data: bytes, splices: Iterable[_Splice]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    # The sort is stable: lines inserted at one place stay sorted by name.
    for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
        pieces += data[position:start], new
        position = end
    return b"".join((*pieces, data[position:]))


def _raw(text: str) -> bytes:
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = b"\0"
    if b"\0" in raw:
        raise Unsure("edit_not_safe", why="text")
    return raw


def _checked(value: Value | None) -> Raw | None:
    if isinstance(value, str):
        return _raw(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and INT_MIN <= value <= INT_MAX:
        return value
    raise Unsure("edit_not_safe", why="value", type=type(value).__name__)


def _same(one: Raw, other: Raw | None) -> bool:
    return type(one) is type(other) and one == other


def _quoted(raw: bytes) -> bytes:
    """Write a string as Thunderbird does (Gecko: StrEscape in modules/libpref/Preferences.cpp)."""
    raw = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"%s"' % raw.replace(b"\n", b"\\n").replace(b"\r", b"\\r")


def literal(value: Raw) -> bytes:
    """Write a value as Thunderbird does."""
    if isinstance(value, bytes):
        return _quoted(value)
    return str(value).lower().encode()


def _related(one: bytes, other: bytes) -> int:
    """Count the leading parts that two dotted names share."""
    count = 0
    for left, right in zip(one.split(b"."), other.split(b"."), strict=False):
        if left != right:
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file read for editing: its statements, its errors, where each user value is set."""

    data: bytes
    found: tuple[Found, ...]
    faults: tuple[str, ...]
    places: Mapping[bytes, list[int]]

    @classmethod
    def of(cls, data: bytes) -> _Sheet:
        found: list[Found] = []
        faults: list[str] = []
        places: dict[bytes, list[int]] = {}
        for item in statements(data):
            if isinstance(item, Fault):
                faults.append(item.message)
                continue
            if item.kind == "user_pref":
                places.setdefault(item.name, []).append(len(found))
            found.append(item)
        return cls(data, tuple(found), tuple(faults), places)

    def splices(self, name: bytes, value: Raw | None) -> Iterator[_Splice]:
        setters = [self.found[place] for place in self.places.get(name, ())]
        if value is None:
            yield from self.removals(name, setters)
        elif not setters:
            yield self.insertion(name, value)
        elif not _same(setters[-1].value, value):
            yield self.replacement(setters[-1], value)

    def replacement(self, old: Found, value: Raw) -> _Splice:
        """Replace the bytes of the value, if undoing could write the old ones again."""
        start, end = old.value_start, old.value_end
        if self.data[start:end] != literal(old.value):
            raise Unsure("edit_not_safe", why="spelling", name=old.name.decode(errors="replace"))
        return _Splice(start, end, literal(value))

    # Removing

    def removals(self, name: bytes, setters: list[Found]) -> Iterator[_Splice]:
        """Remove every statement of the name; with errors about, only one is certain enough."""
        if len(setters) > 1 and self.faults:
            raise Unsure("edit_not_safe", why="several", name=name.decode(errors="replace"))
        for setter in setters:
            yield self.removal(setter)

    def removal(self, old: Found) -> _Splice:
        """Remove a statement, with its whole line, or lines, if nothing else is there."""
        start = self.line_start(old.start)
        rest = _BLANK_REST.match(self.data, old.end)
        if start is None or rest is None:
            return _Splice(old.start, old.end, b"")
        return _Splice(start, rest.end(), b"")

    def line_start(self, position: int) -> int | None:
        """Find the start of the line, if only blanks stand between."""
        while position > self.top and self.data[position - 1] in _BLANKS:
            position -= 1
        if position == self.top or self.data[position - 1] in b"\r\n":
            return position
        return None

    @property
    def top(self) -> int:
        """The start of the file, behind a byte order mark: always a safe place for a statement."""
        return len(BOM) if self.data.startswith(BOM) else 0

    # Inserting

    def insertion(self, name: bytes, value: Raw) -> _Splice:
        place = self.place(name)
        end = _LINE_END.search(self.data)
        line_end = end[0] if end else b"\n"
        if line_end == b"\r" and self.data.startswith(b"\n", place):
            line_end = b"\n"
        line = b"user_pref(%s, %s);%s" % (_quoted(name), literal(value), line_end)
        return _Splice(place, place, line)

    def place(self, name: bytes) -> int:
        """Find the start of a line, where Thunderbird would sort the name if that can be."""
        ways: list[int | None] = []
        if b"\0" in self.data:
            return self.top
        neighbor = self.neighbor(name)
        if neighbor:
            ways = [self.behind(neighbor), self.line_start(neighbor.start)]
        elif self.places:
            first = next(iter(self.places.values()))[0]
            ways = [self.line_start(self.found[first].start)]
        elif _COMMENT_LINES.fullmatch(self.data, self.top):
            ways = [len(self.data)]
        return next((way for way in ways if way is not None), self.top)

    def neighbor(self, name: bytes) -> Found | None:
        """Find the last statement sorted before the name, among the most related ones."""
        best, found = -1, None
        for item in self.found:
            if item.kind == "user_pref" and item.name < name:
                related = _related(item.name, name)
                if related >= best:
                    best, found = related, item
        return found

    def behind(self, item: Found) -> int | None:
        """Find the start of the next line, if the rest of the statement's line says nothing."""
        rest = _SILENT_REST.match(self.data, item.end)
        return rest.end() if rest else None

    # Proving

    def prove(self, result: bytes, wanted: Mapping[bytes, Raw | None]) -> None:
        """Read the result: exactly the wanted names have changed, to what was wanted."""
        after = _Sheet.of(result)
        good = (
            self.faults == after.faults
            and [*self.others(wanted)] == [*after.others(wanted)]
            and all(after.has(name, value) for name, value in wanted.items())
        )
        if not good:
            raise Unsure("edit_not_safe", why="proof")

    def others(self, names: Mapping[bytes, Raw | None]) -> Iterator[tuple[str, bytes, Raw, type]]:
        for item in self.found:
            if item.kind != "user_pref" or item.name not in names:
                yield item.kind, item.name, item.value, type(item.value)

    def has(self, name: bytes, value: Raw | None) -> bool:
        places = self.places.get(name)
        return _same(self.found[places[-1]].value, value) if places else value is None
