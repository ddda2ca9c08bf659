"""Showing the window off-screen and walking over everything that is visible in it."""

from __future__ import annotations

import functools
import importlib.util
from typing import TYPE_CHECKING, TypeAlias

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QKeySequence, QTextDocument
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget

import gui_builders
from configure587 import i18n
from configure587.gui import pages
from configure587.gui.remembered import Remembered
from configure587.gui.widgets.breaks import unbroken
from configure587.gui.window import Window
from configure587.pages import Page

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterator

    from PySide6.QtGui import QAccessibleInterface

    from configure587.gui.session import Session
    from configure587.gui.theme import Theme

Decorator: TypeAlias = pytest.MarkDecorator
NOT_BUILT: set[Page] = set()
"""Pages whose modules are still to come. It may only shrink: a test finds what is there."""

FROM_LEAFLETS = {Page.LEARN, Page.GLOSSARY, Page.GUIDE, Page.HELP, Page.REPORT}
"""Pages with content out of the resources or the worker, in its language when it was made."""

STATES = [name for name, (page, _) in gui_builders.STATES.items() if page not in NOT_BUILT]
PAGES = [page for page in pages.VIEWS if page not in NOT_BUILT]
LANGUAGES = i18n.LANGUAGES

every_state: Decorator = pytest.mark.parametrize("state", STATES)
every_page: Decorator = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
every_language: Decorator = pytest.mark.parametrize("language", LANGUAGES)


def is_built(page: Page) -> bool:
    """Whether the module of a page is there."""
    module, _ = pages.VIEWS[page]
    return importlib.util.find_spec(f"configure587.gui.pages.{module}") is not None


@functools.cache
def session_in(state: str) -> Session:
    """A session in one of the states; for tests that only look at it."""
    return gui_builders.STATES[state][1]()


class Showing:
    """Windows of one test."""

    def __init__(self, folder: str) -> None:
        """`folder` is where they may remember things."""
        self.folder = folder
        self.crashes: list[BaseException] = []
        self._windows: list[Window] = []

    def __call__(  # noqa: PLR0913 - each names one thing that a test may want otherwise
        self,
        session: Session,
        language: str = i18n.ENGLISH,
        *,
        texts: gettext.NullTranslations | None = None,
        percent: int = 100,
        theme: Theme | None = None,
        size: tuple[int, int] | None = None,
    ) -> Window:
        """The window of this session, shown and laid out."""
        remembered = Remembered(self.folder, language, fixed=True)
        remembered.percent = percent
        if texts is not None:
            remembered.texts = texts
        window = Window(session, remembered, self._crashed)
        self._windows.append(window)
        if size is not None:
            window.resize(*size)
        if theme is not None:
            window.dress(theme)
        window.show()
        window.activateWindow()
        settle()
        return window

    def close(self) -> None:
        """Let everything end that was shown."""
        for window in self._windows:
            window._poll.stop()  # on a slow computer it would begin anew while we wait
            for worker in (window._worker, window._news, window._logo):
                while worker.busy:
                    worker.wait()
                    settle()
            settle()
            window.hide()
            window.deleteLater()
        self._windows = []

    def _crashed(self, error: BaseException) -> str:
        self.crashes.append(error)
        return f"{self.folder}/crash-1.txt"


def settle() -> None:
    """Let Qt lay out and paint what is waiting for it."""
    for _ in range(3):
        QApplication.processEvents()


def visible(window: QWidget) -> Iterator[QWidget]:
    """Every widget that can be seen, by scrolling if need be; from front to back."""
    for widget in window.findChildren(QWidget):
        if widget.isVisible():
            yield widget


def text_of(widget: QWidget) -> str:
    """The words that a widget shows, without the mark of a mnemonic."""
    if isinstance(widget, QLabel):
        rich = widget.textFormat() is Qt.TextFormat.RichText
        return unbroken(_document(widget).toPlainText() if rich else widget.text())
    if isinstance(widget, QAbstractButton):
        words = widget.text().replace("\n", "")
        return words.replace("&&", "\0").replace("&", "").replace("\0", "&")
    return ""


def _document(label: QLabel) -> QTextDocument:
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(label.font())
    document.setHtml(label.text())
    return document


def texts_of(window: QWidget) -> list[str]:
    """All words that can be seen."""
    return [words for widget in visible(window) if (words := text_of(widget))]


def buttons(window: QWidget, name: str = "") -> list[QAbstractButton]:
    """The buttons that can be seen, or those of one kind: primary, secondary, link, bar."""
    found = [each for each in visible(window) if isinstance(each, QAbstractButton)]
    return [each for each in found if not name or each.objectName() == name]


