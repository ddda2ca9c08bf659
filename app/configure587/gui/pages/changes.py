"""What will change: per account the port and the protection, before and after."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from configure587.gui import sentences
from configure587.gui.pages.page import PageView
from configure587.gui.widgets.card import Card, stacked
from configure587.gui.widgets.controls import Fold, TickBox, small, text_label
from configure587.report import text
from configure587.report.sentences import PROTECTION

if TYPE_CHECKING:
    from configure587.gui.view import View
    from configure587.model import Finding, Step


class StepCard(Card):
    """One account's change, with its tick box."""

    ticked = Signal(str, bool)  # finding id, on

    def __init__(self, view: View, step: Step, *, on: bool) -> None:
        """`on` says whether it is ticked."""
        super().__init__(view)
        self._id = step.finding.id
        name = sentences.account(view.texts, step.finding)
        inside = self.inside
        described = view.gettext("Take this account into the change: {change}")
        words = described.format(change=in_words(view, step))
        tick = TickBox(view, name, words, on=on)
        tick.toggled.connect(self._toggled)
        self.box = tick.box
        inside.addWidget(tick)
        inside.addWidget(small(view, sentences.program(view.texts, step.finding.profile)))
        inside.addWidget(before_after(view, step))
        inside.addWidget(stacked(view, _remarks(view, step)))
        lines = text.changes(sentences.style(view.texts), step.changes)
        inside.addWidget(
            Fold(
                view, view.gettext("Every line, before and after"), stacked(view, lines), about=name
            )
        )

    def _toggled(self, on: bool) -> None:
        self.ticked.emit(self._id, on)


class ChangesPage(PageView):
    """Page 4."""

    def heading(self) -> str:
        """See PageView."""
        return self._("What will change")

    def sentence(self) -> str:
        """See PageView."""
        if not self.session.may("undo"):
            return self._(
                "Only how mail goes out. What you receive, your messages and your passwords stay "
                "as they are. A backup is made first."
            )
        return self._(
            "Only how mail goes out. What you receive, your messages and your passwords stay as "
            "they are. A backup is made first, and you can undo it at any time."
        )

    def fill(self) -> None:
        """See PageView."""
        plan = self.session.plan
        for step in plan.steps if plan is not None else ():
            card = StepCard(self.view, step, on=step.finding.id in self.session.ticked)
            card.ticked.connect(self._ticked)
            self.add(card)
        for finding in self.session.findings:
            if any(each.code == "left_by_policy" for each in finding.reasons):
                self.add(left_alone(self.view, finding))
        words = self._("Change &now")
        self.primary(words, self._change, self._("Makes a backup, changes, and checks."))
        self.refresh()

    def refresh(self) -> None:
        """See PageView: without a tick there is nothing to change."""
        if self.main is not None:
            self.main.setEnabled(bool(self.session.chosen))

    def _ticked(self, finding_id: str, on: bool) -> None:
        self.intended.emit(partial(self.session.tick, finding_id, on=on))
        self.refresh()

    def _change(self) -> None:
        self.intended.emit(self.session.change)


def left_alone(view: View, finding: Finding) -> Card:
    """An account that the organization wants left as it is: nobody can tick it here."""
    name = sentences.account(view.texts, finding)
    tick = TickBox(view, name, "", on=False, fixed=True)
    program = small(view, sentences.program(view.texts, finding.profile))
    return Card(view, tick, program, text_label(view, sentences.summary(view.texts, finding)))


def in_words(view: View, step: Step) -> str:
    """The change as one sentence."""
    server, target = step.finding.server, step.finding.target
    assert server is not None
    assert target is not None
    line = view.gettext("port {before} becomes {after}, {from_} becomes {to}.")
    return line.format(
        before=server.transport.port,
        after=target.port,
        from_=view.gettext(PROTECTION[server.transport.security]),
        to=view.gettext(PROTECTION[target.security]),
    )


def before_after(view: View, step: Step) -> QWidget:
    """What is and what will be, side by side."""
    server, target = step.finding.server, step.finding.target
    assert server is not None
    assert target is not None
    rows = [
        (view.gettext("Outgoing port"), str(server.transport.port), str(target.port)),
        (
            view.gettext("Protection"),
            view.gettext(PROTECTION[server.transport.security]),
            view.gettext(PROTECTION[target.security]),
        ),
    ]
    if server.hostname != target.hostname:
        rows.insert(0, (view.gettext("Outgoing server"), server.hostname, target.hostname))
    found = QWidget()
    grid = QGridLayout(found)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(view.gap * 2)
    arrow = "\N{LEFTWARDS ARROW}" if _mirrored() else "\N{RIGHTWARDS ARROW}"
    for number, (what, before, after) in enumerate(rows):
        label = text_label(view, what, quiet=True)
        line = view.gettext("{what}: {before} becomes {after}")
        if before == after:
            line = view.gettext("{what}: {after}, as it is")
        label.setAccessibleName(line.format(what=what, before=before, after=after))
        grid.addWidget(label, number, 0)
        if before == after:
            grid.addWidget(text_label(view, after), number, 1)
            continue
        grid.addWidget(text_label(view, before), number, 1)
        grid.addWidget(text_label(view, arrow), number, 2)
        grid.addWidget(text_label(view, after, bold=True), number, 3)
    grid.setColumnStretch(3, 1)
    return found


def _mirrored() -> bool:
    from PySide6.QtGui import QGuiApplication

    return QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft


def _remarks(view: View, step: Step) -> list[str]:
    """What a person should know of this change besides; not what the first card said."""
    said = {"port_25", "not_protected", "due_port", "running"}
    reasons = [each for each in step.finding.reasons if each.code not in said]
    return [sentences.explain(view.texts, each) for each in reasons]
