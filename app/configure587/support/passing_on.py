"""The report for support: every line of it is shown before anybody passes it on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from configure587 import __version__, vault
from configure587.errors import Configure587Error
from configure587.report import contacts, sentences, text
from configure587.support import explaining, pseudonyms, redaction, situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.machine import Machine
    from configure587.model import BackupSet, Finding, Outcome, Reason
    from configure587.report.style import Style
    from configure587.support.numbers import Last

_CRASH = 16 * 1024  # bytes of a crash file that are passed on


def last_change(machine: Machine) -> Last:
    """What came of the last change on this computer, by the newest backup."""
    newest = _newest(machine)
    return situation.last_of_backup(None if newest is None else newest.state)


def _newest(machine: Machine) -> BackupSet | None:
    try:
        names = vault.ids(machine)
        return vault.load(machine, names[-1]) if names else None
    except (OSError, Configure587Error):
        return None


def veil(
    style: Style, machine: Machine, findings: Sequence[Finding], *, addresses: bool
) -> redaction.Veil:
    """What hides who somebody is, with made-up names in the reader's language."""
    _ = style.texts.gettext
    kinds = {
        "account": _("account"),
        "server": _("server"),
        "profile": _("profile"),
        "folder": _("folder"),
    }
    names = pseudonyms.Pseudonyms(pseudonyms.key(machine))
    return redaction.veil(machine, names, findings, kinds, addresses=addresses)


def lines(  # noqa: PLR0913 - what there is to report, and how
    style: Style,
    machine: Machine,
    findings: Sequence[Finding],
    code: str,
    *,
    reasons: Sequence[Reason] = (),
    outcomes: Sequence[Outcome] = (),
    addresses: bool = False,
) -> list[str]:
    """Every line of the report; `reasons` are what concerns the computer as a whole.

    `outcomes` tell how the last change went; the findings are then what was found before it.

    With `addresses` mail addresses and servers are shown as they are; names of people and folders
    never are.
    """
    hidden = veil(style, machine, findings, addresses=addresses)
    return [
        *_head(style, machine, code, addresses=addresses),
        *text.remarks(style, [redaction.reason(hidden, each) for each in reasons]),
        *_went(style, [redaction.outcome(hidden, each) for each in outcomes]),
        *(
            line
            for each in findings
            for line in (*text.card(style, redaction.finding(hidden, each)), "")
        ),
        *_backup(style, machine),
        *_crash(style, machine),
    ]


def _head(style: Style, machine: Machine, code: str, *, addresses: bool) -> Iterator[str]:
    _ = style.texts.gettext
    yield _("Configure 587!: report for support")
    if not addresses:
        yield _(
            "Accounts, servers of your own and folders have made-up names here. "
            "The same name always stands for the same one."
        )
    yield _("Passwords are never in it.")
    yield _("Code: {code}").format(code=code)
    line = _("Version {version}, {system}, {day}")
    system = explaining.SYSTEMS[machine.platform]
    yield line.format(version=__version__, system=system, day=machine.stamp()[:10])
    yield from contacts.lines(style)
    yield ""


def _went(style: Style, outcomes: Sequence[Outcome]) -> Iterator[str]:
    _ = style.texts.gettext
    if outcomes:
        yield _("How the last change went:")
        for each in outcomes:
            yield from text.outcome(style, each)
        yield ""
        yield _("What was found before:")


def _backup(style: Style, machine: Machine) -> Iterator[str]:
    newest = _newest(machine)
    if newest is None:
        yield style.texts.gettext("There is no backup yet, so nothing was changed here.")
        return
    _ = style.texts.gettext
    line = _("The newest backup, {backup}: {state}.")
    yield line.format(backup=newest.id, state=_(sentences.STATES[newest.state]))


def _crash(style: Style, machine: Machine) -> Iterator[str]:
    """The newest crash file: it holds no values and no names (crash.py)."""
    try:
        names = machine.files.names(machine.data_folder)
        newest = max((each for each in names if each.startswith("crash-")), default=None)
        if newest is None:
            return
        data = machine.files.read(os.path.join(machine.data_folder, newest), _CRASH)
    except OSError:
        return
    yield style.texts.gettext("A fault of ours happened here:")
    yield from (text.shown(line) for line in data.decode(errors="replace").splitlines())