def the_button(window: QWidget, words: str) -> QAbstractButton:
    """The one button with these words."""
    [found] = [each for each in buttons(window) if text_of(each) == words]
    return found


def mnemonics(window: QWidget) -> list[str]:
    """The keys with which something is reached by Alt."""
    keys = [QKeySequence.mnemonic(each.text()).toString() for each in buttons(window)]
    return [key for key in keys if key]


def scroll_area(window: QWidget) -> QScrollArea:
    """What the page's content scrolls in."""
    areas = [each for each in visible(window) if isinstance(each, QScrollArea)]
    return areas[0]


# --- what a screen reader is told ----------------------------------------------------------------


def interfaces(window: QWidget) -> Iterator[QAccessibleInterface]:
    """The accessibility tree, without what is hidden."""
    top: QAccessibleInterface | None = QAccessible.queryAccessibleInterface(window)
    stack = [top]
    while stack:
        each = stack.pop()
        if each is None or each.state().invisible:
            continue
        yield each
        children = [each.child(number) for number in range(each.childCount())]
        stack += reversed(children)


def name_of(interface: QAccessibleInterface) -> str:
    """What a screen reader calls it."""
    return interface.text(QAccessible.Text.Name)


def has_links(widget: QWidget) -> bool:
    """Whether words of this text can be followed."""
    return isinstance(widget, QLabel) and "<a " in widget.text()


# --- clipped text --------------------------------------------------------------------------------


def clipped(window: QWidget) -> list[str]:
    """Every text that does not get the room that it needs, or leaves the place that it is in."""
    found = []
    texts = [widget for widget in visible(window) if text_of(widget)]
    for widget in texts:
        found += [f"{why}: {text_of(widget)[:60]!r}" for why in _troubles(widget, window)]
    return [*found, *_overlapping(texts, window), *_too_wide(window)]


def _troubles(widget: QWidget, window: QWidget) -> Iterator[str]:
    wide, tall = _needs(widget)
    has = widget.contentsRect() if isinstance(widget, QLabel) else widget.rect()
    if has.width() < wide:
        yield f"needs {wide} pixels of width and has {has.width()}"
    if has.height() < tall:
        yield f"needs {tall} pixels of height and has {has.height()}"
    box = _box(widget, window)
    holder = widget.parentWidget()
    while holder is not None and holder is not window:
        around = _box(holder, window)
        if box.left() < around.left() or box.right() > around.right():
            yield f"leaves its {type(holder).__name__} at a side"
            return
        above = holder.parentWidget()
        if above is not None and isinstance(above.parentWidget(), QScrollArea):
            around = _box(above, window)  # scrolls up and down, never sideways
            if box.left() < around.left() or box.right() > around.right():
                yield "has to be scrolled sideways"
            return
        if box.top() < around.top() or box.bottom() > around.bottom():
            yield f"leaves its {type(holder).__name__} above or below"
            return
        holder = above


def _needs(widget: QWidget) -> tuple[int, int]:
    """How wide and how tall a text has to be, at the width that it has if it wraps."""
    if not isinstance(widget, QLabel):
        hint = widget.sizeHint()
        return hint.width(), hint.height()
    if widget.textFormat() is Qt.TextFormat.RichText:
        document = _document(widget)
        document.setTextWidth(widget.contentsRect().width())
        size = document.size().toSize()
        return round(document.idealWidth()), size.height()
    metrics = widget.fontMetrics()
    if not widget.wordWrap():
        size = metrics.size(0, widget.text())
        return size.width(), size.height()
    paper = QRect(0, 0, widget.contentsRect().width(), 1_000_000)
    flags = Qt.TextFlag.TextWordWrap
    needed = metrics.boundingRect(paper, int(flags), widget.text())
    return needed.width(), needed.height()


def _box(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def _overlapping(texts: list[QWidget], window: QWidget) -> Iterator[str]:
    boxes = [(each, _box(each, window)) for each in texts]
    for number, (one, box) in enumerate(boxes):
        for other, its in boxes[number + 1 :]:
            if one.parentWidget() is other.parentWidget() and box.intersects(its):
                yield f"lie over each other: {text_of(one)[:40]!r}, {text_of(other)[:40]!r}"


def _too_wide(window: QWidget) -> Iterator[str]:
    for widget in visible(window):
        if isinstance(widget, QScrollArea) and widget.horizontalScrollBar().maximum() > 0:
            inside = widget.widget()
            wide = inside.minimumSizeHint().width() if inside is not None else 0
            yield f"the content wants {wide} of {widget.viewport().width()} pixels"
