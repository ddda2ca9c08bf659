"""Learn: the campaign explained, and what it means for this person's own accounts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from configure587 import awareness
from configure587.awareness import Topic, Trouble
from configure587.gui import routes
from configure587.gui.pages.page import PageView, leaflets
from configure587.gui.widgets.card import Card
from configure587.gui.widgets.controls import WIDE, Fold, button, column, small, text_label
from configure587.gui.widgets.drawing import Drawing
from configure587.gui.widgets.flowing import Flow
from configure587.gui.widgets.prose import Prose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QFrame, QWidget

    from configure587.awareness import Entry, Page, Pages
    from configure587.formats.leaflet import Block
    from configure587.gui.session import Session
    from configure587.gui.view import View


class _Leaflets(PageView):
    """A page made of our own texts."""

    def __init__(self, view: View, session: Session) -> None:
        """The texts in the window's language."""
        self.pages: Pages = leaflets(view.language)
        self._shown = awareness.alternatives(view.language)
        super().__init__(view, session)

    def prose(self, blocks: Iterable[Block]) -> QWidget:
        """Paragraphs whose links lead on."""
        return column(self.view, *(self._paragraph(block) for block in blocks))

    def entry(self, entry: Entry, *, named: bool = True) -> QFrame:
        """One entry as a card: its drawing, its title, its text, its sources."""
        inside: list[QWidget] = []
        if entry.drawing:
            inside.append(
                Drawing(self.view, entry.drawing, 120, self._shown.get(entry.drawing, ""))
            )
        if named:
            inside.append(text_label(self.view, entry.title, bold=True))
        inside.append(self.prose(entry.blocks))
        sources = self._sources(entry)
        if sources:
            inside.append(small(self.view, sources))
        card = Card(self.view, *inside)
        card.setAccessibleName(entry.title)
        return card

    def troubled(self, page: Page) -> None:
        """Say that a page could not be read as it should, and go on."""
        if page.trouble is not None and page.language:
            self.paragraph(self._("This page could not be read in your language."))
        elif page.trouble is not None:
            self.unreadable()

    def unreadable(self) -> None:
        """Say that something of ours is damaged, and what may help."""
        self.paragraph(
            self._("This page could not be read. Installing Configure 587! again may help.")
        )

    def follow(self, target: str) -> None:
        """A link was followed."""
        kind, _colon, name = target.partition(":")
        if kind in {"http", "https"}:
            QDesktopServices.openUrl(QUrl(target))
        elif kind == "term":
            self.intended.emit(partial(self.session.look_up, name))
        elif kind == "ref":
            self.intended.emit(partial(self.session.learn, Topic.REFERENCES.value))
        else:
            self.intended.emit(partial(self.session.learn, name))

    def _paragraph(self, block: Block) -> Prose:
        found = Prose(self.view, block)
        found.followed.connect(self.follow)
        return found

    def _sources(self, entry: Entry) -> str:
        named = [self.pages.references.entry(each) for each in entry.sources]
        titles = [each.title for each in named if each is not None]
        if not titles:
            return ""
        return self._("Sources: {titles}").format(titles="; ".join(titles))


class LearnPage(_Leaflets):
    """Page 20: one topic at a time."""

    def heading(self) -> str:
        """See PageView."""
        if self._entry() is not None:
            return self._entry_title()
        return self._page().title or self._("Learn")

    def fill(self) -> None:
        """See PageView."""
        beside = self.view.percent <= WIDE
        if beside:
            self.add(self._leading())
        self._tell(self._page())
        if not beside:  # large text: what one came for comes first
            self.add(self._leading())

    def _tell(self, page: Page) -> None:
        self.troubled(page)
        entry = self._entry()
        if entry is not None:
            self.add(self.entry(entry, named=False))
            return
        self.add(self.prose(page.blocks))
        fill = {
            Topic.BEFORE_AFTER: self._before_after,
            Topic.CHARTS: self._charts,
            Topic.QUESTIONS: self._folded,
            Topic.REFERENCES: self._references,
        }.get(page.topic, self._entries)
        fill(page)

    def _leading(self) -> Flow:
        flow = Flow(self.view)
        for page in self.pages:
            if page.title:
                flow.add(_Lead(self, page))
        return flow

    def _page(self) -> Page:
        known = {page.topic.value: page for page in self.pages}
        topic = self.session.topic or Topic.CARDS.value
        return known.get(topic) or self.pages.why

    def _entry(self) -> Entry | None:
        return self.pages.why.entry(self.session.topic)

    def _entry_title(self) -> str:
        entry = self._entry()
        return entry.title if entry is not None else ""

    def _entries(self, page: Page) -> None:
        for entry in page.entries:
            self.add(self.entry(entry))

    def _folded(self, page: Page) -> None:
        for entry in page.entries:
            self.add(Fold(self.view, entry.title, self.prose(entry.blocks)))

    def _references(self, page: Page) -> None:
        for entry in page.entries:
            words = [entry.title, entry.where, entry.text]
            self.add(column(self.view, *(text_label(self.view, each) for each in words if each)))

    def _before_after(self, page: Page) -> None:
        from configure587.gui.pages import before_after

        picture = awareness.diagram()
        if isinstance(picture, Trouble):
            self.unreadable()
            self._entries(page)
            return
        found = routes.as_it_is(self.session.plan, self.session.outcomes)
        self.add(before_after.Story(self.view, picture, page, found))

    def _charts(self, page: Page) -> None:
        from configure587.gui.pages import charts

        figures = awareness.figures()
        if isinstance(figures, Trouble):
            self.unreadable()
        else:
            self.add(charts.notifications(self.view, figures, page))
            self.add(charts.standings(self.view, figures, page))
        for name in ("scans", "spampots"):
            entry = page.entry(name)
            if entry is not None:
                self.add(self.entry(entry))


class _Lead(Flow):
    """A link to one page of Learn."""

    def __init__(self, leaflets: _Leaflets, page: Page) -> None:
        """`page` is where it leads."""
        super().__init__(leaflets.view)
        self._leaflets = leaflets
        self._topic = page.topic.value
        self.add(button(leaflets.view, page.title, "link", self._follow))

    def _follow(self) -> None:
        self._leaflets.follow(f"topic:{self._topic}")


class GlossaryPage(_Leaflets):
    """Page 21: one word explained, or all of them."""

    def heading(self) -> str:
        """See PageView."""
        term = self._term()
        return term.title if term is not None else self.pages.glossary.title

    def fill(self) -> None:
        """See PageView."""
        self.troubled(self.pages.glossary)
        term = self._term()
        if term is None:
            for entry in self.pages.glossary.entries:
                self.add(self.entry(entry))
            return
        self.add(self.entry(term, named=False))
        self.secondary(self._("&All words"), self._all)

    def _term(self) -> Entry | None:
        return self.pages.glossary.entry(self.session.topic)

    def _all(self) -> None:
        self.intended.emit(partial(self.session.look_up, ""))
