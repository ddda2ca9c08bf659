"""What `fleet` understands on the command line."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable


def add_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """All of them."""
    _ = texts.gettext
    add = parser.add_argument
    add(
        "action",
        choices=("from-logs",),
        help=_("from-logs: list who still sends through port 25 or without encryption"),
    )
    add(
        "files",
        nargs="+",
        metavar=_("FILE"),
        help=_("logs of Postfix, Exim or Dovecot, also packed with gzip; - for standard input"),
    )
    add(
        "--since",
        type=_day(texts),
        metavar=_("DATE"),
        help=_("only what was sent on this day or later, such as 2026-11-24"),
    )
    add(
        "--domains",
        action="append",
        type=_domains,
        default=[],
        metavar=_("DOMAIN,…"),
        help=_("only accounts of these domains"),
    )
    add(
        "--port-of",
        action="append",
        type=_service(texts),
        default=[],
        metavar=_("NAME=N"),
        help=_("the port of a service that the log names: postfix/submission=587"),
    )
    add(
        "--year",
        type=_year(texts),
        metavar="N",
        help=_("for logs without a year: the year of the newest line (default: this one)"),
    )
    add(
        "--csv",
        metavar=_("FILE"),
        help=_("write the accounts to a file for a spreadsheet"),
    )


def _day(texts: gettext.NullTranslations) -> Callable[[str], dt.date]:
    def day(word: str) -> dt.date:
        try:
            return dt.date.fromisoformat(word)
        except ValueError:
            said = texts.gettext("say a day, such as 2026-11-24")
            raise argparse.ArgumentTypeError(said) from None

    return day


def _domains(words: str) -> list[str]:
    return [word.strip().lstrip("@").lower() for word in words.split(",") if word.strip()]


def _service(texts: gettext.NullTranslations) -> Callable[[str], tuple[str, int]]:
    def service(word: str) -> tuple[str, int]:
        name, _, number = word.rpartition("=")
        if name and number.isascii() and number.isdecimal() and 0 < int(number[:6]) < 1 << 16:
            return name, int(number)
        said = texts.gettext("say a name and a port, such as postfix/submission=587")
        raise argparse.ArgumentTypeError(said)

    return service


def _year(texts: gettext.NullTranslations) -> Callable[[str], int]:
    def year(word: str) -> int:
        if word.isascii() and word.isdecimal() and 1980 <= int(word[:6]) <= 9000:
            return int(word)
        raise argparse.ArgumentTypeError(texts.gettext("say a year, such as 2026"))

    return year
