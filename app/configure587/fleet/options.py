"""What `fleet` understands on the command line."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable


FROM_LOGS = "from-logs"
OF_LOGS = ("since", "domains", "port_of", "year")
"""What is said of logs only."""
OF_FOLDERS = ("goal", "inventory", "html")
GOAL = 90
"""In percent: the campaign's own condition for closing port 25."""


class _FirstWord(argparse.Action):
    """The first word: from-logs wants files behind it, a folder needs nothing more."""

    others: argparse.Action

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Keep it."""
        del parser, option_string
        setattr(namespace, self.dest, values)
        self.others.required = values == FROM_LOGS


def add_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """All of them."""
    _ = texts.gettext
    first = parser.add_argument(
        "action",
        action=_FirstWord,
        metavar=_("FOLDER|from-logs"),
        help=_(
            "a folder of reports: how many computers have moved; from-logs: list who still sends "
            "through port 25 or without encryption (a folder of that name is ./from-logs)"
        ),
    )
    assert isinstance(first, _FirstWord)
    first.others = parser.add_argument(
        "files",
        nargs="+",
        default=[],
        metavar=_("FILE"),
        help=_(
            "more folders; or with from-logs, logs of Postfix, Exim or Dovecot, also packed with "
            "gzip; - for standard input"
        ),
    )
    _of_folders(parser, texts)
    _of_logs(parser, texts)
    parser.add_argument(
        "--csv",
        metavar=_("FILE"),
        help=_("write the computers, or the accounts, to a file for a spreadsheet"),
    )


def _of_folders(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    add = parser.add_argument
    add(
        "--goal",
        type=_percent(texts),
        metavar="N",
        help=_("how many percent of the computers have to move (default: 90)"),
    )
    add(
        "--inventory",
        metavar=_("FILE"),
        help=_("a list of all computers (CSV), to see which of them never reported"),
    )
    add("--html", metavar=_("FILE"), help=_("write a page to print, to keep and to pass on"))


def _of_logs(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    add = parser.add_argument
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


def misplaced(args: argparse.Namespace) -> str | None:
    """An option that was said and means nothing here, as it was said."""
    names = OF_FOLDERS if args.action == FROM_LOGS else OF_LOGS
    said = (name for name in names if getattr(args, name) not in (None, []))
    return next((f"--{name.replace('_', '-')}" for name in said), None)


def _percent(texts: gettext.NullTranslations) -> Callable[[str], int]:
    def percent(word: str) -> int:
        number = word.removesuffix("%")
        if number.isascii() and number.isdecimal() and 0 < int(number[:4]) <= 100:
            return int(number)
        raise argparse.ArgumentTypeError(texts.gettext("say a percentage from 1 to 100"))

    return percent


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
