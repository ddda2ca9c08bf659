"""The command line: words, options, exit codes. Heavy rooms are opened only when used."""

from __future__ import annotations

import contextlib
import importlib
import io
import itertools
import os
import sys
from typing import TYPE_CHECKING

from configure587 import bare, i18n, terminal
from configure587.errors import Cancelled, Configure587Error, Refused, expected

if TYPE_CHECKING:
    import argparse
    import gettext
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from configure587.machine import Machine
    from configure587.policies.settling import Wishes
    from configure587.policy import Contact
    from configure587.report.documents import ErrorJson


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words == ["for-one-person"]:  # started by ourselves, see machine/handing.py
        from configure587.machine import handing

        return handing.main()
    texts = i18n.texts(_language(words))
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that it cannot spell must not stop us
            stream.reconfigure(errors="backslashreplace")
    # some tools take whatever stands on standard error for a failure of their own
    aside = contextlib.redirect_stderr(sys.stdout) if "--silent" in words else None
    with aside or contextlib.nullcontext():
        args = _parsed(words, texts)
    return _guarded(args, texts)


def _parsed(words: Sequence[str], texts: gettext.NullTranslations) -> argparse.Namespace:
    if words == ["window"]:
        return bare.window()
    import argparse

    from configure587 import arguments

    setattr(argparse, "_", texts.gettext)  # noqa: B010 - typeshed does not know the name
    return arguments.parser(texts, words).parse_args(words)


def main_gui(argv: Sequence[str] | None = None) -> int:
    """Open the window, and return its exit code."""
    return main(["window", *(sys.argv[1:] if argv is None else argv)])


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
    except (Configure587Error, Cancelled, KeyboardInterrupt, OSError) as error:
        return _refuse(args, texts, expected(error))
    except Exception as error:  # noqa: BLE001 - a bug of ours: say so, without secrets
        return _crash(args, texts, error)


def _run(args: argparse.Namespace, texts: gettext.NullTranslations) -> int:
    machine = _machine(args)
    wishes, broken = _wishes_or_trouble(args, machine)
    if wishes is not None:
        texts = i18n.texts(wishes.said("language", i18n.language_of(texts)))
    if args.verb == "window":
        with _collecting_later():
            return _window(args, texts, machine, wishes, broken)
    from configure587.report.style import Style
    from configure587.session import Session

    plain = bool(args.plain)
    rehearsal = bool(getattr(args, "dry_run", False))
    color = sys.stdout.isatty() and not plain and not os.environ.get("NO_COLOR")
    machine = _with_events(args, _noticed(machine, wishes))
    with terminal.stop_flag() as stop:
        session = Session(
            args=args,
            machine=machine,
            style=Style(
                texts, plain, color, _called(args), _shows_ids(args), rehearsal, _contact(wishes)
            ),
            out=sys.stdout,
            err=sys.stderr,
            interactive=sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty(),
            stop=stop,
            prompt=terminal.prompt,
            secret=terminal.secret,
            run=main,
            wishes=wishes,
        )
        verb = importlib.import_module(f"configure587.verbs.{args.verb}")
        return int(verb.run(session))


def _machine(args: argparse.Namespace) -> Machine:
    """The computer that is meant, and where its data is kept."""
    from configure587.machine import here

    machine = next(iter(here.machines(args.image)))
    if args.data_dir is not None:
        machine = machine.but(data=os.path.abspath(args.data_dir))
        real = os.path.realpath(machine.data)
        if machine.root and os.path.commonpath([real, machine.root]) != machine.root:
            raise Refused("data_dir_outside", path=args.data_dir)
    return machine


def _with_events(args: argparse.Namespace, machine: Machine) -> Machine:
    """The same computer, with the log that its administrators read if nobody sits there."""
    from configure587.machine import here

    return machine.but(events=here.events()) if _is_unattended(args) else machine


def _is_unattended(args: argparse.Namespace) -> bool:
    """Whether nobody sits in front of this run, so that the system's log is told of it."""
    return args.image is None and _is_reported(args)


def _is_reported(args: argparse.Namespace) -> bool:
    """Whether a report is wanted of this run, if anybody said where to."""
    return any(getattr(args, name, None) for name in ("silent", "report", "all_users"))


_WISHES = {"scan", "plan", "apply", "window", "check", "update", "support"}
"""The words that heed a policy. The others work as they are: above all, undoing always does."""

_OPENS_ALL_THE_SAME = {"window", "support"}
"""The words that do their best with a broken policy: here people look for help, or undo."""


def _wishes_or_trouble(
    args: argparse.Namespace, machine: Machine
) -> tuple[Wishes | None, Refused | None]:
    """What policies wish here, or why that cannot be known, for the words that open even then."""
    try:
        return _wishes(args, machine), None
    except Refused as error:
        if args.verb not in _OPENS_ALL_THE_SAME:
            if _is_reported(args):
                from configure587.verbs import unattended

                unattended.not_begun(_with_events(args, machine), args, error)
            raise
        return None, error


def _wishes(args: argparse.Namespace, machine: Machine) -> Wishes | None:
    """What policies wish here; None where there is none, which is known by a look."""
    from configure587.policies import places

    if args.verb not in _WISHES:
        return None
    file = getattr(args, "policy", None)
    if file is None and not places.any_there(machine):
        return None
    from configure587.machine.disk import DiskFiles
    from configure587.policies import settling
    from configure587.session import said

    return settling.settled(machine, said(args), file, DiskFiles())


