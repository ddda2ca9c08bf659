"""configure587 learn: the campaign explained, page by page, and every word that needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import awareness, i18n
from configure587.awareness import Page
from configure587.errors import Refused
from configure587.report import exit_codes, learning

if TYPE_CHECKING:
    from configure587.session import Session


def run(session: Session) -> int:
    """List the pages, or show one of them, one reason or one word."""
    language = i18n.language_of(session.style.texts)
    pages = awareness.pages(language)
    asked = " ".join(session.args.topic)
    if not asked:
        session.say(learning.listed(session.style, pages))
        session.document(learning.document(language, pages))
        return exit_codes.DONE
    found = pages.find(asked)
    if found is None:
        raise Refused("topic_unknown", topic=asked)
    if not isinstance(found, Page):
        session.say(learning.entry(session.style, found))
        holding = next(page for page in pages if found in page.entries)
        session.document(learning.document(language, [holding._replace(entries=(found,))]))
    elif found.trouble is not None and not found.language:
        raise Refused("topic_unreadable", path=found.trouble.file)
    else:
        session.say(learning.page(session.style, found))
        session.document(learning.document(language, [found]))
    return exit_codes.DONE
