"""What all pages have in common: a title, one sentence, the content, a foot with one main button.

A page shows values of the session and emits an intention; it decides nothing.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from configure587.gui.trail import AT_WORK
from configure587.gui.widgets.controls import (
    WIDE,
    Button,
    Text,
    announce,
    button,
    decided,
    small,
    spoken,
    text_label,
    title,
)
from configure587.gui.widgets.flowing import Flow
from configure587.gui.widgets.worded import give

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import Qt

    from configure587.awareness import Mention, Pages
    from configure587.gui.session import Session
    from configure587.gui.view import View


_WIDEST = 860  # pixels of content at 100 %


class PageView(QWidget):
    """One page; subclasses say their title and sentence and fill `body`."""

    intended = Signal(object)  # an Intention of the session
    stop = Signal()  # stop what is at work

    def __init__(self, view: View, session: Session) -> None:
        """Built for what the session holds just now."""
        super().__init__()
        self.view = view
        self.session = session
        self.main: Button | None = None
        self._sides: list[Button] = []
        self._back: Button | None = None
        heading, sentence = self.heading(), self.sentence()
        self.setAccessibleName(heading)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(0)
        self._title = title(view, heading)
        self.body = QVBoxLayout()
        self.body.setSpacing(view.gap * 2)
        outside.addWidget(self._scrolled(sentence), 1)
        self.fill()
        # With large text the foot keeps the main button only: else little is left to be read.
        self._crowded = view.percent > WIDE and self.main is not None
        if self._crowded:
            self.body.addWidget(self._row(self._sides))
        self.body.addStretch(1)
        outside.addWidget(self._foot())

    # What a page says for itself.

    def heading(self) -> str:
        """The title."""
        raise NotImplementedError

    def sentence(self) -> str:
        """The one sentence below it; "" for none."""
        return ""

    def fill(self) -> None:
        """Put the content into `body`, and name the buttons."""

    def refresh(self) -> None:
        """Show that the session's values have changed while this page is shown."""

    # What pages are built with.

    def _(self, sentence: str) -> str:
        return self.view.texts.gettext(sentence)

    def add(self, widget: QWidget) -> None:
        """Content, one below the other."""
        self.body.addWidget(widget)

    def paragraph(self, text: str, *, quiet: bool = False) -> None:
        """A paragraph of content."""
        self.body.addWidget(text_label(self.view, text, quiet=quiet))

    def primary(self, text: str, pressed: Callable[[], object], description: str = "") -> None:
        """The one main button, at the bottom right."""
        self.main = button(self.view, text, "primary", pressed, description)

    def secondary(self, text: str, pressed: Callable[[], object], description: str = "") -> None:
        """Another button beside it."""
        self._sides.append(button(self.view, text, "secondary", pressed, description))

    def choice(
        self, key: str, text: str, pressed: Callable[[], object], description: str = ""
    ) -> None:
        """A button for what a policy's key decides; grey where the organization has decided."""
        if not self.session.is_fixed(key):
            self.secondary(text, pressed, description)
            return
        self.secondary(text, pressed, decided(self.view))
        self._sides[-1].setEnabled(False)
        line = self._("{what}: set by your organisation")
        self.paragraph(line.format(what=spoken(text)), quiet=True)

    def whom_to_ask(self) -> None:
        """A sentence with whoever helps, where a policy names somebody."""
        from configure587.report import contacts

        words = contacts.advice(self.view.texts, self.session.contact)
        if words:
            self.paragraph(words)

    def buttons(self) -> list[Button]:
        """Those of the foot that were named, the main one last."""
        return [*self._sides, *([self.main] if self.main is not None else [])]

    def going_back(self) -> None:
        """The button "Back" was pressed."""
        self.intended.emit(self.session.back)

    # What more than one page intends.

    def look_again(self) -> None:
        """Look at everything once more."""
        self.intended.emit(self.session.check)

    def go_home(self) -> None:
        """Begin again."""
        self.intended.emit(self.session.home)

    def make_report(self) -> None:
        """The report, in the language that is shown."""
        self.intended.emit(partial(self.session.report, self.view.texts))

    def use_465(self) -> None:
        """Take port 465 where 587 will not do."""
        self.intended.emit(self.session.allow_465)

    def go_to_next(self) -> None:
        """The next account that needs the person."""
        following = self.session.next_subject()
        if following is not None:
            self.intended.emit(partial(self.session.show, following))

    def begin(self) -> None:
        """Shown now: the focus goes to the main button, and a screen reader says the title."""
        first = self._first()
        if first is not None:
            first.setFocus()
        else:
            self.focusNextChild()
        self.announce()

    def announce(self) -> None:
        """A screen reader says the title and the sentence."""
        announce(self, " ".join(each for each in (self.heading(), self.sentence()) if each))

    def _first(self) -> QWidget | None:
        """What has the focus at first; None while something is at work.

        A second Enter, meant for the page before, must not stop or undo what has just begun.
        """
        if self.main is not None and self.main.isEnabled():
            return self.main
        if self.session.page in AT_WORK:
            return None
        return self.findChild(QCheckBox) or self._back

    def link_words(self) -> None:
        """The first mention of each glossary word leads there; done once the page is shown."""
        if not self.session.may("learn"):
            return
        from configure587.gui.widgets import prose

        seen: set[str] = set()
        for label in self.findChildren(Text):
            text = label.text() if label.explained else ""
            found = [
                each for each in terms_in(self.view.language, text) if each.term.id not in seen
            ]
            if found:
                seen.update(each.term.id for each in found)
                prose.link_terms(self.view, label, found)
                label.linkActivated.connect(self.look_up)

    def look_up(self, target: str) -> None:
        """A word of the glossary was followed."""
        self.intended.emit(partial(self.session.look_up, target.removeprefix("term:")))

    def scroll_with(self, key: Qt.Key) -> bool:
        """Whether this key scrolls; then it has: who uses no mouse has to see all of a page."""
        from PySide6.QtCore import Qt

        bar = self._area.verticalScrollBar()
        actions = bar.SliderAction
        action = {
            Qt.Key.Key_PageUp: actions.SliderPageStepSub,
            Qt.Key.Key_PageDown: actions.SliderPageStepAdd,
            Qt.Key.Key_Home: actions.SliderToMinimum,
            Qt.Key.Key_End: actions.SliderToMaximum,
        }.get(key)
        if action is None:
            return False
        bar.triggerAction(action)
        return True

    def _scrolled(self, sentence: str) -> QScrollArea:
        content = QWidget()
        content.setObjectName("content")
        content.setMaximumWidth(round(_WIDEST * self.view.percent / 100))
        inside = QVBoxLayout(content)
        edge = self.view.gap * 4
        inside.setContentsMargins(edge, self.view.gap * 3, edge, self.view.gap * 3)
        inside.setSpacing(self.view.gap * 2)
        inside.addWidget(self._title)
        if sentence:
            inside.addWidget(text_label(self.view, sentence))
        inside.addLayout(self.body, 1)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        give(area, focusPolicy="NoFocus", alignment="AlignHCenter")
        area.setWidget(content)
        area.verticalScrollBar().setAccessibleName(self._("Scroll"))
        area.horizontalScrollBar().setAccessibleName(self._("Scroll"))
        return area

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setObjectName("foot")
        line = QHBoxLayout(foot)
        line.setContentsMargins(*(self.view.gap * 2,) * 4)
        line.setSpacing(self.view.gap * 2)
        before = Flow(self.view, middle=True)  # beside a button of two lines, too
        if self.session.can_go_back:
            self._back = button(self.view, self._("&Back"), "secondary", self.going_back)
            before.add(self._back)
        number = small(self.view, self._("Page {number}").format(number=self.session.page.value))
        number.setWordWrap(False)
        before.add(number)
        line.addWidget(before)
        line.addWidget(self._row(self.buttons()[-1:] if self._crowded else self.buttons()), 1)
        return foot

    def _row(self, buttons: Sequence[Button]) -> Flow:
        found = Flow(self.view, trailing=True)
        for each in buttons:
            found.add(each)
        return found


def terms_in(language: str, text: str) -> Sequence[Mention]:
    """The words of the glossary that a text mentions."""
    return leaflets(language).terms_in(text) if text else ()


@cache
def leaflets(language: str) -> Pages:
    """Our own texts, read once."""
    from configure587 import awareness

    return awareness.pages(language)