def _contact(wishes: Wishes | None) -> Contact:
    """Whom the person may ask."""
    from configure587.policy import Contact

    said = [wishes.said(f"support-{each}", "") if wishes else "" for each in Contact._fields]
    return Contact(*said)


def _noticed(machine: Machine, wishes: Wishes | None) -> Machine:
    """The same computer, which tells what was said in vain."""
    from configure587.model import reason

    if wishes is None:
        return machine
    overruled = (
        reason("policy_wins", key=each.key, path=wishes.settings[each.key].path)
        for each in wishes.overruled
    )
    return machine.but(notices=(*machine.notices, *overruled))


@contextlib.contextmanager
def _collecting_later() -> Iterator[None]:
    """A start makes hardly any garbage, so nobody looks for it before the window is painted."""
    import gc

    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _window(
    args: argparse.Namespace,
    texts: gettext.NullTranslations,
    machine: Machine,
    wishes: Wishes | None,
    broken: Refused | None,
) -> int:
    """Open the window: the only way from here to Qt."""
    from configure587.gui import app, starting

    def again() -> tuple[Machine, Wishes | None, Refused | None]:
        wishes, broken = _wishes_or_trouble(args, machine)
        return _noticed(machine, wishes), wishes, broken

    begun = (_noticed(machine, wishes), wishes, broken)
    with terminal.stopping_at_once(), starting.opened(args, begun, again) as session:

        def write_crash(error: BaseException) -> str | None:
            from configure587 import crash

            return crash.write(error, session.machine.root or None, args.data_dir)

        return app.run(
            session,
            i18n.language_of(texts),
            write_crash,
            fixed_language=args.lang is not None
            or (wishes is not None and wishes.said("language")),
        )


def _called(args: argparse.Namespace) -> str:
    """How to call us again for the same computer: what a person can copy and run."""
    called = sys.argv[0]
    if os.path.basename(called) == "__main__.py":  # python -m configure587
        called = os.path.join(os.path.dirname(sys.executable), "configure587")
    folder, name = os.path.split(called)
    on_path = folder in os.environ.get("PATH", "").split(os.pathsep)
    program = [called] if name.startswith("configure587") and not on_path else ["configure587"]
    pairs = (("--image", args.image), ("--data-dir", args.data_dir))
    options = [part for flag, value in pairs if value is not None for part in (flag, value)]
    if program == ["configure587"] and not options:
        return "configure587"
    from configure587.machine import here

    return here.spelled([*program, *options])


def _shows_ids(args: argparse.Namespace) -> bool:
    return args.verb == "plan" or bool(args.verbose)


def _refuse(
    args: argparse.Namespace, texts: gettext.NullTranslations, error: Configure587Error
) -> int:
    from configure587.report import troubles

    if _is_unattended(args):
        from configure587.machine import here
        from configure587.rollout import events

        for event in events.stopped(args.verb, error):
            here.events().write(event)
    title, advice = troubles.title_and_advice(texts, error, _called(args))
    _answer(args, error.code, [title, advice], error.exit_code)
    return error.exit_code


def _answer(args: argparse.Namespace, code: str, lines: Sequence[str], exit_code: int) -> None:
    """Say what stopped the run: to a program in JSON, to a person in words, or not at all."""
    if args.json:
        import json

        from configure587.report import wire

        document: ErrorJson = {
            "schema": wire.SCHEMA,
            "kind": "error",
            "code": code,
            "title": lines[0],
            "advice": " ".join(lines[1:]),
            "exit_code": exit_code,
        }
        _print([json.dumps(document, indent=1)], sys.stdout)
    elif not getattr(args, "silent", False):
        _print(lines, sys.stderr)


def _print(lines: Sequence[str], stream: TextIO) -> None:
    """Say it if it can be said: a stream without room must not hide what the exit code tells."""
    with contextlib.suppress(OSError):
        for line in lines:
            print(line, file=stream)
        stream.flush()


def _report_crash(args: argparse.Namespace, error: Exception) -> None:
    """Report it too; that this fails, whyever, must not hide what happened first."""
    from configure587.verbs import unattended

    with contextlib.suppress(Exception):
        unattended.crashed(_with_events(args, _machine(args)), args, error)


def _crash(args: argparse.Namespace, texts: gettext.NullTranslations, error: Exception) -> int:
    from configure587 import crash
    from configure587.report import exit_codes

    path = crash.write(error, args.image, args.data_dir)
    if _is_unattended(args):
        from configure587.machine import here
        from configure587.rollout import events

        here.events().write(events.our_bug(args.verb, error))
    if _is_reported(args):
        _report_crash(args, error)
    _ = texts.gettext
    lines = [_("Something went wrong inside Configure 587!, and that is our fault.")]
    if path is not None:
        line = _("What happened is in {path}; it holds no passwords. Please send it to us.")
        lines.append(line.format(path=path))
    _answer(args, "our_bug", lines, exit_codes.OUR_BUG)
    if args.verbose and not getattr(args, "silent", False):
        import traceback

        traceback.print_exception(error)
    return exit_codes.OUR_BUG
