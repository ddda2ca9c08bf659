"""Every client x every promise. A new client starts by appearing in SITUATIONS, and failing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest

from builders import (
    CANARY,
    ROOT,
    a_guided_machine,
    a_machine,
    bytes_of,
    offline,
    registry_of,
    state_of,
    thunderbird,
)
from configure587 import engine
from configure587.clients import CLIENTS
from configure587.errors import Busy, Unsure
from configure587.machine import Machine, Platform, guards, memory
from configure587.machine.memory_registry import MemoryRegistry
from configure587.model import (
    SUBMISSION,
    SUBMISSIONS,
    Incoming,
    Opaque,
    Security,
    Target,
    Transport,
    Value,
    Verdict,
)
from outlook_builders import (
    a_live_mail_machine,
    a_windows_machine,
    imap,
    oeaccount,
    outlook,
    pop3,
)

if TYPE_CHECKING:
    from configure587.policy import Policy

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

# client keys whose programs are recognized, and never read or written
NEVER_WRITES = {"guided"}

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
    return offline(clients=(key,), targets=(SUBMISSION, SUBMISSIONS))


def test_every_client_has_a_situation() -> None:
    assert SITUATIONS.keys() | NEVER_WRITES == set(CLIENTS)
    assert not SITUATIONS.keys() & NEVER_WRITES


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


# client key -> a computer with one account whose way in is known, and what is known of it
RECEIVING: dict[str, tuple[Machine, Incoming]] = {
    "thunderbird": (
        a_machine(
            thunderbird(
                port=25,
                more={
                    "mail.server.server1.hostname": "imap.exemplo.com.br",
                    "mail.server.server1.socketType": 3,
                    "mail.identity.id1.fullName": "Ana Araújo",
                },
            )
        ),
        Incoming(
            *("imap", "imap.exemplo.com.br", 993, Security.TLS, "password"),
            *("ana@exemplo.com.br", "ana@exemplo.com.br", "Ana Araújo"),
        ),
    ),
    "outlook": (
        a_windows_machine(outlook(imap(port=25, IMAP_Port=993, IMAP_Use_SSL=1))),
        Incoming(
            *("imap", "imap.exemplo.com.br", 993, Security.TLS, "password"),
            *("ana@exemplo.com.br", "ana@exemplo.com.br", "Ana"),
        ),
    ),
    "windows_live_mail": (
        a_live_mail_machine(oeaccount(SMTP_Port=25, POP3_Port=995, POP3_Secure_Connection=1)),
        Incoming(
            *("pop3", "pop.exemplo.com.br", 995, Security.TLS, "password"),
            *("ana@exemplo.com.br", "ana@exemplo.com.br"),
        ),
    ),
}


def received(machine: Machine, key: str) -> list[Incoming]:
    client = CLIENTS[key]
    return [
        incoming
        for profile in client.profiles(machine)
        for server in client.servers(machine, profile)
        for incoming in client.receives(machine, server)
    ]


@every_client
def test_a_client_tells_where_mail_is_fetched(key: str) -> None:
    machine, incoming = RECEIVING[key]
    watched, writes = guards.journal(machine)
    assert received(watched, key) == [incoming]
    assert writes == []


@every_client
def test_what_is_not_certain_of_fetching_is_not_said(key: str) -> None:
    for incoming in received(SITUATIONS[key](PLAIN_25), key):
        assert incoming.hostname
        assert incoming.security is None
        assert incoming.port is None


@every_client
def test_where_mail_is_fetched_never_comes_with_a_password(key: str) -> None:
    assert CANARY not in repr(received(RECEIVING[key][0], key))


@every_client
def test_hostile_bytes_never_crash_the_question_where_mail_is_fetched(key: str) -> None:
    for path in bytes_of(RECEIVING[key][0]):
        for junk in (b"", b"\0", b"\xff" * 99, b'user_pref("mail.server.server1.type", 1);'):
            machine = RECEIVING[key][0]
            files = machine.files
            assert isinstance(files, memory.MemoryFiles)
            hostile = memory.MemoryFiles({**files.contents, path: junk})
            with contextlib.suppress(OSError, Unsure):  # as promised
                received(machine.but(files=hostile), key)


@pytest.mark.parametrize("odd", ODD_VALUES, ids=repr)
def test_hostile_values_never_crash_the_question_where_mail_is_fetched(odd: Value) -> None:
    machine, _incoming = RECEIVING["outlook"]
    contents = registry_of(machine)
    for path, values in contents.items():
        for name in values:
            hostile = MemoryRegistry({**contents, path: {**values, name: odd}})
            received(machine.but(registry=hostile), "outlook")


# What is only recognized


@pytest.fixture(params=[Platform.WINDOWS, Platform.MACOS], ids=lambda platform: platform.value)
def recognized(request: pytest.FixtureRequest) -> Machine:
    """Give a computer with every program of that platform that we never write."""
    platform: Platform = request.param
    return a_guided_machine(platform)


every_silent_client = pytest.mark.parametrize("key", sorted(NEVER_WRITES))


@every_silent_client
def test_what_is_never_written_is_told(key: str, recognized: Machine) -> None:
    findings = list(engine.inspect(recognized, policy(key)))
    assert len(findings) == 2
    assert {finding.verdict for finding in findings} == {Verdict.GUIDED}
    assert all(finding.profile.client == key for finding in findings)
    assert len({finding.id for finding in findings}) == len(findings)


@every_silent_client
def test_what_is_never_written_stays_as_it_is(key: str, recognized: Machine) -> None:
    before = (bytes_of(recognized), registry_of(recognized))
    machine, writes = guards.journal(recognized)
    plan = engine.plan(machine, policy(key))
    receipt = engine.apply(machine, plan, policy(key))
    assert (plan.steps, receipt.backup, receipt.outcomes) == ((), None, ())
    assert receipt.untouched == plan.untouched != ()
    assert writes == []
    assert (bytes_of(recognized), registry_of(recognized)) == before


@every_silent_client
def test_what_is_never_written_offers_nothing_to_write(key: str, recognized: Machine) -> None:
    client = CLIENTS[key]
    elsewhere = one_thunderbird_profile(PLAIN_25)
    [profile] = CLIENTS["thunderbird"].profiles(elsewhere)
    [server] = CLIENTS["thunderbird"].servers(elsewhere, profile)
    assert list(client.profiles(recognized)) == []
    for found, _ in client.unlisted(recognized):
        assert list(client.servers(recognized, found)) == []
        assert list(client.hindrances(recognized, found)) == []
        with client.exclusive(recognized, found):
            assert client.settings(server, Target("h.example", 587, Security.STARTTLS)) is None
    assert client.doubt(SUBMISSION) is None
    assert list(client.receives(recognized, server)) == []


@every_silent_client
def test_a_file_in_place_of_anything_is_no_crash(key: str, recognized: Machine) -> None:
    for path in bytes_of(recognized):
        parts = path.split("/")
        for end in range(2, len(parts) + 1):
            files = memory.MemoryFiles({"/".join(parts[:end]): b"\0"})
            list(engine.inspect(recognized.but(files=files), policy(key)))


@every_silent_client
def test_what_is_never_written_is_not_looked_for_elsewhere(key: str) -> None:
    machine = a_guided_machine(Platform.WINDOWS).but(platform=Platform.LINUX)
    assert list(engine.inspect(machine, policy(key))) == []


def test_the_builders_root_is_the_clients_root() -> None:
    assert ROOT.endswith(".thunderbird")
