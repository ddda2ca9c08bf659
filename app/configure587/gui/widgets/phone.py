"""An account for a phone: a code to scan, or a file for Apple's devices; never with a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QWidget

from configure587 import carriers
from configure587.carriers import Account, Carrier
from configure587.gui import sentences
from configure587.gui.widgets.card import Card
from configure587.gui.widgets.controls import announce, button, small, text_label

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QFrame

    from configure587.gui.view import View
    from configure587.model import Reason

_SIDE = 260  # pixels at 100 %


class Code(QWidget):
    """A code to scan; black on white in every theme, as scanners need it."""

    def __init__(self, view: View, text: str, alternative: str) -> None:
        """`text` is what is scanned."""
        super().__init__()
        self._drawing = QSvgRenderer(QByteArray(carriers.qr_svg(text).encode()))
        self._size = QSize(_SIDE, _SIDE) * view.percent / 100
        self.setAccessibleName(alternative)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """See QWidget."""
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#FFFFFF"))
        self._drawing.render(painter, QRectF(self.rect()))
        painter.end()


class _Save(QWidget):
    """The button that saves a profile."""

    saved = Signal(str)

    def __init__(self, view: View, account: Account, data: bytes) -> None:
        super().__init__()
        self._view, self._account, self._data = view, account, data

    def save(self) -> None:
        """Ask where, and write it there."""
        view = self._view
        name = self._account.address + carriers.PROFILE_ENDING
        kinds = view.gettext("Profile for Apple devices ({pattern})")
        path, _kind = QFileDialog.getSaveFileName(
            self,
            view.gettext("Save the file for Apple devices"),
            name,
            kinds.format(pattern=f"*{carriers.PROFILE_ENDING}"),
        )
        if path:
            self.saved.emit(self._written(path))

    def _written(self, path: str) -> str:
        from configure587.machine.disk import DiskFiles

        view = self._view
        try:
            DiskFiles().create({path: self._data})
        except OSError as error:
            from configure587.errors import expected
            from configure587.gui.troubles import title_and_advice

            return " ".join(title_and_advice(view.texts, expected(error)))
        return view.gettext("Saved: {path}").format(path=path)


def card(view: View, carrier: Carrier, account: Account | Reason) -> QFrame:
    """One account as this phone takes it; or why it cannot be had."""
    if not isinstance(account, Account):
        return Card(view, text_label(view, sentences.explain(view.texts, account)))
    name = text_label(view, account.address, bold=True)
    if carrier is Carrier.CODE:
        return Card(view, name, *_code(view, account))
    return Card(view, name, *_profile(view, account))


def _code(view: View, account: Account) -> list[QWidget]:
    text = carriers.thunderbird_qr(account)
    if not isinstance(text, str):
        return [text_label(view, sentences.explain(view.texts, text))]
    spoken = view.gettext("Code to scan with the phone, for {account}")
    return [
        Code(view, text, spoken.format(account=account.address)),
        small(view, view.gettext("It holds no password: the phone asks for it.")),
    ]


def _profile(view: View, account: Account) -> list[QWidget]:
    data = carriers.apple_profile(account)
    if not isinstance(data, bytes):
        return [text_label(view, sentences.explain(view.texts, data))]
    save = _Save(view, account, data)
    words = view.gettext("Save a file for Apple devices…")
    press = button(view, words, "secondary", save.save)
    press.setAccessibleName(f"{words} ({account.address})")
    save.setParent(press)
    said = text_label(view, "")
    save.saved.connect(said.setText)
    save.saved.connect(_Announcer(said).say)
    note = view.gettext(
        "It holds no password: the device asks for it. It adds the account anew; remove the old "
        "one there afterwards."
    )
    return [press, said, small(view, note)]


class _Announcer(QWidget):
    """Says what a label shows."""

    def __init__(self, label: QWidget) -> None:
        super().__init__(label)
        self._label = label
        self.hide()

    def say(self, words: str) -> None:
        """Have it read out."""
        announce(self._label, words)
