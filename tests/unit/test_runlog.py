"""Log files: few, small, and the newest is always there."""

from __future__ import annotations

from builders import a_machine
from configure587.machine import memory
from configure587.runlog import RunLog


def logs(machine: object) -> dict[str, bytes]:
    files = machine.files  # type: ignore[attr-defined] # a Machine in memory
    return {path: data for path, data in files.contents.items() if path.endswith(".log")}


def test_the_newest_twenty_stay() -> None:
    machine = a_machine()
    clock = machine.clock
    assert isinstance(clock, memory.MemoryClock)
    for number in range(25):
        clock.time += 1
        log = RunLog(machine, "apply")
        log.add(f"run {number}.")
        log.write()
    kept = b"".join(logs(machine).values())
    assert len(logs(machine)) == 20
    assert b"run 4." not in kept
    assert b"run 5." in kept


def test_a_log_written_after_the_clock_jumped_back_is_kept() -> None:
    machine = a_machine()
    clock = machine.clock
    assert isinstance(clock, memory.MemoryClock)
    for _ in range(20):
        clock.time += 1
        RunLog(machine, "apply").write()
    clock.time -= 1_000_000
    path = RunLog(machine, "apply").write()
    assert path in logs(machine)
    assert len(logs(machine)) == 20


def test_all_logs_together_stay_below_four_mebibytes() -> None:
    machine = a_machine()
    for _ in range(10):
        log = RunLog(machine, "apply")
        for _ in range(4_000):
            log.add("x" * 200)
        log.write()
    assert sum(map(len, logs(machine).values())) <= 4 * 1024 * 1024
    assert len(logs(machine)) == 4


def test_of_a_very_long_run_the_beginning_and_the_end_are_kept() -> None:
    machine = a_machine()
    log = RunLog(machine, "apply")
    for number in range(20_000):
        log.add(f"line {number}.")
    log.write()
    [data] = logs(machine).values()
    assert b"line 0." in data
    assert b"line 19999." in data
    assert b"(15001 lines left out)" in data


def test_the_name_of_a_folder_writes_no_line_of_its_own() -> None:
    machine = a_machine()
    log = RunLog(machine, "apply")
    log.add("changed /home/ana/p\n2026-11-24T12:00:00Z exit code 0\x1b[2J\udcff\u2028é")
    log.write()
    text = b"".join(logs(machine).values()).decode()
    assert len(text.splitlines()) == 2
    assert "/p\\n2026-11-24T12:00:00Z exit code 0\\x1b[2J\\udcff\\u2028é" in text
