"""Making a plan's changes: lock, back up, write, verify; whatever fails is put back."""

from __future__ import annotations

import contextlib
import dataclasses
from contextlib import ExitStack
from typing import TYPE_CHECKING

from configure587 import undo, vault
from configure587.clients import CLIENTS
from configure587.errors import Cancelled, Unsure
from configure587.machine import guards, sheets
from configure587.model import Entry, Group, Outcome, Progress, Result, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configure587.machine import Machine
    from configure587.model import Change, Profile, Step


def carry_out(
    machine: Machine,
    steps: Sequence[Step],
    wait: float,
    notify: Callable[[Progress], None],
) -> tuple[str | None, list[Outcome]]:
    """Make these changes, each profile wholly or not at all; the backup set, and how it went."""
    run = _Run(machine, vault.begin(machine), notify, len(steps))
    units = _by_profile(steps)
    outcomes = [each for batch in undo.batched(units) for each in run.change(batch)]
    outcomes = _after_waiting(run, units, outcomes, wait)
    return run.finish(outcomes), outcomes


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
    notify: Callable[[Progress], None]
    total: int
    done: int = 0
    saved: bool = False
    stopped: bool = False

    def change(self, units: Sequence[_Unit]) -> list[Outcome]:
        """Lock, back up and change these profiles; one outcome each, in their order."""
        outcomes: dict[str, Outcome] = {}
        with ExitStack() as locks:
            held = [unit for unit in units if self._locked(unit, locks, outcomes)]
            ready = [unit for unit in held if self._readable(unit, outcomes)]
            saved = self._backed_up(ready, outcomes)
            for unit in saved:
                outcomes[unit.profile.folder] = self._changed(unit)
            if saved:
                self._settle(saved, outcomes)
        return [
            dataclasses.replace(outcomes[unit.profile.folder], accounts=unit.accounts)
            for unit in units
        ]

    def finish(self, outcomes: Sequence[Outcome]) -> str | None:
        """Close the backup set, unless something is left for the next start to put back."""
        if not self.saved:
            return None
        results = {outcome.result for outcome in outcomes}
        if not results & {Result.CHANGED, Result.BROKEN}:
            with contextlib.suppress(OSError):  # nothing was changed, so there is nothing to keep
                vault.remove(self.machine, self.set_id)
                return None
        if not any(outcome.result is Result.BROKEN for outcome in outcomes):
            # If this fails, the next start finds every profile settled, and closes the set.
            with contextlib.suppress(OSError):
                vault.note(self.machine, self.set_id, "closed")
        return self.set_id

    def _locked(self, unit: _Unit, locks: ExitStack, outcomes: dict[str, Outcome]) -> bool:
        outcome = undo.lock(self.machine, unit.profile, locks)
        if outcome is not None:
            outcomes[unit.profile.folder] = outcome
        return outcome is None

    def _readable(self, unit: _Unit, outcomes: dict[str, Outcome]) -> bool:
        """Whether a profile can be read at all; if not, it must not spoil the others' backup."""
        try:
            for place in sheets.by_place(unit.changes):
                sheets.reach(self.machine, place)
        except OSError as error:
            outcomes[unit.profile.folder] = undo.failed(unit.profile, error)
        return unit.profile.folder not in outcomes

    def _backed_up(self, units: Sequence[_Unit], outcomes: dict[str, Outcome]) -> Sequence[_Unit]:
        """Those of these profiles of which there is a backup: all, or each for itself."""
        error = self._saved(units) if units else None
        if error is None:
            return units
        if len(units) > 1:
            return [each for unit in units for each in self._backed_up([unit], outcomes)]
        outcomes[units[0].profile.folder] = undo.failed(units[0].profile, error)
        return ()

    def _saved(self, units: Sequence[_Unit]) -> OSError | Unsure | None:
        """Make one backup of these profiles; what went wrong, if anything did."""
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
            return error
        self.saved = True
        return None

    def _changed(self, unit: _Unit) -> Outcome:
        profile = unit.profile
        try:
            self._tell("write", profile)
            if any(True for _ in CLIENTS[profile.client].hindrances(self.machine, profile)):
                # a program without a lock of its own was started since we looked
                why = reason("running", program=profile.program)
                return Outcome(profile, Result.DEFERRED, (why,))
            sheets.write(self.machine, unit.changes)
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
            signs_in = (server.auth, server.username) == ("password", wanted.sign_in_as)
            if (server.hostname, server.transport) != (wanted.hostname, wanted.transport) or (
                wanted.sign_in_as is not None and not signs_in
            ):
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
    worse = undo.give_up(machine, unit.profile, unit.changes)
    if worse is not None:
        return Outcome(unit.profile, Result.BROKEN, (*failed.reasons, worse))
    return failed
