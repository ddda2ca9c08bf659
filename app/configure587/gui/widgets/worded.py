"""Qt's properties, said in Qt's own words.

Whoever names the namespace Qt in Python waits until PySide6 has built each of its enumerations,
which takes an eighth of the time in which the smallest window opens. What the first page is made
of therefore says "AlignHCenter", and nothing that it loads names Qt at its top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QObject


def give(target: QObject, **properties: str) -> None:
    """Set properties of enumerated types; ValueError for a name or a word unknown to Qt."""
    for name, word in properties.items():
        if not target.setProperty(name, word):
            raise ValueError(f"{name}={word}")
