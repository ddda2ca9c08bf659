"""JSON Schema for every document, generated from the types in report/documents.py.

`python -m configure587.report.schema FOLDER` writes them; a test keeps docs/schema true.
"""

from __future__ import annotations

import json
import os
import sys

import msgspec

from configure587.report import documents, fleet_documents


def schemas() -> dict[str, str]:
    """File name -> JSON Schema (2020-12), as text."""
    found = {}
    for name, document in {**documents.DOCUMENTS, **fleet_documents.DOCUMENTS}.items():
        schema = msgspec.json.schema(document)
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        found[f"{name}.schema.json"] = json.dumps(schema, indent=2, sort_keys=True) + "\n"
    return found


def main(folder: str) -> None:
    """Write every schema into a folder."""
    for name, text in schemas().items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as target:
            target.write(text)


if __name__ == "__main__":
    main(sys.argv[1])
