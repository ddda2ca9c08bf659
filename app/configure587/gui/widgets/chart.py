"""Figures as bars: their numbers in words beside them, a visible gap where none are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from configure587.gui.widgets.card import Card
from configure587.gui.widgets.controls import small, text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from configure587.gui.view import View


class Bar(NamedTuple):
    """One row: what it is about, the figure as a person reads it, its length from 0 to 1.

    `part` is None where no figure is known: the row then shows a gap.
    """

    label: str
    words: str
    part: float | None


class Chart(Card):
    """Rows of bars; every one is text too, so a screen reader reads it like a table."""

    def __init__(self, view: View, title: str, bars: Sequence[Bar], notes: Sequence[str]) -> None:
        """`notes` say where the figures come from, and what is not known."""
        super().__init__(view)
        self.setAccessibleName(title)
        self.setAccessibleDescription("; ".join(f"{each.label}: {each.words}" for each in bars))
        inside = self.inside
        inside.addWidget(text_label(view, title, bold=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(view.gap)
        grid.setVerticalSpacing(view.gap // 2)
        for place, share in enumerate((2, 4, 3)):
            grid.setColumnStretch(place, share)
        for number, bar in enumerate(bars):
            label = text_label(view, bar.label)
            label.setAccessibleName(f"{bar.label}: {bar.words}")
            grid.addWidget(label, number, 0)
            grid.addWidget(_Line(view, bar.part), number, 1)
            grid.addWidget(text_label(view, bar.words, quiet=bar.part is None), number, 2)
        inside.addLayout(grid)
        for note in notes:
            inside.addWidget(small(view, note))


class _Line(QWidget):
    """One bar, or the gap where it would be."""

    def __init__(self, view: View, part: float | None) -> None:
        super().__init__()
        self._view = view
        self._part = part
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """See QWidget."""
        return QSize(self._view.gap * 12, self._view.gap * 3)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget."""
        del event
        theme = self._view.theme
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(1, 3, -1, -3)
        if self._part is None:
            painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box)
        else:
            box.setWidth(max(2.0, box.width() * self._part))
            painter.fillRect(box, QColor(theme.accent))
        painter.end()
