"""A guide's file: a header, a title, what it is for, numbered steps; understood wholly or refused.

docs/guides.md tells translators how such a file is written. In short: **label**, ~label that may
differ~, `what to type`, and the fields {host}, {port}, {user} and {security}.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_HEADER = ("seen", "starttls", "tls")
_FENCE = "---"
_FEWEST_STEPS = 3
_NUMBERED = re.compile(r"(\d{1,2})\. (.*)")
_MARKED = re.compile(r"\*\*(?P<label>[^*]+)\*\*|~(?P<unsure>[^~]+)~|`(?P<copy>[^`]+)`")
_FIELD = re.compile(r"\{(\w+)\}")
_SECURITY = "{security}"


class Damaged(ValueError):
    """A guide's file makes no sense from this line on."""


class Kind(enum.Enum):
    """What a piece of a sentence is."""

    TEXT = "text"
    LABEL = "label"  # stands on the screen, letter by letter
    UNSURE = "unsure"  # stands there in some versions, or so we think
    COPY = "copy"  # to be typed as it is


class Piece(NamedTuple):
    """A piece of a sentence."""

    text: str
    kind: Kind = Kind.TEXT


class Field(NamedTuple):
    """What stands for a field: the person's own value, "" where it is unknown; words; an example.

    The words stand in a sentence, the example inside something longer that is to be typed.
    """

    value: str
    words: str = ""
    example: str = ""


class Lines(NamedTuple):
    """One step as its file has it."""

    text: str
    note: str


class Page(NamedTuple):
    """A guide as its file has it: marks and fields are still in it.

    `seen` says where its labels were seen; `starttls` and `tls` are what the program calls them.
    """

    seen: str
    starttls: str
    tls: str
    title: str
    purpose: str
    steps: tuple[Lines, ...]


def parse(text: str) -> Page:
    """A file as a page; Damaged where it makes no sense."""
    lines = text.splitlines()
    header, start = _header(lines)
    title, purpose, start = _head(lines, start)
    page = Page(**header, title=title, purpose=purpose, steps=tuple(_steps(lines, start)))
    if len(page.steps) < _FEWEST_STEPS:
        _damaged(len(lines))
    _try(page, len(lines))
    return page


def pieces(
    source: str, fields: Mapping[str, Field], security: str | None = None
) -> tuple[Piece, ...]:
    """A sentence with its fields filled in, cut where its marks are; `security` is marked too."""
    marked = source if security is None else source.replace(_SECURITY, security)
    return tuple(piece for piece in _cut(marked, fields) if piece.text)


def _cut(source: str, fields: Mapping[str, Field]) -> Iterator[Piece]:
    end = 0
    for found in _MARKED.finditer(source):
        yield Piece(_said(source[end : found.start()], fields))
        end = found.end()
        inner = found.group(found.lastgroup or 0)
        yield _typed(inner, fields) if found["copy"] else Piece(inner, Kind(found.lastgroup))
    yield Piece(_said(source[end:], fields))


def _said(source: str, fields: Mapping[str, Field]) -> str:
    return _FIELD.sub(lambda found: fields[found[1]].value or fields[found[1]].words, source)


def _typed(source: str, fields: Mapping[str, Field]) -> Piece:
    """What is to be typed; where a value of it is unknown, words or an example, not for copying."""
    names = _FIELD.findall(source)
    if all(fields[name].value for name in names):
        return Piece(_said(source, fields), Kind.COPY)
    if source == f"{{{names[0]}}}":
        return Piece(fields[names[0]].words)
    return Piece(_FIELD.sub(lambda it: fields[it[1]].value or fields[it[1]].example, source))


def _header(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    size = len(_HEADER) + 2
    if len(lines) < size or (lines[0], lines[size - 1]) != (_FENCE, _FENCE):
        _damaged(1)
    found = {}
    for number, (name, line) in enumerate(zip(_HEADER, lines[1:], strict=False), 2):
        key, colon, value = line.partition(":")
        if key != name or not colon or (name != "seen" and not value.strip()):
            _damaged(number)
        found[name] = value.strip()
    return found, size


def _head(lines: Sequence[str], start: int) -> tuple[str, str, int]:
    """The title, what the guide is for, and where its steps begin."""
    rest = range(start, len(lines))
    first = next((each for each in rest if _NUMBERED.fullmatch(lines[each])), len(lines))
    blocks = "\n".join(lines[start:first]).strip().split("\n\n")
    if len(blocks) != 2 or not blocks[0].startswith("# ") or "\n" in blocks[0]:
        _damaged(start + 1)
    return blocks[0][2:].strip(), _one_line(blocks[1].splitlines()), first


def _steps(lines: Sequence[str], start: int) -> Iterator[Lines]:
    """The numbered steps; what belongs to one is indented, its note marked with ">"."""
    text: list[str] = []
    note: list[str] = []
    number = 0
    for place, line in enumerate(lines[start:], start + 1):
        found = _NUMBERED.fullmatch(line)
        inner = line.strip()
        if found:
            if number:
                yield Lines(_one_line(text), _one_line(note))
            number += 1
            if int(found[1]) != number:
                _damaged(place)
            text, note = [found[2]], []
        elif inner.startswith(">"):
            note.append(inner[1:])
        elif inner and (note or not line.startswith("   ")):
            _damaged(place)
        else:
            text.append(inner)
    if number:
        yield Lines(_one_line(text), _one_line(note))


def _one_line(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


def _try(page: Page, last: int) -> None:
    """Refuse marks without an end, fields that nobody knows, and labels with fields in them."""
    known = {name: Field("1") for name in ("host", "port", "user")}
    for security in (page.starttls, page.tls):
        for source in (
            page.title,
            page.purpose,
            security,
            *(s for each in page.steps for s in each),
        ):
            if set(_FIELD.findall(source)) - {*known, "security"}:
                _damaged(last)
            for piece in pieces(source, known, security):
                if set(piece.text) & set("*~`{}"):
                    _damaged(last)


def _damaged(line: int) -> NoReturn:
    raise Damaged(line)
