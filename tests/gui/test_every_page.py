"""Every page in both languages and in every state: what a person sees and what the keys do."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QToolButton, QWidget

import gui_builders
from configure587.gui import pages
from configure587.gui.trail import AT_WORK
from configure587.gui.widgets.controls import Fold
from configure587.pages import Page
from gui.walking import (
    FROM_LEAFLETS,
    Showing,
    buttons,
    every_language,
    every_page,
    every_state,
    has_links,
    mnemonics,
    scroll_area,
    session_in,
    settle,
    text_of,
    texts_of,
    the_button,
)

if TYPE_CHECKING:
    from configure587.gui.window import Window


def test_every_page_has_a_view() -> None:
    assert set(pages.VIEWS) == set(Page)


@every_state
@every_language
def test_a_page_says_what_it_is_and_what_to_do(show: Showing, state: str, language: str) -> None:
    session = session_in(state)
    window = show(session, language)
    page = window.page
    assert page is not None
    words = texts_of(window)
    assert page.heading() in words
    assert page.heading().strip(" .")
    assert page.sentence() or session.page in {Page.CHANGING, Page.UNDOING, *FROM_LEAFLETS}
    assert not page.sentence() or page.sentence() in words
    number = "Página" if language == "pt-BR" else "Page"
    assert f"{number} {session.page.value}" in words
    primary = buttons(window, "primary")
    assert len(primary) <= 1
    assert not any("{" in each or "\0" in each for each in words)


@every_state
@every_language
def test_each_key_with_alt_reaches_one_thing_only(show: Showing, state: str, language: str) -> None:
    window = show(session_in(state), language)
    keys = mnemonics(window)
    assert sorted(keys) == sorted(set(keys))
    kinds = {"primary", "secondary", "bar"}
    marked = [each for each in buttons(window) if "&" in each.text().replace("&&", "")]
    assert all(each.objectName() in kinds for each in marked)
    page = window.page
    assert page is not None
    for each in (page.main, *page._sides):
        assert each is None or each in marked, "every button of the foot has its key"


@every_state
def test_both_languages_say_something_different(show: Showing, state: str) -> None:
    session = session_in(state)
    window = show(session, "en")
    before = window.page
    assert before is not None
    english = before.heading()
    window.choose_language("pt-BR")
    after = window.page
    assert after is not None
    assert after.heading() != english


def tab(window: Window, key: Qt.Key = Qt.Key.Key_Tab) -> QWidget:
    """Go on with the keyboard."""
    focused = QApplication.focusWidget()
    QTest.keyClick(focused or window, key)
    settle()
    found = QApplication.focusWidget()
    assert found is not None
    return found


def reachable(window: Window) -> set[QWidget]:
    """What the keyboard has to reach."""
    return {
        each
        for each in window.findChildren(QWidget)
        if each.isVisible()
        and each.isEnabled()
        and bool(each.focusPolicy() & Qt.FocusPolicy.TabFocus)
    }


def in_sight(window: Window, widget: QWidget) -> bool:
    """Whether a widget, at least where it begins, can be seen without scrolling."""
    area = scroll_area(window)
    if not area.isAncestorOf(widget):
        return True
    top = widget.mapTo(area.viewport(), QPoint(0, 0)).y()
    return top >= -1 and top + min(widget.height(), 40) <= area.viewport().height() + 1


@every_state
def test_the_tab_key_reaches_everything_and_comes_round(show: Showing, state: str) -> None:
    window = show(session_in(state), size=(1024, 600), percent=150)
    everything = reachable(window)
    start = QApplication.focusWidget()
    assert start in everything
    seen = [start]
    while (following := tab(window)) is not start:
        if following is seen[-1] and has_links(following):
            continue  # to its next link
        assert following not in seen, "a circle without the start"
        assert in_sight(window, following), f"{text_of(following)!r} is out of sight"
        seen.append(following)
        assert len(seen) <= len(everything)
    assert set(seen) == everything
    assert tab(window, Qt.Key.Key_Backtab) is seen[-1]
    area = scroll_area(window)
    content = [each for each in seen if area.isAncestorOf(each)]
    tops = [each.mapTo(area, QPoint(0, 0)).y() for each in content]
    backwards = [(one, two) for one, two in itertools.pairwise(tops) if two < one - 60]
    assert backwards == [], "from top to bottom; within a row in any height"


@every_page
def test_escape_and_back_return_to_where_one_came_from(show: Showing, page: Page) -> None:
    for how in ("escape", "button"):
        session = gui_builders.a_session_at(page)
        window = show(session)
        could, came_from = session.can_go_back, [*session.trail._behind]
        words = [each for each in buttons(window, "secondary") if text_of(each) == "Back"]
        assert bool(words) is could
        if page in AT_WORK or not could:
            continue
        if how == "escape":
            QTest.keyClick(window, Qt.Key.Key_Escape)
        else:
            words[0].click()
        settle()
        assert session.page is came_from[-1].page
        assert window.page is not None
        assert window.page.session.page is session.page


def test_escape_on_the_first_page_does_nothing(show: Showing) -> None:
    session = gui_builders.a_session_at(Page.START)
    window = show(session)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert session.page is Page.START


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_presses_what_has_the_focus(show: Showing, key: Qt.Key) -> None:
    session = gui_builders.a_session_at(Page.CHANGES)
    window = show(session)
    back = the_button(window, "Back")
    back.setFocus()
    QTest.keyClick(back, key)
    settle()
    assert session.page is Page.FOUND


def test_enter_unfolds_details_too(show: Showing) -> None:
    window = show(gui_builders.a_session_at(Page.FOUND))
    fold = next(each for each in window.findChildren(Fold) if each.isVisible())
    [handle] = [each for each in buttons(fold, "link") if isinstance(each, QToolButton)]
    handle.setFocus()
    for shown in (True, False):
        QTest.keyClick(handle, Qt.Key.Key_Return)
        assert fold._inside.isVisible() is shown


def test_enter_on_a_tick_box_goes_on(show: Showing, qapp: QApplication) -> None:
    session = gui_builders.a_session_at(Page.CHANGES)
    window = show(session)
    box = next(each for each in buttons(window) if each.isCheckable())
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not box.isChecked()
    assert session.page is Page.CHANGES
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert window._worker.busy


def test_enter_in_a_field_answers_that_question_and_no_other(show: Showing) -> None:
    session = gui_builders.STATES["another server, by its domain"][1]()
    window = show(session)
    [line] = window.findChildren(QLineEdit)
    line.setFocus()
    QTest.keyClicks(line, "exemplo.com")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.page is Page.OTHER_SERVER, "that was neither a yes nor a no"
    QTest.keyClicks(line, ".br")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert gui_builders.where(session) is Page.CHANGES


def test_enter_takes_the_user_name_that_was_typed(show: Showing) -> None:
    session = gui_builders.STATES["guide, without a user name"][1]()
    window = show(session)
    [line] = window.findChildren(QLineEdit)
    line.setText("ana@exemplo.com.br")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert [*dict(session.policy.user_names).values()] == ["ana@exemplo.com.br"]


def test_enter_begins_where_the_main_button_waits(show: Showing) -> None:
    window = show(gui_builders.a_session_at(Page.START))
    focused = QApplication.focusWidget()
    assert isinstance(focused, QAbstractButton)
    assert focused.objectName() == "primary"
    QTest.keyClick(focused, Qt.Key.Key_Return)
    settle()
    assert window.session.page is not Page.START


def test_the_keyboard_scrolls_a_long_page(show: Showing) -> None:
    window = show(session_in("every server trouble"), percent=200, size=(1024, 600))
    area = scroll_area(window)
    bar = area.verticalScrollBar()
    assert bar.maximum() > 0
    for key, at in ((Qt.Key.Key_End, bar.maximum()), (Qt.Key.Key_Home, 0)):
        QTest.keyClick(QApplication.focusWidget() or window, key)
        assert bar.value() == at
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_PageDown)
    assert 0 < bar.value() <= area.viewport().height()
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_PageUp)
    assert bar.value() == 0


def test_the_ring_follows_the_focus(show: Showing) -> None:
    window = show(session_in("changes"))
    for _ in range(6):
        focused = tab(window)
        ring = window._ring
        assert ring is not None
        assert ring.isVisible()
        corner = focused.mapTo(window, QPoint(0, 0))
        assert ring.geometry().contains(corner)
