"""When today's server cannot be proven: look for another one of the same provider that can.

Every candidate has to pass the same look; a candidate never wins by being listed. And another name
is only ever taken on the person's own yes (`accept_hosts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from configure587 import clients
from configure587.errors import Cancelled
from configure587.model import SUBMISSION, Step, Target, reason
from configure587.seen import CertificateTrouble, Question
from configure587.submission import discovery, providers, verdict
from configure587.submission.hostnames import canonical, domain_of, registrable, same_owner
from configure587.submission.providers import Confidence, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from configure587.machine import Machine
    from configure587.machine.seams import Online
    from configure587.model import OutgoingServer, Reason
    from configure587.policy import Policy
    from configure587.seen import HostSeen, Seen
    from configure587.submission.discovery import Candidate
    from configure587.submission.providers import Provider, Server
    from configure587.submission.verdict import Judgment

_Answer = TypeVar("_Answer")
_AT_MOST = 4  # other hosts for one server, known without asking, and as many again
_BY_DNS = {discovery.Where.MX, discovery.Where.SRV}
_ROWS = {"no_sign_in", "no_encryption", "wrong_host", "server_gone"}
"""The rows that send us to discovery (4, 6, 13 and 14, 17)."""


class Other(NamedTuple):
    """Another server that passed: the candidate, the look that says so, and what explains it."""

    candidate: Candidate
    door: Seen
    reasons: tuple[Reason, ...]


def wanted(judged: Judgment) -> bool:
    """Whether what was seen of a server sends us looking for another."""
    return judged.row.code in _ROWS


def starttls_known(host: str) -> bool:
    """Whether the table says for certain that this host offers STARTTLS on 587."""
    name = canonical(host)
    rows = providers.load().for_host(host) if name is not None else ()
    doors = [door for row in rows for door in _confirmed(row)]
    return any((door.host, door.port) == (name, SUBMISSION.port) for door in doors)


def _confirmed(row: Provider) -> Sequence[Server]:
    """The doors of a row that are more than a guess worth a look."""
    if row.confidence is Confidence.LOW or Note.STARTTLS_UNCONFIRMED in row.notes:
        return ()
    return row.servers[:1] if Note.SECOND_PORT_UNCONFIRMED in row.notes else row.servers


def find(  # noqa: PLR0913, PLR0917 - what is known, and whom to ask
    machine: Machine,
    server: OutgoingServer,
    seen: HostSeen,
    policy: Policy,
    look: Callable[[Sequence[Question]], Mapping[str, HostSeen]],
    online: Online | None = None,
) -> Other | None:
    """The first candidate on another host through whose door mail may be handed in.

    Nobody is asked where it is while a candidate that we know without asking is good.
    """
    tried: set[Candidate] = set()
    for asked in (None, online) if online is not None else (None,):
        listed = _listed(machine, server, seen, policy, asked)
        fit = [each for each in listed if each not in tried]
        tried.update(fit)
        other = _first_proven(server, seen, fit, look)
        if other is not None:
            return other
    return None


def _listed(
    machine: Machine,
    server: OutgoingServer,
    seen: HostSeen,
    policy: Policy,
    online: Online | None,
) -> Iterator[Candidate]:
    """The doors of other hosts that are worth a look and that the policy wants."""
    client = clients.CLIENTS[server.profile.client]
    listed = discovery.candidates(
        next(iter(server.used_by), ""),
        server.hostname,
        next((each.hostname for each in client.receives(machine, server)), ""),
        _certificate_names(seen),
        online,
        tamper_proof_only=policy.tamper_proof_only,
    )
    for each in listed:
        if each.host != canonical(server.hostname) and each.transport in policy.targets:
            yield each


def _first_proven(
    server: OutgoingServer,
    seen: HostSeen,
    fit: Sequence[Candidate],
    look: Callable[[Sequence[Question]], Mapping[str, HostSeen]],
) -> Other | None:
    hosts = list(dict.fromkeys(each.host for each in fit))[:_AT_MOST]
    looked = look([Question(host, verdict.doors(host)) for host in hosts])
    for candidate in fit:
        found = looked.get(candidate.host)
        door = found.at(candidate.port) if found is not None else None
        if door is not None and verdict.proven(door, server.auth):
            return Other(candidate, door, tuple(_reasons(server, seen, candidate)))
    return None


class Asking:
    """Questions to the network, each put once in a run, and none once somebody said stop."""

    def __init__(self, online: Online, stopped: Callable[[], bool]) -> None:
        """`stopped` is asked before each question; it may raise Cancelled itself."""
        self._online, self._stopped = online, stopped
        self._known: dict[str, Any] = {}

    def fetch(self, url: str) -> bytes:
        """See Online.fetch."""
        return self._once(url, lambda: self._online.fetch(url))

    def mx(self, domain: str) -> Sequence[str]:
        """See Online.mx."""
        return self._once(f"MX {domain}", lambda: self._online.mx(domain))

    def srv(self, name: str) -> Sequence[tuple[str, int]]:
        """See Online.srv."""
        return self._once(f"SRV {name}", lambda: self._online.srv(name))

    def _once(self, question: str, ask: Callable[[], _Answer]) -> _Answer:
        if question not in self._known:
            if self._stopped():
                raise Cancelled
            try:
                self._known[question] = ask()
            except OSError as error:
                self._known[question] = error
        answer = self._known[question]
        if isinstance(answer, OSError):
            raise answer
        return answer  # type: ignore[no-any-return]  # what was asked first


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


def found(server: OutgoingServer, other: Other) -> Iterator[Reason]:
    """That there is another server, whose it is, and whether its name could have been forged."""
    host, certificate = other.candidate.host, other.door.certificate
    fields = {
        "other": host,
        "host": server.hostname,
        "domain": registrable(host) or host,
        "names": verdict.listed(certificate.names) if certificate is not None else host,
        "issuer": certificate.issuer if certificate is not None else "",
    }
    yield reason("other_host_found", **fields)
    own = (domain_of(next(iter(server.used_by), "")), canonical(server.hostname))
    if other.candidate.where in _BY_DNS and not any(
        each and same_owner(host, each) for each in own
    ):
        yield reason("other_host_by_dns", other=host, domain=fields["domain"])


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
