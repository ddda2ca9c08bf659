"""The nouns: frozen, comparable values without effects and without sentences for people.

What a scan needs is here; what a run leaves behind stands in records.py and is loaded when it is
first named, for building a class takes longer than reading a profile.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:  # `as` says that these names are offered on
    # ruff: noqa: PLC0414
    from configure587.records import (
        Approval as Approval,
    )
    from configure587.records import (
        BackupSet as BackupSet,
    )
    from configure587.records import (
        Entry as Entry,
    )
    from configure587.records import (
        Group as Group,
    )
    from configure587.records import (
        Outcome as Outcome,
    )
    from configure587.records import (
        Plan as Plan,
    )
    from configure587.records import (
        Receipt as Receipt,
    )
    from configure587.records import (
        Result as Result,
    )
    from configure587.records import (
        SavedFile as SavedFile,
    )
    from configure587.records import (
        State as State,
    )
    from configure587.records import (
        Step as Step,
    )
else:

    def __getattr__(name: str) -> object:
        """The nouns of records.py, by their names here (PEP 562)."""
        if name.startswith("_"):
            raise AttributeError(name)
        from configure587 import records

        return getattr(records, name)


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
    UNPROVEN = "unproven"  # it needs the change, and its server could not be proven
    UNREADABLE = "unreadable"

    @property
    def by_hand(self) -> bool:
        """Whether a person has to do it, in the mail program's own windows."""
        return self in {Verdict.GUIDED, Verdict.STUCK}


class Opaque(NamedTuple):
    """A value that we keep and restore byte for byte but never edit."""

    type: str
    data: bytes


# Strings hold UTF-8; bytes that are not UTF-8 survive as surrogate escapes (PEP 383).
Value: TypeAlias = bool | int | str | Opaque


class Place(NamedTuple):
    """One flat sheet of named values; `kind` says who can read it: "prefs.js", "registry".

    A "folder" is a place that we only noticed; nobody reads values in it.
    """

    kind: str
    path: str


class Transport(NamedTuple):
    """The door a mail program knocks at."""

    port: int
    security: Security


SUBMISSION = Transport(587, Security.STARTTLS)  # RFC 6409, RFC 3207
SUBMISSIONS = Transport(465, Security.TLS)  # RFC 8314, section 3.3


class Target(NamedTuple):
    """Where a server's settings should go; `sign_in_as` switches sign-in on for that name."""

    hostname: str
    port: int
    security: Security
    sign_in_as: str | None = None

    @property
    def transport(self) -> Transport:
        """Port and security together."""
        return Transport(self.port, self.security)


class Reason(NamedTuple):
    """Why something is so: a code and its fields; a sentence only at the edge."""

    code: str
    fields: tuple[tuple[str, str | int], ...] = ()


def reason(code: str, **fields: str | int) -> Reason:
    """Spell a Reason the short way."""
    return Reason(code, tuple(fields.items()))


class Profile(NamedTuple):
    """One person's profile of one mail program."""

    client: str
    program: str
    name: str
    folder: str
    place: Place
    in_use: bool


class Origin(NamedTuple):
    """Where one value was decided; `fixed` when no edit of ours could win over it."""

    name: str
    value: Value | None
    path: str
    fixed: bool = False


class Written(NamedTuple):
    """One value as it stands, literally, in a place that we may edit."""

    place: Place
    name: str
    value: Value
    odd: bool = False  # spelled in a way that we could not write back


class Remark(NamedTuple):
    """Something a client knows of a server; with a verdict it settles the matter."""

    reason: Reason
    verdict: Verdict | None = None


class OutgoingServer(NamedTuple):
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


class Incoming(NamedTuple):
    """Where one account fetches its mail; port and security are None where nothing tells.

    `address` and `name` are those with which the account sends. A password has no place here.
    """

    protocol: str  # imap or pop3
    hostname: str
    port: int | None
    security: Security | None
    auth: str
    username: str
    address: str = ""
    name: str = ""


class Finding(NamedTuple):
    """What was found about one server, or about a profile that could not be read."""

    id: str
    profile: Profile
    server: OutgoingServer | None
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    target: Target | None = None

    @property
    def by_hand(self) -> bool:
        """Whether there are steps for a person: an administrator's rules need an administrator."""
        return self.verdict.by_hand or any(each.code == "managed_setup" for each in self.reasons)


class Change(NamedTuple):
    """One value of one place, before and after; None means "not there"."""

    place: Place
    name: str
    before: Value | None
    after: Value | None

    def inverse(self) -> Change:
        """The change that undoes this one."""
        return Change(self.place, self.name, self.after, self.before)


class Progress(NamedTuple):
    """How far a run has come: a stage, and how many of how many profiles."""

    stage: str
    done: int
    total: int | None = None
    profile: Profile | None = None
