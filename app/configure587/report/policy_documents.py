"""The document of `policy`, which other programs read; see documents.py for the rest."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from configure587.report.schema_version import Schema  # noqa: TC001 - msgspec reads it


class SettingJson(TypedDict):
    """One key's value as a policy's file would spell it, and whose word it is."""

    key: str
    value: Any
    rank: Literal["machine", "command", "user", "file"]
    path: str
    line: int


class PolicyJson(TypedDict):
    """configure587 policy show --json and policy check --json; `digest` tells policies apart."""

    schema: Schema
    kind: Literal["policy"]
    settings: list[SettingJson]
    overruled: list[str]
    digest: str
