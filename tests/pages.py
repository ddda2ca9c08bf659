"""The pages that people read, taken apart: code blocks, headings, and the rest."""

from __future__ import annotations

import re
from typing import Final

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
