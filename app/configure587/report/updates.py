"""What was announced of versions, in words and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import __version__, i18n
from configure587.report.text import body

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterator

    from configure587.report.style import Style
    from configure587.report.update_documents import UpdateJson
    from configure587.updates import News


def headline(texts: gettext.NullTranslations, news: News) -> str:
    """Whether there is a newer version, in one sentence."""
    _ = texts.gettext
    if not news.is_newer:
        return _("There is no newer version. You have {version}.").format(version=__version__)
    sentence = _("Version {newer} of Configure 587! is there. You have {version}.")
    return sentence.format(newer=news.announcement.version, version=__version__)


def changes(texts: gettext.NullTranslations, news: News) -> list[str]:
    """What is new, line by line, as its makers wrote it in the reader's language."""
    text = news.announcement.changes_in(i18n.language_of(texts)) if news.is_newer else ""
    return [line for line in text.split("\n") if line]


def lines(style: Style, news: News) -> Iterator[str]:
    """All of it for a terminal."""
    _ = style.texts.gettext
    yield headline(style.texts, news)
    if not news.is_newer:
        return
    for line in changes(style.texts, news):
        yield from body(style, line)
    yield from body(style, _("Get it here: {link}").format(link=news.announcement.link))
    yield from body(style, _("Nothing was installed: that is for you to do, when it suits you."))


def document(news: News) -> UpdateJson:
    """The same for programs."""
    from configure587.report import wire

    found = news.announcement
    return {
        "schema": wire.SCHEMA,
        "kind": "update",
        "version": __version__,
        "newest": found.version,
        "is_newer": news.is_newer,
        "link": found.link,
        "changes": dict(found.changes),
    }
