"""What each word of the command line does, given a machine, a policy and a place to write."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from configure587 import engine
from configure587.errors import Cancelled, NoPermission, Refused
from configure587.machine import guards
from configure587.model import Receipt, Verdict
from configure587.policy import Policy
from configure587.report import exit_codes, text, wire

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

    from configure587.machine import Machine
    from configure587.model import Approval, Finding, Outcome, Plan, Progress


@dataclass(slots=True)
class Session:
    """One run of the command: what was asked, on which machine, and where the answer goes."""

    args: argparse.Namespace
    machine: Machine
    style: text.Style
    out: TextIO
    err: TextIO
    interactive: bool
    stop: Callable[[], bool]

    @property
    def json(self) -> bool:
        """Whether another program reads the answer."""
        return bool(self.args.json)

    def say(self, lines: Iterable[str]) -> None:
        """Write lines for a person, unless a program reads or silence was asked for."""
        if not self.json and not getattr(self.args, "silent", False):
            self.out.writelines(f"{line}\n" for line in lines)
            self.out.flush()

    def document(self, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Write one JSON document, when one was asked for."""
        if self.json:
            self.out.write(json.dumps(value, indent=1) + "\n")

    def policy(self) -> Policy:
        """The wishes that the command line spells."""
        args = self.args
        return Policy(
            clients=tuple(args.client),
            only=tuple(getattr(args, "only", ())),
            skip=tuple(getattr(args, "skip", ())),
            wait=getattr(args, "when_running", 0.0),
        )

    def notify(self, progress: Progress) -> None:
        """Show how far we are; stop here when the person asked for it."""
        if self.stop():
            raise Cancelled
        _show(self, progress)

    def done_showing(self) -> None:
        """Take the progress line away."""
        if self.interactive and self.err.isatty() and not self.style.plain:
            self.err.write("\r\033[K")
            self.err.flush()


def _show(session: Session, progress: Progress) -> None:
    args = session.args
    quiet = session.json or getattr(args, "silent", False) or session.style.plain
    if quiet or not session.interactive or not session.err.isatty():
        return
    _ = session.style.texts.gettext
    stage = {
        "inspect": _("Looking at profile {done}…"),
        "write": _("Changing {done} of {total}…"),
        "verify": _("Checking {done} of {total}…"),
        "undo": _("Undoing {done} of {total}…"),
        "wait": _("Waiting until the mail program is closed (Ctrl+C stops)…"),
    }[progress.stage]
    line = stage.format(done=progress.done, total=progress.total)
    session.err.write(f"\r\033[K{line}")
    session.err.flush()


def scan(session: Session) -> int:
    """Findings, one at a time: memory does not grow with the number of profiles."""
    recovered = engine.recover(session.machine)
    session.say(text.recovered(session.style, recovered))
    counts: dict[Verdict, int] = {}
    write = _JsonList(session, recovered) if session.json else _TextList(session)
    for verdict, rendered in engine.survey(
        session.machine, session.policy(), write.render, session.notify
    ):
        counts[verdict] = counts.get(verdict, 0) + 1
        session.done_showing()
        write.item(rendered)
    session.done_showing()
    write.end(counts)
    return exit_codes.of_verdicts(counts)


