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


class HostMove(NamedTuple):
    """Who sends through `old` shall send through `new`; and what for a name to sign in with.

    `user_name` is "keep", "address" (the account's whole mail address) or "local-part".
    """

    old: str
    new: str
    user_name: str = "keep"


class Contact(NamedTuple):
    """Whom a person may ask; "" where nothing was said. `logo` is the path of an image file."""

    name: str = ""
    phone: str = ""
    site: str = ""
    logo: str = ""


class Policy(NamedTuple):
    """The wishes of one run.

    `only` and `skip` hold finding ids, or profile ids for all servers of a profile. A server whose
    own id is in `only` is included even on an odd port or in a local network. `wait` is
    how many seconds a running mail program is waited for; 0 means it is skipped. A target on
    another host than today's is only ever taken if that host is in `accept_hosts`. `user_names`
    holds finding ids, and what a person said to sign in as where a program signs in as nobody.

    Empty `include_…` mean all. `leave_alone` holds mail addresses and finding ids. With
    `next_sign_in` a running program is not waited for: the change is made when the person signs in
    again. `report` is the folder for reports, "" for none; `backups_kept` how many backups stay, 0
    for all; `rings` names of rings and percentages of the computers, which follow each other;
    `limit` how many computers may be changed, 0 for any number; `stop_if_failed` at how many
    percent of failed computers the others wait, None for never. `window_offers` is what the window
    offers (None: everything), `updates` whether it may look for new versions when a person wants
    it: "off" or "ask".
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

    # Which servers and accounts; host names and domains in their one spelling.
    host_map: tuple[HostMove, ...] = ()
    include_hosts: tuple[str, ...] = ()
    exclude_hosts: tuple[str, ...] = ()
    include_domains: tuple[str, ...] = ()
    exclude_domains: tuple[str, ...] = ()
    leave_alone: tuple[str, ...] = ()

    # Many computers.
    next_sign_in: bool = False
    report: str = ""
    report_addresses: bool = False
    backups_kept: int = 0
    rings: tuple[tuple[str, int], ...] = ()
    limit: int = 0
    stop_if_failed: int | None = None

    # The person in front of it.
    language: str = ""
    window_offers: tuple[str, ...] | None = None
    updates: str = "ask"
    support: Contact = Contact()

    # Everybody of a computer: keys that were left to a policy of the person's own.
    own_keys: tuple[str, ...] = ()

    def wants(self, finding_id: str) -> bool:
        """Whether this finding may be changed in this run."""
        return (not self.only or named(finding_id, self.only)) and not named(finding_id, self.skip)

    def names(self, finding_id: str) -> bool:
        """Whether this very finding was asked for on purpose, odd port, local host and all."""
        return finding_id in self.only


def named(finding_id: str, names: tuple[str, ...]) -> bool:
    """Whether a finding is meant by one of these ids, of findings or of whole profiles."""
    return any(finding_id == name or finding_id.startswith(name + ":") for name in names)
