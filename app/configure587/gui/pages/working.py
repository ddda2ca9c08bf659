"""Pages on which something goes on by itself: looking, waiting, changing, undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QLabel, QProgressBar

from configure587.gui import sentences
from configure587.gui.pages.page import PageView
from configure587.gui.widgets.controls import announce, row, text_label
from configure587.gui.widgets.drawing import Ornament

if TYPE_CHECKING:
    from configure587.model import Progress


_SPEECH = 5000  # milliseconds between two profiles that are said; thousands may fly by


class LookingPage(PageView):
    """Page 2: what is being looked at, and a way to stop."""

    def heading(self) -> str:
        """See PageView."""
        return self._("We are looking")

    def sentence(self) -> str:
        """See PageView."""
        return self._("First at your mail programs, then at their servers. Nothing is changed.")

    def fill(self) -> None:
        """See PageView."""
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.heading())
        self.add(self._bar)
        self._line = text_label(self.view, "")
        self._said_at = QElapsedTimer()
        self.add(self._line)
        self.secondary(self._("&Stop"), self.stop.emit, self._("Nothing has been changed."))
        self.refresh()

    def refresh(self) -> None:
        """See PageView."""
        progress = self.session.progress
        if progress is None:
            return
        words = self._says(progress)
        if words != self._line.text():
            self._line.setText(words)
            self._line.setAccessibleName(words)
            self._tell(progress.stage, words)
        if progress.total:
            self._bar.setRange(0, progress.total)
            self._bar.setValue(progress.done)

    def _tell(self, stage: str, words: str) -> None:
        """A screen reader says each server, which takes its time; of the profiles now and then."""
        if stage == "prove" or not self._said_at.isValid() or self._said_at.elapsed() > _SPEECH:
            self._said_at.start()
            announce(self._line, words)

    def _says(self, progress: Progress) -> str:
        if progress.stage == "prove":
            line = self._("Looking at server {done} of {total}…")
            done = min(progress.done + 1, progress.total or 1)
            return line.format(done=done, total=progress.total)
        return self._("Looking at profile {done}…").format(done=progress.done)


class CloseProgramPage(PageView):
    """Page 5: the mail program is open; it goes on by itself once that is closed."""

    def heading(self) -> str:
        """See PageView."""
        programs = sentences.together(self.view.texts, self.session.open_programs)
        if len(self.session.open_programs) > 1:
            return self._("Close these programs: {programs}").format(programs=programs)
        return self._("Close {program}").format(program=programs)

    def sentence(self) -> str:
        """See PageView."""
        programs = sentences.together(self.view.texts, self.session.open_programs)
        if len(self.session.open_programs) > 1:
            return self._(
                "{programs} are open. While they are open, the change would be lost. Close them; "
                "we go on by ourselves as soon as they are closed."
            ).format(programs=programs)
        return self._(
            "{program} is open. While it is open, the change would be lost. Close it; we go on by "
            "ourselves as soon as it is closed."
        ).format(program=programs)

    def fill(self) -> None:
        """See PageView."""
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(self._("Waiting until it is closed"))
        self.add(bar)
        self.paragraph(
            self._(
                "If you see no window of it: look at the bottom of the screen, beside the clock. "
                "Some mail programs stay there after their window is closed."
            ),
            quiet=True,
        )


class ChangingPage(PageView):
    """Page 6: three lines that tick off; to cancel is to undo."""

    def heading(self) -> str:
        """See PageView."""
        return self._("We are changing your settings")

    def fill(self) -> None:
        """See PageView."""
        self._lines: dict[str, tuple[Ornament, QLabel]] = {}
        for stage, words in (
            ("backup", self._("Make a backup")),
            ("write", self._("Write the new settings")),
            ("verify", self._("Check that everything is right")),
        ):
            tick = Ornament(self.view, "state-fine", 24)
            policy = tick.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            tick.setSizePolicy(policy)
            tick.setVisible(False)
            label = text_label(self.view, words)
            self._lines[stage] = (tick, label)
            self.add(row(self.view, tick, label))
        self.secondary(
            self._("&Cancel and undo"),
            self.stop.emit,
            self._("Stops, and puts everything back as it was."),
        )
        self.refresh()

    def refresh(self) -> None:
        """See PageView: what has been done is ticked once, and said once."""
        stages = list(self._lines)
        reached = [stages.index(each) for each in self.session.stages if each in stages]
        proving = "prove" in self.session.stages
        for index, (tick, label) in enumerate(self._lines.values()):
            done = proving or index < max(reached, default=0)
            if done and not tick.isVisibleTo(self):
                tick.setVisible(True)
                words = self._("{what}: done").format(what=label.text())
                label.setAccessibleName(words)
                announce(label, words)


class UndoingPage(PageView):
    """Page 16: the way back, which is not interrupted."""

    def heading(self) -> str:
        """See PageView."""
        return self._("We are undoing the change")

    def sentence(self) -> str:
        """See PageView."""
        return self._("Your settings go back to what they were. It takes a moment.")

    def fill(self) -> None:
        """See PageView."""
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(self.heading())
        self.add(bar)
