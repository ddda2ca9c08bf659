"""The geometry of the page's charts: numbers in, numbers for SVG out; no words, no colors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from configure587.fleet.progress import Day, Fleet

WIDTH = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 12, 628, 16, 204


class Trend(NamedTuple):
    """Steps from day to day: a line's points, its end, and where the goal's line runs."""

    line: str
    area: str
    goal: float
    end: float
    first: dt.date
    last: dt.date


def part(count: int, whole: int, length: int = WIDTH) -> float:
    """How long a bar is; whatever there is at all can be seen."""
    if not count or not whole:
        return 0.0
    return round(max(2.0, length * count / whole), 1)


def trend(fleet: Fleet) -> Trend | None:
    """The computers that had moved by each day; None when fewer than two days are known."""
    days = fleet.days
    today = max(fleet.made.date(), days[-1].day) if days else fleet.made.date()
    if not days or days[0].day == today:
        return None
    top = max(fleet.known, *(each.moved for each in days))
    steps = _steps(days, today, top)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in steps)
    area = f"{steps[0][0]:.1f},{_BOTTOM} {line} {_RIGHT},{_BOTTOM}"
    needed = fleet.goal * fleet.known / 100
    goal, end = round(_height(needed, top), 1), round(steps[-1][1], 1)
    return Trend(line, area, goal, end, days[0].day, today)


def _steps(days: Sequence[Day], today: dt.date, top: int) -> list[tuple[float, float]]:
    span = (today - days[0].day).days
    found: list[tuple[float, float]] = []
    level = float(_BOTTOM)
    for each in days:
        x = _LEFT + (_RIGHT - _LEFT) * (each.day - days[0].day).days / span
        found.append((x, level))
        level = _height(each.moved, top)
        found.append((x, level))
    return [*found, (_RIGHT, level)]


def _height(count: float, top: int) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * count / (top or 1)
