"""Where accounts fetch their mail: what each program says, and what nobody can know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from builders import a_machine, thunderbird
from configure587.clients import outlook as outlook_client
from configure587.clients import thunderbird as client
from configure587.clients import windows_live_mail as live_mail_client
from configure587.model import Security
from outlook_builders import a_live_mail_machine, a_windows_machine, oeaccount, outlook, pop3

if TYPE_CHECKING:
    from configure587.clients import Client
    from configure587.machine import Machine
    from configure587.model import Incoming


def received(which: Client, machine: Machine) -> list[Incoming]:
    [profile] = which.profiles(machine)
    [server] = which.servers(machine, profile)
    return [*which.receives(machine, server)]


# Thunderbird


def fetching(**server: Any) -> Incoming:  # noqa: ANN401 - any pref value
    more = {f"mail.server.server1.{name}": value for name, value in server.items()}
    machine = a_machine(thunderbird(port=25, more={"mail.server.server1.hostname": "h", **more}))
    [incoming] = received(client, machine)
    return incoming


@pytest.mark.parametrize(
    ("prefs", "port", "security"),
    [
        ({}, 143, Security.NONE),
        ({"type": "pop3"}, 110, Security.NONE),
        ({"socketType": 3}, 993, Security.TLS),
        ({"socketType": 3, "type": "pop3"}, 995, Security.TLS),
        ({"socketType": 2}, 143, Security.STARTTLS),
        ({"socketType": 1, "port": 1143}, 1143, Security.OPPORTUNISTIC),
        ({"socketType": 3, "port": 1}, 993, Security.TLS),
        ({"socketType": 3, "port": -1}, 993, Security.TLS),
        ({"isSecure": True}, 993, Security.TLS),
        ({"isSecure": True, "socketType": 0}, 143, Security.NONE),
    ],
)
def test_mail_is_fetched_through_the_door_that_thunderbird_takes(
    prefs: dict[str, Any], port: int, security: Security
) -> None:
    found = fetching(**prefs)
    assert (found.port, found.security) == (port, security)


def test_a_renamed_server_and_user_count_by_their_new_names() -> None:
    found = fetching(realhostname="new.example", realuserName="neu", userName="alt")
    assert (found.hostname, found.username) == ("new.example", "neu")


def test_the_default_for_all_servers_counts_where_one_says_nothing() -> None:
    more: dict[str, Any] = {
        "mail.server.server1.hostname": "h",
        "mail.server.default.socketType": 2,
        "mail.server.default.authMethod": 10,
    }
    machine = a_machine(thunderbird(port=25, more=more))
    [found] = received(client, machine)
    assert (found.security, found.auth) == (Security.STARTTLS, "oauth2")


def test_each_account_is_told_once_with_its_first_identity() -> None:
    more: dict[str, Any] = {
        "mail.accountmanager.accounts": "account1,account2,account3",
        "mail.account.account1.identities": "id1,id2",
        "mail.identity.id2.useremail": "apelido@exemplo.com.br",
        "mail.server.server1.hostname": "one.example",
        "mail.account.account2.identities": "id3",
        "mail.account.account2.server": "server2",
        "mail.identity.id3.useremail": "bia@exemplo.com.br",
        "mail.server.server2.type": "pop3",
        "mail.server.server2.hostname": "two.example",
        "mail.account.account3.server": "server3",
        "mail.account.account3.identities": "id4",
        "mail.server.server3.type": "none",
        "mail.server.server3.hostname": "Local Folders",
    }
    machine = a_machine(thunderbird(port=25, more=more))
    assert [(each.hostname, each.address) for each in received(client, machine)] == [
        ("one.example", "ana@exemplo.com.br"),
        ("two.example", "bia@exemplo.com.br"),
    ]


# Outlook and Windows Live Mail


@pytest.mark.parametrize(
    ("port", "secure", "security"),
    [
        (995, 1, Security.TLS),
        (995, 0, None),
        (995, None, None),
        (110, 1, None),
        (None, 1, None),
        (993, 1, None),
        (995, 2, None),
    ],
)
def test_protection_is_said_only_where_port_and_box_agree(
    port: int | None, secure: int | None, security: Security | None
) -> None:
    values: dict[str, Any] = {"POP3_Port": port, "POP3_Use_SSL": secure}
    machine = a_windows_machine(outlook(pop3(port=25, **values)))
    [found] = received(outlook_client, machine)
    assert (found.port, found.security) == (port, security)
    numbers = {"POP3_Port": port, "POP3_Secure_Connection": secure}
    given: dict[str, Any] = {name: number for name, number in numbers.items() if number is not None}
    [found] = received(live_mail_client, a_live_mail_machine(oeaccount(SMTP_Port=25, **given)))
    assert (found.port, found.security) == (port, security)


@pytest.mark.parametrize(
    ("values", "auth"),
    [({}, "password"), ({"POP3_Use_Sicily": 1}, "spa"), ({"OAuth_Token": "x"}, "oauth2")],
)
def test_outlook_says_how_it_signs_in_for_fetching(values: dict[str, Any], auth: str) -> None:
    [found] = received(outlook_client, a_windows_machine(outlook(pop3(port=25, **values))))
    assert found.auth == auth


def test_an_account_without_an_incoming_server_fetches_nothing() -> None:
    machine = a_windows_machine(outlook(pop3(port=25, POP3_Server=" ")))
    assert received(outlook_client, machine) == []


def test_a_live_mail_account_that_cannot_be_read_fetches_nothing() -> None:
    assert received(live_mail_client, a_live_mail_machine(b"junk")) == []
