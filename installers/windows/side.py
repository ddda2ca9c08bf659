"""Makes the picture beside the first and the last page of the setup program: the house.

    python -m installers.windows.side

reads resources/drawings/house.svg and writes side.bmp, which is kept with the source.
"""

from __future__ import annotations

import collections
import os
import sys
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

HOUSE: Final = os.path.join(ROOT, "resources", "drawings", "house.svg")
PICTURE: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "side.bmp")
WIDTH: Final = 328  # twice what NSIS asks for, for screens with small pixels
HEIGHT: Final = 628
PAPER: Final = "#FAF9F5"


def drawn() -> QImage:
    """The house on paper, a little below the middle."""
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(PAPER))
    house = QSvgRenderer(HOUSE)
    size = house.defaultSize()
    width = WIDTH - 24
    height = width * size.height() / size.width()
    painter = QPainter(image)
    house.render(painter, QRectF(12, (HEIGHT - height) * 0.6, width, height))
    painter.end()
    return image.convertToFormat(QImage.Format.Format_Indexed8, _colors(image))


def _colors(image: QImage) -> list[int]:
    """The colors that are used most, as many as fit; so the paper stays plain."""
    data = bytes(image.constBits())
    found = collections.Counter(data[at : at + 3] for at in range(0, len(data), 4))
    common = [color for color, _ in sorted(found.items(), key=lambda each: (-each[1], each[0]))]
    return [0xFF000000 | int.from_bytes(color, "little") for color in common[:256]]


def main() -> int:
    """Write the picture."""
    drawn().save(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
