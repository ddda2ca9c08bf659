"""A language of our own, for tests: every sentence longer, and marked where it begins and ends."""

from __future__ import annotations

import gettext
import re

LENGTHENED = 0.4
_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀćđéƒǧĥíĵķĺɱñóƥʠŕšŧúṽŵẋýžÁƁĆĐÉƑǦĤÍĴĶĹṀÑÓƤɊŔŠŦÚṼŴẊÝŽ",
)
_FIELDS = re.compile(r"(\{[^{}]*\})")


def stretched(sentence: str) -> str:
    """A sentence in that language; fields stay as they are."""
    parts = _FIELDS.split(sentence)
    words = "".join(each if each.startswith("{") else each.translate(_LETTERS) for each in parts)
    more = round(len(sentence) * LENGTHENED)
    tail = " ".join("~" * min(6, more - done) for done in range(0, more, 6))
    return f"[{words} {tail}]"


class Pseudo(gettext.NullTranslations):
    """The catalogue of that language."""

    def gettext(self, message: str) -> str:
        """See gettext."""
        return stretched(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """See gettext."""
        return stretched(msgid1 if n == 1 else msgid2)


_MADE_UP = re.compile(
    r"https?://[^\s\]]+"
    r"|[\w.%+*-]+@[\w.-]+"  # addresses
    r"|(?:[\w*-]+\.)+[\w-]+"  # hosts, files, names of settings
    r"|(?:[A-Za-z]:)?[/\\][^\s\]]*"  # paths
    r"|\"[^\"]*\"|“[^”]*”"  # what a program or a server calls something
    r"|\b(?:Thunderbird|SeaMonkey|Outlook|English|Português|Configure)\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b[AP]M\b"
)
_WORD = re.compile(r"[A-Za-z]{3,}")


def untranslated(text: str, known: set[str]) -> list[str]:
    """The words in a shown text that went through no catalogue; `known` are values, not words."""
    text = _MADE_UP.sub(" ", text)
    for value in sorted(known, key=len, reverse=True):
        text = text.replace(value, " ")
    return _WORD.findall(text)
