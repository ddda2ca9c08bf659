"""The report of one run, as far as a fleet counts it; its whole shape is report/run_documents.py.

What cannot be understood for certain is set aside and told, never guessed.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - msgspec reads it
import enum
from typing import Annotated, Literal

import msgspec

from configure587.model import Verdict  # noqa: TC001 - msgspec reads it
from configure587.records import Result  # noqa: TC001 - msgspec reads it

_SCHEMA = "configure587/1"
_YEARS = range(1970, 9000)
"""Those that a clock may show, right or wrong."""


class Aside(enum.Enum):
    """Why a file was not counted."""

    DAMAGED = "damaged"
    OTHER_VERSION = "other_version"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    OTHER_KIND = "other_kind"
    """A document, but none that tells how a computer stands."""
    REHEARSAL = "rehearsal"

    @property
    def leaves_doubt(self) -> bool:
        """Whether it may have been a report that would have counted."""
        return self not in {Aside.OTHER_KIND, Aside.REHEARSAL}


class NotCounted(Exception):
    """A file that tells nothing that can be counted."""

    def __init__(self, why: Aside) -> None:
        """`why` is what it was instead."""
        super().__init__(why.value)
        self.why = why


class Door(msgspec.Struct, gc=False):
    """Where an account sends now."""

    port: int


class Account(msgspec.Struct, gc=False):
    """One outgoing server of one profile, after the run."""

    client: str
    program: str
    program_version: str
    provider: str | None
    verdict: Verdict
    reasons: list[str]
    result: Result | None
    now: Door | None


class Person(msgspec.Struct, gc=False):
    """One person of the computer."""

    state: Literal["done", "skipped", "failed"]
    reason: str | None
    accounts: list[Account]


class Computer(msgspec.Struct, gc=False):
    """Which computer."""

    name: str
    id: Annotated[str, msgspec.Meta(min_length=1)]
    platform: Literal["linux", "macos", "windows"]


class Trouble(msgspec.Struct, gc=False, frozen=True):
    """What kept a run from beginning, or ended it."""

    code: str
    fields: dict[str, str | int]


class Run(msgspec.Struct, gc=False):
    """One report."""

    schema: Literal["configure587/1"]
    kind: Literal["run"]
    version: str
    computer: Computer
    ended: Annotated[dt.datetime, msgspec.Meta(tz=True)]
    ring: str | None
    dry_run: bool
    held: str | None
    people: list[Person]
    exit_code: int
    trouble: Trouble | None = None


class _Head(msgspec.Struct, gc=False):
    schema: str = ""
    kind: str = ""


_RUN = msgspec.json.Decoder(Run)
_HEAD = msgspec.json.Decoder(_Head)


def read(data: bytes) -> Run:
    """What a file tells; NotCounted when it tells nothing of how a computer stands."""
    try:
        run = _RUN.decode(data)
    except (ValueError, RecursionError) as error:
        raise NotCounted(_instead(data)) from error
    if run.ended.year not in _YEARS:
        raise NotCounted(Aside.DAMAGED)
    if run.dry_run:
        raise NotCounted(Aside.REHEARSAL)
    return run


def _instead(data: bytes) -> Aside:
    """What a file is, if it is no report of this version."""
    try:
        head = _HEAD.decode(data)
    except (ValueError, RecursionError):
        return Aside.DAMAGED
    if head.kind != "run":
        return Aside.OTHER_KIND
    foreign = head.schema.startswith("configure587/") and head.schema != _SCHEMA
    return Aside.OTHER_VERSION if foreign else Aside.DAMAGED
