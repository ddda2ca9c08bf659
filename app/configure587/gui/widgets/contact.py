"""Whom a person may ask: a quiet strip on the first page, a card on the page Help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from configure587.gui.widgets.card import Card
from configure587.gui.widgets.controls import button, small, text_label
from configure587.gui.widgets.picture import decoded
from configure587.report import contacts

if TYPE_CHECKING:
    from configure587.gui.session import Session
    from configure587.gui.view import View

_LARGEST: Final = QSize(240, 48)  # pixels of a logo at 100 %
_GROWS: Final = 150  # percent of text size up to which it grows too


class Logo(QLabel):
    """A picture on a white plate, as logos are made for white paper; hidden without a picture."""

    def __init__(self, view: View, alternative: str) -> None:
        """`alternative` is what a screen reader says."""
        super().__init__()
        self._room = _LARGEST * min(view.percent, _GROWS) / 100
        self.setObjectName("logo")
        edge = view.gap // 2
        plate = f"background: #FFFFFF; border-radius: {edge}px; padding: {edge}px"
        self.setStyleSheet(f"QLabel#logo {{ {plate} }}")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(alternative)
        self.hide()

    def show_picture(self, data: bytes) -> None:
        """Show this file's picture, if it is one."""
        image = decoded(data)
        if image is None:
            return
        ratio = self.devicePixelRatioF()
        size = image.size().scaled(self._room, Qt.AspectRatioMode.KeepAspectRatio)
        sharp = (size * ratio).expandedTo(QSize(1, 1))
        smooth = Qt.TransformationMode.SmoothTransformation
        found = image.scaled(sharp, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        found.setDevicePixelRatio(ratio)
        self.setPixmap(QPixmap.fromImage(found))
        self.show()


def logo(view: View, session: Session) -> Logo:
    """The logo of whoever helps; it may come later (Window), or never."""
    name = contacts.heading(view.texts, session.contact)
    found = Logo(view, session.contact.name or name)
    found.show_picture(session.logo)
    return found


class Strip(QWidget):
    """One quiet sentence, below the logo."""

    def __init__(self, view: View, session: Session) -> None:
        """For a session whose policy names somebody."""
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(view.gap)
        layout.addWidget(logo(view, session))
        words = contacts.advice(view.texts, session.contact)
        if words:
            layout.addWidget(text_label(view, words, quiet=True))


class ContactCard(Card):
    """Name, phone and site; the site opens only when a person asks for it."""

    def __init__(self, view: View, session: Session) -> None:
        """For a session whose policy names somebody."""
        contact = session.contact
        heading = text_label(view, contacts.heading(view.texts, contact), bold=True)
        super().__init__(view, logo(view, session), heading)
        for line in contacts.ways(view.texts, contact):
            self.inside.addWidget(text_label(view, line))
        self._site = contact.site
        if contact.site:
            words = view.gettext("Open this site")
            self.inside.addWidget(button(view, words, "link", self._open))
            note = view.gettext("It opens in your browser.")
            self.inside.addWidget(small(view, note))

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(self._site))
