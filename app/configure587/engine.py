"""The story: discover, inspect, plan, apply, verify, rollback, over a machine that is passed in.

Nothing here asks a question, prints a word or knows which system this is.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from configure587 import clients
from configure587.errors import Busy, Refused, Unclear, Unsure
from configure587.machine import guards, sheets
from configure587.model import SUBMISSION, SUBMISSIONS, Finding, Progress, Verdict
from configure587.verdicts import infeasible, judge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from configure587.clients import Client
    from configure587.machine import Machine
    from configure587.model import Approval, Change, Outcome, Plan, Profile, Receipt
    from configure587.policy import Policy

Notify: TypeAlias = Callable[[Progress], None]
Rendered = TypeVar("Rendered")
Judged: TypeAlias = "tuple[Finding, tuple[Change, ...]]"


def discover(machine: Machine, policy: Policy) -> Iterator[Profile]:
    """Every profile of every mail program that the policy wants."""
    for client in clients.of(machine, policy.clients):
        yield from client.profiles(machine)


def inspect(machine: Machine, policy: Policy, notify: Notify | None = None) -> Iterator[Finding]:
    """One finding per outgoing server; reads only, and holds one profile in memory at a time."""
    for finding, _ in _judged(guards.read_only(machine), policy, notify):
        yield finding


def survey(
    machine: Machine,
    policy: Policy,
    render: Callable[[Finding], Rendered],
    notify: Notify | None = None,
) -> Iterator[tuple[Verdict, Rendered]]:
    """As inspect, each finding rendered where it was found: on all processors when many.

    What `render` gives must be plain data.
    """
    reader = guards.read_only(machine)
    count = itertools.count(1)
    for client in clients.of(machine, policy.clients):
        for finding in _unlisted(reader, client):
            yield finding.verdict, render(finding)

        def work(profile: Profile, client: Client = client) -> list[tuple[str, Rendered]]:
            found = _of_profile(reader, client, profile, policy)
            return [(finding.verdict.value, render(finding)) for finding, _ in found]

        for answers in machine.spread(work, list(client.profiles(reader))):
            if notify is not None:
                notify(Progress("inspect", next(count)))
            for verdict, rendered in answers:
                yield Verdict(verdict), rendered


def plan(machine: Machine, policy: Policy, notify: Notify | None = None) -> Plan:
    """What would be changed, its servers proven, and what was found besides. Changes nothing."""
    from configure587 import proving

    return proving.prove(machine, _draft(machine, policy, notify), policy, notify or _silence)


def chosen(machine: Machine, policy: Policy, notify: Notify | None = None) -> Plan:
    """The same; Refused when `only` or `skip` of the policy name what is not here."""
    made = plan(machine, policy, notify)
    found = [step.finding.id for step in made.steps] + [each.id for each in made.untouched]
    for name in (*policy.only, *policy.skip):
        if not any(each == name or each.startswith(name + ":") for each in found):
            raise Refused("unknown_id", id=name)
    return made


def _draft(machine: Machine, policy: Policy, notify: Notify | None = None) -> Plan:
    """What would be changed if every server were as it should be."""
    from configure587.model import Plan, Step

    steps, untouched = [], []
    for finding, changes in _judged(guards.read_only(machine), policy, notify):
        if changes and policy.wants(finding.id):
            steps.append(Step(finding, changes))
        else:
            untouched.append(finding)
    return Plan(computer(machine), machine.stamp(), tuple(steps), tuple(untouched))


def confirm(
    machine: Machine, approved: Approval, policy: Policy, notify: Notify | None = None
) -> Plan:
    """The plan for what was approved, once we would make it ourselves now; else Refused.

    A plan file can only choose among what this computer needs: whatever else it says, however
    it came to say it, is refused. What has been done already is left out.
    """
    from configure587 import proving
    from configure587.model import Plan

    if approved.computer != computer(machine):
        raise Refused("plan_of_another_computer")
    wanted = {name: changes for name, changes in approved.steps if policy.wants(name)}
    if not wanted:
        return Plan(approved.computer, machine.stamp(), ())
    foreign = ""
    for targets in dict.fromkeys((policy.targets, *_ORDERS)):
        mine = _draft(machine, policy._replace(only=tuple(wanted), targets=targets))
        other = next(_foreign(machine, mine, wanted), "")
        if not other:
            return proving.prove(
                machine, mine, policy._replace(targets=targets[:1]), notify or _silence
            )
        foreign = foreign or other
    named = [c.after for changes in wanted.values() for c in changes if isinstance(c.after, str)]
    if named:  # another server that somebody said yes to, by approving its name
        accepted = (*policy.accept_hosts, *named)
        chosen = policy._replace(only=tuple(wanted), accept_hosts=accepted, tamper_proof_only=False)
        mine = plan(machine, chosen, notify)
        if not any(_foreign(machine, mine, wanted)):
            return mine
    raise Refused("plan_stale", finding=foreign)


def accept(made: Plan, ids: Collection[str]) -> Plan:
    """The same plan with its offers for these findings taken: somebody said yes to each."""
    from dataclasses import replace

    taken = {each.finding.id: each for each in made.offers if each.finding.id in ids}
    kept = tuple(step for step in made.steps if step.finding.id not in taken)
    return replace(
        made,
        steps=(*kept, *taken.values()),
        untouched=tuple(each for each in made.untouched if each.id not in taken),
        offers=tuple(each for each in made.offers if each.finding.id not in taken),
    )


def apply(
    machine: Machine, approved: Plan, policy: Policy, notify: Notify | None = None
) -> Receipt:
    """Make the plan's changes; each profile wholly or not at all. Undoes what it cannot finish."""
    from configure587 import applying, proving
    from configure587.model import Receipt

    if not approved.steps:
        return Receipt(None, (), approved.untouched)
    with alone(machine):
        backup, outcomes = applying.carry_out(
            machine, approved.steps, policy.wait, notify or _silence
        )
        if backup is not None and approved.proofs:
            outcomes = proving.again(machine, approved, backup, outcomes, notify or _silence)
    return Receipt(backup, tuple(outcomes), approved.untouched)


