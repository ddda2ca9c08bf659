"""One account, one card: the address, the program, one sentence, the state word; details folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from configure587.gui import sentences, theme
from configure587.gui.widgets import drawing
from configure587.gui.widgets.controls import (
    WIDE,
    WIDEST,
    Fold,
    Text,
    button,
    column,
    small,
    text_label,
)
from configure587.gui.widgets.flowing import Flow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configure587.gui.view import View
    from configure587.model import Finding, Verdict

_WIDEST = 640  # pixels of a state in one line, however large its text


class Card(QFrame):
    """A raised card; what is in it stands in `inside`, one below the other."""

    def __init__(self, view: View, *widgets: QWidget) -> None:
        """`widgets` are in it from the beginning."""
        super().__init__()
        self.setObjectName("card")
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(*(view.gap * 2,) * 4)
        self.inside.setSpacing(view.gap)
        for widget in widgets:
            self.inside.addWidget(widget)


def state_icon(verdict: Verdict) -> str:
    """The drawing of a state; each has a shape of its own."""
    return "state-" + verdict.value.replace("_", "-")


class Chip(QWidget):
    """A state's word with its icon: color never speaks alone."""

    def __init__(self, view: View, words: str, icon: str, colors: tuple[str, str]) -> None:
        """`colors` are ink and back."""
        super().__init__()
        ink, back = colors
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("chip")
        radius = view.gap // 2
        self.setStyleSheet(
            f"QWidget#chip {{ background: {back}; border: 1px solid {ink}; "
            f"border-radius: {radius}px; }} QLabel {{ color: {ink}; }}"
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(view.gap, view.gap // 2, view.gap, view.gap // 2)
        line.addWidget(drawing.Ornament(view, icon, 20))
        label = Text()
        label.setFont(view.type.font(view.type.text, bold=True))
        label.setText(words)
        wide = label.fontMetrics().horizontalAdvance(words)
        wraps = wide > min(round(WIDEST * view.percent / 100), _WIDEST)
        label.setWordWrap(wraps)
        line.addWidget(label, 1)
        self.setAccessibleName(words)
        if wraps:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)


class AccountCard(Card):
    """What was found about one account."""

    asked_why = Signal(object)  # Finding
    asked_help = Signal(object)  # Finding

    def __init__(self, view: View, finding: Finding, *, helps: bool, explains: bool = True) -> None:
        """`helps` says that there is a page that helps with it, `explains` one that says why."""
        super().__init__(view)
        self.finding = finding
        texts = view.texts
        name = sentences.account(texts, finding)
        word = sentences.state(texts, finding.verdict)
        self.setAccessibleName(f"{name}: {word}")
        inside = self.inside
        inside.addLayout(self._head(view, name, word))
        inside.addWidget(text_label(view, sentences.summary(texts, finding)))
        if helps or explains:
            inside.addWidget(self._buttons(view, name, helps=helps, explains=explains))
        lines = [text_label(view, line) for line in sentences.details(texts, finding)]
        about = column(view, *lines)
        inside.addWidget(Fold(view, view.gettext("Details"), about, about=name))

    def _head(self, view: View, name: str, word: str) -> QBoxLayout:
        beside = view.percent <= WIDE
        head = QHBoxLayout() if beside else QVBoxLayout()
        head.setSpacing(view.gap)
        program = small(view, sentences.program(view.texts, self.finding.profile))
        address = text_label(view, name, points=view.type.text * 1.15, bold=True)
        head.addWidget(column(view, address, program, gap=0), 1)
        colors = theme.of_verdict(view.theme, self.finding.verdict)
        chip = Chip(view, word, state_icon(self.finding.verdict), colors)
        head.addWidget(
            chip, 0, Qt.AlignmentFlag.AlignTop if beside else Qt.AlignmentFlag.AlignLeading
        )
        return head

    def _buttons(self, view: View, name: str, *, helps: bool, explains: bool) -> Flow:
        flow = Flow(view)
        if helps:
            words = view.gettext("What can I do?")
            help_ = button(view, words, "secondary", self._help)
            help_.setAccessibleName(f"{words} ({name})")
            flow.add(help_)
        if explains:
            words = view.gettext("Why?")
            why = button(view, words, "link", self._why)
            why.setAccessibleName(f"{words} ({name})")
            flow.add(why)
        return flow

    def _why(self) -> None:
        self.asked_why.emit(self.finding)

    def _help(self) -> None:
        self.asked_help.emit(self.finding)


def stacked(view: View, lines: Iterable[str]) -> QWidget:
    """Sentences one below the other."""
    return column(view, *(text_label(view, line) for line in lines))
