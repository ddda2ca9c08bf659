"""New versions in the window: nothing is asked unasked, nothing is hidden, nothing installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QLabel

import gui_builders
from configure587.gui.session import Session
from configure587.gui.tidings import Tidings
from configure587.gui.widgets.breaks import unbroken
from configure587.gui.widgets.controls import TickBox
from configure587.pages import Page
from configure587.seen import Connection
from configure587.updates import kept
from gui.walking import Showing, settle, texts_of, the_button
from update_builders import CHANNEL, DAY, LINK, NOW, Postman, signed, text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from configure587.gui.window import Window

NEWER: Final = "Version 9.9 of Configure 587! is there."
WENT: Final = Connection(
    "2026-11-24T12:00:00Z", "updates.x.test", "127.0.0.1", 443, "update", "200"
)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what is opened in a browser; no browser is."""
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toString()))
    return found


def a_session(postman: Postman, *, wanted: bool = False, allowed: bool = True) -> Session:
    """A session of an edition that can look for new versions."""
    session = Session(gui_builders.one_due(), gui_builders.UNPROVED)
    session.tidings = Tidings(session.machine, CHANNEL, postman, allowed=allowed)
    session.tidings.want(on=wanted)
    return session


def says(window: Window, words: str) -> bool:
    """Whether this stands anywhere on the page."""
    return any(words in each for each in texts_of(window))


def switches(window: Window) -> list[QCheckBox]:
    """The switches on the page."""
    return [each.box for each in window.findChildren(TickBox)]


def on_help(show: Showing, session: Session) -> Window:
    """The page Help."""
    session.help()
    return show(session)


# --- asking --------------------------------------------------------------------------------------


def test_nothing_is_asked_until_the_person_wants_it(show: Showing, qtbot: QtBot) -> None:
    postman = Postman(signed(text()))
    window = show(a_session(postman))
    qtbot.wait(50)
    assert not window._news.busy
    assert postman.asked == []


def test_when_it_is_wanted_the_window_asks_once_a_day_and_tells(
    show: Showing, qtbot: QtBot
) -> None:
    postman = Postman(signed(text()))
    session = a_session(postman, wanted=True)
    window = show(session)
    qtbot.waitUntil(lambda: says(window, NEWER))
    assert session.page is Page.START
    assert postman.asked == [CHANNEL.address]
    assert not session.tidings.is_due
    again = show(a_session_like(session, postman))
    qtbot.wait(50)
    assert not again._news.busy
    assert len(postman.asked) == 1


def a_session_like(session: Session, postman: Postman) -> Session:
    """The next start on the same computer."""
    found = Session(session.machine, gui_builders.UNPROVED)
    found.tidings = Tidings(session.machine, CHANNEL, postman)
    return found


@pytest.mark.parametrize("allowed", [True, False])
def test_a_policy_keeps_the_window_from_asking(
    show: Showing, qtbot: QtBot, *, allowed: bool
) -> None:
    postman = Postman(signed(text()))
    session = a_session(postman, wanted=True, allowed=allowed)
    show(session)
    qtbot.waitUntil(lambda: bool(postman.asked) is allowed)
    qtbot.wait(50)
    assert bool(postman.asked) is allowed


def test_an_edition_that_cannot_ask_offers_nothing(show: Showing) -> None:
    window = on_help(show, Session(gui_builders.one_due(), gui_builders.UNPROVED))
    assert says(window, "This edition of Configure 587! looks for no new versions.")
    assert switches(window) == []
    assert not says(window, "Look now")


def test_a_managed_computer_says_who_decides(show: Showing) -> None:
    window = on_help(show, a_session(Postman(b""), wanted=True, allowed=False))
    assert says(window, "Your organisation decides which version")
    (switch,) = switches(window)
    assert not switch.isEnabled()
    assert not switch.isChecked()
    assert not says(window, "Look now")


def test_a_slow_answer_keeps_nobody_waiting(show: Showing) -> None:
    window = show(a_session(Postman(signed(text())), wanted=True))
    assert not window._worker.busy


