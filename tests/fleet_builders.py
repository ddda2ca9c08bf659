"""Reports of runs as computers write them: a_report(an_account(verdict="due")) reads like one."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

    from configure587.report.documents import ResultWord, VerdictWord
    from configure587.report.run_documents import AccountJson, DoorJson, PersonJson, RunJson

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
_NUMBERS = itertools.count()
_DOORS: Mapping[str, DoorJson | None] = {
    "fine": {"port": 587, "security": "starttls"},
    "half_way": {"port": 587, "security": "opportunistic"},
    "left_alone": None,
}
OLD: DoorJson = {"port": 25, "security": "none"}


def an_account(  # noqa: PLR0913 - an account has that many sides
    verdict: VerdictWord = "fine",
    *reasons: str,
    client: str = "thunderbird",
    program: str = "Thunderbird",
    version: str = "140.5.0",
    provider: str | None = "Locaweb",
    result: ResultWord | None = None,
    now: DoorJson | None = None,
) -> AccountJson:
    """One outgoing server of one profile."""
    return {
        "finding": "finding-3f2a",
        "account": "account-91bc",
        "client": client,
        "program": program,
        "program_version": version,
        "provider": provider,
        "verdict": verdict,
        "reasons": list(reasons),
        "result": result,
        "before": OLD,
        "now": now or _DOORS.get(verdict, OLD),
    }


def a_person(*accounts: AccountJson, **more: Any) -> PersonJson:  # noqa: ANN401 - any field
    """One person, for whom all went well unless `more` says something else."""
    person: PersonJson = {
        "person": "person-77aa",
        "state": "done",
        "reason": None,
        "exit_code": 0,
        "backups": [],
        "accounts": list(accounts),
    }
    return {**person, **more}  # type: ignore[typeddict-item]


def a_report(
    *accounts: AccountJson,
    name: str = "PC-1",
    id: str = "",  # noqa: A002 - the report's own word
    ended: dt.datetime | str = NOON,
    people: list[PersonJson] | None = None,
    **more: Any,  # noqa: ANN401 - any field
) -> RunJson:
    """The report of one run on one computer; its id comes from its name."""
    when = ended if isinstance(ended, str) else ended.isoformat()
    report: RunJson = {
        "schema": "configure587/1",
        "kind": "run",
        "run": "apply",
        "version": "0.1.0",
        "computer": {"name": name, "id": id or f"id-of-{name}", "platform": "linux"},
        "started": when,
        "ended": when,
        "ring": None,
        "policy": "",
        "dry_run": False,
        "held": None,
        "people": [a_person(*accounts)] if people is None else people,
        "exit_code": 0,
    }
    return {**report, **more}  # type: ignore[typeddict-item]


def moved(name: str = "PC-1", **more: Any) -> RunJson:  # noqa: ANN401 - any field
    """A computer that has moved."""
    return a_report(an_account(), name=name, **more)


def due(name: str = "PC-1", **more: Any) -> RunJson:  # noqa: ANN401 - any field
    """A computer that has not."""
    return a_report(an_account("due", "port_25"), name=name, **more)


class Reports:
    """A folder of reports."""

    def __init__(self, folder: pathlib.Path) -> None:
        """It is empty at first."""
        self.folder = folder

    def add(self, *reports: RunJson) -> None:
        """Write reports under the names that computers give them."""
        for report in reports:
            computer = report["computer"]
            name = "".join(c if c.isalnum() or c in "-_" else "_" for c in computer["name"])
            self.file(f"{name}-{next(_NUMBERS):08}.json", json.dumps(report))

    def file(self, name: str, content: str | bytes) -> None:
        """Write any other file."""
        data = content if isinstance(content, bytes) else content.encode()
        (self.folder / name).write_bytes(data)
