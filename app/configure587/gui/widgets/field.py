"""A question with a line to type the answer into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from configure587.gui.widgets.controls import text_label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from configure587.gui.view import View

ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Field(QWidget):
    """One line to type, with its question above it."""

    typed = Signal(str)  # after each key
    entered = Signal()  # with Enter

    def __init__(self, view: View, question: str, text: str = "") -> None:
        """`question` is also the name that a screen reader says."""
        super().__init__()
        label = text_label(view, question)
        self.line = QLineEdit(text)
        self.line.setFont(view.type.font(view.type.text))
        self.line.setAccessibleName(question)
        self.line.setMaximumWidth(label.maximumWidth())
        self.line.textChanged.connect(self.typed)
        self.line.returnPressed.connect(self.entered)
        label.setBuddy(self.line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(view.gap // 2)
        layout.addWidget(label)
        layout.addWidget(self.line)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: Enter answers this question; it does not press the page's main button."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)

    @property
    def text(self) -> str:
        """What was typed, without the blanks around it."""
        return self.line.text().strip()
