"""What leaves the window: the report to a file, the clipboard or paper; an account to a phone."""

from __future__ import annotations

import plistlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QAbstractButton, QFileDialog

import gui_builders
from builders import CANARY
from configure587 import i18n
from configure587.gui.widgets.controls import TickBox
from configure587.gui.widgets.phone import Code
from configure587.pages import Page
from gui.walking import buttons, settle, texts_of, the_button

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from configure587.gui.window import Window
    from gui.walking import Showing


@pytest.fixture
def report(show: Showing, qtbot: QtBot) -> Window:
    """Give the window at the report of a change."""
    session = gui_builders.changed(gui_builders.one_due())
    window = show(session)
    window.carry_out(partial(session.report, i18n.texts(i18n.ENGLISH)))
    at_rest(qtbot, window)
    return window


def at_rest(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: not window._worker.busy, timeout=10_000)
    settle()


def choosing(monkeypatch: pytest.MonkeyPatch, path: str) -> list[str]:
    """Answer the next question for a file with this path; what was offered."""
    offered: list[str] = []

    def choose(_parent: object, _title: str, name: str, _kinds: str) -> tuple[str, str]:
        offered.append(name)
        return path, ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    return offered


def test_the_report_is_saved_as_it_was_shown_and_that_is_said(
    report: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.txt"
    offered = choosing(monkeypatch, str(path))
    the_button(report, "Save…").click()
    at_rest(qtbot, report)
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    assert [Path(each) for each in offered] == [
        Path(QStandardPaths.writableLocation(documents)) / "configure587.txt"
    ]
    assert path.read_text(encoding="utf-8").splitlines() == [*report.session.report_lines]
    assert any(str(path) in text.replace("\u200b", "") for text in texts_of(report))


def test_a_report_that_cannot_be_saved_is_told(
    report: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    choosing(monkeypatch, str(tmp_path / "file" / "report.txt"))
    the_button(report, "Save…").click()
    at_rest(qtbot, report)
    assert report.session.page is Page.CANNOT_GO_ON


def test_whoever_chooses_no_file_stays_where_they_are(
    report: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    choosing(monkeypatch, "")
    the_button(report, "Save…").click()
    assert not report._worker.busy
    assert report.session.page is Page.REPORT


def test_the_report_is_copied_and_printed(
    report: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_button(report, "Copy").click()
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines() == [*report.session.report_lines]
    assert CANARY not in copied
    paper = tmp_path / "paper.pdf"

    def accept(dialog: QPrintDialog) -> QPrintDialog.DialogCode:
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(paper))
        return QPrintDialog.DialogCode.Accepted

    monkeypatch.setattr(QPrintDialog, "exec", accept)
    the_button(report, "Print…").click()
    assert paper.read_bytes().startswith(b"%PDF")


def test_nothing_can_be_passed_on_before_it_is_made(report: Window, qtbot: QtBot) -> None:
    ways = ("Save…", "Copy", "Print…")
    assert all(the_button(report, each).isEnabled() for each in ways)
    [tick] = report.findChildren(TickBox)
    tick.box.click()
    assert not any(the_button(report, each).isEnabled() for each in ways)
    at_rest(qtbot, report)
    assert all(the_button(report, each).isEnabled() for each in ways)


def test_a_code_for_the_phone_is_shown_and_told(show: Showing) -> None:
    window = show(gui_builders.for_a_phone("thunderbird-android"))
    [code] = window.findChildren(Code)
    assert "ana@exemplo.com.br" in code.accessibleName()
    assert code.grab().toImage().pixelColor(1, 1).name() == "#ffffff"


def test_a_file_for_apple_is_saved_with_port_and_protection(
    show: Showing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = show(gui_builders.for_a_phone("iphone"))
    path = tmp_path / "ana.mobileconfig"
    choosing(monkeypatch, str(path))
    press: QAbstractButton = next(
        each for each in buttons(window, "secondary") if "Apple" in each.text()
    )
    press.click()
    settle()
    [mail] = plistlib.loads(path.read_bytes())["PayloadContent"]
    assert mail["OutgoingMailServerPortNumber"] == 587
    assert mail["OutgoingMailServerUseSSL"] is True
    assert not {"IncomingPassword", "OutgoingPassword"} & set(mail)
    assert any(str(path) in text.replace("\u200b", "") for text in texts_of(window))
