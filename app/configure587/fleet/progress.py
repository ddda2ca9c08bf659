"""How far a fleet has come: the share of its computers that moved, measured against a goal."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from configure587.fleet import inventory
from configure587.fleet.computers import Seen
from configure587.fleet.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from configure587.fleet.computers import Kind, Tally
    from configure587.fleet.inventory import Inventory
    from configure587.fleet.runs import Aside

ROWS = 200
"""Rows of a table; what is rarer is added up."""
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a table: how many accounts are of a kind, and how many of those are done."""

    name: str
    accounts: int
    done: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC), and how many computers had moved by its end."""

    day: dt.date
    moved: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """The whole answer."""

    goal: int
    made: dt.datetime
    computers: tuple[Seen, ...]
    """Those that reported, and those on the list that did not: what needs attention first."""
    stages: Mapping[Stage, int]
    listed: int | None
    """How many names the list has; None without a list."""
    strangers: int
    """Computers that reported and are not on the list."""
    same_names: tuple[str, ...]
    """Names that several computers have."""
    tables: Mapping[str, tuple[Share, ...]]
    days: tuple[Day, ...]
    counted: int
    duplicates: int
    aside: Mapping[Aside, int]
    examples: tuple[tuple[str, Aside], ...]
    unfinished: int
    folders: int
    broken_off: tuple[tuple[str, str], ...]

    @property
    def known(self) -> int:
        """The computers of which the share is taken: all but those without an account."""
        return len(self.computers) - self.stages[Stage.NO_ACCOUNT]

    @property
    def moved(self) -> int:
        """How many of these moved."""
        return self.stages[Stage.MOVED]

    @property
    def missing(self) -> int:
        """How many more have to move until the goal is reached."""
        return max(0, -(-self.goal * self.known // 100) - self.moved)

    @property
    def reached(self) -> bool:
        """Whether the goal is; without a computer it is not."""
        return self.known > 0 and not self.missing

    @property
    def whole(self) -> bool:
        """Whether the folder was read to its end, and held a computer to count."""
        return not self.broken_off and self.known > 0

    @property
    def doubts(self) -> int:
        """Files that may have been reports that count."""
        return sum(count for why, count in self.aside.items() if why.leaves_doubt)

    @property
    def odd_clocks(self) -> int:
        """Computers that sent a date that cannot be."""
        return sum(bool(each.odd_clock) for each in self.computers)

    @property
    def doubtful(self) -> int:
        """Computers that are counted by such a report, for want of a better one."""
        return sum(each.doubtful for each in self.computers)

    @property
    def certain(self) -> bool:
        """Whether nothing that was left out, or taken on trust, could change the answer."""
        return self.whole and not self.doubts and not self.doubtful


def settled(tally: Tally, goal: int, listed: Inventory | None = None) -> Fleet:
    """What the reports say together."""
    reported = list(tally.seen.values())
    names = () if listed is None else listed.names
    beside = inventory.compared(names, (name for each in reported for name in each.names))
    computers = [*reported, *(_silent(name) for name in beside.silent)]
    strangers = [each for each in reported if beside.found.isdisjoint(each.names)]
    return Fleet(
        goal=goal,
        made=tally.now,
        computers=tuple(sorted(computers, key=_order)),
        stages=Counter(each.stage for each in computers),
        listed=None if listed is None else len(names),
        strangers=0 if listed is None else len(strangers),
        same_names=_same_names(reported),
        tables=_tables(reported),
        days=tuple(_days(reported)),
        counted=tally.counted,
        duplicates=sum(len(each.history) - len(set(each.history)) for each in reported),
        aside=dict(tally.aside),
        examples=tuple(sorted(tally.examples, key=lambda pair: pair[0])),
        unfinished=tally.unfinished,
        folders=tally.folders,
        broken_off=tuple(tally.broken_off),
    )


_PLACES = {stage: place for place, stage in enumerate(Stage)}


def _order(each: Seen) -> tuple[int, str, str]:
    return _PLACES[each.stage], each.name.casefold(), each.id


def _silent(name: str) -> Seen:
    return Seen("", name, stage=Stage.SILENT)


def _same_names(reported: Sequence[Seen]) -> tuple[str, ...]:
    """Names as they are now; who was once called so is another matter."""
    counts = Counter(each.name.casefold() for each in reported)
    return tuple(sorted(name for name, count in counts.items() if count > 1))


# tables


def _version(kind: Kind) -> str:
    return f"{kind.program} {kind.program_version}".strip()


_BY: Mapping[str, Callable[[Kind], str]] = {
    "client": lambda kind: kind.program,
    "version": _version,
    "provider": lambda kind: kind.provider or "",
    "verdict": lambda kind: kind.verdict.value,
}


def _tables(reported: Sequence[Seen]) -> dict[str, tuple[Share, ...]]:
    """Accounts by program, version, provider and verdict; and why the others are not done."""
    kinds: Counter[Kind] = Counter()
    for each in reported:
        kinds.update(each.kinds)
    tables = {name: _shares(kinds, key) for name, key in _BY.items()}
    tables["reason"] = _by_reason(kinds, reported)
    return tables


def _shares(kinds: Counter[Kind], key: Callable[[Kind], str]) -> tuple[Share, ...]:
    accounts: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for kind, count in kinds.items():
        accounts[key(kind)] += count
        done[key(kind)] += 0 if kind.in_the_way else count
    return _first_rows(Share(name, count, done[name]) for name, count in accounts.items())


def _by_reason(kinds: Counter[Kind], reported: Sequence[Seen]) -> tuple[Share, ...]:
    """Reasons of accounts that are in the way, and those of people and runs."""
    counts: Counter[str] = Counter()
    for kind, count in kinds.items():
        if kind.in_the_way:
            counts.update(dict.fromkeys(set(kind.reasons), count))
    for each in reported:
        counts.update(each.reasons)
    return _first_rows(Share(name, count, 0) for name, count in counts.items())


def _first_rows(rows: Iterator[Share]) -> tuple[Share, ...]:
    """The most frequent first; what does not fit becomes one row without a name of its own."""
    found = sorted(rows, key=lambda row: (-row.accounts, row.name))
    if len(found) <= ROWS:
        return tuple(found)
    rest = found[ROWS - 1 :]
    others = Share("…", sum(row.accounts for row in rest), sum(row.done for row in rest))
    return (*found[: ROWS - 1], others)


# over time


def _days(reported: Sequence[Seen]) -> Iterator[Day]:
    """Each day on which the number changed."""
    changes: Counter[int] = Counter()
    for each in reported:
        before = False
        for day, moved in _states(each.history):
            changes[day] += moved - before
            before = moved
    total = 0
    for day, change in sorted(changes.items()):
        if change:
            total += change
            yield Day(dt.date(1970, 1, 1) + dt.timedelta(days=day), total)


def _states(history: Sequence[int]) -> Iterator[tuple[int, bool]]:
    """What a computer's last report of each day says; of equal dates, that it has not moved."""
    yield from {word // 2 // _DAY: not word % 2 for word in sorted(history)}.items()
