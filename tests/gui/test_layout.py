"""Nothing is cut off: in longer languages, from right to left, in large type, in a small window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from configure587.gui.widgets.controls import TickBox
from gui.pseudo import Pseudo, stretched, untranslated
from gui.walking import (
    FROM_LEAFLETS,
    LANGUAGES,
    buttons,
    clipped,
    every_language,
    every_state,
    scroll_area,
    session_in,
    settle,
    text_of,
    visible,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.walking import Showing

SMALL = (1024, 600)
USUAL = (960, 680)
PERCENTS = (100, 150, 200)
DIRECTIONS = [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]


@every_state
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_off(show: Showing, state: str, language: str) -> None:
    window = show(session_in(state), language, size=SMALL)
    for percent in PERCENTS:
        window.choose_size(percent)
        for size in (SMALL, USUAL):
            window.resize(*size)
            settle()
            assert (window.width(), window.height()) == size, f"too large for {size}"
            assert clipped(window) == [], f"at {percent} % in {size}"


@every_state
@pytest.mark.parametrize("direction", DIRECTIONS, ids=["ltr", "rtl"])
def test_a_language_with_longer_words_fits_too(
    show: Showing, qapp: QApplication, state: str, direction: Qt.LayoutDirection
) -> None:
    qapp.setLayoutDirection(direction)
    window = show(session_in(state), texts=Pseudo(), size=SMALL)
    for percent in (100, 200):
        window.choose_size(percent)
        for size in (SMALL, USUAL):
            window.resize(*size)
            settle()
            assert (window.width(), window.height()) == size, f"too large for {size}"
            assert clipped(window) == [], f"at {percent} % in {size}"


@every_state
def test_every_word_comes_from_a_catalogue(show: Showing, state: str) -> None:
    session = session_in(state)
    known = {each.profile.name for each in session.findings}
    known |= {each.profile.name for each in session.outcomes}
    known |= {session.contact.name, session.contact.phone, session.contact.site}
    known |= {"ana", "admin", "access denied", "Autoridade de Teste"}
    known |= {each.server.key for each in session.findings if each.server is not None}
    window = show(session, texts=Pseudo())
    said = []
    for widget in visible(window):
        content = widget is window.page or scroll_area(window).isAncestorOf(widget)
        if session.page in FROM_LEAFLETS and content:
            continue
        said += [text_of(widget)]
        said += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
    wrong = {text: words for text in said if (words := untranslated(text, known))}
    assert wrong == {}


# --- the proof that these tests can fail ---------------------------------------------------------


@every_state
@every_language
def test_large_text_leaves_half_of_a_small_screen_to_be_read(
    show: Showing, state: str, language: str
) -> None:
    window = show(session_in(state), language, percent=200, size=(1024, 600))
    area = scroll_area(window)
    assert area.viewport().height() >= 250, [each.text() for each in buttons(window)]


def test_the_words_of_a_tick_stand_beside_it(show: Showing) -> None:
    window = show(session_in("changes"), size=(1024, 600))
    for tick in window.findChildren(TickBox):
        assert tick._words.x() - tick.box.geometry().right() < 3 * window.view.gap


def _planted(show_it: QWidget) -> QWidget:
    window = QWidget()
    window.resize(300, 200)
    QVBoxLayout(window).addWidget(show_it)
    window.show()
    settle()
    return window


@pytest.mark.parametrize("wrap", [False, True])
def test_a_label_that_is_too_small_is_found(qapp: QApplication, wrap: bool) -> None:
    label = QLabel("This sentence is longer than the room that it was given by far")
    label.setWordWrap(wrap)
    label.setFixedSize(60, 20)
    window = _planted(label)
    assert any("needs" in each for each in clipped(window))
    window.deleteLater()


def test_a_button_that_is_too_small_is_found(qapp: QApplication) -> None:
    button = QPushButton("Show what will change")
    button.setFixedWidth(50)
    window = _planted(button)
    assert any("width" in each for each in clipped(window))
    window.deleteLater()


def test_words_that_leave_their_place_are_found(qapp: QApplication) -> None:
    holder = QWidget()
    holder.setFixedSize(100, 40)
    label = QLabel("Far out", holder)
    window = _planted(holder)
    label.move(90, 10)
    settle()
    assert any("leaves its QWidget" in each for each in clipped(window))
    label.move(0, 35)
    settle()
    assert any("above or below" in each for each in clipped(window))
    window.deleteLater()


def test_words_that_lie_over_each_other_are_found(qapp: QApplication) -> None:
    holder = QWidget()
    holder.setFixedSize(200, 60)
    QLabel("One sentence", holder).move(0, 0)
    QLabel("Another sentence", holder).move(5, 3)
    window = _planted(holder)
    assert any("lie over each other" in each for each in clipped(window))
    window.deleteLater()


def test_words_with_enough_room_are_not_found(qapp: QApplication) -> None:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.addWidget(QLabel("Enough"))
    line.addWidget(QPushButton("Room"))
    window = _planted(holder)
    assert clipped(window) == []
    window.deleteLater()


def test_a_word_that_went_through_no_catalogue_is_found() -> None:
    assert untranslated("Details", set()) == ["Details"]
    assert untranslated(f"{stretched('Why?')} (Details)", set()) == ["Details"]
    assert untranslated(stretched("Close {program}").format(program="missing"), set()) == [
        "missing"
    ]
    fine = stretched("Sends through {host}.").format(host="smtp.exemplo.com.br")
    assert untranslated(fine, set()) == []
    assert untranslated(stretched("Profile {name}").format(name="casa"), {"casa"}) == []


def test_the_made_up_language_is_longer_and_keeps_its_fields() -> None:
    longer = stretched("Close {program}")
    assert "{program}" in longer
    assert len(longer) >= len("Close {program}") * 1.4
    assert (longer[0], longer[-1]) == ("[", "]")


@pytest.mark.parametrize("state", ["start", "found, proven"])
@pytest.mark.parametrize("percent", [100, 200])
def test_the_number_of_the_page_stands_level_with_the_main_button(
    show: Showing, state: str, percent: int
) -> None:
    window = show(session_in(state), "en", size=SMALL)
    window.choose_size(percent)
    settle()
    assert window.page is not None
    assert window.page.main is not None
    [number] = [each for each in visible(window) if text_of(each).startswith("Page ")]
    middles = [each.mapTo(window, each.rect().center()).y() for each in (number, window.page.main)]
    assert abs(middles[0] - middles[1]) <= 1
