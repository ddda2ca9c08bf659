"""Our icon as pictures of any size, drawn from the one drawing by the Qt that we ship."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from installers.jobs import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

HICOLOR: Final = (16, 24, 32, 48, 64, 128, 256)
_DRAW: Final = """
import sys
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
folder, *sizes = sys.argv[1:]
drawing = QSvgRenderer(QByteArray(sys.stdin.buffer.read()))
if not drawing.isValid():
    sys.exit("this is no drawing")
for size in map(int, sizes):
    picture = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing.render(painter)
    painter.end()
    if not picture.save(f"{folder}/{size}.png"):
        sys.exit(f"{size}.png could not be written")
"""


def pictures(drawing: bytes, sizes: Iterable[int]) -> dict[int, bytes]:
    """Size -> the drawing as PNG, clear around it; drawn in a process of its own."""
    sizes = list(sizes)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _DRAW, folder, *map(str, sizes)],
            input=drawing,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode != 0:
            raise Trouble(f"the icon could not be drawn:\n{done.stdout.decode(errors='replace')}")
        return {size: Path(folder, f"{size}.png").read_bytes() for size in sizes}
