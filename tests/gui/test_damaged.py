"""Damaged or missing files of ours: every page still says something, and none crashes."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gui_builders
from builders import a_guided_machine
from configure587 import awareness
from configure587.awareness import Topic
from configure587.gui.pages import page as page_module
from configure587.gui.widgets import drawing
from configure587.machine import Platform
from configure587.model import Verdict
from configure587.pages import Page
from configure587.report import guides
from gui.walking import every_language, settle, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gui.walking import Showing

RESOURCES = importlib.import_module("configure587.resources")
SHELF = Path(RESOURCES.__path__[0])
TOPICS = [topic.value for topic in Topic if topic is not Topic.GLOSSARY]


@pytest.fixture(params=["missing", "cut short", "no text"])
def shelf(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Give our files in a folder where all of them are damaged."""
    found = tmp_path / "resources"
    shutil.copytree(SHELF / "awareness", found / "awareness")
    (found / "drawings").mkdir()
    for path in found.rglob("*.*"):
        if request.param == "missing":
            path.unlink()
        else:
            cut = path.read_bytes()[:4]
            path.write_bytes(cut if request.param == "cut short" else b"\xff\xfe\0")
    monkeypatch.setattr(awareness, "_ours", lambda folder="awareness": found / folder)
    monkeypatch.setattr(guides, "_shipped", lambda *_: b"\xff\xfe\0")
    monkeypatch.setattr(RESOURCES, "__path__", [str(found)])
    _forget()
    yield found
    _forget()


def _forget() -> None:
    """What was read once is read anew."""
    for kept in (page_module.leaflets, guides.titles, drawing.renderer):
        kept.cache_clear()


@pytest.mark.usefixtures("shelf")
@every_language
def test_learn_says_what_it_could_not_read(show: Showing, language: str) -> None:
    window = show(gui_builders.told(""), language)
    sentences = {
        "en": "This page could not be read. Installing Configure 587! again may help.",
        "pt-BR": "Esta página não pôde ser lida. Instalar o Configure 587! de novo pode resolver.",
    }
    for topic in [*TOPICS, "port-25"]:
        window.session.learn(topic)
        window._show()
        settle()
        assert window.session.page is Page.LEARN
        assert sentences[language] in texts_of(window), topic
        assert show.crashes == []


@pytest.mark.usefixtures("shelf")
def test_the_glossary_says_what_it_could_not_read(show: Showing) -> None:
    session = gui_builders.told("")
    session.look_up("smtp")
    assert any("could not be read" in text for text in texts_of(show(session)))


@pytest.mark.usefixtures("shelf")
@every_language
def test_a_guide_that_is_damaged_is_told_and_does_not_crash(show: Showing, language: str) -> None:
    session = gui_builders.shown(
        gui_builders.looked(a_guided_machine(Platform.WINDOWS)), Verdict.GUIDED
    )
    window = show(session, language)
    assert session.page is Page.GUIDE
    assert window.page is not None
    assert len([text for text in texts_of(window.page) if text]) > 3
    session.help()
    window._show()
    settle()
    assert gui_builders.where(session) is Page.HELP


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("state", ["start", "found, of every kind", "done", "all good"])
def test_the_wizard_needs_none_of_them(show: Showing, state: str) -> None:
    window = show(gui_builders.STATES[state][1]())
    assert len(texts_of(window)) > 5
    assert show.crashes == []


@pytest.mark.parametrize("name", ["figures.toml", "diagram.toml"])
def test_a_picture_without_its_figures_is_told(
    show: Showing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shutil.copytree(SHELF / "awareness", tmp_path / "awareness")
    (tmp_path / "awareness" / name).write_bytes(b"not [toml")
    drawings = SHELF / "drawings"
    folders = {"awareness": tmp_path / "awareness", "drawings": drawings}
    monkeypatch.setattr(awareness, "_ours", lambda folder="awareness": folders[folder])
    topic = {"figures.toml": Topic.CHARTS, "diagram.toml": Topic.BEFORE_AFTER}[name]
    window = show(gui_builders.told(topic.value))
    damaged = "This page could not be read. Installing Configure 587! again may help."
    assert damaged in texts_of(window)
