"""The documents of `support`, see report/documents.py."""

from __future__ import annotations

from typing import Literal, TypedDict

from configure587.report.schema_version import Schema  # noqa: TC001 - msgspec resolves it


class SupportCodeJson(TypedDict):
    """configure587 support code --json; `spoken` has one line for each group."""

    schema: Schema
    kind: Literal["support_code"]
    code: str
    spoken: list[str]


class RepairJson(TypedDict):
    """A code that may have been meant; `group` is 0 where a sign is missing or one too many."""

    code: str
    group: int
    typed: str
    meant: str


class SituationJson(TypedDict):
    """What a code tells; page 0 is the command line, `more` when something had no room."""

    page: int
    title: str
    version: str
    platform: Literal["linux", "macos", "windows"]
    programs: list[str]
    verdicts: dict[str, int]
    reasons: list[str]
    last: str
    network: str
    more: bool


class SupportDecodeJson(TypedDict):
    """configure587 support decode --json; `say` are the sentences for the agent to say next."""

    schema: Schema
    kind: Literal["support_decode"]
    code: str
    trouble: Literal["empty", "mistyped", "newer"] | None
    repairs: list[RepairJson]
    newer: bool
    situation: SituationJson | None
    say: list[str]


class SupportReportJson(TypedDict):
    """configure587 support report --json; `lines` are all there is in the report."""

    schema: Schema
    kind: Literal["support_report"]
    code: str
    lines: list[str]
