"""What a run leaves behind: plans, outcomes, receipts and backup sets.

Part of configure587.model, which offers every name here as its own.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from configure587.model import Change, Profile  # noqa: TC001 - msgspec resolves them

if TYPE_CHECKING:
    from configure587.model import Finding, Reason
    from configure587.seen import HostSeen


class Result(enum.Enum):
    """How it went with one profile."""

    CHANGED = "changed"
    UNDONE = "undone"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # somebody changed these values since; they were left
    UNREADABLE = "unreadable"  # not all could be undone: a part cannot be read
    DEFERRED = "deferred"  # the mail program is running
    DENIED = "denied"  # the system refuses us the right to write
    STALE = "stale"  # what the plan expected is no longer there
    FAILED = "failed"  # something went wrong; everything was put back
    BROKEN = "broken"  # something went wrong and putting back failed too: recovered at next start
    STOPPED = "stopped"  # the person stopped us; this profile was put back


class State(enum.Enum):
    """How far a backup set has come."""

    PREPARED = "prepared"  # a run was interrupted, or is at work right now
    APPLIED = "applied"
    ROLLED_BACK = "rolled_back"
    KEPT_IN_PART = "kept_in_part"  # undone, but for values that somebody changed since
    NOTHING = "nothing"  # no profile was changed in the end
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Step:
    """All changes for one finding; they are made together or not at all."""

    finding: Finding
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will change on one computer, and what was found besides; a pure value.

    `offers` are what could change instead, once a person says yes to it: a proven server of
    another name, or one that wants another way to sign in. Each has the id of a finding among
    `steps` or `untouched`, whose place it takes then (engine.accept).
    """

    computer: str
    created: str
    steps: tuple[Step, ...]
    untouched: tuple[Finding, ...] = ()
    proofs: tuple[HostSeen, ...] = ()  # what was seen of the servers
    remarks: tuple[Reason, ...] = ()  # what holds for the plan as a whole
    offers: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody approved in a plan file: for which computer, finding id -> changes."""

    computer: str
    steps: tuple[tuple[str, tuple[Change, ...]], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one profile, and why; `accounts` are the addresses it is about."""

    profile: Profile
    result: Result
    reasons: tuple[Reason, ...] = ()
    changes: tuple[Change, ...] = ()
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a run did: its backup set, if one was made, and the outcome of every profile."""

    backup: str | None
    outcomes: tuple[Outcome, ...]
    untouched: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A copy of one file in a backup set, as it was before the change.

    `copy` is its name in the set, or "" where no copy could be kept without a secret in it.
    `withheld` names the values left out of the copy because they look like secrets;
    `after` is the hash of what a whole-file restore puts there instead.
    """

    path: str
    copy: str
    sha256: str
    copy_sha256: str
    withheld: tuple[str, ...] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one server; they go back together or not at all."""

    finding: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a backup set holds of one profile."""

    profile: Profile
    groups: tuple[Group, ...]
    accounts: tuple[str, ...] = ()
    files: tuple[SavedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupSet:
    """One backup: what was changed in one run, and copies of the files as they were before."""

    id: str
    folder: str
    created: str
    kind: str
    state: State
    entries: tuple[Entry, ...] = ()
    results: tuple[tuple[str, Result], ...] = ()  # profile folder -> how it went
    undoing: tuple[str, ...] = ()  # profile folders whose undoing was begun and not ended
    damage: tuple[str, ...] = ()
