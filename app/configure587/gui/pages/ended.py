"""How it went: done, put back, or undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.gui import sentences, theme
from configure587.gui.pages.page import PageView
from configure587.gui.widgets.card import Card, Chip, stacked, state_icon
from configure587.gui.widgets.controls import button, text_label
from configure587.gui.widgets.drawing import Drawing
from configure587.model import Result, Verdict

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFrame

    from configure587.gui.view import View
    from configure587.model import Outcome


def outcome_card(view: View, outcome: Outcome) -> QFrame:
    """One profile and how it went."""
    texts = view.texts
    good = outcome.result in sentences.RESULTS_GOOD
    stopped = Verdict.LEFT_ALONE if outcome.result is Result.STOPPED else Verdict.STUCK
    looks = Verdict.FINE if good else stopped
    words = sentences.result(texts, outcome)
    name = text_label(view, sentences.who(texts, outcome), bold=True)
    chip = Chip(view, words, state_icon(looks), theme.of_verdict(view.theme, looks))
    lines = [sentences.explain(texts, each) for each in outcome.reasons]
    card = Card(view, name, chip, stacked(view, lines))
    card.setAccessibleName(f"{sentences.who(texts, outcome)}: {words}")
    return card


class _Outcomes(PageView):
    """A page that shows how it went with every profile."""

    def outcomes(self) -> None:
        """One card a profile."""
        for outcome in self.session.outcomes:
            self.add(outcome_card(self.view, outcome))

    def reporting(self) -> None:
        """A button to the report, where there is one."""
        if self.session.may("report"):
            self.secondary(self._("Save or print a &report"), self.make_report)


class DonePage(_Outcomes):
    """Page 7."""

    def heading(self) -> str:
        """See PageView."""
        if all(each.result is Result.CHANGED for each in self.session.outcomes):
            return self._("Done")
        return self._("Done, but not everywhere")

    def sentence(self) -> str:
        """See PageView."""
        changed = [each for each in self.session.outcomes if each.result is Result.CHANGED]
        programs = list(dict.fromkeys(each.profile.program for each in changed))
        ports = {step.finding.target.port for step in self.session.chosen if step.finding.target}
        line = self._(
            "Your e-mail now leaves through port {port}. Open {program} and send a test message to "
            "yourself."
        )
        if len(ports) != 1:
            line = self._(
                "Your e-mail now leaves through a protected door. Open {program} and send a test "
                "message to yourself."
            )
        named = sentences.together(self.view.texts, programs)
        return line.format(program=named, port=next(iter(ports), ""))

    def fill(self) -> None:
        """See PageView."""
        alternative = self._("A letter leaves the house through door 587.")
        self.add(Drawing(self.view, "letter-leaves", 180, alternative))
        words = self._(
            "If the message comes back to you, all is well. If sending fails, ask whoever looks "
            "after this computer: they can undo the change."
        )
        if self.session.may("undo"):
            words = self._(
                "If the message comes back to you, all is well. If sending fails, press Undo: it "
                "puts the settings back as they were. You can do that later too, under History."
            )
        self.paragraph(words)
        if not self.session.may("undo"):
            self.whom_to_ask()
        self.outcomes()
        if self.session.needy:
            words = self._("There is more that needs you: accounts that we could not change.")
            show = button(self.view, self._("Show &what I can do"), "secondary", self._needy)
            self.add(Card(self.view, text_label(self.view, words), show))
        if self.session.may("undo"):
            back = self._("Puts the settings back as they were.")
            self.secondary(self._("&Undo"), self._undo, back)
        self.reporting()
        self.primary(self._("&Finish"), self.go_home)

    def _needy(self) -> None:
        self.intended.emit(self.session.show_needy)

    def _undo(self) -> None:
        self.intended.emit(self.session.undo)


class NotChangedPage(_Outcomes):
    """Page 15: it did not work, and everything is as it was."""

    def heading(self) -> str:
        """See PageView."""
        if self._is_half_done():
            return self._("Not everything is as it was yet")
        return self._("Nothing was changed")

    def _is_half_done(self) -> bool:
        return any(each.result is Result.BROKEN for each in self.session.outcomes)

    def sentence(self) -> str:
        """See PageView."""
        if self._is_half_done():
            return self._(
                "It did not work, and not everything could be put back at once. Press Try again: "
                "before anything else, everything is put back. The backup is there."
            )
        if all(each.result is Result.STOPPED for each in self.session.outcomes):
            return self._("You stopped it, so everything is as it was before.")
        return self._("It did not work, so everything is as it was before. Below is why.")

    def fill(self) -> None:
        """See PageView."""
        self.outcomes()
        self.whom_to_ask()
        self.primary(self._("&Try again"), self.look_again)
        self.reporting()


class UndonePage(_Outcomes):
    """Page 17."""

    def heading(self) -> str:
        """See PageView."""
        results = {each.result for each in self.session.outcomes}
        if not results:
            return self._("Nothing to undo")
        if results <= {Result.UNDONE, Result.UNCHANGED, Result.STOPPED}:
            return self._("Undone")
        return self._("Not everything could be undone")

    def sentence(self) -> str:
        """See PageView."""
        if not self.session.outcomes:
            return self._("There was nothing to undo.")
        if all(each.result is Result.UNDONE for each in self.session.outcomes):
            return self._("Your settings are as they were before the change.")
        return self._("What follows says for each profile how it is now.")

    def fill(self) -> None:
        """See PageView."""
        self.outcomes()
        self.primary(self._("Back to the &start"), self.go_home)
        self.reporting()
