"""The report of a run: made, kept until its folder can be reached, sent once, oldest first."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import traceback
from typing import TYPE_CHECKING, NamedTuple

from configure587 import __version__
from configure587.machine import Platform
from configure587.report.wire import SCHEMA
from configure587.rollout.names import AsTheyAre, MadeUp
from configure587.support import pseudonyms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configure587.errors import Configure587Error
    from configure587.machine import Machine
    from configure587.policy import Policy
    from configure587.report.run_documents import (
        ComputerJson,
        PersonJson,
        RunJson,
        RunWord,
        TroubleJson,
    )
    from configure587.rollout.names import Names
    from configure587.rollout.share import Share

OUR_BUG = "our_bug"
_UNTOLD = frozenset({"value", "detail"})
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_LONGEST = 2_000  # letters of a field
_KEPT = 100  # reports that wait for their folder; the newest stay
_LIMIT = 64 * 1024 * 1024  # bytes of a report
_OUTBOX = "outbox"
_NUMBERED = re.compile(r"(\d{6,})-(.+\.json)")
_GUID = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography"


class Run(NamedTuple):
    """What a report says besides its people.

    `started` is the stamp of the beginning, `wishes` the hash of the policy in force.
    """

    word: RunWord
    started: str
    ring: str | None = None
    dry_run: bool = False
    held: str | None = None
    wishes: str = ""
    trouble: TroubleJson | None = None


def names(machine: Machine, policy: Policy) -> Names:
    """How people and accounts are called in the report of this person's run."""
    return AsTheyAre() if policy.report_addresses else MadeUp(pseudonyms.key(machine))


def made(machine: Machine, run: Run, people: Sequence[PersonJson], exit_code: int) -> RunJson:
    """The report of a run that ends now."""
    document: RunJson = {
        "schema": SCHEMA,
        "kind": "run",
        "run": run.word,
        "version": __version__,
        "computer": computer(machine),
        "started": run.started,
        "ended": machine.stamp(),
        "ring": run.ring,
        "policy": run.wishes,
        "dry_run": run.dry_run,
        "held": run.held,
        "people": list(people),
        "exit_code": exit_code,
    }
    return {**document, "trouble": run.trouble} if run.trouble is not None else document


def of_refusal(machine: Machine, error: Configure587Error) -> TroubleJson:
    """What a report tells of a policy that was refused: where, which key, what is allowed there.

    Not what stands there instead, which may be an address, nor what a parser says of it.
    """
    told = {name: each for name, each in error.fields.items() if name not in _UNTOLD}
    if error.code != "policy_not_toml":
        told |= {name: each for name, each in error.fields.items() if name == "detail"}
    if not _KEY.fullmatch(str(told.get("key", "key"))):
        told["key"] = "…"  # whatever stands there, it is no word of ours
    return {"code": error.code, "fields": {name: _plain(machine, told[name]) for name in told}}


def _plain(machine: Machine, value: str | int) -> str | int:
    """A value without the person's home folder, which has their name."""
    if not isinstance(value, str) or machine.home in {"", os.sep}:
        return value
    return value.replace(machine.home, "~")[:_LONGEST]


def of_crash(error: BaseException) -> TroubleJson:
    """What a report tells of a fault of ours: its kind and our own line, never its message."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return {"code": OUR_BUG, "fields": {"kind": type(error).__name__, "at": at}}


def computer(machine: Machine) -> ComputerJson:
    """Which computer this is: for all of its people, in all of its reports."""
    spelled = f"computer\0{machine.computer.casefold()}\0{_system_id(machine)}\0{machine.root}"
    digest = hashlib.sha256(spelled.encode(errors="replace")).hexdigest()
    return {"name": machine.computer, "id": digest[:16], "platform": machine.platform.value}


def deliver(machine: Machine, share: Share, report: RunJson, *, keep: bool = True) -> bool:
    """Send this report, after those that wait; whether all are there now.

    What cannot be sent waits in the data folder; only without `keep`, or where nothing can be kept
    there, is it lost.
    """
    name = file_name(machine, report)
    data = json.dumps(report, ensure_ascii=False, indent=1).encode(errors="replace") + b"\n"
    waits = keep and _kept(machine, name, data)
    if not _sent(machine, share):
        return False
    try:
        if not waits:
            share.put(name, data)
    except OSError:
        return False
    return True


def file_name(machine: Machine, report: RunJson) -> str:
    """A name that no other run has: the computer, the time in UTC, its id, something by chance."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", report["computer"]["name"])[:40].lstrip(".")
    chance = secrets.token_hex(6)
    start = safe or "computer"
    return f"{start}-{machine.file_stamp()}-{report['computer']['id'][:8]}-{chance}.json"


def _kept(machine: Machine, name: str, data: bytes) -> bool:
    """Whether the report lies in the outbox, where a power cut cannot take it.

    A number is the order, for the clock may jump.
    """
    folder = os.path.join(machine.data_folder, _OUTBOX)
    try:
        waiting = _waiting(machine)
        number = 1 + max((each.number for each in waiting), default=0)
        machine.files.create({os.path.join(folder, f"{number:06d}-{name}"): data})
        for each in waiting[: max(0, len(waiting) + 1 - _KEPT)]:
            machine.files.remove(each.path)
    except OSError:
        return False
    return True


class _Waiting(NamedTuple):
    """A report in the outbox."""

    number: int
    name: str
    path: str


def _waiting(machine: Machine) -> list[_Waiting]:
    folder = os.path.join(machine.data_folder, _OUTBOX)
    if machine.files.look(folder) is None:
        return []
    found = map(_NUMBERED.fullmatch, machine.files.names(folder))
    return sorted(
        _Waiting(int(each[1]), each[2], os.path.join(folder, each[0])) for each in found if each
    )


def _sent(machine: Machine, share: Share) -> bool:
    """Send what waits, oldest first; the first that cannot go ends it: the others could not.

    A report that went and could not be taken out of the outbox goes again, under the same name.
    """
    for each in _waiting(machine):
        try:
            data = machine.files.read(each.path, _LIMIT)
        except FileNotFoundError:
            continue  # another run was faster
        except OSError:
            continue  # it cannot be read, which must not hold up the others
        try:
            share.put(each.name, data)
        except OSError:
            return False
        with contextlib.suppress(OSError):
            machine.files.remove(each.path)
    return True


def _system_id(machine: Machine) -> str:
    """What tells two computers of one name apart; "" where the system has nothing of the kind."""
    with contextlib.suppress(OSError):
        if machine.platform is Platform.WINDOWS:
            return str(machine.registry.read(_GUID, ["MachineGuid"]).get("MachineGuid", ""))
        if machine.platform is Platform.LINUX:
            return machine.files.read(machine.system("etc", "machine-id"), 64).decode("latin-1")
    return ""
