"""The story: discover, inspect, plan, apply, verify, rollback, over a machine that is passed in.

Nothing here asks a question, prints a word or knows which system this is.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

from configure587 import undo, vault
from configure587.clients import CLIENTS
from configure587.errors import Busy, Cancelled, Refused, Stale, Unsure
from configure587.machine import guards, sheets
from configure587.model import (
    Entry,
    Finding,
    Group,
    Outcome,
    Plan,
    Progress,
    Receipt,
    Result,
    Step,
    Verdict,
    reason,
)
from configure587.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.clients import Client
    from configure587.machine import Machine
    from configure587.model import Approval, Change, Profile
    from configure587.policy import Policy

Notify: TypeAlias = Callable[[Progress], None]
Judged: TypeAlias = "tuple[Finding, tuple[Change, ...]]"

_BATCH = 32  # profiles whose locks are held, and whose copies are synced, together


def discover(machine: Machine, policy: Policy) -> Iterator[Profile]:
    """Every profile of every mail program that the policy wants."""
    for client in _clients(policy):
        yield from client.profiles(machine)


def inspect(machine: Machine, policy: Policy, notify: Notify | None = None) -> Iterator[Finding]:
    """One finding per outgoing server; reads only, and holds one profile in memory at a time."""
    for finding, _ in _judged(guards.read_only(machine), policy, notify):
        yield finding


def survey(
    machine: Machine,
    policy: Policy,
    render: Callable[[Finding], str],
    notify: Notify | None = None,
) -> Iterator[tuple[Verdict, str]]:
    """As inspect, each finding rendered where it was found: on all processors when many."""
    reader = guards.read_only(machine)
    count = itertools.count(1)
    for client in _clients(policy):
        for finding in _unlisted(reader, client):
            yield finding.verdict, render(finding)

        def work(profile: Profile, client: Client = client) -> list[tuple[str, str]]:
            found = _of_profile(reader, client, profile, policy)
            return [(finding.verdict.value, render(finding)) for finding, _ in found]

        for answers in machine.spread(work, list(client.profiles(reader))):
            if notify is not None:
                notify(Progress("inspect", next(count)))
            for verdict, rendered in answers:
                yield Verdict(verdict), rendered


def plan(machine: Machine, policy: Policy, notify: Notify | None = None) -> Plan:
    """What would be changed, and what was found besides. Changes nothing."""
    steps, untouched = [], []
    for finding, changes in _judged(guards.read_only(machine), policy, notify):
        if changes and policy.wants(finding.id):
            steps.append(Step(finding, changes))
        else:
            untouched.append(finding)
    return Plan(computer(machine), vault.stamp(machine), tuple(steps), tuple(untouched))


def confirm(machine: Machine, approved: Approval, policy: Policy) -> Plan:
    """The plan for what was approved, once we would make it ourselves now; else Refused.

    A plan file can only choose among what this computer needs: whatever else it says, however
    it came to say it, is refused. What has been done already is left out.
    """
    if approved.computer != computer(machine):
        raise Refused("plan_of_another_computer")
    wanted = {name: changes for name, changes in approved.steps if policy.wants(name)}
    if not wanted:
        return Plan(approved.computer, vault.stamp(machine), ())
    mine = plan(machine, dataclasses.replace(policy, only=tuple(wanted)))
    ours = {step.finding.id: step.changes for step in mine.steps}
    for name, changes in wanted.items():
        if ours.get(name) != changes and not _already(machine, mine, name, changes):
            raise Refused("plan_stale", finding=name)
    return mine


def apply(
    machine: Machine, approved: Plan, policy: Policy, notify: Notify | None = None
) -> Receipt:
    """Make the plan's changes; each profile wholly or not at all. Undoes what it cannot finish."""
    if not approved.steps:
        return Receipt(None, (), approved.untouched)
    with alone(machine):
        run = _Run(machine, vault.begin(machine), notify or _silence, len(approved.steps))
        units = _by_profile(approved.steps)
        outcomes = [each for batch in _batches(units) for each in run.change(batch)]
        outcomes = _after_waiting(run, units, outcomes, policy.wait)
        written = run.finish(outcomes)
    return Receipt(written, tuple(outcomes), approved.untouched)


def rollback(
    machine: Machine,
    set_id: str,
    *,
    whole_file: bool = False,
    notify: Notify | None = None,
) -> Receipt:
    """Put back what one backup set changed, where it is still ours; or its files as a whole."""
    with alone(machine):
        backup = vault.load(machine, set_id)
        if backup.damage:
            raise Refused("backup_damaged", backup=set_id, folder=backup.folder)
        if whole_file:
            return undo.whole_files(machine, backup, notify or _silence)
        return undo.values(machine, backup, notify or _silence)