class _TextList:
    """Findings as cards for people, and how many of what."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def render(self, finding: Finding) -> str:
        return "\n".join(text.finding(self._session.style, finding))

    def item(self, rendered: str) -> None:
        self._session.say([rendered])

    def end(self, counts: dict[Verdict, int]) -> None:
        self._session.say(text.summary(self._session.style, counts))


class _JsonList:
    """A ScanJson document, written as the findings come."""

    def __init__(self, session: Session, recovered: Sequence[Outcome]) -> None:
        self._out = session.out
        self._encode = json.JSONEncoder().encode
        self._separator = "\n"
        head = {
            "schema": wire.SCHEMA,
            "kind": "scan",
            "computer": engine.computer(session.machine),
            "recovered": [wire.outcome(each) for each in recovered],
        }
        self._out.write(self._encode(head)[:-1] + ', "findings": [')

    def render(self, finding: Finding) -> str:
        return self._encode(wire.finding(finding))

    def item(self, rendered: str) -> None:
        self._out.write(self._separator + rendered)
        self._separator = ",\n"

    def end(self, counts: dict[Verdict, int]) -> None:
        summary = {verdict.value: count for verdict, count in counts.items()}
        self._out.write(f'\n], "summary": {self._encode(summary)}}}\n')


def plan(session: Session) -> int:
    """The changes as before and after; with -o as a file that can be approved and applied."""
    from configure587 import vault

    recovered = engine.recover(session.machine)
    session.say(text.recovered(session.style, recovered))
    made = engine.plan(session.machine, session.policy(), session.notify)
    session.done_showing()
    sealed = vault.seal(wire.plan(made))
    if session.json:
        session.out.write(sealed.decode())
    _say_plan(session, made)
    if session.args.output is not None:
        _write_file(session.args.output, sealed)
        _ = session.style.texts.gettext
        line = _("The plan is in {path}. To apply it: configure587 apply {path}")
        session.say([line.format(path=session.args.output)])
    return exit_codes.of_verdicts(_verdicts(made))


def _verdicts(made: Plan) -> list[Verdict]:
    left = [finding for finding in made.untouched if finding.target is None]
    return [step.finding.verdict for step in made.steps] + [finding.verdict for finding in left]


def _say_plan(session: Session, made: Plan) -> None:
    for step in made.steps:
        session.say(text.step(session.style, step))
    for finding in made.untouched:
        session.say(text.finding(session.style, finding))
    if not made.steps:
        session.say([session.style.texts.gettext("There is nothing to change.")])


def _write_file(path: str, data: bytes) -> None:
    """A file that the person named, anywhere on their own computer."""
    try:
        with open(path, "wb") as target:
            target.write(data)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise Refused("file_not_written", path=path, detail=detail) from error


def apply(session: Session) -> int:
    """Make the changes: preview, one question, backup, write, verify."""
    from configure587.runlog import RunLog

    recovered = engine.recover(session.machine)
    session.say(text.recovered(session.style, recovered))
    policy = session.policy()
    made = _planned(session, policy)
    session.done_showing()
    if not session.args.yes or session.args.dry_run:
        _say_plan(session, made)
    if made.steps and not session.args.dry_run:
        _ask(session)
    machine = guards.dry_run(session.machine) if session.args.dry_run else session.machine
    log = RunLog(session.machine, "apply")
    receipt = _with_backup_errors(lambda: engine.apply(machine, made, policy, session.notify))
    session.done_showing()
    code = exit_codes.of_outcomes(receipt.outcomes, _verdicts_left(receipt))
    if not session.args.dry_run and made.steps:
        _write_log(log, receipt, code)
    _say_receipt(session, receipt)
    _document(session, "apply", [receipt], recovered, code)
    return code


def _planned(session: Session, policy: Policy) -> Plan:
    if session.args.planfile is None:
        return engine.plan(session.machine, policy, session.notify)
    return engine.confirm(session.machine, _approval(session.args.planfile), policy)


def _approval(path: str) -> Approval:
    import msgspec

    from configure587 import vault
    from configure587.model import Approval, Change, Place

    try:
        with open(path, "rb") as source:
            data = source.read()
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise Refused("plan_unreadable", path=path, detail=detail) from error
    try:
        unsealed = vault.unseal(data)
        document = msgspec.convert({**unsealed, "sha256": ""}, wire.PlanJson)
    except (ValueError, RecursionError) as error:
        raise Refused("plan_damaged", path=path) from error
    steps = []
    for step in document["steps"]:
        changes = []
        for each in step["changes"]:
            before, after = each["before"], each["after"]
            if isinstance(before, dict) or isinstance(after, dict):
                raise Refused("plan_damaged", path=path)
            place = Place(each["place"]["kind"], each["place"]["path"])
            changes.append(Change(place, each["name"], before, after))
        steps.append((step["finding"]["id"], tuple(changes)))
    return Approval(document["computer"], tuple(steps))


def _ask(session: Session) -> None:
    """One question on a terminal; elsewhere only --yes will do."""
    if session.args.yes:
        return
    if not session.interactive or session.json or session.args.silent:
        raise Refused("not_confirmed")
    _ = session.style.texts.gettext
    session.out.write(_("Change this now? A backup is made first. [y/N] "))
    session.out.flush()
    answer = input().strip().lower()
    if answer not in {"y", "yes", _("y"), _("yes")}:
        raise Refused("not_confirmed")


def _with_backup_errors(run: Callable[[], Receipt]) -> Receipt:
    """The data folder's own trouble stops the run before anything is changed."""
    try:
        return run()
    except PermissionError as error:
        raise NoPermission("data_folder_denied", path=str(error.filename or "?")) from error
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise Refused("data_folder_full", path=str(error.filename or "?"), detail=detail) from error


def _verdicts_left(receipt: Receipt) -> list[Verdict]:
    return [finding.verdict for finding in receipt.untouched if finding.target is None]


def _write_log(log: Any, receipt: Receipt, code: int) -> None:  # noqa: ANN401 - imported lazily
    for outcome in receipt.outcomes:
        log.outcome(outcome)
    log.add(f"exit code {code}")
    log.write()


def _say_receipt(session: Session, receipt: Receipt) -> None:
    _ = session.style.texts.gettext
    backup = receipt.backup
    if getattr(session.args, "dry_run", False):
        backup = None
        session.say([_("This was a rehearsal: nothing has been changed.")])
    session.say(text.receipt(session.style, receipt.outcomes, backup))
    if not receipt.outcomes:
        session.say([_("There was nothing to change, and no backup was made.")])