def test_while_something_is_at_work_the_page_stays(show: Showing, qtbot: QtBot) -> None:
    session = a_session(Postman(signed(text())))
    window = on_help(show, session)
    shown = window.page
    session.trail.go(Page.LOOKING)
    window._news.start(session.tidings.look())
    qtbot.waitUntil(lambda: not window._news.busy)
    settle()
    assert window.page is shown


def test_closing_the_window_ends_the_asking(show: Showing) -> None:
    window = show(a_session(Postman(signed(text())), wanted=True))
    window.close()
    assert window.session.tidings.leaving
    settle()
    assert not window._news.busy


# --- the page Help -------------------------------------------------------------------------------


def test_the_switch_is_off_at_first_and_is_remembered(show: Showing) -> None:
    session = a_session(Postman(b""))
    (switch,) = switches(on_help(show, session))
    assert not switch.isChecked()
    switch.click()
    assert kept.read(session.machine).wanted
    switch.click()
    assert not kept.read(session.machine).wanted


def test_switching_it_on_asks_nobody_yet(show: Showing) -> None:
    postman = Postman(b"")
    (switch,) = switches(on_help(show, a_session(postman)))
    switch.click()
    settle()
    assert postman.asked == []


def test_it_says_whom_it_would_ask(show: Showing) -> None:
    window = on_help(show, a_session(Postman(b"")))
    assert says(window, "updates.configure587.test is asked. Nothing about you is sent")


def test_the_button_asks_at_once_and_the_answer_is_on_the_page(
    show: Showing, qtbot: QtBot, opened: list[str]
) -> None:
    window = on_help(show, a_session(Postman(signed(text()), [WENT])))
    the_button(window, "Look now").click()
    qtbot.waitUntil(lambda: says(window, NEWER))
    assert says(window, "Finds more programs.")
    assert says(window, LINK)
    assert says(window, "Connections that were made")
    assert window.session.tidings.connections == (WENT,)
    assert opened == []
    the_button(window, "Open the page with the new version").click()
    assert opened == [LINK]


def test_an_answer_that_is_not_ours_is_said_to_be_none(show: Showing, qtbot: QtBot) -> None:
    window = on_help(show, a_session(Postman(signed(text()).replace(b"9.9", b"9.8"))))
    the_button(window, "Look now").click()
    qtbot.waitUntil(lambda: says(window, "is not from us, so we do not believe it."))
    assert window.session.page is Page.HELP
    assert not says(window, "9.8")


def test_without_a_newer_version_there_is_nothing_to_open(show: Showing, qtbot: QtBot) -> None:
    window = on_help(show, a_session(Postman(signed(text(version="0.0")))))
    the_button(window, "Look now").click()
    qtbot.waitUntil(lambda: says(window, "There is no newer version."))
    assert not says(window, "Open the page")
    assert not says(window, LINK)


def test_marks_in_what_was_announced_are_letters(show: Showing, qtbot: QtBot) -> None:
    changes = {"en": "<a href='https://evil.test'>Click</a> & <b>587</b>"}
    window = on_help(show, a_session(Postman(signed(text(changes=changes)))))
    the_button(window, "Look now").click()
    qtbot.waitUntil(lambda: says(window, NEWER))
    (label,) = [
        each for each in window.findChildren(QLabel) if "evil.test" in unbroken(each.text())
    ]
    rich = label.textFormat() is Qt.TextFormat.RichText
    assert says(window, changes["en"])
    assert not rich or "<a href='https://evil.test'" not in unbroken(label.text())


def test_a_damaged_memory_asks_nobody(show: Showing, qtbot: QtBot) -> None:
    postman = Postman(b"")
    session = a_session(postman, wanted=True)
    path = kept.path(session.machine)
    session.machine.files.swap(path, session.machine.files.read(path), b"{")
    show(session)
    qtbot.wait(50)
    assert postman.asked == []


def test_a_day_later_it_is_due_again() -> None:
    session = a_session(Postman(b""), wanted=True)
    kept.write(session.machine, kept.Kept(wanted=True, looked=NOW - 2 * DAY))
    assert session.tidings.is_due
