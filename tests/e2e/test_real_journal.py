"""Events in a real systemd-journald, which runs where nobody else sees it.

It gets a /run of its own in a mount namespace, so neither this computer's journal nor its /run are
touched; that takes root.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from configure587.rollout import event_table

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

JOURNALD: Final = "/lib/systemd/systemd-journald"
WORLD: Final = f"""
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/log/journal || exit 1
{JOURNALD} & journald=$!
trap 'kill "$journald"; wait "$journald"' EXIT
for _ in $(seq 50); do [ -S /run/systemd/journal/socket ] && break; sleep 0.1; done
"$1" "$2" || exit 1
journalctl --sync
journalctl -D /run/log/journal -t configure587 -o json
"""
PROGRAM: Final = """
from configure587.machine import here
from configure587.rollout import event_table, events

log = here.events()
log.write(events.began("apply"))
log.write(event_table.RUN_REFUSED.event(run="apply", exit_code=1, why="odd\\nPRIORITY=0"))
"""


@pytest.fixture
def entries(tmp_path: Path) -> list[dict[str, str]]:
    """Give what a real journal holds after two events."""
    tools = all(map(shutil.which, ("unshare", "journalctl", "mount")))
    if os.geteuid() != 0 or not tools or not os.path.exists(JOURNALD):
        pytest.skip("needs root and systemd-journald")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    shell = ["unshare", "-m", "--propagation", "private", "sh", "-c", WORLD, "sh"]
    run = subprocess.run(
        [*shell, sys.executable, str(program)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_a_real_journal_keeps_events_with_their_ids_and_fields(
    entries: list[dict[str, str]],
) -> None:
    began, refused = entries
    assert began["MESSAGE"] == "A run of apply began."
    assert began["MESSAGE_ID"] == event_table.RUN_BEGAN.message_id
    assert (began["PRIORITY"], began["CONFIGURE587_EVENT"]) == ("6", "100")
    assert began["CONFIGURE587_RUN"] == "apply"
    assert (refused["PRIORITY"], refused["CONFIGURE587_WHY"]) == ("3", "odd\nPRIORITY=0")
