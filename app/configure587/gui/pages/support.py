"""Help: the code to read aloud, other programs, and the report, shown before it goes."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from configure587.gui import sentences
from configure587.gui.pages.news import NewsCard
from configure587.gui.pages.page import PageView
from configure587.gui.widgets.card import Card, stacked
from configure587.gui.widgets.controls import (
    Fold,
    TickBox,
    announce,
    button,
    column,
    small,
    text_label,
)
from configure587.gui.widgets.flowing import Flow

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def in_documents(name: str) -> str:
    """Where a person looks for a file: the folder that we were started in may be anybody's."""
    folders = QStandardPaths.StandardLocation
    return os.path.join(QStandardPaths.writableLocation(folders.DocumentsLocation), name)


class HelpPage(PageView):
    """Page 50."""

    def _first(self) -> QWidget | None:
        """The way back: the switch for new versions is far below, and nobody came for it."""
        return self._back

    def heading(self) -> str:
        """See PageView."""
        return self._("Help")

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "If somebody helps you on the phone, read out the code below. It says which page you "
            "are on and what we found, and nothing about you."
        )

    def fill(self) -> None:
        """See PageView."""
        from configure587.report import guides

        if any(self.session.contact):
            from configure587.gui.widgets.contact import ContactCard

            self.add(ContactCard(self.view, self.session))
        self.add(self._code())

        heading = text_label(self.view, self._("Step by step by hand"), bold=True)
        flow = Flow(self.view)
        for name, title in guides.titles(self.view.language).items():
            if name not in guides.PHONES or self.session.may("phone"):
                flow.add(_Guide(self, name, title.partition(":")[0]))
        self.add(Card(self.view, heading, flow))
        self.add(NewsCard(self))
        ledger = self._ledger()
        if ledger:
            words = self._("Connections that were made")
            self.add(Fold(self.view, words, stacked(self.view, ledger)))
        if self.session.may("report"):
            self.secondary(self._("&Report to pass on"), self.make_report)

    def open_guide(self, name: str) -> None:
        """The steps for one program."""
        self.intended.emit(partial(self.session.guide, name))

    def _code(self) -> QWidget:
        from configure587.gui import work
        from configure587.support import spoken

        code = work.code(self.session.machine, self.session.account_of_run())
        shown = text_label(self.view, code, points=self.view.type.title, bold=True)
        shown.setAccessibleName(" ".join(spoken.hints(self.view.texts, code)))
        hints = [small(self.view, line) for line in spoken.hints(self.view.texts, code)]
        return Card(self.view, shown, column(self.view, *hints, gap=0.5))

    def _ledger(self) -> list[str]:
        network = self.session.machine.network
        made = (*(network.ledger if network else ()), *self.session.tidings.connections)
        if not made:
            return []
        from configure587.report import text

        return [line for line in text.ledger(sentences.style(self.view.texts), made) if line]


class _Guide(Flow):
    """A link to one guide."""

    def __init__(self, page: HelpPage, name: str, title: str) -> None:
        super().__init__(page.view)
        self._page, self._name = page, name
        self.add(button(page.view, title.replace("&", "&&"), "link", self._open))

    def _open(self) -> None:
        self._page.open_guide(self._name)


class ReportPage(PageView):
    """Page 51: every line, before anything is saved, copied or printed."""

    def heading(self) -> str:
        """See PageView."""
        return self._("Report")

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "This is all that would be passed on, line by line. Nothing is sent by itself: you "
            "save it, copy it or print it."
        )

    def fill(self) -> None:
        """See PageView."""
        box = TickBox(
            self.view,
            self._("Show addresses and servers as they are"),
            self._("Without it they get made-up names."),
            on=self.session.names_shown,
            fixed=self.session.is_fixed("report-addresses"),
        )
        box.toggled.connect(self._toggled)
        self.add(box)
        lines = filter(None, self.session.report_lines)
        self.add(Card(self.view, stacked(self.view, lines)))
        if self.session.saved:
            self.paragraph(self._saved())
        self.secondary(self._("&Copy"), self._copy)
        self.secondary(self._("P&rint…"), self._print)
        self.primary(self._("&Save…"), self._save)
        self.refresh()

    def refresh(self) -> None:
        """See PageView: what is not made yet cannot be passed on."""
        for each in self.buttons():
            each.setEnabled(bool(self.session.report_lines))

    def announce(self) -> None:
        """See PageView: that it was saved is all that is new then."""
        if self.session.saved:
            announce(self, self._saved())
        else:
            super().announce()

    def _saved(self) -> str:
        return self._("Saved: {path}").format(path=self.session.saved)

    def _toggled(self, on: bool) -> None:
        self.intended.emit(partial(self.session.report, self.view.texts, addresses=on))
        self.refresh()

    def _text(self) -> str:
        return "".join(f"{line}\n" for line in self.session.report_lines)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._text())
        announce(self, self._("Copied"))

    def _print(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        dialog = QPrintDialog(printer, self)
        if dialog.exec() == QPrintDialog.DialogCode.Accepted:
            document = QTextDocument()
            document.setPlainText(self._text())
            document.print_(printer)

    def _save(self) -> None:
        path, _kind = QFileDialog.getSaveFileName(
            self,
            self._("Save the report"),
            in_documents("configure587.txt"),
            self._("Text ({pattern})").format(pattern="*.txt"),
        )
        if path:
            self.intended.emit(partial(self.session.save, path, self._text().encode()))
