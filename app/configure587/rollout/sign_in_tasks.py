"""What each system starts when a person signs in: one entry of ours, under one name.

Linux: an autostart entry (XDG). Desktops start it for every person who signs in to them, with
systemd or without, and nothing but the file has to be made or taken away; a systemd user unit would
start at a sign-in by ssh too, where no mail program is, and never where a session is still open.
macOS: a launchd agent. Windows: a task of the Task Scheduler, which ends by itself after a month.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, Protocol
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

LABEL = "org.configure587.next-sign-in"
_RESERVED = re.compile(r'(["`$\\])')  # Desktop Entry Specification, "The Exec key"
_UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2
_ODD = re.compile(r"[^\w.@ -]")  # in the name of a task
_MONTH = 30 * 86_400
_TASK = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>Configure 587!</Author>
    <Description>Configure 587!: once, at the next sign-in</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <EndBoundary>{end}</EndBoundary>
      <UserId>{user}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{user}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <Hidden>true</Hidden>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
    <DeleteExpiredTaskAfter>PT0S</DeleteExpiredTaskAfter>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{words}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def autostart_entry(words: Sequence[str]) -> bytes:
    """A desktop entry that runs this command at sign-in."""
    spelled = " ".join(map(_for_exec, words))
    lines = ("[Desktop Entry]", "Type=Application", "Name=Configure 587!", "NoDisplay=true")
    more = ("Terminal=false", "X-GNOME-Autostart-enabled=true", f"Exec={spelled}", "")
    return "\n".join((*lines, *more)).encode(errors="surrogateescape")


def _for_exec(word: str) -> str:
    """One word of Exec: quoted, then escaped again as any string of a desktop entry."""
    quoted = '"' + _RESERVED.sub(r"\\\1", word).replace("%", "%%") + '"'
    escaped = quoted.replace("\\", "\\\\")
    return escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def launch_agent(words: Sequence[str]) -> bytes:
    """A launchd agent that runs this command at sign-in to the desktop."""
    import plistlib

    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(words),
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Background",
        }
    )


def task(words: Sequence[str], user: str, now: float) -> bytes:
    """A task for schtasks /XML that runs this command when this person signs in."""
    fields = {
        "end": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + _MONTH)),
        "user": user,
        "program": words[0],
        "words": subprocess.list2cmdline(words[1:]),
    }
    safe = {name: escape(_UNWRITABLE.sub("?", value)) for name, value in fields.items()}
    return _TASK.format(**safe).encode("utf-16")


def task_name(user: str) -> str:
    """What this person's task is called: characters that Windows takes in one."""
    plain = _ODD.sub("_", user)
    return f"{LABEL} {plain}"


class Scheduler(Protocol):
    """Where tasks of Windows are kept; both raise OSError when that is refused."""

    def put(self, name: str, task: bytes) -> None:
        """Make the task that this XML describes, in place of one of the same name."""

    def drop(self, name: str) -> None:
        """Remove a task; none is no trouble."""


class Schtasks:
    """The Task Scheduler, by the program that Windows has for it."""

    def __init__(self, program: str | None = None) -> None:
        """`program` is schtasks.exe, by its whole path: nobody may put another one before it."""
        system = os.environ.get("SystemRoot", r"C:\Windows")  # noqa: SIM112 - its name in Windows
        self._program = program or os.path.join(system, "System32", "schtasks.exe")

    def put(self, name: str, task: bytes) -> None:
        """See Scheduler.put.

        The file that schtasks reads is ours, among our own temporary files: in the person's home
        they could put another one there in that moment, and an administrator would plan it.
        """
        with tempfile.TemporaryDirectory(prefix="configure587-") as folder:
            path = os.path.join(folder, "task.xml")
            with open(path, "xb") as file:
                file.write(task)
            refused = self._run("/Create", "/TN", name, "/XML", path, "/F")
        if refused:
            raise PermissionError(0, "the Task Scheduler refused", name)

    def drop(self, name: str) -> None:
        """See Scheduler.drop."""
        self._run("/Delete", "/TN", name, "/F")

    def _run(self, *words: str) -> int:
        return subprocess.run(  # noqa: S603 - the system's own program, by its whole path
            [self._program, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).returncode
