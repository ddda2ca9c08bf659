"""The JSON Schema (2020-12) of a policy's file, from the table of keys."""

from __future__ import annotations

from configure587.policies import words
from configure587.policies.keys import KEYS


def document() -> dict[str, object]:
    """One object whose properties are the keys."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configure 587! policy",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": words.KEYS[name], **key.kind.schema()}
            for name, key in KEYS.items()
        },
    }
