"""Where else to look: the order, what is never asked, and what is never listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from configure587.model import Security
from configure587.submission import discovery, providers
from configure587.submission.discovery import ISPDB, Candidate, Where
from submission_builders import FakeOnline, config, outgoing

if TYPE_CHECKING:
    from collections.abc import Sequence

AT_PROVIDER = (
    "https://autoconfig.example.com.br/mail/config-v1.1.xml",
    "https://example.com.br/.well-known/autoconfig/mail/config-v1.1.xml",
)
AT_ISPDB = ISPDB.format(name="example.com.br")


def found(  # noqa: PLR0913 - as many as there is to know
    address: str = "ana@example.com.br",
    hostname: str = "smtp.example.com.br",
    incoming: str = "",
    certificate: Sequence[str] = (),
    online: FakeOnline | None = None,
    *,
    tamper_proof_only: bool = False,
) -> list[Candidate]:
    return list(
        discovery.candidates(
            address,
            hostname,
            incoming,
            certificate,
            online,
            tamper_proof_only=tamper_proof_only,
        )
    )


def places(candidates: list[Candidate]) -> list[tuple[str, int, str]]:
    return [(each.host, each.port, each.where.value) for each in candidates]


SAME = [("smtp.example.com.br", 587, "same_host"), ("smtp.example.com.br", 465, "same_host")]


def test_the_same_host_comes_first_and_is_all_there_is() -> None:
    candidates = found()
    assert places(candidates) == SAME
    assert [each.security for each in candidates] == [Security.STARTTLS, Security.TLS]
    assert all(each.tamper_proof for each in candidates)


def test_then_comes_the_table_by_an_old_name() -> None:
    candidates = found("ana@uol.com.br", "smtp.uol.com.br")
    assert places(candidates)[2:] == [
        ("smtps.uol.com.br", 587, "table"),
        ("smtps.uol.com.br", 465, "table"),
    ]
    assert (candidates[2].row, candidates[2].user_form) == ("uol", "local")


def test_a_sister_host_is_found_where_each_port_has_a_name() -> None:
    candidates = found(hostname="smtps.uhserver.com")
    assert ("smtp.uhserver.com", 587, "table") in places(candidates)


def test_the_table_is_asked_by_the_incoming_host_and_by_the_domain() -> None:
    assert ("email-ssl.com.br", 587, "table") in places(found(incoming="imap.email-ssl.com.br"))
    assert ("smtp.gmail.com", 587, "table") in places(found("ana@gmail.com", "smtp.velho.example"))


def test_the_incoming_host_of_the_family_is_tried_with_smtp_in_front() -> None:
    candidates = found(hostname="mail.example.com.br", incoming="IMAP.correio.example.com.br")
    assert places(candidates)[2:] == [
        ("smtp.correio.example.com.br", 587, "incoming"),
        ("smtp.correio.example.com.br", 465, "incoming"),
        ("imap.correio.example.com.br", 587, "incoming"),
        ("imap.correio.example.com.br", 465, "incoming"),
    ]


@pytest.mark.parametrize(
    "incoming",
    ["imap.other.com.br", "imap.com.br", "com.br", "192.0.2.1", "imap example", "", "a" * 300],
)
def test_an_incoming_host_of_somebody_else_is_not_tried(incoming: str) -> None:
    assert places(found(incoming=incoming)) == SAME


def test_names_in_the_certificate_count_only_in_the_family() -> None:
    names = ["web.example.com.br", "evil.com.br", "*.example.com.br", "x y", "com.br", "10.0.0.1"]
    candidates = found(certificate=names)
    assert places(candidates)[2:] == [
        ("web.example.com.br", 587, "certificate"),
        ("web.example.com.br", 465, "certificate"),
    ]
    assert not any(each.tamper_proof for each in candidates[2:])


def test_a_hosters_certificate_leads_to_the_hosters_row() -> None:
    candidates = found(certificate=["*.email-ssl.com.br", "email-ssl.com.br"])
    assert places(candidates)[2:] == [
        ("email-ssl.com.br", 587, "certificate"),
        ("email-ssl.com.br", 465, "certificate"),
    ]
    assert candidates[2].row == "locaweb"
    assert not candidates[2].tamper_proof


def test_nobody_is_asked_before_the_offline_candidates_are_taken() -> None:
    online = FakeOnline()
    steps = discovery.candidates(
        "ana@example.com.br", "smtp.example.com.br", "imap.example.com.br", online=online
    )
    for _ in range(4):
        next(steps)
    assert online.asked == []
    assert list(steps) == []
    assert online.asked == [
        *AT_PROVIDER,
        AT_ISPDB,
        "MX example.com.br",
        "SRV _submissions._tcp.example.com.br",
        "SRV _submission._tcp.example.com.br",
    ]


def test_the_address_never_leaves_only_its_domain_does() -> None:
    online = FakeOnline(exchanges={"example.com.br": ["mx.a.hoster.example.net"]})
    found("segredo-587@example.com.br", online=online)
    assert "segredo" not in " ".join(online.asked)


def test_what_the_provider_says_over_https_is_listed() -> None:
    files = {AT_PROVIDER[1]: config(outgoing("mail.%EMAILDOMAIN%", user="%EMAILLOCALPART%"))}
    candidates = found(online=FakeOnline(files))
    assert candidates[2:] == [
        Candidate(
            "mail.example.com.br", 587, Security.STARTTLS, Where.AUTOCONFIG, True, "", "local"
        )
    ]


def test_the_database_is_asked_next() -> None:
    online = FakeOnline({AT_ISPDB: config(outgoing(), outgoing(port="25"))})
    assert places(found(online=online))[2:] == [("smtp.um.example", 587, "ispdb")]


def test_the_best_exchange_leads_to_a_row_then_to_its_own_files() -> None:
    name = "mx.core.locaweb.com.br."
    whole, base = "core.locaweb.com.br", "locaweb.com.br"
    files = {
        f"https://autoconfig.{base}/mail/config-v1.1.xml": config(outgoing("a.example.net")),
        ISPDB.format(name=whole): config(outgoing("b.example.net")),
    }
    online = FakeOnline(files, {"example.com.br": [name, "mx.other.example.net"]})
    candidates = found(online=online)
    assert places(candidates)[2:] == [
        ("email-ssl.com.br", 587, "mx"),
        ("email-ssl.com.br", 465, "mx"),
        ("b.example.net", 587, "mx"),
        ("a.example.net", 587, "mx"),
    ]
    assert not any(each.tamper_proof for each in candidates[2:])
    assert "other.example.net" not in " ".join(online.asked)


@pytest.mark.parametrize("name", ["com.br", "mx.com.br", ".", "", "x y", "127.0.0.1", "a" * 300])
def test_an_exchange_that_belongs_to_nobody_leads_nowhere(name: str) -> None:
    online = FakeOnline(exchanges={"example.com.br": [name]})
    assert places(found(online=online)) == SAME
    assert not any("autoconfig.com.br" in each or "/com.br" in each for each in online.asked)


def test_services_in_dns_come_last_and_only_on_their_own_ports() -> None:
    online = FakeOnline(
        services={
            "_submissions._tcp.example.com.br": [("a.example.net.", 465), ("b.example.net.", 25)],
            "_submission._tcp.example.com.br": [("c.example.net.", 587), ("x y", 587)],
        }
    )
    candidates = found(online=online)
    assert places(candidates)[2:] == [("a.example.net", 465, "srv"), ("c.example.net", 587, "srv")]
    assert not any(each.tamper_proof for each in candidates[2:])


def test_silent_use_takes_no_step_that_somebody_could_tamper_with() -> None:
    online = FakeOnline(
        {AT_ISPDB: config(outgoing())},
        {"example.com.br": ["mx.core.locaweb.com.br"]},
        {"_submissions._tcp.example.com.br": [("a.example.net", 465)]},
    )
    candidates = found(certificate=["web.example.com.br"], online=online, tamper_proof_only=True)
    assert all(each.tamper_proof for each in candidates)
    assert {each.where for each in candidates} == {Where.SAME_HOST, Where.ISPDB}
    assert online.asked == [*AT_PROVIDER, AT_ISPDB]  # DNS was not even asked


def test_poisoned_files_list_nothing() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]>' + config(outgoing("&a;.example"))
    online = FakeOnline({AT_PROVIDER[0]: bomb, AT_PROVIDER[1]: b"\xff", AT_ISPDB: b"<html/>"})
    assert places(found(online=online)) == SAME


def test_no_door_is_listed_twice() -> None:
    twice = config(outgoing("smtp.example.com.br"), outgoing("SMTP.EXAMPLE.COM.BR"))
    online = FakeOnline(dict.fromkeys((*AT_PROVIDER, AT_ISPDB), twice))
    candidates = found(incoming="smtp.example.com.br", online=online)
    assert places(candidates) == SAME


@pytest.mark.parametrize(
    ("address", "hostname"),
    [
        ("", ""),
        ("ana", "smtp example"),
        ("ana@\N{GRINNING FACE}.com", "smtp.\N{GRINNING FACE}.com"),
        ("ana@" + "a" * 300, "a" * 300),
        ("ana@..", ".."),
        ("ana@localhost", "localhost"),
        ("ana@127.0.0.1", "127.0.0.1"),
        ("@", "@"),
    ],
)
def test_impossible_names_list_nothing_and_ask_nobody(address: str, hostname: str) -> None:
    online = FakeOnline()
    assert found(address, hostname, hostname, [hostname], online) == []
    assert online.asked == []


def test_the_bridge_is_left_alone() -> None:
    online = FakeOnline()
    assert found("ana@proton.me", "127.0.0.1", "127.0.0.1", online=online) == []
    assert found("ana@proton.me", "smtp.example.com.br", online=online) == []
    assert online.asked == []


def test_every_candidate_of_our_own_table_may_be_proven() -> None:
    for row in providers.load().rows:
        for domain in row.domains:
            for each in found(f"ana@{domain.replace('*', 'x')}", f"smtp.{row.id}.example"):
                assert (each.port, each.security) in {
                    (587, Security.STARTTLS),
                    (465, Security.TLS),
                }
