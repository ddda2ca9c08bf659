"""Our command as a child process, in a world of its own."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

from builders import CANARY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECONDS: Final = 60.0


def answered(command: Sequence[str], world: Mapping[str, str]) -> tuple[int, str]:
    """What a command ends with and says; whatever it does, no secret may have come out."""
    done = subprocess.run(
        command,
        env={**os.environ, **world},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert CANARY not in done.stdout + done.stderr
    assert done.stderr == ""
    return done.returncode, done.stdout
