r"""The short way through a preferences file that is as Thunderbird writes it.

Such a file is some comment lines and then statements of one spelling. Both functions *prove* that
while they read, and answer None at anything else: then the full tokenizer reads. What they do
answer is what the tokenizer would, on any input (tests/contracts/test_format_laws.py).

Why it is fast: `sheet` cuts the text at its quotation marks, in C, and looks at what lies between
two strings as a whole. `matching` runs over the statements it does not want in one regular
expression without captures, and stops where no wanted name can follow.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, TypeAlias

from configure587.formats.prefs_tokens import INT_MAX, INT_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

PrefValue: TypeAlias = bool | int | str

# A byte order mark, comment lines, blank lines. A NUL anywhere is not plain.
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?+(?:(?:(?://|#)[^\r\n]*+)?+\r?+\n)*+")
# Only these escapes can spell an ordinary character; Thunderbird never writes them.
_SPELLED_LETTER = re.compile(rb"\\[xu]")
_ESCAPABLE = re.compile(rb"[\"'\\\r\n]")
# Statements at one place: where they begin and end, not whether their values are good. A quote
# behind one backslash does not end a string, except behind half a surrogate pair (the real parser
# has then eaten the backslash); a quote behind two backslashes is left to the tokenizer.
_STATEMENTS = (
    rb'(?:user_pref\("%s[^"]*+(?<!\\)", (?:"[^"]*+(?<!\\)"|[-0-9a-z]++|'
    rb'"[^"]*+"(?:(?<=[^\\]\\")(?<!\\u[dD][89abAB][0-9A-Fa-f]{2}\\")[^"]*+")*+(?<!\\"))\);\r?+\n)*+'
)
_OPEN = "user_pref("
_BLOCK = 1 << 17
# Stands for an escaped backslash while the other escapes are looked at; no plain text has a NUL.
_BACKSLASH = "\0"


class _Odd(Exception):
    """The text is not as Thunderbird writes it."""


def sheet(data: bytes) -> dict[str, PrefValue] | None:
    """Read every value of a plain file; None if it is not plain."""
    if b"\0" in data:
        return None
    values: dict[str, PrefValue] = {}
    start = _match_end(_HEADER, data, 0)
    try:
        while start < len(data):
            end = _block_end(data, start)
            values = _joined(values, _read_block(data[start:end]))
            start = end
    except _Odd:
        return None
    return values


def matching(
    data: bytes, prefixes: tuple[str, ...], *, whole: bool = False
) -> dict[str, PrefValue] | None:
    """Read the values whose names start with one of the prefixes.

    None if the file is not plain, as far as the last place where such a name could stand, or (the
    `whole` of it) to its end.
    """
    if b"\0" in data:
        return None
    names, skip, take = _runs(prefixes)
    last = len(data) if whole else _last(data, names)
    values: dict[str, PrefValue] = {}
    start = _match_end(_HEADER, data, 0)
    while start <= last:
        start = _match_end(skip, data, start)
        if start == len(data):
            break
        end = _match_end(take, data, start)
        try:
            values = _joined(values, _read_block(data[start:end]))
        except _Odd:
            return None
        start = end
    return values


def window(data: bytes, names: tuple[str, ...]) -> tuple[int, int] | None:
    """Find a stretch of whole statements in which all statements of these names must stand.

    None if the file is not plain to its end, or has no statement whose name begins as all these
    do, up to a dot. What is outside the stretch begins and ends with a statement, so that an edit
    within it is an edit of the file.
    """
    if b"\0" in data or b"\\x" in data or b"\\u" in data:
        return None
    beginning = (
        _shared(min(names), max(names)).rpartition(".")[0].encode("utf-8", "surrogateescape")
    )
    top = _match_end(_HEADER, data, 0)
    if not beginning or _match_end(_every(), data, top) != len(data):
        return None
    # A quote inside a string would end it, and a name cannot follow there: these bytes only ever
    # begin a statement.
    opening = b'user_pref("' + beginning + b"."
    first = top if data.startswith(opening, top) else data.find(b"\n" + opening, top) + 1
    if first == 0:
        return None
    last = max(data.rfind(b"\n" + opening, top) + 1, first)
    return first, _match_end(_one(), data, last)


def _shared(one: str, other: str) -> str:
    """The letters with which both begin; of the first and last in order, all in between do."""
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((place for place, (a, b) in pairs if a != b), len(one))]


@functools.cache
def _every() -> re.Pattern[bytes]:
    return re.compile(_STATEMENTS % b"")


@functools.cache
def _one() -> re.Pattern[bytes]:
    return re.compile((_STATEMENTS % b"").removesuffix(b"*+"))


def _last(data: bytes, names: tuple[bytes, ...]) -> int:
    """Find the place behind which nothing matters: there no wanted name can be spelled."""
    if len(names) not in (1, 2):
        # To look for many names costs more than to read on; with none, all is to be proven.
        return len(data)
    last = max(map(data.rfind, names))
    return len(data) if _SPELLED_LETTER.search(data, max(last, 0)) else last


@functools.lru_cache(maxsize=64)
def _runs(
    prefixes: tuple[str, ...],
) -> tuple[tuple[bytes, ...], re.Pattern[bytes], re.Pattern[bytes]]:
    """Prepare the names to look for, and what matches statements without, and with, one of them."""
    names = tuple(name.encode("utf-8", "surrogateescape") for name in prefixes)
    skip = re.compile(_STATEMENTS % b"(?!%s)" % _spelled(set(names)))
    take = re.compile(_STATEMENTS % b"(?=%s)" % b"|".join(map(re.escape, names)))
    if any(_ESCAPABLE.search(name) for name in names):
        names = ()
    return names, skip, take


def _spelled(names: set[bytes]) -> bytes:
    """Write a pattern of all beginnings that are, or with an escape could be, one of the names."""
    if b"" in names:
        return b""
    ways = [rb"\\"]
    for first in sorted({name[:1] for name in names}):
        rest = {name[1:] for name in names if name.startswith(first)}
        ways.append(re.escape(first) + _spelled(rest))
    return b"(?:%s)" % b"|".join(ways)


def _match_end(pattern: re.Pattern[bytes], data: bytes, start: int) -> int:
    match = pattern.match(data, start)
    assert match is not None
    return match.end()


def _joined(values: dict[str, PrefValue], more: dict[str, PrefValue]) -> dict[str, PrefValue]:
    """Add to the values; the first, often the only ones, need not be copied."""
    if not values:
        return more
    values.update(more)
    return values


def _block_end(data: bytes, start: int) -> int:
    """Stop for now at what looks like a statement's end, so that memory stays small."""
    if len(data) - start <= _BLOCK:
        return len(data)
    found = data.find(b"\nuser_pref(", start + _BLOCK)
    return found + 1 if found >= 0 else len(data)


