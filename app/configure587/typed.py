"""What a word of the command line has to be: a number, a share, a time, a folder."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable


def percent(texts: gettext.NullTranslations) -> Callable[[str], int]:
    """A whole number from 1 to 100."""

    def percent(word: str) -> int:
        if word.isdecimal() and 1 <= int(word) <= 100:
            return int(word)
        raise argparse.ArgumentTypeError(texts.gettext("say a percentage, 1 to 100"))

    return percent


NEXT_SIGN_IN = "next-sign-in"


def waiting(texts: gettext.NullTranslations) -> Callable[[str], float | str]:
    """What to do while a mail program is open: seconds to wait, or to put it off."""

    def seconds(word: str) -> float | str:
        kind, _, number = word.partition("=")
        if word == NEXT_SIGN_IN:
            return word
        if word == "skip":
            return 0.0
        if kind == "wait" and (not number or number.isdecimal()):
            return float(number or 600)
        raise argparse.ArgumentTypeError(
            texts.gettext("say skip, wait, wait=SECONDS or next-sign-in")
        )

    return seconds


def count(texts: gettext.NullTranslations) -> Callable[[str], int]:
    """A whole number, 0 or more."""

    def count(word: str) -> int:
        if word.isdecimal():
            return int(word)
        raise argparse.ArgumentTypeError(texts.gettext("say a number, 0 or more"))

    return count


def host(texts: gettext.NullTranslations) -> Callable[[str], str]:
    """A server's name, in its one spelling."""

    def host(word: str) -> str:
        from configure587.submission.hostnames import canonical

        name = canonical(word.strip())
        if name is not None:
            return name
        raise argparse.ArgumentTypeError(texts.gettext("name a server, such as smtp.example.com"))

    return host


def folder(texts: gettext.NullTranslations) -> Callable[[str], str]:
    """Text that has to name a folder that exists."""

    def folder(word: str) -> str:
        if word:
            return word
        raise argparse.ArgumentTypeError(texts.gettext("name a folder"))

    return folder
