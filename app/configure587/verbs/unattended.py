"""A run that is reported: whose turn it is, the deed, the report; silent when so asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from configure587.errors import Cancelled, Configure587Error, Held, expected
from configure587.machine import guards
from configure587.machine.disk import DiskFiles
from configure587.policies import settling
from configure587.report import exit_codes
from configure587.rollout import events, next_sign_in, one_person, reports, turn
from configure587.rollout.names import MadeUp
from configure587.rollout.share import Share
from configure587.runlog import RunLog
from configure587.session import said
from configure587.support import pseudonyms

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from configure587.machine import Machine
    from configure587.policy import Policy
    from configure587.report.run_documents import PersonJson, RunJson, TroubleJson
    from configure587.rollout.one_person import Notify, Went
    from configure587.session import Session

Deed: TypeAlias = Callable[["Machine", "Policy", "Notify"], "Went"]
Word: TypeAlias = Literal["apply", "rollback", "scan"]


def is_wanted(session: Session) -> bool:
    """Whether this run is a silent one, or is to be reported."""
    return bool(session.args.silent or session.args.report)


def run(session: Session, word: Word, deed: Deed, say: Callable[[Went], None]) -> int:
    """Do it if it is this computer's turn, else raise Held; report it in any case."""
    reported = begun(session, word)
    try:
        went = deed(reported.acting, reported.policy, session.notify)
    except (Configure587Error, Cancelled, OSError) as error:
        reported.stopped_by(expected(error))
        raise
    session.done_showing()
    reported.log_outcomes(went)
    people = reported.people_of(went)
    say(went)
    return reported.end(people, went.code, deferred=went.deferred)


def begun(session: Session, word: Word) -> Reported:
    """A run whose turn it is; Held, and reported, when it is not."""
    reported = Reported(session, word)
    if reported.held is not None:
        reported.end((), Held.exit_code)
        raise _said(reported.held)
    return reported


def not_begun(machine: Machine, args: argparse.Namespace, error: Configure587Error) -> None:
    """Log and report a run whose policy was refused: nobody else will hear of it."""
    log = RunLog(machine, args.verb)
    log.add(f"refused: {error.code} {error.fields.get('where', error.fields.get('path', ''))}")
    _told(machine, args, reports.of_refusal(machine, error), error.exit_code, log)
    log.write()


def crashed(machine: Machine, args: argparse.Namespace, error: Exception) -> None:
    """Report a run that a fault of ours ended; a crash file tells more."""
    log = RunLog(machine, args.verb)
    _told(machine, args, reports.of_crash(error), exit_codes.OUR_BUG, log)


def _told(
    machine: Machine, args: argparse.Namespace, trouble: TroubleJson, code: int, log: RunLog
) -> None:
    """Send the report of a run of which only this is known, if it is known where to."""
    if args.verb not in {"apply", "rollback", "scan"}:
        return
    file = getattr(args, "policy", None)
    folder = settling.report_folder(machine, said(args), file, DiskFiles())
    if not folder:
        return
    dry_run = bool(getattr(args, "dry_run", False))
    run = reports.Run(args.verb, machine.stamp(), dry_run=dry_run, trouble=trouble)
    document = reports.made(machine, run, (), code)
    sent = reports.deliver(machine, Share(folder), document, keep=not dry_run)
    log.add("report sent" if sent else "report not sent yet")
    events.tell(machine, [events.delivered(sent=sent)])


