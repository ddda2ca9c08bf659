"""The pages that people read, taken apart: code blocks, headings, and the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

FENCE: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
HEADING: Final = re.compile(r"^(#+) (.+)$", re.MULTILINE)


def prose(text: str) -> str:
    """A page without its code blocks, in which a # is no heading and a bracket no link."""
    return FENCE.sub("", text)


def blocks(text: str, kind: str) -> list[str]:
    """The code blocks of one kind."""
    return [body for found, body in FENCE.findall(text) if found == kind]


def levels(text: str) -> list[str]:
    """How deep each heading is, in their order: the same in every language of a page."""
    return [mark for mark, _ in HEADING.findall(prose(text))]


def rows(page: str) -> Iterator[list[str]]:
    """The cells of every row of every table; a | inside a cell is escaped."""
    for line in page.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def shapes(page: str) -> list[tuple[int, list[str]]]:
    """Of each row of each table: how many cells, and what of it is the same in every language."""
    return [(len(row), _said(row)) for row in rows(page)]


def _said(row: list[str]) -> list[str]:
    """What of a row is no language: exit codes, and names with their other names."""
    first = row[0]
    if not first.startswith("`"):
        return re.findall(r"^\d+(?:, \d+)*$", first)
    return [cell for cell in row[:2] if re.fullmatch(r"`[^`]+`", cell)]
