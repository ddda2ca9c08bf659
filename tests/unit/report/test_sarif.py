"""A scan's findings as SARIF 2.1.0: what the standard requires, and nobody's name.

The whole of it is held against the schema in tests/e2e/test_sarif_schema.py.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from configure587 import cli, i18n
from configure587.model import Place, Verdict
from configure587.report import sarif
from configure587.verbs import demo

if TYPE_CHECKING:
    from pathlib import Path

LEVELS: Final = {"none", "note", "warning", "error"}
KINDS: Final = {"notApplicable", "pass", "fail", "review", "open", "informational"}
NAMES: Final = ("ana", "exemplo.com.br", "souza", "escola", "empresa.example", "trabalho")


@pytest.fixture
def computer(tmp_path: Path) -> str:
    """Give the folder of the sample computer."""
    folder = str(tmp_path / "computer")
    demo.build(folder)
    return folder


def scanned(computer: str, *words: str) -> dict[str, Any]:
    """The log that a scan of the sample computer writes."""
    path = os.path.join(os.path.dirname(computer), "found.sarif")
    assert cli.main(["scan", "--image", computer, "--sarif", path, *words]) == 10
    with open(path, encoding="utf-8") as source:
        found: dict[str, Any] = json.load(source)
    return found


def the_run(log: dict[str, Any]) -> dict[str, Any]:
    """The one run of a log."""
    [run] = log["runs"]
    return dict(run)


def test_a_log_has_what_the_standard_requires(computer: str) -> None:
    log = scanned(computer, "--lang", "en")
    run = the_run(log)
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["name"] == "Configure587"
    assert run["invocations"][0]["executionSuccessful"] is True
    assert run["invocations"][0]["exitCode"] == 10
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert result["ruleId"].partition("/")[0] == rule["id"]
        assert result["message"]["text"]
        assert result["kind"] in KINDS
        assert result["level"] in LEVELS
        assert (result["kind"] == "fail") == (result["level"] != "none")  # section 3.27.10


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_verdict_is_a_rule_in_the_language_of_the_reader(
    computer: str, language: str
) -> None:
    run = the_run(scanned(computer, "--lang", language))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [verdict.value for verdict in Verdict]
    texts = i18n.texts(language)
    meanings = [texts.gettext(sarif.MEANINGS[verdict]) for verdict in Verdict]
    assert [rule["fullDescription"]["text"] for rule in rules] == meanings
    assert {rule["helpUri"].partition(":")[0] for rule in rules} == {"https"}
    assert run["language"] == {"pt-BR": "pt-BR", "en": "en-US"}[language]


def test_a_finding_stands_at_its_file_below_the_home(computer: str) -> None:
    run = the_run(scanned(computer))
    first = run["results"][0]
    assert first["ruleId"] == "due/port_25"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": ".thunderbird/k3x8p2qa.default-release/prefs.js",
                    "uriBaseId": "HOME",
                }
            }
        }
    ]
    assert "HOME" in run["originalUriBaseIds"]
    assert first["properties"]["port"] == 25


def test_a_log_names_nobody(computer: str) -> None:
    text = json.dumps(scanned(computer, "--lang", "en"))
    named = [name for name in NAMES if re.search(rf"\b{name}\b", text, re.IGNORECASE)]
    assert named == []
    assert computer not in text


def test_addresses_and_servers_are_shown_when_asked_for_but_no_folders(computer: str) -> None:
    text = json.dumps(scanned(computer, "--addresses"))
    assert "ana@exemplo.com.br" in text
    assert "smtp.exemplo.com.br" in text
    assert "trabalho" not in text


def test_a_fingerprint_stays_between_runs_and_belongs_to_one_finding(computer: str) -> None:
    first, second = (the_run(scanned(computer))["results"] for _ in range(2))
    marks = [result["partialFingerprints"][sarif.FINGERPRINT] for result in first]
    assert marks == [result["partialFingerprints"][sarif.FINGERPRINT] for result in second]
    assert len(set(marks)) == len(marks)


def test_the_other_answers_of_a_scan_are_the_same_with_the_file(
    computer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []
    for words in ([], ["--sarif", os.path.join(os.path.dirname(computer), "x.sarif")]):
        for more in ([], ["--json"]):
            assert cli.main(["scan", "--image", computer, *more, *words]) == 10
            answers.append(capsys.readouterr().out)
    assert answers[:2] == answers[2:]


def test_a_file_that_cannot_be_written_is_refused(
    computer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["scan", "--image", computer, "--sarif", computer]) == 1
    assert computer in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "artifact"),
    [
        (
            "~/.thunderbird/a b/prefs.js",
            {"uri": ".thunderbird/a%20b/prefs.js", "uriBaseId": "HOME"},
        ),
        ("~\\AppData\\x#1\\prefs.js", {"uri": "AppData/x%231/prefs.js", "uriBaseId": "HOME"}),
        ("~/odd\\name", {"uri": "odd%5Cname", "uriBaseId": "HOME"}),
        ("/etc/thunderbird/x.js", {"uri": "file:///etc/thunderbird/x.js"}),
        ("D:\\Mail\\prefs.js", {"uri": "file:///D:/Mail/prefs.js"}),
        ("\\\\server-1-k7q2mx\\share\\x.js", {"uri": "file://server-1-k7q2mx/share/x.js"}),
        ("~/caf\udce9", {"uri": "caf%E9", "uriBaseId": "HOME"}),
    ],
)
def test_a_path_of_any_system_becomes_a_uri(path: str, artifact: dict[str, str]) -> None:
    found = sarif.location(Place("prefs.js", path))
    assert found == {"physicalLocation": {"artifactLocation": artifact}}


def test_a_key_of_the_registry_is_a_place_of_its_own_kind() -> None:
    key = "HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\Profiles\\Outlook"
    [place] = sarif.location(Place("registry", key))["logicalLocations"]
    assert (place["name"], place["fullyQualifiedName"]) == ("Outlook", key)
