"""What an organization decided: shown greyed in words, left out whole, and never in the way."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QColor, QDesktopServices, QImage, QImageWriter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QToolTip

import gui_builders as at
from configure587 import i18n
from configure587.gui import theme
from configure587.gui.session import Session
from configure587.gui.widgets.breaks import unbroken
from configure587.gui.widgets.contact import Logo
from configure587.gui.widgets.controls import TickBox
from configure587.gui.widgets.picture import decoded
from configure587.model import Result, Verdict
from configure587.pages import Page
from gui.walking import (
    Showing,
    buttons,
    every_language,
    has_links,
    interfaces,
    mnemonics,
    name_of,
    settle,
    text_of,
    texts_of,
    the_button,
    visible,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from configure587.gui.window import Window

DECIDED: Final = {
    i18n.ENGLISH: "set by your organisation",
    i18n.PORTUGUESE: "definido pela sua organização",
}


def state(name: str) -> Session:
    """One of the states, for this test alone."""
    return at.STATES[name][1]()


def says(window: Window, words: str) -> bool:
    return any(words in each for each in texts_of(window))


def greyed(window: Window, language: str = i18n.ENGLISH) -> dict[str, QAbstractButton]:
    """What cannot be chosen, by what it is called; each has to say whose word that is."""
    found = [each for each in buttons(window) if not each.isEnabled()]
    return {
        each.accessibleName(): each
        for each in found
        if each.accessibleDescription() == DECIDED[language]
    }


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what is opened in a browser; no browser is."""
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toString()))
    return found


# --- what is fixed -------------------------------------------------------------------------------

FIXED: Final = {
    "start, overruled": 1,  # the other language
    "server trouble, all is fixed": 2,  # port 465, the search
    "another server, fixed": 1,  # the yes
    "changes, one left alone": 1,  # its tick
    "help, no versions": 1,  # the switch
    "report, fixed": 1,  # the tick
}


@every_language
@pytest.mark.parametrize("name", FIXED)
def test_what_is_fixed_is_greyed_and_says_so_in_words(
    show: Showing, name: str, language: str
) -> None:
    window = show(state(name), language)
    found = greyed(window, language)
    assert len(found) == FIXED[name], [text_of(each) for each in buttons(window)]
    said = [each for each in texts_of(window) if " (/etc" not in each]  # that is a notice
    words = [each for each in said if DECIDED[language] in each]
    assert len(words) == FIXED[name], "for who does not see grey"
    told = [word for each in interfaces(window) if " (/etc" not in (word := name_of(each))]
    assert sum(DECIDED[language] in each for each in told) == FIXED[name]


@pytest.mark.parametrize("name", FIXED)
def test_without_a_policy_the_same_is_free(show: Showing, name: str) -> None:
    session = state(name)
    session.wishes = None
    window = show(session)
    if name not in {"help, no versions", "changes, one left alone"}:  # known by other values
        assert greyed(window) == {}


def test_what_is_greyed_does_nothing(show: Showing) -> None:
    for name in FIXED:
        session = state(name)
        window = show(session)
        policy, names_shown = session.policy, session.names_shown
        for each in greyed(window).values():
            each.click()
        for box in window.findChildren(TickBox):
            words = box.findChildren(QLabel)[0]
            if not box.box.isEnabled():
                at_words = words.mapTo(box, words.rect().center())
                QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=at_words)
                assert not box.box.isChecked()
        settle()
        assert (session.policy, session.names_shown) == (policy, names_shown)
        assert session.page is at.STATES[name][0]


def test_another_server_that_is_fixed_asks_for_no_domain(show: Showing) -> None:
    window = show(state("another server, fixed"))
    assert window.findChildren(QLineEdit) == []


def test_the_language_is_the_organizations(show: Showing) -> None:
    window = show(state("start, overruled"))
    (other,) = greyed(window)
    assert other == "Português: set by your organisation"
    assert not any(text_of(each) == "Português" for each in buttons(window))


def test_what_was_said_in_vain_is_told_at_the_start(show: Showing) -> None:
    assert says(show(state("start, overruled")), "so what you said is not used.")


def test_who_is_left_alone_is_shown_without_a_choice(show: Showing) -> None:
    session = state("changes, one left alone")
    window = show(session)
    assert at.LONG in greyed(window)
    assert says(window, "Your organisation wants this account left as it is.")
    assert all(at.LONG not in each.finding.id for each in session.chosen)
    assert len(session.chosen) == sum(each.box.isChecked() for each in window.findChildren(TickBox))


