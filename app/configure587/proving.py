"""Prove, then write: servers are looked at before a plan is shown, and again once it is done."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

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
from configure587.submission.verdict import Deed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from configure587.machine import Machine
    from configure587.machine.seams import Online
    from configure587.model import Finding, OutgoingServer, Reason, Target, Transport
    from configure587.policy import Policy
    from configure587.submission.verdict import Judgment

Notify: TypeAlias = "Callable[[Progress], None]"


def prove(machine: Machine, made: Plan, policy: Policy, notify: Notify) -> Plan:
    """The same plan without what could not be proven from this network, and what was seen.

    With Probe.WARN everything stays and the doubts are said; with Probe.OFF nothing is looked at,
    and that is said.
    """
    lacking = [each for each in made.untouched if _lacks_login(each) and policy.wants(each.id)]
    if not made.steps and not lacking:
        return made
    if policy.probe is Probe.OFF:
        return dataclasses.replace(made, remarks=(*made.remarks, reason("not_looked")))
    run = _Run(machine, policy, notify)
    run.look(list(_questions([*map(_aim, made.steps), *map(_wish, lacking)])))
    proved = [run.proved(step) for step in made.steps]
    unproven = tuple(each for each in proved if not isinstance(each, Step))
    asked = {each.id: run.asked(each) for each in lacking}
    return dataclasses.replace(
        made,
        steps=tuple(each for each in proved if isinstance(each, Step)),
        untouched=(*unproven, *(asked.get(each.id, each) for each in made.untouched)),
        proofs=tuple(run.seen.values()),
        remarks=(*made.remarks, *verdict.network(list(run.seen.values()))),
        offers=tuple(run.offers),
    )


def again(
    machine: Machine, made: Plan, backup: str, outcomes: Sequence[Outcome], notify: Notify
) -> list[Outcome]:
    """Look once more at what was written; profiles whose server is no longer proven go back."""
    changed = {each.profile.folder for each in outcomes if each.result is Result.CHANGED}
    steps = [each for each in made.steps if each.finding.profile.folder in changed]
    before = {seen.question.host: seen for seen in made.proofs}
    try:
        seen = _look(machine, _written(steps), notify)
    except Cancelled:
        return _stopped(machine, backup, outcomes)
    lost: dict[str, Judgment] = {}
    for step in steps:
        target = _target(step)
        then, now = (each.get(target.hostname) for each in (before, seen))
        if then is None or now is None:
            continue
        one, two = then.at(target.port), now.at(target.port)
        if one is not None and two is not None and verdict.worse(one, two, _auth(step)):
            around = verdict.around(target.hostname, seen.values(), auth=_auth(step))
            lost[step.finding.profile.folder] = verdict.judge(now, around, target.port)
    if not lost:
        return list(outcomes)
    back = undo.values(machine, vault.load(machine, backup), notify, lost)
    undone = {each.profile.folder: each for each in back.outcomes}
    return [_lost(each, undone, lost) for each in outcomes]


def _written(steps: Iterable[Step]) -> list[Question]:
    """One for each host: every door of it that a program was led to."""
    doors: dict[str, dict[Door, None]] = {}
    for target in map(_target, steps):
        doors.setdefault(target.hostname, {})[_door(target)] = None
    return [Question(host, tuple(those)) for host, those in doors.items()]


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


class _Aim(NamedTuple):
    """A host whose doors are to be looked at, and whether some program uses its port 25 today."""

    host: str
    old: bool


def _aim(step: Step) -> _Aim:
    return _Aim(_target(step).hostname, _server(step).transport.port == 25)


def _wish(finding: Finding) -> _Aim:
    assert finding.server is not None
    return _Aim(finding.server.hostname, finding.server.transport.port == 25)


def _lacks_login(finding: Finding) -> bool:
    """Whether all that a finding lacks is a user name to sign in with (row 3)."""
    codes = {each.code for each in finding.reasons}
    return finding.verdict is Verdict.STUCK and "sign_in_needed" in codes


def _questions(aims: Iterable[_Aim]) -> Iterable[Question]:
    """One for each host: both doors, and port 25 if some program there uses it today."""
    hosts: dict[str, bool] = {}
    for host, old in aims:
        hosts[host] = hosts.get(host, False) or old
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


@dataclasses.dataclass(slots=True)
class _Run:
    """One proof: what was seen up to now, and what was found that wants a person's yes."""

    machine: Machine
    policy: Policy
    notify: Notify
    seen: dict[str, HostSeen] = dataclasses.field(default_factory=dict)
    offers: list[Step] = dataclasses.field(default_factory=list)
    asking: Online | None = None

    def look(self, questions: Sequence[Question]) -> Mapping[str, HostSeen]:
        """All that was seen, once these hosts have been looked at too."""
        new = [each for each in questions if each.host not in self.seen]
        if new:
            self.seen.update(_look(self.machine, new, self.notify))
        return self.seen

    def proved(self, step: Step) -> Step | Finding:
        """The step as it may be made, or the finding that nothing is changed for."""
        target = _target(step)
        judged = self._judged(target.hostname, target.port, _auth(step))
        if judged.row.deed is Deed.REWRITE:
            return _with(step, judged.reasons)
        if judged.row.deed is Deed.OFFER_465 and judged.door and SUBMISSIONS in self.policy.targets:
            other = _towards(step, SUBMISSIONS, self.policy)
            if other is not None:
                return _with(other, judged.reasons)
        if judged.row.deed is Deed.WARN:
            self.offers.append(_with(step, judged.reasons))
        elsewhere_ = self._elsewhere(step, judged) if elsewhere.wanted(judged) else ()
        if isinstance(elsewhere_, Step):
            return elsewhere_
        if not elsewhere_:  # who was asked meanwhile, and was silent too, tells of the network
            judged = self._judged(target.hostname, target.port, _auth(step))
        reasons = (*judged.reasons, *elsewhere_)
        if self.policy.probe is Probe.WARN:
            return _with(step, (*reasons, reason("unproven_all_the_same")))
        found = step.finding
        return found._replace(
            verdict=Verdict.UNPROVEN, target=None, reasons=(*found.reasons, *reasons)
        )

    def asked(self, finding: Finding) -> Finding:
        """The finding that lacks a user name, and what was seen of its server."""
        server = finding.server
        assert server is not None
        judged = self._judged(server.hostname, self.policy.targets[0].port, server.auth)
        return finding._replace(reasons=(*judged.reasons, *finding.reasons))

    def _judged(self, host: str, port: int, auth: str) -> Judgment:
        known = elsewhere.starttls_known(host)
        around = verdict.around(host, self.seen.values(), starttls_known=known, auth=auth)
        return verdict.judge(self.seen[host], around, port)

    def _elsewhere(self, step: Step, judged: Judgment) -> Step | tuple[Reason, ...]:
        """The step to another server that somebody accepted; else what there is to say of one."""
        host = _target(step).hostname
        server = _server(step)
        try:
            other = elsewhere.find(
                self.machine, server, self.seen[host], self.policy, self.look, self._online()
            )
        except (OSError, Unsure):
            return ()  # the profile could not be read again: then there is nobody to ask about
        if other is None:
            return ()
        name = other.candidate.host
        to = elsewhere.step_to(step, other)
        if to is None:
            return (*other.reasons, reason("other_host_by_hand", other=name))
        taken = _with(to, (*judged.reasons, reason("other_host_taken", other=name, host=host)))
        if name in {canonical(each) for each in self.policy.accept_hosts}:
            return taken
        self.offers.append(taken)
        return (*other.reasons, *elsewhere.found(server, other))

    def _online(self) -> Online | None:
        """Whom to ask where the right server is; nobody, unless the person switched that on."""
        network = self.machine.network
        if self.asking is None and network is not None and self.policy.online:
            online = network.online(self._stopped)
            if online is not None:
                self.asking = elsewhere.Asking(online, self._stopped)
        return self.asking

    def _stopped(self) -> bool:
        """Never yes: `notify` raises Cancelled when somebody said stop."""
        self.notify(Progress("prove", len(self.seen) - 1, len(self.seen)))
        return False


def _with(step: Step, more: Sequence[Reason]) -> Step:
    reasons = (*step.finding.reasons, *more)
    return dataclasses.replace(step, finding=step.finding._replace(reasons=reasons))


def _towards(step: Step, transport: Transport, policy: Policy) -> Step | None:
    """The same finding with another target, if its program has words for it."""
    found = step.finding
    client = clients.CLIENTS[found.profile.client]
    wanted = policy._replace(targets=(transport,))
    other, changes = verdicts.judge(client, _server(step), found.id, wanted)
    if not changes:
        return None
    running = tuple(each for each in found.reasons if each.code == "running")
    return _with(Step(other, changes), running)


def _auth(step: Step) -> str:
    """How the program will sign in; who sends on 587 without signing in today goes on so."""
    auth = _server(step).auth
    return "password" if auth == "none" else auth


def _door(target: Target) -> Door:
    return Door(target.hostname, target.port, target.security)


def _target(step: Step) -> Target:
    assert step.finding.target is not None
    return step.finding.target


def _server(step: Step) -> OutgoingServer:
    assert step.finding.server is not None
    return step.finding.server
