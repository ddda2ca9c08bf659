"""The document of `update`; what documents.py says of the others holds for it too."""

from __future__ import annotations

from typing import Literal, TypedDict

from configure587.report.schema_version import Schema  # noqa: TC001 - msgspec resolves it


class UpdateJson(TypedDict):
    """configure587 update check --json; `changes` is by language."""

    schema: Schema
    kind: Literal["update"]
    version: str
    newest: str
    is_newer: bool
    link: str
    changes: dict[str, str]
