"""The example of a policy that we ship, as values: what stands in it, and what it only shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PATH: Final = ROOT / "resources" / "policy.example.toml"
_SHOWN: Final = re.compile(r'^# (?=[a-z-]+ = |\[[a-z-]+\]$|"[^"]+" = )', re.MULTILINE)


def stated() -> dict[str, Any]:
    """The keys that are in force when somebody takes the file as it is."""
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


def all_values() -> dict[str, Any]:
    """The same with every line that is only shown; some of them cannot be meant together."""
    return tomllib.loads(_SHOWN.sub("", PATH.read_text(encoding="utf-8")))
