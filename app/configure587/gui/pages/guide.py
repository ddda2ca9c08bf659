"""Step by step by hand: a program's own menu names, and the person's own server and port."""

from __future__ import annotations

import html
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QSizePolicy

from configure587 import carriers
from configure587.carriers import Carrier
from configure587.gui import sentences
from configure587.gui.pages.page import PageView
from configure587.gui.routes import could_use_465, needs_user_name
from configure587.gui.widgets import phone
from configure587.gui.widgets.breaks import bound
from configure587.gui.widgets.card import Card, stacked
from configure587.gui.widgets.controls import (
    Button,
    Text,
    announce,
    button,
    dress_text,
    small,
    text_label,
)
from configure587.gui.widgets.field import Field
from configure587.gui.widgets.flowing import Flow
from configure587.report import guides
from configure587.report.guide_pages import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configure587.gui.session import Session
    from configure587.gui.view import View
    from configure587.model import Finding
    from configure587.report.guide_pages import Piece
    from configure587.report.guides import Guide, Step

_COPIED = 2000  # milliseconds for which a button says that it has copied


class CopyButton(Button):
    """Copies one value, and says so for a moment."""

    def __init__(self, view: View, value: str) -> None:
        """`value` is what is copied."""
        self._words = view.gettext("Copy {value}").format(value=value)
        self._done = view.gettext("Copied")
        self._value = value
        super().__init__(view, self._words.replace("&", "&&"), "secondary")
        self.setAccessibleName(self._words)
        self.clicked.connect(self._copy)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(_COPIED)
        self._back.timeout.connect(self._rest)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._value)
        self.setText(self._done)
        announce(self, self._done)
        self._back.start()

    def _rest(self) -> None:
        self.setText(self._words.replace("&", "&&"))


class GuidePage(PageView):
    """Page 30."""

    def __init__(self, view: View, session: Session) -> None:
        """The guide that was chosen by name, else the one for the account."""
        self._guide = _chosen(view, session)
        super().__init__(view, session)

    def heading(self) -> str:
        """See PageView."""
        if self._guide is None:
            assert self.session.subject is not None
            name = sentences.account(self.view.texts, self.session.subject)
            return self._("We left {account} alone").format(account=name)
        return self._guide.title or self._("Step by step")

    def sentence(self) -> str:
        """See PageView."""
        if self._guide is None:
            return self._(
                "What stands in the way, and what helps, is said below. Your settings are as they "
                "were."
            )
        return self._guide.purpose

    def fill(self) -> None:
        """See PageView."""
        texts, guide = self.view.texts, self._guide
        if guide is not None and guide.trouble is not None:
            self.paragraph(sentences.explain(texts, guide.trouble))
        subject = None if self.session.topic else self.session.subject
        if subject is not None:
            lines = [sentences.explain(texts, each) for each in subject.reasons]
            name = text_label(self.view, sentences.account(texts, subject), bold=True)
            self.add(Card(self.view, name, stacked(self.view, dict.fromkeys(lines))))
        may_change = self.session.may("change")
        if subject is not None and may_change and needs_user_name(subject):
            self._ask_user_name(subject)
        if guide is not None:
            self._tell(guide)
        self.whom_to_ask()
        self._carry()
        if subject is None:
            both = self._("&Other programs and phones")
            words = both if self.session.may("phone") else self._("&Other programs")
            self.secondary(words, self._others)
            return
        if may_change and could_use_465(subject):
            described = self._("Just as well protected.")
            self.choice("targets", self._("&Use port 465"), self.use_465, described)
        if self.session.next_subject() is not None:
            self.secondary(self._("&Next account"), self.go_to_next)
        self.primary(
            self._("Look a&gain"), self.look_again, self._("Looks whether it is right now.")
        )

    def _tell(self, guide: Guide) -> None:
        if guide.needed:
            self.paragraph(guide.needed)
        for number, step in enumerate(guide.steps, 1):
            self.add(self._step(number, step))
        if guide.steps:
            self.add(small(self.view, self._(guides.CERTAINTY[guide.certainty])))

    def _ask_user_name(self, subject: Finding) -> None:
        """With a user name we can do it ourselves, and the steps need not be followed."""
        known = subject.server.used_by if subject.server is not None else ()
        question = self._(
            "Or tell us the user name of this account (mostly the whole address), and we do it for "
            "you. The mail program itself asks for the password later."
        )
        self._user = Field(self.view, question, known[0] if len(known) == 1 else "")
        self._user.entered.connect(self._use_name)
        words = self._("Use this &user name")
        press = button(self.view, words, "secondary", self._use_name)
        self.add(Card(self.view, self._user, press))

    def _use_name(self) -> None:
        if self._user.text:
            self.intended.emit(partial(self.session.sign_in_as, self._user.text))

    def _carry(self) -> None:
        """What carries this person's accounts to the phone, where the program takes that."""
        carrier = carriers.OF_GUIDE.get(self._guide.name if self._guide is not None else "")
        if carrier is None or not self.session.carried:
            return
        words = {
            Carrier.CODE: self._("Or scan this with Thunderbird on the phone:"),
            Carrier.PROFILE: self._("Or take a file to the device:"),
        }
        self.add(text_label(self.view, words[carrier], bold=True))
        for account in self.session.carried:
            self.add(phone.card(self.view, carrier, account))

    def _step(self, number: int, step: Step) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        spoken = self._("Step {number}: {text}")
        card.setAccessibleName(spoken.format(number=number, text=guides.plain(step.text)))
        grid = QGridLayout(card)
        grid.setContentsMargins(*(self.view.gap * 2,) * 4)
        grid.setSpacing(self.view.gap)
        grid.setColumnStretch(1, 1000)  # the text as wide as it may be; what is left goes behind it
        grid.setColumnStretch(2, 1)
        count = text_label(self.view, str(number), points=self.view.type.title, bold=True)
        count.setWordWrap(False)
        count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
        grid.addWidget(count, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        grid.setColumnMinimumWidth(0, self.view.gap * 5)
        grid.addWidget(_rich(self.view, step.text), 0, 1)
        if step.note:
            grid.addWidget(_rich(self.view, step.note), 1, 1)
        if step.copyable:
            flow = Flow(self.view)
            for value in step.copyable:
                flow.add(CopyButton(self.view, value))
            grid.addWidget(flow, 2, 1)
        return card

    def _others(self) -> None:
        self.intended.emit(self.session.help)


def _chosen(view: View, session: Session) -> Guide | None:
    """The guide to show; None where the account's reasons say that steps would do harm."""
    if session.topic:
        return guides.guide(view.language, session.topic)
    if session.subject is None:
        return guides.guide(view.language, guides.OTHER)
    return guides.of_program(view.language, session.subject)


def _rich(view: View, pieces: Iterable[Piece]) -> Text:
    """A step's sentence: what stands on the screen is bold, what is typed looks typed."""
    label = Text()
    marks = {
        Kind.TEXT: "{}",
        Kind.LABEL: "<b>{}</b>",
        Kind.UNSURE: "<b><i>{}</i></b>",
        Kind.COPY: "<b><tt>{}</tt></b>",
    }
    known = list(pieces)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setText("".join(marks[each.kind].format(html.escape(bound(each.text))) for each in known))
    dress_text(view, label, guides.plain(known))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
