"""Makes the program's icon, in every size and format, from its one drawing.

    python -m installers.icons

reads resources/icons/configure587.svg and writes the PNG files, the .ico for Windows and the .icns
for macOS beside it. They are kept with the source, so that no package depends on who draws them.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QImage

FOLDER: Final = os.path.join(ROOT, "resources", "icons")
NAME: Final = "configure587"
SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)
WINDOWS: Final = (16, 24, 32, 48, 64, 128, 256)
"""What Windows shows at 100 to 400 %; the largest is a PNG, the others are bitmaps."""
MACOS: Final[Mapping[bytes, int]] = {
    b"ic11": 32,  # shown in half as many points, on screens with two pixels for each
    b"ic12": 64,
    b"ic07": 128,
    b"ic13": 256,
    b"ic08": 256,
    b"ic14": 512,
    b"ic09": 512,
}
"""The kinds of an .icns file that are PNG files, and their sizes in pixels."""


def drawn(size: int) -> QImage:
    """The icon in a square of so many pixels."""
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(os.path.join(FOLDER, f"{NAME}.svg")).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def png(image: QImage) -> bytes:
    """An image as a PNG file."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImageWriter

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())


def bitmap(image: QImage) -> bytes:
    """An image as a bitmap of an .ico file: from the last row up, then a mask that hides nothing.

    The height is told twice as large, for the mask counts too.
    """
    size = image.width()
    rows = bytes(image.constBits())
    pixels = b"".join(rows[4 * size * row :][: 4 * size] for row in reversed(range(size)))
    mask = bytes((size + 31) // 32 * 4 * size)
    head = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(pixels), 0, 0, 0, 0)
    return head + pixels + mask


def ico(images: Mapping[int, QImage]) -> bytes:
    """The icon for Windows."""
    data = [png(images[size]) if size == 256 else bitmap(images[size]) for size in WINDOWS]
    start = 6 + 16 * len(data)
    entries = b""
    for size, each in zip(WINDOWS, data, strict=True):
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(each), start)
        start += len(each)
    return struct.pack("<HHH", 0, 1, len(data)) + entries + b"".join(data)


def icns(images: Mapping[int, QImage]) -> bytes:
    """The icon for macOS."""
    pieces = [(kind, png(images[size])) for kind, size in MACOS.items()]
    body = b"".join(kind + struct.pack(">I", 8 + len(data)) + data for kind, data in pieces)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def files() -> dict[str, bytes]:
    """Every file that is made from the drawing, by its name."""
    images = {size: drawn(size) for size in SIZES}
    return {
        **{f"{NAME}-{size}.png": png(image) for size, image in images.items()},
        f"{NAME}.ico": ico(images),
        f"{NAME}.icns": icns(images),
    }


def main() -> int:
    """Write them all."""
    for name, data in files().items():
        with open(os.path.join(FOLDER, name), "wb") as target:
            target.write(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
