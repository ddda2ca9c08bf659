"""The top bar: what is always at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton

from configure587 import i18n
from configure587.gui.theme import TEXT_SIZES
from configure587.gui.widgets.controls import decided, in_lines, spoken
from configure587.gui.widgets.flowing import Flow

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from configure587.gui.view import View

_NAMES = {i18n.PORTUGUESE: "&Português", i18n.ENGLISH: "&English"}
"""Each language in its own words."""


class TopBar(QFrame):
    """Language, Learn, History, Help, the size of text."""

    language_chosen = Signal(str)
    size_chosen = Signal(int)
    learn = Signal()
    history = Signal()
    help = Signal()

    def __init__(
        self, view: View, *, enabled: bool, learn: bool = True, fixed_language: bool = False
    ) -> None:
        """Without `enabled` only looks may change: something is at work.

        Without `learn` that page is not offered; a `fixed_language` is the organization's.
        """
        super().__init__()
        self.setObjectName("bar")
        self._view = view
        line = QHBoxLayout(self)
        line.setContentsMargins(view.gap * 2, view.gap // 2, view.gap * 2, view.gap // 2)
        flow = Flow(view)
        line.addWidget(flow, 1)
        for words, pressed in (
            *([(view.gettext("&Learn"), self.learn.emit)] if learn else []),
            (view.gettext("H&istory"), self.history.emit),
            (view.gettext("&Help"), self.help.emit),
        ):
            tool = self._tool(words, pressed)
            tool.setEnabled(enabled)
            flow.add(tool)
        flow.add(self._sizes())
        other = next(each for each in i18n.LANGUAGES if each != view.language)
        self._other = other
        flow.add(self._fixed(_NAMES[other]) if fixed_language else self._choice(_NAMES[other]))

    def _choice(self, name: str) -> QToolButton:
        language = self._tool(name, self._language)
        language.setAccessibleDescription(self._view.gettext("Changes the language at once."))
        return language

    def _fixed(self, name: str) -> QToolButton:
        line = self._view.gettext("{what}: set by your organisation")
        language = self._tool(line.format(what=spoken(name)), self._language)
        language.setText(in_lines(language.text(), language.font()))
        language.setObjectName("fixed")
        language.setEnabled(False)
        language.setAccessibleDescription(decided(self._view))
        return language

    def _tool(self, words: str, pressed: Callable[[], object]) -> QToolButton:
        tool = QToolButton()
        tool.setObjectName("bar")
        tool.setText(words)
        tool.setFont(self._view.type.font(self._view.type.text))
        tool.setAccessibleName(spoken(words))
        tool.clicked.connect(pressed)
        return tool

    def _sizes(self) -> QToolButton:
        tool = QToolButton()
        tool.setObjectName("bar")
        words = self._view.gettext("Te&xt size")
        tool.setText(words)
        tool.setFont(self._view.type.font(self._view.type.text))
        tool.setAccessibleName(spoken(words))
        tool.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(tool)
        menu.setFont(tool.font())
        menu.aboutToShow.connect(self._list_sizes)  # few open it, and every start would wait
        tool.setMenu(menu)
        self._menu = menu
        return tool

    def _list_sizes(self) -> None:
        if self._menu.actions():
            return
        from PySide6.QtGui import QAction, QActionGroup

        group = QActionGroup(self._menu)
        for percent in TEXT_SIZES:
            action = QAction(f"{percent} %", group)
            action.setCheckable(True)
            action.setChecked(percent == self._view.percent)
            action.setData(percent)
            self._menu.addAction(action)
        group.triggered.connect(self._size)

    def _language(self) -> None:
        self.language_chosen.emit(self._other)

    def _size(self, action: QAction) -> None:
        self.size_chosen.emit(int(action.data()))
