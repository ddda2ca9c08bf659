"""A silent run on this computer tells its log; a run on an image, or of a person, does not."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from builders import CANARY, contents, thunderbird
from configure587 import cli, engine
from configure587.machine import here
from configure587.machine.events import MemoryEvents
from configure587.machine.unix_events import entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from configure587.model import Finding

SILENT = ("apply", "--silent", "--yes", "--no-network")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> MemoryEvents:
    """Give the log of this computer, in memory."""
    found = MemoryEvents()
    monkeypatch.setattr(here, "events", lambda: found)
    return found


@pytest.fixture
def ana(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the home of a person whose account sends through port 25."""
    home = tmp_path / "home"
    profile = thunderbird(port=25, try_ssl=0, more={"mail.a.password": CANARY})
    for path, data in contents(profile, root=str(home / ".thunderbird")).items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as target:
            target.write(data)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return home


def numbers(log: MemoryEvents) -> list[int]:
    """Which events were written, in their order."""
    return [event.number for event in log.written]


def test_a_silent_run_begins_moves_and_ends(ana: Path, log: MemoryEvents) -> None:
    assert cli.main(SILENT) == 0
    assert numbers(log) == [100, 110, 101]
    log.written.clear()
    assert cli.main(("rollback", "--all", "--silent")) == 0
    assert numbers(log) == [100, 120, 101]


def test_no_event_of_a_silent_run_names_the_person(ana: Path, log: MemoryEvents) -> None:
    cli.main(SILENT)
    told = b"".join(map(entry, log.written)).decode()
    assert "through port 587 (starttls), checked; before through port 25 (none)" in told
    assert [each for each in ("exemplo", "abcd1234", str(ana), CANARY) if each in told] == []


def test_a_report_is_told_with_whether_it_arrived(ana: Path, log: MemoryEvents) -> None:
    folder = ana.parent / "reports"
    folder.mkdir()
    cli.main((*SILENT, "--report", str(folder)))
    assert numbers(log) == [100, 110, 101, 150]


def test_a_run_that_is_refused_says_why(ana: Path, log: MemoryEvents) -> None:
    assert cli.main(("apply", "--silent", "--no-network")) == 1  # nobody said yes
    assert numbers(log)[0] == 100
    assert numbers(log)[-1] == 161
    assert dict(log.written[-1].fields)["why"] == "not_confirmed"


def test_a_fault_of_ours_is_told(
    ana: Path, log: MemoryEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_words: object, **_named: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(engine, "apply", broken)
    assert cli.main(SILENT) == 70
    assert numbers(log) == [100, 170]
    assert CANARY not in repr(log.written)


@pytest.mark.parametrize("words", [("scan",), ("apply", "--yes", "--no-network")])
def test_a_run_of_a_person_leaves_no_event(
    ana: Path, log: MemoryEvents, words: tuple[str, ...]
) -> None:
    cli.main(words)
    assert log.written == []


def test_a_run_on_an_image_leaves_no_event(ana: Path, log: MemoryEvents) -> None:
    assert cli.main((*SILENT, "--image", str(ana.parent))) == 0
    assert log.written == []


@pytest.mark.parametrize("more", [(), ("--silent",), ("--json",)])
def test_a_scan_that_is_reported_looks_once(
    ana: Path,
    log: MemoryEvents,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: tuple[str, ...],
) -> None:
    look, looks = engine.inspect, list[int]()

    def counted(*words: Any, **named: Any) -> Iterator[Finding]:  # noqa: ANN401 - passed on
        looks.append(1)
        return look(*words, **named)

    monkeypatch.setattr(engine, "inspect", counted)
    folder = tmp_path / "reports"
    folder.mkdir()
    assert cli.main(("scan", "--report", str(folder), *more)) == 10
    assert len(looks) == 1
    [report] = [json.loads(each.read_bytes()) for each in folder.rglob("*.json")]
    [account] = report["people"][0]["accounts"]
    assert account["verdict"] == "due"
    assert numbers(log)[0] == 100
    assert ana.is_dir()
