"""A run that could not even begin, or that a fault of ours ended, is no computer that is silent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from builders import CANARY, a_machine, an_image, thunderbird
from configure587 import cli, engine
from configure587.report import run_documents
from configure587.rollout import brake
from report_folders import a_folder, changed

if TYPE_CHECKING:
    from pathlib import Path

    from configure587.machine import Machine

QUIET = ("apply", "--silent", "--no-network", "--yes")
ADDRESS = "ana@exemplo.example"
WRONG = f'leave-alone = ["{ADDRESS}", 5]\nreport = "{{reports}}"\n'


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Give the folder of reports."""
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Give a computer whose person has an account on port 25."""
    return an_image(tmp_path / "computer", thunderbird(port=25, password=CANARY))


def policy(tmp_path: Path, text: str) -> str:
    path = tmp_path / "acme.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def told(reports: Path) -> dict[str, Any]:
    """The one report, which is of the shape that is promised."""
    (path,) = reports.iterdir()
    msgspec.json.decode(path.read_bytes(), type=run_documents.RunJson)
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def of_policy(image: Path, path: str, *words: str) -> int:
    return cli.main([*QUIET, "--image", str(image), "--policy", path, *words])


def test_a_refused_policy_is_reported_with_its_line_and_what_is_allowed(
    tmp_path: Path, image: Path, reports: Path
) -> None:
    path = policy(tmp_path, '# ours\ntargets = ["25/none"]\n')
    assert of_policy(image, path, "--report", str(reports)) == 1
    report = told(reports)
    assert (report["exit_code"], report["people"], report["held"]) == (1, [], None)
    assert report["trouble"]["code"] == "policy_value_wrong"
    fields = report["trouble"]["fields"]
    assert (fields["where"], fields["key"]) == (f"{path}:2", "targets")
    assert fields["allowed_words"] == "587/starttls, 465/tls"


def test_a_refused_policy_is_reported_to_the_folder_that_it_names_itself(
    tmp_path: Path, image: Path, reports: Path
) -> None:
    path = policy(tmp_path, WRONG.format(reports=reports))
    assert of_policy(image, path) == 1
    assert told(reports)["trouble"]["fields"]["key"] == "leave-alone"


def test_what_stands_wrongly_in_a_policy_stays_where_it_is(
    tmp_path: Path, image: Path, reports: Path
) -> None:
    for wrong in (f'language = "{ADDRESS}"', f'"{ADDRESS}" = "smtp.example.com"'):
        path = policy(tmp_path, f"{wrong}\n")
        assert of_policy(image, path, "--report", str(reports)) == 1
    texts = [each.read_text(encoding="utf-8") for each in reports.iterdir()]
    assert len(texts) == 2
    assert ADDRESS not in "".join(texts)


def test_a_home_is_not_named_in_the_report_of_a_refused_policy(image: Path, reports: Path) -> None:
    own = image / "home" / ".config" / "configure587"
    own.mkdir(parents=True)
    (own / "policy.toml").write_text("nothing = 1\n", encoding="utf-8")
    assert cli.main([*QUIET, "--image", str(image), "--report", str(reports)]) == 1
    assert told(reports)["trouble"]["fields"]["where"] == "~/.config/configure587/policy.toml:1"


def test_a_policy_that_is_no_toml_is_reported_by_its_line_alone(
    tmp_path: Path, image: Path, reports: Path
) -> None:
    path = policy(tmp_path, f'x = {{ "{ADDRESS}" = 1, "{ADDRESS}" = 2 }}\n')
    assert of_policy(image, path, "--report", str(reports)) == 1
    assert told(reports)["trouble"] == {
        "code": "policy_not_toml",
        "fields": {"where": f"{path}:1"},
    }


def test_the_report_of_a_refused_policy_waits_for_a_share_that_is_away(
    tmp_path: Path, image: Path, reports: Path
) -> None:
    bad, away = policy(tmp_path, "nothing = 1\n"), tmp_path / "away"
    assert of_policy(image, bad, "--report", str(away)) == 1
    assert cli.main([*QUIET, "--image", str(image), "--report", str(reports)]) == 0
    codes = sorted(json.loads(each.read_bytes())["exit_code"] for each in reports.iterdir())
    assert codes == [0, 1]


def test_a_word_without_reports_leaves_none_for_a_refused_policy(
    tmp_path: Path, image: Path, reports: Path
) -> None:
    path = policy(tmp_path, WRONG.format(reports=reports))
    assert cli.main(["plan", "--image", str(image), "--policy", path]) == 1
    assert not list(reports.iterdir())


def fails(machine: Machine, *_: object) -> None:
    raise ZeroDivisionError(f"{CANARY} of {machine.home}")


def test_a_fault_of_ours_is_reported_without_its_message(
    image: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "chosen", fails)
    assert cli.main([*QUIET, "--image", str(image), "--report", str(reports)]) == 70
    report = told(reports)
    assert report["exit_code"] == 70
    assert report["trouble"]["code"] == "our_bug"
    assert report["trouble"]["fields"]["kind"] == "ZeroDivisionError"
    assert report["trouble"]["fields"]["at"].startswith("test_stopped_runs.py:")
    assert CANARY not in json.dumps(report)


def test_faults_of_ours_pull_the_brake(reports: Path) -> None:
    crashed = (changed(f"pc-{each}").but(exit_code=70, people=[]) for each in range(2))
    assert brake.is_on(a_folder(reports, *crashed), a_machine().clock, 10)


@pytest.mark.parametrize(("language", "words"), [("en", "may be"), ("pt-BR", "Pode ser")])
def test_the_fleet_says_which_mistake_stopped_whom(
    image: Path, reports: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    tmp_path = reports.parent
    path = policy(tmp_path, 'targets = ["25/none"]\n')
    of_policy(image, path, "--report", str(reports))
    page, table = tmp_path / "fleet.html", tmp_path / "fleet.csv"
    ways = ("--html", str(page), "--csv", str(table), "--lang", language, "--plain")
    assert cli.main(["fleet", str(reports), *ways]) == 10
    for text in (
        " ".join(capsys.readouterr().out.split()),
        page.read_text(encoding="utf-8"),
        table.read_text(encoding="utf-8-sig"),
    ):
        assert f"{path}:1: targets" in text
        assert words in text
        assert "587/starttls, 465/tls" in text


HOSTILE = (
    {"code": "policy_value_wrong", "fields": {}},
    {"code": "policy_value_wrong", "fields": {"allowed": "rings", "code": "x", "texts": 1}},
    {"code": "policy_value_wrong", "fields": {"where": "{0}", "key": "{key.x}", "allowed": "no"}},
    {"code": "<img src=x onerror=alert(1)>", "fields": {"where": "\x1b[2J"}},
    {"code": "our_bug", "fields": {"kind": "<b>\u202e", "at": 10**4000}},
)


@pytest.mark.parametrize("trouble", HOSTILE, ids=lambda each: str(each)[:40])
def test_a_hostile_report_of_trouble_stays_text(
    tmp_path: Path,
    reports: Path,
    capsys: pytest.CaptureFixture[str],
    trouble: dict[str, Any],
) -> None:
    run = changed("pc-1").but(
        schema="configure587/1",
        version="1",
        ended="2026-11-24T12:00:00Z",
        ring=None,
        people=[],
        exit_code=1,
        trouble=trouble,
    )
    a_folder(reports, run)
    page = tmp_path / "fleet.html"
    assert cli.main(["fleet", str(reports), "--html", str(page), "--lang", "en"]) in {10, 12}
    shown = page.read_text(encoding="utf-8")
    for sign in ("\x1b", "<img", "<b>", "\u202e"):
        assert sign not in shown
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("more", ["", "nothing = 1\n"], ids=["whole", "broken"])
def test_undoing_is_reported_where_the_policy_says_even_a_broken_one(
    image: Path, reports: Path, more: str
) -> None:
    assert cli.main([*QUIET, "--image", str(image)]) == 0
    folder = image / "etc" / "configure587" / "policy.d"
    folder.mkdir(parents=True)
    (folder / "1.toml").write_text(f'report = "{reports}"\n{more}', encoding="utf-8")
    assert cli.main(["rollback", "--silent", "--all", "--image", str(image)]) == 0
    report = told(reports)
    assert (report["run"], report["exit_code"]) == ("rollback", 0)
    assert report["people"][0]["accounts"][0]["result"] == "undone"
