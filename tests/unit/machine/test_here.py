"""This computer: the language that a person reads, and how its shell takes words."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from configure587 import i18n
from configure587.machine import Platform, here

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
