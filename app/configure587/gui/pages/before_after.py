"""How it was, how it is: the diagram, its controls, its captions, and what it means for you."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from configure587.gui import sentences
from configure587.gui.theme import tick_box_palette
from configure587.gui.widgets.card import Card, stacked
from configure587.gui.widgets.controls import announce, button, text_label
from configure587.gui.widgets.diagram import Diagram
from configure587.gui.widgets.flowing import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.awareness import Page
    from configure587.formats.figures import Diagram as Picture
    from configure587.gui.view import View
    from configure587.gui.widgets.flows import Scene
    from configure587.model import Finding


class Story(QWidget):
    """The diagram with its controls; everything works with the keyboard alone."""

    def __init__(
        self, view: View, picture: Picture, page: Page, findings: Sequence[Finding] | None
    ) -> None:
        """`page` holds the captions, `findings` are the person's own accounts, once we looked."""
        super().__init__()
        self._view = view
        self._page = page
        names = {actor.id: self._words(f"actor.{actor.id}")[0] for actor in picture.actors}
        told = self._words("picture")[1]
        self.diagram = Diagram(view, picture, names, alternative=told)
        self.diagram.setAccessibleDescription(
            view.gettext(
                "Right and left tell the story step by step; space closes or opens port 25."
            )
        )
        self.diagram.told.connect(self._show)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(view.gap * 2)
        layout.addWidget(self._controls())
        self._title = text_label(view, "", bold=True)
        self._caption = text_label(view, "")
        layout.addWidget(self._title)
        layout.addWidget(self._caption)  # above: below, a small screen would not show it
        layout.addWidget(self.diagram)
        own = [] if findings is None else list(self._own(findings))
        if own:
            layout.addWidget(text_label(view, view.gettext("What it means for you"), bold=True))
        for title, words in own:
            name = text_label(view, title, bold=True)
            layout.addWidget(Card(view, name, stacked(view, words.splitlines())))
        self._show(self.diagram.scene)

    def _controls(self) -> Flow:
        view = self._view
        flow = Flow(view)
        self._switch = QCheckBox(view.gettext("Port-25 &management"))
        self._switch.setPalette(tick_box_palette(view.theme))
        self._switch.setFont(view.type.font(view.type.text))
        self._switch.setAccessibleName(view.gettext("Port-25 management"))
        self._switch.setAccessibleDescription(
            view.gettext("Closes or opens port 25 for homes in the drawing.")
        )
        self._switch.clicked.connect(self.diagram.switch)
        flow.add(self._switch)
        flow.add(button(view, view.gettext("Step &back"), "secondary", self.diagram.backward))
        flow.add(button(view, view.gettext("&Next step"), "secondary", self.diagram.forward))
        return flow

    def _show(self, scene: Scene) -> None:
        title, words = self._words(scene.caption)
        self._title.setText(title)
        self._title.setAccessibleName(title)
        self._caption.setText(words)
        self._caption.setAccessibleName(words)
        self._switch.setChecked(scene.managed)
        announce(self.diagram, f"{title}. {words}")

    def _words(self, name: str) -> tuple[str, str]:
        entry = self._page.entry(name)
        return (entry.title, entry.text) if entry is not None else ("", "")

    def _own(self, findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
        """For each account of this person, by its port: what the measure means for it."""
        found = False
        for finding in findings:
            server = finding.server
            local = any(each.code == "local_host" for each in finding.reasons)
            if server is None or not server.used_by or local:
                continue
            found = True
            words = self._words(f"you.{server.transport.port}")[1]
            if words:
                yield sentences.account(self._view.texts, finding), words
        if not found:
            yield self._words("you.webmail")
