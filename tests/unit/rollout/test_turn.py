"""Rings, brake and limit: whose turn it is, and that doubt holds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_machine, offline
from configure587.errors import Refused
from configure587.machine import memory
from configure587.rollout import brake, places, reports, rings, turn
from configure587.rollout.share import Share
from report_folders import Run, a_folder, changed, failed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLOCK = memory.MemoryClock(1_795_532_400.0)  # 2026-11-24, 15:00 UTC
RINGS = (("pilot", 5), ("early", 20), ("all", 75))


def a_turn(share: Share | None, asked: str | None = None, **wishes: Any) -> turn.Turn:  # noqa: ANN401
    dry_run = wishes.pop("dry_run", False)
    return turn.of(a_machine(), offline(**wishes), asked, share, dry_run=dry_run)


# --- rings ---------------------------------------------------------------------------------------


def test_an_administrator_can_compute_the_place() -> None:
    said = subprocess.run(
        ["sh", "-c", "printf %s pc-17 | sha256sum | cut -c1-8"],
        capture_output=True,
        check=True,
        encoding="ascii",
    ).stdout
    assert rings.place("pc-17") == int(said, 16) % 100


@pytest.mark.parametrize("name", ["PC-17", "pc-17.example.org", "Pc-17.local"])
def test_the_place_heeds_neither_case_nor_domain(name: str) -> None:
    assert rings.place(name) == rings.place("pc-17")


@given(st.text())
def test_every_computer_is_in_one_ring_when_they_hold_all(name: str) -> None:
    assert rings.of(name, RINGS) in {"pilot", "early", "all"}


def test_rings_hold_about_the_share_that_they_say() -> None:
    own = [rings.of(f"pc-{number}", RINGS) for number in range(10_000)]
    assert abs(own.count("pilot") - 500) < 100
    assert abs(own.count("early") - 2_000) < 200


@given(st.text(), st.sampled_from(["pilot", "early", "all"]))
def test_a_computer_of_an_earlier_ring_runs_with_a_later_one(name: str, asked: str) -> None:
    names = [each for each, _ in RINGS]
    own = rings.of(name, RINGS)
    assert own is not None
    assert rings.is_turn(name, RINGS, asked) == (names.index(own) <= names.index(asked))


def test_a_computer_in_no_ring_never_runs() -> None:
    outside = next(f"pc-{n}" for n in range(100) if rings.place(f"pc-{n}") >= 5)
    assert rings.of(outside, RINGS[:1]) is None
    assert not rings.is_turn(outside, RINGS[:1], "pilot")


def test_an_unknown_ring_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused) as refusal:
        rings.is_turn("pc-1", RINGS, "pilots")
    assert refusal.value.code == "ring_unknown"
    assert refusal.value.fields == {"ring": "pilots", "allowed": "pilot, early, all"}
    with pytest.raises(Refused, match="no_rings"):
        rings.is_turn("pc-1", (), "pilot")


def test_who_is_not_in_the_ring_is_held_and_told_its_own() -> None:
    later = a_turn(None, "pilot", rings=(("pilot", 0), ("all", 100)))
    assert later == turn.Turn("all", "ring")
    assert a_turn(None, "all", rings=(("pilot", 0), ("all", 100))) == turn.Turn("all")
    assert a_turn(None, rings=(("pilot", 0), ("all", 100))) == turn.Turn("all")


# --- the brake -----------------------------------------------------------------------------------


def runs(failures: int, successes: int) -> list[Run]:
    return [failed(f"bad-{n}") for n in range(failures)] + [
        changed(f"good-{n}") for n in range(successes)
    ]


@pytest.mark.parametrize(
    ("failures", "successes", "percent", "on"),
    [
        (0, 0, 0, False),
        (0, 9, 0, False),
        (1, 9, 10, False),
        (1, 9, 9, True),
        (2, 8, 10, True),
        (10, 0, 100, False),
        (1, 0, 0, False),  # one of one says nothing
        (1, 3, 10, False),
        (2, 2, 10, True),
        (2, 2, 50, False),
        (1, 4, 10, True),  # of five, it does
    ],
)
def test_the_brake_is_on_above_its_percentage(
    tmp_path: Path, failures: int, successes: int, percent: int, *, on: bool
) -> None:
    share = a_folder(tmp_path, *runs(failures, successes))
    assert brake.is_on(share, CLOCK, percent) is on


def test_the_newest_report_of_a_computer_counts(tmp_path: Path) -> None:
    early = "20261101-000000"
    put_right = [failed(f"pc-{n}", stamp=early) for n in range(9)] + [
        changed(f"pc-{n}") for n in range(9)
    ]
    assert not brake.is_on(a_folder(tmp_path / "a", *put_right), CLOCK, 0)
    gone_bad = [changed(f"pc-{n}", stamp=early) for n in range(9)] + [
        failed(f"pc-{n}") for n in range(9)
    ]
    assert brake.is_on(a_folder(tmp_path / "b", *gone_bad), CLOCK, 99)


@pytest.mark.parametrize(
    "later", [{"held": "brake", "people": []}, {"dry_run": True}, {"run": "scan"}]
)
def test_a_run_that_did_nothing_hides_no_failure(tmp_path: Path, later: dict[str, Any]) -> None:
    early = [failed(f"pc-{n}", stamp="20261101-000000") for n in range(9)]
    held = [changed(f"pc-{n}").but(**later) for n in range(9)]
    assert brake.is_on(a_folder(tmp_path, *early, *held), CLOCK, 50)


def test_a_report_of_the_future_does_not_count_for_ever(tmp_path: Path) -> None:
    ahead = [failed(f"pc-{n}", stamp="20991231-000000") for n in range(9)]
    assert brake.is_on(a_folder(tmp_path, *ahead), CLOCK, 50)
    later = [changed(f"pc-{n}") for n in range(9)]
    assert not brake.is_on(a_folder(tmp_path, *ahead, *later), CLOCK, 50)


def test_strangers_in_the_folder_are_passed_over(tmp_path: Path) -> None:
    share = a_folder(tmp_path, *runs(0, 9))
    report = changed("pc-x").name(0)
    (tmp_path / "inventory.json").write_text('{"kind": "run", "people": [{"state": "failed"}]}')
    (tmp_path / report).write_bytes(changed("pc-x").data()[:40])
    (tmp_path / report.replace("pc-x", "y")).write_bytes(b"[" * 100_000)
    (tmp_path / report.replace("pc-x", "z")).write_bytes(b"\xff\0")
    os.symlink(tmp_path / "nowhere", tmp_path / report.replace("pc-x", "w"))
    assert not brake.is_on(share, CLOCK, 0)


def test_a_folder_that_is_called_like_a_report_does_not_pull_the_brake(tmp_path: Path) -> None:
    share = a_folder(tmp_path / "reports", changed("pc-1"))
    (tmp_path / "reports" / changed("pc-2").name(7)).mkdir()
    assert not brake.is_on(share, CLOCK, 10)


def test_a_folder_that_cannot_be_read_holds(tmp_path: Path) -> None:
    gone = Share(str(tmp_path / "gone"))
    assert brake.is_on(gone, CLOCK, 100)
    assert a_turn(gone, stop_if_failed=100).held == "brake"
    assert a_turn(gone, limit=1_000_000).held == "limit"


def test_brake_and_limit_need_a_folder() -> None:
    with pytest.raises(Refused, match="no_report_folder"):
        a_turn(None, limit=1)
    with pytest.raises(Refused, match="no_report_folder"):
        a_turn(None, stop_if_failed=0)


# --- how many ------------------------------------------------------------------------------------


def test_a_computer_takes_a_place_once(tmp_path: Path) -> None:
    share = a_folder(tmp_path)
    first = a_turn(share, limit=1)
    assert first == turn.Turn(None, None, "place-000001.taken")
    assert a_turn(share, limit=1) == turn.Turn()
    assert places.take(share, CLOCK, "another", 1) is None
    turn.give_back(share, first)
    assert places.take(share, CLOCK, "another", 1) == "place-000001.taken"


def test_computers_that_were_changed_without_a_limit_count(tmp_path: Path) -> None:
    old = changed("pc-1", stamp="20261001-000000")
    nothing = changed("pc-1", result=None)  # its newest run had nothing to do
    share = a_folder(tmp_path, old, nothing, changed("pc-2", result=None))
    assert places.take(share, CLOCK, "another", 1) is None
    assert places.take(share, CLOCK, old.id, 1) == ""
    assert places.take(share, CLOCK, "another", 2) == "place-000001.taken"
    assert places.take(share, CLOCK, "a third", 2) is None


def test_a_lower_limit_gives_no_place_between_those_taken(tmp_path: Path) -> None:
    share = a_folder(tmp_path)
    for number in range(1, 6):
        assert places.take(share, CLOCK, f"pc-{number}", 5)
    for number in (1, 2):
        share.drop(f"place-{number:06d}.taken")
    assert places.take(share, CLOCK, "another", 3) is None
    assert places.take(share, CLOCK, "another", 4) == "place-000001.taken"


def test_forty_computers_at_once_share_seven_places(tmp_path: Path) -> None:
    def take(number: int) -> str | None:
        return places.take(Share(str(tmp_path)), CLOCK, f"pc-{number}", 7)

    with ThreadPoolExecutor(40) as pool:
        got = [each for each in pool.map(take, range(40)) if each]
    assert len(got) == len(set(got)) == 7


def test_a_rehearsal_takes_no_place(tmp_path: Path) -> None:
    share = a_folder(tmp_path)
    assert a_turn(share, limit=1, dry_run=True) == turn.Turn()
    assert share.names() == []
    places.take(share, CLOCK, "another", 1)
    assert a_turn(share, limit=1, dry_run=True).held == "limit"


def test_a_place_whose_file_says_nothing_stays_taken(tmp_path: Path) -> None:
    share = a_folder(tmp_path)
    share.take("place-000001.taken", b"")
    assert places.take(share, CLOCK, "another", 1) is None


@contextlib.contextmanager
def a_full_disk() -> Iterator[None]:
    """No file of this process can grow."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_share_without_room_gives_no_place_away(tmp_path: Path) -> None:
    share = a_folder(tmp_path / "reports")
    with a_full_disk(), pytest.raises(OSError, match="large"):
        places.take(share, CLOCK, "a", 1)
    assert share.names() == []
    assert places.take(share, CLOCK, "b", 1) == "place-000001.taken"


def test_the_id_in_a_place_is_that_of_the_reports(tmp_path: Path) -> None:
    share = a_folder(tmp_path)
    a_turn(share, limit=1)
    own = reports.computer(a_machine())["id"]
    assert share.read("place-000001.taken", 64) == own.encode()
    assert len(own) == len(hashlib.sha256().hexdigest()) // 4
