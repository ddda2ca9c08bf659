"""Every computer by its newest report: only what is counted stays in memory, whatever is read.

Of each report stay eight bytes (when it was, and whether the computer had moved); of the newest one
of each computer what its row and the tables need. Equal accounts are kept once for all computers.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from configure587.fleet import stages
from configure587.fleet.runs import Trouble
from configure587.fleet.stages import Stage

if TYPE_CHECKING:
    from configure587.fleet.runs import Account, Aside, Person, Run
    from configure587.model import Verdict

NAMED = 1_000  # files that are named as not counted; beyond that they are only counted
LONGEST = 200  # characters of any word of a report
_FIELDS, _LONG = 20, 1_000  # of what stopped a run: how many, and their characters
EARLIEST = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
"""Before this program existed: a clock that lost its battery says 1970."""
LEEWAY = dt.timedelta(days=1)
"""How far ahead of ours another clock may be."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


class Kind(NamedTuple):
    """All that is counted of an account; many accounts are of one kind."""

    client: str
    program: str
    program_version: str
    provider: str | None
    verdict: Verdict
    reasons: tuple[str, ...]
    in_the_way: bool


@dataclass(slots=True)
class Seen:
    """One computer: its newest report that counts, and a word on each of the others."""

    id: str
    name: str = ""
    platform: str = ""
    version: str = ""
    ring: str | None = None
    stage: Stage = Stage.HELD
    ended: dt.datetime | None = None
    kinds: tuple[Kind, ...] = ()
    people: int = 0
    skipped: int = 0
    reasons: tuple[str, ...] = ()
    """Why people were skipped or failed, or why nothing was begun."""
    trouble: Trouble | None = None
    names: tuple[str, ...] = ()
    """What it was ever called, without regard to capitals."""
    odd_clock: int = 0
    """Reports with a date that cannot be."""
    rank: tuple[int, int, bool, str] = (-1, 0, False, "")
    """By which the report that counts was chosen."""
    history: array[int] = field(default_factory=lambda: array("q"))
    """Milliseconds since 1970, times two, plus one where it had not moved."""

    @property
    def doubtful(self) -> bool:
        """Whether the report that counts has a date that cannot be."""
        return self.rank[0] == _ODD

    @property
    def left(self) -> int:
        """How many of its accounts are in the way."""
        return sum(kind.in_the_way for kind in self.kinds)


# What a report weighs, before its date is looked at.
_STATELESS, _ODD, _GOOD = 0, 1, 2


@dataclass(slots=True)
class Tally:
    """Everything that was counted so far."""

    now: dt.datetime
    seen: dict[str, Seen] = field(default_factory=dict)
    aside: Counter[Aside] = field(default_factory=Counter)
    examples: list[tuple[str, Aside]] = field(default_factory=list)
    counted: int = 0
    unfinished: int = 0
    """Files that somebody was still writing."""
    folders: int = 0
    """Folders inside the folder; what lies in them is not read."""
    broken_off: list[tuple[str, str]] = field(default_factory=list)
    """Folders that could not be read to their end, and why."""
    _kinds: dict[Kind, Kind] = field(default_factory=dict)
    _rows: dict[tuple[Kind, ...], tuple[Kind, ...]] = field(default_factory=dict)
    _words: dict[str, str] = field(default_factory=dict)

    def set_aside(self, path: str, why: Aside) -> None:
        """Count a file that tells nothing, and remember the names of the first ones."""
        self.aside[why] += 1
        if len(self.examples) < NAMED:
            self.examples.append((path, why))

    def add(self, run: Run, name: str) -> None:
        """Count a report; `name` is that of its file, and decides between equal dates."""
        self.counted += 1
        key = run.computer.id[:LONGEST]
        seen = self.seen.get(key)
        if seen is None:
            seen = self.seen[key] = Seen(key)
        called = run.computer.name[:LONGEST].casefold()
        if called not in seen.names and len(seen.names) < NAMED:
            seen.names = (*seen.names, self._word(called))
        stage = stages.of_run(run)
        moment = (run.ended - _EPOCH) // _MILLISECOND
        odd = not EARLIEST <= run.ended <= self.now + LEEWAY
        seen.odd_clock += odd
        weight = _STATELESS if stage is None else _ODD if odd else _GOOD
        if weight == _GOOD:
            seen.history.append(moment * 2 + (stage is not Stage.MOVED))
        rank = (weight, moment, stage is not Stage.MOVED, name)
        if rank > seen.rank:
            self._replace(seen, run, rank, stage or Stage.HELD)

    def _replace(
        self, seen: Seen, run: Run, rank: tuple[int, int, bool, str], stage: Stage
    ) -> None:
        seen.rank, seen.stage, seen.ended = rank, stage, run.ended
        seen.name = run.computer.name[:LONGEST]
        seen.platform = self._word(run.computer.platform)
        seen.version = self._word(run.version)
        seen.ring = None if run.ring is None else self._word(run.ring)
        seen.people = len(run.people)
        seen.skipped = sum(person.state == "skipped" for person in run.people)
        seen.reasons = self._reasons(run)
        seen.trouble = None if run.trouble is None else _short(run.trouble)
        row = tuple(self._kind(each) for person in run.people for each in person.accounts)
        seen.kinds = self._rows.setdefault(row, row)

    def _reasons(self, run: Run) -> tuple[str, ...]:
        found = [_reason(person) for person in run.people]
        if run.held is not None:
            found.append(run.held)
        if run.trouble is not None:
            found.append(run.trouble.code)
        return tuple(sorted({self._word(each) for each in found if each}))

    def _kind(self, account: Account) -> Kind:
        kind = Kind(
            account.client[:LONGEST],
            account.program[:LONGEST],
            account.program_version[:LONGEST],
            account.provider and account.provider[:LONGEST],
            account.verdict,
            tuple([each[:LONGEST] for each in account.reasons]),
            stages.in_the_way(account),
        )
        return self._kinds.setdefault(kind, kind)

    def _word(self, word: str) -> str:
        word = word[:LONGEST]
        return self._words.setdefault(word, word)


def _short(trouble: Trouble) -> Trouble:
    """The same with words that are no longer than ours."""
    fields = list(trouble.fields.items())[:_FIELDS]
    words = {name[:LONGEST]: _cut(value) for name, value in fields}
    return Trouble(trouble.code[:LONGEST], words)


def _cut(value: str | int) -> str | int:
    return value[:_LONG] if isinstance(value, str) else value


def _reason(person: Person) -> str | None:
    return None if person.state == "done" else person.reason
