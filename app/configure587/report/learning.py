"""The campaign's pages for a terminal, a screen reader or a program; charts as bars and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import awareness
from configure587.awareness import Topic, Trouble
from configure587.formats.figures import Gap
from configure587.i18n import N_, PORTUGUESE, language_of
from configure587.report import text, wire

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterable, Iterator

    from configure587.awareness import Entry, Page, Pages
    from configure587.formats.figures import Figures, Notifications, Standing
    from configure587.formats.leaflet import Block
    from configure587.report.learn_documents import EntryJson, FiguresJson, LearnJson, TopicJson
    from configure587.report.style import Style

_BAR = 40  # signs for the largest number of a chart
_LINKS = {"topic", "term", "why"}  # what `learn` takes after the colon

STANDINGS = {
    "over": N_("{when}: place {rank}, with more than {count} addresses, {percent}% of all."),
    "under": N_("{when}: place {rank}, with fewer than {count} addresses, {percent}% of all."),
    "": N_("{when}: place {rank}."),
}


def listed(style: Style, pages: Pages) -> Iterator[str]:
    """What there is to learn, and how to read it."""
    _ = style.texts.gettext
    yield _("What there is to learn:")
    width = max(len(page.name) for page in pages)
    for page in pages:
        if not page.language:
            yield from text.body(style, trouble(style.texts, page))
        elif style.plain:
            yield _("{name}: {title}.").format(name=page.name, title=page.title.rstrip("?"))
        else:
            yield f"    {page.name.ljust(width)}  {page.title}"
    first = next((page.name for page in pages if page.language), Topic.CARDS.value)
    line = _("To read one: {command} learn {name}")
    yield from _gap(style)
    yield line.format(command=style.command, name=first)
    yield _("A word can be asked for too: {command} learn STARTTLS").format(command=style.command)


def trouble(texts: gettext.NullTranslations, page: Page) -> str:
    """What to say when a page is not as it should be; "" when it is."""
    _ = texts.gettext
    if page.trouble is None:
        return ""
    if page.language:
        return _("This page could not be read in your language, so here it is in another one.")
    line = _("The page {path} could not be read. Everything else works as before.")
    return line.format(path=page.trouble.file)


def page(style: Style, value: Page) -> Iterator[str]:
    """A whole page."""
    yield value.title
    note = trouble(style.texts, value)
    yield from text.body(style, note) if note else ()
    yield from _blocks(style, value.blocks)
    yield from _gap(style)
    if value.topic is Topic.CHARTS:
        yield from _charts(style, value)
        return
    for each in value.entries:
        yield from entry(style, each)


def entry(style: Style, value: Entry) -> Iterator[str]:
    """One card, question, term, reason or reference."""
    _ = style.texts.gettext
    yield value.title
    if value.where:
        where = _("Source {number}: {where}")
        yield from text.sentence(style, where.format(number=_source(value.id), where=value.where))
    yield from _blocks(style, value.blocks)
    yield from _sources(style, value.sources)
    for place in _places(value.blocks):
        line = _("See also: {command} learn {name}")
        yield from text.sentence(style, line.format(command=style.command, name=place))
    yield from _gap(style)


def _gap(style: Style) -> Iterator[str]:
    """An empty line between what belongs apart; a screen reader needs none."""
    if not style.plain:
        yield ""


def _blocks(style: Style, blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        item = block.item and not style.plain
        yield from text.sentence(style, f"- {block.text}" if item else block.text)


def _sources(style: Style, names: Iterable[str]) -> Iterator[str]:
    shown = ", ".join(map(_source, names))
    if shown:
        line = style.texts.gettext("Sources: {names}.").format(names=shown)
        yield from text.sentence(style, line)


def _source(name: str) -> str:
    """The number of a source, as people write it."""
    return name.replace("rfc", "RFC ")


def _places(blocks: Iterable[Block]) -> Iterator[str]:
    """Where the links of a text lead, as words that `learn` knows."""
    for target in (span.target for block in blocks for span in block.spans):
        kind, _, place = target.partition(":")
        if kind in _LINKS:
            yield place


# charts


def _charts(style: Style, value: Page) -> Iterator[str]:
    figures = awareness.figures()
    if isinstance(figures, Trouble):
        line = style.texts.gettext(
            "The figures could not be read. Everything else works as before."
        )
        yield from text.body(style, line)
        yield from _gap(style)
    drawn = {} if isinstance(figures, Trouble) else _drawn(style, value, figures)
    for each in value.entries:
        if "." in each.id or (each.id == "parts" and not drawn):
            continue  # said where its number stands
        yield each.title
        yield from _blocks(style, each.blocks)
        yield from drawn.get(each.id, ())
        yield from _sources(style, each.sources)
        yield from _gap(style)


def _drawn(style: Style, value: Page, figures: Figures) -> dict[str, Iterator[str]]:
    """Entry -> its chart."""
    return {
        "notifications": _years(style, value, figures.notifications),
        "parts": _parts(style, value, figures.notifications),
        "cbl": _standings(style, value, figures.cbl),
    }


def _years(style: Style, value: Page, notes: Notifications) -> Iterator[str]:
    row = notes.row
    largest = max((each.count for each in row if not isinstance(each, Gap)), default=1)
    for each in row:
        if isinstance(each, Gap):
            yield from _said(style, value, f"gap.{each.first}")
            for year in notes.derived_in(each):
                yield from _said(style, value, f"derived.{year.year}")
            continue
        line = _counted(style, str(each.year), each.count)
        yield from _barred(style, line, each.count / largest)
    used = (name for each in notes.years for name in each.sources)
    yield from _sources(style, dict.fromkeys(used))


def _parts(style: Style, value: Page, notes: Notifications) -> Iterator[str]:
    for each in notes.parts:
        label = value.entry(f"part.{each.year}")
        when = label.title if label is not None else str(each.year)
        yield from text.sentence(style, _counted(style, when, each.count))
    yield from _sources(style, (name for each in notes.parts for name in each.sources))


def _counted(style: Style, when: str, count: int) -> str:
    line = style.texts.gettext("{when}: {count}.")
    return line.format(when=when, count=number(style.texts, count))


def _standings(style: Style, value: Page, places: Iterable[Standing]) -> Iterator[str]:
    places = tuple(places)
    largest = max((each.addresses or 0 for each in places), default=0) or 1
    for each in places:
        label = value.entry(f"cbl.{each.id}")
        line = style.texts.gettext(STANDINGS[each.bound]).format(
            when=label.title if label is not None else each.date,
            rank=each.rank,
            count=number(style.texts, each.addresses or 0),
            percent=each.percent,
        )
        yield from _barred(style, line[:1].upper() + line[1:], (each.addresses or 0) / largest)
        yield from _blocks(style, label.blocks if label is not None else ())
    used = (name for each in places for name in each.sources)
    yield from _sources(style, dict.fromkeys(used))


def _barred(style: Style, line: str, part: float) -> Iterator[str]:
    """A number in words, and below it a bar for whoever sees it."""
    yield from text.sentence(style, line)
    if part and not style.plain:
        yield "    " + "#" * max(1, round(part * _BAR))


def _said(style: Style, value: Page, name: str) -> Iterator[str]:
    """What is missing, in words."""
    found = value.entry(name)
    if found is not None:
        yield from text.sentence(style, f"{found.title}.")
        yield from _blocks(style, found.blocks)


def number(texts: gettext.NullTranslations, value: int) -> str:
    """A number as the reader's language groups it."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if language_of(texts) == PORTUGUESE else grouped


# for programs


def document(language: str, pages: Iterable[Page]) -> LearnJson:
    """Pages for JSON."""
    return {
        "schema": wire.SCHEMA,
        "kind": "learn",
        "language": language,
        "pages": [_topic(each) for each in pages],
        "figures": _figures(),
    }


def _figures() -> FiguresJson | None:
    found = awareness.figures()
    if isinstance(found, Trouble):
        return None
    import msgspec

    shown: FiguresJson = msgspec.to_builtins(found)
    return shown


def _topic(value: Page) -> TopicJson:
    return {
        "topic": value.topic.value,
        "language": value.language or None,
        "name": value.name,
        "title": value.title,
        "text": [block.text for block in value.blocks],
        "entries": [_entry(each) for each in value.entries],
    }


def _entry(value: Entry) -> EntryJson:
    return {
        "id": value.id,
        "title": value.title,
        "text": [block.text for block in value.blocks],
        "where": value.where,
        "sources": list(value.sources),
        "campaign": list(value.campaign),
    }
