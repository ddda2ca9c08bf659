"""The JSON that other programs read: one document per verb, versioned, described by types.

The types below are the source of docs/schema/*.json (see report/schema.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.model import (
        BackupSet,
        Change,
        Finding,
        Outcome,
        OutgoingServer,
        Plan,
        Profile,
        Reason,
        Receipt,
        Target,
        Value,
    )

Schema = Literal["configure587/1"]
SCHEMA: Schema = "configure587/1"
SecurityWord = Literal["none", "opportunistic", "starttls", "tls"]
VerdictWord = Literal[
    "due", "half_way", "fine", "left_alone", "stuck", "blocked", "guided", "unreadable"
]
ResultWord = Literal[
    "changed",
    "undone",
    "unchanged",
    "kept",
    "deferred",
    "denied",
    "stale",
    "failed",
    "broken",
    "stopped",
]
StateWord = Literal["prepared", "applied", "rolled_back", "kept_in_part", "nothing", "damaged"]


class ProfileJson(TypedDict):
    """A profile; `in_use` is true for the one that the program starts with."""

    name: str
    program: str
    path: str
    in_use: bool


class ServerJson(TypedDict):
    """An outgoing server as the program will act; `used_by` are the senders' addresses."""

    key: str
    hostname: str
    port: int
    security: SecurityWord
    auth: str
    username: str
    used_by: list[str]


class TargetJson(TypedDict):
    """Where the settings should go; `sign_in_as` is null when sign-in stays as it is."""

    hostname: str
    port: int
    security: SecurityWord
    sign_in_as: str | None


class ReasonJson(TypedDict):
    """Why; besides `code` there are the fields of that code, such as `path` or `host`."""

    code: str


class FindingJson(TypedDict):
    """What was found about one outgoing server, or about a profile that could not be read."""

    id: str
    client: str
    profile: ProfileJson
    server: ServerJson | None
    verdict: VerdictWord
    reasons: list[ReasonJson]
    target: TargetJson | None


class PlaceJson(TypedDict):
    """A file (later: a registry key) and the way to read it."""

    kind: str
    path: str


class OpaqueJson(TypedDict):
    """A value that is only kept: its type, and its bytes in Base64."""

    type: str
    base64: str


class ChangeJson(TypedDict):
    """One value before and after; null means "not there"."""

    place: PlaceJson
    name: str
    before: bool | int | str | OpaqueJson | None
    after: bool | int | str | OpaqueJson | None


class StepJson(TypedDict):
    """The changes for one finding."""

    finding: FindingJson
    changes: list[ChangeJson]


class OutcomeJson(TypedDict):
    """How it went with one profile."""

    client: str
    profile: ProfileJson
    accounts: list[str]
    result: ResultWord
    reasons: list[ReasonJson]
    changes: list[ChangeJson]


class ScanJson(TypedDict):
    """configure587 scan --json; `damaged_backups` are of runs that broke off."""

    schema: Schema
    kind: Literal["scan"]
    computer: str
    recovered: list[OutcomeJson]
    damaged_backups: list[str]
    findings: list[FindingJson]
    summary: dict[str, int]


class PlanJson(TypedDict):
    """configure587 plan --json, and the plan file; `sha256` seals everything else."""

    schema: Schema
    kind: Literal["plan"]
    computer: str
    created: str
    steps: list[StepJson]
    untouched: list[FindingJson]
    summary: dict[str, int]
    sha256: str


class ReceiptJson(TypedDict):
    """configure587 apply --json and rollback --json; `backup` names the backup set."""

    schema: Schema
    kind: Literal["apply", "rollback"]
    dry_run: bool
    recovered: list[OutcomeJson]
    backups: list[str]
    outcomes: list[OutcomeJson]
    untouched: list[FindingJson]
    exit_code: int


class SavedJson(TypedDict):
    """A file in a backup: where it belongs, and what its copy in the set is called."""

    path: str
    copy: str
    sha256: str
    withheld: list[str]


class BackupJson(TypedDict):
    """One backup set."""

    id: str
    folder: str
    created: str
    kind: str
    state: StateWord
    profiles: list[ProfileJson]
    changes: list[ChangeJson]
    files: list[SavedJson]
    damaged: list[str]


class BackupsJson(TypedDict):
    """configure587 backups … --json; `removed` are the ids that prune took away."""

    schema: Schema
    kind: Literal["backups"]
    backups: list[BackupJson]
    removed: list[str]


class DemoStepJson(TypedDict):
    """One command of the demo, and the document with which it answered."""

    words: list[str]
    exit_code: int
    answer: dict[str, Any]


class DemoJson(TypedDict):
    """configure587 demo --json; `identical` when every byte came back."""

    schema: Schema
    kind: Literal["demo"]
    folder: str
    steps: list[DemoStepJson]
    identical: bool


