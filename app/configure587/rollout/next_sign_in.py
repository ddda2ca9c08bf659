"""What could not be done while a mail program was open is done when its person signs in again.

One entry is left for that, and the policy beside it in the person's data folder. The run that it
starts takes it away, once there is nothing left to do or after the fifth time.
"""

from __future__ import annotations

import contextlib
import ntpath
import os
from typing import TYPE_CHECKING, NamedTuple

from configure587.machine import Platform, here
from configure587.rollout import policy_file, sign_in_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configure587.machine import Machine
    from configure587.policy import Policy
    from configure587.rollout.sign_in_tasks import Scheduler

TRIES = 5  # sign-ins
_SIZE = 32  # bytes of the count


class Entry(NamedTuple):
    """This person's entry, and where tasks of Windows are kept."""

    machine: Machine
    scheduler: Scheduler | None = None

    @property
    def folder(self) -> str:
        """Where the policy and the count lie."""
        return os.path.join(self.machine.data_folder, "next-sign-in")

    @property
    def path(self) -> str:
        """The file of the entry; on Windows a copy of its task."""
        home, variables = self.machine.home, self.machine.variables
        if self.machine.platform is Platform.WINDOWS:
            return os.path.join(self.folder, "task.xml")
        if self.machine.platform is Platform.MACOS:
            agents = os.path.join(home, "Library", "LaunchAgents")
            return os.path.join(agents, f"{sign_in_tasks.LABEL}.plist")
        config = variables.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
        return os.path.join(config, "autostart", f"{sign_in_tasks.LABEL}.desktop")

    @property
    def task_name(self) -> str:
        """What its task is called: by the folder of the profile, which is the person's alone.

        Whoever looks after everybody knows that folder, and no name to sign in with.
        """
        folder = ntpath.basename(self.machine.home.rstrip("\\/"))
        return sign_in_tasks.task_name(folder or self.machine.user)


def of(machine: Machine) -> Entry:
    """The entry on this computer; an image has none of the tasks of Windows."""
    real = machine.platform is Platform.WINDOWS and not machine.root
    return Entry(machine, sign_in_tasks.Schtasks() if real else None)


def after(
    entry: Entry, policy: Policy, *, unfinished: bool, at_sign_in: bool, more: Sequence[str] = ()
) -> str:
    """Leave the entry, keep it or take it away after a run; a word for the log says what was done.

    `unfinished` is whether something was put off, or a run at sign-in was stopped; `more` are
    words of the command line that a policy has no keys for.
    """
    if not (policy.next_sign_in or at_sign_in):
        return ""
    if not unfinished:
        return "next sign-in: nothing left to do" if cancel(entry) else ""
    tries = _tries(entry) + at_sign_in
    if tries >= TRIES:
        cancel(entry)
        return "next sign-in: given up"
    try:
        _leave(entry, policy, tries, more)
    except OSError as error:
        return f"next sign-in: could not be left ({type(error).__name__})"
    return f"next sign-in: left, tried {tries} times"


def _leave(entry: Entry, policy: Policy, tries: int, more: Sequence[str]) -> None:
    machine = entry.machine
    copy = os.path.join(entry.folder, "policy.toml")
    _put(machine, copy, policy_file.written(policy._replace(next_sign_in=True)))
    _put(machine, os.path.join(entry.folder, "tries"), str(tries).encode())
    words = [*here.program(), *_words(machine, copy), *more]
    if machine.platform is Platform.MACOS:
        _put(machine, entry.path, sign_in_tasks.launch_agent(words))
    elif machine.platform is Platform.LINUX:
        _put(machine, entry.path, sign_in_tasks.autostart_entry(words))
    else:
        who = machine.account or machine.user
        task = sign_in_tasks.task(words, who, machine.clock.now())
        _put(machine, entry.path, task)
        if entry.scheduler is not None:
            entry.scheduler.put(entry.task_name, task)


def _words(machine: Machine, policy: str) -> list[str]:
    place = ["--image", machine.root] if machine.root else []
    place += ["--data-dir", machine.data] if machine.data else []
    return [*place, "apply", "--silent", "--yes", "--at-sign-in", "--policy", policy]


def cancel(entry: Entry) -> bool:
    """Take the entry away; whether there was one. Without it nothing starts, whatever is left."""
    there = entry.machine.files.look(entry.path) is not None
    names = (os.path.join(entry.folder, name) for name in ("tries", "policy.toml"))
    if there and entry.scheduler is not None:
        entry.scheduler.drop(entry.task_name)
    for path in (entry.path, *names, entry.folder):
        with contextlib.suppress(OSError):
            entry.machine.files.remove(path)
    return there


def _tries(entry: Entry) -> int:
    """How often a run at sign-in found that it could not be done; 0 without an entry."""
    if entry.machine.files.look(entry.path) is None:
        return 0
    try:
        said = entry.machine.files.read(os.path.join(entry.folder, "tries"), _SIZE)
        return int(said.decode("ascii", "replace"))
    except (OSError, ValueError):
        return 0


def _put(machine: Machine, path: str, data: bytes) -> None:
    """Make this file, or this content of it."""
    if machine.files.look(path) is None:
        machine.files.create({path: data})
    else:
        machine.files.swap(path, machine.files.read(path), data)
