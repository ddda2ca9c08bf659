"""New versions: the switch, the button, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from configure587.errors import Configure587Error
from configure587.gui.widgets.card import Card
from configure587.gui.widgets.controls import TickBox, button, column, small, text_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.gui.pages.page import PageView
    from configure587.gui.view import View
    from configure587.updates import News


class NewsCard(Card):
    """Nothing is asked before the person wants it, and nothing is ever installed from here."""

    def __init__(self, page: PageView) -> None:
        """A card of this page."""
        super().__init__(page.view)
        self._page, self._view, self._tidings = page, page.view, page.session.tidings
        self.inside.addWidget(text_label(self._view, self._("New versions"), bold=True))
        for each in self._why_not() or (self._switch(), *self._answer(), self._button()):
            self.inside.addWidget(each)

    def _(self, sentence: str) -> str:
        return self._view.texts.gettext(sentence)

    def _why_not(self) -> list[QWidget]:
        if not self._tidings.allowed:
            sentence = self._("Your organisation decides which version of Configure 587! you use.")
            words = self._("Look for new versions")
            box = TickBox(self._view, words, "", on=False, fixed=True)
            return [box, text_label(self._view, sentence)]
        if not self._tidings.is_possible:
            sentence = self._("This edition of Configure 587! looks for no new versions.")
            return [text_label(self._view, sentence)]
        return []

    def _switch(self) -> QWidget:
        about = self._(
            "At most once a day, when this window opens, {host} is asked. Nothing about you is "
            "sent, and nothing is installed: you only hear of it."
        )
        said = about.format(host=urlsplit(self._tidings.address).hostname)
        words = self._("Look for new versions")
        box = TickBox(self._view, words, said, on=self._tidings.wanted)
        box.toggled.connect(self._toggled)
        return column(self._view, box, small(self._view, said), gap=0.5)

    def _toggled(self, on: bool) -> None:
        self._tidings.want(on=on)

    def _button(self) -> QWidget:
        self._ask = button(self._view, self._("Look now"), "link", self._look)
        return self._ask

    def _look(self) -> None:
        self._ask.setEnabled(False)
        self._page.intended.emit(self._tidings.look)

    def _answer(self) -> Iterator[QWidget]:
        found = self._tidings.result
        if isinstance(found, Configure587Error):
            from configure587.report import troubles

            lines = troubles.title_and_advice(self._view.texts, found, "configure587")
            yield column(self._view, *(text_label(self._view, each) for each in lines), gap=0.5)
        elif found is not None:
            yield Told(self._view, found)


class Told(QWidget):
    """What was announced: plain text, and an address that the person may open."""

    def __init__(self, view: View, news: News) -> None:
        """Of this version."""
        from configure587.report import updates as words

        super().__init__()
        self._link = news.announcement.link
        inside: list[QWidget] = [text_label(view, words.headline(view.texts, news), bold=True)]
        inside += [text_label(view, line) for line in words.changes(view.texts, news)]
        if news.is_newer:
            text = view.gettext("Open the page with the new version")
            inside += [button(view, text, "link", self._open), small(view, self._link)]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for each in inside:
            layout.addWidget(each)

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(self._link))
