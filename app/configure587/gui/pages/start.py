"""The first page: what this does in two sentences, and one button."""

from __future__ import annotations

from configure587.gui.pages.page import PageView
from configure587.gui.widgets.drawing import Drawing


class StartPage(PageView):
    """Page 1."""

    def heading(self) -> str:
        """See PageView."""
        return self._("Is your e-mail leaving through the right door?")

    def sentence(self) -> str:
        """See PageView."""
        if not self.session.may("change"):
            return self._(
                "We look at how your mail programs send: through the old port 25, or through port "
                "587 with a protected connection. We explain what we find, and change nothing."
            )
        if not self.session.may("undo"):
            return self._(
                "We look at how your mail programs send: through the old port 25, or through port "
                "587 with a protected connection. Nothing is changed without a backup and your yes."
            )
        return self._(
            "We look at how your mail programs send: through the old port 25, or through port 587 "
            "with a protected connection. Nothing is changed without a backup and your yes, and "
            "every change can be undone."
        )

    def fill(self) -> None:
        """See PageView."""
        alternative = self._("A house with two doors: door 25 is bolted, door 587 is open to you.")
        self.add(Drawing(self.view, "house", 220, alternative))
        if self.session.sample:
            self.paragraph(
                self._(
                    "This is a sample computer, made up for trying things out. Your own e-mail is "
                    "not touched, and no server is looked at."
                )
            )
        for notice in self.session.machine.notices:
            from configure587.gui import sentences

            self.paragraph(sentences.explain(self.view.texts, notice))
        newer = self.session.tidings.newer
        if newer is not None:
            from configure587.gui.pages.news import Told
            from configure587.gui.widgets.card import Card

            self.add(Card(self.view, Told(self.view, newer)))
        if any(self.session.contact):
            from configure587.gui.widgets.contact import Strip

            self.add(Strip(self.view, self.session))
        self.primary(
            self._("&Check my e-mail"),
            self._check,
            self._("Looks at your mail programs. Changes nothing."),
        )

    def _check(self) -> None:
        self.intended.emit(self.session.check)
