"""Where each element of an account file stands, as expat tells it; oeaccount knows what they mean.

The file is refused unless it is whole, in UTF-16 as Windows writes it, and of a size that such
files have. Without a DOCTYPE, which is refused too, there is nothing that could be expanded or
fetched.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Unsure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WIDE = "utf-16-le"

_ROOT = "MessageAccount"

# Real files have a few KB, two levels, and fewer than a hundred elements.
_BYTES, _DEPTH, _ELEMENTS = 2**20, 16, 10_000

_BLANK = " \t\r\n"
_BLANKS = frozenset(blank.encode(WIDE) for blank in _BLANK)
_ONE_TAG = "/>".encode(WIDE)
# Expat takes any two bytes for the second half of a surrogate pair.
_PAIRED = re.compile(rb"(?s:.[^\xd8-\xdf]|.[\xd8-\xdb].[\xdc-\xdf])*+")


class Element(NamedTuple):
    """Where an element stands: the blanks in front of it, its first tag, its text, its end."""

    name: str
    kind: str
    gap: int = -1
    start: int = -1
    text_start: int = -1
    text_end: int = -1
    end: int = -1
    plain: bool = True  # it has two tags, and nothing but text between them


class Sheet(NamedTuple):
    """The elements that were asked for, by name; and of the very last one the place."""

    data: bytes
    elements: Mapping[str, list[Element]]
    last: Element | None

    def named(self, name: str) -> list[Element]:
        """The elements of this name."""
        return self.elements.get(name, [])

    def raw(self, element: Element) -> bytes:
        """The text as it stands in the file."""
        return self.data[element.text_start : element.text_end]


def scan(data: bytes, wanted: Callable[[str], bool]) -> Sheet:
    """Find the elements whose names are wanted; raises Unsure unless the whole file is sound."""
    from xml.parsers.expat import ExpatError

    whole = len(data) <= _BYTES and data.startswith(codecs.BOM_UTF16_LE)
    if not whole or not _PAIRED.fullmatch(data):
        raise _damaged()
    reader = _Reader(data, wanted)
    try:
        reader.parser.Parse(data, True)
    except ExpatError:
        raise _damaged() from None
    last = reader.element
    return Sheet(data, reader.found, last if last.name else None)


def _damaged() -> Unsure:
    return Unsure("account_file_damaged")


class _Reader:
    """Takes down where the elements stand, while the parser goes through the file."""

    def __init__(self, data: bytes, wanted: Callable[[str], bool]) -> None:
        from xml.parsers import expat

        self.data = data
        self.wanted = wanted
        self.found: dict[str, list[Element]] = {}
        self.element = Element("", "")
        self.ended = False  # the element ends where the next event is
        self.depth = self.count = 0
        # Text is not buffered: with buffer_text the parser would be past it when it tells of it.
        self.parser = parser = expat.ParserCreate()
        parser.XmlDeclHandler = self.declared
        parser.StartDoctypeDeclHandler = self.refused
        parser.StartElementHandler = self.opened
        parser.EndElementHandler = self.closed
        parser.CharacterDataHandler = self.text
        parser.CommentHandler = parser.ProcessingInstructionHandler = self.odd
        parser.StartCdataSectionHandler = self.odd

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Insist on the encoding; with a byte order mark none has to be declared."""
        if encoding is not None and encoding.lower() != "utf-16":
            raise _damaged()

    def refused(self, *_: object) -> None:
        """Refuse a DOCTYPE, and so all entities but the five that XML has itself."""
        raise _damaged()

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element of the sheet, or notice that there is one inside another."""
        position = self.passed()
        self.depth += 1
        self.count += 1
        wrong_root = self.depth == 1 and name != _ROOT
        if wrong_root or self.depth > _DEPTH or self.count > _ELEMENTS:
            raise _damaged()
        if self.depth == 2:
            kind, gap = attributes.get("type", ""), _gap(self.data, position)
            self.element = Element(name, kind, gap, position)
            if not self.wanted(name):
                self.parser.CharacterDataHandler = None
        elif self.depth > 2:
            self.element = self.element._replace(plain=False)

    def closed(self, _name: str) -> None:
        """End an element of the sheet."""
        position = self.passed()
        self.depth -= 1
        if self.depth == 1:
            start, inner = self.element.start, self.element.text_start
            one_tag = inner == position and self.data.endswith(_ONE_TAG, start, position)
            plain = self.element.plain and not one_tag
            self.element = self.element._replace(text_end=position, plain=plain)
            self.ended = True
            self.parser.CharacterDataHandler = self.text

    def text(self, text: str) -> None:
        """Notice where a text starts, and look no further; between elements must be blanks."""
        self.passed()
        if self.depth > 1:
            self.parser.CharacterDataHandler = None
        elif text.strip(_BLANK):
            raise _damaged()

    def odd(self, *_: object) -> None:
        """Notice that an element holds more than text."""
        self.passed()
        if self.depth > 1:
            self.element = self.element._replace(plain=False)

    def passed(self) -> int:
        """Where the parser is: there an element that has ended ends, or its inside starts."""
        position = self.parser.CurrentByteIndex
        if self.ended:
            self.ended = False
            self.element = self.element._replace(end=position)
            if self.wanted(self.element.name):
                self.found.setdefault(self.element.name, []).append(self.element)
        elif self.depth > 1 and self.element.text_start < 0:
            self.element = self.element._replace(text_start=position)
        return position


def _gap(data: bytes, start: int) -> int:
    """Where the blanks start that end here."""
    while data[start - 2 : start] in _BLANKS:
        start -= 2
    return start