# --- what is offered -----------------------------------------------------------------------------

GONE: Final = {
    "learn": ("Learn", "Why?", "Learn why this matters"),
    "undo": ("Undo", "Undo this change", "Put the whole file back…"),
    "change": (
        *("Show what will change", "Change now", "Use port 465", "Use this user name"),
        "Change the port all the same",
    ),
    "report": ("Save or print a report", "Report to pass on", "Report for the administrator"),
    "phone": ("iPhone or iPad", "Other programs and phones"),
}
EVERYWHERE: Final = [
    *("start", "found, of every kind", "done", "done in part", "all good", "not changed"),
    *("undone", "history", "history, of every state", "help", "help at once", "organization"),
    *("modern sign-in", "guide, stuck", "guide, without a user name", "every server trouble"),
    *("guide, with a file", "no program", "another server"),
]


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("what", GONE)
def test_what_is_not_offered_is_nowhere(show: Showing, name: str, what: str) -> None:
    rest = tuple(each for each in (*GONE, "other-server") if each != what)
    window = show(at.decided(state(name), {"window-offers": rest}))
    settle()
    found = {text_of(each) for each in buttons(window)}
    assert found.isdisjoint(GONE[what])
    if what == "learn":
        assert not any(has_links(each) for each in visible(window))


@pytest.mark.parametrize("what", GONE)
def test_what_is_offered_is_somewhere(show: Showing, what: str) -> None:
    found = {text_of(each) for name in EVERYWHERE for each in buttons(show(state(name)))}
    assert found & set(GONE[what])


def test_only_looking_leaves_no_key_to_what_is_gone(show: Showing) -> None:
    window = show(at.decided(state("start"), at.ONLY_LOOKING))
    assert "Alt+L" not in mnemonics(window)
    assert {"Alt+I", "Alt+H", "Alt+C"} <= set(mnemonics(window))


def test_only_looking_looks_and_explains(show: Showing) -> None:
    session = at.decided(state("start"), at.ONLY_LOOKING)
    at.carry_out(session, session.check)
    assert at.where(session) is Page.FOUND
    window = show(session)
    assert says(window, "1 account needs the change. This window only looks and explains")
    the_button(window, "Look again")


def test_a_page_that_is_gone_cannot_be_reached_by_any_intention() -> None:
    session = at.decided(at.changed(at.several()), at.ONLY_LOOKING)
    at.carry_out(session, session.history)
    (backup,) = session.backups
    before = session.trail.here
    texts = i18n.texts(i18n.ENGLISH)
    session.ask_whole_file(backup)
    session.chosen_backup = backup
    for intention in (
        *(session.learn, session.undo, session.change, session.put_file_back),
        *(lambda: session.look_up("smtp"), lambda: session.undo_backup(backup)),
        *(lambda: session.report(texts), lambda: session.guide("iphone")),
    ):
        at.carry_out(session, intention)
        assert session.trail.here == before
    at.carry_out(session, session.go_on)
    assert session.page is not Page.CHANGES


def test_another_server_that_may_not_be_taken_is_a_server_trouble() -> None:
    session = state("another server")
    found = session.subject
    assert found is not None
    rest = ("change", "undo", "learn")
    at.decided(session, {"window-offers": rest})
    session.home()
    session.show(found)
    assert session.page is Page.SERVER_TROUBLE
    session.take_offer()
    assert at.where(session) is Page.SERVER_TROUBLE


def test_a_server_that_the_organization_did_not_name_is_not_taken() -> None:
    session = state("another server, fixed")
    session.take_offer()
    assert session.page is Page.OTHER_SERVER


def test_a_run_that_was_interrupted_is_put_right_whatever_is_offered() -> None:
    changed = at.changed(at.one_due())
    machine = changed.machine
    folder = f"{machine.backups_folder}/{changed.backup}"
    for name in machine.files.names(folder):  # as a power cut leaves it
        if name.endswith(("settled.json", "closed.json")):
            machine.files.remove(f"{folder}/{name}")
    session = at.decided(Session(machine, at.UNPROVED), at.ONLY_LOOKING)
    at.carry_out(session, session.check)
    (outcome,) = session.recovered
    assert outcome.result is Result.UNDONE
    assert [each.verdict for each in session.findings] == [Verdict.DUE]


def test_a_change_can_be_stopped_and_undone_whatever_is_offered(show: Showing) -> None:
    window = show(at.decided(state("changing"), at.WITHOUT_UNDO))
    the_button(window, "Cancel and undo")


# --- whom to ask ---------------------------------------------------------------------------------

