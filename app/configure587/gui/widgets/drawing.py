"""Our own drawings from the resources, dressed in the theme."""

from __future__ import annotations

import functools
import importlib
import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from configure587.gui.theme import dressed

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon, QPaintEvent

    from configure587.gui.theme import Theme
    from configure587.gui.view import View

_CLEAR = (0, 0, 0, 0)  # red, green, blue, and nothing of them
_SHELVES = {"configure587": "icons"}
"""The program's own icon lies where packages find it in every format."""


@functools.cache
def renderer(name: str, theme: Theme) -> QSvgRenderer:
    """One drawing by its name; an empty one when its file is missing or damaged."""
    # importlib.resources would take longer than the drawing
    folder = importlib.import_module("configure587.resources").__path__[0]
    shelf = _SHELVES.get(name, "drawings")
    try:
        with open(os.path.join(folder, shelf, f"{name}.svg"), encoding="utf-8") as file:
            svg = file.read()
    except (OSError, ValueError):
        svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    return QSvgRenderer(QByteArray(dressed(svg, theme).encode()))


def pixmap(name: str, theme: Theme, size: int, ratio: float = 1.0) -> QPixmap:
    """A drawing in a square of `size` pixels."""
    from PySide6.QtGui import QImage  # the first page has none

    pixels = round(size * ratio)
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(*_CLEAR))
    painter = QPainter(image)
    renderer(name, theme).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    found = QPixmap.fromImage(image)
    found.setDevicePixelRatio(ratio)
    return found


def icon(name: str, theme: Theme) -> QIcon:
    """A drawing as an icon of every usual size."""
    from PySide6.QtGui import QIcon  # it comes once the first page is there

    found = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        found.addPixmap(pixmap(name, theme, size))
    return found


class Ornament(QWidget):
    """A drawing that keeps its shape, and of which a screen reader says nothing."""

    def __init__(self, view: View, name: str, height: int) -> None:
        """`height` is in pixels at 100 %."""
        super().__init__()
        self._drawing = renderer(name, view.theme)
        shape = self._drawing.viewBoxF()
        tall = round(height * min(view.percent, 150) / 100)
        wide = round(tall * shape.width() / shape.height()) if shape.height() else tall
        self._size = QSize(wide, tall)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """See QWidget."""
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget."""
        del event
        painter = QPainter(self)
        self._drawing.render(painter, QRectF(self.rect()))
        painter.end()


class Drawing(QLabel):
    """A drawing that tells something; a screen reader says that in words."""

    def __init__(self, view: View, name: str, height: int, alternative: str) -> None:
        """`height` is in pixels at 100 %; `alternative` is what it tells."""
        super().__init__()
        shown = Ornament(view, name, height)
        size = shown.sizeHint()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(shown)
        nothing = QPixmap(size)  # what Qt takes a label with a pixmap for is a picture
        nothing.fill(QColor(*_CLEAR))
        self.setPixmap(nothing)
        self.setFixedSize(size)
        self.setAccessibleName(alternative)
