"""How far a fleet has come, as one page that needs nothing else: to read, to print, to pass on.

The template knows the structure and nothing else; every word is made here, as a value. Jinja2
escapes all of them, and the page itself forbids whatever could be loaded or run: its only style is
allowed by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import jinja2
import markupsafe

from configure587 import __version__
from configure587.i18n import language_of
from configure587.report import fleet_charts as charts
from configure587.report import fleet_troubles as troubles
from configure587.report import fleet_words as words
from configure587.report import sentences, text
from configure587.report.fleet_table import reasons, stamp
from configure587.report.learning import number

if TYPE_CHECKING:
    import datetime as dt
    import gettext
    from collections.abc import Iterator, Sequence

    from configure587.fleet.computers import Seen
    from configure587.fleet.progress import Fleet
    from configure587.report.style import Style

MANY = 1_000  # computers that are named; all of them are in the file of --csv
DAYS = 60
SETTLED = {"moved", "no_account"}


class Row(NamedTuple):
    """A line of a table: its head, a word beside that, the other cells, and a bar's length."""

    name: str
    cells: tuple[str, ...]
    note: str = ""
    bar: float | None = None


class Table(NamedTuple):
    """A table; `numbers` are the columns that are set to the right."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...] = ()


class Bar(NamedTuple):
    """The share beside the goal, and both in words."""

    title: str
    text: str
    done: float
    goal: float
    label: str
    anchor: str


class Line(NamedTuple):
    """The computers that had moved by each day, and that in words."""

    title: str
    text: str
    shape: charts.Trend
    label: str
    label_at: float
    first: str
    last: str
    level: str
    level_at: float


class Section(NamedTuple):
    """A part of the page with a heading of its own."""

    id: str
    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    bar: Bar | None = None
    trend: Line | None = None


class Page(NamedTuple):
    """All that the template is given."""

    language: str
    title: str
    made: str
    made_by: str
    skip: str
    contents: str
    footer: str
    security: str
    style: markupsafe.Markup
    sections: tuple[Section, ...]


def page(style: Style, fleet: Fleet) -> bytes:
    """The whole page, in the reader's language."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(_resource("page.html.j2"))
    return template.render(page=_page(style, fleet)).encode()


