"""The words and options of the command line, and what they mean to argparse."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from configure587 import __version__, i18n, options, typed
from configure587.i18n import N_

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    AddOptions: TypeAlias = Callable[[argparse.ArgumentParser, gettext.NullTranslations], None]

# argparse's own words, so that the catalogue has them; argparse looks them up itself.
_ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("not allowed with argument %s"),
    N_("expected one argument"),
    N_("invalid %(type)s value: %(value)r"),
    N_("ignored explicit argument %r"),
)


class _Formatter(argparse.HelpFormatter):
    """Argparse's own, with the terminal's width found out without the archivers of shutil."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_width())


def _width() -> int:
    """The columns that help may fill, as shutil.get_terminal_size tells them, less two."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns) - 2
    try:
        return (os.get_terminal_size(1).columns or 80) - 2
    except (OSError, ValueError):
        return 78


def parser(texts: gettext.NullTranslations, words: Sequence[str]) -> argparse.ArgumentParser:
    """All verbs, and the options of those that are in `words`: building the rest costs time."""
    _ = texts.gettext
    found = argparse.ArgumentParser(
        prog="configure587",
        description=_(
            "Moves the outgoing mail of your mail programs from port 25 to port 587 with a "
            "protected connection, makes a backup first, and can undo it."
        ),
        epilog=_("Exit codes are listed in docs/command-line.md."),
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    found.add_argument(
        "--version",
        action="version",
        version=f"configure587 {__version__}",
        help=_("show program's version number and exit"),
    )
    _globals(found, texts, top=True)
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False, formatter_class=_Formatter)
    _globals(shared, texts, top=False)
    verbs = found.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    for name, (summary, add_options) in _verbs(texts).items():
        verb = verbs.add_parser(
            name,
            help=summary,
            description=summary,
            parents=[shared],
            allow_abbrev=False,
            formatter_class=_Formatter,
        )
        if name in words:
            add_options(verb, texts)
    return found


def _verbs(texts: gettext.NullTranslations) -> dict[str, tuple[str, AddOptions]]:
    _ = texts.gettext
    return {
        "scan": (_("show what was found; changes nothing"), options.scan),
        "plan": (
            _("show what would change, before and after; changes nothing"),
            options.plan,
        ),
        "apply": (_("make the changes, after a backup"), options.apply),
        "rollback": (_("undo a change"), options.rollback),
        "backups": (_("list, show, verify or prune the backups"), options.backups),
        "check": (_("look at one server; changes nothing"), options.check),
        "forget": (_("remove stored passwords, and what waits for the next sign-in"), options.none),
        "providers": (_("show what is known of mail providers"), options.providers),
        "support": (_("a code to read aloud on the phone, and a report"), options.support),
        "learn": (
            _("explain port 25, port 587 and every word that is used"),
            options.learn,
        ),
        "fleet": (
            _("how far many computers have come, and who still uses port 25"),
            options.fleet,
        ),
        "policy": (
            _("show what your organisation has set, check the file of a policy"),
            options.policy,
        ),
        "demo": (_("show the whole story on a sample computer"), options.demo),
        "update": (_("say whether there is a newer version; installs nothing"), options.update),
        "window": (_("open the window"), options.window),
    }


def _globals(
    parser: argparse.ArgumentParser, texts: gettext.NullTranslations, *, top: bool
) -> None:
    """Options that may stand before the verb or after it."""
    from configure587.clients import CLIENTS

    _ = texts.gettext

    def default(value: object) -> object:
        return value if top else argparse.SUPPRESS

    add = parser.add_argument
    add(
        "--image",
        type=typed.folder(texts),
        metavar=_("DIR"),
        default=default(None),
        help=_("act on a folder that stands for a computer (DIR/home is the person's home)"),
    )
    add(
        "--client",
        action="append",
        choices=sorted(CLIENTS),
        default=default([]),
        help=_("only this mail program"),
    )
    add("--lang", choices=i18n.LANGUAGES, default=default(None), help=_("language of the texts"))
    add("--json", action="store_true", default=default(False), help=_("answer in JSON"))
    add(
        "--plain",
        action="store_true",
        default=default(False),
        help=_("plain sentences, one a line, for a screen reader"),
    )
    add(
        "--verbose",
        action="store_true",
        default=default(False),
        help=_("say more when something goes wrong"),
    )
    add(
        "--policy",
        metavar=_("FILE"),
        default=default(None),
        help=_("a policy whose settings count where nobody says otherwise"),
    )
    add(
        "--data-dir",
        type=typed.folder(texts),
        metavar=_("DIR"),
        default=default(None),
        help=_("keep backups and logs in this folder"),
    )
