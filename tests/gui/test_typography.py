"""How words lie on a page: what belongs together stays so, and nothing stands in a wide void."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFrame

from configure587.gui.pages.page import terms_in
from configure587.gui.widgets.breaks import bound, breakable, unbroken
from configure587.gui.widgets.controls import Text
from gui.walking import LANGUAGES, session_in, text_of, texts_of, visible

if TYPE_CHECKING:
    from gui.walking import Showing

TOGETHER = ["e-mail", "E-mails", "0800 000 0000", "porta 587", "Port 25", "17 3221 0000"]


@pytest.mark.parametrize("words", TOGETHER)
def test_no_line_ends_inside_what_belongs_together(words: str) -> None:
    shown = bound(f"antes {words} depois")
    assert unbroken(shown) == f"antes {words} depois"
    inside = shown.removeprefix("antes ").removesuffix(" depois")
    assert " " not in inside
    assert "-m" not in inside


def test_other_words_and_endless_numbers_stay_as_they_are() -> None:
    for words in ("smtp.exemplo.com.br", "25, 587", "24 de novembro", "bem-vindo", "se-mail"):
        assert bound(words) == words
    assert " " in bound("1 " * 40), "a page is never wider than its window"


def test_words_of_the_glossary_are_found_as_they_are_shown() -> None:
    text = breakable("Pergunte ao seu provedor de e-mail pela porta 587.")
    found = [text[each.start : each.end] for each in terms_in("pt-BR", text)]
    assert [unbroken(each) for each in found] == ["provedor de e-mail", "porta 587"]


def test_the_number_of_a_step_stands_beside_its_words(show: Showing) -> None:
    window = show(session_in("guide, stuck"), "pt-BR", size=(1100, 700))
    first = next(
        each for each in visible(window) if isinstance(each, Text) and text_of(each) == "1"
    )
    card = first.parentWidget()
    assert isinstance(card, QFrame)
    words = [each for each in card.findChildren(Text) if each is not first]
    left = min(each.mapTo(card, QPoint(0, 0)).x() for each in words)
    assert left < 100
    assert words[0].width() > card.width() // 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_ticked_off_stands_in_one_column_and_in_one_line(
    show: Showing, language: str
) -> None:
    window = show(session_in("changing, written"), language)
    assert window.page is not None
    labels = [label for _tick, label in window.page._lines.values()]  # type: ignore[attr-defined]
    assert len({each.mapTo(window, QPoint(0, 0)).x() for each in labels}) == 1
    assert {each.height() < 2 * each.fontMetrics().height() for each in labels} == {True}


def test_who_undid_everything_is_told_so_in_plain_words(show: Showing) -> None:
    told = texts_of(show(session_in("undone"), "en"))
    assert "Your settings are as they were before the change." in told
    in_part = texts_of(show(session_in("undone in part"), "en"))
    assert "Your settings are as they were before the change." not in in_part


# --- titles that say what is so ------------------------------------------------------------------


def test_two_open_programs_are_spoken_of_as_two(show: Showing) -> None:
    told = " ".join(texts_of(show(session_in("close two programs"), "pt-BR")))
    assert "Thunderbird e SeaMonkey estão abertos" in told
    assert "está aberto." not in told


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("not changed", "Nothing was changed"),
        ("left half done", "Not everything is as it was yet"),
        ("nothing to undo", "Nothing to undo"),
        ("undone", "Undone"),
    ],
)
def test_a_title_does_not_say_more_than_is_so(show: Showing, state: str, title: str) -> None:
    told = texts_of(show(session_in(state), "en"))
    assert title in told
    if state == "left half done":
        assert not any("Start Configure 587! again" in each for each in told)