ASK: Final = "If you need help, call Provedor Exemplo at 0800 000 0000, or visit "
ASKING: Final = [
    *("start, of a provider", "server trouble, all is fixed", "another server, fixed"),
    *("organization, only looking", "not changed, of a provider", "guide, of a provider"),
    *("cannot go on, of a provider", "crash, of a provider", "found, only looking"),
    "done, without undo",
]


@pytest.mark.parametrize("name", ASKING)
def test_where_something_is_left_to_do_it_says_whom_to_ask(show: Showing, name: str) -> None:
    assert says(show(state(name)), f"{ASK}{at.PROVIDER['support-site']}")


def test_help_names_who_helps_and_opens_the_site_only_when_asked(
    show: Showing, opened: list[str]
) -> None:
    window = show(state("help, of a provider"))
    for words in (
        "Provedor Exemplo helps you",
        "Phone: 0800 000 0000",
        at.PROVIDER["support-site"],
    ):
        assert says(window, words)
    assert opened == []
    the_button(window, "Open this site").click()
    assert opened == [at.PROVIDER["support-site"]]


def test_marks_in_a_contact_are_letters(show: Showing) -> None:
    window = show(state("help, of nobody good"))
    session = window.session
    labels = [each for each in window.findChildren(QLabel) if "sem-fim" in unbroken(each.text())]
    assert labels
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in labels)
    assert says(window, session.contact.name)
    assert says(window, session.contact.phone)


def test_marks_in_a_copied_text_are_letters(show: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QContextMenuEvent

    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, words, _near: shown.append(words))
    window = show(state("help, of nobody good"))
    label = next(each for each in window.findChildren(QLabel) if "sem-fim" in unbroken(each.text()))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(1, 1), QPoint(1, 1))
    label.contextMenuEvent(event)
    (words,) = shown
    assert "<b>" not in words
    assert "&lt;b&gt;" in words


def test_the_report_says_whom_to_ask() -> None:
    session = at.decided(at.looked(at.one_due()), at.PROVIDER)
    at.carry_out(session, lambda: session.report(i18n.texts(i18n.ENGLISH)))
    assert any(each.startswith(ASK) for each in session.report_lines)


# --- the logo ------------------------------------------------------------------------------------


