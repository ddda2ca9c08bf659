"""The diagram of Learn: told with the keyboard alone, in motion only where that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import gui_builders
from configure587.gui import theme
from configure587.gui.widgets.controls import Text
from configure587.gui.widgets.diagram import Diagram
from gui.walking import settle, texts_of, the_button

if TYPE_CHECKING:
    from gui.walking import Showing


def diagram_of(show: Showing) -> Diagram:
    window = show(gui_builders.told("before-after"))
    [found] = window.findChildren(Diagram)
    found.setFocus()
    return found


def test_keys_tell_the_story_and_close_the_door(show: Showing) -> None:
    diagram = diagram_of(show)
    assert (diagram.scene.managed, diagram.scene.told) == (False, 0)
    for key, managed, told in (
        (Qt.Key.Key_Right, False, 1),
        (Qt.Key.Key_Right, False, 2),
        (Qt.Key.Key_Left, False, 1),
        (Qt.Key.Key_Space, True, 1),
        (Qt.Key.Key_Space, False, 1),
    ):
        QTest.keyClick(diagram, key)
        assert (diagram.scene.managed, diagram.scene.told) == (managed, told)


def test_every_moment_is_told_in_words_that_are_shown(show: Showing) -> None:
    diagram = diagram_of(show)
    window = diagram.window()
    said = set()
    for _ in range(2):
        for _flow in range(len(diagram.scene.flows) + 1):
            settle()
            said.add("\n".join(text for text in texts_of(window) if text))
            QTest.keyClick(diagram, Qt.Key.Key_Right)
        QTest.keyClick(diagram, Qt.Key.Key_Space)
    flows = diagram.scene.diagram
    assert len(said) == len(flows.on) + len(flows.off) + 2


def test_the_words_stand_above_the_drawing(show: Showing) -> None:
    diagram = diagram_of(show)
    story = diagram.parentWidget()
    assert story is not None
    own = [each for each in story.findChildren(Text) if each.parentWidget() is story]
    assert own[1].geometry().bottom() < diagram.y()


def test_buttons_do_what_the_keys_do(show: Showing) -> None:
    diagram = diagram_of(show)
    the_button(diagram.window(), "Next step").click()
    assert diagram.scene.told == 1
    the_button(diagram.window(), "Port-25 management").click()
    assert diagram.scene.managed
    the_button(diagram.window(), "Step back").click()
    assert diagram.scene.told == 0


@pytest.mark.parametrize("still", [True, False])
def test_who_wants_no_motion_sees_stills(
    show: Showing, monkeypatch: pytest.MonkeyPatch, still: bool
) -> None:
    monkeypatch.setattr(theme, "reduced_motion", lambda: still)
    diagram = diagram_of(show)
    diagram.forward()
    assert diagram.moving is not still
    assert (diagram._way == 1.0) is still
