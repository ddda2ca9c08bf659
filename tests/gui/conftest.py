"""The window off-screen: Qt warnings fail, and looks are as at a first start in every test."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is loaded

import pytest
from PySide6.QtCore import QEvent, Qt

import configure587.gui.held  # noqa: F401 - as in a window, which loads it once it is painted
from gui.walking import Showing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What Qt warns of fails a test of the window."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            # of the off-screen platform itself, when a window has a smallest size
            item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints"))


@pytest.fixture
def show(qapp: QApplication, tmp_path: Path) -> Iterator[Showing]:
    """Give what shows the window of a session; everything shown is gone after the test."""
    font, palette = qapp.font(), qapp.palette()
    showing = Showing(str(tmp_path / "data"))
    yield showing
    showing.close()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    qapp.setFont(font)
    qapp.setPalette(palette)
