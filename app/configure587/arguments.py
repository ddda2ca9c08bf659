"""The words and options of the command line, and what they mean to argparse."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from configure587 import __version__, i18n
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
        "scan": (_("show what was found; changes nothing"), _target_options),
        "plan": (_("show what would change, before and after; changes nothing"), _plan_options),
        "apply": (_("make the changes, after a backup"), _apply_options),
        "rollback": (_("undo a change"), _rollback_options),
        "backups": (_("list, show, verify or prune the backups"), _backups_options),
        "check": (_("look at one server; changes nothing"), _check_options),
        "forget": (_("remove the passwords that check --remember stored"), _no_options),
        "providers": (_("show what is known of mail providers"), _providers_options),
        "support": (_("a code to read aloud on the phone, and a report"), _support_options),
        "learn": (_("explain port 25, port 587 and every word that is used"), _learn_options),
        "demo": (_("show the whole story on a sample computer"), _demo_options),
        "window": (_("open the window"), _window_options),
    }


def _no_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    del parser, texts


def _check_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    add = parser.add_argument
    add("server", metavar=_("SERVER"), help=_("the name of a server, or a mail address"))
    _look_options(parser, texts)
    add("--port", type=_count(texts), metavar="N", help=_("only this port"))
    add(
        "--security",
        choices=("starttls", "tls"),
        help=_("how protection begins there (default: tls on port 465, else starttls)"),
    )
    add("--sign-in", action="store_true", help=_("try once to sign in; the password is asked for"))
    add("--user", metavar=_("NAME"), help=_("with --sign-in: the user name"))
    add(
        "--remember",
        action="store_true",
        help=_("with --sign-in: store the password in the system's own store, if it worked"),
    )


def _target_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    parser.add_argument(
        "--target",
        action="append",
        choices=("587", "465"),
        default=[],
        help=_("where to go: 587 (STARTTLS, the default) or 465 (TLS); twice for a second choice"),
    )


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
        type=_folder(texts),
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
        "--data-dir",
        type=_folder(texts),
        metavar=_("DIR"),
        default=default(None),
        help=_("keep backups and logs in this folder"),
    )


def _choice_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    _target_options(parser, texts)
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar=_("ID"),
        help=_("only this account; also includes one on an odd port or in the local network"),
    )
    parser.add_argument(
        "--skip", action="append", default=[], metavar=_("ID"), help=_("not this account")
    )


def _probe_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    parser.add_argument(
        "--probe",
        choices=("require", "warn", "off"),
        default="require",
        help=_("whether a server must be proven before anything changes (default: require)"),
    )
    parser.add_argument(
        "--no-network",
        dest="probe",
        action="store_const",
        const="off",
        help=_("look at no server; the same as --probe off"),
    )
    _look_options(parser, texts)
    parser.add_argument(
        "--accept-host",
        action="append",
        default=[],
        metavar=_("NAME"),
        help=_("a server of another name that may be used, once it is proven"),
    )


def _window_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    _probe_options(parser, texts)
    parser.add_argument(
        "--demo",
        action="store_true",
        help=_("on a sample computer, made anew; your own mail is not touched"),
    )


def _look_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    parser.add_argument(
        "--online",
        action="store_true",
        help=_("ask the provider's site, Thunderbird's database and DNS for the right server"),
    )
    parser.add_argument(
        "--wait-more",
        action="store_true",
        help=_("wait up to 30 seconds for a server that is slow to greet"),
    )


def _plan_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    _choice_options(parser, texts)
    _probe_options(parser, texts)
    _output_option(parser, texts, _("write the plan to a file that can be approved and applied"))


def _apply_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    _choice_options(parser, texts)
    _probe_options(parser, texts)
    add = parser.add_argument
    add("planfile", nargs="?", metavar=_("PLANFILE"), help=_("a plan made with plan -o"))
    add("--dry-run", action="store_true", help=_("rehearse everything, change nothing"))
    add("--yes", action="store_true", help=_("do not ask"))
    add(
        "--when-running",
        type=_waiting(texts),
        default=0.0,
        metavar=_("skip|wait[=SECONDS]"),
        help=_("what to do while the mail program is open (default: skip)"),
    )
    add(
        "--silent",
        action="store_true",
        help=_("no questions and no output but --json; a log file is kept"),
    )


def _waiting(texts: gettext.NullTranslations) -> Callable[[str], float]:
    def seconds(word: str) -> float:
        kind, _, number = word.partition("=")
        if word == "skip":
            return 0.0
        if kind == "wait" and (not number or number.isdecimal()):
            return float(number or 600)
        raise argparse.ArgumentTypeError(texts.gettext("say skip, wait or wait=SECONDS"))

    return seconds


def _rollback_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "backup", nargs="?", metavar=_("BACKUP"), help=_("a backup's id (default: the last one)")
    )
    which.add_argument("--last", action="store_true", help=_("the last change"))
    which.add_argument("--all", action="store_true", help=_("every change, newest first"))
    parser.add_argument(
        "--dry-run", action="store_true", help=_("rehearse everything, change nothing")
    )
    parser.add_argument(
        "--whole-file",
        action="store_true",
        help=_("put whole files back; this also undoes what others changed in them since"),
    )
    parser.add_argument("--yes", action="store_true", help=_("do not ask"))


def _backups_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    parser.add_argument(
        "action",
        nargs="?",
        default="list",
        choices=("list", "show", "verify", "prune"),
        help=_("what to do (default: list)"),
    )
    parser.add_argument("backup", nargs="?", metavar=_("BACKUP"), help=_("a backup's id"))
    parser.add_argument(
        "--keep",
        type=_count(texts),
        default=10,
        metavar="N",
        help=_("with prune: how many of the newest stay (default: 10)"),
    )


def _providers_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    add = parser.add_argument
    add(
        "action",
        nargs="?",
        default="list",
        choices=("list", "show", "import"),
        help=_("what to do (default: list)"),
    )
    add(
        "what",
        nargs="?",
        default="",
        metavar=_("DOMAIN|DIR"),
        help=_("with show: an address, domain or server; with import: a copy of the ISP database"),
    )
    add(
        "--table",
        metavar=_("FILE"),
        default=None,
        help=_("with list and show: look into this table instead of ours"),
    )
    _output_option(parser, texts, _("with import: write the rows to a file"))


def _support_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    add = parser.add_argument
    add(
        "action",
        choices=("code", "decode", "report"),
        help=_("make a code, say what a code tells, or make a report without names"),
    )
    add("code", nargs="*", metavar=_("CODE"), help=_("with decode: the code as it was read aloud"))
    add(
        "--addresses",
        action="store_true",
        help=_("with report: show mail addresses and servers as they are"),
    )
    _output_option(parser, texts, _("with report: write the lines to a file as well"))


def _output_option(
    parser: argparse.ArgumentParser, texts: gettext.NullTranslations, what: str
) -> None:
    metavar = texts.gettext("FILE")
    parser.add_argument("-o", "--output", metavar=metavar, default=None, help=what)


def _learn_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    parser.add_argument(
        "topic",
        nargs="*",
        metavar=_("TOPIC"),
        help=_("a page or a word, such as STARTTLS (default: list the pages)"),
    )


def _count(texts: gettext.NullTranslations) -> Callable[[str], int]:
    def count(word: str) -> int:
        if word.isdecimal():
            return int(word)
        raise argparse.ArgumentTypeError(texts.gettext("say a number, 0 or more"))

    return count


def _folder(texts: gettext.NullTranslations) -> Callable[[str], str]:
    def folder(word: str) -> str:
        if word:
            return word
        raise argparse.ArgumentTypeError(texts.gettext("name a folder"))

    return folder


def _demo_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    parser.add_argument(
        "folder", nargs="?", metavar=_("DIR"), help=_("an empty folder for the sample computer")
    )
