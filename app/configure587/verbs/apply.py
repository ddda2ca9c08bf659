"""configure587 apply: preview, one question, backup, write, verify."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import msgspec

from configure587 import engine, story
from configure587.errors import Refused, detail
from configure587.machine import guards
from configure587.machine.disk import DiskFiles
from configure587.model import Approval, Change, Opaque, Place, Verdict
from configure587.report import documents, exit_codes, text
from configure587.rollout import one_person
from configure587.runlog import RunLog
from configure587.verbs import changing, unattended
from configure587.verbs.plan import say_plan

if TYPE_CHECKING:
    from configure587.machine import Machine
    from configure587.model import Plan, Receipt, Value
    from configure587.policy import Policy
    from configure587.report.documents import ChangeJson, OpaqueJson
    from configure587.rollout.one_person import Went
    from configure587.session import Session


_LIMIT = 64 * 1024 * 1024  # bytes of a plan file
_TOLD = {
    Verdict.STUCK,
    Verdict.GUIDED,
    Verdict.UNREADABLE,
    Verdict.UNPROVEN,
}  # a person has something to do


def run(session: Session) -> int:
    """Make the changes: preview, one question, backup, write, verify."""
    if session.args.all_users:
        from configure587.verbs import everyone

        return everyone.run(session, "apply")
    session = session.networked()
    try:
        if unattended.is_wanted(session):
            return _reported(session)
        return _run(session, RunLog(session.machine, "apply"))
    finally:
        session.tell_ledger()


def _reported(session: Session) -> int:
    """The same for a run that is silent or reported: plan and question lie inside of it."""
    session.tell_notices()

    def planning(machine: Machine, policy: Policy, notify: engine.Notify) -> Plan:
        del notify
        return _agreed(session._replace(machine=machine), policy)

    def deed(machine: Machine, policy: Policy, notify: engine.Notify) -> Went:
        return one_person.applied(machine, policy, notify, planning)

    def say(went: Went) -> None:
        session.tell_recovered(went.recovered)
        _say_receipt(session, went.receipts[0])
        changing.document(session, "apply", went.receipts, went.recovered, went.code)

    return unattended.run(session, "apply", deed, say)


def _run(session: Session, log: RunLog) -> int:
    session.tell_notices()
    recovered = engine.recover(session.machine)
    session.tell_recovered(recovered)
    policy = session.policy()
    made = _agreed(session, policy)
    rehearsal = bool(session.args.dry_run)
    machine = guards.dry_run(session.machine) if rehearsal else session.machine
    receipt = changing.with_backup_errors(
        lambda: engine.apply(machine, made, policy, session.notify)
    )
    session.done_showing()
    code = exit_codes.of_receipt(receipt)
    if not rehearsal and made.steps:
        changing.write_log(log, receipt, code)
    _say_receipt(session, receipt)
    changing.document(session, "apply", [receipt], recovered, code)
    return code


def _agreed(session: Session, policy: Policy) -> Plan:
    """The plan, once it was shown and somebody said yes to it."""
    made = _planned(session, policy)
    session.done_showing()
    made = _with_other_hosts(session, made)
    rehearsal = bool(session.args.dry_run)
    if not session.args.yes or rehearsal:
        say_plan(session, made)
    if made.steps and not rehearsal:
        _ask(session)
    return made


def _planned(session: Session, policy: Policy) -> Plan:
    if session.args.planfile is None:
        return engine.chosen(session.machine, policy, session.notify)
    approved = _approval(session.args.planfile)
    return engine.confirm(session.machine, approved, policy, session.notify)


def _approval(path: str) -> Approval:
    try:
        data = DiskFiles().read(path, _LIMIT)  # an ordinary file, and no endless one
    except OSError as error:
        raise Refused("plan_unreadable", path=path, detail=detail(error)) from error
    try:
        unsealed = story.unseal(data)
        document = msgspec.convert({**unsealed, "sha256": ""}, documents.PlanJson)
        steps = tuple(
            (step["finding"]["id"], tuple(_change(each) for each in step["changes"]))
            for step in document["steps"]
        )
    except (ValueError, RecursionError) as error:
        raise Refused("plan_damaged", path=path) from error
    return Approval(document["computer"], steps)


def _change(each: ChangeJson) -> Change:
    place = Place(each["place"]["kind"], each["place"]["path"])
    return Change(place, each["name"], _value(each["before"]), _value(each["after"]))


def _value(value: bool | int | str | OpaqueJson | None) -> Value | None:
    """A value as the plan had it; ValueError when its Base64 is none."""
    if isinstance(value, dict):
        return Opaque(value["type"], base64.b64decode(value["base64"], validate=True))
    return value


def _with_other_hosts(session: Session, made: Plan) -> Plan:
    """The plan with each proven server of another name that the person says yes to, one by one."""
    args = session.args
    if args.yes or args.dry_run or args.planfile is not None or not _somebody_is_there(session):
        return made
    from configure587.report import offers

    accepted: list[str] = []
    for question in offers.questions(session.style, made):
        session.say(question.lines)
        said = session.prompt(question.words).strip()
        if said.lower() == question.answer if question.answer else session.means_yes(said):
            accepted += question.ids
        session.say([""])
    return engine.accept(made, accepted)


def _somebody_is_there(session: Session) -> bool:
    return session.interactive and not session.json and not session.args.silent


def _ask(session: Session) -> None:
    """One question on a terminal; elsewhere only --yes will do, or a policy that says what."""
    if session.args.yes or (session.args.silent and session.has_policy):
        return
    if not _somebody_is_there(session):
        raise Refused("not_confirmed")
    _ = session.style.texts.gettext
    if not session.agrees(_("Change this now? A backup is made first. [y/N] ")):
        raise Refused("declined")


def _verdicts_left(receipt: Receipt) -> list[Verdict]:
    return [finding.verdict for finding in receipt.untouched if finding.target is None]


def _say_receipt(session: Session, receipt: Receipt) -> None:
    _ = session.style.texts.gettext
    backup = receipt.backup
    if getattr(session.args, "dry_run", False):
        backup = None
        session.say([_("This was a rehearsal: nothing has been changed.")])
    session.say(text.receipt(session.style, receipt.outcomes, backup))
    told: set[text.GuideText] = set()
    for finding in receipt.untouched if session.args.yes else ():
        if finding.verdict in _TOLD:  # the plan was not shown
            session.say(text.finding(session.style, finding, told))
    if not receipt.outcomes and Verdict.UNPROVEN in _verdicts_left(receipt):
        session.say([_("Nothing was changed, because no server was confirmed.")])
    elif not receipt.outcomes:
        session.say([_("There was nothing to change, and no backup was made.")])
