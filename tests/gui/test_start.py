"""What the first paint waits for, and what comes only after it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from configure587 import i18n
from configure587.gui import theme
from configure587.gui.remembered import Remembered
from configure587.gui.theme import CONTRAST_LIGHT
from configure587.gui.widgets.worded import give
from configure587.gui.window import Window
from gui.walking import session_in, settle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.walking import Showing

LATER = {
    *("ctypes", "socket", "ssl", "hashlib", "_hashlib", "html", "dataclasses", "msgspec", "json"),
    *("tomllib", "importlib.resources", "subprocess"),
    *("configure587.arguments", "configure587.options", "configure587.records"),
    *("configure587.engine", "configure587.awareness", "configure587.crash"),
    *("configure587.report.sentences", "configure587.report.style", "configure587.session"),
    *("configure587.updates.kept", "configure587.submission", "configure587.policies.settling"),
    *("configure587.gui.sentences", "configure587.gui.widgets.card"),
    *("configure587.gui.widgets.focus", "configure587.gui.qt_words", "PySide6.QtPrintSupport"),
}
"""Each takes its time to load, and the first page says nothing of it."""

UNTIL_PAINTED = """
import os, sys
from configure587 import cli
from configure587.gui import app
opened = app.run
def run(*args, **keywords):
    from configure587.gui import window
    painted = window.Window.paintEvent
    def paint(self, event):
        painted(self, event)
        print(*sys.modules, flush=True)
        print(*vars(sys.modules["PySide6.QtCore"]), flush=True)
        print(self.page.heading(), self.page.main.hasFocus(), flush=True)
        os._exit(0)
    window.Window.paintEvent = paint
    return opened(*args, **keywords)
app.run = run
sys.exit(cli.main_gui([]))
"""


@pytest.fixture(scope="module")
def first_paint(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give the modules of a start at its first paint, the names of QtCore, and what is shown."""
    home = str(tmp_path_factory.mktemp("home"))
    own = {"HOME": home, "XDG_RUNTIME_DIR": home, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", UNTIL_PAINTED],
        env={**os.environ, **own, "LC_ALL": "pt_BR.UTF-8", "USERPROFILE": home},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()


def test_the_first_page_is_painted_before_anything_that_it_does_not_need(
    first_paint: list[str],
) -> None:
    loaded = set(first_paint[0].split())
    assert "configure587.gui.pages.start" in loaded
    assert loaded & LATER == set()


def test_the_first_paint_waits_for_no_enumeration_of_the_namespace_qt(
    first_paint: list[str],
) -> None:
    names = first_paint[1].split()
    assert "QObject" in names
    assert "Qt" not in names


def test_what_is_painted_first_is_the_first_page(first_paint: list[str]) -> None:
    words = i18n.texts(i18n.PORTUGUESE).gettext("Is your e-mail leaving through the right door?")
    assert first_paint[2] == f"{words} True"


@pytest.mark.parametrize(("name", "word"), [("textFormat", "plain"), ("textform", "PlainText")])
def test_a_word_that_qt_does_not_know_is_no_silent_mistake(
    qtbot: QtBot, name: str, word: str
) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    with pytest.raises(ValueError, match=word):
        give(label, **{name: word})


# --- a wish of which the palette does not tell ---------------------------------------------------


@pytest.fixture
def more_contrast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the system ask for contrast, while its palette is an ordinary one."""
    monkeypatch.setattr(theme, "system", lambda: CONTRAST_LIGHT)


def _no_crash(error: BaseException) -> None:
    raise AssertionError(error)


@pytest.mark.usefixtures("more_contrast")
def test_a_wish_for_contrast_is_met_at_once_after_the_first_paint(show: Showing) -> None:
    assert show(session_in("start")).view.theme is CONTRAST_LIGHT


@pytest.mark.usefixtures("more_contrast")
def test_from_the_second_start_on_it_is_met_before_the_first_paint(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder = str(tmp_path / "data")
    for begins_with in (theme.told_by_palette(), CONTRAST_LIGHT):
        window = Window(session_in("start"), Remembered(folder, i18n.ENGLISH), _no_crash)
        qtbot.addWidget(window)
        assert window.view.theme is begins_with
        window.show()
        settle()
        window.close()


def test_an_ordinary_look_is_nothing_to_remember(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    window = Window(session_in("start"), Remembered(str(folder), i18n.ENGLISH), _no_crash)
    qtbot.addWidget(window)
    window.show()
    settle()
    window.close()
    assert not folder.exists()
