"""What a Machine is made of: small Protocols, for the type checker and for the reader.

Nothing imports them at run time, for building a Protocol takes longer than reading a profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Look
    from configure587.machine.events import Event
    from configure587.model import Change, Value
    from configure587.seen import Connection, Door, HostSeen, Question, Seen


class Files(Protocol):
    """Files of one computer. All but look and real may raise OSError; nothing else, unless said."""

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The content of a regular file; OSError(EFBIG) when it has more than `limit` bytes."""

    def look(self, path: str) -> Look | None:
        """What stands at the path, links followed; None when nothing does. Never raises."""

    def names(self, path: str) -> Sequence[str]:
        """The names in a folder, sorted."""

    def real(self, path: str) -> str:
        """The path with every link resolved, as far as that can be done. Never raises."""

    def create(self, files: Mapping[str, bytes]) -> None:
        """Make new files (and folders) that only their owner can read; durable on return.

        They appear in the order given, each wholly or not at all.
        """

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """Replace a file's content at once, if it still is `expect`; else raise Stale.

        Mode, owner and extended attributes stay; a link stays a link; durable on return.
        """

    def remove(self, path: str) -> None:
        """Remove a file or an empty folder."""


class Registry(Protocol):
    r"""One person's registry, by keys such as r"HKEY_CURRENT_USER\\Software\\Microsoft".

    Key and value names compare as Windows compares them, without regard to case. REG_DWORD is an
    int, REG_SZ a str; every other type, and every value that is not as its type wants it, is an
    Opaque with the type's name and the raw bytes. Every method may raise OSError (PermissionError
    when access is denied), nothing else unless said.
    """

    def exists(self, key: str) -> bool:
        """Whether a key is there, even if we may not look into it."""

    def keys(self, key: str) -> Sequence[str]:
        """The names of the subkeys, in the registry's order; none when the key is not there."""

    def names(self, key: str) -> Sequence[str]:
        """The names of the values, without looking at what they hold; none without the key."""

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """These values, as far as they are there; never any other (a key holds passwords)."""

    def swap(self, changes: Sequence[Change], *, there_and_back: bool = True) -> None:
        """Set or (after is None) delete values of keys that are there.

        Raises Stale unless every `before` still holds. All are changed or none; no key is ever
        made or removed. A registry that is a text may raise OSError rather than be unsure of the
        edit, and with `there_and_back` rather than be unsure of the way back.
        """

    def rehearse(self, changes: Sequence[Change]) -> None:
        """Raise OSError where swap would: what cannot be written, there and back. Writes nothing.

        Whether every `before` still holds is not asked.
        """


class Processes(Protocol):
    """Who else is at work on this computer."""

    def uses(self, lock: str) -> bool:
        """Whether another program holds this lock file now."""

    def keep_out(self, lock: str) -> AbstractContextManager[None]:
        """Hold this lock file ourselves; raises Busy when another program holds it."""

    def running(self, programs: Sequence[str]) -> bool:
        """Whether this person runs a program of one of these file names, whatever their case."""


class Online(Protocol):
    """Questions to the network that a person has switched on; each raises OSError or Cancelled."""

    def fetch(self, url: str) -> bytes:
        """What stands at this address: https only, the certificate checked, at most 64 KiB."""

    def mx(self, domain: str) -> Sequence[str]:
        """Who takes in the mail of this domain, best first."""

    def srv(self, name: str) -> Sequence[tuple[str, int]]:
        """Who offers this service: hosts and ports, best first."""


class Network(Protocol):
    """How servers are looked at; no other connection is ever made."""

    @property
    def ledger(self) -> Sequence[Connection]:
        """Every connection so far, in the order in which they were begun."""

    def look(
        self, questions: Sequence[Question], cancelled: Callable[[], bool]
    ) -> Iterable[HostSeen]:
        """What was seen of each host, as soon as it is known: each distinct door is tried once."""

    def online(self, cancelled: Callable[[], bool]) -> Online | None:
        """Look-ups of where the right server is, each in the ledger; None where there are none."""

    def sign_in(self, door: Door, user: str, password: str, cancelled: Callable[[], bool]) -> Seen:
        """What came of one attempt to sign in, inside TLS; only when a person asks for it."""


class Events(Protocol):
    """The log of this computer that its administrators read."""

    def write(self, event: Event) -> None:
        """Write it; where the log cannot be written, nothing happens. Never raises."""


class Clock(Protocol):
    """Time as the computer has it."""

    def now(self) -> float:
        """Seconds since 1970 (UTC)."""

    def monotonic(self) -> float:
        """Seconds that never go back; for deadlines."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Spread(Protocol):
    """How many small readings are done: one after the other, or on all processors."""

    def __call__(self, work: Callable[[Any], Any], items: Sequence[Any], /) -> Iterable[Any]:
        """The answers, in the order of the items; they must be plain data."""


class Lens(Protocol):
    """What every module in formats/ offers for its kind of place."""

    def read(self, data: bytes) -> Mapping[str, Value]:
        """Every named value."""

    def read_matching(self, data: bytes, prefixes: tuple[str, ...]) -> Mapping[str, Value]:
        """Only the values whose names start so."""

    def without_secrets(self, data: bytes) -> tuple[bytes | None, tuple[str, ...]]:
        """The same bytes with every value emptied that may be a secret, and their names.

        None instead when a secret may stand where it cannot be cut out.
        """

    def edit(
        self,
        data: bytes,
        edits: Mapping[str, Value | None],
        back: Mapping[str, Value | None] | None = None,
    ) -> bytes:
        """The same bytes but for these values; raises Unsure rather than guess.

        That includes not being certain that the values in `back` would restore every byte.
        """
