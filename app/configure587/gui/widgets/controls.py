"""Text and buttons, each with the name and description that a screen reader says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from configure587.gui.theme import tick_box_palette
from configure587.gui.widgets.breaks import MARK, breakable, unbroken
from configure587.gui.widgets.worded import give

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import Qt
    from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QFont, QMouseEvent

    from configure587.gui.view import View

WIDE = 125  # percent of text size up to which things stand side by side
_LINE = 70  # characters, about: longer lines are hard to read
WIDEST = 380  # pixels of words in one line of a button or of a state
_MOST = 1000  # of the room in a row


def text_label(
    view: View,
    text: str,
    *,
    points: float | None = None,
    bold: bool = False,
    quiet: bool = False,
) -> Text:
    """A paragraph, as text that is no markup; it can be selected and copied."""
    label = Text()
    label.setText(text)
    dress_text(view, label, text, points=points, bold=bold)
    give(label, textInteractionFlags="TextSelectableByMouse", focusPolicy="NoFocus")
    label.explained = not bold and points is None
    if quiet:
        label.setStyleSheet(f"color: {view.theme.quiet}")
    return label


class Text(QLabel):
    """Text that is as high as it needs, and breaks words for which there is no room.

    `explained` says that words in it may lead to the glossary.
    """

    explained = False

    def __init__(self) -> None:
        """Without words at first."""
        super().__init__()
        self._plain = True
        give(self, textFormat="PlainText")

    def setTextFormat(self, form: Qt.TextFormat) -> None:  # noqa: N802 - Qt's name
        """See QLabel."""
        from PySide6.QtCore import Qt

        super().setTextFormat(form)
        self._plain = form is Qt.TextFormat.PlainText

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """See QLabel."""
        super().setText(breakable(text) if self._plain else text)

    def setTextInteractionFlags(self, flags: Qt.TextInteractionFlag) -> None:  # noqa: N802 - Qt's
        """See QLabel: only a text with links takes the focus."""
        from PySide6.QtCore import Qt

        super().setTextInteractionFlags(flags)
        if not flags & Qt.TextInteractionFlag.LinksAccessibleByKeyboard:
            give(self, focusPolicy="NoFocus")

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """See QWidget: a layout asks for more width than the text may ever have."""
        return super().heightForWidth(min(width, self.maximumWidth()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: what was selected is pasted as it is written."""
        super().mouseReleaseEvent(event)
        clipboard = QGuiApplication.clipboard()
        if self.hasSelectedText() and clipboard.supportsSelection():
            clipboard.setText(unbroken(self.selectedText()), clipboard.Mode.Selection)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: a text with marks in it is copied at once, without them."""
        if unbroken(self.text()) == self.text():
            super().contextMenuEvent(event)
            return
        chosen = self.selectedText() if self.hasSelectedText() else self.accessibleName()
        QGuiApplication.clipboard().setText(unbroken(chosen))
        import html  # its table of entities takes its time

        words = html.escape(f"\N{CHECK MARK} {unbroken(chosen)}")  # marks in it stay letters
        QToolTip.showText(event.globalPos(), f"<qt>{words}</qt>", self)


class TickBox(QWidget):
    """A tick box whose words may wrap; Qt's own never do."""

    toggled = Signal(bool)

    def __init__(
        self, view: View, words: str, description: str, *, on: bool, fixed: bool = False
    ) -> None:
        """`words` are what it is about; `on` says whether it is ticked, `fixed` that it stays so.

        What is fixed is the organization's word, and says so.
        """
        super().__init__()
        self.box = QCheckBox()
        self.box.setChecked(on)
        self.box.setPalette(tick_box_palette(view.theme))
        self.box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.box.setAccessibleName(words)
        self.box.setAccessibleDescription(decided(view) if fixed else description)
        self.box.setEnabled(not fixed)
        self.box.toggled.connect(self.toggled)
        self.box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._words = Text()
        self._words.setText(words)
        dress_text(view, self._words, words, points=view.type.text * 1.15, bold=True)
        from PySide6.QtCore import Qt

        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(view.gap)
        line.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        said: QWidget = self._words
        if fixed:
            self._words.setStyleSheet(f"color: {view.theme.quiet}")
            said = column(view, self._words, small(view, decided(view)), gap=0.5)
        line.addWidget(said, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: the words belong to the box."""
        if self.rect().contains(event.position().toPoint()):
            self.box.click()


def decided(view: View) -> str:
    """Whose word it is that something cannot be chosen here."""
    return view.gettext("set by your organisation")


def dress_text(
    view: View, label: Text, spoken_as: str, *, points: float | None = None, bold: bool = False
) -> None:
    """What all text has in common: it wraps, in lines that are not too long."""
    label.setWordWrap(True)
    label.setFont(view.type.font(points or view.type.text, bold=bold))
    label.setAccessibleName(spoken_as)
    metrics = QFontMetrics(label.font())
    label.setMaximumWidth(metrics.averageCharWidth() * _LINE)
    policy = label.sizePolicy()  # it knows that wrapped text is the higher, the narrower it is
    policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
    label.setSizePolicy(policy)


def title(view: View, text: str) -> Text:
    """The title of a page."""
    return text_label(view, text, points=view.type.title, bold=True)


def small(view: View, text: str) -> Text:
    """Small print."""
    return text_label(view, text, points=view.type.small, quiet=True)


class Button(QPushButton):
    """A button whose words wrap where there is no room, and whose name is spoken whole."""

    def __init__(self, view: View, text: str, kind: str, description: str = "") -> None:
        """`kind` is primary, secondary or link; `text` marks its mnemonic with &."""
        font = view.type.font(view.type.text, bold=kind == "primary")
        super().__init__(in_lines(text, font))
        self.setObjectName(kind)
        self.setFont(font)
        self.setAutoDefault(True)  # Enter presses what has the focus
        self.setDefault(kind == "primary")
        self.setAccessibleName(spoken(text))
        self.setAccessibleDescription(description)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: the mouse shows a hand."""
        from PySide6.QtCore import Qt

        self.setCursor(Qt.CursorShape.PointingHandCursor)
        super().enterEvent(event)


def button(
    view: View, text: str, kind: str, pressed: Callable[[], object], description: str = ""
) -> Button:
    """A button that does something; `pressed` is a method of a QObject."""
    found = Button(view, text, kind, description)
    found.clicked.connect(pressed)
    return found


def in_lines(text: str, font: QFont) -> str:
    """A button's words in as many lines as they need: Qt wraps none itself."""
    metrics = QFontMetrics(font)
    lines: list[str] = []
    for word in re.split(rf"( |{MARK})", breakable(text)):
        longer = (lines[-1] if lines else "") + word
        if lines and metrics.horizontalAdvance(longer) <= WIDEST:
            lines[-1] = longer
        elif word.strip(f" {MARK}"):
            lines.append(word)
    return "\n".join(unbroken(line) for line in lines)


def spoken(text: str) -> str:
    """A button's words without the mark of its mnemonic."""
    return text.replace("&&", "\N{NULL}").replace("&", "").replace("\N{NULL}", "&")


class Fold(QWidget):
    """Details that a person may unfold."""

    def __init__(self, view: View, words: str, inside: QWidget, *, about: str = "") -> None:
        """`words` say what is folded; `about` tells one "Details" from the next, when spoken."""
        super().__init__()
        self._inside = inside
        self._handle = QToolButton()
        self._handle.setObjectName("link")
        self._handle.setFont(view.type.font(view.type.text))
        self._handle.setText(in_lines(words, self._handle.font()))
        give(self._handle, toolButtonStyle="ToolButtonTextBesideIcon", arrowType="RightArrow")
        self._handle.setAccessibleName(f"{words} ({about})" if about else words)
        self._handle.setAccessibleDescription(view.gettext("Shows or hides more about this."))
        self._handle.clicked.connect(self._turn)  # checkable, it would be read as a tick box
        from PySide6.QtCore import Qt

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._handle, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(inside)
        inside.setVisible(False)

    def unfold(self, on: bool) -> None:
        """Show or hide what is inside."""
        give(self._handle, arrowType="DownArrow" if on else "RightArrow")
        self._inside.setVisible(on)

    def _turn(self) -> None:
        self.unfold(self._inside.isHidden())


def column(view: View, *widgets: QWidget, gap: float = 1) -> QWidget:
    """Widgets one below the other."""
    found = QWidget()
    layout = QVBoxLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(round(view.gap * gap))
    for widget in widgets:
        layout.addWidget(widget)
    return found


def row(view: View, *widgets: QWidget) -> QWidget:
    """Widgets side by side, from the beginning of the line."""
    found = QWidget()
    layout = QHBoxLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(view.gap)
    for widget in widgets:  # text takes what it needs before it wraps
        layout.addWidget(widget, _MOST if isinstance(widget, Text) else 0)
    layout.addStretch(1)
    return found


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Have a screen reader say what has just changed; not before there is a window to hear of."""
    if not widget.isVisible():
        return
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
