"""The page on installing: both languages say the same, and every command and name is a real one."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Final

import pytest
from installers.jobs import Job
from installers.linux import deb

from configure587 import arguments, i18n
from installers import build, sums
from pages import FENCE, levels, shapes

ROOT: Final = Path(__file__).resolve().parents[2]
ENGLISH: Final = (ROOT / "docs" / "installing.md").read_text(encoding="utf-8")
PORTUGUESE: Final = (ROOT / "docs" / "installing.pt-BR.md").read_text(encoding="utf-8")
PAGES: Final = pytest.mark.parametrize("page", [ENGLISH, PORTUGUESE], ids=["en", "pt-BR"])
COMMAND: Final = re.compile(r'(?:^|[\s`\\])configure587c?(?:\.exe"?)? ([a-z][^`\n]*)', re.MULTILINE)
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def commands() -> list[str]:
    """What stands behind the name of the program, in blocks and in sentences."""
    told = "\n".join(body for _, body in FENCE.findall(ENGLISH))
    told += "\n".join(re.findall(r"`configure587[^`]*`", ENGLISH.replace("\n", " ")))
    return sorted(set(COMMAND.findall(told)))


def test_both_languages_have_the_same_headings() -> None:
    assert levels(ENGLISH) == levels(PORTUGUESE)


def test_both_languages_give_the_same_commands() -> None:
    assert FENCE.findall(ENGLISH) == FENCE.findall(PORTUGUESE)


def test_both_languages_have_the_same_tables() -> None:
    assert shapes(ENGLISH) == shapes(PORTUGUESE)


def test_the_page_tells_how_everything_is_undone() -> None:
    assert {"rollback --all", "rollback --all-users --silent"} <= set(commands())


@pytest.mark.parametrize("command", commands())
def test_every_command_of_ours_is_understood(command: str) -> None:
    words = shlex.split(command)
    parsed = arguments.parser(i18n.texts("en"), words).parse_args(words)
    assert parsed.verb == words[0]


@PAGES
def test_the_package_for_debian_is_called_as_it_is_built(page: str) -> None:
    version = build.version()
    name = f"configure587_{deb.version(Job('', '', version, 0))}_amd64.deb"
    named = set(re.findall(r"configure587_[\w.-]+\.deb", page.replace("VERSION", version)))
    assert named == {name}


@PAGES
def test_the_window_is_an_extra_that_the_wheel_has(page: str) -> None:
    [extra] = set(re.findall(r"-py3-none-any\.whl\[(\w+)\]", page))
    assert extra in PROJECT["optional-dependencies"]
    assert "configure587-gui" in PROJECT["gui-scripts"]


@PAGES
def test_the_oldest_python_is_that_of_the_project(page: str) -> None:
    [oldest] = set(re.findall(r"Python (\d\.\d+)", page))
    assert PROJECT["requires-python"] == f">={oldest}"


@PAGES
def test_the_sums_are_called_as_they_are_written(page: str) -> None:
    assert sums.NAME in page
    assert sums.SIGNATURE in page
