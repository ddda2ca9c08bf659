"""The page on releasing: its targets, needs and commands are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from installers import announce, build
from pages import blocks, rows

ROOT: Final = Path(__file__).resolve().parents[2]
RELEASING: Final = (ROOT / "docs" / "releasing.md").read_text(encoding="utf-8")
COMMANDS: Final = "".join(blocks(RELEASING, "sh")).splitlines()
TARGETS: Final = {row[0].strip("`"): row for row in rows(RELEASING) if len(row) == 4}
NOT_A_TARGET: Final = "Target"


def code(text: str) -> set[str]:
    """What a cell names in the letters of a typewriter."""
    return set(re.findall(r"`([^`]+)`", text))


def test_every_target_stands_on_the_page() -> None:
    assert TARGETS.keys() - {NOT_A_TARGET} == set(build.TARGETS)


@pytest.mark.parametrize("name", [name for name in build.TARGETS if name != "macos"])
def test_what_a_target_needs_is_told(name: str) -> None:
    needs = TARGETS[name][2]
    told = code(needs) | (code(TARGETS["windows"][2]) if needs.startswith("the same") else set())
    assert told == {need.package for need in build.target(name).NEEDS}


@pytest.mark.parametrize("line", [each for each in COMMANDS if "installers.build" in each])
def test_every_command_that_builds_is_understood(line: str) -> None:
    words = shlex.split(line.partition("installers.build")[2])
    assert build.parser().parse_args(words).target in {None, *build.TARGETS}


@pytest.mark.parametrize("module", ["build", "announce"])
def test_every_option_of_the_page_is_one_of_ours(
    module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main = {"build": build.main, "announce": announce.main}[module]
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out))
    cells = [row for row in rows(RELEASING) if "`--" in row[-1]]
    own = [row[-1] for row in cells if ("announce" in row[1]) == (module == "announce")]
    lines = [each for each in COMMANDS if f"installers.{module}" in each]
    told = set(re.findall(r"--[a-z][a-z-]+", " ".join(own + lines)))
    assert told
    assert told <= known


def test_the_page_tells_how_long_an_announcement_is_good() -> None:
    assert f"{announce.DAYS} days" in " ".join(RELEASING.split())
