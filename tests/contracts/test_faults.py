"""Failure at the k-th write, for every k: every profile wholly old, or wholly new, and undoable."""

from __future__ import annotations

import contextlib
import errno
import itertools

import pytest

from builders import ROOT, a_machine, bytes_of, thunderbird
from configure587 import engine, vault
from configure587.errors import Refused
from configure587.machine import Machine, guards
from configure587.model import Result, Verdict
from configure587.policy import Policy

POLICY = Policy()
PORT = "mail.smtpserver.smtp1.port"


def two_profiles() -> Machine:
    return a_machine(
        thunderbird(port=25, try_ssl=0, user_js={PORT: 25}),
        thunderbird(name="efgh5678.second", port=25),
    )


def writes_of_a_whole_apply() -> int:
    machine, writes = guards.journal(two_profiles())
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    return len(writes)


def folder_of(path: str) -> str:
    return path.removeprefix(ROOT + "/").partition("/")[0]


def by_profile(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    paths = sorted(files, key=folder_of)
    groups = itertools.groupby(paths, key=folder_of)
    return {folder: {path: files[path] for path in group} for folder, group in groups}


def test_there_are_enough_writes_for_the_tests_below_to_mean_something() -> None:
    assert writes_of_a_whole_apply() > 8


@pytest.mark.parametrize("k", range(writes_of_a_whole_apply()))
def test_a_failed_write_leaves_every_profile_wholly_old_or_wholly_new(k: int) -> None:
    machine = two_profiles()
    old = by_profile(bytes_of(machine))
    plan = engine.plan(machine, POLICY)
    done = two_profiles()
    engine.apply(done, plan, POLICY)
    new = by_profile(bytes_of(done))
    results: dict[str, Result] = {}
    try:
        receipt = engine.apply(guards.failing(machine, k), plan, POLICY)
        results = {folder_of(each.profile.folder): each.result for each in receipt.outcomes}
    except (OSError, Refused):
        pass  # the data folder itself could not be made
    for folder, files in by_profile(bytes_of(machine)).items():
        expected = new if results.get(folder) is Result.CHANGED else old
        assert files == expected[folder], folder
    engine.recover(machine)
    assert vault.unfinished(machine) == []


@pytest.mark.parametrize("k", range(writes_of_a_whole_apply()))
def test_after_a_failed_write_a_new_run_does_it_all_and_can_undo_it_all(k: int) -> None:
    machine = two_profiles()
    old = bytes_of(machine)
    plan = engine.plan(machine, POLICY)
    with contextlib.suppress(OSError):
        engine.apply(guards.failing(machine, k), plan, POLICY)
    engine.recover(machine)
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert {finding.verdict for finding in engine.inspect(machine, POLICY)} == {Verdict.FINE}
    for name in reversed(vault.ids(machine)):
        engine.rollback(machine, name)
    assert bytes_of(machine) == old


def rollback_writes() -> int:
    machine = two_profiles()
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert receipt.backup is not None
    watched, writes = guards.journal(machine)
    engine.rollback(watched, receipt.backup)
    return len(writes)


@pytest.mark.parametrize("k", range(rollback_writes()))
def test_a_failed_write_while_undoing_leaves_every_profile_whole(k: int) -> None:
    machine = two_profiles()
    old = by_profile(bytes_of(machine))
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    new = by_profile(bytes_of(machine))
    assert receipt.backup is not None
    with contextlib.suppress(OSError):
        engine.rollback(guards.failing(machine, k), receipt.backup)
    for folder, files in by_profile(bytes_of(machine)).items():
        assert files in (old[folder], new[folder]), folder
    engine.recover(machine)
    engine.rollback(machine, receipt.backup)
    assert by_profile(bytes_of(machine)) == old


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


def both_states() -> tuple[dict[str, dict[str, bytes]], dict[str, dict[str, bytes]]]:
    """The profiles before and after an apply."""
    machine = two_profiles()
    old = by_profile(bytes_of(machine))
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    return old, by_profile(bytes_of(machine))


@every_end
@pytest.mark.parametrize("k", range(writes_of_a_whole_apply()))
def test_an_end_at_any_write_of_a_change_is_put_right_at_the_next_start(
    k: int, trouble: BaseException
) -> None:
    old, new = both_states()
    machine = two_profiles()
    ending = guards.watched(machine, _Ended(k, trouble))
    with contextlib.suppress(_Cut, OSError):
        engine.apply(ending, engine.plan(machine, POLICY), POLICY)
    engine.recover(machine)
    for folder, files in by_profile(bytes_of(machine)).items():
        assert files in (old[folder], new[folder]), folder
    assert vault.unfinished(machine) == []
    for name in reversed(vault.ids(machine)):
        engine.rollback(machine, name)
    assert by_profile(bytes_of(machine)) == old


@every_end
@pytest.mark.parametrize("k", range(rollback_writes()))
def test_an_end_at_any_write_of_an_undo_is_put_right_at_the_next_start(
    k: int, trouble: BaseException
) -> None:
    old, new = both_states()
    machine = two_profiles()
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert receipt.backup is not None
    ending = guards.watched(machine, _Ended(k, trouble))
    with contextlib.suppress(_Cut, OSError):
        engine.rollback(ending, receipt.backup)
    engine.recover(machine)
    for folder, files in by_profile(bytes_of(machine)).items():
        assert files in (old[folder], new[folder]), folder
    assert vault.unfinished(machine) == []
    engine.rollback(machine, receipt.backup)
    assert by_profile(bytes_of(machine)) == old
