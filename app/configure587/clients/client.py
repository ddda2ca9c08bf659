"""What every mail program's module offers: the one Protocol that a new client has to fill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Machine
    from configure587.model import (
        Change,
        Incoming,
        OutgoingServer,
        Profile,
        Reason,
        Remark,
        Target,
        Transport,
    )


class Client(Protocol):
    """What a mail program's module offers."""

    @property
    def key(self) -> str:
        """The word for it in JSON and after --client."""

    def profiles(self, machine: Machine) -> Iterable[Profile]:
        """Where to look: every profile, each once."""

    def unlisted(self, machine: Machine) -> Iterable[tuple[Profile, Remark]]:
        """What is there but offers no servers to read: why, and what that means (unreadable)."""

    def servers(self, machine: Machine, profile: Profile) -> Iterable[OutgoingServer]:
        """Bytes to meaning. May raise OSError and Unsure: the profile cannot be read."""

    def settings(self, server: OutgoingServer, target: Target) -> Sequence[Change] | None:
        """Meaning to values; None when this program has no words for the target."""

    def doubt(self, transport: Transport) -> Reason | None:
        """Why it is not certain that the program can use this; then it takes an explicit yes."""

    def receives(self, machine: Machine, server: OutgoingServer) -> Iterable[Incoming]:
        """Where the accounts that send through this server fetch their mail, as far as is certain.

        Asked when the outgoing server cannot be proven, and for what a phone needs to know. May
        raise OSError and Unsure.
        """

    def hindrances(self, machine: Machine, profile: Profile) -> Iterable[Reason]:
        """What keeps us from changing this profile just now."""

    def exclusive(self, machine: Machine, profile: Profile) -> AbstractContextManager[None]:
        """Hold the program's own lock; raises Busy while the program runs."""
