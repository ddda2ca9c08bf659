r"""Registry files (.reg), cut at their keys.

Cutting proves that every line of the file is understood; then single keys are read and changed at
the price of that key. Whatever regedit itself might skip or guess at is refused.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configure587.errors import Unsure
from configure587.formats import reg_encoding
from configure587.formats.case_folding import fold
from configure587.formats.reg_values import Style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADER_5 = "Windows Registry Editor Version 5.00"
HEADER_4 = "REGEDIT4"

STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
END = r"(?:\r?\n|\Z)"
COMMENT = r"(?:;[^\r\n]*+)"
LITERAL = (
    rf"(?:{STRING}|dword:[0-9a-fA-F]{{1,8}}+|-|hex(?:\([0-9a-fA-F]{{1,8}}+\))?+:"
    r"[0-9a-fA-F, \t]*+(?:\\[ \t]*+\r?\n[ \t]*+[0-9a-fA-F,][0-9a-fA-F, \t]*+)*+)"
)
SILENT = rf"[ \t]*+(?:{COMMENT}{END}|\r?\n)|[ \t]++\Z"
_ITEM = rf"[ \t]*+(?:{STRING}|@)[ \t]*+=[ \t]*+{LITERAL}[ \t]*+{COMMENT}?+{END}|{SILENT}"
# What regedit writes; nearly every item is one of these, and it is found out sooner.
_UNESCAPED = r'"[^"]*+(?<!\\)"'
_USUAL = (
    rf"{_UNESCAPED}=(?:dword:[0-9a-f]{{8}}|{_UNESCAPED}|hex(?:\([0-9a-f]{{1,8}}+\))?+:"
    r"[0-9a-f,]*+(?:\\\r\n  [0-9a-f,]++)*+)\r\n|\r\n"
)
_SECTION = rf"[ \t]*+\[[^\r\n]*+{END}(?:{_USUAL}|{_ITEM})*+"

_TOP = re.compile(rf"(?:{HEADER_5}|{HEADER_4}){END}(?:{SILENT})*+", re.DOTALL)
_ONE_SECTION = re.compile(_SECTION, re.DOTALL)
_SECTIONS = re.compile(f"{_SECTION}|.+", re.DOTALL)  # all that is behind an error is one piece


@dataclass(frozen=True, slots=True)
class Keys:
    """A file cut at its keys; whoever joins the pieces has the file again."""

    pieces: Sequence[str]
    """The top, and then one piece for each time that a key is named; as they were read."""
    style: Style
    unicode: bool
    places: Mapping[str, int]
    """Where a key is named last, by the key as `_folded` gives it."""
    more: Mapping[str, Sequence[int]]
    """Every place of a key that is named more than once."""
    order: Sequence[str]
    """The same keys sorted, so that all that lies below a key follows it."""
    changed: Mapping[int, str] = field(default_factory=dict)
    """Pieces that are no longer as they were read."""

    def piece(self, number: int) -> str:
        """One piece as it is now."""
        changed = self.changed.get(number)
        return self.pieces[number] if changed is None else changed

    def numbers(self, key: str) -> Sequence[int]:
        """The pieces of a key."""
        return self.numbers_of(_folded(key))

    def numbers_of(self, folded: str) -> Sequence[int]:
        """The pieces of a key, given as `_folded` gives it."""
        if folded in self.more:
            return self.more[folded]
        return (self.places[folded],) if folded in self.places else ()

    def line(self, number: int, position: int) -> int:
        """The line in which this place of a piece lies, counted from 1."""
        before = sum(self.piece(each).count("\n") for each in range(number))
        return before + _line(self.piece(number), position)

    def __bytes__(self) -> bytes:
        """The file."""
        pieces = [*self.pieces]
        for number, piece in self.changed.items():
            pieces[number] = piece
        text = "".join(pieces)
        if self.unicode:
            return reg_encoding.BOM + reg_encoding.wide(text)
        return reg_encoding.to_ansi(text)

    def __contains__(self, key: str) -> bool:
        """Whether there is such a key, or one below it."""
        folded = _folded(key)
        place = bisect.bisect_left(self.order, folded)
        found = self.order[place] if place < len(self.order) else ""
        return found == folded or found.startswith(folded + "\0")


# --- the file and its keys -----------------------------------------------------------------------


def keys(data: bytes) -> Keys:
    """Cut a file at its keys; raises Unsure unless every line of it is understood."""
    text, unicode = _decoded(data)
    top = _TOP.match(text)
    if top is None:
        raise damaged(1, "header")
    if "\0" in text:
        raise damaged(_line(text, text.index("\0")), "zero")
    style = Style(
        newline="\r\n" if first_line(text).endswith("\r\n") else "\n",
        regedit4=text.startswith(HEADER_4),
    )
    if unicode and style.regedit4:
        raise damaged(1, "header")
    pieces = _SECTIONS.findall(text, top.end())
    if pieces and not is_section(pieces[-1]):
        raise damaged(_line(text, len(text) - len(pieces[-1])), "line")
    paths = _paths(pieces)
    if paths is None:
        raise damaged(_bad_key(top[0], pieces), "key")
    places, more = _places(paths)
    return Keys([top[0], *pieces], style, unicode, places, more, sorted(places))


def is_section(piece: str) -> bool:
    """Whether a piece is one key and values of it, each line understood."""
    return _ONE_SECTION.fullmatch(piece) is not None


def subkeys(source: bytes | Keys, key: str) -> list[str]:
    """The names of the keys right below a key, in the order of the file."""
    index = index_of(source)
    start = _folded(key) + "\0"
    found: list[tuple[int, str]] = []
    place = bisect.bisect_left(index.order, start)
    while place < len(index.order) and index.order[place].startswith(start):
        below = index.order[place]
        number = index.numbers_of(below)[0]
        path = path_of(index.piece(number))
        found.append((number, path.split("\\")[start.count("\0")]))
        end = below.find("\0", len(start))
        child = below if end < 0 else below[:end]
        place = bisect.bisect_left(index.order, child + "\1", place)
    return [name for _, name in sorted(found)]


def index_of(source: bytes | Keys) -> Keys:
    """The file, cut at its keys."""
    return source if isinstance(source, Keys) else keys(source)


def _decoded(data: bytes) -> tuple[str, bool]:
    if not data.startswith(reg_encoding.BOM):
        return reg_encoding.from_ansi(data), False
    if len(data) % 2:
        raise damaged(_line(reg_encoding.from_wide(data[:-1]), len(data)), "truncated")
    return reg_encoding.from_wide(data, len(reg_encoding.BOM)), True


def _paths(pieces: Sequence[str]) -> list[str] | None:
    """The key that each piece names; None if one of them is odd."""
    paths = [
        piece[1:end]
        if 0 < (end := piece.find("]\r\n")) == piece.find("\n") - 2 and piece[0] == "["
        else path_of(piece)
        for piece in pieces
    ]
    together = "\n".join(("", *paths, ""))
    return None if any(odd in together for odd in _ODD_PATHS) else paths


# A path is empty, or a name in it is, or it begins with a blank.
_ODD_PATHS = ("\n\n", "\n\\", "\\\\", "\\\n", "\n ", "\n\t")


def _bad_key(top: str, pieces: Sequence[str]) -> int:
    """The line of the first key that is odd."""
    first = next(number for number, piece in enumerate(pieces) if _paths([piece]) is None)
    return _line(top, len(top)) + sum(piece.count("\n") for piece in pieces[:first])


def _places(paths: Sequence[str]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Where each key is named last; and all places, of those that are named more than once."""
    folded = [_folded(path) for path in paths]
    places = dict(zip(folded, range(1, len(folded) + 1), strict=True))
    if len(places) == len(folded) and not any(path.startswith("-") for path in places):
        return places, {}
    every: dict[str, list[int]] = {}
    for number, key in enumerate(folded, 1):
        every.setdefault(key, []).append(number)
    alive = _without_the_deleted(every)
    more = {key: numbers for key, numbers in alive.items() if len(numbers) > 1}
    return {key: numbers[-1] for key, numbers in alive.items()}, more


