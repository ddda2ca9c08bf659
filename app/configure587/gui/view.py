"""How things are shown just now: the language, the theme, the size of text, the motion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QLocale
from PySide6.QtGui import QFont, QGuiApplication

from configure587 import i18n
from configure587.gui import theme

if TYPE_CHECKING:
    import gettext

    from configure587.gui.theme import Theme, Type


class View(NamedTuple):
    """What every page needs to show itself; a page is made anew when any of it changes."""

    texts: gettext.NullTranslations
    theme: Theme
    percent: int = 100  # size of text

    @property
    def still(self) -> bool:
        """Whether motion is to be reduced."""
        return theme.reduced_motion()

    def gettext(self, sentence: str) -> str:
        """A sentence in the reader's language."""
        return self.texts.gettext(sentence)

    @property
    def language(self) -> str:
        """The language, as i18n names it."""
        return i18n.language_of(self.texts)

    @property
    def locale(self) -> QLocale:
        """How numbers and days are written in that language."""
        return QLocale(self.language.replace("-", "_"))

    @property
    def type(self) -> Type:
        """The sizes of text."""
        return theme.type_sizes(self.percent, SYSTEM_FONT.points())

    @property
    def gap(self) -> int:
        """The unit of distance, in pixels."""
        return round(theme.GAP * self.percent / 100)


class _SystemFont:
    """The system's own size of text, remembered before we change the application's."""

    def __init__(self) -> None:
        self._points = 0.0

    def points(self) -> float:
        if not self._points:
            font: QFont = QGuiApplication.font()
            self._points = font.pointSizeF() if font.pointSizeF() > 0 else 10.0
        return self._points


SYSTEM_FONT = _SystemFont()
