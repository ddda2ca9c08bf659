"""Prove, then write: servers are looked at before a plan is shown, and again once it is done."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeAlias

from configure587 import clients, elsewhere, undo, vault, verdicts
from configure587.errors import Cancelled, Unsure
from configure587.model import (
    SUBMISSIONS,
    Outcome,
    Plan,
    Progress,
    Result,
    Step,
    Verdict,
    reason,
)
from configure587.policy import Probe
from configure587.seen import Door, End, HostSeen, Question, Seen
from configure587.submission import verdict
from configure587.submission.hostnames import canonical
from configure587.submission.verdict import Around, Deed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from configure587.machine import Machine
    from configure587.model import Finding, OutgoingServer, Reason, Target, Transport
    from configure587.policy import Policy
    from configure587.submission.verdict import Judgment

Notify: TypeAlias = "Callable[[Progress], None]"


def prove(machine: Machine, made: Plan, policy: Policy, notify: Notify) -> Plan:
    """The same plan without what could not be proven from this network, and what was seen.

    With Probe.WARN everything stays and the doubts are said; with Probe.OFF nothing is looked at,
    and that is said.
    """
    if not made.steps:
        return made
    if policy.probe is Probe.OFF:
        return dataclasses.replace(made, remarks=(*made.remarks, reason("not_looked")))
    seen = _look(machine, list(_questions(made.steps)), notify)
    steps: list[Step] = []
    untouched: list[Finding] = []
    for step in made.steps:
        proved = _proved(machine, step, seen, policy, notify)
        if isinstance(proved, Step):
            steps.append(proved)
        else:
            untouched.append(proved)
    return dataclasses.replace(
        made,
        steps=tuple(steps),
        untouched=(*untouched, *made.untouched),
        proofs=tuple(seen.values()),
        remarks=(*made.remarks, *verdict.network(list(seen.values()))),
    )


def again(
    machine: Machine, made: Plan, backup: str, outcomes: Sequence[Outcome], notify: Notify
) -> list[Outcome]:
    """Look once more at what was written; profiles whose server is no longer proven go back."""
    changed = {each.profile.folder for each in outcomes if each.result is Result.CHANGED}
    steps = [each for each in made.steps if each.finding.profile.folder in changed]
    before = {seen.question.host: seen for seen in made.proofs}
    doors = dict.fromkeys(_door(_target(step)) for step in steps)
    try:
        seen = _look(machine, [Question(door.host, (door,)) for door in doors], notify)
    except Cancelled:
        return _stopped(machine, backup, outcomes)
    lost: dict[str, Judgment] = {}
    for step in steps:
        target = _target(step)
        then, now = (each.get(target.hostname) for each in (before, seen))
        if then is None or now is None:
            continue
        one, two = then.at(target.port), now.at(target.port)
        if one is not None and two is not None and verdict.worse(one, two):
            around = Around(others_answer=_somebody_answers(seen.values()))
            lost[step.finding.profile.folder] = verdict.judge(now, around, target.port)
    if not lost:
        return list(outcomes)
    back = undo.values(machine, vault.load(machine, backup), notify, lost)
    undone = {each.profile.folder: each for each in back.outcomes}
    return [_lost(each, undone, lost) for each in outcomes]


def _stopped(machine: Machine, backup: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The person stopped us before everything was seen to work: all of it goes back."""

    def silence(progress: Progress) -> None:
        del progress  # to stop again changes nothing

    back = undo.values(machine, vault.load(machine, backup), silence)
    undone = {each.profile.folder: each for each in back.outcomes}
    for folder, each in undone.items():
        if each.result is Result.UNDONE:
            undone[folder] = dataclasses.replace(each, result=Result.STOPPED, changes=())
    return [undone.get(each.profile.folder, each) for each in outcomes]


def _lost(outcome: Outcome, undone: Mapping[str, Outcome], lost: Mapping[str, Judgment]) -> Outcome:
    folder = outcome.profile.folder
    if folder not in lost or outcome.result is not Result.CHANGED:
        return outcome
    back = undone[folder]
    result = Result.FAILED if back.result is Result.UNDONE else back.result
    reasons = (reason("proof_lost"), *lost[folder].reasons, *back.reasons)
    return dataclasses.replace(outcome, result=result, reasons=reasons, changes=())


def _questions(steps: Iterable[Step]) -> Iterable[Question]:
    """One for each host: both doors, and port 25 if some program there uses it today."""
    hosts: dict[str, bool] = {}
    for step in steps:
        host = _target(step).hostname
        hosts[host] = hosts.get(host, False) or _server(step).transport.port == 25
    for host, old in hosts.items():
        yield Question(host, verdict.doors(host), verdict.old_door(host) if old else None)