def path_of(piece: str) -> str:
    """The key that a piece names, as it is spelled there; empty when that is not certain."""
    line = first_line(piece).strip(" \t\r\n")
    # Regedit takes all up to the last bracket, and nothing of what is behind it.
    end = line.rfind("]")
    rest = line[end + 1 :].lstrip(" \t")
    return line[1:end] if end > 0 and rest[:1] in ("", ";") else ""


def _folded(path: str) -> str:
    """A key for comparing; NUL parts the names, so that sorting keeps families together."""
    return fold(path).replace("\\", "\0")


def _without_the_deleted(every: dict[str, list[int]]) -> dict[str, list[int]]:
    """Leave out the deletions, and what they, further down in the file, take away again."""
    gone = {key[1:]: numbers[-1] for key, numbers in every.items() if key.startswith("-")}
    alive: dict[str, list[int]] = {}
    above: list[tuple[str, int]] = []
    for key in sorted(every.keys() | gone.keys()):
        while above and not (key + "\0").startswith(above[-1][0] + "\0"):
            above.pop()
        since = max(gone.get(key, 0), above[-1][1] if above else 0)
        if key in gone:
            above.append((key, since))
        left = [number for number in every.get(key, ()) if number > since]
        if left and not key.startswith("-"):
            alive[key] = left
    return alive


# --- where it is ---------------------------------------------------------------------------------


def first_line(text: str) -> str:
    """The first line, with its end."""
    end = text.find("\n") + 1
    return text[:end] if end else text


def damaged(line: int, detail: str) -> Unsure:
    """The refusal of a file of which a line is not understood."""
    return Unsure("registry_file_damaged", line=line, detail=detail)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
