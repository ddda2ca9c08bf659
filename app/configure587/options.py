"""The options of each word of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import typed

if TYPE_CHECKING:
    import argparse
    import gettext


def none(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """None."""
    del parser, texts


def check(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `check`."""
    _ = texts.gettext
    add = parser.add_argument
    add("server", metavar=_("SERVER"), help=_("the name of a server, or a mail address"))
    _look_options(parser, texts)
    add("--port", type=typed.count(texts), metavar="N", help=_("only this port"))
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


def all_users(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The option for whoever looks after a computer."""
    _ = texts.gettext
    parser.add_argument(
        "--all-users",
        action="store_true",
        help=_("for all people of this computer; needs the rights of an administrator"),
    )


def target(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `target`."""
    _ = texts.gettext
    parser.add_argument(
        "--target",
        action="append",
        choices=("587", "465"),
        default=[],
        help=_("where to go: 587 (STARTTLS, the default) or 465 (TLS); twice for a second choice"),
    )


def scan(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `scan`."""
    target(parser, texts)
    all_users(parser, texts)
    _report_options(parser, texts)
    _sarif_options(parser, texts)


def _report_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    parser.add_argument(
        "--report",
        type=typed.folder(texts),
        metavar=_("DIR"),
        default=None,
        help=_("leave a report of this run in this folder, such as a share"),
    )
    parser.add_argument(
        "--silent",
        action="store_true",
        help=_("no questions and no output but --json; a log file is kept"),
    )


def _sarif_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    add = parser.add_argument
    add(
        "--sarif",
        metavar=_("FILE"),
        help=_("write the findings to a SARIF 2.1.0 file as well, under made-up names"),
    )
    add(
        "--addresses",
        action="store_true",
        help=_("with --sarif: show mail addresses and servers as they are"),
    )


def _choice_options(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    _ = texts.gettext
    target(parser, texts)
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
        default=None,
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
        type=typed.host(texts),
        default=[],
        metavar=_("NAME"),
        help=_("a server of another name that may be used, once it is proven"),
    )


def window(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `window`."""
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


def fleet(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `fleet`."""
    from configure587.fleet import options

    options.add_options(parser, texts)


def plan(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `plan`."""
    _ = texts.gettext
    _choice_options(parser, texts)
    _probe_options(parser, texts)
    _output_option(parser, texts, _("write the plan to a file that can be approved and applied"))


def apply(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `apply`."""
    _ = texts.gettext
    _choice_options(parser, texts)
    _probe_options(parser, texts)
    all_users(parser, texts)
    add = parser.add_argument
    add("planfile", nargs="?", metavar=_("PLANFILE"), help=_("a plan made with plan -o"))
    add("--dry-run", action="store_true", help=_("rehearse everything, change nothing"))
    add("--yes", action="store_true", help=_("do not ask"))
    add(
        "--when-running",
        type=typed.waiting(texts),
        default=None,
        metavar=_("skip|wait[=SECONDS]|next-sign-in"),
        help=_("what to do while the mail program is open (default: skip)"),
    )
    _report_options(parser, texts)
    add(
        "--ring",
        metavar=_("NAME"),
        default=None,
        help=_("only if it is the turn of this ring of the policy"),
    )
    add(
        "--limit",
        type=typed.count(texts),
        default=0,
        metavar="N",
        help=_("only so many computers, counted in the report folder"),
    )
    add(
        "--stop-if-failed",
        type=typed.percent(texts),
        default=None,
        metavar=_("PERCENT"),
        help=_("begin nothing if more computers failed, by the report folder"),
    )
    add(
        "--at-sign-in",
        action="store_true",
        help=_("this run was started by the task that --when-running next-sign-in left"),
    )


def rollback(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `rollback`."""
    _ = texts.gettext
    all_users(parser, texts)
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
    _report_options(parser, texts)


def backups(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `backups`."""
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
        type=typed.count(texts),
        default=10,
        metavar="N",
        help=_("with prune: how many of the newest stay (default: 10)"),
    )


def providers(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `providers`."""
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


def policy(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `policy`."""
    _ = texts.gettext
    parser.add_argument(
        "action",
        nargs="?",
        default="show",
        choices=("show", "check", "schema"),
        help=_("what to do (default: show)"),
    )
    parser.add_argument(
        "file", nargs="?", metavar=_("FILE"), help=_("with check: the file of a policy")
    )


def support(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `support`."""
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


def update(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `update`."""
    _ = texts.gettext
    parser.add_argument(
        "action",
        nargs="?",
        default="check",
        choices=("check",),
        help=_("what to do (default: check)"),
    )


def learn(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `learn`."""
    _ = texts.gettext
    parser.add_argument(
        "topic",
        nargs="*",
        metavar=_("TOPIC"),
        help=_("a page or a word, such as STARTTLS (default: list the pages)"),
    )


def demo(parser: argparse.ArgumentParser, texts: gettext.NullTranslations) -> None:
    """The options of `demo`."""
    _ = texts.gettext
    parser.add_argument(
        "folder", nargs="?", metavar=_("DIR"), help=_("an empty folder for the sample computer")
    )