def recover(machine: Machine) -> list[Outcome]:
    """Put back what an interrupted run left half done; idempotent, and cheap when there is none."""
    if not vault.unfinished(machine):
        return []
    try:
        with vault.exclusive(machine):
            return [
                outcome
                for set_id in vault.unfinished(machine)
                for outcome in undo.interrupted(machine, set_id)
            ]
    except Busy:
        return []  # not interrupted: that run is at work right now


def computer(machine: Machine) -> str:
    """A stable name for this person's computer that gives nothing away."""
    return hashlib.sha256(machine.identity.encode(errors="replace")).hexdigest()[:16]


def finding_id(profile: Profile, real: str, key: str | None = None) -> str:
    """Stable between runs: the program, a hash of the profile's real folder, the server's key."""
    digest = hashlib.sha256(real.encode(errors="surrogateescape")).hexdigest()[:10]
    parts = [profile.client, digest] + ([key] if key is not None else [])
    return ":".join(parts)


def _clients(policy: Policy) -> Iterator[Client]:
    return (
        client for key, client in CLIENTS.items() if not policy.clients or key in policy.clients
    )


def _silence(progress: Progress) -> None:
    del progress


@contextlib.contextmanager
def alone(machine: Machine) -> Iterator[None]:
    """One run at a time; Refused while another is at work."""
    with ExitStack() as stack:
        try:
            stack.enter_context(vault.exclusive(machine))
        except Busy as error:
            raise Refused("another_run") from error
        yield


def _judged(machine: Machine, policy: Policy, notify: Notify | None) -> Iterator[Judged]:
    count = itertools.count(1)
    for client in _clients(policy):
        yield from ((finding, ()) for finding in _unlisted(machine, client))
        for profile in client.profiles(machine):
            if notify is not None:
                notify(Progress("inspect", next(count), profile=profile))
            yield from _of_profile(machine, client, profile, policy)


def _unlisted(machine: Machine, client: Client) -> Iterator[Finding]:
    for profile, why in client.unlisted(machine):
        name = finding_id(profile, profile.folder)
        yield Finding(name, profile, None, Verdict.UNREADABLE, (why,))


def _of_profile(
    machine: Machine, client: Client, profile: Profile, policy: Policy
) -> Iterator[Judged]:
    real = machine.files.real(profile.folder)
    try:
        judged = [
            judge(client, server, finding_id(profile, real, server.key), policy)
            for server in client.servers(machine, profile)
        ]
    except (OSError, Unsure) as error:
        name = finding_id(profile, real)
        yield Finding(name, profile, None, Verdict.UNREADABLE, (undo.why(error, profile),)), ()
        return
    running = tuple(client.hindrances(machine, profile)) if judged else ()
    for finding, changes in judged:
        if running:
            yield dataclasses.replace(finding, reasons=(*finding.reasons, *running)), changes
        else:
            yield finding, changes


def _already(machine: Machine, mine: Plan, name: str, changes: Sequence[Change]) -> bool:
    """Whether this was done before: the finding is known, and every value is as wanted."""
    profiles = [each.profile for each in mine.untouched if each.id == name]
    places = {change.place for change in changes}
    if not profiles or any(not place.path.startswith(profiles[0].folder) for place in places):
        return False
    found = {place: sheets.read(machine, place) for place in places}
    return all(sheets.same(found[c.place].get(c.name), c.after) for c in changes)


@dataclasses.dataclass(frozen=True, slots=True)
class _Unit:
    """One profile's part of a plan."""

    profile: Profile
    steps: tuple[Step, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for step in self.steps for change in step.changes)

    @property
    def accounts(self) -> tuple[str, ...]:
        servers = [step.finding.server for step in self.steps]
        return tuple(name for each in servers if each for name in each.used_by or (each.hostname,))


def _by_profile(steps: Sequence[Step]) -> list[_Unit]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.finding.profile.folder, []).append(step)
    return [_Unit(each[0].finding.profile, tuple(each)) for each in found.values()]


def _batches(units: Sequence[_Unit]) -> Iterator[Sequence[_Unit]]:
    for start in range(0, len(units), _BATCH):
        yield units[start : start + _BATCH]


def _after_waiting(
    run: _Run, units: Sequence[_Unit], outcomes: list[Outcome], wait: float
) -> list[Outcome]:
    """Go on with each profile whose mail program closes before the time is up."""
    deadline = run.machine.clock.monotonic() + wait
    by_folder = {unit.profile.folder: unit for unit in units}
    for index, outcome in enumerate(outcomes):
        if outcome.result is Result.DEFERRED and wait:
            outcomes[index] = _when_closed(
                run, by_folder[outcome.profile.folder], outcome, deadline
            )
    return outcomes


def _when_closed(run: _Run, unit: _Unit, outcome: Outcome, deadline: float) -> Outcome:
    client, clock = CLIENTS[unit.profile.client], run.machine.clock
    while outcome.result is Result.DEFERRED and clock.monotonic() < deadline:
        try:
            run.notify(Progress("wait", run.done, run.total, unit.profile))
        except Cancelled:
            return Outcome(unit.profile, Result.STOPPED)
        clock.sleep(0.25)
        if not any(True for _ in client.hindrances(run.machine, unit.profile)):
            outcome = run.change([unit])[0]
    return outcome


