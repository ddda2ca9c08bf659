"""The rules: from one outgoing server, as the program will act, to a verdict and a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.model import Finding, Security, Target, Verdict, reason
from configure587.policy import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.clients import Client
    from configure587.errors import Unsure
    from configure587.model import Change, OutgoingServer, Reason, Transport
    from configure587.policy import HostMove, Policy

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
    move = _move(server, policy)
    due = verdict in {Verdict.DUE, Verdict.HALF_WAY} or (move and verdict is Verdict.FINE)
    if due and _kept_out(server, finding_id, policy):
        return _settled(found, Verdict.LEFT_ALONE, reason("left_by_policy")), ()
    if due and move is not None:
        return _moved(client, server, policy, found, move)
    if due:
        return _with_target(client, server, policy, found)
    return found, ()


_WHO = ("include_hosts", "exclude_hosts", "include_domains", "exclude_domains", "leave_alone")


def _kept_out(server: OutgoingServer, finding_id: str, policy: Policy) -> bool:
    """Whether the policy wants this server left alone; one that several share is left for each."""
    if not any(getattr(policy, name) for name in _WHO):
        return False
    host = _spelled(server.hostname)
    names = {each.casefold() for each in (*server.used_by, server.username) if "@" in each}
    domains = {_spelled(name.rpartition("@")[2]) for name in names}
    left = {each.casefold() for each in policy.leave_alone}
    return bool(
        host in policy.exclude_hosts
        or domains & set(policy.exclude_domains)
        or names & left
        or named(finding_id, policy.leave_alone)
        or (policy.include_hosts and host not in policy.include_hosts)
        or (policy.include_domains and not (domains and domains <= set(policy.include_domains)))
    )


def _move(server: OutgoingServer, policy: Policy) -> HostMove | None:
    if not policy.host_map:
        return None
    host = _spelled(server.hostname)
    return next((each for each in policy.host_map if each.old == host), None)


def _spelled(name: str) -> str:
    """A name as policies have it: the one spelling of names on the internet."""
    from configure587.submission.hostnames import canonical

    return canonical(name.strip()) or name.strip().casefold()


def _moved(
    client: Client, server: OutgoingServer, policy: Policy, found: Finding, move: HostMove
) -> tuple[Finding, tuple[Change, ...]]:
    """The finding with the server's new name as its target; where that needs a person, guided."""
    told = reason("host_mapped", host=server.hostname, other=move.new)
    fine = found.verdict is Verdict.FINE
    found = found._replace(reasons=(*found.reasons, told))
    name, why = _name_there(server, policy, found, move)
    if why is not None and name is None:
        return _settled(found, Verdict.GUIDED, why), ()
    if fine:  # its port and protection are good, and stay
        policy = policy._replace(targets=(server.transport,))
    found = found._replace(verdict=Verdict.DUE)
    aimed, changes = _aimed(client, server, policy, found, (move.new, name, why))
    if aimed.verdict is Verdict.STUCK and aimed.reasons[-1].code == "no_words_for_target":
        by_hand = reason("other_host_by_hand", other=move.new)
        return _settled(found, Verdict.GUIDED, by_hand), ()
    return aimed, changes


def _name_there(
    server: OutgoingServer, policy: Policy, found: Finding, move: HostMove
) -> tuple[str | None, Reason | None]:
    """With what name to sign in at the new server: None for the one of today, or for no answer."""
    usual = _sign_in(server, found.verdict, dict(policy.user_names).get(found.id))
    if move.user_name == "keep" or server.auth not in {"none", "password"}:
        return usual
    if len(server.used_by) != 1 or not _printable(server.used_by[0]):
        return None, reason("sign_in_needed")
    address = server.used_by[0]
    name = address if move.user_name == "address" else address.rpartition("@")[0]
    if (server.auth, server.username) == ("password", name):
        return None, None
    return name, reason("sign_in_added", username=name)


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
    return _aimed(client, server, policy, found, (server.hostname, sign_in_as, why))


def _aimed(
    client: Client,
    server: OutgoingServer,
    policy: Policy,
    found: Finding,
    aim: tuple[str, str | None, Reason | None],
) -> tuple[Finding, tuple[Change, ...]]:
    """The same towards a host, signing in there with a name (None: as today) for a reason."""
    hostname, sign_in_as, why = aim
    doubts: list[Reason] = []
    for transport, doubt in _by_certainty(client, policy):
        target = Target(hostname, transport.port, transport.security, sign_in_as)
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
