"""A stranger's picture file, decoded only when it is small and plain; anything else is left out."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LARGEST: Final = 1024 * 1024  # bytes
_PIXELS: Final = 4 * 1024 * 1024
_SCANS: Final = 100  # of a JPEG: each goes over every pixel again
_ELEMENTS: Final = 5000  # of a drawing
_DEEPEST: Final = 50
_BOX: Final = (800, 200)  # pixels into which a drawing is drawn
_KINDS: Final = {b"\x89PNG\r\n\x1a\n": b"png", b"\xff\xd8\xff": b"jpeg"}
_SVG: Final = "{http://www.w3.org/2000/svg}"
_PLAIN: Final = {
    *("svg", "g", "defs", "title", "desc", "metadata", "style", "clipPath", "text", "tspan"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    *("linearGradient", "radialGradient", "stop"),
}
"""Elements that draw a shape once. What repeats shapes, brings in files or computes is not here."""


@functools.lru_cache(maxsize=2)
def decoded(data: bytes) -> QImage | None:
    """The picture in a PNG, JPEG or SVG file; None when there is none that we like to open."""
    if not data or len(data) > _LARGEST:
        return None
    for beginning, kind in _KINDS.items():
        if data.startswith(beginning):
            return _pixels(data, kind)
    return _drawn(data) if _is_plain(data) else None


def _pixels(data: bytes, kind: bytes) -> QImage | None:
    if kind == b"jpeg" and data.count(b"\xff\xda") > _SCANS:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setAutoTransform(True)
    size = reader.size()  # from the header, before any room is taken
    if size.isEmpty() or size.width() * size.height() > _PIXELS:
        return None
    image = reader.read()
    return None if image.isNull() else image


def _is_plain(data: bytes) -> bool:
    """Whether this is a drawing of simple shapes; dashes may be billions, so there are none."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return False
    return root.tag == f"{_SVG}svg" and b"dasharray" not in data.lower() and _are_plain(root)


def _are_plain(root: Element) -> bool:
    known = {f"{_SVG}{name}" for name in _PLAIN}
    waiting = [(root, 1)]
    count = 0
    while waiting:
        element, depth = waiting.pop()
        count += 1
        foreign = not str(element.tag).startswith(_SVG)  # an editor's notes, which nobody draws
        if count > _ELEMENTS or depth > _DEEPEST or not (foreign or element.tag in known):
            return False
        waiting += [(each, depth + 1) for each in element]
    return True


def _drawn(data: bytes) -> QImage | None:
    drawing = QSvgRenderer(QByteArray(data))
    shape = drawing.viewBoxF().size()
    if not drawing.isValid() or shape.isEmpty():
        return None
    size = shape.scaled(*_BOX, Qt.AspectRatioMode.KeepAspectRatio).toSize()
    if size.isEmpty():
        return None
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return image
