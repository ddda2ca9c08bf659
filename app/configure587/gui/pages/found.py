"""What we found: one card per account, one below the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from configure587.gui import sentences
from configure587.gui.pages.page import PageView
from configure587.gui.widgets.card import AccountCard, Card, stacked
from configure587.gui.widgets.drawing import Drawing
from configure587.report import text

if TYPE_CHECKING:
    from configure587.model import Finding


class _Cards(PageView):
    """A page that shows the accounts as cards."""

    def cards(self) -> None:
        """All cards, and what was put right before anything else."""
        recovered = self.session.recovered
        if recovered:
            lines = text.recovered(sentences.style(self.view.texts), recovered)
            self.add(Card(self.view, stacked(self.view, filter(None, lines))))
        needy = self.session.needy
        for finding in self.session.findings:
            card = AccountCard(
                self.view, finding, helps=finding in needy, explains=self.session.may("learn")
            )
            card.asked_why.connect(self._why)
            card.asked_help.connect(self._help)
            self.add(card)

    def _why(self, finding: Finding) -> None:
        self.intended.emit(partial(self.session.learn, sentences.why(finding)))

    def _help(self, finding: Finding) -> None:
        self.intended.emit(partial(self.session.show, finding))


class FoundPage(_Cards):
    """Page 3: something needs a change, or a person."""

    def heading(self) -> str:
        """See PageView."""
        return self._("What we found")

    def sentence(self) -> str:
        """See PageView."""
        plan = self.session.plan
        count = len(plan.steps) if plan is not None else 0
        if not count:
            return self._("There is nothing that we can change by ourselves. Look at each account.")
        if not self.session.may("change"):
            line = self.view.texts.ngettext(
                "{count} account needs the change. This window only looks and explains: your "
                "organisation decides when it is changed.",
                "{count} accounts need the change. This window only looks and explains: your "
                "organisation decides when they are changed.",
                count,
            )
            return line.format(count=count)
        line = self.view.texts.ngettext(
            "{count} account needs the change. We show you each step first.",
            "{count} accounts need the change. We show you each step first.",
            count,
        )
        return line.format(count=count)

    def fill(self) -> None:
        """See PageView."""
        plan = self.session.plan
        for remark in plan.remarks if plan is not None and not self.session.sample else ():
            self.paragraph(sentences.explain(self.view.texts, remark))
        self.cards()
        may_change = self.session.may("change")
        if not may_change:
            self.whom_to_ask()
        if plan is not None and plan.steps and may_change:
            words = self._("&Show what will change")
            self.primary(words, self._go_on, self._("Nothing is changed yet."))
        elif self.session.needy:
            self.primary(self._("Show &what I can do"), self._go_on)
        else:
            self.primary(self._("Look a&gain"), self.look_again)

    def _go_on(self) -> None:
        self.intended.emit(self.session.go_on)


class AllGoodPage(_Cards):
    """Page 8: nothing has to be changed."""

    def heading(self) -> str:
        """See PageView."""
        return self._("All good")

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "Your e-mail leaves through the right door, or there is a good reason to leave it as "
            "it is. You need not do anything."
        )

    def fill(self) -> None:
        """See PageView."""
        alternative = self._("A letter leaves the house through door 587.")
        self.add(Drawing(self.view, "letter-leaves", 160, alternative))
        self.cards()
        if self.session.may("learn"):
            self.primary(self._("Learn &why this matters"), self._learn)
        else:
            self.primary(self._("Look a&gain"), self.look_again)

    def _learn(self) -> None:
        self.intended.emit(self.session.learn)


class NoProgramPage(PageView):
    """Page 9: no mail program that we know."""

    def heading(self) -> str:
        """See PageView."""
        return self._("We found no mail program")

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "If you read your e-mail in the browser, on a site such as your provider's, there is "
            "nothing to change."
        )

    def fill(self) -> None:
        """See PageView."""
        words = self._(
            "We look for Thunderbird and its relatives, Outlook, Windows Live Mail and a few "
            "others, for the person who is signed in to this computer. If you use another "
            "program, the steps to do it by hand are under Help."
        )
        if self.session.may("phone"):
            words = self._(
                "We look for Thunderbird and its relatives, Outlook, Windows Live Mail and a few "
                "others, for the person who is signed in to this computer. If you use another "
                "program, or a phone, the steps to do it by hand are under Help."
            )
        self.paragraph(words)
        self.primary(self._("&Open Help"), self._help)
        self.secondary(self._("Look a&gain"), self.look_again)

    def _help(self) -> None:
        self.intended.emit(self.session.help)
