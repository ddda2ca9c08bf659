"""Language, text size and theme change at once, and what is remembered survives what may happen."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QSettings, Qt
from PySide6.QtWidgets import QDialog, QToolButton

import gui_builders
from configure587 import i18n
from configure587.gui import theme
from configure587.gui.remembered import Remembered
from configure587.gui.theme import DARK, LIGHT, TEXT_SIZES
from configure587.gui.window import Window
from configure587.pages import Page
from gui.walking import Showing, buttons, every_state, session_in, settle, texts_of, the_button

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


def remembered(folder: Path, **more: bool) -> Remembered:
    return Remembered(str(folder), i18n.ENGLISH, **more)


@every_state
def test_the_language_changes_at_once(show: Showing, state: str) -> None:
    if session_in(state).page is Page.REPORT:
        return  # the worker tells its lines anew; see the test below
    if session_in(state).is_fixed("language"):
        return  # tests/gui/test_decided.py
    window = show(session_in(state), i18n.ENGLISH)
    english = set(texts_of(window))
    the_button(window, "Português").click()
    settle()
    portuguese = set(texts_of(window))
    fresh = show(session_in(state), i18n.PORTUGUESE)
    assert portuguese == set(texts_of(fresh))
    the_button(window, "English").click()
    settle()
    assert set(texts_of(window)) == english


def test_qts_own_words_follow_the_language(show: Showing) -> None:
    def copy() -> str:
        return QCoreApplication.translate("QWidgetTextControl", "&Copy")

    window = show(session_in("start"), i18n.PORTUGUESE)
    settle()
    assert copy() == "&Copiar"
    window.choose_language(i18n.ENGLISH)
    assert copy() == "&Copy"
    window.choose_language(i18n.PORTUGUESE)
    assert copy() == "&Copiar"
    window.choose_language(i18n.ENGLISH)


def test_the_report_is_told_anew_in_the_other_language(show: Showing, qtbot: QtBot) -> None:
    session = gui_builders.changed(gui_builders.one_due())
    window = show(session)
    window.carry_out(partial(session.report, i18n.texts(i18n.ENGLISH)))
    qtbot.waitUntil(lambda: not window._worker.busy, timeout=10_000)
    english = [*session.report_lines]
    assert english
    window.choose_language(i18n.PORTUGUESE)
    qtbot.waitUntil(lambda: not window._worker.busy, timeout=10_000)
    assert session.report_lines[0] != english[0]
    settle()
    assert session.report_lines[0] in texts_of(window)


def test_a_tick_survives_another_language_and_size(show: Showing) -> None:
    session = gui_builders.a_session_at(Page.CHANGES)
    window = show(session)

    def ticks() -> list[bool]:
        return [
            each.isChecked() for each in buttons(window) if each.isCheckable() and not each.text()
        ]

    next(each for each in buttons(window) if each.isCheckable() and not each.text()).click()
    settle()
    before = ticks()
    assert before.count(False) == 1
    window.choose_language(i18n.PORTUGUESE)
    settle()
    assert ticks() == before
    window.choose_size(200)
    settle()
    assert ticks() == before
    assert len(session.chosen) == before.count(True)


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_text_grows_as_it_was_asked_to(show: Showing, percent: int) -> None:
    window = show(session_in("start"))
    [before] = [each.font().pointSizeF() for each in buttons(window, "primary")]
    window.choose_size(percent)
    settle()
    [after] = [each.font().pointSizeF() for each in buttons(window, "primary")]
    assert before >= 11
    assert after == pytest.approx(before * percent / 100)


def test_the_menu_of_sizes_is_there_when_it_is_opened(show: Showing) -> None:
    window = show(session_in("start"), i18n.ENGLISH)
    for asked in (150, 100):
        now = window.view.percent
        tool = the_button(window, "Text size")
        assert isinstance(tool, QToolButton)
        tool.menu().aboutToShow.emit()  # to open it for real needs a keyboard to be grabbed
        tool.menu().aboutToShow.emit()  # once more, and still each of them is there once
        sizes = {action.data(): action for action in tool.menu().actions()}
        assert len(tool.menu().actions()) == len(TEXT_SIZES)
        assert [each for each, action in sizes.items() if action.isChecked()] == [now]
        sizes[asked].trigger()
        settle()
        assert window.view.percent == asked


def test_the_theme_follows_the_system_at_once(
    show: Showing, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = show(session_in("start"))
    assert window.view.theme is theme.system()
    monkeypatch.setattr(theme, "system", lambda: DARK)
    theme.hints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert window.view.theme is DARK
    monkeypatch.setattr(theme, "system", lambda: LIGHT)
    theme.wishes().contrastPreferenceChanged.emit(Qt.ContrastPreference.NoPreference)
    assert window.view.theme is LIGHT


def test_a_page_below_a_dialog_stays_until_the_dialog_ends(
    show: Showing, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = show(session_in("report"))
    before = window.page
    dialog = QDialog(before)
    dialog.open()
    settle()
    monkeypatch.setattr(theme, "system", lambda: DARK)
    theme.hints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    settle()
    assert window.page is before
    dialog.reject()
    qtbot.waitUntil(lambda: window.view.theme is DARK)
    assert window.page is not before


# --- from one start to the next ------------------------------------------------------------------


def _no_crash(error: BaseException) -> None:
    raise AssertionError(error)


def closed_with(folder: Path, session_window: Window) -> None:
    session_window.close()
    assert not session_window.isVisible()
    assert folder.is_dir()


def test_place_language_and_size_are_remembered(show: Showing, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    window = show(session_in("start"))
    window.resize(700, 500)
    window.choose_language(i18n.PORTUGUESE)
    window.choose_size(150)
    closed_with(folder, window)
    kept = remembered(folder)
    assert (kept.language, kept.percent) == (i18n.PORTUGUESE, 150)
    again = Window(session_in("start"), kept, _no_crash)
    assert (again.width(), again.height()) == (700, 500)
    again.deleteLater()


def test_a_language_that_was_asked_for_wins_over_the_remembered_one(
    show: Showing, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    window = show(session_in("start"), i18n.PORTUGUESE)
    closed_with(folder, window)
    assert remembered(folder).language == i18n.PORTUGUESE
    assert remembered(folder, fixed=True).language == i18n.ENGLISH


DAMAGE = {
    "no text": b"\xff\xfe\x00garbage\x00[[[",
    "not values": b"[General]\nlanguage=xx\ntext_size=9999\ngeometry=@ByteArray(abc)\n",
    "wrong kinds": b"[General]\nlanguage=@Invalid()\ntext_size=-5\ngeometry=hello\n",
    "superscripts": "[General]\ntext_size=\xb2\xb2\n".encode(),
    "a list": b"[General]\nlanguage=a, b, c\ntext_size=1, 2\ngeometry=\n",
    "empty": b"",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_memories_are_forgotten(show: Showing, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "window.ini").write_bytes(DAMAGE[kind])
    kept = remembered(folder)
    assert (kept.language, kept.percent) == (i18n.ENGLISH, 100)
    window = Window(session_in("start"), kept, _no_crash)
    assert window.width() >= 640
    window.close()
    window.deleteLater()


def test_nothing_is_written_where_nothing_of_ours_is(show: Showing, tmp_path: Path) -> None:
    window = show(session_in("start"))
    window.close()
    assert os.listdir(tmp_path) == []


def test_what_was_chosen_is_remembered_even_before_the_first_change(
    show: Showing, tmp_path: Path
) -> None:
    window = show(session_in("start"))
    window.choose_size(200)
    window.close()
    assert remembered(tmp_path / "data").percent == 200


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_folder_that_cannot_be_written_is_no_trouble(show: Showing, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o500)
    window = show(session_in("start"))
    window.close()
    assert os.listdir(folder) == []
    folder.chmod(0o700)


def test_memories_that_cannot_be_kept_are_no_trouble(show: Showing, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "window.ini").mkdir(parents=True)
    window = show(session_in("start"))
    window.close()
    assert not window.isVisible()


def test_only_looks_are_remembered(show: Showing, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    show(session_in("found, of every kind")).close()
    kept = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    assert set(kept.allKeys()) == {"geometry", "language", "text_size"}


def test_the_application_is_named(qapp: QApplication, show: Showing) -> None:
    assert show(session_in("start")).windowTitle() == "Configure 587!"
