"""All changes that were made, and the way back from each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from configure587.gui import sentences
from configure587.gui.pages.page import PageView
from configure587.gui.widgets.card import Card, stacked
from configure587.gui.widgets.controls import Fold, button, text_label
from configure587.gui.widgets.flowing import Flow
from configure587.model import State
from configure587.report import text
from configure587.report.sentences import STATES

if TYPE_CHECKING:
    from configure587.gui.view import View
    from configure587.model import BackupSet

_UNDOABLE = {State.APPLIED}
_WHOLE = {State.APPLIED, State.KEPT_IN_PART, State.ROLLED_BACK}


class BackupCard(Card):
    """One backup: when, whose accounts, how far it has come, and the ways back."""

    undo = Signal(object)  # BackupSet
    whole_file = Signal(object)  # BackupSet

    def __init__(self, view: View, backup: BackupSet, *, undoable: bool) -> None:
        """Built for this set; without `undoable` it only tells."""
        super().__init__(view)
        self._backup = backup
        when = moment(view, backup.created)
        state = view.gettext(STATES[backup.state])
        self.setAccessibleName(f"{when}: {state}")
        inside = self.inside
        inside.addWidget(text_label(view, when, bold=True))
        accounts = [text.shown(name) for entry in backup.entries for name in entry.accounts]
        if accounts:
            inside.addWidget(text_label(view, sentences.together(view.texts, accounts)))
        inside.addWidget(text_label(view, state))
        if undoable:
            inside.addWidget(self._ways(view, when))
        lines = text.backup_details(sentences.style(view.texts), backup)
        words = view.gettext("Details")
        inside.addWidget(Fold(view, words, stacked(view, lines), about=when))

    def _ways(self, view: View, when: str) -> Flow:
        flow = Flow(view)
        ways = (
            (_UNDOABLE, view.gettext("Undo this change"), "secondary", self._undo),
            (_WHOLE, view.gettext("Put the whole file back…"), "link", self._whole),
        )
        for states, words, kind, pressed in ways:
            if self._backup.state in states and self._backup.kind == "change":
                way = button(view, words, kind, pressed)
                way.setAccessibleName(f"{words} ({when})")
                flow.add(way)
        return flow

    def _undo(self) -> None:
        self.undo.emit(self._backup)

    def _whole(self) -> None:
        self.whole_file.emit(self._backup)


class HistoryPage(PageView):
    """Page 40."""

    def heading(self) -> str:
        """See PageView."""
        return self._("History")

    def sentence(self) -> str:
        """See PageView."""
        if self.session.backups and not self.session.may("undo"):
            return self._("Every change that was made, the newest first.")
        if self.session.backups:
            return self._("Every change that was made, the newest first. Each can be undone.")
        if not self.session.listed:
            return self._("We are looking at what was changed before.")
        return self._("No change has been made yet, so there is nothing to undo.")

    def fill(self) -> None:
        """See PageView."""
        for backup in self.session.backups:
            card = BackupCard(self.view, backup, undoable=self.session.may("undo"))
            card.undo.connect(self._undo)
            card.whole_file.connect(self._whole_file)
            self.add(card)

    def _undo(self, backup: BackupSet) -> None:
        self.intended.emit(partial(self.session.undo_backup, backup))

    def _whole_file(self, backup: BackupSet) -> None:
        self.intended.emit(partial(self.session.ask_whole_file, backup))


class WholeFilePage(PageView):
    """Page 41: the warned choice."""

    def heading(self) -> str:
        """See PageView."""
        return self._("Put the whole file back?")

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "This undoes everything that changed in the file since, not only our change: accounts "
            "that you added later disappear from the mail program."
        )

    def fill(self) -> None:
        """See PageView."""
        backup = self.session.chosen_backup
        assert backup is not None
        files = [text.shown(each.path) for entry in backup.entries for each in entry.files]
        lines = [
            moment(self.view, backup.created),
            *files,
            self._(
                "The file as it is now is kept in a new backup, so this can be undone too. Most "
                "people want “Undo this change” instead, which touches nothing else."
            ),
        ]
        self.add(Card(self.view, stacked(self.view, lines)))
        self.secondary(self._("Put the &whole file back"), self._put_back)
        self.primary(self._("Leave it &as it is"), self.going_back)

    def _put_back(self) -> None:
        self.intended.emit(self.session.put_file_back)


def moment(view: View, stamp: str) -> str:
    """A time of ours (ISO 8601, UTC) as this person reads times, in their own time zone."""
    from PySide6.QtCore import QDateTime, QLocale, Qt

    when = QDateTime.fromString(stamp, Qt.DateFormat.ISODate).toLocalTime()
    if not when.isValid():
        return stamp
    locale = view.locale
    day = locale.toString(when.date(), QLocale.FormatType.LongFormat)
    return f"{day}, {locale.toString(when.time(), QLocale.FormatType.ShortFormat)}"