class ErrorJson(TypedDict):
    """Any verb with --json, when something stopped the run."""

    schema: Schema
    kind: Literal["error"]
    code: str
    title: str
    advice: str
    exit_code: int


DOCUMENTS: Mapping[str, type] = {
    "scan": ScanJson,
    "plan": PlanJson,
    "receipt": ReceiptJson,
    "backups": BackupsJson,
    "demo": DemoJson,
    "error": ErrorJson,
}


def profile(value: Profile) -> ProfileJson:
    """A Profile for JSON."""
    return {
        "name": value.name,
        "program": value.program,
        "path": value.folder,
        "in_use": value.in_use,
    }


def _server(value: OutgoingServer) -> ServerJson:
    return {
        "key": value.key,
        "hostname": value.hostname,
        "port": value.transport.port,
        "security": value.transport.security.value,
        "auth": value.auth,
        "username": value.username,
        "used_by": list(value.used_by),
    }


def _target(value: Target) -> TargetJson:
    return {
        "hostname": value.hostname,
        "port": value.port,
        "security": value.security.value,
        "sign_in_as": value.sign_in_as,
    }


def _reasons(values: Sequence[Reason]) -> list[ReasonJson]:
    return [_reason(value) for value in values]


def _reason(value: Reason) -> ReasonJson:
    found: Any = {"code": value.code, **dict(value.fields)}
    return found  # type: ignore[no-any-return]  # a TypedDict cannot name its further fields


def finding(value: Finding) -> FindingJson:
    """A Finding for JSON."""
    return {
        "id": value.id,
        "client": value.profile.client,
        "profile": profile(value.profile),
        "server": _server(value.server) if value.server is not None else None,
        "verdict": value.verdict.value,
        "reasons": _reasons(value.reasons),
        "target": _target(value.target) if value.target is not None else None,
    }


def change(value: Change) -> ChangeJson:
    """A Change for JSON."""
    return {
        "place": {"kind": value.place.kind, "path": value.place.path},
        "name": value.name,
        "before": _value(value.before),
        "after": _value(value.after),
    }


def _value(value: Value | None) -> bool | int | str | OpaqueJson | None:
    if not isinstance(value, Opaque):
        return value
    import base64

    return {"type": value.type, "base64": base64.b64encode(value.data).decode()}


def outcome(value: Outcome) -> OutcomeJson:
    """An Outcome for JSON."""
    return {
        "client": value.profile.client,
        "profile": profile(value.profile),
        "accounts": list(value.accounts),
        "result": value.result.value,
        "reasons": _reasons(value.reasons),
        "changes": [change(each) for each in value.changes],
    }


def plan(value: Plan) -> dict[str, Any]:
    """A Plan as a document that is still to be sealed (PlanJson without its sha256)."""
    steps: list[StepJson] = [
        {"finding": finding(step.finding), "changes": [change(each) for each in step.changes]}
        for step in value.steps
    ]
    everything = [step.finding for step in value.steps] + list(value.untouched)
    return {
        "schema": SCHEMA,
        "kind": "plan",
        "computer": value.computer,
        "created": value.created,
        "steps": steps,
        "untouched": [finding(each) for each in value.untouched],
        "summary": summary(everything),
    }


def summary(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings have each verdict; verdicts that do not occur are left out."""
    counts: dict[str, int] = {}
    for each in findings:
        counts[each.verdict.value] = counts.get(each.verdict.value, 0) + 1
    return counts


def receipt(
    kind: Literal["apply", "rollback"],
    values: Sequence[Receipt],
    recovered: Sequence[Outcome],
    *,
    dry_run: bool,
    exit_code: int,
) -> ReceiptJson:
    """What a run did, for JSON."""
    return {
        "schema": SCHEMA,
        "kind": kind,
        "dry_run": dry_run,
        "recovered": [outcome(each) for each in recovered],
        "backups": [each.backup for each in values if each.backup is not None and not dry_run],
        "outcomes": [outcome(each) for value in values for each in value.outcomes],
        "untouched": [finding(each) for value in values for each in value.untouched],
        "exit_code": exit_code,
    }


def backup(value: BackupSet, damaged: Sequence[str] = ()) -> BackupJson:
    """A BackupSet for JSON."""
    groups = [group for entry in value.entries for group in entry.groups]
    return {
        "id": value.id,
        "folder": value.folder,
        "created": value.created,
        "kind": value.kind,
        "state": value.state.value,
        "profiles": [profile(entry.profile) for entry in value.entries],
        "changes": [change(each) for group in groups for each in group.changes],
        "files": [
            {
                "path": saved.path,
                "copy": saved.copy,
                "sha256": saved.sha256,
                "withheld": list(saved.withheld),
            }
            for entry in value.entries
            for saved in entry.files
        ],
        "damaged": list(damaged or value.damage),
    }
