"""configure587 rollback: undo the named backup, the last one, or all of them, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import engine, vault
from configure587.errors import Refused
from configure587.machine import guards
from configure587.model import Receipt, State
from configure587.report import exit_codes, text
from configure587.rollout import one_person
from configure587.runlog import RunLog
from configure587.verbs import changing, unattended

if TYPE_CHECKING:
    from configure587.machine import Machine
    from configure587.policy import Policy
    from configure587.rollout.one_person import Went
    from configure587.session import Session


def run(session: Session) -> int:
    """Undo: the named backup, the last one, or all of them, newest first."""
    if session.args.all_users:
        from configure587.verbs import everyone

        return everyone.run(session, "rollback")
    session.tell_notices()
    if unattended.is_wanted(session):
        return _reported(session)
    recovered = engine.recover(session.machine)
    session.tell_recovered(recovered)
    machine = guards.dry_run(session.machine) if session.args.dry_run else session.machine
    whole = bool(session.args.whole_file)
    names = _chosen(session, whole=whole)
    if not names:
        session.say([session.style.texts.gettext("There is nothing to undo.")])
    if whole and names:
        _warn(session)
    log = RunLog(session.machine, "rollback")
    receipts = [
        changing.with_backup_errors(
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
        changing.write_log(log, Receipt(None, tuple(outcomes)), code)
    for receipt in receipts:
        _say_undone(session, receipt, whole=whole)
    changing.document(session, "rollback", receipts, recovered, code)
    return code


def _reported(session: Session) -> int:
    """The same for a run that is silent or reported."""
    whole = bool(session.args.whole_file)

    def choosing(machine: Machine) -> list[str]:
        names = _chosen(session._replace(machine=machine), whole=whole)
        if whole and names:
            _warn(session)
        return names

    def deed(machine: Machine, policy: Policy, notify: engine.Notify) -> Went:
        return one_person.undone(machine, policy, notify, choosing, whole_file=whole)

    def say(went: Went) -> None:
        session.tell_recovered(went.recovered)
        if not went.receipts:
            session.say([session.style.texts.gettext("There is nothing to undo.")])
        for receipt in went.receipts:
            _say_undone(session, receipt, whole=whole)
        changing.document(session, "rollback", went.receipts, went.recovered, went.code)

    return unattended.run(session, "rollback", deed, say)


def _warn(session: Session) -> None:
    """Whole files take others' changes along; on a terminal that is asked about."""
    args = session.args
    if not session.interactive or session.json or args.silent or args.yes or args.dry_run:
        return
    _ = session.style.texts.gettext
    question = _(
        "This puts whole files back and so undoes everything that changed in them since, new "
        "accounts too. The files as they are now are kept in a backup. Go on? [y/N] "
    )
    if not session.agrees(question):
        raise Refused("declined_undo")


def _say_undone(session: Session, receipt: Receipt, *, whole: bool) -> None:
    _ = session.style.texts.gettext
    if session.args.dry_run:
        session.say([_("This was a rehearsal: nothing has been changed.")])
    session.say(line for each in receipt.outcomes for line in text.outcome(session.style, each))
    if whole and receipt.backup is not None and not session.args.dry_run:
        line = _("The files as they were just now are kept in the backup {backup}.")
        session.say([line.format(backup=receipt.backup)])


def _chosen(session: Session, *, whole: bool) -> list[str]:
    if session.args.backup is not None:
        return [session.args.backup]
    sets = [vault.load(session.machine, name) for name in reversed(vault.ids(session.machine))]
    fit = {State.APPLIED, State.KEPT_IN_PART} if whole else {State.APPLIED}
    names = [each.id for each in sets if each.state in fit and each.kind == "change"]
    damaged = [each.id for each in sets if each.state is State.DAMAGED]
    if session.args.all:
        return names or damaged[:1]
    # A damaged set may be the very last change: then say so, rather than undo an older one.
    return [each.id for each in sets if each.id in {*names, *damaged}][:1]
