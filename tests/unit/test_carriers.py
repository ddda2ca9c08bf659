"""What carries an account to a phone: after the rules of both formats, and without a password."""

from __future__ import annotations

import json
import plistlib
from typing import Any

import pytest

from builders import CANARY, a_machine, offline, thunderbird
from configure587 import carriers, engine
from configure587.carriers import Account, Carrier, Door
from configure587.model import Finding, Reason, Security, Target, reason
from configure587.report import guides, sentences
from outlook_builders import (
    a_live_mail_machine,
    a_windows_machine,
    imap,
    oeaccount,
    outlook,
)

TLS_993: dict[str, Any] = {
    "mail.server.server1.hostname": "imap.exemplo.com.br",
    "mail.server.server1.socketType": 3,
}
ANA = Account(
    "ana@exemplo.com.br",
    "Ana Araújo",
    "imap",
    Door("imap.exemplo.com.br", 993, Security.TLS, "password", "ana@exemplo.com.br"),
    Door("smtp.exemplo.com.br", 587, Security.STARTTLS, "password", "ana@exemplo.com.br"),
)


def carried(machine: Any) -> list[Account | Reason]:  # noqa: ANN401 - a Machine of any builder
    [finding] = engine.inspect(machine, offline())
    return [*carriers.accounts(machine, finding)]


def of_thunderbird(
    more: dict[str, Any] | None = None,
    **server: Any,  # noqa: ANN401 - any pref value
) -> Account | Reason:
    files = {
        "logins.json": json.dumps({"logins": [{"encryptedPassword": CANARY}]}).encode(),
        "key4.db": CANARY.encode(),
    }
    prefs = {**TLS_993, "mail.server.server1.password": CANARY, **(more or {})}
    profile = thunderbird(**{"port": 25, **server}, more=prefs, files=files)
    [found] = carried(a_machine(profile))
    return found


def code(account: Account) -> str:
    text = carriers.thunderbird_qr(account)
    assert isinstance(text, str)
    return text


def profile(account: Account) -> dict[str, Any]:
    data = carriers.apple_profile(account)
    assert isinstance(data, bytes)
    found: dict[str, Any] = plistlib.loads(data)
    return found


def check_code(text: str) -> None:
    """The rules of the format, version 1, for one account without a password."""
    version, part, incoming, groups = json.loads(text)
    assert (version, part) == (1, [1, 1])
    assert len(incoming) == 6
    assert incoming[0] in {0, 1}
    [[outgoing, *identities]] = groups
    assert len(outgoing) == 6
    assert outgoing[0] == 0
    for _protocol, host, port, security, auth, user in (incoming, outgoing):
        assert host.isascii()
        assert host
        assert 1 <= port <= 65_535
        assert security in {2, 3}
        assert auth in {1, 2, 6}
        assert isinstance(user, str)
        assert user
    [[address, name]] = identities
    assert address.isascii()
    assert name
    assert len(text.encode()) <= 1000


# what is known of the account


def test_a_thunderbird_account_is_carried_with_the_target_it_will_have() -> None:
    found = of_thunderbird({"mail.identity.id1.fullName": "Ana Araújo"})
    assert found == ANA


def test_an_account_that_sends_through_465_stays_there() -> None:
    found = of_thunderbird(port=465, try_ssl=3)
    assert isinstance(found, Account)
    assert (found.outgoing.port, found.outgoing.security) == (465, Security.TLS)


def test_outlook_and_live_mail_accounts_are_carried() -> None:
    machine = a_windows_machine(outlook(imap(port=25, IMAP_Port=993, IMAP_Use_SSL=1)))
    assert carried(machine) == [ANA._replace(name="Ana")]
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25, POP3_Port=995, POP3_Secure_Connection=1))
    [found] = carried(machine)
    assert isinstance(found, Account)
    assert (found.protocol, found.incoming.port) == ("pop3", 995)
    assert (found.outgoing.port, found.outgoing.security) == (587, Security.STARTTLS)


