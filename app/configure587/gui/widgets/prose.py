"""Our own texts with their bold words and links, and the words of the glossary as links."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from configure587.gui.widgets.breaks import bound
from configure587.gui.widgets.controls import Text, dress_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configure587.awareness import Mention
    from configure587.formats.leaflet import Block
    from configure587.gui.view import View


class Prose(Text):
    """One paragraph or list item; its links can be reached with the keyboard."""

    followed = Signal(str)  # where a link leads: "term:ID", "topic:ID", "why:ID", https://…

    def __init__(self, view: View, block: Block) -> None:
        """`block` is of a leaflet."""
        super().__init__()
        dress_text(view, self, ("\N{BULLET} " if block.item else "") + block.text)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(_marked(view, block))
        self._reach()

    def _reach(self) -> None:
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.LinksAccessibleByMouse)
        if "<a " in self.text():
            self.setTextInteractionFlags(
                self.textInteractionFlags() | flags.LinksAccessibleByKeyboard
            )
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.linkActivated.connect(self.followed)


def _marked(view: View, block: Block) -> str:
    parts = ["\N{BULLET} " if block.item else ""]
    for span in block.spans:
        words = html.escape(bound(span.text))
        if span.target:
            parts.append(link(view, span.target, words))
        else:
            parts.append(f"<b>{words}</b>" if span.bold else words)
    return "".join(parts)


def link(view: View, target: str, words: str) -> str:
    """Words that lead somewhere, as HTML; `words` are escaped already."""
    color = view.theme.accent
    return f'<a href="{html.escape(target)}" style="color: {color}">{words}</a>'


def link_terms(view: View, label: Text, mentions: Iterable[Mention]) -> None:
    """Let these words of a plain text lead to the glossary; what is spoken stays the same."""
    text, parts, end = label.text(), [], 0
    for mention in mentions:
        parts.append(html.escape(text[end : mention.start]))
        words = html.escape(text[mention.start : mention.end])
        parts.append(link(view, f"term:{mention.term.id}", words))
        end = mention.end
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setText("".join([*parts, html.escape(text[end:])]))
    flags = Qt.TextInteractionFlag
    label.setTextInteractionFlags(
        flags.TextSelectableByMouse | flags.LinksAccessibleByMouse | flags.LinksAccessibleByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
