"""configure587 fleet FOLDER, as people and programs meet it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import pathlib
import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from configure587 import cli
from configure587.fleet import computers, report_folder
from configure587.machine.disk import DiskClock
from configure587.report import schema
from fleet_builders import NOON, Reports, a_person, a_report, an_account, due, moved

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = json.loads(schema.schemas()["fleet.schema.json"])
HOUR = dt.timedelta(hours=1)
NAMES = ("=1+1", "+1", "-1", "@x", "|x", "%x", "=cmd|' /C calc'!A0")


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an hour after the newest report."""
    monkeypatch.setattr(DiskClock, "now", lambda _: (NOON + HOUR).timestamp())


@pytest.fixture
def reports(tmp_path: pathlib.Path) -> Reports:
    """Give an empty folder of reports."""
    folder = tmp_path / "reports"
    folder.mkdir()
    return Reports(folder)


def run(reports: Reports, *words: str, lang: str = "en") -> int:
    return cli.main(["fleet", str(reports.folder), *words, "--lang", lang])


def document(
    reports: Reports, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, dict[str, Any]]:
    code = run(reports, "--json", *words)
    captured = capsys.readouterr()
    assert captured.err == ""
    found: dict[str, Any] = json.loads(captured.out)
    jsonschema.validate(found, SCHEMA)
    return code, found