@pytest.mark.parametrize(
    ("prefs", "server", "code"),
    [
        ({"mail.server.server1.socketType": 0}, {}, "carrier_unprotected"),
        ({"mail.server.server1.socketType": 1}, {}, "carrier_unprotected"),
        ({"mail.server.server1.type": "none"}, {}, "carrier_nothing_known"),
        ({"mail.server.server1.hostname": "servidor"}, {}, "carrier_odd_value"),
        ({"mail.server.server1.hostname": "192.0.2.1"}, {}, "carrier_odd_value"),
        ({"mail.server.server1.userName": "a\u202eb"}, {}, "carrier_odd_value"),
        ({"mail.server.server1.port": 70_000}, {}, "carrier_odd_value"),
        ({"mail.identity.id1.useremail": "ação@exemplo.com.br"}, {}, "carrier_odd_value"),
        ({"mail.identity.id1.useremail": "a b@exemplo.com.br"}, {}, "carrier_odd_value"),
        ({"mail.identity.id1.useremail": "ana"}, {}, "carrier_odd_value"),
        ({}, {"host": "localhost"}, "carrier_odd_value"),
        ({}, {"username": ""}, "carrier_odd_value"),
    ],
)
def test_what_cannot_be_carried_says_why(
    prefs: dict[str, Any], server: dict[str, Any], code: str
) -> None:
    found = of_thunderbird(prefs, **server)
    assert isinstance(found, Reason)
    assert found.code == code
    assert code in sentences.REASONS


def test_a_program_that_does_not_say_how_it_fetches_is_not_carried() -> None:
    found = carried(a_windows_machine(outlook(imap(port=25, IMAP_Port=993))))
    assert found == [reason("carrier_unclear", address="ana@exemplo.com.br")]


def test_a_finding_without_a_server_carries_nothing() -> None:
    machine = a_machine(thunderbird(raw=b"user_pref("))
    [finding] = engine.inspect(machine, offline())
    bare: Finding = finding._replace(server=None)
    assert carriers.accounts(machine, bare) == (reason("carrier_nothing_known"),)


def test_a_profile_that_is_gone_meanwhile_is_a_reason_and_no_crash() -> None:
    machine = a_machine(thunderbird(port=25, more=TLS_993))
    [finding] = engine.inspect(machine, offline())
    assert carriers.accounts(a_machine(), finding) == (reason("carrier_nothing_known"),)


def test_a_name_in_another_script_is_spelled_as_phones_want_it() -> None:
    found = of_thunderbird({"mail.server.server1.hostname": "imap.são-paulo.example"})
    assert isinstance(found, Account)
    assert found.incoming.hostname == "imap.xn--so-paulo-rza.example"
    check_code(code(found))


# the code for Thunderbird


def test_a_code_says_what_the_format_asks_for_and_no_more() -> None:
    check_code(code(ANA))
    assert json.loads(code(ANA)) == [
        1,
        [1, 1],
        [0, "imap.exemplo.com.br", 993, 3, 1, "ana@exemplo.com.br"],
        [
            [
                [0, "smtp.exemplo.com.br", 587, 2, 1, "ana@exemplo.com.br"],
                ["ana@exemplo.com.br", "Ana Araújo"],
            ]
        ],
    ]


def test_a_code_for_pop3_and_465_says_so() -> None:
    door = ANA.outgoing._replace(port=465, security=Security.TLS)
    found = json.loads(code(ANA._replace(protocol="pop3", outgoing=door)))
    assert found[2][0] == 1
    assert found[3][0][0][2:4] == [465, 3]


def test_a_long_name_is_left_out_before_the_code_is() -> None:
    found = json.loads(code(ANA._replace(name="A" * 900)))
    assert found[3][0][1] == ["ana@exemplo.com.br", "ana@exemplo.com.br"]
    long = ANA.incoming._replace(username="u" * 1000)
    assert carriers.thunderbird_qr(ANA._replace(incoming=long)) == reason("carrier_too_long")


@pytest.mark.parametrize("auth", ["gssapi", "ntlm", "external", "secure", "spa", "none", "invalid"])
def test_a_sign_in_that_the_phone_does_not_know_is_not_carried(auth: str) -> None:
    why = reason("carrier_sign_in", address=ANA.address)
    for account in (
        ANA._replace(incoming=ANA.incoming._replace(auth=auth)),
        ANA._replace(outgoing=ANA.outgoing._replace(auth=auth)),
    ):
        assert carriers.thunderbird_qr(account) == why
        assert carriers.apple_profile(account) == why


def test_a_sign_in_in_the_providers_window_goes_to_thunderbird_only() -> None:
    account = ANA._replace(outgoing=ANA.outgoing._replace(auth="oauth2"))
    check_code(code(account))
    assert carriers.apple_profile(account) == reason("carrier_oauth", address=ANA.address)


