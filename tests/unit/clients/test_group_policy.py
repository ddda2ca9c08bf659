"""Thunderbird under Group Policy: what an organization decides in the registry of Windows."""

from __future__ import annotations

import pytest

from builders import contents, offline, thunderbird
from configure587 import engine
from configure587.machine import Machine, Platform, memory
from configure587.machine.memory_registry import MemoryRegistry
from configure587.model import Finding, Opaque, Value, Verdict

POLICIES = r"Software\Policies\Mozilla\Thunderbird"
PORT = "mail.smtpserver.smtp1.port"
ROAMING = "/home/ana/AppData/Roaming/Thunderbird"
HIVES = ["HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"]
LOCKED = f'{{"{PORT}": {{"Value": 25, "Status": "locked"}}}}'


def multi(*lines: str) -> Opaque:
    return Opaque("REG_MULTI_SZ", "".join(f"{line}\0" for line in (*lines, "")).encode("utf-16-le"))


def managed(registry: dict[str, dict[str, Value]], port: int = 25) -> Machine:
    made = memory.machine(
        contents(thunderbird(port=port, try_ssl=2), root=ROAMING), platform=Platform.WINDOWS
    )
    return made.but(registry=MemoryRegistry(registry))


def the_finding(machine: Machine) -> Finding:
    [found] = engine.inspect(machine, offline(clients=("thunderbird",)))
    return found


@pytest.mark.parametrize("hive", HIVES)
@pytest.mark.parametrize(
    "policy",
    [
        {"": {"Preferences": LOCKED}},
        {"": {"Preferences": multi("{", LOCKED[1:])}},
        {r"\Preferences": {PORT: 25}},
        {rf"\Preferences\{PORT}": {"Value": 25, "Status": "locked", "Type": "number"}},
    ],
)
def test_a_port_locked_by_group_policy_is_blocked_and_names_the_key(
    hive: str, policy: dict[str, dict[str, Value]]
) -> None:
    key = rf"{hive}\{POLICIES}"
    found = the_finding(managed({key + below: values for below, values in policy.items()}))
    assert found.verdict is Verdict.BLOCKED
    [why] = [reason for reason in found.reasons if reason.code == "locked"]
    assert dict(why.fields)["path"] == key


@pytest.mark.parametrize(
    "policy",
    [
        {"": {"Preferences": "not JSON"}},
        {"": {"Preferences": '{"other.name": 25}'}},
        {"": {"Preferences": 25}},
        {rf"\Preferences\{PORT}": {"Value": 25, "Status": "default"}},
        {r"\Certificates": {"ImportEnterpriseRoots": 1}},
    ],
)
def test_a_group_policy_that_locks_nothing_of_ours_does_not_hinder(
    policy: dict[str, dict[str, Value]],
) -> None:
    registry = {
        rf"{HIVES[1]}\{POLICIES}": {},
        **{rf"{HIVES[1]}\{POLICIES}{below}": values for below, values in policy.items()},
    }
    assert the_finding(managed(registry)).verdict is Verdict.DUE


def test_the_computers_policy_counts_more_than_the_persons() -> None:
    registry: dict[str, dict[str, Value]] = {
        rf"{HIVES[0]}\{POLICIES}\Preferences": {PORT: 25},
        rf"{HIVES[1]}\{POLICIES}\Preferences": {PORT: 587},
    }
    assert the_finding(managed(registry)).verdict is Verdict.FINE


def test_a_policy_that_may_not_be_read_leaves_it_to_the_administrator() -> None:
    class Refusing(MemoryRegistry):
        def names(self, key: str) -> list[str]:
            raise PermissionError(13, "access denied", key)

    found = the_finding(managed({}).but(registry=Refusing({})))
    assert found.verdict is Verdict.BLOCKED
