"""The command line: words, options, exit codes. Heavy rooms are opened only when used."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import itertools
import sys
from typing import TYPE_CHECKING

from configure587 import __version__, i18n
from configure587.errors import Cancelled, Configure587Error
from configure587.i18n import N_
from configure587.report import exit_codes

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable, Iterator, Sequence
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    texts = i18n.texts(_language(words))
    setattr(argparse, "_", texts.gettext)  # noqa: B010 - typeshed does not know the name
    args = _parser(texts, words).parse_args(words)
    return _guarded(args, texts)


def main_gui(argv: Sequence[str] | None = None) -> int:
    """Open the window; until there is one, say so."""
    del argv
    texts = i18n.texts(_language(sys.argv[1:]))
    _ = texts.gettext
    print(_("The window is not part of this version yet. In a terminal, use: configure587 scan"))
    return exit_codes.REFUSED


def _language(words: Sequence[str]) -> str:
    """--lang, wherever it stands; else what the system says this person reads."""
    for word, following in itertools.pairwise([*words, ""]):
        chosen = following if word == "--lang" else word.removeprefix("--lang=")
        if (word == "--lang" or word.startswith("--lang=")) and chosen in i18n.LANGUAGES:
            return chosen
    from configure587.machine import here

    return i18n.choose(here.languages())


def _guarded(args: argparse.Namespace, texts: gettext.NullTranslations) -> int:
    """The one door for trouble: expected trouble has words, the rest leaves a crash file."""
    try:
        return _run(args, texts)
    except Configure587Error as error:
        return _refuse(args, texts, error)
    except (Cancelled, KeyboardInterrupt):
        _complain(args, [texts.gettext("Stopped. Nothing was left half done.")])
        return exit_codes.STOPPED
    except BrokenPipeError:
        return _broken_pipe()
    except Exception as error:  # noqa: BLE001 - a bug of ours: say so, without secrets
        return _crash(args, texts, error)


def _run(args: argparse.Namespace, texts: gettext.NullTranslations) -> int:
    import os

    from configure587.machine import here
    from configure587.report.style import Style
    from configure587.session import Session

    plain = bool(args.plain)
    rehearsal = bool(getattr(args, "dry_run", False))
    color = sys.stdout.isatty() and not plain and not os.environ.get("NO_COLOR")
    machine = next(iter(here.machines(args.image)))
    if args.data_dir is not None:
        machine = machine.but(data=os.path.abspath(args.data_dir))
    with _stop_flag() as stop:
        session = Session(
            args=args,
            machine=machine,
            style=Style(texts, plain, color, _called(args), _shows_ids(args), rehearsal),
            out=sys.stdout,
            err=sys.stderr,
            interactive=sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty(),
            stop=stop,
            prompt=_prompt,
            run=main,
        )
        verb = importlib.import_module(f"configure587.verbs.{args.verb}")
        return int(verb.run(session))


def _called(args: argparse.Namespace) -> str:
    """How to call us again for the same computer."""
    pairs = (("--image", args.image), ("--data-dir", args.data_dir))
    options = [part for name, value in pairs if value is not None for part in (name, value)]
    if not options:
        return "configure587"
    import shlex

    return shlex.join(["configure587", *options])


def _shows_ids(args: argparse.Namespace) -> bool:
    return args.verb == "plan" or bool(args.verbose)


@contextlib.contextmanager
def _stop_flag() -> Iterator[Callable[[], bool]]:
    """Ctrl+C and a polite end from the system stop us at the next safe point only."""
    import signal

    asked: list[int] = []
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGBREAK")]
    before = {
        number: signal.signal(number, lambda received, _frame: asked.append(received))
        for number in numbers
        if number is not None
    }
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _prompt(question: str) -> str:
    """One line from the person; at a question, Ctrl+C stops at once."""
    import signal

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(question)
    except EOFError:
        return ""
    finally:
        signal.signal(signal.SIGINT, before)


def _refuse(
    args: argparse.Namespace, texts: gettext.NullTranslations, error: Configure587Error
) -> int:
    from configure587.report import sentences, wire

    title, advice = sentences.title_and_advice(texts, error, _called(args))
    if args.json:
        import json

        document: wire.ErrorJson = {
            "schema": wire.SCHEMA,
            "kind": "error",
            "code": error.code,
            "title": title,
            "advice": advice,
            "exit_code": error.exit_code,
        }
        print(json.dumps(document, indent=1))
    else:
        _complain(args, [title, advice])
    return error.exit_code


def _complain(args: argparse.Namespace, lines: Sequence[str]) -> None:
    if not getattr(args, "silent", False):
        for line in lines:
            print(line, file=sys.stderr)


def _broken_pipe() -> int:
    """Whoever read our output has gone; that is theirs to decide."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return exit_codes.DONE


def _crash(args: argparse.Namespace, texts: gettext.NullTranslations, error: Exception) -> int:
    from configure587 import crash

    path = crash.write(error, args.image, args.data_dir)
    _ = texts.gettext
    lines = [_("Something went wrong inside Configure 587!, and that is our fault.")]
    if path is not None:
        line = _("What happened is in {path}; it holds no passwords. Please send it to us.")
        lines.append(line.format(path=path))
    _complain(args, lines)
    if args.verbose:
        import traceback

        traceback.print_exception(error)
    return exit_codes.OUR_BUG


def _parser(texts: gettext.NullTranslations, words: Sequence[str]) -> argparse.ArgumentParser:
    """All verbs, and the options of those that are in `words`: building the rest costs time."""
    _ = texts.gettext
    parser = argparse.ArgumentParser(
        prog="configure587",
        description=_(
            "Moves the outgoing mail of your mail programs from port 25 to port 587 with a "
            "protected connection, makes a backup first, and can undo it."
        ),
        epilog=_("Exit codes are listed in docs/command-line.md."),
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"configure587 {__version__}",
        help=_("show program's version number and exit"),
    )
    _globals(parser, texts, top=True)
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _globals(shared, texts, top=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    for name, (summary, add_options) in _verbs(texts).items():
        verb = verbs.add_parser(
            name, help=summary, description=summary, parents=[shared], allow_abbrev=False
        )
        if name in words:
            add_options(verb, texts)
    return parser


def _verbs(texts: gettext.NullTranslations) -> dict[str, tuple[str, AddOptions]]:
    _ = texts.gettext
    return {
        "scan": (_("show what was found; changes nothing"), _no_options),
        "plan": (_("show what would change, before and after; changes nothing"), _plan_options),
        "apply": (_("make the changes, after a backup"), _apply_options),
        "rollback": (_("undo a change"), _rollback_options),
        "backups": (_("list, show, verify or prune the backups"), _backups_options),
        "demo": (_("show the whole story on a sample computer"), _demo_options),
    }


def _no_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    del parser, texts


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
        metavar=_("DIR"),
        default=default(None),
        help=_("keep backups and logs in this folder"),
    )


def _choice_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
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


def _plan_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    _choice_options(parser, texts)
    parser.add_argument(
        "-o",
        "--output",
        metavar=_("FILE"),
        default=None,
        help=_("write the plan to a file that can be approved and applied"),
    )


def _apply_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    _choice_options(parser, texts)
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
        type=int,
        default=10,
        metavar="N",
        help=_("with prune: how many of the newest stay (default: 10)"),
    )


def _demo_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    parser.add_argument(
        "folder", nargs="?", metavar=_("DIR"), help=_("an empty folder for the sample computer")
    )
