"""When today's server cannot be proven: look for another one of the same provider that can.

Every candidate has to pass the same look; a candidate never wins by being listed. And another name
is only ever taken on the person's own yes (`accept_hosts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configure587 import clients
from configure587.model import SUBMISSION, Step, Target, reason
from configure587.seen import CertificateTrouble, Question
from configure587.submission import discovery, providers, verdict
from configure587.submission.hostnames import canonical, same_owner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from configure587.machine import Machine
    from configure587.model import OutgoingServer, Reason
    from configure587.policy import Policy
    from configure587.seen import HostSeen
    from configure587.submission.discovery import Candidate
    from configure587.submission.verdict import Judgment

_AT_MOST = 4  # other hosts for one server
_ROWS = {"no_sign_in", "no_encryption", "wrong_host", "server_gone"}
"""The rows that send us to discovery (4, 6, 13 and 14, 17)."""


class Other(NamedTuple):
    """Another server that passed: the candidate, the row that says so, and how it was found."""

    candidate: Candidate
    reasons: tuple[Reason, ...]


def wanted(judged: Judgment) -> bool:
    """Whether what was seen of a server sends us looking for another."""
    return judged.row.code in _ROWS


def starttls_known(host: str) -> bool:
    """Whether the table says that this host offers STARTTLS on 587."""
    name = canonical(host)
    rows = providers.load().for_host(host) if name is not None else ()
    doors = [server for row in rows for server in row.servers]
    return any((door.host, door.port) == (name, SUBMISSION.port) for door in doors)


def find(
    machine: Machine,
    server: OutgoingServer,
    seen: HostSeen,
    policy: Policy,
    look: Callable[[Sequence[Question]], Mapping[str, HostSeen]],
) -> Other | None:
    """The first candidate on another host through whose door mail may be handed in."""
    client = clients.CLIENTS[server.profile.client]
    incoming = next((each.hostname for each in client.receives(machine, server)), "")
    address = next(iter(server.used_by), "")
    network = machine.network
    online = network.online() if network is not None and policy.online else None
    listed = discovery.candidates(
        address, server.hostname, incoming, _certificate_names(seen), online
    )
    others = (each for each in listed if each.host != canonical(server.hostname))
    fit = [each for each in others if (each.port, each.security) in policy.targets]
    hosts = list(dict.fromkeys(each.host for each in fit))[:_AT_MOST]
    looked = look([Question(host, verdict.doors(host)) for host in hosts])
    for candidate in fit:
        found = looked.get(candidate.host)
        door = found.at(candidate.port) if found is not None else None
        if door is not None and verdict.proven(door):
            return Other(candidate, tuple(_reasons(server, seen, candidate)))
    return None


def step_to(step: Step, other: Other) -> Step | None:
    """The same finding with the other server as its target; None when that cannot be said."""
    found = step.finding
    server = found.server
    assert server is not None
    assert found.target is not None
    candidate = other.candidate
    target = Target(candidate.host, candidate.port, candidate.security, found.target.sign_in_as)
    changes = clients.CLIENTS[found.profile.client].settings(server, target)
    if not changes:
        return None
    return Step(
        found._replace(target=target, reasons=(*found.reasons, *other.reasons)), tuple(changes)
    )


def _certificate_names(seen: HostSeen) -> tuple[str, ...]:
    return tuple(
        name
        for door in seen.doors
        if door.certificate is not None and door.trouble is CertificateTrouble.OTHER_NAME
        for name in door.certificate.names
    )


def _reasons(server: OutgoingServer, seen: HostSeen, candidate: Candidate) -> Iterator[Reason]:
    """Why the other one, and what a person has to know of it."""
    if _certificate_names(seen) and same_owner(candidate.host, server.hostname):
        yield reason("proof_server_renamed", host=server.hostname)
    if candidate.user_form == "local" and "@" in server.username:
        yield reason("user_name_local", other=candidate.host)
    elif candidate.user_form == "address" and server.username and "@" not in server.username:
        yield reason("user_name_address", other=candidate.host)
