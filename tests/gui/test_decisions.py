"""A person on the sample computer: from the start to done in five decisions at most, and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from configure587.gui import starting
from configure587.pages import Page
from gui.walking import buttons, every_language, settle, text_of
from gui_builders import where

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from configure587.gui.window import Window
    from gui.walking import Showing

AT_MOST = 5


def files(folder: Path) -> dict[str, bytes]:
    """Everything on the sample computer but what is ours."""
    return {
        str(each): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file() and "/.local/" not in each.as_posix()
    }


def at_rest(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: not window._worker.busy, timeout=20_000)
    settle()


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
@every_language
def test_five_decisions_lead_from_the_start_to_done_and_one_back(
    show: Showing, qtbot: QtBot, tmp_path: Path, language: str, how: str
) -> None:
    folder = tmp_path / "computer"
    session = starting.sample(str(folder))
    before = files(folder)
    window = show(session, language)
    decisions = 0
    while where(session) is not Page.DONE:
        assert decisions < AT_MOST
        [primary] = buttons(window, "primary")
        if how == "mouse":
            QTest.mouseClick(primary, Qt.MouseButton.LeftButton)
        else:
            assert QApplication.focusWidget() is primary, "Enter alone goes on"
            QTest.keyClick(primary, Qt.Key.Key_Return)
        decisions += 1
        at_rest(qtbot, window)
    assert files(folder) != before
    words = "Undo" if language == "en" else "Desfazer"
    [undo] = [each for each in buttons(window, "secondary") if text_of(each) == words]
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    at_rest(qtbot, window)
    assert where(session) is Page.UNDONE
    assert files(folder) == before
