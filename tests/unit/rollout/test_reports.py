"""Reports: never lost, never twice, never under one name; whatever the share does."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from builders import CANARY, a_machine, offline, thunderbird
from configure587.machine import Platform, guards, memory
from configure587.report import run_documents
from configure587.rollout import one_person, reports
from configure587.rollout.share import Share

if TYPE_CHECKING:
    from pathlib import Path

    from configure587.machine import Machine
    from configure587.report.run_documents import RunJson


class FaultyShare(Share):
    """A share of which the k-th deed (from 0) fails, and all that follow, as when it is gone."""

    def __init__(self, folder: Path, k: int, number: int = errno.ENOTCONN) -> None:
        """After `k` reports it is gone, with this errno."""
        super().__init__(str(folder))
        self._left, self._number = k, number

    def put(self, name: str, data: bytes) -> None:
        """See Share.put."""
        if self._left <= 0:
            raise OSError(self._number, os.strerror(self._number), name)
        self._left -= 1
        super().put(name, data)


def a_report(machine: Machine, number: int = 0) -> RunJson:
    run = reports.Run("apply", machine.stamp())
    return reports.made(machine, run, [], number)


def exit_codes(folder: Path) -> list[int]:
    return sorted(json.loads(each.read_bytes())["exit_code"] for each in folder.glob("*.json"))


def outbox(machine: Machine) -> list[str]:
    folder = f"{machine.data_folder}/outbox"
    return list(machine.files.names(folder)) if machine.files.look(folder) else []


def test_a_report_is_what_the_schema_says(tmp_path: Path) -> None:
    machine = a_machine(thunderbird(port=25))
    names = reports.names(machine, offline())
    person = one_person.carried_out(
        machine, offline(), "apply", dry_run=False, names=names, stop=lambda: False
    )
    run = reports.Run("apply", machine.stamp(), ring="pilot")
    assert reports.deliver(machine, Share(str(tmp_path)), reports.made(machine, run, [person], 0))
    [path] = tmp_path.iterdir()
    found = msgspec.json.decode(path.read_bytes(), type=run_documents.RunJson, strict=True)
    assert (found["ring"], found["run"], len(found["people"])) == ("pilot", "apply", 1)
    text = path.read_text()
    assert "ana" not in text
    assert CANARY not in text


def test_a_share_that_is_gone_gets_every_report_later_once_and_in_order(tmp_path: Path) -> None:
    machine = a_machine()
    gone = Share(str(tmp_path / "not mounted"))
    for number in (1, 2, 3):
        assert not reports.deliver(machine, gone, a_report(machine, number))
    assert not (tmp_path / "not mounted").exists()
    sent: list[int] = []

    class Listening(Share):
        def put(self, name: str, data: bytes) -> None:
            sent.append(json.loads(data)["exit_code"])
            super().put(name, data)

    assert reports.deliver(machine, Listening(str(tmp_path)), a_report(machine, 4))
    assert sent == [1, 2, 3, 4]
    assert outbox(machine) == []
    assert reports.deliver(machine, Listening(str(tmp_path)), a_report(machine, 5))
    assert exit_codes(tmp_path) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("k", range(4))
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.ENOTCONN])
def test_a_share_that_vanishes_half_way_loses_and_doubles_nothing(
    tmp_path: Path, k: int, number: int
) -> None:
    machine = a_machine()
    gone = FaultyShare(tmp_path, 0, number)
    for one in (1, 2):
        reports.deliver(machine, gone, a_report(machine, one))
    went = reports.deliver(machine, FaultyShare(tmp_path, k, number), a_report(machine, 3))
    assert went == (k == 3)
    assert exit_codes(tmp_path) == [1, 2, 3][:k]
    assert reports.deliver(machine, Share(str(tmp_path)), a_report(machine, 4))
    assert exit_codes(tmp_path) == [1, 2, 3, 4]


@pytest.mark.parametrize("k", range(6))
def test_an_outbox_that_fails_loses_nothing_that_the_share_takes(tmp_path: Path, k: int) -> None:
    machine = a_machine()
    failing = guards.failing(machine, k)
    reports.deliver(failing, Share(str(tmp_path)), a_report(machine, 1))
    reports.deliver(machine, Share(str(tmp_path)), a_report(machine, 2))
    assert exit_codes(tmp_path) == [1, 2]


def test_a_report_that_went_but_could_not_leave_the_outbox_does_not_go_twice(
    tmp_path: Path,
) -> None:
    machine = a_machine()
    watched = guards.failing(machine, 1)  # the removal
    assert reports.deliver(watched, Share(str(tmp_path)), a_report(machine, 1))
    assert len(outbox(machine)) == 1
    assert reports.deliver(machine, Share(str(tmp_path)), a_report(machine, 2))
    assert exit_codes(tmp_path) == [1, 2]
    assert outbox(machine) == []


def test_a_waiting_report_that_cannot_be_read_holds_up_no_other(tmp_path: Path) -> None:
    machine = a_machine()
    reports.deliver(machine, Share(str(tmp_path / "gone")), a_report(machine, 1))
    folder = f"{machine.data_folder}/outbox"
    machine.files.create({f"{folder}/000000-folder.json/x": b"", f"{folder}/stranger.txt": b""})
    assert reports.deliver(machine, Share(str(tmp_path)), a_report(machine, 2))
    assert exit_codes(tmp_path) == [1, 2]


def test_the_outbox_holds_the_newest_hundred(tmp_path: Path) -> None:
    machine = a_machine()
    gone = Share(str(tmp_path / "gone"))
    for number in range(103):
        reports.deliver(machine, gone, a_report(machine, number))
    assert len(outbox(machine)) == 100
    reports.deliver(machine, Share(str(tmp_path)), a_report(machine, 103))
    assert exit_codes(tmp_path) == list(range(4, 104))


def test_reports_of_one_second_do_not_collide(tmp_path: Path) -> None:
    machine = a_machine()
    for number in range(50):
        reports.deliver(machine, Share(str(tmp_path)), a_report(machine, number))
    assert exit_codes(tmp_path) == list(range(50))


def test_a_thousand_reports_of_one_second_have_names_of_their_own() -> None:
    machine = a_machine()
    report = a_report(machine, 0)
    assert len({reports.file_name(machine, report) for _ in range(1_000)}) == 1_000


def test_a_clock_that_jumps_back_changes_no_order(tmp_path: Path) -> None:
    machine = a_machine()
    clock = machine.clock
    assert isinstance(clock, memory.MemoryClock)
    for number, time in enumerate((3e9, 1e9, 2e9)):
        clock.time = time
        reports.deliver(machine, Share(str(tmp_path / "gone")), a_report(machine, number))
    names = outbox(machine)
    read = [machine.files.read(f"{machine.data_folder}/outbox/{each}") for each in names]
    assert [json.loads(each)["exit_code"] for each in read] == [0, 1, 2]


def test_a_rehearsal_leaves_nothing_in_the_data_folder(tmp_path: Path) -> None:
    machine = a_machine()
    assert not reports.deliver(machine, Share(str(tmp_path / "x")), a_report(machine), keep=False)
    assert outbox(machine) == []
    assert reports.deliver(machine, Share(str(tmp_path)), a_report(machine), keep=False)
    assert exit_codes(tmp_path) == [0]


def test_nothing_but_whole_reports_ends_in_json(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    class Slow(Share):
        def put(self, name: str, data: bytes) -> None:
            replace = os.replace

            def looked(source: str, target: str) -> None:
                seen.append(self.names())
                replace(source, target)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(os, "replace", looked)
                super().put(name, data)

    reports.deliver(a_machine(), Slow(str(tmp_path)), a_report(a_machine()))
    [[half]] = seen
    assert half.endswith(".json.part")
    assert [each for each in os.listdir(tmp_path) if not each.endswith(".json")] == []


def test_an_attempt_that_was_cut_short_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.json.part").write_bytes(b"half")
    Share(str(tmp_path)).put("a.json", b"whole")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.json": b"whole"}


def test_who_reads_the_share_may_read_the_report(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        Share(str(tmp_path)).put("a.json", b"{}")
    finally:
        os.umask(before)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("PC-17", "PC-17-"),
        ("../../etc/passwd", "_.._etc_passwd-"),
        ("máquina do João", "m_quina_do_Jo_o-"),
        ("", "computer-"),
        ("x" * 300, "x" * 40 + "-"),
        ("a\udcff\n", "a_-"),
    ],
)
def test_no_name_of_a_computer_leads_out_of_the_folder(
    tmp_path: Path, name: str, start: str
) -> None:
    machine = a_machine().but(computer=name)
    assert reports.deliver(machine, Share(str(tmp_path)), a_report(machine))
    [path] = tmp_path.iterdir()
    assert path.name.startswith(start)
    assert json.loads(path.read_bytes())["computer"]["name"] == name.replace("\udcff", "?")


def test_the_id_of_a_computer_stays_and_tells_two_of_one_name_apart() -> None:
    def of(contents: dict[str, bytes], **parts: Any) -> str:  # noqa: ANN401 - of Machine
        return reports.computer(memory.machine(contents).but(**parts))["id"]

    one = of({"/etc/machine-id": b"11\n"})
    assert one == of({"/etc/machine-id": b"11\n"}, home="/home/bia", computer="MEMORY")
    assert one != of({"/etc/machine-id": b"22\n"})
    assert one != of({"/etc/machine-id": b"11\n"}, computer="other")

    def windows(guid: str) -> str:
        key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography"
        registry = {key: {"MachineGuid": guid}}
        return reports.computer(memory.machine(platform=Platform.WINDOWS, registry=registry))["id"]

    assert windows("a") != windows("b")
