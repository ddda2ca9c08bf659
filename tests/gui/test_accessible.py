"""What a screen reader is told, on every page: a walk over the accessibility tree."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QPushButton, QVBoxLayout, QWidget

from configure587 import i18n
from configure587.gui.widgets.controls import spoken
from configure587.gui.widgets.diagram import Diagram
from configure587.gui.widgets.drawing import Drawing
from gui.pseudo import Pseudo
from gui.walking import (
    FROM_LEAFLETS,
    every_language,
    every_state,
    has_links,
    interfaces,
    name_of,
    session_in,
    text_of,
    visible,
)

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QAccessibleInterface
    from PySide6.QtWidgets import QApplication

    from configure587.gui.window import Window
    from gui.walking import Showing

ROLE = QAccessible.Role
OPERATED = {
    *(ROLE.Button, ROLE.ButtonMenu, ROLE.CheckBox, ROLE.RadioButton, ROLE.ComboBox, ROLE.Link),
    *(ROLE.EditableText, ROLE.Slider, ROLE.SpinBox, ROLE.List, ROLE.Tree, ROLE.PageTab),
}
PICTURE = 64  # pixels of height from which a drawing is more than an ornament beside words


def operated(window: Window) -> list[QAccessibleInterface]:
    """Everything that a person can reach or press."""
    return [
        each for each in interfaces(window) if each.role() in OPERATED or each.state().focusable
    ]


def nameless(found: list[QAccessibleInterface]) -> list[str]:
    """What a screen reader could not call by a name that helps."""
    wrong = []
    for each in found:
        name, kind = name_of(each), type(each.object()).__name__
        if not name.strip() or "&" in name.replace(" & ", "") or name == kind or "\n" in name:
            wrong.append(f"{kind}: {name!r}")
    return wrong


@every_state
@every_language
def test_everything_that_can_be_used_has_a_name(show: Showing, state: str, language: str) -> None:
    window = show(session_in(state), language)
    found = operated(window)
    assert found
    assert nameless(found) == []


@every_state
def test_the_names_are_in_the_language_that_is_shown(show: Showing, state: str) -> None:
    session = session_in(state)
    if session.page in FROM_LEAFLETS:
        return
    window = show(session, texts=Pseudo())
    languages = {"Português", "English"}
    plain = [name_of(each) for each in operated(window) if "[" not in name_of(each)]
    boxes = {name_of(each) for each in operated(window) if each.role() is ROLE.CheckBox}
    assert {*plain} <= languages | boxes


@every_state
@every_language
def test_no_two_things_have_the_same_name(show: Showing, state: str, language: str) -> None:
    window = show(session_in(state), language)
    names = Counter(name_of(each) for each in operated(window))
    assert [name for name, count in names.items() if count > 1] == []


def _is_read(widget: QObject) -> bool:
    """Whether it gets the focus because of what is in it: links, or the steps of a diagram."""
    return isinstance(widget, Diagram) or (isinstance(widget, QWidget) and has_links(widget))


@every_state
def test_everything_is_what_it_says_it_is(show: Showing, state: str) -> None:
    window = show(session_in(state))
    for each in operated(window):
        widget, role, has = each.object(), each.role(), each.state()
        assert role in OPERATED or _is_read(widget), f"{name_of(each)!r} is {role}"
        if isinstance(widget, QAbstractButton):
            assert has.checkable == widget.isCheckable(), name_of(each)
            assert has.checked == widget.isChecked(), name_of(each)
            assert has.disabled != widget.isEnabled(), name_of(each)
            assert (role is ROLE.CheckBox) == widget.isCheckable(), name_of(each)


@every_state
def test_a_button_is_called_by_what_stands_on_it(show: Showing, state: str) -> None:
    window = show(session_in(state))
    for each in operated(window):
        widget = each.object()
        if isinstance(widget, QAbstractButton) and widget.text():
            assert name_of(each).startswith(text_of(widget)), "one says it to operate it by voice"


@every_state
@every_language
def test_every_picture_is_told_in_words(show: Showing, state: str, language: str) -> None:
    window = show(session_in(state), language)
    for widget in visible(window):
        if not isinstance(widget, Drawing):
            continue
        found = QAccessible.queryAccessibleInterface(widget)
        if widget.sizeHint().height() >= PICTURE:
            assert name_of(found), "a picture without words"
        if name_of(found):
            assert found.role() is ROLE.Graphic
            assert not any(name_of(found) == text_of(each) for each in visible(window))


@every_state
@every_language
def test_whatever_can_be_read_is_in_the_tree(show: Showing, state: str, language: str) -> None:
    window = show(session_in(state), language)
    told = _unquoted(" ".join(name_of(each) for each in interfaces(window)))
    for widget in visible(window):
        words = _unquoted(text_of(widget))
        assert not words or words in told or _CODE.fullmatch(words)


_CODE = re.compile(r"[0-9A-Z-]+")
"""A code to read aloud; its name spells it letter by letter."""


def _unquoted(text: str) -> str:
    """Names of menus are bold to the eye, and in quotation marks to the ear."""
    return text.translate(dict.fromkeys(map(ord, '“”"')))


@every_language
def test_the_name_of_a_button_stays_when_the_language_changes(show: Showing, language: str) -> None:
    other = next(each for each in i18n.LANGUAGES if each != language)
    window = show(session_in("found, of every kind"), language)
    before = {name_of(each) for each in operated(window)}
    window.choose_language(other)
    after = {name_of(each) for each in operated(window)}
    assert not before & after - {"Português", "English"}


def test_a_button_without_a_name_is_found(qapp: QApplication) -> None:
    window = QWidget()
    line = QVBoxLayout(window)
    good, bad = QPushButton("&Check"), QPushButton()
    good.setAccessibleName(spoken(good.text()))
    line.addWidget(good)
    line.addWidget(bad)
    window.show()
    tree = [each for each in interfaces(window) if each.role() is ROLE.Button]
    assert nameless(tree) == ["QPushButton: ''"]
    bad.setAccessibleName("&Check")
    assert nameless(tree) == ["QPushButton: '&Check'"]
    window.deleteLater()
