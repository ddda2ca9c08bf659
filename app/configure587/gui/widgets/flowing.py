"""Widgets side by side, or one below the other where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtWidgets import QLayoutItem

    from configure587.gui.view import View


class Flow(QWidget):
    """Buttons side by side, or one below the other where there is no room."""

    def __init__(self, view: View, *, trailing: bool = False, middle: bool = False) -> None:
        """Empty at first; `trailing` rows end where lines end, `middle` ones share the height."""
        super().__init__()
        self._layout = FlowLayout(self, view.gap, trailing=trailing, middle=middle)

    def add(self, widget: QWidget) -> None:
        """One more."""
        self._layout.addWidget(widget)


class FlowLayout(QHBoxLayout):
    """Lays widgets out like words in a line; see QLayout for what each method promises."""

    def __init__(self, parent: QWidget, gap: int, *, trailing: bool, middle: bool) -> None:
        """`gap` is the distance between two, in pixels; for the rest see Flow."""
        super().__init__(parent)
        self._trailing = trailing
        self._middle = middle
        self.setContentsMargins(0, 0, 0, 0)
        self._gap = gap

    def hasHeightForWidth(self) -> bool:  # noqa: N802, D102 - Qt's
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802, D102 - Qt's
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def minimumHeightForWidth(self, width: int) -> int:  # noqa: N802, D102 - Qt's
        return self.heightForWidth(width)

    def maximumSize(self) -> QSize:  # noqa: N802, D102 - Qt's
        return QLayout.maximumSize(self)  # a row's end may stay empty

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802, D102 - Qt's
        QLayout.setGeometry(self, rect)  # not the one that puts all in one row
        over = rect.height() - self.heightForWidth(rect.width()) if self._middle else 0
        self._arrange(rect.translated(0, max(0, over) // 2), move=True)

    def sizeHint(self) -> QSize:  # noqa: N802, D102 - Qt's
        widths = [each.sizeHint().width() for each in self._items()]
        return QSize(sum(widths) + self._gap * len(widths), self.minimumSize().height())

    def minimumSize(self) -> QSize:  # noqa: N802, D102 - Qt's
        found = QSize()
        for each in self._items():
            found = found.expandedTo(each.sizeHint())
        return found

    def _items(self) -> Iterator[QLayoutItem]:
        for index in range(self.count()):
            item = self.itemAt(index)
            assert item is not None  # there are as many as are counted
            yield item

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Lay out, or only find out how high that would be; the height."""
        y = 0
        for row in self._rows(rect.width()):
            if move:
                self._place(row, rect.translated(0, y))
            y += max(item.sizeHint().height() for item in row) + self._gap // 2
        return max(0, y - self._gap // 2)

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = []
        x = 0
        for item in self._items():
            wide = item.sizeHint().width()
            if rows and x + wide <= width:
                rows[-1].append(item)
            else:
                rows.append([item])
                x = 0
            x += wide + self._gap
        return rows

    def _place(self, row: Sequence[QLayoutItem], rect: QRect) -> None:
        parent = self.parentWidget()
        mirrored = parent is not None and parent.isRightToLeft()
        tall = max(item.sizeHint().height() for item in row)
        wide = sum(item.sizeHint().width() + self._gap for item in row) - self._gap
        x = rect.width() - wide if self._trailing else 0
        for item in row:
            size = item.sizeHint()
            left = rect.width() - x - size.width() if mirrored else x
            top = (tall - size.height()) // 2
            item.setGeometry(QRect(rect.topLeft() + QPoint(left, top), size))
            x += size.width() + self._gap
