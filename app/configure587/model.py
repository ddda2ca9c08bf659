"""The nouns: frozen, comparable values without effects and without sentences for people."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias


class Security(enum.Enum):
    """How a connection is protected, weakest first; no change may lower it."""

    NONE = "none"
    OPPORTUNISTIC = "opportunistic"
    STARTTLS = "starttls"
    TLS = "tls"

    @property
    def strength(self) -> int:
        """The rank by which two protections compare; 0 is none at all."""
        return _STRENGTH[self.value]


_STRENGTH = {security.value: rank for rank, security in enumerate(Security)}


class Verdict(enum.Enum):
    """What we think of one outgoing server."""

    DUE = "due"
    HALF_WAY = "half_way"
    FINE = "fine"
    LEFT_ALONE = "left_alone"
    STUCK = "stuck"
    BLOCKED = "blocked"
    GUIDED = "guided"
    UNREADABLE = "unreadable"


class Result(enum.Enum):
    """How it went with one profile."""

    CHANGED = "changed"
    UNDONE = "undone"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # somebody changed these values since; they were left
    DEFERRED = "deferred"  # the mail program is running
    DENIED = "denied"  # the system refuses us the right to write
    STALE = "stale"  # what the plan expected is no longer there
    FAILED = "failed"  # something went wrong; everything was put back
    BROKEN = "broken"  # something went wrong and putting back failed too: recovered at next start
    STOPPED = "stopped"  # the person stopped us; this profile was put back


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that we keep and restore byte for byte but never edit."""

    type: str
    data: bytes


# Strings hold UTF-8; bytes that are not UTF-8 survive as surrogate escapes (PEP 383).
Value: TypeAlias = bool | int | str | Opaque


@dataclass(frozen=True, slots=True)
class Place:
    """One flat sheet of named values; `kind` says who can read it: "prefs.js" so far."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Transport:
    """The door a mail program knocks at."""

    port: int
    security: Security


SUBMISSION = Transport(587, Security.STARTTLS)  # RFC 6409, RFC 3207
SUBMISSIONS = Transport(465, Security.TLS)  # RFC 8314, section 3.3


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server's settings should go; `sign_in_as` switches sign-in on for that name."""

    hostname: str
    port: int
    security: Security
    sign_in_as: str | None = None

    @property
    def transport(self) -> Transport:
        """Port and security together."""
        return Transport(self.port, self.security)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so: a code and its fields; a sentence only at the edge."""

    code: str
    fields: tuple[tuple[str, str | int], ...] = ()


def reason(code: str, **fields: str | int) -> Reason:
    """Spell a Reason the short way."""
    return Reason(code, tuple(fields.items()))


@dataclass(frozen=True, slots=True)
class Profile:
    """One person's profile of one mail program."""

    client: str
    program: str
    name: str
    folder: str
    place: Place
    in_use: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value was decided; `fixed` when no edit of ours could win over it."""

    name: str
    value: Value | None
    path: str
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """One value as it stands, literally, in a place that we may edit."""

    place: Place
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a client knows of a server; with a verdict it settles the matter."""

    reason: Reason
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class OutgoingServer:
    """One outgoing (SMTP) server as the mail program will act, not as one file reads."""

    profile: Profile
    key: str
    hostname: str
    transport: Transport
    auth: str
    username: str
    used_by: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    written: tuple[Written, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one server, or about a profile that could not be read."""

    id: str
    profile: Profile
    server: OutgoingServer | None
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One value of one place, before and after; None means "not there"."""

    place: Place
    name: str
    before: Value | None
    after: Value | None

    def inverse(self) -> Change:
        """The change that undoes this one."""
        return Change(self.place, self.name, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Step:
    """All changes for one finding; they are made together or not at all."""

    finding: Finding
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will change on one computer, and what was found besides; a pure value."""

    computer: str
    created: str
    steps: tuple[Step, ...]
    untouched: tuple[Finding, ...] = ()


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
class Progress:
    """How far a run has come: a stage, and how many of how many profiles."""

    stage: str
    done: int
    total: int | None = None
    profile: Profile | None = None


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


class State(enum.Enum):
    """How far a backup set has come."""

    PREPARED = "prepared"  # a run was interrupted, or is at work right now
    APPLIED = "applied"
    ROLLED_BACK = "rolled_back"
    KEPT_IN_PART = "kept_in_part"  # undone, but for values that somebody changed since
    NOTHING = "nothing"  # no profile was changed in the end
    DAMAGED = "damaged"


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
