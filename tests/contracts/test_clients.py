"""Every client x every promise. A new client starts by appearing in SITUATIONS, and failing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from builders import ROOT, a_machine, bytes_of, state_of, thunderbird
from configure587 import engine
from configure587.clients import CLIENTS
from configure587.errors import Busy
from configure587.machine import Machine, guards, memory
from configure587.machine.memory_registry import MemoryRegistry
from configure587.model import (
    SUBMISSION,
    SUBMISSIONS,
    Opaque,
    Security,
    Target,
    Transport,
    Value,
    Verdict,
)
from configure587.policy import Policy
from outlook_builders import (
    a_live_mail_machine,
    a_windows_machine,
    oeaccount,
    outlook,
    pop3,
)

Situation: TypeAlias = Callable[..., Machine]


def one_thunderbird_profile(transport: Transport, *, running: bool = False) -> Machine:
    number = {"none": 0, "opportunistic": 1, "starttls": 2, "tls": 3}[transport.security.value]
    return a_machine(thunderbird(port=transport.port, try_ssl=number, running=running))


def one_outlook_account(transport: Transport, *, running: bool = False) -> Machine:
    number = {"none": 0, "tls": 1, "starttls": 2, "opportunistic": 3}[transport.security.value]
    account = pop3(port=transport.port, secure=number)
    return a_windows_machine(outlook(account, name="João e família"), running=running)


def one_live_mail_account(transport: Transport, *, running: bool = False) -> Machine:
    secure = int(transport.security is not Security.NONE)
    account = oeaccount(SMTP_Port=transport.port, SMTP_Secure_Connection=secure)
    return a_live_mail_machine(account, running=running)


# client key -> a computer with one account of that program, sending through this transport
SITUATIONS: dict[str, Situation] = {
    "thunderbird": one_thunderbird_profile,
    "outlook": one_outlook_account,
    "windows_live_mail": one_live_mail_account,
}

PLAIN_25 = Transport(25, Security.NONE)
TRANSPORTS = [
    PLAIN_25,
    Transport(25, Security.OPPORTUNISTIC),
    Transport(25, Security.STARTTLS),
    Transport(587, Security.NONE),
    SUBMISSION,
    SUBMISSIONS,
    Transport(2525, Security.NONE),
]

# what a program cannot be told
NO_WORDS = {"windows_live_mail": {Security.OPPORTUNISTIC}}

every_client = pytest.mark.parametrize("key", sorted(SITUATIONS))
every_transport = pytest.mark.parametrize(
    ("key", "transport"),
    [
        pytest.param(key, transport, id=f"{key}-{transport.port}-{transport.security.value}")
        for key in sorted(SITUATIONS)
        for transport in TRANSPORTS
        if transport.security not in NO_WORDS.get(key, set())
    ],
)


def policy(key: str) -> Policy:
    """With 465 as a second choice, for a program of which nobody knows whether it can do 587."""
    return Policy(clients=(key,), targets=(SUBMISSION, SUBMISSIONS))


def test_every_client_has_a_situation() -> None:
    assert SITUATIONS.keys() == CLIENTS.keys()


@every_transport
def test_what_was_written_is_read_back(key: str, transport: Transport) -> None:
    machine = SITUATIONS[key](transport)
    [profile] = CLIENTS[key].profiles(machine)
    [server] = CLIENTS[key].servers(machine, profile)
    assert server.transport == transport
    assert server.profile == profile


@pytest.mark.parametrize("goal", [SUBMISSION, SUBMISSIONS])
@every_transport
def test_settings_lead_exactly_to_the_target(
    key: str, transport: Transport, goal: Transport
) -> None:
    from configure587.machine import sheets

    machine = SITUATIONS[key](transport)
    client = CLIENTS[key]
    [profile] = client.profiles(machine)
    [server] = client.servers(machine, profile)
    changes = client.settings(server, Target(server.hostname, goal.port, goal.security))
    if changes is None:
        return
    sheets.write(machine, changes)
    [after] = client.servers(machine, profile)
    assert after.transport == goal
    assert (after.hostname, after.username, after.used_by) == (
        server.hostname,
        server.username,
        server.used_by,
    )


@every_transport
def test_apply_then_rollback_is_identity(key: str, transport: Transport) -> None:
    machine = SITUATIONS[key](transport)
    before = state_of(machine)
    receipt = engine.apply(machine, engine.plan(machine, policy(key)), policy(key))
    if receipt.backup is not None:
        engine.rollback(machine, receipt.backup)
    assert state_of(machine) == before


@every_transport
def test_applying_twice_is_applying_once(key: str, transport: Transport) -> None:
    machine = SITUATIONS[key](transport)
    engine.apply(machine, engine.plan(machine, policy(key)), policy(key))
    once = state_of(machine)
    again = engine.apply(machine, engine.plan(machine, policy(key)), policy(key))
    assert again.backup is None
    assert state_of(machine) == once


@every_transport
def test_no_protection_is_ever_lowered(key: str, transport: Transport) -> None:
    machine = SITUATIONS[key](transport)
    [before] = engine.inspect(machine, policy(key))
    engine.apply(machine, engine.plan(machine, policy(key)), policy(key))
    [after] = engine.inspect(machine, policy(key))
    assert before.server is not None
    assert after.server is not None
    assert after.server.transport.security.strength >= before.server.transport.security.strength


@every_client
def test_inspecting_writes_nothing(key: str) -> None:
    machine, writes = guards.journal(SITUATIONS[key](PLAIN_25))
    [finding] = engine.inspect(machine, policy(key))
    assert finding.verdict is Verdict.DUE
    assert writes == []


@every_client
def test_a_running_program_keeps_us_out(key: str) -> None:
    machine = SITUATIONS[key](PLAIN_25, running=True)
    [profile] = CLIENTS[key].profiles(machine)
    assert [reason.code for reason in CLIENTS[key].hindrances(machine, profile)] == ["running"]
    with pytest.raises(Busy), CLIENTS[key].exclusive(machine, profile):
        pass


@every_client
def test_hostile_bytes_are_findings_and_never_crashes(key: str) -> None:
    clean = SITUATIONS[key](PLAIN_25)
    for path in bytes_of(clean):
        for junk in (b"", b"\0", b"\xff" * 99, b'user_pref("', b"[" * 9_999, b"\r\n" * 999):
            machine = SITUATIONS[key](PLAIN_25)
            files = machine.files
            assert isinstance(files, memory.MemoryFiles)
            files.contents[path] = junk
            list(engine.inspect(machine, policy(key)))
            engine.plan(machine, policy(key))


ODD_VALUES = [
    *("", "25", "x" * 99_999, 0, 2**32 - 1, Opaque("REG_NONE", b"")),
    *(
        Opaque("REG_BINARY", b"\0"),
        Opaque("REG_BINARY", b"\xff" * 99),
        Opaque("REG_DWORD", b"\x19"),
    ),
    *(Opaque("REG_SZ", b"x"), Opaque("hex(7f)", b"\0\xd8"), Opaque("REG_QWORD", bytes(8))),
]


@every_client
@pytest.mark.parametrize("odd", ODD_VALUES, ids=repr)
def test_hostile_values_are_findings_and_never_crashes(key: str, odd: Value) -> None:
    clean = SITUATIONS[key](PLAIN_25).registry
    contents = clean.everything() if isinstance(clean, MemoryRegistry) else {}
    for path, values in contents.items():
        for name in values:
            machine = SITUATIONS[key](PLAIN_25)
            hostile = MemoryRegistry({**contents, path: {**values, name: odd}})
            machine = machine.but(registry=hostile)
            engine.apply(machine, engine.plan(machine, policy(key)), policy(key))
            now = hostile.everything()
            written = {"SMTP Port", "SMTP Secure Connection", "SMTP Use Auth"}
            changed = {each for each in values if now[path][each] != {**values, name: odd}[each]}
            assert changed <= written


def test_the_builders_root_is_the_clients_root() -> None:
    assert ROOT.endswith(".thunderbird")
