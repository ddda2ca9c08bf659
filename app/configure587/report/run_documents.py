"""The report of one unattended run, which a fleet is counted from; see documents.py for the rest.

It tells how a computer and each person on it stands *after* the run. What has names (accounts,
servers of one's own) is made up unless the policy wants addresses; nothing in it is a path.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from configure587.report.documents import ResultWord, SecurityWord, VerdictWord  # noqa: TC001
from configure587.report.schema_version import Schema  # noqa: TC001 - msgspec reads it

RunWord = Literal["scan", "apply", "rollback"]
PersonWord = Literal["done", "skipped", "failed"]


class DoorJson(TypedDict):
    """A port and how the connection is protected there."""

    port: int
    security: SecurityWord


class AccountJson(TypedDict):
    """One outgoing server of one profile; `finding` and `account` are made-up names that stay.

    `verdict` and `now` are what holds after the run, `before` what held before it; `result` is how
    the change went, null when none was to be made. `provider` is a name of our table of providers,
    null when it is none of them. `program_version` is "" where nothing tells it.
    """

    finding: str
    account: str
    client: str
    program: str
    program_version: str
    provider: str | None
    verdict: VerdictWord
    reasons: list[str]
    result: ResultWord | None
    before: DoorJson | None
    now: DoorJson | None


class PersonJson(TypedDict):
    """One person of this computer; `reason` is a code, null when nothing stood in the way."""

    person: str
    state: PersonWord
    reason: str | None
    exit_code: int
    backups: list[str]
    accounts: list[AccountJson]


class ComputerJson(TypedDict):
    """Which computer; `id` is the same in all of its reports and tells nothing."""

    name: str
    id: str
    platform: Literal["linux", "macos", "windows"]


class TroubleJson(TypedDict):
    """What kept a run from beginning, or ended it: a code and what its sentence names.

    No value of a policy is among that, for it may be an address; a home folder is "~".
    """

    code: str
    fields: dict[str, str | int]


class RunJson(TypedDict):
    """One run of apply, rollback or scan with --report; times in ISO 8601, UTC."""

    schema: Schema
    kind: Literal["run"]
    run: RunWord
    version: str
    computer: ComputerJson
    started: str
    ended: str
    ring: str | None
    policy: str  # SHA-256 of the wishes in force, "" without a policy
    dry_run: bool
    held: str | None  # why nothing was begun: ring, limit, brake, another_run
    people: list[PersonJson]
    exit_code: int
    trouble: NotRequired[TroubleJson]  # a policy that was refused, or a fault of ours