def _document(
    session: Session,
    kind: Any,  # noqa: ANN401 - "apply" or "rollback"
    receipts: Sequence[Receipt],
    recovered: Sequence[Outcome],
    code: int,
) -> None:
    dry = bool(session.args.dry_run)
    session.document(wire.receipt(kind, receipts, recovered, dry_run=dry, exit_code=code))


def rollback(session: Session) -> int:
    """Undo: the named backup, the last one, or all of them, newest first."""
    from configure587.runlog import RunLog

    recovered = engine.recover(session.machine)
    session.say(text.recovered(session.style, recovered))
    machine = guards.dry_run(session.machine) if session.args.dry_run else session.machine
    whole = bool(session.args.whole_file)
    names = _chosen(session, whole=whole)
    if not names:
        session.say([session.style.texts.gettext("There is nothing to undo.")])
    log = RunLog(session.machine, "rollback")
    receipts = [
        _with_backup_errors(
            lambda name=name: engine.rollback(  # type: ignore[misc]  # bound at once
                machine, name, whole_file=whole, notify=session.notify
            )
        )
        for name in names
    ]
    session.done_showing()
    outcomes = [outcome for receipt in receipts for outcome in receipt.outcomes]
    code = exit_codes.of_outcomes(outcomes)
    if names and not session.args.dry_run:
        _write_log(log, Receipt(None, tuple(outcomes)), code)
    for receipt in receipts:
        _say_undone(session, receipt, whole=whole)
    _document(session, "rollback", receipts, recovered, code)
    return code


def _say_undone(session: Session, receipt: Receipt, *, whole: bool) -> None:
    _ = session.style.texts.gettext
    if session.args.dry_run:
        session.say([_("This was a rehearsal: nothing has been changed.")])
    session.say(line for each in receipt.outcomes for line in text.outcome(session.style, each))
    if whole and receipt.backup is not None and not session.args.dry_run:
        line = _("The files as they were just now are kept in the backup {backup}.")
        session.say([line.format(backup=receipt.backup)])


def _chosen(session: Session, *, whole: bool) -> list[str]:
    from configure587 import vault
    from configure587.model import State

    if session.args.backup is not None:
        return [session.args.backup]
    sets = [vault.load(session.machine, name) for name in reversed(vault.ids(session.machine))]
    fit = {State.APPLIED, State.KEPT_IN_PART} if whole else {State.APPLIED}
    names = [each.id for each in sets if each.state in fit and each.kind == "change"]
    return names if session.args.all else names[:1]


def backups(session: Session) -> int:
    """List, show, verify or prune the backups."""
    from configure587 import vault

    recovered = engine.recover(session.machine)
    session.say(text.recovered(session.style, recovered))
    args = session.args
    names = vault.ids(session.machine)
    if args.action == "prune":
        return _prune(session, names)
    if args.backup is not None:
        names = [args.backup]
    elif args.action == "show":
        names = names[-1:]
    found = [vault.load(session.machine, name) for name in names]
    damage = {
        each.id: vault.check(session.machine, each) if args.action == "verify" else ()
        for each in found
    }
    for each in found:
        session.say(text.backup(session.style, each, damage[each.id]))
        if args.action == "show":
            session.say(text.backup_details(session.style, each))
    _ = session.style.texts.gettext
    if not found:
        session.say([_("There are no backups yet.")])
    elif args.action == "verify" and not any(damage.values()):
        session.say([_("Every copy is complete and unaltered.")])
    _document_backups(session, [wire.backup(each, damage[each.id]) for each in found], [])
    return exit_codes.REFUSED if any(damage.values()) else exit_codes.DONE


def _document_backups(session: Session, values: list[wire.BackupJson], removed: list[str]) -> None:
    session.document(
        {"schema": wire.SCHEMA, "kind": "backups", "backups": values, "removed": removed}
    )


def _prune(session: Session, names: Sequence[str]) -> int:
    """Remove all but the newest sets; never one whose run has not come to its end."""
    from configure587 import vault

    old = names[: max(0, len(names) - session.args.keep)]
    unfinished = set(vault.unfinished(session.machine))
    removed = [name for name in old if name not in unfinished]
    with engine.alone(session.machine):
        for name in removed:
            vault.remove(session.machine, name)
    ngettext = session.style.texts.ngettext
    line = ngettext("{count} backup was removed.", "{count} backups were removed.", len(removed))
    session.say([line.format(count=len(removed))])
    _document_backups(session, [], removed)
    return exit_codes.DONE


def demo(session: Session) -> int:
    """The whole story on a sample computer."""
    from configure587 import demo as story

    folder = session.args.folder
    return story.run(session, os.path.abspath(folder) if folder else None)
