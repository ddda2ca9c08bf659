"""The two charts of Learn, from the fact tables, with what is not known left visibly open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.gui.widgets.chart import Bar, Chart

if TYPE_CHECKING:
    from configure587.awareness import Page
    from configure587.formats.figures import Figures, Gap, Standing
    from configure587.formats.figures import Year as YearType
    from configure587.gui.view import View


def notifications(view: View, figures: Figures, page: Page) -> Chart:
    """Reports of spam to CERT.br, by year."""
    row = figures.notifications.row
    greatest = max((each.count for each in figures.notifications.years), default=1)
    bars = [_year(view, each, greatest) for each in row]
    names = ("notifications", *(f"gap.{gap.first}" for gap in figures.notifications.gaps))
    derived = [f"derived.{each.year}" for each in figures.notifications.years if each.derived]
    return Chart(view, *_title_and(page, (*names, *derived), bars))


def standings(view: View, figures: Figures, page: Page) -> Chart:
    """Brazil's place in the CBL, by date."""
    known = [each.addresses for each in figures.cbl if each.addresses is not None]
    greatest = max(known, default=1)
    bars = [_standing(view, page, each, greatest) for each in figures.cbl]
    campaign = [f"cbl.{each.id}" for each in figures.cbl if each.campaign]
    return Chart(view, *_title_and(page, ("cbl", *campaign), bars))


def _title_and(
    page: Page, names: tuple[str, ...], bars: list[Bar]
) -> tuple[str, list[Bar], list[str]]:
    entries = [entry for entry in map(page.entry, names) if entry is not None]
    title = entries[0].title if entries else page.title
    return title, bars, [entry.text for entry in entries if entry.text]


def _year(view: View, value: YearType | Gap, greatest: int) -> Bar:
    from configure587.formats.figures import Year

    if isinstance(value, Year):
        return Bar(str(value.year), _number(view, value.count), value.count / greatest)
    years = f"{value.first}\N{EN DASH}{value.last}"
    return Bar(years, view.gettext("no figure found"), None)


def _standing(view: View, page: Page, value: Standing, greatest: int) -> Bar:
    entry = page.entry(f"cbl.{value.id}")
    label = entry.title if entry is not None else value.date
    rank = view.gettext("place {rank}").format(rank=value.rank)
    if value.addresses is None:
        return Bar(label, view.gettext("{rank}; number not found").format(rank=rank), None)
    line = {
        "over": view.gettext("{rank}; over {count} addresses"),
        "under": view.gettext("{rank}; under {count} addresses"),
        "": view.gettext("{rank}; {count} addresses"),
    }[value.bound]
    words = line.format(rank=rank, count=_number(view, value.addresses))
    return Bar(label, words, value.addresses / greatest)


def _number(view: View, count: int) -> str:
    return view.locale.toString(count)
