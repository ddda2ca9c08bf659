"""What the window says is for people who have no command line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import gui_builders
from configure587 import i18n
from configure587.gui import sentences, troubles

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = pytest.mark.parametrize("language", i18n.LANGUAGES)


@LANGUAGES
def test_no_reason_speaks_of_the_command_line(language: str) -> None:
    texts = i18n.texts(language)
    said = {each.code: sentences.explain(texts, each) for each in gui_builders.EVERY_REASON}
    assert len(said) > 60
    assert {code: words for code, words in said.items() if "--" in words} == {}
    assert {code for code, words in said.items() if words == code} == set(), "a code is no word"
    assert {code for code, words in said.items() if "{" in words} == set()


@LANGUAGES
def test_no_trouble_speaks_of_the_command_line(language: str) -> None:
    texts = i18n.texts(language)
    wrong = {}
    for error in gui_builders.EVERY_ERROR:
        if error.code in gui_builders.IN_THE_WINDOW:
            title, advice = troubles.title_and_advice(texts, error)
            assert title
            assert advice
            if "--" in title + advice or "configure587 " in title + advice:
                wrong[error.code] = (title, advice)
    assert wrong == {}


def run(code: str, folder: Path) -> set[str]:
    """The modules that are loaded after this code, in an interpreter of its own."""
    env = {**os.environ, "HOME": str(folder), "USERPROFILE": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"],
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "code",
    [
        "import configure587.cli",
        "from configure587.cli import main; main(['scan'])",
        "import configure587.gui.session, configure587.gui.starting, configure587.gui.sentences",
    ],
)
def test_the_command_line_and_the_session_load_no_qt(tmp_path: Path, code: str) -> None:
    loaded = run(code, tmp_path)
    assert "configure587" in loaded
    assert not loaded & {"PySide6", "shiboken6"}


def test_that_look_would_find_qt(tmp_path: Path) -> None:
    assert "PySide6" in run("import PySide6.QtCore", tmp_path)
