"""Report folders that read like the situation: a_folder(path, failed("pc-1"), changed("pc-2"))."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any

from configure587.rollout.share import Share

if TYPE_CHECKING:
    from pathlib import Path

STAMP = "20261124-150000"  # after the start of the clock in memory: not a day ahead


@dataclasses.dataclass(frozen=True)
class Run:
    """One report in the folder."""

    computer: str
    state: str = "done"
    result: str | None = "changed"
    stamp: str = STAMP
    more: tuple[tuple[str, Any], ...] = ()

    @property
    def id(self) -> str:
        """The computer's id."""
        return hashlib.sha256(self.computer.encode()).hexdigest()[:16]

    def but(self, **more: Any) -> Run:  # noqa: ANN401 - the fields of RunJson
        """The same with other fields in the document."""
        return dataclasses.replace(self, more=tuple(more.items()))

    def name(self, number: int) -> str:
        """The name of its file."""
        return f"{self.computer}-{self.stamp}-{self.id[:8]}-{number:04x}.json"

    def data(self) -> bytes:
        """What is in its file."""
        return json.dumps(
            {
                "kind": "run",
                "run": "apply",
                "computer": {"name": self.computer, "id": self.id, "platform": "linux"},
                "dry_run": False,
                "held": None,
                "exit_code": 0,
                "people": [{"state": self.state, "accounts": [{"result": self.result}]}],
                **dict(self.more),
            }
        ).encode()


def changed(computer: str, **more: Any) -> Run:  # noqa: ANN401 - the fields of Run
    """A computer that was changed."""
    return Run(computer, **more)


def failed(computer: str, **more: Any) -> Run:  # noqa: ANN401 - the fields of Run
    """A computer on which the run failed."""
    return Run(computer, "failed", "failed", **more)


def a_folder(folder: Path, *runs: Run) -> Share:
    """A report folder with these reports."""
    folder.mkdir(exist_ok=True)
    for number, run in enumerate(runs):
        (folder / run.name(number)).write_bytes(run.data())
    return Share(str(folder))
