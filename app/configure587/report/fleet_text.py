"""How far a fleet has come, for a terminal and for a screen reader."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from configure587.report import fleet_troubles as troubles
from configure587.report import fleet_words as words
from configure587.report import text
from configure587.report.learning import number
from configure587.report.senders import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.fleet.computers import Seen
    from configure587.fleet.progress import Fleet, Share
    from configure587.report.style import Style

_FEW = 10
_NAMED = ("failed", "silent", "not_seen")
_BAR = 40


def listed(style: Style, fleet: Fleet) -> Iterator[str]:
    """The share first, then where all stand, then how certain that is."""
    texts = style.texts
    yield words.headline(texts, fleet)
    yield words.goal(texts, fleet)
    if fleet.known and not style.plain:
        yield _bar(fleet)
    yield from _stages(style, fleet)
    for name, rows in fleet.tables.items():
        yield from _table(style, name, rows)
    for stage in _NAMED:
        yield from _names(style, stage, fleet.computers)
    yield from _troubles(style, fleet.computers)
    yield from () if style.plain else [""]
    for line in words.certainty(texts, fleet):
        yield from text.sentence(style, line)


def _bar(fleet: Fleet) -> str:
    """The share as a bar, with a sign where the goal is."""
    cells = ["#" if place * fleet.known < fleet.moved * _BAR else "." for place in range(_BAR)]
    cells[min(_BAR - 1, fleet.goal * _BAR // 100)] = "|"
    return f"[{''.join(cells)}]"


def _stages(style: Style, fleet: Fleet) -> Iterator[str]:
    _ = style.texts.gettext
    rows = [(stage, count) for stage, count in fleet.stages.items() if count]
    rows.sort(key=lambda row: (-row[1], row[0].value))
    if style.plain:
        for stage, count in rows:
            yield _("{name}: {count}.").format(name=_(words.STAGES[stage.value]), count=count)
        return
    if rows:
        yield ""
        heads = (_("Where they stand"), _("Computers"))
        cells = ((_(words.STAGES[s.value]), number(style.texts, count)) for s, count in rows)
        yield from columns([heads, *cells])


def _table(style: Style, name: str, rows: Sequence[Share]) -> Iterator[str]:
    texts = style.texts
    _ = texts.gettext
    if not rows:
        return
    title, head = (_(word) for word in words.TABLES[name])
    shown = [(words.row_name(texts, name, row), row) for row in rows]
    if style.plain:
        yield f"{title}."
        for label, row in shown:
            yield _("{name}: {count}.").format(name=label, count=number(texts, row.accounts))
        return
    yield ""
    numbers = [
        (label, number(texts, row.accounts), number(texts, row.done)) for label, row in shown
    ]
    if name == "reason":
        yield from columns([(title, _("How often")), *(cells[:2] for cells in numbers)])
    else:
        yield from columns([(head, _("Accounts"), _("Done")), *numbers])


def _names(style: Style, stage: str, computers: Sequence[Seen]) -> Iterator[str]:
    """The first few computers of a kind by name."""
    _, ngettext = style.texts.gettext, style.texts.ngettext
    found = [text.shown(each.name) for each in computers if each.stage.value == stage]
    if not found:
        return
    yield from () if style.plain else [""]
    rest = max(0, len(found) - _FEW)
    line = ngettext(
        "{stage}: {names}, and {count} more; --csv names it.",
        "{stage}: {names}, and {count} more; --csv names them all.",
        rest,
    )
    line = line if rest else _("{stage}: {names}.")
    names = ", ".join(found[:_FEW])
    stage = _(words.STAGES[stage])
    yield from text.sentence(style, line.format(stage=stage, names=names, count=rest))


def _troubles(style: Style, computers: Sequence[Seen]) -> Iterator[str]:
    """What stopped whole runs, the commonest first: one mistake in a policy stops many."""
    ngettext = style.texts.ngettext
    found = Counter(
        troubles.sentence(style.texts, each.trouble) for each in computers if each.trouble
    )
    for sentence, count in found.most_common(_FEW):
        line = ngettext(
            "Stopped on {count} computer: {sentence}",
            "Stopped on {count} computers: {sentence}",
            count,
        )
        yield from text.sentence(style, line.format(count=count, sentence=sentence))


def written(style: Style, path: str) -> str:
    """That a file is there."""
    return style.texts.gettext("Written: {path}").format(path=text.shown(path))