def rollback(
    machine: Machine,
    set_id: str,
    *,
    whole_file: bool = False,
    notify: Notify | None = None,
) -> Receipt:
    """Put back what one backup set changed, where it is still ours; or its files as a whole."""
    from configure587 import undo, vault, whole_files

    with alone(machine):
        backup = vault.load(machine, set_id)
        if backup.damage:
            raise Refused("backup_damaged", backup=set_id, folder=backup.folder)
        if whole_file or backup.kind == "whole_file":
            return whole_files.restore(machine, backup, notify or _silence)
        return undo.values(machine, backup, notify or _silence)


def recover(machine: Machine) -> list[Outcome]:
    """Put back what an interrupted run left half done; idempotent, and cheap when there is none."""
    if machine.files.look(machine.backups_folder) is None:
        return []
    from configure587 import recovering, vault

    if not vault.unfinished(machine):
        return []
    try:
        with vault.exclusive(machine):
            return [
                outcome
                for set_id in vault.unfinished(machine)
                for outcome in recovering.interrupted(machine, set_id)
            ]
    except Busy:
        return []  # not interrupted: that run is at work right now


def damaged(machine: Machine) -> list[str]:
    """Backup sets of interrupted runs whose story is damaged: nothing can be put back by them."""
    if machine.files.look(machine.backups_folder) is None:
        return []
    from configure587 import vault

    return [name for name in vault.unfinished(machine) if vault.load(machine, name).damage]


def computer(machine: Machine) -> str:
    """A stable name for this person's computer that gives nothing away."""
    return hashlib.sha256(machine.identity.encode(errors="replace")).hexdigest()[:16]


