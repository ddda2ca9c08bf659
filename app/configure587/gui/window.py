"""The one window: the bar, the page that the session is at, and the worker behind it."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QToolButton, QVBoxLayout, QWidget

from configure587.errors import Configure587Error, expected
from configure587.gui import pages, theme
from configure587.gui.bar import TopBar
from configure587.gui.trail import AT_WORK
from configure587.gui.view import View
from configure587.gui.worker import Worker
from configure587.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent

    from configure587.gui.pages.page import PageView
    from configure587.gui.remembered import Remembered
    from configure587.gui.session import Intention, Session, Task
    from configure587.gui.widgets.focus import FocusRing
    from configure587.model import Progress

_POLL = 1000  # milliseconds between two looks whether a mail program is still open
_SMALLEST = (640, 400)


class Window(QWidget):
    """Shows the session's page, carries out what pages intend, never waits."""

    def __init__(
        self,
        session: Session,
        remembered: Remembered,
        write_crash: Callable[[BaseException], str | None],
    ) -> None:
        """`write_crash` leaves a crash file and answers its path."""
        super().__init__()
        self.session = session
        self._remembered = remembered
        self._write_crash = write_crash
        self._told = theme.told_by_palette()
        self._theme = theme.system() if remembered.closely else self._told
        self._closing = False
        self._waiting: Task | None = None
        self._greeted = False
        self._painted = False
        self._shown: object = None  # what the page is about, for a page that waits
        self.page: PageView | None = None
        self._bar: TopBar | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._ring: FocusRing | None = None
        self._worker = Worker(self)
        self._worker.progressed.connect(self._progressed)
        self._worker.finished.connect(self._finished)
        self._worker.stopped.connect(self._stopped)
        self._worker.failed.connect(self._failed)
        self._news = Worker(self)  # apart, so that a slow answer keeps nobody waiting
        self._news.finished.connect(self._heard)
        self._news.failed.connect(self.bug)
        self._logo = Worker(self)  # apart too: the picture may lie on a share that is slow
        self._logo.finished.connect(self._pictured)
        self._logo.failed.connect(self.bug)
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL)
        self._poll.timeout.connect(self._look_again)
        self.setMinimumSize(*_SMALLEST)
        remembered.place(self)
        self._show()

    @property
    def view(self) -> View:
        """How things are shown just now."""
        return View(self._remembered.texts, self._theme, self._remembered.percent)

    def carry_out(self, intention: Intention) -> None:
        """What a page intends; the page that follows is shown."""
        before = self.session.trail.here
        task = intention()
        if task is not None:
            self._begin(task)
        if self.session.trail.here != before:
            self._show()

    def choose_language(self, language: str) -> None:
        """The other language, at once."""
        self._speak(language)
        task = self.session.retold(self._remembered.texts)
        if task is not None:
            self._begin(task)
        self._show()

    def choose_size(self, percent: int) -> None:
        """The size of text, at once."""
        self._remembered.choose_percent(percent)
        self._show()

    def dress(self, chosen: theme.Theme) -> None:
        """Another theme than the system's; for pictures of the pages."""
        self._theme = chosen
        self._show()

    def come_forward(self) -> None:
        """Somebody started the program a second time; who was about to end it, is not now."""
        self._closing = self.session.tidings.leaving = False
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def bug(self, error: BaseException) -> None:
        """Our own fault, wherever it came from."""
        self.session.crashed(self._write_crash(error))
        self._show()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: what was announced before the window was there is said when it is."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange:
            self._greet()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: what the first page can be read without, comes once it is there."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._once_painted)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: what is at work is brought to a safe end first."""
        self.session.tidings.leaving = True
        if self._worker.busy:
            self._closing = True
            self._worker.cancel()
            self.hide()
            event.ignore()
            return
        self._remembered.keep(self)
        self.hide()  # at once, however slow an answer or a share may be
        self._news.wait()
        self._logo.wait()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See QWidget: what no control wanted. Enter presses or goes on; the page scrolls."""
        from PySide6.QtCore import Qt

        key = Qt.Key(event.key())
        focused = self.focusWidget()
        main = self.page.main if self.page is not None else None
        if key not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.page is None or not self.page.scroll_with(key):
                super().keyPressEvent(event)
        elif isinstance(focused, QToolButton):
            focused.click()
        elif main is not None:
            main.click()

    def _greet(self) -> None:
        if self._greeted or not self._painted or not self.isActiveWindow():
            return
        self._greeted = True
        if self.page is not None:
            self.page.announce()

    # What the worker says.

    def _begin(self, task: Task) -> None:
        if self._worker.busy:  # the person went on while the last page still looked something up
            self._waiting = task
        else:
            self._worker.start(task)

    def _progressed(self, progress: Progress) -> None:
        self.session.seen(progress)
        if self.page is not None:
            self.page.refresh()

    def _finished(self, task: Task, result: object) -> None:
        before = self.session.wishes
        task.then(result)
        if self.session.wishes is not before:
            self._heed()
        self._after_work()

    def _heed(self) -> None:
        """What the organization wishes has become known: its language, its logo."""
        wishes = self.session.wishes
        said = wishes.said("language") if wishes is not None else None
        if said is not None:
            self._speak(said)
        self._fetch_logo()

    def _speak(self, language: str) -> None:
        from configure587.gui.qt_words import QT_WORDS

        self._remembered.choose_language(language)
        QT_WORDS.speak(language)

    def _stopped(self) -> None:
        self.session.cancelled()
        self._after_work()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, (Configure587Error, OSError)):
            self.session.failed(expected(error))
        else:
            self.session.crashed(self._write_crash(error))
        self._after_work()

    def _after_work(self) -> None:
        if self._closing:
            self.close()
            QApplication.quit()
            return
        following, self._waiting = self.session.take_over() or self._waiting, None
        if following is not None:
            self._begin(following)
        if self.session.page is not Page.CLOSE_PROGRAM or self._shown != self._waited_for():
            self._show()

    def _waited_for(self) -> object:
        """What a page that waits says; while that stays, nobody is disturbed by a new page."""
        return self.session.trail.here, self.session.open_programs

    def _look_again(self) -> None:
        if self._worker.busy:
            return
        task = self.session.poll()
        if task is not None:
            self._begin(task)

    # What is shown.

    def _show(self) -> None:
        view = self.view
        self._dress_application(view)
        page = pages.show(view, self.session)  # first: when that fails, what is shown stays whole
        old = [each for each in (self.page, self._bar) if each is not None]
        self.setWindowTitle("Configure 587!")
        self.page, self._bar = page, self._new_bar(view)
        self._shown = self._waited_for()
        self.page.intended.connect(self.carry_out)
        self.page.stop.connect(self._stop)
        for widget in old:
            self._layout.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        for widget, share in ((self._bar, 0), (self.page, 1)):
            self._layout.addWidget(widget, share)
            widget.show()  # at once: a layout by itself would do it only later
        self.setTabOrder(self.page, self._bar)
        if self.session.page is Page.CLOSE_PROGRAM:
            self._poll.start()
        else:
            self._poll.stop()
        self.page.begin()
        if self._painted:
            QTimer.singleShot(0, self.page, self.page.link_words)

    def _new_bar(self, view: View) -> TopBar:
        bar = TopBar(
            view,
            enabled=self.session.page not in AT_WORK,
            learn=self.session.may("learn"),
            fixed_language=self.session.is_fixed("language"),
        )
        bar.language_chosen.connect(self.choose_language)
        bar.size_chosen.connect(self.choose_size)
        bar.learn.connect(self._learn)
        bar.history.connect(self._history)
        bar.help.connect(self._help)
        return bar

    def _dress_application(self, view: View) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setFont(view.type.font(view.type.text))
        application.setPalette(theme.palette(view.theme))
        self.setStyleSheet(theme.sheet(view.theme, view.type))
        if self._ring is not None:
            self._ring.dress(view.theme.focus)

    def _once_painted(self) -> None:
        gc.enable()  # the command line has put it off
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QKeySequence, QShortcut

        import configure587.gui.held  # noqa: F401 - for its effect
        from configure587.gui.qt_words import QT_WORDS
        from configure587.gui.widgets.drawing import icon
        from configure587.gui.widgets.focus import FocusRing

        self._ring = FocusRing(self)
        self._ring.dress(self._theme.focus)
        asked = theme.system()
        self._remembered.look_closely(on=asked is not self._told)
        if self._theme is self._told and asked is not self._told:
            self.dress(asked)
        self._greet()
        if self.page is not None:
            self.page.link_words()
        theme.hints().colorSchemeChanged.connect(self._redress)
        theme.wishes().contrastPreferenceChanged.connect(self._redress)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.activated.connect(self._escaped)
        QT_WORDS.speak(self._remembered.language)
        self.setWindowIcon(icon("configure587", theme.LIGHT))
        if self.session.tidings.is_due:
            self._news.start(self.session.tidings.look())
        self._fetch_logo()

    def _fetch_logo(self) -> None:
        picture = self.session.fetch_logo()
        if picture is not None and not self.session.logo and not self._logo.busy:
            self._logo.start(picture)

    def _pictured(self, task: Task, result: object) -> None:
        from configure587.gui.widgets.contact import Logo

        task.then(result)
        for each in self.findChildren(Logo):
            each.show_picture(self.session.logo)

    def _heard(self, task: Task, result: object) -> None:
        task.then(result)
        if self.session.page in {Page.START, Page.HELP} and not self._worker.busy:
            self._show()

    def _redress(self) -> None:
        """The system's theme has changed; below a dialog the page has to stay until that ends."""
        if QApplication.activeModalWidget() is None:
            self.dress(theme.system())
        else:
            QTimer.singleShot(_POLL, self, self._redress)

    def _escaped(self) -> None:
        if self.session.page in AT_WORK:
            if self.session.page is not Page.UNDOING:
                self._stop()
        else:
            self.carry_out(self.session.back)

    def _stop(self) -> None:
        if self._waiting is None:
            self._worker.cancel()
            return
        self._waiting = None  # what is at work is something else, of a page that was left
        self.session.cancelled()
        self._show()

    def _learn(self) -> None:
        self.carry_out(self.session.learn)

    def _history(self) -> None:
        self.carry_out(self.session.history)

    def _help(self) -> None:
        self.carry_out(self.session.help)
