"""What is done in the worker's thread: plain functions; `notify` is always the last argument."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from configure587.carriers import Account
    from configure587.machine import Machine
    from configure587.model import (
        BackupSet,
        Finding,
        Outcome,
        Plan,
        Profile,
        Progress,
        Reason,
    )
    from configure587.pages import Page
    from configure587.policies.settling import Wishes
    from configure587.policy import Policy
    from configure587.report.style import Style


class Run(NamedTuple):
    """What support is told of one run: the page, what was found, what was said, how it went."""

    page: Page
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    outcomes: tuple[Outcome, ...]


class HeldUp(NamedTuple):
    """What is to be undone, and how far that has come while mail programs were open."""

    backup: str
    whole_file: bool
    outcomes: tuple[Outcome, ...] = ()
    profiles: tuple[Profile, ...] = ()  # that wait for their program to be closed

    def gone_on(self, outcomes: Iterable[Outcome]) -> HeldUp:
        """After one more try: what was undone before stays undone, though it is told anew."""
        from configure587.model import Result

        known = {each.profile.folder: each for each in self.outcomes}
        new = {each.profile.folder: each for each in outcomes}
        done = {at: each for at, each in known.items() if each.result is Result.UNDONE}
        now = tuple({**known, **new, **done}.values())
        waiting = tuple(each.profile for each in new.values() if each.result is Result.DEFERRED)
        return self._replace(outcomes=now, profiles=waiting)


Notify: TypeAlias = "Callable[[Progress], None]"
Connect: TypeAlias = "Callable[[Machine, bool], Machine]"
Looked: TypeAlias = "tuple[Machine, list[Outcome], Plan]"
Changed: TypeAlias = "tuple[tuple[Outcome, ...], str | None]"


def look(machine: Machine, policy: Policy, notify: Notify) -> Looked:
    """Put right what was interrupted, look at everything, prove the servers."""
    from configure587 import engine

    return machine, engine.recover(machine), engine.plan(machine, policy, notify)


def look_connected(
    machine: Machine, connect: Connect, patient: bool, policy: Policy, notify: Notify
) -> Looked:
    """The same, once the computer has a network; `patient` waits longer for slow servers."""
    return look(connect(machine, patient), policy, notify)


def who_is_open(machine: Machine, profiles: Iterable[Profile], notify: Notify) -> tuple[str, ...]:
    """The mail programs that are open and would lose the change, by name."""
    del notify
    from configure587.clients import CLIENTS

    return programs(
        profile
        for profile in profiles
        if any(True for _ in CLIENTS[profile.client].hindrances(machine, profile))
    )


def programs(profiles: Iterable[Profile]) -> tuple[str, ...]:
    """The mail programs of these profiles, each once."""
    return tuple(dict.fromkeys(profile.program for profile in profiles))


def change(machine: Machine, made: Plan, policy: Policy, notify: Notify) -> Changed:
    """Make the changes: how it went, and the backup; to cancel is to undo."""
    from configure587 import engine
    from configure587.model import Result
    from configure587.verbs.changing import with_backup_errors

    receipt = with_backup_errors(lambda: engine.apply(machine, made, policy, notify))
    stopped = any(each.result is Result.STOPPED for each in receipt.outcomes)
    if not stopped or receipt.backup is None:
        return receipt.outcomes, receipt.backup
    back = engine.rollback(machine, receipt.backup)
    undone = {each.profile.folder: each for each in back.outcomes}
    return tuple(undone.get(each.profile.folder, each) for each in receipt.outcomes), None


def accepted(made: Plan, ids: Sequence[str]) -> Plan:
    """The plan with its offers for these accounts taken; quick enough for the window's thread."""
    from configure587 import engine

    return engine.accept(made, ids)


def undo(machine: Machine, backup: str, whole_file: bool, notify: Notify) -> tuple[Outcome, ...]:
    """Undo one backup; what has begun is brought to its end."""
    del notify
    from configure587 import engine
    from configure587.verbs.changing import with_backup_errors

    return with_backup_errors(
        lambda: engine.rollback(machine, backup, whole_file=whole_file)
    ).outcomes


def history(machine: Machine, notify: Notify) -> list[BackupSet]:
    """Every backup by which something was changed, newest first."""
    del notify
    from configure587 import engine, vault
    from configure587.model import State

    engine.recover(machine)
    sets = [vault.load(machine, name) for name in reversed(vault.ids(machine))]
    return [each for each in sets if each.state is not State.NOTHING]


def carry(
    machine: Machine, findings: Sequence[Finding], notify: Notify
) -> tuple[Account | Reason, ...]:
    """These accounts as a phone has to know them; for one that cannot be carried, why."""
    del notify
    from configure587 import carriers

    return tuple(account for each in findings for account in carriers.accounts(machine, each))


def code(machine: Machine, run: Run) -> str:
    """The code to read aloud for this run; quick enough for the window's thread."""
    from configure587.support import codes, situation

    value = situation.of(
        run.page.value,
        machine.platform,
        run.findings,
        reasons=run.reasons,
        last=situation.last_of(run.outcomes),
        looked=machine.network is not None and bool(machine.network.ledger),
    )
    return codes.code(value)


def report(machine: Machine, style: Style, run: Run, addresses: bool, notify: Notify) -> list[str]:
    """Every line that would be passed on."""
    del notify
    from configure587.support import passing_on

    return passing_on.lines(
        style,
        machine,
        run.findings,
        code(machine, run),
        reasons=run.reasons,
        outcomes=run.outcomes,
        addresses=addresses,
    )


_LARGEST_LOGO = 1024 * 1024  # bytes


def logo(machine: Machine, wishes: Wishes | None, path: str, notify: Notify) -> bytes:
    """The picture file of whoever helps; b"" where it cannot be had, for it only adorns.

    A policy of --policy lies on the computer that we run on, which need not be the one looked at.
    """
    del notify
    from configure587.machine.disk import DiskFiles
    from configure587.policies.layers import Rank

    setting = wishes.settings.get("support-logo") if wishes is not None else None
    ours = setting is not None and setting.rank is Rank.FILE
    try:
        return (DiskFiles() if ours else machine.files).read(path, _LARGEST_LOGO)
    except (OSError, ValueError):
        return b""


def save(path: str, data: bytes, notify: Notify) -> str:
    """Write a file of the person's; Refused when that cannot be done."""
    del notify
    from configure587.errors import Refused, detail
    from configure587.machine.disk import DiskFiles

    try:
        DiskFiles().create({path: data})
    except OSError as error:
        raise Refused("file_not_written", path=path, detail=detail(error)) from error
    return path
