"""One plain function at a time in another thread, so that the window never waits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from configure587.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.gui.session import Task
    from configure587.model import Progress


class Job(QThread):
    """Runs one Task's work; what comes of it arrives as a signal in the window's thread."""

    progressed = Signal(object)  # Progress
    succeeded = Signal(object)  # whatever the work answered
    stopped = Signal()  # the person asked for it
    failed = Signal(object)  # an Exception

    def __init__(self, work: Callable[[Callable[[Progress], None]], Any], parent: QObject) -> None:
        """`work` may call what it is given at points where it may be stopped."""
        super().__init__(parent)
        self._work = work
        self._asked = threading.Event()

    def cancel(self) -> None:
        """Stop at the next safe point."""
        self._asked.set()

    def run(self) -> None:
        """See QThread.run."""
        try:
            result = self._work(self._notify)
        except Cancelled:
            self.stopped.emit()
        except Exception as error:  # noqa: BLE001 - expected or a bug: the window has words for both
            self.failed.emit(error)
        else:
            self.succeeded.emit(result)

    def _notify(self, progress: Progress) -> None:
        if self._asked.is_set():
            raise Cancelled
        self.progressed.emit(progress)


class Worker(QObject):
    """The one job at work, if any."""

    progressed = Signal(object)
    finished = Signal(object, object)  # the Task, and what its work answered
    stopped = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        """`parent` owns the jobs."""
        super().__init__(parent)
        self._job: Job | None = None
        self._task: Task | None = None

    @property
    def busy(self) -> bool:
        """Whether something is at work."""
        return self._job is not None

    def start(self, task: Task) -> None:
        """Begin; nothing else may be at work."""
        assert self._job is None
        self._task = task
        self._job = job = Job(task.work, self)
        job.progressed.connect(self.progressed)
        job.succeeded.connect(self._succeeded)
        job.stopped.connect(self._stopped)
        job.failed.connect(self._failed)
        job.start()

    def cancel(self) -> None:
        """Stop what is at work at its next safe point."""
        if self._job is not None:
            self._job.cancel()

    def wait(self) -> None:
        """Until what is at work has ended; only ever asked at the program's end."""
        if self._job is not None:
            self._job.wait()

    def _succeeded(self, result: object) -> None:
        task = self._task
        self._end()
        self.finished.emit(task, result)

    def _stopped(self) -> None:
        self._end()
        self.stopped.emit()

    def _failed(self, error: object) -> None:
        self._end()
        self.failed.emit(error)

    def _end(self) -> None:
        job, self._job, self._task = self._job, None, None
        if job is not None:
            job.wait()
            job.deleteLater()