def png(wide: int, high: int) -> bytes:
    """A PNG whose header says so, with hardly anything behind it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", wide, high, 8, 6, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 4096)
    parts = (header, data, b"IEND")
    chunks = [
        struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each))
        for each in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def pixels(kind: bytes) -> bytes:
    """A small picture in this format."""
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("#0b57d0"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, QByteArray(kind)).write(image)
    return bytes(buffer.data().data())


def svg(inside: str, head: str = "") -> bytes:
    """A drawing with this in it."""
    start = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"'
    return f'{head}{start} viewBox="0 0 40 20">{inside}</svg>'.encode()


RECT: Final = '<rect width="40" height="20"/>'
ENTITY: Final = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BAD: Final = {
    "nothing": b"",
    "no picture": b"MZ\x90\0 no picture at all",
    "half a picture": b"\x89PNG\r\n\x1a\n\0\0",
    "many pixels": png(60_000, 60_000),
    "no pixels": png(0, 10),
    "many bytes": svg(RECT + " " * 1024 * 1024),
    "many scans": b"\xff\xd8\xff" + b"\xff\xda\0\0" * 200,
    "an animation": b"GIF89a\1\0\1\0\0\0\0",
    "half a drawing": svg(RECT)[:-8],
    "another document": b"<html><body/></html>",
    "no size": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0"/>',
    "thin as a hair": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000000 1"/>',
    "entities": svg("<text>&b;</text>", ENTITY),
    "shapes of shapes": svg(f'<g id="a">{RECT}</g><use x:href="#a"/>'),
    "a file of somebody": svg('<image x:href="file:///etc/passwd" width="9" height="9"/>'),
    "a filter": svg(f'<filter id="f"/>{RECT}'),
    "a script": svg("<script>1</script>"),
    "dashes": svg('<path d="M0 0H9" stroke="#000" stroke-dasharray="1e-9"/>'),
    "many shapes": svg(RECT * 6000),
    "very deep": svg("<g>" * 60 + "</g>" * 60),
}


@pytest.mark.parametrize("why", BAD)
@pytest.mark.qt_log_ignore("qt.gui.imageio", "libpng", "does not support propagateSizeHints")
def test_what_is_no_plain_picture_is_left_out(show: Showing, why: str) -> None:
    assert decoded(BAD[why]) is None
    session = state("help, of a provider")
    session.logo = BAD[why]
    window = show(session)
    assert [each for each in window.findChildren(Logo) if each.isVisible()] == []
    assert says(window, "Provedor Exemplo helps you")


@pytest.mark.parametrize("kind", [b"PNG", b"JPEG"])
def test_pictures_of_pixels_are_shown(kind: bytes) -> None:
    image = decoded(pixels(kind))
    assert image is not None
    assert (image.width(), image.height()) == (40, 20)


def test_drawings_of_an_editor_are_shown() -> None:
    noted = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    image = decoded(svg(f'<i:note xmlns:i="http://editor.example/">x</i:note>{RECT}', noted))
    assert image is not None
    assert image.width() == 2 * image.height()


@pytest.mark.parametrize("chosen", theme.THEMES, ids=lambda each: each.name)
def test_a_logo_lies_on_white_and_is_named(show: Showing, chosen: theme.Theme) -> None:
    window = show(state("start, of a provider"), theme=chosen)
    (logo,) = [each for each in window.findChildren(Logo) if each.isVisible()]
    assert logo.accessibleName() == "Provedor Exemplo"
    assert logo.height() <= 70
    corner = logo.grab().toImage().pixelColor(logo.width() // 2, 3)
    assert corner == QColor("#FFFFFF")


def test_a_logo_is_read_behind_the_window_and_comes_later(show: Showing, qtbot: QtBot) -> None:
    session = at.decided(Session(at.one_due(), at.UNPROVED), at.PROVIDER)
    session.logo = b""
    path = at.PROVIDER["support-logo"]
    session.machine.files.create({path: at.LOGO})
    window = show(session)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(Logo)))
    assert session.logo == at.LOGO


def test_a_logo_that_is_not_there_keeps_nobody(show: Showing, qtbot: QtBot) -> None:
    session = at.decided(Session(at.one_due(), at.UNPROVED), at.PROVIDER)
    session.logo = b""
    window = show(session)
    qtbot.waitUntil(lambda: not window._logo.busy)
    assert says(window, ASK)
    assert show.crashes == []


# --- a policy with a mistake ---------------------------------------------------------------------


@every_language
def test_a_mistake_in_the_policy_is_shown_with_its_place(show: Showing, language: str) -> None:
    window = show(state("policy with a mistake"), language)
    assert says(window, "/etc/configure587/policy.d/acme.toml:7")
    assert says(window, "require, warn, off")


def test_with_a_mistake_in_the_policy_nothing_is_changed_and_all_can_be_undone(
    show: Showing,
) -> None:
    session = state("policy with a mistake")
    assert session.check() is None
    at.carry_out(session, session.home)
    assert session.page is Page.CANNOT_GO_ON
    at.carry_out(session, session.history)
    assert at.where(session) is Page.HISTORY
    window = show(session)
    the_button(window, "Undo this change")
    at.carry_out(session, lambda: session.undo_backup(session.backups[0]))
    assert at.where(session) is Page.UNDONE
    at.carry_out(session, session.home)
    assert at.where(session) is Page.CANNOT_GO_ON
    again = at.looked(session.machine)
    assert [each.verdict for each in again.findings] == [Verdict.DUE]


def test_a_mistake_that_was_put_right_lets_the_window_begin_anew(
    show: Showing, qtbot: QtBot
) -> None:
    machine = at.one_due()
    good = at.decided(Session(machine, at.UNPROVED), {"language": "pt-BR"}, at.PROVIDER)
    answers = [Session(machine, broken=at.BROKEN), good]
    for each in answers[:1]:
        each.again = lambda: answers.pop(0)
    window = show(Session(machine, broken=at.BROKEN, again=lambda: answers.pop(0)))
    the_button(window, "Try again").click()
    qtbot.waitUntil(lambda: len(answers) == 1 and not window._worker.busy)
    assert window.session.page is Page.CANNOT_GO_ON
    the_button(window, "Try again").click()
    qtbot.waitUntil(lambda: not answers and not window._worker.busy)
    settle()
    assert at.where(window.session) is Page.START
    assert says(window, "Provedor Exemplo")
    assert "Configure" in window.windowTitle(), "in the organization's language"
    at.carry_out(window.session, window.session.check)
    assert at.where(window.session) is Page.FOUND


def test_the_code_for_support_can_be_had_with_a_mistake_in_the_policy(show: Showing) -> None:
    session = state("policy with a mistake")
    session.help()
    assert says(show(session), "read out the code below")