def finding_id(profile: Profile, real: str, key: str | None = None) -> str:
    """Stable between runs: the program, a hash of the profile's real place, the server's key."""
    digest = hashlib.sha256(sheets.raw(real)).hexdigest()[:10]
    parts = [profile.client, digest] + ([_one_word(key)] if key is not None else [])
    return ":".join(parts)


def _one_word(key: str) -> str:
    """A key of a server as letters that every shell and terminal takes and shows as they are."""
    return _NOT_PLAIN.sub(lambda odd: "".join(f"~{byte:02x}" for byte in sheets.raw(odd[0])), key)


_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]")


_ORDERS = ((SUBMISSION, SUBMISSIONS), (SUBMISSIONS, SUBMISSION))
"""The targets that a plan may have been made for, whatever this run itself prefers."""


def _foreign(machine: Machine, mine: Plan, wanted: Mapping[str, Sequence[Change]]) -> Iterator[str]:
    """The findings for which somebody approved something else than we would do now."""
    ours = {step.finding.id: step.changes for step in mine.steps}
    for name, changes in wanted.items():
        if ours.get(name) != changes and not _already(machine, mine, name, changes):
            yield name


def _silence(progress: Progress) -> None:
    del progress


@contextlib.contextmanager
def alone(machine: Machine) -> Iterator[None]:
    """One run at a time; Refused while another is at work."""
    from configure587 import vault

    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(vault.exclusive(machine))
        except Busy as error:
            raise Refused("another_run") from error
        yield


def _judged(machine: Machine, policy: Policy, notify: Notify | None) -> Iterator[Judged]:
    count = itertools.count(1)
    for client in clients.of(machine, policy.clients):
        yield from ((finding, ()) for finding in _unlisted(machine, client))
        for profile in client.profiles(machine):
            if notify is not None:
                notify(Progress("inspect", next(count), profile=profile))
            yield from _of_profile(machine, client, profile, policy)


def _unlisted(machine: Machine, client: Client) -> Iterator[Finding]:
    for profile, remark in client.unlisted(machine):
        name = finding_id(profile, profile.folder)
        yield Finding(name, profile, None, remark.verdict or Verdict.UNREADABLE, (remark.reason,))


def _of_profile(
    machine: Machine, client: Client, profile: Profile, policy: Policy
) -> Iterator[Judged]:
    real = sheets.real(machine, profile)
    try:
        judged = [
            _feasible(
                machine, *judge(client, server, finding_id(profile, real, server.key), policy)
            )
            for server in client.servers(machine, profile)
        ]
    except (OSError, Unsure) as error:
        name = finding_id(profile, real)
        why = sheets.why(error, profile.place, profile.folder)
        yield Finding(name, profile, None, Verdict.UNREADABLE, (why,)), ()
        return
    running = tuple(client.hindrances(machine, profile)) if judged else ()
    for finding, changes in judged:
        if running and changes:
            yield finding._replace(reasons=(*finding.reasons, *running)), changes
        else:
            yield finding, changes


def _feasible(
    machine: Machine, finding: Finding, changes: tuple[Change, ...]
) -> tuple[Finding, tuple[Change, ...]]:
    """The same, or stuck where apply would find that it cannot write there and back for certain."""
    try:
        sheets.rehearse(machine, changes)
    except Unsure as error:
        return infeasible(finding, changes, error), ()
    except Unclear as error:
        return infeasible(finding, changes, error.unsure), ()
    except OSError:
        pass  # whatever that is, apply has words for it
    return finding, changes


def _already(machine: Machine, mine: Plan, name: str, changes: Sequence[Change]) -> bool:
    """Whether this was done before: the finding is known, and every value is as wanted."""
    servers = [each.server for each in mine.untouched if each.id == name and each.server]
    known = {written.place for server in servers for written in server.written}
    places = {change.place for change in changes}
    if not servers or not places <= known:
        return False
    try:
        names = [change.name for change in changes]
        found = {place: sheets.read(machine, place, names) for place in places}
    except (OSError, Unsure):
        return False
    return all(sheets.equal(c.place, found[c.place].get(c.name), c.after) for c in changes)
