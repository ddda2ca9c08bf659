"""Leaflets: short texts for people, as translators write them and as a window or a terminal needs.

A leaflet is UTF-8 text in sections, divided by lines of three hyphens. A section is

* a header of ``key: value`` lines, with `id` and `title` among them; a value goes on in lines that
  begin with two blanks; the header ends with an empty line;
* a body of paragraphs and of list items (``- ``, going on with two blanks), divided by empty lines;
  in them ``**bold**`` and ``[text](target)``, and no other sign of Markdown.

Only read, never written. Whatever is not certain is refused, with the number of its line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AT_MOST = 1_000_000  # bytes; ours have a few thousand
_KEY = re.compile(r"([a-z]+): *(.*)")
_MARK = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|\[(?P<text>[^\[\]]+)\]\((?P<target>[^()\s]+)\)")
_STRAY = re.compile(r"\*\*|\]\(|^#|`|<")  # signs that would be shown as they stand

_Numbered = tuple[int, str]


class Damaged(Exception):  # a text of ours, so no finding; whoever shows it says one sentence
    """It cannot be read for certain: the line, 0 for none, and a word for what is wrong."""

    def __init__(self, line: int, detail: str) -> None:
        """`detail` is a word of this module, or of what reads the format."""
        super().__init__(line, detail)
        self.line = line
        self.detail = detail


class Span(NamedTuple):
    """A stretch of text that looks alike; `target` is where a link leads, else ""."""

    text: str
    bold: bool = False
    target: str = ""


class Block(NamedTuple):
    """A paragraph, or one item of a list."""

    spans: tuple[Span, ...]
    item: bool = False

    @property
    def text(self) -> str:
        """Its words alone."""
        return "".join(span.text for span in self.spans)


class Section(NamedTuple):
    """What stands between two lines of hyphens."""

    fields: dict[str, str]
    blocks: tuple[Block, ...]
    line: int


def read(data: bytes) -> tuple[Section, ...]:
    """Every section in order; Damaged with the line and what is wrong with it."""
    if len(data) > _AT_MOST:
        raise Damaged(0, "too_large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Damaged(data.count(b"\n", 0, error.start) + 1, "not_utf8") from error
    sections = tuple(_section(lines) for lines in _cut(text))
    seen: set[str] = set()
    for section in sections:
        if section.fields["id"] in seen:
            raise Damaged(section.line, "twice")
        seen.add(section.fields["id"])
    return sections


def _cut(text: str) -> Iterator[list[_Numbered]]:
    """The lines of each section, with their numbers."""
    found: list[_Numbered] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if any(ord(char) < ord(" ") and char != "\t" for char in line):
            raise Damaged(number, "control")
        if line.rstrip() == "---":
            yield found
            found = []
        else:
            found.append((number, line.rstrip()))
    yield found


def _section(lines: Sequence[_Numbered]) -> Section:
    rest = list(lines)
    while rest and not rest[0][1]:
        del rest[0]
    first = rest[0][0] if rest else lines[-1][0] if lines else 0
    end = next((index for index, (_, line) in enumerate(rest) if not line), len(rest))
    fields = _header(rest[:end])
    if not fields.get("id") or not fields.get("title"):
        raise Damaged(first, "no_id_or_title")
    return Section(fields, tuple(_blocks(rest[end:])), first)


def _header(lines: Sequence[_Numbered]) -> dict[str, str]:
    fields: dict[str, str] = {}
    last = ""
    for number, line in lines:
        if line.startswith("  ") and last:
            fields[last] = f"{fields[last]} {line.strip()}".strip()
            continue
        match = _KEY.fullmatch(line)
        if match is None or match[1] in fields:
            raise Damaged(number, "header")
        last = match[1]
        fields[last] = match[2]
    return fields


def _blocks(lines: Sequence[_Numbered]) -> Iterator[Block]:
    words: list[str] = []
    start, item = 0, False
    for number, line in [*lines, (0, "")]:
        begins = line.startswith("- ")
        if words and (begins or not line):
            yield Block(tuple(_spans(" ".join(words), start)), item)
            words = []
        if not line:
            continue
        if not words:
            start, item = number, begins
        words.append(line.removeprefix("- ").strip() if begins else line.strip())


def _spans(text: str, line: int) -> Iterator[Span]:
    end = 0
    for match in _MARK.finditer(text):
        yield from _plain(text[end : match.start()], line)
        if match["bold"]:
            yield Span(match["bold"], bold=True)
        else:
            yield Span(match["text"], target=match["target"])
        end = match.end()
    yield from _plain(text[end:], line)


def _plain(text: str, line: int) -> Iterator[Span]:
    if _STRAY.search(text):
        raise Damaged(line, "markup")
    if text:
        yield Span(text)