def test_the_goal_is_reached_when_enough_computers_have_moved(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(*(moved(f"PC-{number}") for number in range(9)), due("PC-9"))
    assert run(reports) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "9 of 10 computers have moved: 90.0 %."
    assert shown[1] == "The goal of 90 % is reached."
    assert run(reports, "--goal", "91") == 10
    assert "91 % is not reached: 1 more computer has to move." in capsys.readouterr().out


def test_a_share_is_never_rounded_up_to_the_goal(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(*(moved(f"PC-{number}") for number in range(2_248)))
    reports.add(*(due(f"OLD-{number}") for number in range(250)))
    assert run(reports) == 10
    assert "2,248 of 2,498 computers have moved: 89.9 %." in capsys.readouterr().out


def test_the_newest_report_of_a_computer_counts_in_whatever_order_they_lie(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved("PC-1"), due("PC-1", ended=NOON - HOUR), due("PC-2"))
    reports.add(moved("PC-2", ended=NOON - HOUR))
    code, found = document(reports, capsys)
    assert code == 10
    assert found["stages"] == {"due": 1, "moved": 1}
    assert [(each["name"], each["stage"]) for each in found["computers"]] == [
        ("PC-2", "due"),
        ("PC-1", "moved"),
    ]


def test_the_zone_of_a_time_does_not_decide_which_is_newer(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(due(ended="2026-11-24T13:00:00+03:00"), moved(ended="2026-11-24T08:30:00-03:00"))
    assert document(reports, capsys)[1]["stages"] == {"moved": 1}


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_reports_of_one_moment_the_worse_counts(
    turn: int, reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(*[moved(), due()][::turn])
    assert document(reports, capsys)[1]["stages"] == {"due": 1}


def test_a_renamed_computer_is_one_and_a_name_used_twice_is_two(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(due("OLD", id="a", ended=NOON - HOUR), moved("NEW", id="a"))
    reports.add(moved("SAME", id="b"), moved("same", id="c"))
    found = document(reports, capsys)[1]
    assert [each["name"] for each in found["computers"]] == ["NEW", "SAME", "same"]
    assert found["same_names"] == ["same"]


def test_a_report_from_the_future_does_not_win_and_is_told(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved(ended="2031-01-01T00:00:00Z"), due(), moved(ended="2030-01-01T00:00:00Z"))
    code, found = document(reports, capsys)
    assert (code, found["stages"], found["certain"]) == (10, {"due": 1}, True)
    assert run(reports, "--plain") == 10
    assert "The clock of 1 computer is or was wrong" in capsys.readouterr().out


@pytest.mark.parametrize("ended", ["2031-01-01T00:00:00Z", "1970-01-01T00:03:00Z"])
def test_a_computer_with_nothing_but_a_wrong_clock_counts_and_is_not_certain(
    ended: str, reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved(ended=ended))
    code, found = document(reports, capsys)
    assert (code, found["stages"], found["certain"]) == (11, {"moved": 1}, False)
    assert found["computers"][0]["odd_clock"] is True
    assert found["days"] == []
    run(reports)
    shown = capsys.readouterr().out
    assert "seems to be reached, but that is not certain" in shown
    assert "1 computer has no better report than such a one." in shown


def test_a_run_that_was_held_back_says_nothing_of_how_a_computer_stands(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved("PC-1", ended=NOON - HOUR), a_report(name="PC-1", people=[], held="brake"))
    reports.add(a_report(name="PC-2", people=[], held="ring"))
    code, found = document(reports, capsys, "--goal", "50")
    assert (code, found["stages"]) == (0, {"moved": 1, "held": 1})
    assert [each["reasons"] for each in found["computers"]] == [["ring"], []]


def test_computers_without_an_account_are_no_part_of_the_share(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved("PC-1"), a_report(name="PC-2"))
    code, found = document(reports, capsys, "--goal", "100")
    assert (code, found["known"], found["stages"]) == (0, 1, {"moved": 1, "no_account": 1})


def test_who_stands_in_the_list_and_never_reported_counts_as_not_moved(
    reports: Reports, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved("PC-1"), moved("GUEST"))
    table = tmp_path / "list.csv"
    table.write_text("Nome;Sala\npc-1;1\nPC-2;2\n", encoding="utf-8")
    code, found = document(reports, capsys, "--inventory", str(table))
    assert (code, found["known"], found["moved"], found["missing"]) == (10, 3, 2, 1)
    assert (found["listed"], found["strangers"]) == (2, 1)
    assert found["computers"][0] == {
        "name": "PC-2",
        "id": "",
        "stage": "silent",
        "ended": None,
        "odd_clock": False,
        "platform": "",
        "version": "",
        "ring": None,
        "people": 0,
        "skipped": 0,
        "accounts": 0,
        "not_done": 0,
        "reasons": [],
        "trouble": None,
    }
    run(reports, "--inventory", str(table))
    shown = capsys.readouterr().out
    assert "Never reported: PC-2." in shown
    assert "1 computer reported that is not in the list; it is counted." in shown


def test_a_computer_is_on_the_list_under_its_former_name_too(
    reports: Reports, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(due("OLD", id="a", ended=NOON - HOUR), moved("NEW", id="a"))
    (tmp_path / "list.csv").write_text("OLD\n", encoding="utf-8")
    found = document(reports, capsys, "--inventory", str(tmp_path / "list.csv"))[1]
    assert (found["known"], found["strangers"]) == (1, 0)


def test_accounts_are_counted_by_program_version_provider_verdict_and_reason(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    ana = a_person(an_account(), an_account(program="Outlook", version="16.0", provider=None))
    bia = a_person(
        an_account("due", "port_25", "running"), an_account("due", "port_25", version="")
    )
    reports.add(a_report(people=[ana, bia]), due(ended=NOON - HOUR))
    tables = document(reports, capsys)[1]["tables"]
    shares = {
        name: {x["name"]: (x["accounts"], x["done"]) for x in tables[name]} for name in tables
    }
    assert shares == {
        "client": {"Thunderbird": (3, 1), "Outlook": (1, 1)},
        "version": {"Thunderbird 140.5.0": (2, 1), "Outlook 16.0": (1, 1), "Thunderbird": (1, 0)},
        "provider": {"Locaweb": (3, 1), "": (1, 1)},
        "verdict": {"fine": (2, 2), "due": (2, 0)},
        "reason": {"port_25": (2, 0), "running": (1, 0)},
    }


def test_rare_rows_are_added_up(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("configure587.fleet.progress.ROWS", 2)
    accounts = [an_account(version=str(number)) for number in range(4)]
    reports.add(a_report(*accounts, an_account(version="0")))
    rows = document(reports, capsys)[1]["tables"]["version"]
    assert [(row["name"], row["accounts"]) for row in rows] == [("Thunderbird 0", 2), ("…", 3)]
    run(reports)
    assert "all others" in capsys.readouterr().out


def test_each_day_tells_how_many_had_moved_by_then(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    day = dt.timedelta(days=1)
    reports.add(due("PC-1", ended=NOON - 3 * day), moved("PC-1", ended=NOON - 2 * day))
    reports.add(moved("PC-2", ended=NOON - 2 * day), due("PC-2", ended=NOON - day))
    reports.add(moved("PC-3", ended=NOON - HOUR), moved("PC-1"))
    days = document(reports, capsys)[1]["days"]
    assert [(each["day"], each["moved"]) for each in days] == [
        ("2026-11-22", 2),
        ("2026-11-23", 1),
        ("2026-11-24", 2),
    ]


def test_what_is_no_report_is_counted_apart_and_leaves_a_doubt(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved())
    reports.file("cut.json", json.dumps(moved("X"))[:-5])
    reports.file("v2.json", '{"schema": "configure587/2", "kind": "run"}')
    code, found = document(reports, capsys)
    assert (code, found["certain"], found["moved"]) == (11, False, 1)
    assert found["reports"]["aside"] == {"damaged": 1, "other_version": 1}
    assert {pathlib.Path(x["path"]).name: x["why"] for x in found["reports"]["examples"]} == {
        "cut.json": "damaged",
        "v2.json": "other_version",
    }


def test_what_is_surely_no_report_leaves_no_doubt(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved(), moved("PC-1"), moved("PC-9", dry_run=True))
    reports.file("plan.json", '{"schema": "configure587/1", "kind": "plan"}')
    reports.file("._PC-1.json", b"\0\5\x16\7")
    reports.file("readme.txt", "?")
    for number in range(50):
        reports.file(f"PC-{number}.json.part", '{"sch')
    (reports.folder / "old.json").mkdir()
    (reports.folder / "old.json" / "PC-8.json").write_text("{", encoding="utf-8")
    code, found = document(reports, capsys)
    assert (code, found["moved"], found["known"]) == (0, 1, 1)
    assert found["reports"] | {"examples": []} == {
        "counted": 2,
        "duplicates": 1,
        "unfinished": 50,
        "folders": 1,
        "broken_off": [],
        "aside": {"other_kind": 1, "rehearsal": 1},
        "examples": [],
    }


def test_a_huge_file_a_pipe_and_a_file_that_vanished_stop_nothing(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved())
    with (reports.folder / "huge.json").open("wb") as file:
        file.truncate(report_folder.LARGEST + 1)
    (reports.folder / "gone.json").symlink_to("nowhere")
    os.mkfifo(reports.folder / "pipe.json")
    code, found = document(reports, capsys)
    assert (code, found["moved"]) == (11, 1)
    assert found["reports"]["aside"] == {"too_large": 1, "unreadable": 2}


class _Vanishing:
    """The entries of a folder on a share that goes away after the first."""

    def __init__(self, entries: Iterator[os.DirEntry[str]]) -> None:
        self.entries, self.left = entries, 1

    def __enter__(self) -> Iterator[os.DirEntry[str]]:
        return self

    def __exit__(self, *error: object) -> None:
        self.entries.close()  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        return self

    def __next__(self) -> os.DirEntry[str]:
        if not self.left:
            raise OSError(5, "Input/output error")
        self.left -= 1
        return next(self.entries)


def test_a_share_that_disappears_half_way_is_told_and_nothing_is_said_of_the_goal(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved("PC-1"), due("PC-2"), due("PC-3"))
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: _Vanishing(real(path)))
    assert run(reports) == 11
    shown = capsys.readouterr().out
    assert "so nothing can be said of the goal" in shown
    assert "could not be read to its end (the disk does not answer as it should)" in " ".join(
        shown.split()
    )


def test_a_folder_that_goes_away_while_it_is_read_is_no_crash(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(*(moved(f"PC-{number}") for number in range(5)))
    real = report_folder._content
    seen: list[str] = []

    def content(entry: os.DirEntry[str]) -> bytes:
        seen.append(entry.name)
        if len(seen) == 3:
            shutil.rmtree(reports.folder)
        return real(entry)

    monkeypatch.setattr(report_folder, "_content", content)
    assert run(reports) == 11
    assert "3 files could not be read." in capsys.readouterr().out


def test_a_folder_without_a_report_reaches_no_goal(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(reports) == 11
    assert capsys.readouterr().out.startswith("There is no computer to count yet.\nThe goal is 90")


@pytest.mark.parametrize("folder", ["nowhere", "a\0b"])
def test_a_folder_that_is_not_there_is_refused(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["fleet", folder, "--lang", "en"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "The folder of reports" in captured.err


def test_several_folders_are_one_fleet_and_one_may_be_called_from_logs(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("from-logs", "b", "c"):
        (tmp_path / name).mkdir()
        Reports(tmp_path / name).add(moved(name))
    words = ["./from-logs", "--goal", "100", "b", "c", "--lang", "en"]
    assert cli.main(["fleet", *words]) == 0
    assert capsys.readouterr().out.startswith("3 of 3 computers")


@pytest.mark.parametrize("words", [["from-logs"], [], ["x", "--goal", "0"], ["x", "--goal", "101"]])
def test_what_is_not_understood_is_a_wrong_command_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["fleet", *words, "--lang", "en"])
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["from-logs", "x", "--goal", "90"], "--goal"),
        (["from-logs", "x", "--html", "y"], "--html"),
        ([".", "--year", "2026"], "--year"),
        ([".", "--port-of", "x=25"], "--port-of"),
    ],
)
def test_an_option_that_means_nothing_here_is_refused(
    words: list[str], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["fleet", *words, "--lang", "en"]) == 1
    assert f"{option} means nothing here." in capsys.readouterr().err


def test_a_spreadsheet_has_a_row_for_each_computer_and_takes_no_name_for_a_formula(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(*(moved(name) for name in NAMES), a_report(name="PC", people=[], held="ring"))
    target = reports.folder / "all.csv"
    assert run(reports, "--csv", str(target)) == 10
    assert f"Written: {target}" in capsys.readouterr().out
    rows = list(csv.reader(io.StringIO(target.read_bytes().decode("utf-8-sig"))))
    assert rows[0][:5] == ["Computer", "Id", "Where it stands", "Code", "Last report"]
    assert {row[0] for row in rows[1:]} == {"PC", *(f"'{name}" for name in NAMES)}
    assert rows[1] == [
        *("PC", "id-of-PC", "Waits for its turn", "held", "2026-11-24T12:00:00+00:00"),
        *("0", "0", "0", "0", "", "0.1.0", "linux", "ring", ""),
    ]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_no_sign_of_a_report_reaches_the_terminal_or_a_spreadsheet_as_a_command(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = "\x1b]0;x\x07\x1b[31m\u202e\r\n\x85\u2028"
    account = an_account("due", nasty, program=nasty, version=nasty, provider=nasty)
    failed = a_person(account, state="failed", reason=nasty)
    reports.add(a_report(name=f"a{nasty}b", id=nasty, people=[failed], version=nasty, ring=nasty))
    target = reports.folder / "all.csv"
    for words in ((), ("--plain",), ("--csv", str(target))):
        assert run(reports, *words) == 10
        shown = capsys.readouterr().out
        assert not [char for char in shown if not char.isprintable() and char != "\n"]
    text = target.read_bytes().decode("utf-8-sig")
    assert not [char for char in text if not char.isprintable() and char not in "\r\n"]
    assert text.count("\r\n") == 2


def test_a_plain_answer_is_made_of_sentences(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(moved("PC-1"), due("PC-2"), a_report(name="PC-3", people=[], exit_code=20))
    assert run(reports, "--plain") == 10
    shown = capsys.readouterr().out.splitlines()
    assert not [line for line in shown if not line.endswith(".") or "  " in line or "[" in line]
    assert "Failed: PC-3." in shown


def test_both_languages_speak(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    reports.add(moved("PC-1"), due("PC-2"))
    assert run(reports, lang="pt-BR") == 10
    shown = capsys.readouterr().out
    assert "1 de 2 computadores já mudaram: 50,0 %." in shown
    assert "A meta de 90 % não foi alcançada: falta 1 computador." in shown


def test_many_names_are_cut_short_and_said_to_be(
    reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.add(*(a_report(name=f"PC-{n:02}", people=[], exit_code=20) for n in range(12)))
    assert run(reports, "--plain") == 10
    assert "PC-09, and 2 more; --csv names them all." in capsys.readouterr().out


def test_what_stays_in_memory_of_a_report_that_is_not_the_newest_is_eight_bytes() -> None:
    tally = computers.Tally(NOON)
    from configure587.fleet import runs

    for number in range(100):
        data = json.dumps(due(ended=NOON - number * HOUR)).encode()
        tally.add(runs.read(data), f"{number}.json")
    seen = tally.seen["id-of-PC-1"]
    assert (len(seen.history), seen.history.itemsize) == (100, 8)
    assert seen.ended == NOON
    assert len(tally._kinds) == len(tally._rows) == 1


def test_ctrl_c_stops_at_the_next_file(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from configure587.errors import Cancelled

    reports.add(moved("PC-1"), moved("PC-2"))
    asked = iter([False, True])
    tally = computers.Tally(NOON)
    with pytest.raises(Cancelled):
        report_folder.read(str(reports.folder), tally, lambda: next(asked))
    assert tally.counted == 1
