"""The documents of `fleet`, which other programs read; see documents.py for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from configure587.report.policy_documents import PolicyJson
from configure587.report.run_documents import RunJson
from configure587.report.schema_version import Schema  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

KnownWord = Literal["exact", "told", "convention", "unknown"]


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


DOCUMENTS: Mapping[str, type] = {"senders": SendersJson, "run": RunJson, "policy": PolicyJson}
