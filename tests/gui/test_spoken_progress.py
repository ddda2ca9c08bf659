"""What a screen reader says while something goes on by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gui_builders
from configure587.gui.pages import working
from configure587.gui.session import Session
from configure587.model import Progress
from gui_builders import UNPROVED, at_work

if TYPE_CHECKING:
    import pytest

    from gui.walking import Showing


def test_each_server_is_said_and_of_the_profiles_only_the_first(
    show: Showing, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(working, "announce", lambda _widget, words: said.append(words))
    session = Session(gui_builders.one_due(), UNPROVED)
    window = show(at_work(session, session.check))
    assert window.page is not None
    steps = [
        *(Progress("inspect", number) for number in range(1, 500)),
        *(Progress("prove", done, 3) for done in (0, 0, 1, 2, 2, 3)),
    ]
    for each in steps:
        session.seen(each)
        window.page.refresh()
    assert said == [
        "Looking at profile 1…",
        *(f"Looking at server {number} of 3…" for number in (1, 2, 3)),
    ]