def _read_block(data: bytes) -> dict[str, PrefValue]:
    """Read whole plain statements; raise _Odd at the first other byte.

    The text is cut at its quotation marks: then every second piece is a string, and what lies
    between two strings is one of very few things.
    """
    text = data.decode("utf-8", "surrogateescape")
    line_end = "\r\n" if text.endswith("\r\n") else "\n"
    if not text.endswith(line_end):
        text += line_end
    # One more opening makes the last statement end like all others.
    pieces = iter((text + _OPEN).split('"'))
    if next(pieces) != _OPEN:
        raise _Odd
    try:
        found = _read_pieces(pieces, f");{line_end}{_OPEN}")
    except (StopIteration, ValueError):
        raise _Odd from None
    if "\\" in text and "\\" in "".join(found):
        raise _Odd
    return found


def _read_pieces(pieces: Iterator[str], end: str) -> dict[str, PrefValue]:
    values: dict[str, PrefValue] = {}
    true, false = f", true{end}", f", false{end}"
    # Both sides take from the same iterator: a name and its tail, or a string and its end.
    pairs = zip(pieces, pieces, strict=True)
    for name, tail in pairs:
        if tail == ", ":
            value, close = next(pairs)
            if "\\" in value:
                values[name] = _unescape(value, close, pieces, end)
            elif close == end:
                values[name] = value
            else:
                raise _Odd
        elif tail == true:
            values[name] = True
        elif tail == false:
            values[name] = False
        else:
            values[name] = _number(tail, end)
    return values


@functools.lru_cache(maxsize=4096)
def _number(tail: str, end: str) -> int:
    """Read a number as Thunderbird writes it; few different ones occur, in whatever many files."""
    number = int(tail[2 : -len(end)])
    if tail != f", {number}{end}" or not INT_MIN <= number <= INT_MAX:
        raise _Odd
    return number


def _unescape(first: str, close: str, pieces: Iterator[str], end: str) -> str:
    r"""Finish the string that begins so; Thunderbird writes the escapes \\ \" \n \r, no other."""
    parts = [first]
    while close != end:
        parts.append(close)
        close = next(pieces)
    value = '"'.join(parts)
    quotes = len(parts) - 1
    plain = value.replace('\\"', '"')
    if "\\" not in plain and len(value) - len(plain) == quotes:
        return plain
    value = value.replace("\\\\", _BACKSLASH)
    good = (value.count('\\"'), value.count("\\n"), value.count("\\r"))
    if good[0] != quotes or sum(good) != value.count("\\"):
        raise _Odd
    value = value.replace('\\"', '"').replace("\\n", "\n").replace("\\r", "\r")
    return value.replace(_BACKSLASH, "\\")
