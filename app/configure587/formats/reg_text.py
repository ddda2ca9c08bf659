r"""Registry files (.reg) as regedit writes and reads them: keys, and named values in each.

A key holds passwords, so only the values that are asked for are ever decoded. A value that is
there is replaced where it stands; a new one gets a line behind the key's last, as it would in the
registry; every other byte stays. What is not certain is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Unsure
from configure587.formats import reg_encoding, reg_keys, reg_values
from configure587.formats.case_folding import fold
from configure587.formats.reg_keys import COMMENT, END, LITERAL, SILENT, STRING, Keys, damaged
from configure587.formats.reg_values import Odd, Style

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from configure587.model import Value

keys = reg_keys.keys
subkeys = reg_keys.subkeys

_STATEMENT = re.compile(
    rf"[ \t]*+(?:({STRING}|@)[ \t]*+=[ \t]*+({LITERAL})[ \t]*+{COMMENT}?+{END})|{SILENT}",
    re.DOTALL,
)


# --- reading -------------------------------------------------------------------------------------


def read(source: bytes | Keys, key: str, names: Sequence[str]) -> dict[str, Value]:
    """These values of a key, as far as they are there; no other is decoded.

    Raises Unsure when the meaning of one of them is not certain.
    """
    return Sheet.of(reg_keys.index_of(source), key).read(names)


_DELETED = "-"


class _Statement(NamedTuple):
    """Where a value stands: its piece, its line or lines, and the literal in them."""

    folded: str
    piece: int
    start: int
    end: int
    literal_start: int
    literal_end: int


class Sheet(NamedTuple):
    """All that a file says of one key; of several words on one value the last counts."""

    file: Keys
    key: str
    statements: Sequence[_Statement]

    @classmethod
    def of(cls, file: Keys, key: str) -> Sheet:
        """Take a key apart; no value is decoded."""
        statements = [
            _Statement(_name(file, number, match), number, *match.span(), *match.span(2))
            for number in file.numbers(key)
            for match in _matches(file.piece(number))
        ]
        return cls(file, key, statements)

    def read(self, names: Sequence[str]) -> dict[str, Value]:
        """These values, as far as they are there; no other is decoded. Raises Unsure."""
        wanted = {name: fold(name) for name in names}
        last = self.last({*wanted.values()})
        return {name: self.value(last[folded]) for name, folded in wanted.items() if folded in last}

    def names(self) -> list[str]:
        """The names of the values, as they are spelled; none of them is decoded."""
        return [self.name(each) for each in self.last({s.folded for s in self.statements}).values()]

    def last(self, names: Container[str]) -> dict[str, _Statement]:
        """The last word on each of these values, if it is not that the value shall go."""
        last = {each.folded: each for each in self.statements if each.folded in names}
        return {name: each for name, each in last.items() if self.literal(each) != _DELETED}

    def name(self, statement: _Statement) -> str:
        """The name of the value, as it is spelled."""
        match = _STATEMENT.match(self.file.piece(statement.piece), statement.start)
        assert match is not None
        return reg_values.read_name(match[1])

    def literal(self, statement: _Statement) -> str:
        """The characters of the value."""
        return self.file.piece(statement.piece)[statement.literal_start : statement.literal_end]

    def value(self, statement: _Statement) -> Value:
        """What is set."""
        try:
            return reg_values.read_value(self.literal(statement), self.file.style)
        except Odd:
            raise damaged(self.file.line(statement.piece, statement.start), "value") from None

    def others(self, names: Container[str]) -> list[tuple[int, str]]:
        """The lines of all other values."""
        return [
            (each.piece, self.file.piece(each.piece)[each.start : each.end])
            for each in self.statements
            if each.folded not in names
        ]


def _matches(piece: str) -> Iterator[re.Match[str]]:
    """The values in a piece, its first line left out."""
    for match in _STATEMENT.finditer(piece, len(reg_keys.first_line(piece))):
        if match[1] is not None:
            yield match


def _name(index: Keys, number: int, match: re.Match[str]) -> str:
    try:
        return fold(reg_values.read_name(match[1]))
    except Odd:
        raise damaged(index.line(number, match.start()), "name") from None


# --- changing ------------------------------------------------------------------------------------


def edit(
    data: bytes,
    key: str,
    edits: Mapping[str, Value | None],
    back: Mapping[str, Value | None] | None = None,
) -> bytes:
    """Give the key these values, and keep every other byte; None removes a name.

    Raises Unsure if any of that is not certain, or if the values in `back` would not lead back to
    every byte of today.
    """
    index = keys(data)
    result = edited(index, key, edits, back)
    return data if result is index else bytes(result)


def edited(
    index: Keys,
    key: str,
    edits: Mapping[str, Value | None],
    back: Mapping[str, Value | None] | None = None,
) -> Keys:
    """The same as `edit`, of a file that is cut already, at the price of one key."""
    wanted = _wanted(index, edits)
    before = Sheet.of(index, key)
    splices = _splices(before, wanted)
    if not splices:
        return index
    result = _spliced(index, splices)
    after = Sheet.of(result, key)
    _prove(before, after, wanted)
    if back is not None:
        again = _spliced(result, _splices(after, _wanted(result, back)))
        if any(again.piece(number) != index.piece(number) for number in index.numbers(key)):
            raise Unsure("edit_not_reversible")
    return result


_Wanted = dict[str, tuple[str, "Value | None"]]  # by folded name: the name, the value
_Splice = tuple[int, int, int, str]  # piece, start, end, new


def _wanted(index: Keys, edits: Mapping[str, Value | None]) -> _Wanted:
    """The edits, once it is known that each can be written."""
    wanted: _Wanted = {}
    for name, value in edits.items():
        _line_for(name, value, index.style)
        wanted[fold(name)] = name, value
    if len(wanted) < len(edits):
        raise Unsure("edit_not_safe", why="several")
    return wanted


def _splices(sheet: Sheet, wanted: _Wanted) -> list[_Splice]:
    said: dict[str, list[_Statement]] = {folded: [] for folded in wanted}
    for each in sheet.statements:
        if each.folded in wanted:
            said[each.folded].append(each)
    splices: list[_Splice] = []
    new: list[tuple[str, Value]] = []
    for folded, (name, value) in wanted.items():
        if value is None:
            splices += _removals(sheet, said[folded])
        elif said[folded]:
            splices += _replacement(sheet, said[folded][-1], value)
        else:
            new.append((name, value))
    return [*splices, _insertion(sheet, new)] if new else splices


def _removals(sheet: Sheet, said: Sequence[_Statement]) -> Iterator[_Splice]:
    """Take out every line that sets the value, if the last word is not that it shall go."""
    if said and sheet.literal(said[-1]) != _DELETED:
        for each in said:
            if sheet.literal(each) != _DELETED:
                yield each.piece, each.start, each.end, ""


def _replacement(sheet: Sheet, old: _Statement, value: Value) -> Iterator[_Splice]:
    """Replace the characters of the value, if undoing could write the old ones again."""
    literal, style = sheet.literal(old), sheet.file.style
    column = old.literal_start - old.start
    if literal != _DELETED:
        before = sheet.value(old)
        if _same(before, value):
            return
        if literal != reg_values.spelled(before, column, style):
            raise Unsure("edit_not_safe", why="spelling", name=old.folded)
    new = reg_values.spelled(value, column, style)
    yield old.piece, old.literal_start, old.literal_end, new


def _same(one: Value, other: Value | None) -> bool:
    return type(one) is type(other) and one == other


def _insertion(sheet: Sheet, new: Sequence[tuple[str, Value]]) -> _Splice:
    """Put new lines behind the key's last value, or in front of it if its line does not end."""
    numbers = sheet.file.numbers(sheet.key)
    if not numbers:
        raise Unsure("edit_not_safe", why="key")
    piece = sheet.file.piece(numbers[-1])
    place = len(reg_keys.first_line(piece))
    if sheet.statements and sheet.statements[-1].piece == numbers[-1]:
        last = sheet.statements[-1]
        place = last.end if piece.endswith("\n", last.start, last.end) else last.start
    if not piece.endswith("\n", 0, place):
        raise Unsure("edit_not_safe", why="line_end")
    lines = (_line_for(name, value, sheet.file.style) for name, value in new)
    return numbers[-1], place, place, "".join(lines)