@dataclasses.dataclass(slots=True)
class _Run:
    """One apply: its machine, its backup set, and whom to tell."""

    machine: Machine
    set_id: str
    notify: Notify
    total: int
    done: int = 0
    saved: bool = False
    stopped: bool = False

    def change(self, units: Sequence[_Unit]) -> list[Outcome]:
        """Lock, back up and change these profiles; one outcome each, in their order."""
        outcomes: dict[str, Outcome] = {}
        with ExitStack() as locks:
            ready = [unit for unit in units if self._locked(unit, locks, outcomes)]
            if ready and self._backed_up(ready, outcomes):
                for unit in ready:
                    outcomes[unit.profile.folder] = self._changed(unit)
                self._settle(ready, outcomes)
        return [
            dataclasses.replace(outcomes[unit.profile.folder], accounts=unit.accounts)
            for unit in units
        ]

    def finish(self, outcomes: Sequence[Outcome]) -> str | None:
        """Close the backup set, unless something is left for the next start to put back."""
        if not self.saved:
            return None
        if not any(outcome.result is Result.BROKEN for outcome in outcomes):
            # If this fails, the next start finds every profile settled, and closes the set.
            with contextlib.suppress(OSError):
                vault.note(self.machine, self.set_id, "closed")
        return self.set_id

    def _locked(self, unit: _Unit, locks: ExitStack, outcomes: dict[str, Outcome]) -> bool:
        client, profile = CLIENTS[unit.profile.client], unit.profile
        try:
            locks.enter_context(client.exclusive(self.machine, profile))
        except Busy:
            why = reason("running", program=profile.program)
            outcomes[profile.folder] = Outcome(profile, Result.DEFERRED, (why,))
        except OSError as error:
            outcomes[profile.folder] = undo.failed(profile, error)
        return profile.folder not in outcomes

    def _backed_up(self, units: Sequence[_Unit], outcomes: dict[str, Outcome]) -> bool:
        entries = [
            Entry(
                unit.profile,
                tuple(Group(step.finding.id, step.changes) for step in unit.steps),
                unit.accounts,
            )
            for unit in units
        ]
        try:
            vault.save(self.machine, self.set_id, entries)
        except (OSError, Unsure) as error:
            outcomes.update(
                {unit.profile.folder: undo.failed(unit.profile, error) for unit in units}
            )
            return False
        self.saved = True
        return True

    def _changed(self, unit: _Unit) -> Outcome:
        profile = unit.profile
        try:
            self._tell("write", profile)
            for place, changes in undo.by_place(unit.changes).items():
                sheets.write(self.machine, place, changes)
            self._tell("verify", profile)
            self._verify(unit)
        except Exception as error:  # noqa: BLE001 - whatever it was: put back, then report
            self.stopped = self.stopped or isinstance(error, Cancelled)
            return _put_back(self.machine, unit, error)
        self.done += 1
        return Outcome(profile, Result.CHANGED, changes=unit.changes)

    def _tell(self, stage: str, profile: Profile) -> None:
        if self.stopped:
            raise Cancelled
        self.notify(Progress(stage, self.done, self.total, profile))

    def _verify(self, unit: _Unit) -> None:
        """Inspect again, with nothing remembered: the servers must be where the plan wants them."""
        fresh = guards.read_only(self.machine)
        client = CLIENTS[unit.profile.client]
        found = {server.key: server for server in client.servers(fresh, unit.profile)}
        for step in unit.steps:
            wanted, planned = step.finding.target, step.finding.server
            if wanted is None or planned is None or planned.key not in found:
                raise Unsure("not_verified", path=unit.profile.place.path)
            server = found[planned.key]
            if (server.hostname, server.transport) != (wanted.hostname, wanted.transport):
                raise Unsure("not_verified", path=unit.profile.place.path)

    def _settle(self, units: Sequence[_Unit], outcomes: dict[str, Outcome]) -> None:
        """Note how it went; if even that cannot be written, put these profiles back."""
        known = [outcomes[unit.profile.folder] for unit in units]
        settled = [
            (each.profile, each.result) for each in known if each.result is not Result.BROKEN
        ]
        try:
            vault.settle(self.machine, self.set_id, settled)
        except OSError as error:
            for unit in units:
                if outcomes[unit.profile.folder].result is Result.CHANGED:
                    outcomes[unit.profile.folder] = _put_back(self.machine, unit, error)


def _put_back(machine: Machine, unit: _Unit, error: Exception) -> Outcome:
    failed = undo.failed(unit.profile, error)
    try:
        undo.put_back(machine, [Group("", unit.changes)])
    except (OSError, Unsure, Stale) as worse:
        why = (*failed.reasons, undo.why(worse, unit.profile))
        return Outcome(unit.profile, Result.BROKEN, why)
    return failed
