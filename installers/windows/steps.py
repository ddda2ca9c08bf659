"""One step of a build or of the lab: a program is called, and what it says is kept."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECONDS: Final = 300


def call(
    command: Sequence[str], cwd: str = ROOT, environment: Mapping[str, str] | None = None
) -> str:
    """What a program prints; Trouble with all of that when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise Trouble(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise Trouble(f"{' '.join(command)} has not ended in {SECONDS} s") from error
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Trouble(f"{' '.join(command)} failed ({done.returncode}):\n{output[-6000:]}")
    return output
