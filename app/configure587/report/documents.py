"""The documents that other programs read: one per verb, versioned.

These types are the source of docs/schema/*.json (see report/schema.py). Only who checks a document
against them loads them: building a class takes longer than reading a profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from configure587.report.learn_documents import LearnJson
from configure587.report.schema_version import Schema  # noqa: TC001 - msgspec resolves it
from configure587.report.support_documents import (
    SupportCodeJson,
    SupportDecodeJson,
    SupportReportJson,
)
from configure587.report.update_documents import UpdateJson

if TYPE_CHECKING:
    from collections.abc import Mapping

SecurityWord = Literal["none", "opportunistic", "starttls", "tls"]
VerdictWord = Literal[
    "due",
    "half_way",
    "fine",
    "left_alone",
    "stuck",
    "blocked",
    "guided",
    "unreadable",
    "unproven",
]
ResultWord = Literal[
    "changed",
    "undone",
    "unchanged",
    "kept",
    "unreadable",
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
    """What was found about one outgoing server, or about a profile or program without one.

    `guide` names the page of resources/guides that tells a person what to do by hand.
    """

    id: str
    client: str
    profile: ProfileJson
    server: ServerJson | None
    verdict: VerdictWord
    reasons: list[ReasonJson]
    target: TargetJson | None
    guide: str | None


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


class CertificateJson(TypedDict):
    """What a certificate says of itself; times in ISO 8601, UTC."""

    names: list[str]
    issuer: str
    not_before: str
    not_after: str


class SeenJson(TypedDict):
    """What one conversation with one port has shown; `end` and `step` tell how far it came."""

    host: str
    port: int
    security: SecurityWord
    end: str
    step: str
    address: str
    seconds: float
    banner: str
    code: int
    said: str
    tls: str
    mechanisms: list[str]
    certificate: CertificateJson | None
    trouble: str | None
    local_root: str


class ConnectionJson(TypedDict):
    """One connection that this run made, why, and what came of it."""

    at: str
    host: str
    address: str
    port: int
    why: str
    outcome: str


class ScanJson(TypedDict):
    """configure587 scan --json; `damaged_backups` are of runs that broke off."""

    schema: Schema
    kind: Literal["scan"]
    computer: str
    notices: list[ReasonJson]
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
    proofs: list[SeenJson]
    remarks: list[ReasonJson]
    connections: list[ConnectionJson]
    summary: dict[str, int]
    sha256: str


class ReceiptJson(TypedDict):
    """configure587 apply --json and rollback --json; `backup` names the backup set."""

    schema: Schema
    kind: Literal["apply", "rollback"]
    dry_run: bool
    notices: list[ReasonJson]
    recovered: list[OutcomeJson]
    backups: list[str]
    outcomes: list[OutcomeJson]
    untouched: list[FindingJson]
    connections: list[ConnectionJson]
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
    notices: list[ReasonJson]
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


class CheckJson(TypedDict):
    """configure587 check --json; `row` is the row of the decision table, `proven` the good door."""

    schema: Schema
    kind: Literal["check"]
    doors: list[SeenJson]
    row: int
    verdict: str
    clause: str
    proven: SeenJson | None
    reasons: list[ReasonJson]
    sign_in: ReasonJson | None
    connections: list[ConnectionJson]
    exit_code: int


class SignInJson(TypedDict):
    """Whose password for which server."""

    host: str
    user: str


class ForgetJson(TypedDict):
    """configure587 forget --json; `removed` are the sign-ins whose password was removed."""

    schema: Schema
    kind: Literal["forget"]
    removed: list[SignInJson]


class DoorJson(TypedDict):
    """One port of a provider's server; `{domain}` in a name is the domain of the address."""

    host: str
    port: int
    security: SecurityWord


class ProviderJson(TypedDict):
    """A row of the table of providers, see docs/providers.md."""

    id: str
    name: str
    domains: list[str]
    own_domains: bool
    old_hosts: list[str]
    incoming_hosts: list[str]
    mx: list[str]
    servers: list[DoorJson]
    user: Literal["address", "local", "other"]
    sign_in: Literal["password", "app_password", "oauth2", "oauth2_or_app_password", "bridge"]
    rewrite: Literal["proven", "never"]
    notes: list[str]
    source: str
    date: str
    confidence: Literal["high", "medium", "low"]


class SkippedJson(TypedDict):
    """A file that `providers import` left out, and why."""

    file: str
    why: str


class ProvidersJson(TypedDict):
    """configure587 providers … --json; `notice` is the licence of what was imported, else ""."""

    schema: Schema
    kind: Literal["providers"]
    providers: list[ProviderJson]
    skipped: list[SkippedJson]
    notice: str


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
    "check": CheckJson,
    "forget": ForgetJson,
    "providers": ProvidersJson,
    "support_code": SupportCodeJson,
    "support_decode": SupportDecodeJson,
    "support_report": SupportReportJson,
    "learn": LearnJson,
    "update": UpdateJson,
    "error": ErrorJson,
}