def _line_for(name: str, value: Value | None, style: Style) -> str:
    start = reg_values.spelled_name(name, style) + "="
    literal = _DELETED if value is None else reg_values.spelled(value, len(start), style)
    return start + literal + style.newline


def _spliced(index: Keys, splices: Sequence[_Splice]) -> Keys:
    changed = {**index.changed}
    for number, start, end, new in sorted(splices, reverse=True):
        piece = changed.get(number, index.pieces[number])
        changed[number] = piece[:start] + new + piece[end:]
    return replace(index, changed=changed)


def _prove(before: Sheet, after: Sheet, wanted: _Wanted) -> None:
    """Look at the result: exactly the wanted values have changed, to what was wanted."""
    last = after.last(wanted)
    good = (
        before.others(wanted) == after.others(wanted)
        and all(
            _same(after.value(last[folded]), value) if folded in last else value is None
            for folded, (_, value) in wanted.items()
        )
        and all(
            reg_keys.is_section(after.file.piece(each)) for each in after.file.numbers(after.key)
        )
    )
    if not good:
        raise Unsure("edit_not_safe", why="proof")


# --- whole files ---------------------------------------------------------------------------------


def fragment(changes: Mapping[str, Mapping[str, Value | None]]) -> bytes:
    """A file for regedit, to be imported by hand: sets these values of these keys; None deletes."""
    style = reg_values.REGEDIT5
    parts = [reg_keys.HEADER_5, style.newline]
    for key, values in changes.items():
        parts += style.newline, f"[{_checked_key(key)}]", style.newline
        parts += (_line_for(name, value, style) for name, value in values.items())
    parts.append(style.newline)
    return reg_encoding.BOM + reg_encoding.wide("".join(parts))


def write(contents: Mapping[str, Mapping[str, Value]]) -> bytes:
    """A whole export, as regedit would write it."""
    return fragment(contents)


def _checked_key(key: str) -> str:
    if not set(key) & set("\r\n\0") and reg_encoding.is_whole(key) and key[:1] != "-":
        with_names = reg_keys.path_of(f"[{key}]\n")
        parts = key.split("\\")
        if with_names == key and all(parts) and key[0] not in " \t":
            return key
    raise Unsure("edit_not_safe", why="key")
