"""The documents of `fleet`, which other programs read; see documents.py for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from configure587.report.policy_documents import PolicyJson
from configure587.report.run_documents import RunJson, TroubleJson
from configure587.report.schema_version import Schema  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

KnownWord = Literal["exact", "told", "convention", "unknown"]
StageWord = Literal[
    "failed",
    "due",
    "unproven",
    "needs_a_person",
    "not_seen",
    "held",
    "silent",
    "moved",
    "no_account",
]
AsideWord = Literal[
    "damaged", "other_version", "too_large", "unreadable", "other_kind", "rehearsal"
]


class SenderJson(TypedDict):
    """One account, and how many of its messages went which way; see docs/fleet.md."""

    account: str
    due: int
    port_25: int
    unencrypted: int
    unknown: int
    good: int
    last: str | None
    last_good: str | None


class ServiceJson(TypedDict):
    """A service of a mail server, and how its port was known."""

    name: str
    port: int | None
    known: KnownWord
    messages: int


class LogJson(TypedDict):
    """A log; `damaged` is why it could not be read to its end."""

    path: str
    lines: int
    recognized: int
    unclear: int
    too_long: int
    cut: int
    damaged: str | None


class SendersJson(TypedDict):
    """configure587 fleet from-logs --json; times are as in the logs, without a zone."""

    schema: Schema
    kind: Literal["senders"]
    since: str | None
    accounts: int
    due: list[SenderJson]
    unknown: list[SenderJson]
    services: list[ServiceJson]
    logs: list[LogJson]


class FleetComputerJson(TypedDict):
    """A computer by its newest report; `id` is "" and `ended` null when it never reported.

    `odd_clock` when that report's date cannot be; `not_done` of its `accounts` are in the way.
    `trouble` is what kept that run from beginning, or ended it.
    """

    name: str
    id: str
    stage: StageWord
    ended: str | None
    odd_clock: bool
    platform: str
    version: str
    ring: str | None
    people: int
    skipped: int
    accounts: int
    not_done: int
    reasons: list[str]
    trouble: TroubleJson | None


class FleetShareJson(TypedDict):
    """A row of a table: accounts, and how many of them are as they should be."""

    name: str
    accounts: int
    done: int


class FleetDayJson(TypedDict):
    """A day, in UTC, and how many computers had moved by its end."""

    day: str
    moved: int


class FleetFileJson(TypedDict):
    """A file that was not counted, and why."""

    path: str
    why: AsideWord


class FleetBreakJson(TypedDict):
    """A folder that could not be read to its end, and what the system says."""

    path: str
    detail: str


class FleetReportsJson(TypedDict):
    """What was read; `examples` are the first thousand files that were not counted."""

    counted: int
    duplicates: int
    unfinished: int
    folders: int
    broken_off: list[FleetBreakJson]
    aside: dict[AsideWord, int]
    examples: list[FleetFileJson]


class FleetJson(TypedDict):
    """configure587 fleet FOLDER --json; docs/fleet.md defines every word.

    `known` are the computers of which the share is taken, `missing` how many more have to move.
    `listed` is null without an inventory. `tables` are client, version, provider, verdict, reason.
    """

    schema: Schema
    kind: Literal["fleet"]
    made: str
    goal: int
    reached: bool
    certain: bool
    known: int
    moved: int
    missing: int
    stages: dict[StageWord, int]
    listed: int | None
    strangers: int
    same_names: list[str]
    reports: FleetReportsJson
    tables: dict[str, list[FleetShareJson]]
    days: list[FleetDayJson]
    computers: list[FleetComputerJson]


DOCUMENTS: Mapping[str, type] = {
    "senders": SendersJson,
    "run": RunJson,
    "policy": PolicyJson,
    "fleet": FleetJson,
}
