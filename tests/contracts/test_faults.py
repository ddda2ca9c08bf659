"""Failure at the k-th write, for every k: every profile wholly old, or wholly new, and undoable."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING, Any

import pytest

from builders import a_machine, bytes_of, offline, thunderbird
from configure587 import engine, vault
from configure587.errors import Refused
from configure587.machine import Machine, guards
from configure587.machine.memory_registry import MemoryRegistry
from configure587.model import SUBMISSION, SUBMISSIONS, Result, Verdict
from outlook_builders import (
    a_live_mail_machine,
    a_windows_machine,
    oeaccount,
    outlook,
    pop3,
    registry,
)

if TYPE_CHECKING:
    from collections.abc import Callable

POLICY = offline(targets=(SUBMISSION, SUBMISSIONS))
PORT = "mail.smtpserver.smtp1.port"


def two_of_thunderbird() -> Machine:
    return a_machine(
        thunderbird(port=25, try_ssl=0, user_js={PORT: 25}),
        thunderbird(name="efgh5678.second", port=25),
    )


def two_of_outlook() -> Machine:
    return a_windows_machine(
        outlook(pop3(port=25, secure=0, use_auth=0), pop3(old=True), name="João"),
        outlook(pop3(port=25), version="14.0"),
    )


def live_mail_and_outlook() -> Machine:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25), oeaccount(SMTP_Use_Sicily=0))
    return machine.but(registry=MemoryRegistry(registry(outlook(pop3(port=25)))))


SITUATIONS: dict[str, Callable[[], Machine]] = {
    "thunderbird": two_of_thunderbird,
    "outlook": two_of_outlook,
    "live mail and outlook": live_mail_and_outlook,
}


def apply_writes(situation: str) -> int:
    machine, writes = guards.journal(SITUATIONS[situation]())
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    return len(writes)


def rollback_writes(situation: str) -> int:
    machine = SITUATIONS[situation]()
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert receipt.backup is not None
    watched, writes = guards.journal(machine)
    engine.rollback(watched, receipt.backup)
    return len(writes)


def every_write(count: Callable[[str], int]) -> pytest.MarkDecorator:
    """Each situation with each of its writes."""
    pairs = [(situation, k) for situation in SITUATIONS for k in range(count(situation))]
    return pytest.mark.parametrize(("situation", "k"), pairs)


def by_profile(machine: Machine) -> dict[str, dict[str, Any]]:
    """What every profile holds: files, or keys with their values."""
    held: dict[str, Any] = dict(bytes_of(machine))
    if isinstance(machine.registry, MemoryRegistry):
        held |= machine.registry.everything()
    return {
        profile.folder: {path: each for path, each in held.items() if profile.folder in path}
        for profile in engine.discover(machine, POLICY)
    }


@pytest.mark.parametrize("situation", SITUATIONS)
def test_there_are_enough_writes_for_the_tests_below_to_mean_something(situation: str) -> None:
    assert apply_writes(situation) > 8
    assert rollback_writes(situation) > 4
    profiles = by_profile(SITUATIONS[situation]()).values()
    assert len(profiles) == 2
    assert all(profiles)


@every_write(apply_writes)
def test_a_failed_write_leaves_every_profile_wholly_old_or_wholly_new(
    situation: str, k: int
) -> None:
    machine = SITUATIONS[situation]()
    old, new = both_states(situation)
    plan = engine.plan(machine, POLICY)
    results: dict[str, Result] = {}
    try:
        receipt = engine.apply(guards.failing(machine, k), plan, POLICY)
        results = {each.profile.folder: each.result for each in receipt.outcomes}
    except (OSError, Refused):
        pass  # the data folder itself could not be made
    for folder, holds in by_profile(machine).items():
        expected = new if results.get(folder) is Result.CHANGED else old
        assert holds == expected[folder], folder
    engine.recover(machine)
    assert vault.unfinished(machine) == []


@every_write(apply_writes)
def test_after_a_failed_write_a_new_run_does_it_all_and_can_undo_it_all(
    situation: str, k: int
) -> None:
    machine = SITUATIONS[situation]()
    old = by_profile(machine)
    plan = engine.plan(machine, POLICY)
    with contextlib.suppress(OSError):
        engine.apply(guards.failing(machine, k), plan, POLICY)
    engine.recover(machine)
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert {finding.verdict for finding in engine.inspect(machine, POLICY)} == {Verdict.FINE}
    for name in reversed(vault.ids(machine)):
        engine.rollback(machine, name)
    assert by_profile(machine) == old


@every_write(rollback_writes)
def test_a_failed_write_while_undoing_leaves_every_profile_whole(situation: str, k: int) -> None:
    machine = SITUATIONS[situation]()
    old = by_profile(machine)
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    new = by_profile(machine)
    assert receipt.backup is not None
    with contextlib.suppress(OSError):
        engine.rollback(guards.failing(machine, k), receipt.backup)
    for folder, holds in by_profile(machine).items():
        assert holds in (old[folder], new[folder]), folder
    engine.recover(machine)
    engine.rollback(machine, receipt.backup)
    assert by_profile(machine) == old


class _Cut(BaseException):
    """A power cut: nothing after it runs, not even our own putting back."""


class _Ended(guards.Watch):
    """A computer that takes nothing more from the k-th write on."""

    def __init__(self, k: int, trouble: BaseException) -> None:
        super().__init__(k)
        self._trouble = trouble

    def count(self, verb: str, path: str) -> None:
        self.writes.append((verb, path))
        if self.fail_at is not None and len(self.writes) - 1 >= self.fail_at:
            raise self._trouble


every_end = pytest.mark.parametrize(
    "trouble", [_Cut(), OSError(errno.EIO, "the disk is dead")], ids=["power cut", "dead disk"]
)


def both_states(situation: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The profiles before and after an apply."""
    machine = SITUATIONS[situation]()
    old = by_profile(machine)
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    return old, by_profile(machine)


@every_end
@every_write(apply_writes)
def test_an_end_at_any_write_of_a_change_is_put_right_at_the_next_start(
    situation: str, k: int, trouble: BaseException
) -> None:
    old, new = both_states(situation)
    machine = SITUATIONS[situation]()
    ending = guards.watched(machine, _Ended(k, trouble))
    with contextlib.suppress(_Cut, OSError):
        engine.apply(ending, engine.plan(machine, POLICY), POLICY)
    engine.recover(machine)
    for folder, holds in by_profile(machine).items():
        assert holds in (old[folder], new[folder]), folder
    assert vault.unfinished(machine) == []
    for name in reversed(vault.ids(machine)):
        engine.rollback(machine, name)
    assert by_profile(machine) == old


@every_end
@every_write(rollback_writes)
def test_an_end_at_any_write_of_an_undo_is_put_right_at_the_next_start(
    situation: str, k: int, trouble: BaseException
) -> None:
    old, new = both_states(situation)
    machine = SITUATIONS[situation]()
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert receipt.backup is not None
    ending = guards.watched(machine, _Ended(k, trouble))
    with contextlib.suppress(_Cut, OSError):
        engine.rollback(ending, receipt.backup)
    engine.recover(machine)
    for folder, holds in by_profile(machine).items():
        assert holds in (old[folder], new[folder]), folder
    assert vault.unfinished(machine) == []
    engine.rollback(machine, receipt.backup)
    assert by_profile(machine) == old
