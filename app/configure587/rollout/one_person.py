"""One person's part of a run: no question, no output; expected trouble is part of the answer."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configure587 import engine, vault
from configure587.errors import (
    Busy,
    Cancelled,
    Configure587Error,
    Refused,
    about_backups,
    expected,
)
from configure587.machine import guards
from configure587.model import Result, State
from configure587.policies import places
from configure587.report import exit_codes
from configure587.rollout import next_sign_in, programs, retention
from configure587.runlog import RunLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from configure587.machine import Machine
    from configure587.model import Finding, Outcome, Plan, Progress, Receipt
    from configure587.policy import Policy
    from configure587.report.run_documents import AccountJson, DoorJson, PersonJson, RunWord
    from configure587.rollout.names import Names

Notify: TypeAlias = Callable[["Progress"], None]
Choosing: TypeAlias = Callable[["Machine"], "list[str]"]
Planning: TypeAlias = Callable[["Machine", "Policy", Notify], "Plan"]

_FAILED = (Result.BROKEN, Result.FAILED, Result.DENIED, Result.UNREADABLE, Result.STOPPED)
"""What makes a person's part a failure, worst first; what is only put off does not."""


class Went(NamedTuple):
    """How a run went for one person, by finding ids.

    `before` is what was found, `left` what the plan says of what it leaves, `how` the outcomes,
    `sets` the backups that were made or undone, `now` what holds still where that is known.
    """

    receipts: tuple[Receipt, ...] = ()
    recovered: tuple[Outcome, ...] = ()
    before: Mapping[str, Finding] = {}
    left: Mapping[str, Finding] = {}
    how: Mapping[str, Outcome] = {}
    code: int = exit_codes.DONE
    sets: tuple[str, ...] = ()
    now: tuple[Finding, ...] | None = None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How it went with each profile, in all that was done."""
        return tuple(each for receipt in self.receipts for each in receipt.outcomes)

    @property
    def deferred(self) -> bool:
        """Whether a mail program was open, so that something is left to do."""
        return any(each.result is Result.DEFERRED for each in self.outcomes)


def carried_out(  # noqa: PLR0913 - a run has this many sides
    machine: Machine,
    policy: Policy,
    run: RunWord,
    *,
    dry_run: bool,
    names: Names,
    stop: Callable[[], bool],
) -> PersonJson:
    """Recover, then apply, undo everything in force, or scan, for the person of this machine.

    Servers are looked at if the machine has a network. What can be expected to go wrong makes the
    answer a failed one; a log is kept in this person's data folder.
    """
    acting = guards.dry_run(machine) if dry_run else machine
    policy = policy._replace(tamper_proof_only=True)
    log = RunLog(acting, run)
    try:
        policy = _with_own(acting, policy)
        went = _RUNS[run](acting, policy, _until(stop))
    except (Configure587Error, Cancelled, OSError) as error:
        trouble = expected(error)
        _keep(log, run, (), trouble.exit_code, trouble.code)
        return stopped(acting, policy, names, trouble)
    if run == "apply" and not dry_run:
        entry = next_sign_in.of(machine)
        log.add(next_sign_in.after(entry, policy, unfinished=went.deferred, at_sign_in=False))
    _keep(log, run, (*went.recovered, *went.outcomes), went.code)
    return told(acting, policy, names, went)


def _with_own(machine: Machine, policy: Policy) -> Policy:
    """The policy for this person, for whom something may have been set; looked for, not loaded."""
    if not policy.own_keys or places.of_user(machine) is None:
        return policy
    from configure587.policies import settling

    return settling.with_own(machine, policy)


def applied(
    machine: Machine, policy: Policy, notify: Notify, planning: Planning = engine.chosen
) -> Went:
    """Make the changes that the policy wants; raises what stops a run."""
    with _alone(machine):
        recovered = tuple(engine.recover(machine))
        made = planning(machine, policy, notify)
        try:
            receipt = engine.apply(machine, made, policy, notify)
        except OSError as error:
            raise about_backups(error) from error
    went = of_plan(made, receipt, recovered)
    if policy.backups_kept and went.code == exit_codes.DONE:
        with contextlib.suppress(OSError, Refused):  # the change is made, and another run tidies up
            retention.prune(machine, policy.backups_kept, [receipt.backup or ""])
    return went


def of_plan(made: Plan, receipt: Receipt, recovered: tuple[Outcome, ...] = ()) -> Went:
    """How it went with a plan."""
    by_profile = {each.profile.folder: each for each in receipt.outcomes}
    steps = [step.finding for step in made.steps]
    return Went(
        receipts=(receipt,),
        recovered=recovered,
        before={each.id: each for each in (*steps, *made.untouched)},
        left={each.id: each for each in made.untouched},
        how={
            each.id: by_profile[each.profile.folder]
            for each in steps
            if each.profile.folder in by_profile
        },
        code=exit_codes.of_receipt(receipt),
        sets=(receipt.backup,) if receipt.backup is not None else (),
    )


def undone(
    machine: Machine,
    policy: Policy,
    notify: Notify,
    choosing: Choosing | None = None,
    *,
    whole_file: bool = False,
) -> Went:
    """Undo every change in force, newest first, or the chosen backups; raises what stops a run."""
    with _alone(machine):
        recovered = tuple(engine.recover(machine))
        before = _found(machine, policy)
        how: dict[str, Outcome] = {}
        receipts = []
        for set_id in (choosing or in_force)(machine):
            backup = vault.load(machine, set_id)
            try:
                receipt = engine.rollback(machine, set_id, whole_file=whole_file, notify=notify)
            except OSError as error:
                raise about_backups(error) from error
            receipts.append((set_id, receipt))
            by_profile = {each.profile.folder: each for each in receipt.outcomes}
            for entry in backup.entries:
                outcome = by_profile.get(entry.profile.folder)
                for group in entry.groups if outcome else ():
                    how[group.finding] = _worse(how.get(group.finding), outcome)
    code = exit_codes.of_outcomes([each for _, one in receipts for each in one.outcomes])
    undone_by = tuple(one for _, one in receipts)
    sets = tuple(set_id for set_id, _ in receipts)
    return Went(undone_by, recovered, before, how=how, code=code, sets=sets)


def in_force(machine: Machine) -> list[str]:
    """The ids of backups whose change is in force, newest first.

    With none but damaged ones, the newest of those: better that undoing refuses it aloud.
    """
    sets = [vault.load(machine, name) for name in reversed(vault.ids(machine))]
    names = [each.id for each in sets if each.state is State.APPLIED and each.kind == "change"]
    return names or [each.id for each in sets if each.state is State.DAMAGED][:1]


def scanned(machine: Machine, policy: Policy, notify: Notify) -> Went:
    """Look, and change nothing but what an interrupted run has left."""
    recovered = tuple(engine.recover(machine))
    found = tuple(engine.inspect(machine, policy, notify))
    before = {each.id: each for each in found}
    code = exit_codes.of_verdicts(each.verdict for each in before.values())
    return Went((), recovered, before, code=code, now=found)


_RUNS: Mapping[str, Callable[[Machine, Policy, Notify], Went]] = {
    "apply": applied,
    "rollback": undone,
    "scan": scanned,
}


def told(machine: Machine, policy: Policy, names: Names, went: Went) -> PersonJson:
    """How it went as a report tells it; where something may have changed, it is looked at again."""
    bad = [each for word in _FAILED for each in went.outcomes if each.result is word]
    why = next((reason.code for each in bad for reason in each.reasons), "failed")
    return {
        "person": names.of("person", machine.user),
        "state": "failed" if bad else "done",
        "reason": why if bad else None,
        "exit_code": went.code,
        "backups": list(went.sets),
        "accounts": _accounts(machine, policy, names, went),
    }


def failed(person: str, error: Configure587Error) -> PersonJson:
    """A person for whom nothing could be done, nor be seen."""
    return {
        "person": person,
        "state": "failed",
        "reason": error.code,
        "exit_code": error.exit_code,
        "backups": [],
        "accounts": [],
    }


def stopped(machine: Machine, policy: Policy, names: Names, error: Configure587Error) -> PersonJson:
    """A person whose part was stopped, with what is found all the same."""
    answer = failed(names.of("person", machine.user), error)
    with contextlib.suppress(OSError, Configure587Error):
        answer["accounts"] = _accounts(machine, policy, names, Went())
    return answer


def _accounts(machine: Machine, policy: Policy, names: Names, went: Went) -> list[AccountJson]:
    """Every account as it is now; where that is known already, as it was just found."""
    fresh = guards.read_only(machine)
    found = engine.inspect(fresh, policy) if went.now is None else went.now
    return [_account(fresh, names, _judged(each, went), went) for each in found]


def _found(machine: Machine, policy: Policy) -> dict[str, Finding]:
    return {each.id: each for each in engine.inspect(machine, policy)}


def _judged(now: Finding, went: Went) -> Finding:
    """A finding as it is now; what was not touched keeps the word of who looked at its server."""
    said = went.left.get(now.id)
    if said is not None and said.server == now.server:
        return said
    return now


def _account(machine: Machine, names: Names, now: Finding, went: Went) -> AccountJson:
    before = went.before.get(now.id, now)
    outcome = went.how.get(now.id)
    reasons = (*now.reasons, *(outcome.reasons if outcome is not None else ()))
    return {
        "finding": names.of("finding", now.id),
        "account": names.of("account", _called(now)),
        "client": now.profile.client,
        "program": now.profile.program,
        "program_version": programs.version(machine, now.profile),
        "provider": programs.provider(now.server),
        "verdict": now.verdict.value,
        "reasons": list(dict.fromkeys(each.code for each in reasons)),
        "result": outcome.result.value if outcome is not None else None,
        "before": _door(before),
        "now": _door(now),
    }


def _called(value: Finding) -> str:
    """Whose account this is: the addresses, else the user name, else where it stands."""
    if value.server is None:
        return value.profile.folder
    return ", ".join(value.server.used_by) or value.server.username or value.server.hostname


def _door(value: Finding) -> DoorJson | None:
    if value.server is None:
        return None
    port, security = value.server.transport
    return {"port": port, "security": security.value}


def _worse(one: Outcome | None, other: Outcome | None) -> Outcome:
    """Of two outcomes for the same account the one that tells more: anything but undone."""
    found = [each for each in (one, other) if each is not None]
    return next((each for each in found if each.result is not Result.UNDONE), found[-1])


def _until(stop: Callable[[], bool]) -> Notify:
    def notify(progress: Progress) -> None:
        del progress
        if stop():
            raise Cancelled

    return notify


@contextlib.contextmanager
def _alone(machine: Machine) -> Iterator[None]:
    """One unattended run for a person at a time, from its first look on; else Refused.

    Where the data folder takes no lock there is nothing to guard: nothing can be changed either.
    """
    with contextlib.ExitStack() as stack:
        try:
            vault.prepare(machine)
            lock = os.path.join(machine.data_folder, "unattended.lock")
            stack.enter_context(machine.processes.keep_out(lock))
        except Busy as error:
            raise Refused("another_run") from error
        except OSError:
            pass
        yield


def _keep(log: RunLog, run: RunWord, outcomes: Iterable[Outcome], code: int, why: str = "") -> None:
    if run == "scan":
        return
    for each in outcomes:
        log.outcome(each)
    if why:
        log.add(f"refused: {why}")
    log.add(f"exit code {code}")
    log.write()
