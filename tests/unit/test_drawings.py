"""Drawings: ours alone, in the colors of the house, told in words in every language."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from configure587 import awareness, i18n
from configure587.formats.figures import Diagram
from configure587.model import Verdict
from configure587.report.sentences import VERDICTS

SHELF: Final = Path(__file__).resolve().parents[2] / "resources" / "drawings"
DRAWINGS: Final = sorted(SHELF.glob("*.svg"))
ICON: Final = SHELF.parent / "icons" / "configure587.svg"
SVG: Final = "{http://www.w3.org/2000/svg}"

LIGHT: Final = {
    *("#FAF9F5", "#FFFFFF", "#1C2B2A", "#556463", "#00695C"),
    *("#8A5600", "#FFF3D9", "#1E6B3A", "#E6F4EA", "#8C2F24", "#FBE9E6", "#0B57D0"),
}
"""The light column of look.md, spelled as a theme looks for it."""

ELEMENTS: Final = {"svg", "title", "g", "path", "rect", "circle", "ellipse"}
ATTRIBUTES: Final = {
    *("version", "baseProfile", "viewBox", "transform", "d", "x", "y", "width", "height", "rx"),
    *("ry", "cx", "cy", "r", "fill", "stroke", "stroke-width", "stroke-linecap"),
    *("stroke-linejoin", "stroke-dasharray"),
}
"""What SVG Tiny 1.2, and so QtSvg, draws everywhere; no style sheets, filters or text."""

each_drawing = pytest.mark.parametrize("path", [*DRAWINGS, ICON], ids=lambda path: path.stem)


@each_drawing
def test_a_drawing_has_only_colors_that_a_theme_can_replace(path: Path) -> None:
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    painted = [each.get(name) for each in root.iter() for name in ("fill", "stroke")]
    assert {color for color in painted if color} - {"none"} <= LIGHT
    assert set(re.findall(r"#\w+", path.read_text(encoding="utf-8"))) <= LIGHT


@each_drawing
def test_a_drawing_uses_only_what_is_drawn_everywhere(path: Path) -> None:
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= ELEMENTS
    assert {name for each in root.iter() for name in each.attrib} <= ATTRIBUTES
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text
    assert path.stat().st_size < 8_000


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_drawing_is_told_in_words(language: str) -> None:
    told = awareness.alternatives(language)
    assert told.keys() == {path.stem for path in DRAWINGS}
    assert all(text.endswith(".") for text in told.values())


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_an_icon_that_is_told_by_its_word(
    verdict: Verdict, language: str
) -> None:
    told = awareness.alternatives(language)[f"state-{verdict.value.replace('_', '-')}"]
    word = i18n.texts(language).gettext(VERDICTS[verdict])
    assert told.lower().endswith(f": {word.lower()}.")


def test_no_two_verdicts_have_the_same_shape() -> None:
    shapes = [
        re.sub(r'(fill|stroke)="[^"]*"|<title>.*</title>', "", path.read_text(encoding="utf-8"))
        for path in DRAWINGS
        if path.stem.startswith("state-")
    ]
    assert len(shapes) == len(set(shapes)) == len(Verdict)


def test_every_drawing_that_is_named_is_there() -> None:
    picture = awareness.diagram()
    assert isinstance(picture, Diagram)
    named = {actor.drawing for actor in picture.actors}
    for language in i18n.LANGUAGES:
        named |= {card.drawing for card in awareness.pages(language).cards.entries}
    assert named <= {path.stem for path in DRAWINGS}


DRAWN: Final = """
import sys
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
app = QGuiApplication([])
for path in sys.argv[1:]:
    drawing = QSvgRenderer(path)
    assert drawing.isValid(), path
    for side in (16, 32, 256):
        image = QImage(side, side, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        colors = {image.pixel(x, y) for x in range(side) for y in range(side)}
        assert len(colors) > 3, (path, side)
"""


def test_qt_draws_every_one_at_every_size() -> None:
    pytest.importorskip("PySide6.QtSvg", exc_type=ImportError)
    run = subprocess.run(
        [sys.executable, "-c", DRAWN, *map(str, [*DRAWINGS, ICON])],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (run.returncode, run.stderr.strip()) == (0, "")