def test_a_code_can_be_drawn() -> None:
    drawing = carriers.qr_svg(code(ANA), dark="#1c2b2a")
    assert drawing.startswith("<svg")
    assert "#1c2b2a" in drawing
    assert carriers.qr_png(code(ANA)).startswith(b"\x89PNG\r\n")


# the profile for Apple


def test_a_profile_has_every_key_that_apple_asks_for() -> None:
    found = profile(ANA)
    assert (found["PayloadType"], found["PayloadVersion"]) == ("Configuration", 1)
    [mail] = found["PayloadContent"]
    assert mail["PayloadType"] == "com.apple.mail.managed"
    assert {**mail, "PayloadUUID": "", "PayloadIdentifier": ""} == {
        "PayloadType": "com.apple.mail.managed",
        "PayloadVersion": 1,
        "PayloadUUID": "",
        "PayloadIdentifier": "",
        "PayloadDisplayName": "ana@exemplo.com.br",
        "EmailAccountType": "EmailTypeIMAP",
        "EmailAccountDescription": "ana@exemplo.com.br",
        "EmailAccountName": "Ana Araújo",
        "EmailAddress": "ana@exemplo.com.br",
        "IncomingMailServerHostName": "imap.exemplo.com.br",
        "IncomingMailServerPortNumber": 993,
        "IncomingMailServerUseSSL": True,
        "IncomingMailServerUsername": "ana@exemplo.com.br",
        "IncomingMailServerAuthentication": "EmailAuthPassword",
        "OutgoingMailServerHostName": "smtp.exemplo.com.br",
        "OutgoingMailServerPortNumber": 587,
        "OutgoingMailServerUseSSL": True,
        "OutgoingMailServerUsername": "ana@exemplo.com.br",
        "OutgoingMailServerAuthentication": "EmailAuthPassword",
        "OutgoingPasswordSameAsIncomingPassword": True,
    }


def test_two_names_mean_two_passwords() -> None:
    account = ANA._replace(outgoing=ANA.outgoing._replace(username="other"))
    [mail] = profile(account)["PayloadContent"]
    assert mail["OutgoingPasswordSameAsIncomingPassword"] is False


def test_the_same_account_gives_the_same_file_and_another_one_another_identity() -> None:
    assert carriers.apple_profile(ANA) == carriers.apple_profile(ANA)
    one = profile(ANA)
    moved = profile(ANA._replace(outgoing=ANA.outgoing._replace(port=465)))
    other = profile(ANA._replace(address="bia@exemplo.com.br"))
    assert one["PayloadUUID"] == moved["PayloadUUID"] != other["PayloadUUID"]
    assert one["PayloadUUID"] != one["PayloadContent"][0]["PayloadUUID"]


# no password, ever


def test_a_planted_password_is_nowhere() -> None:
    machines = [
        a_windows_machine(outlook(imap(port=25, IMAP_Port=993, IMAP_Use_SSL=1))),
        a_live_mail_machine(oeaccount(SMTP_Port=25, POP3_Port=995, POP3_Secure_Connection=1)),
    ]
    for account in (of_thunderbird(), *(each for it in machines for each in carried(it))):
        assert isinstance(account, Account)
        data = carriers.apple_profile(account)
        assert isinstance(data, bytes)
        assert CANARY not in code(account)
        assert CANARY.encode() not in data
        assert b"Password</key>" not in data.replace(b"SameAsIncomingPassword</key>", b"")


def test_what_is_offered_beside_a_guide_belongs_to_a_guide() -> None:
    assert carriers.OF_GUIDE.keys() <= set(guides.NAMES)
    assert set(carriers.OF_GUIDE.values()) == set(Carrier)


def test_a_server_without_sign_in_is_carried_with_the_name_that_it_would_use() -> None:
    found = of_thunderbird(authMethod=1, username=None)
    assert isinstance(found, Account)
    assert (found.outgoing.auth, found.outgoing.username) == ("password", "ana@exemplo.com.br")


def test_the_target_of_a_finding_is_what_the_phone_is_told() -> None:
    machine = a_machine(thunderbird(port=25, more=TLS_993))
    [finding] = engine.inspect(machine, offline())
    target = Target("mail.exemplo.com.br", 465, Security.TLS)
    [found] = carriers.accounts(machine, finding._replace(target=target))
    assert isinstance(found, Account)
    assert found.outgoing[:3] == ("mail.exemplo.com.br", 465, Security.TLS)
