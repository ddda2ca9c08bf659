"""The administrators' page: both languages say the same, and every command does what it says."""

from __future__ import annotations

import importlib
import re
import shlex
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

import pytest

from configure587 import arguments, cli, i18n
from configure587.formats import reg_text
from configure587.rollout import event_table
from configure587.verbs import demo
from pages import FENCE, blocks, levels, rows, shapes

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
ENGLISH: Final = (DOCS / "administrators.md").read_text(encoding="utf-8")
PORTUGUESE: Final = (DOCS / "administrators.pt-BR.md").read_text(encoding="utf-8")
PAGES: Final = pytest.mark.parametrize("page", [ENGLISH, PORTUGUESE], ids=["en", "pt-BR"])

WITH_ROOT: Final = "--all-users"
"""Of this the page's command is understood here, and carried out in tests of its own."""

AT_SIGN_IN: Final = "next-sign-in"
"""This would leave a task on the computer of whoever runs the tests."""

ENDS_WITH: Final = {
    "scan": {10, 11},  # accounts are due, and one is locked by a policy of its program
    "apply": {0, 11, 16},  # changed; nothing left but the locked one; not this computer's ring
    "fleet": {0, 10, 11},
}
"""What a word of the page may end with, if not with 0 only."""

LOG: Final = (
    "Nov 24 12:57:02 mail postfix/smtpd[587]: 4XyZ: client=pc[192.0.2.1], sasl_method=PLAIN, "
    "sasl_username=ana@exemplo.com.br\n"
)


def commands() -> list[str]:
    """Every command of the page, in its order; one that needs root without the word for it."""
    lines = "".join(blocks(ENGLISH, "sh")).splitlines()
    return [line.strip().removeprefix("sudo ") for line in lines]


def test_both_languages_have_the_same_headings() -> None:
    assert levels(ENGLISH) == levels(PORTUGUESE)


def test_both_languages_give_the_same_commands_and_examples() -> None:
    assert FENCE.findall(ENGLISH) == FENCE.findall(PORTUGUESE)


def test_both_languages_have_the_same_tables() -> None:
    assert shapes(ENGLISH) == shapes(PORTUGUESE)


@PAGES
def test_every_exit_code_of_the_page_is_one_of_ours(page: str) -> None:
    command_line = (DOCS / "command-line.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^\| (\d+) \|", command_line, re.MULTILINE))
    cells = [row[0] for row in rows(page) if re.fullmatch(r"\d+(, \d+)*", row[0])]
    told = {code for cell in cells for code in cell.split(", ")}
    assert {"0", "14", "77"} <= told
    assert told - known == set()


@PAGES
def test_every_key_of_a_policy_stands_on_the_page_with_its_other_name(page: str) -> None:
    keys = importlib.import_module("configure587.policies.keys").KEYS.values()
    cells = [row[:2] for row in rows(page) if len(row) == 4 and row[0].startswith("`")]
    assert cells == [[f"`{key.name}`", f"`{key.camel}`"] for key in keys]


@PAGES
def test_the_numbers_of_events_mean_what_the_page_says(page: str) -> None:
    told = page.partition("`Configure587`")[2].partition("##")[0]
    names = {kind.number: kind.code for kind in event_table.KINDS}
    numbers = [int(number) for number in re.findall(r"(?<![\d.])1\d\d(?![\d.])", told)]
    assert numbers == [101, 110, 111, 112, 103]
    assert [names[number] for number in numbers] == [
        *("run_ended", "account_moved", "account_not_moved", "account_failed", "run_failed")
    ]


def test_the_examples_of_other_formats_are_well_formed() -> None:
    [example] = blocks(ENGLISH, "toml")
    assert tomllib.loads(example)["rings"] == ["pilot 5", "early 25", "everyone 70"]
    [registry] = blocks(ENGLISH, "reg")
    assert registry.startswith("Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE")
    key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Configure587"
    data = registry.replace("\n", "\r\n").encode("utf-16")
    assert reg_text.read(data, key, ["Probe", "BackupsKept"]) == {
        "Probe": "require",
        "BackupsKept": 10,
    }
    assert reg_text.read(data, rf"{key}\Targets", ["1"]) == {"1": "587/starttls"}
    [plist] = blocks(ENGLISH, "xml")
    assert [each.text for each in ET.fromstring(plist).iter("key")] == [
        *("Probe", "BackupsKept", "Targets")
    ]


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_page_is_understood(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    program, *words = shlex.split(command)
    assert program == "configure587"
    parsed = arguments.parser(i18n.texts("en"), words).parse_args(words)
    assert parsed.verb == words[0]


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the sample computer, and beside it all the files that the page speaks of."""
    demo.build(str(tmp_path / "computer"))
    [example] = blocks(ENGLISH, "toml")
    (tmp_path / "policy.toml").write_text(example, encoding="utf-8")
    (tmp_path / "reports").mkdir()
    (tmp_path / "computers.csv").write_text("name\npc-1\npc-2\n", encoding="utf-8")
    (tmp_path / "mail.log").write_text(LOG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "computer"


def test_every_command_of_the_page_does_what_it_says_in_its_order(
    computer: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """On the sample computer, and without looking at its servers, which do not exist."""
    before = demo._fingerprints(str(computer))
    for command in commands():
        if WITH_ROOT in command or AT_SIGN_IN in command:
            continue
        words = shlex.split(command)[1:]
        more = ["--no-network"] if words[0] == "apply" else []
        code = cli.main([*words, *more, "--image", str(computer)])
        silence = capfd.readouterr().err if "--silent" in words else ""
        assert (command, silence) == (command, "")
        assert code in ENDS_WITH.get(words[0], {0}), command
    for name in ("fleet.html", "fleet.csv", "found.sarif"):
        assert (computer.parent / name).stat().st_size > 0
    assert [*(computer.parent / "reports").glob("*.json")] != []
    assert demo._fingerprints(str(computer)) == before  # the last command undoes all


@PAGES
def test_what_the_kit_is_said_to_hold_is_there(page: str) -> None:
    table = page.partition("`installers/rollout/`")[2].partition("\n## ")[0]
    named = {place for row in rows(table) for place in re.findall(r"`([\w/.-]+)`", row[1])}
    assert {"ansible/", "windows/", "macos/"} <= named
    assert [
        place for place in named if not (DOCS.parent / "installers/rollout" / place).exists()
    ] == []
    assert (DOCS.parent / "resources" / "policy.example.toml").is_file()
