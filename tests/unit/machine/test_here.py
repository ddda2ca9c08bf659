"""This computer: the language that a person reads, and how its shell takes words."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from configure587 import i18n
from configure587.machine import Platform, here
from everyone_builders import FIRST, IS_ROOT, WHY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked for its language")
@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "pt_BR.UTF-8"}, "pt-BR"),
        ({"LC_ALL": "C", "LANG": "pt_BR.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "pt_BR.UTF-8", "LANGUAGE": "pt_BR"}, "en"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "pt_BR.UTF-8"}, "en"),
        ({"LC_ALL": "pt_BR.UTF-8", "LANG": "en_US.UTF-8"}, "pt-BR"),
        ({"LC_MESSAGES": "pt_PT", "LANG": "en_US.UTF-8"}, "pt-BR"),
        ({"LC_ALL": "", "LANG": "pt_BR.UTF-8"}, "pt-BR"),
        ({"LANGUAGE": "pt_BR:en", "LANG": "en_US.UTF-8"}, "pt-BR"),
        ({"LANGUAGE": "en", "LC_ALL": "pt_BR.UTF-8"}, "en"),
    ],
)
def test_the_first_variable_that_is_set_decides_on_the_language(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert i18n.choose(here.languages()) == language


WORDS = ["apply", "it's", "a b", "$HOME", "é", '"', "a;b", "", "100%", "C:\\x\\"]


def test_a_shell_takes_words_apart_as_they_were_meant() -> None:
    assert shlex.split(here.spelled(WORDS, Platform.LINUX)) == WORDS


@pytest.mark.parametrize(
    ("word", "spelled"),
    [
        ("C:\\Users\\Ana\\plano.json", "C:\\Users\\Ana\\plano.json"),
        ("C:\\Meus documentos\\p.json", '"C:\\Meus documentos\\p.json"'),
        ("C:\\Meus documentos\\", '"C:\\Meus documentos\\\\"'),
        ("R&D", '"R&D"'),
        ("it's", '"it\'s"'),
        ("", '""'),
        ('a\\"b', '"a\\\\\\"b"'),
    ],
)
def test_windows_takes_a_word_in_double_quotes(word: str, spelled: str) -> None:
    assert here.spelled([word], Platform.WINDOWS) == spelled


def test_on_linux_what_lies_in_lib_is_started_by_the_program_in_bin(tmp_path: Path) -> None:
    packages = tmp_path / "usr/lib/configure587"
    program = tmp_path / "usr/bin/configure587"
    elsewhere = [sys.executable, "-P", "-m", "configure587"]
    assert here.program(str(packages)) == elsewhere
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    assert here.program(str(packages)) == [str(program)]
    assert here.program(str(tmp_path / "usr/lib/site-packages")) == elsewhere
    assert here.program(str(tmp_path / "usr/lib64/configure587")) == elsewhere


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the home of root, who was left everything of the person of HOME."""
    if not IS_ROOT:
        pytest.skip(WHY)
    home, own = tmp_path / "home" / "ana", tmp_path / "root"
    for folder in (home, own):
        folder.mkdir(parents=True)
    os.chown(home, FIRST, FIRST)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))
    monkeypatch.setattr(here, "_home_of_root", lambda: str(own))
    return own


def test_root_does_not_work_in_the_home_of_whoever_asked_for_it(roots: Path) -> None:
    machine = next(iter(here.machines()))
    assert (machine.home, machine.user) == (str(roots), "root")
    assert machine.data_folder == str(roots / ".local" / "share" / "configure587")
    assert [each.code for each in machine.notices] == ["root_for_another"]


def test_root_keeps_a_home_of_its_own(roots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = roots / "elsewhere"
    other.mkdir()
    monkeypatch.setenv("HOME", str(other))
    monkeypatch.setenv("XDG_DATA_HOME", str(other / "not" / "there"))
    machine = next(iter(here.machines()))
    assert machine.home == str(other)
    assert machine.data_folder == str(other / "not" / "there" / "configure587")
    assert not machine.notices


def test_in_an_appimage_the_file_is_started_and_not_what_is_mounted_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "usr/bin/configure587"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    monkeypatch.setenv("APPIMAGE", "/home/ana/configure587.AppImage")
    packages = str(tmp_path / "usr/lib/configure587")
    monkeypatch.setenv("APPDIR", str(tmp_path))
    assert here.program(packages) == ["/home/ana/configure587.AppImage"]
    monkeypatch.setenv("APPDIR", "/tmp/.mount_of_another_program")  # which started us
    assert here.program(packages) == [str(program)]
    monkeypatch.delenv("APPDIR")
    assert here.program(packages) == [str(program)]


@pytest.mark.parametrize(("processors", "parts"), [(1, 4), (2, 4), (4, 8), (8, 16), (64, 16)])
def test_more_people_than_processors_are_served_at_once_but_not_any_number(
    processors: int, parts: int
) -> None:
    assert here.at_once(processors) == parts