def _resource(name: str) -> str:
    shelf = resources.files("configure587.resources") / "fleet"
    return (shelf / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _page(style: Style, fleet: Fleet) -> Page:
    _ = style.texts.gettext
    css = _resource("page.css")
    return Page(
        language=language_of(style.texts),
        title=_("How many computers have moved to port 587"),
        made=_("Made on {day} from {count}.").format(
            day=_moment(style, fleet.made), count=_reports(style, fleet.counted)
        ),
        made_by=f"Configure 587! {__version__}",
        skip=_("Go to the report"),
        contents=_("Contents"),
        footer=_(
            "Made by Configure 587! {version}. This page names computers, but no people, no mail "
            "addresses and no servers. It loads nothing and runs nothing."
        ).format(version=__version__),
        security=_security(css),
        style=markupsafe.Markup(css),  # noqa: S704 - our own file, without a word of a report
        sections=tuple(_sections(style, fleet)),
    )


def _security(css: str) -> str:
    """Nothing may be loaded, sent or run; this one style may be used."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _reports(style: Style, count: int) -> str:
    line = style.texts.ngettext("{count} report", "{count} reports", count)
    return line.format(count=number(style.texts, count))


def _day(style: Style, day: dt.date) -> str:
    return sentences.date(style.texts, day.isoformat())


def _moment(style: Style, moment: dt.datetime) -> str:
    iso = stamp(moment) or ""
    return f"{sentences.date(style.texts, iso[:10])}, {iso[11:16]} (UTC)"


def _sections(style: Style, fleet: Fleet) -> Iterator[Section]:
    _ = style.texts.gettext
    yield _goal(style, fleet)
    definition = tuple(_(line) for line in words.DEFINITION)
    yield Section("moved", _('What "moved" means'), definition)
    yield _stages(style, fleet)
    if fleet.days:
        yield _over_time(style, fleet)
    for name, rows in fleet.tables.items():
        if rows:
            yield _table(style, fleet, name)
    attention = [each for each in fleet.computers if each.stage.value not in SETTLED]
    if attention:
        yield _attention(style, attention)
    certain = tuple(words.certainty(style.texts, fleet))
    yield Section("certain", _("How certain this is"), certain, _files(style, fleet))


def _goal(style: Style, fleet: Fleet) -> Section:
    _ = style.texts.gettext
    headline, goal = words.headline(style.texts, fleet), words.goal(style.texts, fleet)
    mark = round(1 + 638 * fleet.goal / 100, 1)
    bar = Bar(
        title=_("The share beside the goal"),
        text=f"{headline} {goal}",
        done=min(638.0, charts.part(fleet.moved, fleet.known, 638)),
        goal=mark,
        label=_("Goal: {goal} %").format(goal=fleet.goal),
        anchor="end" if mark > 560 else "start" if mark < 80 else "middle",
    )
    return Section("goal", _("The goal"), (headline, goal), bar=bar if fleet.known else None)


def _stages(style: Style, fleet: Fleet) -> Section:
    texts = style.texts
    _ = texts.gettext
    whole = len(fleet.computers)
    found = {stage.value: count for stage, count in fleet.stages.items()}
    rows = [
        Row(
            _(words.STAGES[name]),
            (_(words.MEANINGS[name]), number(texts, found[name])),
            bar=charts.part(found[name], whole, 160),
        )
        for name in words.STAGES
        if found.get(name)
    ]
    caption = _("Each computer is counted once, by its newest report.")
    heads = (_("Where they stand"), _("What that means"), _("Computers"))
    table = Table(caption, heads, tuple(rows), (2,)) if rows else None
    return Section("stages", _("Where they stand"), table=table)


def _over_time(style: Style, fleet: Fleet) -> Section:
    texts = style.texts
    _ = texts.gettext
    shown = fleet.days[-DAYS:]
    rows = tuple(
        Row(_day(style, each.day), (number(texts, each.moved),), bar=_of_known(fleet, each.moved))
        for each in reversed(shown)
    )
    caption = _("The newest {count} days on which the number changed, in universal time (UTC).")
    table = Table(
        caption.format(count=len(shown)), (_("Day"), _("Computers that had moved")), rows, (1,)
    )
    return Section("time", _("Over time"), table=table, trend=_trend(style, fleet))


def _of_known(fleet: Fleet, count: int) -> float:
    return min(160.0, charts.part(count, fleet.known, 160))


def _trend(style: Style, fleet: Fleet) -> Line | None:
    _ = style.texts.gettext
    shape = charts.trend(fleet)
    if shape is None:
        return None
    first, last = _day(style, shape.first), _day(style, shape.last)
    said = _(
        "On {first} {before} had moved, on {last} {after}. The numbers of each day are in the "
        "table below."
    )
    return Line(
        title=_("Computers that had moved, day by day"),
        text=said.format(
            first=first,
            before=number(style.texts, fleet.days[0].moved),
            last=last,
            after=number(style.texts, fleet.days[-1].moved),
        ),
        shape=shape,
        label=_("Goal: {goal} %").format(goal=fleet.goal),
        label_at=shape.goal + 18 if shape.goal < 30 else shape.goal - 6,
        first=first,
        last=last,
        level=number(style.texts, fleet.days[-1].moved),
        level_at=min(shape.end + 18, 198),
    )


def _table(style: Style, fleet: Fleet, name: str) -> Section:
    texts = style.texts
    _ = texts.gettext
    title, head = (_(word) for word in words.TABLES[name])
    found = fleet.tables[name]
    if name == "reason":
        top = max(row.accounts for row in found)
        rows = [
            Row(
                words.row_name(texts, name, row),
                (number(texts, row.accounts),),
                bar=charts.part(row.accounts, top, 160),
            )
            for row in found
        ]
        caption = _("An account may have several reasons.")
        return Section(name, title, table=Table(caption, (head, _("How often")), tuple(rows), (1,)))
    rows = [
        Row(
            words.row_name(texts, name, row),
            (
                number(texts, row.accounts),
                number(texts, row.done),
                words.percent(texts, row.done, row.accounts),
            ),
            bar=charts.part(row.done, row.accounts, 160),
        )
        for row in found
    ]
    caption = _("Accounts on computers that reported; the bar shows how many are done.")
    heads = (head, _("Accounts"), _("Done"), _("Share"))
    return Section(name, title, table=Table(caption, heads, tuple(rows), (1, 2, 3)))


def _attention(style: Style, computers: Sequence[Seen]) -> Section:
    texts = style.texts
    _, ngettext = texts.gettext, texts.ngettext
    rows = tuple(_computer(style, each) for each in computers[:MANY])
    heads = (_("Computer"), _("Where it stands"), _("Reasons"), _("Last report"))
    lines = []
    if len(computers) > MANY:
        rest = len(computers) - MANY
        line = ngettext(
            "{count} more is not named here; the file of --csv names it.",
            "{count} more are not named here; the file of --csv names them all.",
            rest,
        )
        lines.append(line.format(count=number(texts, rest)))
    caption = _("Computers that have not moved, those that failed first.")
    title = _("Computers that have not moved yet")
    return Section("computers", title, tuple(lines), Table(caption, heads, rows))


def _computer(style: Style, each: Seen) -> Row:
    texts = style.texts
    cells = (
        texts.gettext(words.STAGES[each.stage.value]),
        "; ".join(_why(texts, each)),
        _moment(style, each.ended) if each.ended is not None else texts.gettext("never"),
    )
    return Row(text.shown(each.name) or "—", cells, text.shown(each.id[:8]))


def _why(texts: gettext.NullTranslations, each: Seen) -> Iterator[str]:
    """The reasons in a few words; of what stopped the whole run, all that is known."""
    stopped = "" if each.trouble is None else each.trouble.code
    yield from (words.reason(texts, code) for code in reasons(each) if code != stopped)
    if each.trouble is not None:
        yield troubles.sentence(texts, each.trouble)


def _files(style: Style, fleet: Fleet) -> Table | None:
    _ = style.texts.gettext
    if not fleet.examples:
        return None
    rows = tuple(
        Row(text.shown(path), (_(words.ASIDES[why.value]),)) for path, why in fleet.examples[:MANY]
    )
    return Table(_("Files that were not counted"), (_("File"), _("Why")), rows)
