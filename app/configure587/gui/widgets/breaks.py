"""Where a line of text may end and where it may not, told by marks that cannot be seen."""

from __future__ import annotations

import re

MARK = "\N{ZERO WIDTH SPACE}"
_JOIN = "\N{WORD JOINER}"
_SPACE = "\N{NO-BREAK SPACE}"
_HYPHEN = re.compile(r"(?i)(?<=\be-)(?=mail)")
_NUMBERS = re.compile(r"\d{1,12}(?: \d{1,12}){1,3}|\b[Pp]orta? \d{1,5}\b")
_LONG_WORD = re.compile(r"\S{24,}")
_BREAK = re.compile(r"([-@._/\\]|[^-@._/\\]{20})(?=.)")


def breakable(text: str) -> str:
    """The same words, long ones with marks that cannot be seen where a line may end."""
    return _LONG_WORD.sub(lambda found: _BREAK.sub(rf"\1{MARK}", found[0]), bound(text))


def bound(text: str) -> str:
    """The same words, with marks that cannot be seen where no line may end.

    "e-mail" stays one word, a phone number one number, and "port" stands beside its own.
    """
    found = _NUMBERS.sub(lambda it: it[0].replace(" ", _SPACE), text)
    return _HYPHEN.sub(_JOIN, found)


def unbroken(text: str) -> str:
    """Words without those marks."""
    return text.replace(MARK, "").replace(_JOIN, "").replace(_SPACE, " ")
