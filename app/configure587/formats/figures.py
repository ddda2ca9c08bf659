"""The campaign's figures and its picture "before and after", as TOML; words are in the leaflets."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from configure587.formats.leaflet import Damaged

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """What was counted in a whole year; `derived` when we worked it out from other figures."""

    year: int
    count: int
    sources: tuple[str, ...]
    derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was counted in a part of a year, which no bar may show as a year."""

    year: int
    months: tuple[int, int]  # the first and the last
    count: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Years of which no count of the whole year was found, the first and the last."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """Reports of spam to CERT.br, by year."""

    years: tuple[Year, ...]
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]

    @property
    def row(self) -> tuple[Year | Gap, ...]:
        """What a chart shows, from left to right: bars of counted years, and the gaps."""
        counted = [each for each in self.years if not each.derived]
        return tuple(sorted([*counted, *self.gaps], key=_starts))

    def derived_in(self, gap: Gap) -> tuple[Year, ...]:
        """The years in a gap of which we worked a count out."""
        known = range(gap.first, gap.last + 1)
        return tuple(each for each in self.years if each.derived and each.year in known)


def _starts(each: Year | Gap) -> int:
    return each.first if isinstance(each, Gap) else each.year


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Brazil's place in a world list; None is not known. `bound` says how exact `addresses` is."""

    id: str
    date: str
    rank: int
    sources: tuple[str, ...]
    addresses: int | None = None
    bound: Literal["over", "under", ""] = ""
    percent: int | None = None
    campaign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of both charts."""

    notifications: Notifications
    cbl: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody in the picture."""

    id: str
    drawing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A letter on its way, and whether it gets through."""

    id: str
    start: str
    end: str
    port: int
    passes: bool
    spam: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """The picture: its actors, and the flows while port 25 is open to all and when it no longer is.

    The caption of a flow is the entry "off.ID" or "on.ID" of the page on before and after.
    """

    actors: tuple[Actor, ...]
    off: tuple[Flow, ...]
    on: tuple[Flow, ...]


def figures(data: bytes) -> Figures:
    """Both charts; Damaged when the file does not say them."""
    return _read(data, Figures)


def diagram(data: bytes) -> Diagram:
    """The picture; Damaged when the file does not say it, or a flow leads to nobody."""
    found = _read(data, Diagram)
    known = {actor.id for actor in found.actors}
    for flow in (*found.off, *found.on):
        if not {flow.start, flow.end} <= known:
            raise Damaged(0, flow.id)
    return found


def names(data: bytes) -> dict[str, str]:
    """Name -> text, such as a drawing and what it shows; Damaged when the file is not that."""
    return _read(data, dict[str, str])


def _read(data: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(tomllib.loads(data.decode("utf-8-sig")), kind)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Damaged(0, type(error).__name__) from error