class Reported:
    """A run from its beginning to its report: the log, the folder, the turn."""

    def __init__(self, session: Session, word: Word) -> None:
        """Find out whether it is this computer's turn; what stops even that is reported."""
        self.machine = session.machine
        self.policy = session.policy()
        self._args = session.args
        self._word = word
        self._dry_run = bool(getattr(session.args, "dry_run", False))
        self.acting = guards.dry_run(self.machine) if self._dry_run else self.machine
        self.log = RunLog(self.machine, word)
        self._wishes = session.wishes.digest if session.wishes is not None else ""
        self._started = self.machine.stamp()
        folder = self.policy.report or self._folder_of_undoing()
        self._share = Share(folder) if folder else None
        self._turn = turn.Turn()
        events.tell(self.machine, [events.began(word, dry_run=self._dry_run)])
        try:
            if word == "apply":
                asked = session.args.ring
                self._turn = turn.of(
                    self.machine, self.policy, asked, self._share, dry_run=self._dry_run
                )
        except Configure587Error as error:
            self.stopped_by(error)
            raise

    def _folder_of_undoing(self) -> str:
        """Where an undoing is reported: it heeds no policy but for this, or the fleet would err."""
        if self._word != "rollback":
            return ""
        return settling.report_folder(self.machine, said(self._args), None, DiskFiles())

    @property
    def held(self) -> str | None:
        """Why nothing is begun; None when it is this computer's turn."""
        return self._turn.held

    @property
    def _is_told(self) -> bool:
        """Whether anybody is told how it stands: a folder for reports, or the system's log."""
        return self._share is not None or self.machine.events is not None

    def people_of(self, went: Went) -> list[PersonJson]:
        """What the report tells of this person; nothing where nobody is told."""
        if not self._is_told:
            return []
        names = reports.names(self.acting, self.policy)
        return [one_person.told(self.acting, self.policy, names, went)]

    def log_outcomes(self, went: Went) -> None:
        """Note how it went with each profile."""
        for outcome in (*went.recovered, *went.outcomes):
            self.log.outcome(outcome)
        events.tell(self.machine, events.recovered(len(went.recovered)))

    def stopped_by(self, error: Configure587Error) -> None:
        """Report what stopped the run; another run at work is no failure of this one."""
        self.log.add(f"refused: {error.code}")
        if error.code == "another_run":
            self._turn = self._turn._replace(held=error.code)
        people = []
        if self._is_told and error.code not in turn.NOT_BEGUN:
            names = reports.names(self.acting, self.policy)
            people = [one_person.stopped(self.acting, self.policy, names, error)]
        self.end(people, error.exit_code)

    def _settle_next_sign_in(self, deferred: bool | None) -> None:
        """Leave, keep or take away what runs at the next sign-in.

        What was held or stopped is no reason to leave an entry, but one to keep it.
        """
        at_sign_in = bool(getattr(self._args, "at_sign_in", False))
        if self._word != "apply" or self._dry_run or (deferred is None and not at_sign_in):
            return
        said = next_sign_in.after(
            next_sign_in.of(self.machine),
            self.policy,
            unfinished=deferred is not False,
            at_sign_in=at_sign_in,
            more=[word for name in ("only", "skip") for word in _again(self._args, name)],
        )
        self.log.add(said)

    def end(self, people: Sequence[PersonJson], code: int, *, deferred: bool | None = None) -> int:
        """Close the log and send the report; whatever becomes of it, the exit code stays.

        `deferred` is whether something was put off, None when the run was held or stopped.
        """
        self._settle_next_sign_in(deferred)
        changed = any(each["result"] == "changed" for one in people for each in one["accounts"])
        if not changed:
            turn.give_back(self._share, self._turn)
        if self.held is not None:
            self.log.add(f"held: {self.held}")
        self.log.add(f"exit code {code}")
        document = self.made(people, code)
        if self.machine.events is not None:
            hidden = MadeUp(pseudonyms.key(self.acting))
            events.tell(self.machine, events.of_run(document, hidden.of))
        if self._share is not None:
            sent = reports.deliver(self.machine, self._share, document, keep=not self._dry_run)
            self.log.add("report sent" if sent else "report not sent yet")
            events.tell(self.machine, [events.delivered(sent=sent)])
        if not self._dry_run and self._word != "scan":
            self.log.write()
        return code

    def made(self, people: Sequence[PersonJson], code: int) -> RunJson:
        """The report, as of now."""
        run = reports.Run(
            self._word,
            self._started,
            self._turn.ring,
            self._dry_run,
            self._turn.held,
            self._wishes,
        )
        return reports.made(self.machine, run, people, code)


def _said(held: str) -> Held:
    """Why nothing was begun, as something that has words."""
    if held == "ring":
        return Held("held_ring")
    return Held("held_limit") if held == "limit" else Held("held_brake")


def _again(args: argparse.Namespace, name: str) -> list[str]:
    """An option that may be given many times, as it was given."""
    return [word for value in getattr(args, name) for word in (f"--{name}", value)]
