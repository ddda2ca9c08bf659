"""Values as the documents of report/documents.py, for other programs to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

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
    from configure587.report.documents import (
        BackupJson,
        CertificateJson,
        ChangeJson,
        CheckJson,
        ConnectionJson,
        FindingJson,
        ForgetJson,
        OpaqueJson,
        OutcomeJson,
        ProfileJson,
        ReasonJson,
        ReceiptJson,
        SeenJson,
        ServerJson,
        SignInJson,
        StepJson,
        TargetJson,
    )
    from configure587.report.schema_version import Schema
    from configure587.seen import Certificate, Connection, HostSeen, Seen
    from configure587.submission.verdict import Row

SCHEMA: Schema = "configure587/1"


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


def reasons(values: Sequence[Reason]) -> list[ReasonJson]:
    """Reasons for JSON."""
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
        "reasons": reasons(value.reasons),
        "target": _target(value.target) if value.target is not None else None,
        "guide": _guide(value),
    }


def _guide(value: Finding) -> str | None:
    if not value.by_hand:
        return None
    from configure587.report import guides

    return guides.name_of(value) or None


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
        "reasons": reasons(value.reasons),
        "changes": [change(each) for each in value.changes],
    }


def plan(value: Plan, ledger: Sequence[Connection] = ()) -> dict[str, Any]:
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
        "proofs": [seen(each) for host in value.proofs for each in doors(host)],
        "remarks": reasons(value.remarks),
        "connections": connections(ledger),
        "summary": summary(everything),
    }


def doors(value: HostSeen) -> list[Seen]:
    """Every conversation with a host, the one on the old port last."""
    return [*value.doors, *([value.old] if value.old is not None else [])]


def seen(value: Seen) -> SeenJson:
    """What one conversation has shown, for JSON."""
    return {
        "host": value.door.host,
        "port": value.door.port,
        "security": value.door.security.value,
        "end": value.end.value,
        "step": value.step.value,
        "address": value.address,
        "seconds": round(value.seconds, 3),
        "banner": value.banner,
        "code": value.code,
        "said": value.said,
        "tls": value.tls,
        "mechanisms": list(value.mechanisms),
        "certificate": _certificate(value.certificate) if value.certificate else None,
        "trouble": value.trouble.value if value.trouble else None,
        "local_root": value.local_root,
    }


def _certificate(value: Certificate) -> CertificateJson:
    return {
        "names": list(value.names),
        "issuer": value.issuer,
        "not_before": value.not_before,
        "not_after": value.not_after,
    }


def check(  # noqa: PLR0913, PLR0917 - a document has this many parts
    looked: Sequence[Seen],
    row: Row,
    door: Seen | None,
    why: Sequence[Reason],
    signed_in: Reason | None,
    ledger: Sequence[Connection],
    exit_code: int,
) -> CheckJson:
    """What was seen of a server and what it means, for JSON."""
    return {
        "schema": SCHEMA,
        "kind": "check",
        "doors": [seen(each) for each in looked],
        "row": row.number,
        "verdict": row.code,
        "clause": row.clause,
        "proven": seen(door) if door is not None else None,
        "reasons": reasons(why),
        "sign_in": _reason(signed_in) if signed_in is not None else None,
        "connections": connections(ledger),
        "exit_code": exit_code,
    }


def forgotten(names: Sequence[tuple[str, str]]) -> ForgetJson:
    """For which sign-ins a stored password was removed, for JSON."""
    removed: list[SignInJson] = [{"host": host, "user": user} for host, user in names]
    return {"schema": SCHEMA, "kind": "forget", "removed": removed}


def connections(ledger: Sequence[Connection]) -> list[ConnectionJson]:
    """Every connection that this run made, for JSON."""
    return [
        {
            "at": each.at,
            "host": each.host,
            "address": each.address,
            "port": each.port,
            "why": each.why,
            "outcome": each.outcome,
        }
        for each in ledger
    ]


def summary(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings have each verdict; verdicts that do not occur are left out."""
    counts: dict[str, int] = {}
    for each in findings:
        counts[each.verdict.value] = counts.get(each.verdict.value, 0) + 1
    return counts


def receipt(  # noqa: PLR0913 - a document has this many parts
    kind: Literal["apply", "rollback"],
    values: Sequence[Receipt],
    recovered: Sequence[Outcome],
    *,
    notices: Sequence[Reason],
    ledger: Sequence[Connection],
    dry_run: bool,
    exit_code: int,
) -> ReceiptJson:
    """What a run did, for JSON."""
    return {
        "schema": SCHEMA,
        "kind": kind,
        "dry_run": dry_run,
        "notices": reasons(notices),
        "recovered": [outcome(each) for each in recovered],
        "backups": [each.backup for each in values if each.backup is not None and not dry_run],
        "outcomes": [outcome(each) for value in values for each in value.outcomes],
        "untouched": [finding(each) for value in values for each in value.untouched],
        "connections": connections(ledger),
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
