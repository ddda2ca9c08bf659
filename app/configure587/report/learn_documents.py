"""The document of `learn`; what documents.py says of the others holds for it too."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from configure587.report.schema_version import Schema  # noqa: TC001 - msgspec resolves it


class EntryJson(TypedDict):
    """A card, question, term, reason or source; `campaign` names facts with no second source."""

    id: str
    title: str
    text: list[str]
    where: str
    sources: list[str]
    campaign: list[str]


class TopicJson(TypedDict):
    """A page of the campaign; `language` is the one it is really in, null if it is unreadable."""

    topic: str
    language: str | None
    name: str
    title: str
    text: list[str]
    entries: list[EntryJson]


class FiguresJson(TypedDict):
    """The numbers of both charts, as resources/awareness/figures.toml has them."""

    notifications: dict[str, list[dict[str, Any]]]
    cbl: list[dict[str, Any]]


class LearnJson(TypedDict):
    """configure587 learn … --json; of a single word, the page that holds it with that alone."""

    schema: Schema
    kind: Literal["learn"]
    language: str
    pages: list[TopicJson]
    figures: FiguresJson | None
