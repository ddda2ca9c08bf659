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
from installers.windows import msi

from configure587 import arguments, i18n
from installers import build, sums
from pages import FENCE, levels, rows, shapes

ROOT: Final = Path(__file__).resolve().parents[2]
ENGLISH: Final = (ROOT / "docs" / "installing.md").read_text(encoding="utf-8")
PORTUGUESE: Final = (ROOT / "docs" / "installing.pt-BR.md").read_text(encoding="utf-8")
PAGES: Final = pytest.mark.parametrize("page", [ENGLISH, PORTUGUESE], ids=["en", "pt-BR"])
WINDOWS: Final = ROOT / "installers" / "windows"
SETUP: Final = (WINDOWS / "setup.nsi").read_text(encoding="utf-8")
PRODUCT: Final = (WINDOWS / "product.wxs").read_text(encoding="utf-8")
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


# --- the packages for Windows --------------------------------------------------------------------


def first_cells(page: str, word: str) -> list[str]:
    """What stands first in the rows of the table that begins with this heading of a column."""
    table = page.partition(f"\n| {word} |")[2].partition("\n\n")[0]
    return [row[0].strip("`") for row in rows(table)]


@PAGES
def test_the_packages_for_windows_are_called_as_they_are_built(page: str) -> None:
    named = set(re.findall(r"configure587-VERSION(?:-setup\.exe|\.msi)", page))
    made = {
        name.replace("{job.version}", "VERSION")
        for source in ("setup.py", "msi.py")
        for name in re.findall(
            r'f"(configure587-\{job\.version\}[^"]+)"', (WINDOWS / source).read_text("utf-8")
        )
    }
    assert named == made


@pytest.mark.parametrize(
    ("page", "word"), [(ENGLISH, "Property"), (PORTUGUESE, "Propriedade")], ids=["en", "pt-BR"]
)
def test_the_properties_are_those_of_the_package(page: str, word: str) -> None:
    assert first_cells(page, word) == list(msi.PUBLIC)


@PAGES
def test_what_is_run_after_the_installation_is_what_the_package_runs(page: str) -> None:
    [alone] = re.findall(r'Id="ApplyAlone".*?ExeCommand="([^"]+)"', PRODUCT, re.DOTALL)
    assert f"`configure587c {alone}`" in page


@PAGES
def test_every_exit_code_of_the_setup_program_is_told(page: str) -> None:
    codes = re.findall(r"^!define (?:CANCELLED|FAILED|LATER) (\d+)$", SETUP, re.MULTILINE)
    assert len(codes) == 3
    told = [row[0] for row in rows(page) if row[0][0].isdigit()]
    assert {"0", *codes} == set(told[:4])


@PAGES
def test_every_language_of_the_setup_program_is_told(page: str) -> None:
    names = set(re.findall(r'\$1 == "([a-z]{2}(?:-[A-Z]{2})?)"', SETUP))
    assert names == set(i18n.LANGUAGES)
    [told] = [row[1] for row in rows(page) if row[0] == "`/LANG=`"]
    assert names | {"1046", "1033"} == set(re.findall(r"`([\w-]+)`", told))


@pytest.mark.parametrize(
    ("page", "language"), [(ENGLISH, "en"), (PORTUGUESE, "pt-BR")], ids=["en", "pt-BR"]
)
def test_what_the_setup_program_says_is_told_in_its_own_words(page: str, language: str) -> None:
    text = (WINDOWS / f"setup.{language}.nsh").read_text(encoding="utf-8")
    said = dict(re.findall(r'^LangString (\w+) \S+ "(.*)"$', text, re.MULTILINE))
    assert f"**{said['finish_title']}.**" in page
    assert f"**{said['undo_question']}**" in page
    assert f"**{said['undo_no'].lstrip('&').partition(',')[0]}**" in page


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (ENGLISH, "The package registers the source of the events."),
        (PORTUGUESE, "O pacote registra a origem dos eventos."),
    ],
    ids=["en", "pt-BR"],
)
def test_whether_the_source_of_events_is_registered_is_told_as_it_is(
    page: str, sentence: str
) -> None:
    assert (sentence in " ".join(page.split())) == ("EventLog" in PRODUCT)
