"""Where no window can be opened, a sentence says so, and what to do instead; Qt never aborts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only X and Wayland can be missing")

NO_DISPLAY: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
RUN: Final = "import runpy; runpy.run_module('configure587', run_name='__main__')"
WITHOUT_QT: Final = """
import importlib.abc, sys
class NotInstalled(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, NotInstalled())
"""


def refusal(
    variables: Mapping[str, str], *words: str, code: str = RUN, verb: str = "window"
) -> list[str]:
    """The lines with which the window is refused: nothing else is said, and nothing crashes."""
    kept = {name: value for name, value in os.environ.items() if name not in NO_DISPLAY}
    done = subprocess.run(
        [sys.executable, "-c", code, verb, *words],
        env={**kept, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "qt.qpa" not in done.stderr
    return done.stderr.splitlines()


@pytest.mark.parametrize(
    ("language", "sentence", "instead"),
    [
        ("en", "There is no display", "In this terminal, use instead: "),
        ("pt-BR", "Não há tela", "Neste terminal, use: "),
    ],
)
def test_without_a_display_a_sentence_and_the_terminal_instead(
    language: str, sentence: str, instead: str
) -> None:
    title, advice = refusal({}, "--lang", language)
    assert title.startswith(sentence)
    assert advice.startswith(instead)
    assert advice.endswith(" scan")


def test_a_display_at_which_nobody_answers_is_none() -> None:
    lines = refusal({"DISPLAY": ":60587"}, "--lang", "en")  # or a library is missing, and named
    assert len(lines) == 2
    assert lines[1].endswith(" scan")


def test_a_wayland_socket_behind_which_nobody_is_left_is_no_display() -> None:
    with tempfile.TemporaryDirectory(prefix="c587-") as folder:
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(os.path.join(folder, "wayland-0"))
        variables = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": folder}
        title, _ = refusal(variables, "--lang", "en")
    assert title.startswith("There is no display")


def test_where_the_window_is_not_installed_that_and_the_terminal_are_named() -> None:
    title, advice = refusal({"DISPLAY": ":0"}, "--lang", "en", code=WITHOUT_QT + RUN)
    assert "not installed (PySide6)" in title
    assert "pip install 'configure587[gui]'" in advice
    assert advice.endswith(" scan")


def test_ten_thousand_signals_end_no_window() -> None:
    code = """
import sys
from configure587 import cli
from configure587.gui import app
opened = app.run
def run(*args, **keywords):
    from configure587.gui import window
    painted = window.Window._once_painted
    def ring(self):
        painted(self)
        for each in range(10_000):
            self.page.stop.emit()
        sys.stdout.write("rung")
        self.close()
    window.Window._once_painted = ring
    return opened(*args, **keywords)
app.run = run
sys.exit(cli.main_gui([]))
"""
    with tempfile.TemporaryDirectory(prefix="c587-") as home:
        own = {"HOME": home, "XDG_RUNTIME_DIR": home, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **own},
            timeout=120,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert (done.returncode, done.stdout) == (0, "rung")
