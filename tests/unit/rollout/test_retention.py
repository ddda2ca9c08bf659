"""How many backups stay: the newest, those in need, and the one just made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders import a_machine, offline, thunderbird
from configure587 import vault
from configure587.errors import Refused
from configure587.machine import memory
from configure587.rollout import one_person, retention

if TYPE_CHECKING:
    from configure587.machine import Machine
    from configure587.policy import Policy


def clock_of(machine: Machine) -> memory.MemoryClock:
    assert isinstance(machine.clock, memory.MemoryClock)
    return machine.clock


def changed(machine: Machine, policy: Policy) -> one_person.Went:
    """Apply, a minute later than what was before."""
    clock_of(machine).time += 60
    return one_person.applied(machine, policy, lambda _: None)


def undo(machine: Machine) -> None:
    one_person.undone(machine, offline(), lambda _: None)


def many_backups(machine: Machine, count: int) -> list[str]:
    for _ in range(count):
        changed(machine, offline())
        undo(machine)
    return vault.ids(machine)


def test_after_a_good_run_the_newest_stay() -> None:
    machine = a_machine(thunderbird(port=25))
    old = many_backups(machine, 4)
    went = changed(machine, offline(backups_kept=2))
    assert vault.ids(machine) == [old[-1], *went.sets]


def test_without_a_wish_all_stay() -> None:
    machine = a_machine(thunderbird(port=25))
    many_backups(machine, 4)
    changed(machine, offline())
    assert len(vault.ids(machine)) == 5


def test_the_one_just_made_stays_even_if_the_clock_jumped_back() -> None:
    machine = a_machine(thunderbird(port=25))
    old = many_backups(machine, 3)
    clock_of(machine).time -= 1_000_000
    went = changed(machine, offline(backups_kept=1))
    assert vault.ids(machine) == [*went.sets, old[-1]]


def test_a_run_that_is_not_done_removes_nothing() -> None:
    machine = a_machine(thunderbird(port=25))
    many_backups(machine, 3)
    lock = "/home/ana/.thunderbird/abcd1234.default/.parentlock"
    running = machine.but(processes=memory.MemoryProcesses([lock]))
    assert changed(running, offline(backups_kept=1)).code == 13
    assert len(vault.ids(machine)) == 3


def test_a_backup_by_which_a_run_can_be_put_right_is_never_removed() -> None:
    machine = a_machine(thunderbird(port=25))
    many_backups(machine, 2)
    [cut_short] = changed(machine, offline()).sets
    folder = f"{machine.backups_folder}/{cut_short}"
    [closed] = [name for name in machine.files.names(folder) if name.endswith("closed.json")]
    machine.files.remove(f"{folder}/{closed}")
    assert vault.unfinished(machine) == [cut_short]
    assert len(retention.prune(machine, 0)) == 2
    assert vault.ids(machine) == [cut_short]


def test_while_another_run_is_at_work_nothing_is_removed() -> None:
    machine = a_machine(thunderbird(port=25))
    many_backups(machine, 3)
    lock = machine.processes.keep_out(f"{machine.data_folder}/run.lock")
    with lock, pytest.raises(Refused, match="another_run"):
        retention.prune(machine, 1)
    assert len(vault.ids(machine)) == 3
