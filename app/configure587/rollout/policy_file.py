"""A policy as a file: what a run at the next sign-in is given to go by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from configure587.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Wish: TypeAlias = "bool | int | str | list[str] | list[int] | Mapping[str, str]"


def written(policy: Policy) -> bytes:
    """TOML with each key that says something else than a policy without words.

    What concerns the window is left out: nobody looks at one.
    """
    usual = dict(_wishes(Policy()))
    lines = [
        f"{key} = {_spelled(value)}\n"
        for key, value in _wishes(policy)
        if value != usual[key] or key == "when-running"
    ]
    return "".join(lines).encode()


def _wishes(policy: Policy) -> Iterator[tuple[str, Wish]]:
    yield "clients", list(policy.clients)
    yield "due-ports", list(policy.due_ports)
    yield "targets", [f"{each.port}/{each.security.value}" for each in policy.targets]
    yield "probe", policy.probe.value
    yield "online", policy.online
    yield "host-map", {each.old: f"{each.new} {each.user_name}" for each in policy.host_map}
    yield "include-hosts", list(policy.include_hosts)
    yield "exclude-hosts", list(policy.exclude_hosts)
    yield "include-domains", list(policy.include_domains)
    yield "exclude-domains", list(policy.exclude_domains)
    yield "leave-alone", list(policy.leave_alone)
    yield "accept-hosts", list(policy.accept_hosts)
    yield "when-running", "next-sign-in" if policy.next_sign_in else "skip"
    yield "report", policy.report
    yield "report-addresses", policy.report_addresses
    yield "backups-kept", policy.backups_kept
    yield "rings", [f"{name} {percent}" for name, percent in policy.rings]
    yield "limit", policy.limit
    yield "stop-if-failed", policy.stop_if_failed or 0


def _spelled(value: Wish) -> str:
    """A value as TOML spells it; its strings are those of JSON but for one character."""
    if isinstance(value, dict):
        pairs = (f"{_text(key)} = {_spelled(each)}" for key, each in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_spelled(each) for each in value) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    whole = value.encode(errors="replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
