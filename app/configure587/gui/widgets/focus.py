"""The ring around whatever has the keyboard's focus, the same on every system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_WIDTH = 2  # pixels, and as many of distance
_MOVES = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}


class FocusRing(QWidget):
    """Lies over the window, lets every click through, and follows the focus."""

    def __init__(self, window: QWidget) -> None:
        """`window` is what it lies over."""
        super().__init__(window)
        self._window = window
        self._color = QColor()
        self._followed: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)
        self._follow(None, application.focusWidget())

    def dress(self, color: str) -> None:
        """The color of the theme."""
        self._color = QColor(color)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See QObject: the focused widget, or something that holds it, has moved."""
        del watched
        if event.type() in _MOVES:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._color, _WIDTH))
        inset = _WIDTH // 2
        painter.drawRoundedRect(self.rect().adjusted(inset, inset, -inset, -inset), 4, 4)
        painter.end()

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        del old
        for widget in self._followed:
            if isValid(widget):  # the page that held it may be gone
                widget.removeEventFilter(self)
        self._followed = []
        if new is None or not self._window.isAncestorOf(new):
            self.hide()
            return
        holder = new
        while holder is not self._window:
            holder.installEventFilter(self)
            self._followed.append(holder)
            if isinstance(holder, QScrollArea):  # Qt does so only from one child to the next
                holder.ensureWidgetVisible(new)
            above = holder.parentWidget()
            assert above is not None  # the window holds it
            holder = above
        self._place()

    def _place(self) -> None:
        focused = self._followed[0] if self._followed else None
        if focused is None or not isValid(focused) or not focused.isVisible():
            self.hide()
            return
        out = _WIDTH * 2
        corner = focused.mapTo(self._window, QPoint(0, 0))
        self.setGeometry(QRect(corner, focused.size()).adjusted(-out, -out, out, out))
        self.show()
        self.raise_()
