"""The icon is one drawing, and every file that is made from it shows that drawing."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtGui import QImage, QImageReader

from configure587.gui import theme
from configure587.gui.widgets import drawing
from installers import icons

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt looks for a screen
NEAR: Final = 3  # of 255: two versions of Qt may round an edge differently


def kept(name: str) -> bytes:
    """Give a file as it lies in the resources."""
    with open(os.path.join(icons.FOLDER, name), "rb") as source:
        return source.read()


def image(data: bytes) -> QImage:
    """Give the picture in a file."""
    found = QImage.fromData(data)
    assert not found.isNull()
    return found.convertToFormat(QImage.Format.Format_ARGB32)


def are_alike(one: QImage, other: QImage) -> bool:
    """Whether two pictures show the same."""
    if one.size() != other.size():
        return False
    pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
    differences = [abs(left - right) for left, right in pairs]
    return sum(differences) / len(differences) < NEAR


def in_ico(data: bytes) -> dict[int, bytes]:
    """Give what an .ico file holds, by size."""
    kind, count = struct.unpack_from("<2xHH", data)
    assert kind == 1
    entries = [struct.unpack_from("<BBBBHHII", data, 6 + 16 * each) for each in range(count)]
    assert all(wide == high and bits == 32 for wide, high, _, _, _, bits, _, _ in entries)
    return {wide or 256: data[start:][:size] for wide, *_, size, start in entries}


def in_icns(data: bytes) -> dict[bytes, bytes]:
    """Give what an .icns file holds, by kind."""
    magic, length = struct.unpack_from(">4sI", data)
    assert (magic, length) == (b"icns", len(data))
    found, at = {}, 8
    while at < len(data):
        kind, size = struct.unpack_from(">4sI", data, at)
        found[kind] = data[at + 8 : at + size]
        at += size
    return found


def test_every_file_that_is_made_is_kept_and_no_other() -> None:
    made = {f"{icons.NAME}-{size}.png" for size in icons.SIZES}
    made |= {f"{icons.NAME}{end}" for end in (".ico", ".icns", ".svg")}
    assert set(os.listdir(icons.FOLDER)) == made


@pytest.mark.parametrize("size", icons.SIZES)
def test_a_png_shows_the_drawing_in_its_size(size: int) -> None:
    assert are_alike(image(kept(f"{icons.NAME}-{size}.png")), icons.drawn(size))


def test_two_pictures_that_differ_are_not_alike() -> None:
    mirrored = icons.drawn(64).flipped()
    assert not are_alike(mirrored, icons.drawn(64))
    assert not are_alike(icons.drawn(32), icons.drawn(64))


def test_the_icon_for_windows_has_a_picture_of_each_size() -> None:
    found = in_ico(kept(f"{icons.NAME}.ico"))
    assert tuple(found) == icons.WINDOWS
    for size, data in found.items():
        if size == 256:
            assert are_alike(image(data), icons.drawn(size))
        else:
            pixels = icons.bitmap(icons.drawn(size))
            assert data[:40] == pixels[:40]
            assert len(data) == len(pixels)


def test_qt_finds_every_bitmap_of_the_icon_for_windows_alike() -> None:
    reader = QImageReader(os.path.join(icons.FOLDER, f"{icons.NAME}.ico"))
    assert reader.imageCount() == len(icons.WINDOWS)
    for size in icons.WINDOWS:
        found = reader.read().convertToFormat(QImage.Format.Format_ARGB32)
        assert are_alike(found, icons.drawn(size))
        reader.jumpToNextImage()


def test_the_icon_for_macos_has_a_png_of_each_kind() -> None:
    found = in_icns(kept(f"{icons.NAME}.icns"))
    assert found.keys() == icons.MACOS.keys()
    for kind, data in found.items():
        assert are_alike(image(data), icons.drawn(icons.MACOS[kind]))


def test_making_them_again_gives_the_same_bytes() -> None:
    assert icons.files() == icons.files()


def test_the_window_has_the_same_icon(qapp: QApplication) -> None:
    shown = drawing.icon(icons.NAME, theme.LIGHT).pixmap(64, 64)
    assert are_alike(shown.toImage().convertToFormat(QImage.Format.Format_ARGB32), icons.drawn(64))
