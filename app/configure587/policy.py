"""What is wanted: the same whether it came from flags, a file or a wizard's answers."""

from __future__ import annotations

import enum
from typing import NamedTuple

from configure587.model import SUBMISSION, Transport


class Probe(enum.Enum):
    """Whether a server has to be proven from this network before anything is written."""

    REQUIRE = "require"
    WARN = "warn"  # look, and say what was seen, but change all the same
    OFF = "off"


class Policy(NamedTuple):
    """The wishes of one run.

    `only` and `skip` hold finding ids, or profile ids for all servers of a profile. A server whose
    own id is in `only` is included even on an odd port or in a local network. `wait` is
    how many seconds a running mail program is waited for; 0 means it is skipped. A target on
    another host than today's is only ever taken if that host is in `accept_hosts`. `user_names`
    holds finding ids, and what a person said to sign in as where a program signs in as nobody.
    """

    clients: tuple[str, ...] = ()
    due_ports: tuple[int, ...] = (25,)
    targets: tuple[Transport, ...] = (SUBMISSION,)
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    wait: float = 0.0
    probe: Probe = Probe.REQUIRE
    accept_hosts: tuple[str, ...] = ()
    online: bool = False  # whether the network may be asked where the right server is
    tamper_proof_only: bool = False  # and only in ways that nobody in between can tamper with
    user_names: tuple[tuple[str, str], ...] = ()

    def wants(self, finding_id: str) -> bool:
        """Whether this finding may be changed in this run."""
        return (not self.only or _named(finding_id, self.only)) and not _named(
            finding_id, self.skip
        )

    def names(self, finding_id: str) -> bool:
        """Whether this very finding was asked for on purpose, odd port, local host and all."""
        return finding_id in self.only


def _named(finding_id: str, names: tuple[str, ...]) -> bool:
    return any(finding_id == name or finding_id.startswith(name + ":") for name in names)
