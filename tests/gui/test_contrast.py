"""Contrast after WCAG 2.2 (1.4.3, 1.4.6, 1.4.11): computed from the themes, measured on pixels."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox

import gui_builders
from configure587.gui import theme
from configure587.gui.theme import THEMES, Theme
from configure587.model import Verdict
from gui.walking import buttons, session_in, visible

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.walking import Showing

themes = pytest.mark.parametrize("chosen", THEMES, ids=lambda each: each.name)

TEXTS = (
    *(("ink", "paper"), ("ink", "card"), ("quiet", "paper"), ("quiet", "card")),
    *(("accent", "paper"), ("accent", "card"), ("on_accent", "accent")),
    *(("due", "paper"), ("due", "card"), ("due", "due_back")),
    *(("good", "paper"), ("good", "card"), ("good", "good_back")),
    *(("needy", "paper"), ("needy", "card"), ("needy", "needy_back")),
)
LINES = (("line", "paper"), ("line", "card"), ("focus", "paper"), ("focus", "card"))


def luminance(color: QColor) -> float:
    """Relative luminance."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(each) for each in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """The ratio of two colors, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def of_roles(chosen: Theme, one: str, other: str) -> float:
    return contrast(QColor(getattr(chosen, one)), QColor(getattr(chosen, other)))


def test_the_ratio_is_the_one_of_the_standard() -> None:
    black, white = QColor("#000000"), QColor("#FFFFFF")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == pytest.approx(1)
    assert contrast(QColor("#767676"), white) == pytest.approx(4.54, abs=0.01)


@themes
def test_text_can_be_read(chosen: Theme) -> None:
    enough = 7 if chosen.name.startswith("contrast") else 4.5
    weak = {pair: round(of_roles(chosen, *pair), 2) for pair in TEXTS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < enough} == {}


@themes
def test_lines_and_the_focus_can_be_seen(chosen: Theme) -> None:
    weak = {pair: round(of_roles(chosen, *pair), 2) for pair in LINES}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


@themes
@pytest.mark.parametrize("verdict", Verdict)
def test_every_state_has_colors_that_can_be_read(chosen: Theme, verdict: Verdict) -> None:
    ink, back = (QColor(each) for each in theme.of_verdict(chosen, verdict))
    assert contrast(ink, back) >= 4.5


def measured(widget: QWidget) -> float:
    """The contrast between what a widget is painted on and its strongest ink."""
    image = widget.grab().toImage()
    edge = 6
    colors = Counter(
        image.pixelColor(x, y).name()
        for x in range(edge, image.width() - edge)
        for y in range(edge, image.height() - edge)
    )
    back = QColor(colors.most_common(1)[0][0])
    return max(contrast(back, QColor(each)) for each in colors)


@themes
def test_what_is_painted_has_that_contrast(show: Showing, chosen: Theme) -> None:
    enough = 7 if chosen.name.startswith("contrast") else 4.5
    window = show(session_in("found, of every kind"), theme=chosen, percent=200)
    [primary] = buttons(window, "primary")
    chips = [each for each in visible(window) if each.objectName() == "chip"]
    assert len(chips) >= 6
    weak = [round(measured(each), 2) for each in (primary, *chips)]
    assert [each for each in weak if each < enough] == []
    back = QColor(primary.grab().toImage().pixelColor(primary.width() // 2, 5))
    assert back.name() == chosen.accent.lower()


@themes
@pytest.mark.parametrize("on", [True, False])
def test_a_tick_box_can_be_seen(show: Showing, chosen: Theme, on: bool) -> None:
    session = gui_builders.at_changes(gui_builders.one_due())
    for step in session.chosen if not on else ():
        session.tick(step.finding.id, on=False)
    window = show(session, theme=chosen)
    assert window.page is not None
    box = next(each for each in window.page.findChildren(QCheckBox) if each.isVisible())
    where = QRect(box.mapTo(window, QPoint(0, 0)), box.size())
    image = window.grab(where).toImage()
    pixels = [(x, y) for x in range(image.width()) for y in range(image.height())]
    back = image.pixelColor(0, image.height() - 1)
    assert max(contrast(back, image.pixelColor(*pixel)) for pixel in pixels) >= 3


@themes
def test_the_paper_is_the_one_of_the_theme(show: Showing, chosen: Theme) -> None:
    window = show(session_in("start"), theme=chosen)
    image = window.grab().toImage()
    colors = Counter(
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 5)
        for y in range(0, image.height(), 5)
    )
    assert colors.most_common(1)[0][0] == chosen.paper.lower()
