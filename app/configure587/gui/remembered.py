"""What the window remembers from one start to the next: its place, the language, the text size."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize

from configure587 import i18n
from configure587.gui.theme import TEXT_SIZES

if TYPE_CHECKING:
    import gettext

    from PySide6.QtWidgets import QWidget

_SIZE = (960, 680)
_TITLE_BAR = QSize(0, 40)  # about what a system puts above a window


class Remembered:
    """Kept in window.ini in the person's data folder, and written when the window closes."""

    def __init__(self, folder: str, language: str, *, fixed: bool = False) -> None:
        """`language` counts at the first start, and always when it is `fixed`."""
        self._path = os.path.join(folder, "window.ini")
        self._chosen = False  # whether the person chose a language or a size, or their system did
        self.closely = False  # the system has a look that theme.told_by_palette knows nothing of
        self.language, self.percent = language, TEXT_SIZES[0]
        self._geometry: QByteArray | None = None
        if os.path.exists(self._path):  # else there is nothing to load QSettings for
            self._recall(fixed=fixed)
        self.texts: gettext.NullTranslations = i18n.texts(self.language)

    def _recall(self, *, fixed: bool) -> None:
        from PySide6.QtCore import QSettings

        kept = QSettings(self._path, QSettings.Format.IniFormat)
        self.closely = str(kept.value("look_closely", "")) == "yes"
        known = str(kept.value("language", self.language))
        if known in i18n.LANGUAGES and not fixed:
            self.language = known
        percent = str(kept.value("text_size", self.percent))
        number = int(percent) if percent.isdecimal() else 0
        if number in TEXT_SIZES:
            self.percent = number
        geometry = kept.value("geometry")
        self._geometry = geometry if isinstance(geometry, QByteArray) else None

    def choose_language(self, language: str) -> None:
        """From now on in this language."""
        self._chosen = True
        self.language = language
        self.texts = i18n.texts(language)

    def choose_percent(self, percent: int) -> None:
        """From now on in this size."""
        self._chosen = True
        self.percent = percent

    def look_closely(self, *, on: bool) -> None:
        """Whether to ask the system for the whole of its look before the next start is painted."""
        self._chosen |= on != self.closely
        self.closely = on

    def place(self, window: QWidget) -> None:
        """Put the window where it was."""
        if self._geometry is None or not window.restoreGeometry(self._geometry):
            room = window.screen().availableSize() - _TITLE_BAR
            window.resize(QSize(*_SIZE).boundedTo(room))

    def keep(self, window: QWidget) -> None:
        """Remember; where that cannot be written, the next start begins afresh."""
        if not self._chosen and not os.path.isdir(os.path.dirname(self._path)):
            return  # nothing of ours is there yet, and the window's place is no reason to begin
        from PySide6.QtCore import QSettings

        kept = QSettings(self._path, QSettings.Format.IniFormat)
        kept.setValue("geometry", window.saveGeometry())
        kept.setValue("language", self.language)
        kept.setValue("text_size", self.percent)
        kept.remove("look_closely")
        if self.closely:
            kept.setValue("look_closely", "yes")
        kept.sync()
