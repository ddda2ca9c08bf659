"""The rules: from one outgoing server, as the program will act, to a verdict and a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.model import Finding, Security, Target, Verdict, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.clients import Client
    from configure587.errors import Unsure
    from configure587.model import Change, OutgoingServer, Reason, Transport
    from configure587.policy import Policy

_LOCAL_ENDINGS = (
    *(".local", ".localhost", ".localdomain", ".lan", ".internal", ".intranet"),
    *(".home", ".home.arpa", ".corp"),
)


def judge(
    client: Client, server: OutgoingServer, finding_id: str, policy: Policy
) -> tuple[Finding, tuple[Change, ...]]:
    """The finding for one server, and the changes that would put it right."""
    remarks = tuple(remark.reason for remark in server.remarks)
    settled = next((each for each in server.remarks if each.verdict is not None), None)
    if settled is not None and settled.verdict is not None:
        return Finding(finding_id, server.profile, server, settled.verdict, remarks), ()
    verdict, reasons = _by_transport(server, on_purpose=policy.names(finding_id), policy=policy)
    found = Finding(finding_id, server.profile, server, verdict, (*reasons, *remarks))
    if verdict in {Verdict.DUE, Verdict.HALF_WAY}:
        return _with_target(client, server, policy, found)
    return found, ()


def infeasible(finding: Finding, changes: Sequence[Change], error: Unsure) -> Finding:
    """A finding whose changes cannot be made there and back for certain needs a person."""
    if error.fields.get("why") == "key":
        return _settled(finding, Verdict.STUCK, reason("odd_key"))._replace(target=None)
    said = str(error.fields.get("name", "")).lower()
    change = next((each for each in changes if each.name.lower() == said), changes[0])
    why = reason("odd_value_kept", name=change.name, path=change.place.path)
    return _settled(finding, Verdict.STUCK, why)._replace(target=None)


def _by_transport(
    server: OutgoingServer, *, on_purpose: bool, policy: Policy
) -> tuple[Verdict, tuple[Reason, ...]]:
    port, security = server.transport.port, server.transport.security
    if (port, security) in {(587, Security.STARTTLS), (465, Security.TLS)}:
        return Verdict.FINE, ()
    if security is Security.TLS:
        return Verdict.LEFT_ALONE, (reason("tls_on_odd_port", port=port),)
    if port == 465:  # never towards 587; a certain protection there is the person's choice
        return Verdict.LEFT_ALONE, (reason("port_465_unprotected"),)
    if port == 587:
        verdict, why = Verdict.HALF_WAY, "not_protected"
    elif port in policy.due_ports:
        verdict, why = Verdict.DUE, "port_25" if port == 25 else "due_port"
    elif on_purpose:
        verdict, why = Verdict.DUE, "asked_for"
    else:
        return Verdict.LEFT_ALONE, (reason("odd_port", port=port),)
    if is_local(server.hostname) and not on_purpose:
        return Verdict.LEFT_ALONE, (reason("local_host", host=server.hostname),)
    return verdict, (reason(why, port=port),)


def is_local(hostname: str) -> bool:
    """Whether a name or address belongs to this computer or its own network."""
    name = hostname.strip().rstrip(".").lower()
    last = name.strip("[]").rpartition(".")[2]
    if ":" in name or last.isdecimal() or last.startswith("0x"):
        return _is_local_address(name.strip("[]").partition("%")[0])
    return "." not in name or name.endswith(_LOCAL_ENDINGS)


def _is_local_address(text: str) -> bool:
    import ipaddress

    try:
        return not ipaddress.ip_address(text).is_global
    except ValueError:
        return True  # neither a name nor an address: nobody else's server for certain


def _with_target(
    client: Client, server: OutgoingServer, policy: Policy, found: Finding
) -> tuple[Finding, tuple[Change, ...]]:
    """Add the first target that the program has words for and nothing forbids."""
    sign_in_as, why = _sign_in(server, found.verdict, dict(policy.user_names).get(found.id))
    if why is not None and sign_in_as is None:
        return _settled(found, Verdict.STUCK, why), ()
    doubts: list[Reason] = []
    for transport, doubt in _by_certainty(client, policy):
        target = Target(server.hostname, transport.port, transport.security, sign_in_as)
        changes = client.settings(server, target)
        if changes is None or _lowers(server, transport):
            continue
        if doubt is not None and not policy.names(found.id):
            doubts.append(doubt)
            continue
        blocking = tuple(_blocking(server, changes))
        if blocking:
            return _settled(found, Verdict.BLOCKED, *blocking), ()
        odd = tuple(_odd(server, changes))
        if odd:
            return _settled(found, Verdict.STUCK, *odd), ()
        reasons = (*found.reasons, *filter(None, (why, doubt)))
        return found._replace(reasons=reasons, target=target), tuple(changes)
    if doubts:
        return _settled(found, Verdict.GUIDED, *doubts), ()
    return _settled(found, Verdict.STUCK, reason("no_words_for_target")), ()


def _by_certainty(client: Client, policy: Policy) -> list[tuple[Transport, Reason | None]]:
    """The targets in the order of the policy; behind the others what a program may not manage."""
    targets = [(transport, client.doubt(transport)) for transport in policy.targets]
    return sorted(targets, key=lambda target: target[1] is not None)


def _settled(found: Finding, verdict: Verdict, *more: Reason) -> Finding:
    return found._replace(verdict=verdict, reasons=(*found.reasons, *more))


def _sign_in(
    server: OutgoingServer, verdict: Verdict, told: str | None
) -> tuple[str | None, Reason | None]:
    """The user name with which to switch sign-in on; port 587 demands it (RFC 6409, 4.3)."""
    if server.auth != "none":
        return None, None
    if verdict is Verdict.HALF_WAY:
        return None, None  # it sends on 587 without one today; that is not ours to change
    names = {told} if told else set(server.offers)
    if len(names) != 1 or not _printable(*names):
        return None, reason("sign_in_needed")
    name = names.pop()
    return name, reason("sign_in_added", username=name)


def _printable(name: str) -> bool:
    return name.isprintable() and not any("\ud800" <= char <= "\udfff" for char in name)


def _lowers(server: OutgoingServer, transport: Transport) -> bool:
    return transport.security.strength < server.transport.security.strength


def _odd(server: OutgoingServer, changes: Sequence[Change]) -> Iterator[Reason]:
    """Every value that we could change but not put back as it is spelled."""
    odd = {(each.place, each.name) for each in server.written if each.odd}
    for change in changes:
        if (change.place, change.name) in odd:
            yield reason("odd_spelling", path=change.place.path, name=change.name)


def _blocking(server: OutgoingServer, changes: Sequence[Change]) -> Iterator[Reason]:
    """Every higher word that would silently win over one of our changes."""
    names = dict.fromkeys(change.name for change in changes)
    for origin in server.origins:
        if origin.fixed and origin.name in names:
            yield reason("locked", name=origin.name, path=origin.path)
    for remark in server.remarks:
        if remark.reason.code in {
            "autoconfig_unclear",
            "autoconfig_from_network",
            "settings_file_unreadable",
            "managed_setup",
        }:
            yield reason("decided_elsewhere", path=dict(remark.reason.fields)["path"])