def _look(machine: Machine, questions: Sequence[Question], notify: Notify) -> dict[str, HostSeen]:
    """What was seen of each host; of a computer without a network, that nobody answers."""
    if machine.network is None:
        return {each.host: _nobody(each) for each in questions}
    stopped: list[Cancelled] = []

    def cancelled() -> bool:
        try:
            notify(Progress("prove", len(found), len(questions)))
        except Cancelled as error:
            stopped.append(error)
        return bool(stopped)

    found: dict[str, HostSeen] = {}
    for seen in machine.network.look(questions, cancelled):
        found[seen.question.host] = seen
    if stopped:
        raise stopped[0]
    return {each.host: found.get(each.host) or _nobody(each) for each in questions}


def _nobody(question: Question) -> HostSeen:
    return HostSeen(question, tuple(Seen(door, End.NO_DNS) for door in question.doors))


def _proved(
    machine: Machine, step: Step, seen: dict[str, HostSeen], policy: Policy, notify: Notify
) -> Step | Finding:
    """The step as it may be made, or the finding that nothing is changed for.

    What was seen of other hosts on the way is added to `seen`.
    """
    target = _target(step)
    others = [each for host, each in seen.items() if host != target.hostname]
    around = Around(_somebody_answers(others), elsewhere.starttls_known(target.hostname))
    judged = verdict.judge(seen[target.hostname], around, target.port)
    if judged.row.deed is Deed.REWRITE:
        return _with(step, judged)
    if judged.row.deed is Deed.OFFER_465 and judged.door and SUBMISSIONS in policy.targets:
        other = _towards(step, SUBMISSIONS, policy)
        if other is not None:
            return _with(other, judged)
    more: tuple[Reason, ...] = ()
    if elsewhere.wanted(judged):
        proved = _elsewhere(machine, step, judged, seen, policy, notify)
        if isinstance(proved, Step):
            return proved
        more = proved
    if policy.probe is Probe.WARN:
        warned = _with(step, judged)
        reasons = (*warned.finding.reasons, reason("unproven_all_the_same"))
        return dataclasses.replace(warned, finding=warned.finding._replace(reasons=reasons))
    found = step.finding
    return found._replace(
        verdict=Verdict.UNPROVEN, target=None, reasons=(*found.reasons, *judged.reasons, *more)
    )


def _elsewhere(  # noqa: PLR0913, PLR0917 - what is known, and whom to ask
    machine: Machine,
    step: Step,
    judged: Judgment,
    seen: dict[str, HostSeen],
    policy: Policy,
    notify: Notify,
) -> Step | tuple[Reason, ...]:
    """The step to another server that somebody accepted; else what there is to say of one."""

    def look(questions: Sequence[Question]) -> Mapping[str, HostSeen]:
        new = [each for each in questions if each.host not in seen]
        seen.update(_look(machine, new, notify) if new else {})
        return seen

    target = _target(step)
    try:
        other = elsewhere.find(machine, _server(step), seen[target.hostname], policy, look)
    except (OSError, Unsure):
        return ()  # the profile could not be read again: then there is nobody to ask about
    if other is None:
        return ()
    host = other.candidate.host
    to = elsewhere.step_to(step, other)
    if to is None:
        return (*other.reasons, reason("other_host_by_hand", other=host))
    if host not in {canonical(name) for name in policy.accept_hosts}:
        return (*other.reasons, reason("other_host_found", other=host))
    reasons = (*judged.reasons, reason("other_host_taken", other=host, host=target.hostname))
    found = to.finding
    return dataclasses.replace(to, finding=found._replace(reasons=(*found.reasons, *reasons)))


def _with(step: Step, judged: Judgment) -> Step:
    reasons = (*step.finding.reasons, *judged.reasons)
    return dataclasses.replace(step, finding=step.finding._replace(reasons=reasons))


def _towards(step: Step, transport: Transport, policy: Policy) -> Step | None:
    """The same finding with another target, if its program has words for it."""
    found = step.finding
    client = clients.CLIENTS[found.profile.client]
    wanted = policy._replace(targets=(transport,))
    other, changes = verdicts.judge(client, _server(step), found.id, wanted)
    return Step(other, changes) if changes else None


def _somebody_answers(seen: Iterable[HostSeen]) -> bool:
    every = [door for each in seen for door in (*each.doors, each.old) if door is not None]
    return any(verdict.answers(door) or verdict.protected(door) for door in every)


def _door(target: Target) -> Door:
    return Door(target.hostname, target.port, target.security)


def _target(step: Step) -> Target:
    assert step.finding.target is not None
    return step.finding.target


def _server(step: Step) -> OutgoingServer:
    assert step.finding.server is not None
    return step.finding.server
