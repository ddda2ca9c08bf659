"""Our own table, and which row applies to whom."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

from configure587.model import Security
from configure587.report import providers as words
from configure587.submission import hostnames, provider_table, providers
from configure587.submission.providers import (
    PLACE_OF_DOMAIN,
    Confidence,
    Note,
    Provider,
    Rewrite,
    SignIn,
    UserForm,
)

if TYPE_CHECKING:
    import enum

TABLE = providers.load()
BY_ID = {row.id: row for row in TABLE.rows}


@pytest.fixture(scope="module")
def raw() -> list[dict[str, Any]]:
    """Give the rows as they are written, whatever the reader makes of them."""
    path = resources.files("configure587.resources").joinpath("providers.toml")
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["provider"]
    return rows


def doors(row: Provider) -> list[tuple[str, int]]:
    return [(server.host, server.port) for server in row.servers]


def test_the_table_knows_sixty_providers_and_brazil_comes_first(raw: list[dict[str, Any]]) -> None:
    assert len(raw) >= 60
    assert [row["id"] for row in raw[:3]] == ["uol", "bol", "terra"]
    ids = [row["id"] for row in raw]
    assert ids.index("hostnet") < ids.index("gmail")


def test_no_row_names_port_25_or_clear_text(raw: list[dict[str, Any]]) -> None:
    found = {(door["port"], door["security"]) for row in raw for door in row.get("servers", [])}
    assert found == {(587, "starttls"), (465, "tls")}


def test_every_row_has_a_source_and_a_date(raw: list[dict[str, Any]]) -> None:
    assert [row["id"] for row in raw if not row["source"] or not row["date"]] == []


def test_no_domain_is_named_twice(raw: list[dict[str, Any]]) -> None:
    named = [domain for row in raw for domain in row.get("domains", [])]
    assert len(named) == len(set(named))


def test_names_are_written_in_their_one_spelling(raw: list[dict[str, Any]]) -> None:
    names = [
        name.removeprefix("*.")
        for row in raw
        for key in ("domains", "old_hosts", "incoming_hosts", "mx")
        for name in row.get(key, [])
    ]
    assert [name for name in names if hostnames.canonical(name) != name] == []


def test_every_old_host_leads_to_a_server_of_its_row_and_is_none_itself() -> None:
    servers = {server.host for row in TABLE.rows for server in row.servers}
    for row in TABLE.rows:
        for host in row.old_hosts:
            assert host not in servers
            [first, *_] = TABLE.for_host(host)
            assert first is row
            assert row.servers


def test_only_what_is_never_changed_has_no_server() -> None:
    without = [row for row in TABLE.rows if not row.servers]
    assert [(row.id, row.rewrite) for row in without] == [("proton", Rewrite.NEVER)]


def test_a_row_without_domains_can_be_recognized_by_hosts() -> None:
    mute = [row.id for row in TABLE.rows if not (row.domains or row.incoming_hosts or row.mx)]
    assert set(mute) == {"locaweb-smtp-name", "locaweb-smtplw"}  # by their servers' own names


def test_every_source_is_an_address_or_has_words() -> None:
    strange = {row.source for row in TABLE.rows if not row.source.startswith("https://")}
    assert strange <= words.SOURCES.keys()


@pytest.mark.parametrize(
    ("kind", "sentences"),
    [
        (UserForm, words.USER_FORMS),
        (SignIn, words.SIGN_INS),
        (Confidence, words.CONFIDENCES),
        (Confidence, words.CERTAINTY),
        (Note, words.NOTES),
    ],
)
def test_every_word_of_the_table_has_a_sentence(
    kind: type[enum.Enum], sentences: dict[enum.Enum, str]
) -> None:
    assert set(kind) == set(sentences)


def test_every_note_is_used() -> None:
    assert {note for row in TABLE.rows for note in row.notes} == set(Note)


def test_writing_the_table_and_reading_it_back_gives_it() -> None:
    again = provider_table.parse(provider_table.write(TABLE.rows).encode(), "again.toml")
    assert again == TABLE


# --- the traps -----------------------------------------------------------------------------------


def test_the_servers_of_uol_and_bol_have_an_s_and_take_the_local_part() -> None:
    for id_ in ("uol", "bol"):
        row = BY_ID[id_]
        assert doors(row)[0] == (f"smtps.{id_}.com.br", 587)
        assert row.user is UserForm.LOCAL
        assert row.old_hosts == (f"smtp.{id_}.com.br",)


def test_uol_host_has_one_name_per_port() -> None:
    assert doors(BY_ID["uolhost"]) == [("smtps.uhserver.com", 465), ("smtp.uhserver.com", 587)]


def test_microsoft_takes_no_password_and_is_never_asked_on_465() -> None:
    for id_ in ("outlook", "microsoft-365"):
        assert BY_ID[id_].sign_in is SignIn.OAUTH2
        assert {port for _, port in doors(BY_ID[id_])} == {587}
    assert Note.PASSWORD_ENDS in BY_ID["microsoft-365"].notes


@pytest.mark.parametrize(
    ("domain", "id_"),
    [
        ("UOL.com.br", "uol"),
        ("hotmail.com.br", "outlook"),
        ("yahoo.com.br", "yahoo"),
        ("cox.net", "cox"),
        ("zoho.eu", "zoho-eu"),
        ("zoho.com", "zoho"),
        ("usp.br", "usp"),
        ("ime.usp.br", "ime-usp"),
        ("contoso.onmicrosoft.com", "microsoft-365"),
        ("fflch.usp.br", None),
        ("onmicrosoft.com", None),
        ("mail.uol.com.br", None),
        ("notuol.com.br", None),
        ("uol.com.br.example.com", None),
        ("um dois", None),
        ("a" * 300, None),
    ],
)
def test_whose_a_mail_domain_is(domain: str, id_: str | None) -> None:
    row = TABLE.for_domain(domain)
    assert (row.id if row else None) == id_


@pytest.mark.parametrize(
    ("host", "ids"),
    [
        ("smtp.uol.com.br", ["uol"]),
        ("pop3.uol.com.br", ["uol"]),
        ("smtp.googlemail.com", ["gmail"]),
        ("SMTP.GMAIL.COM", ["gmail", "google-workspace"]),
        ("smtp.live.com", ["outlook"]),
        ("smtpi.kinghost.net", ["kinghost"]),
        ("imap.kinghost.net", ["kinghost"]),
        ("smtp.kinghost.com.br", ["kinghost"]),
        ("smtpi.uni5.net", ["kinghost-uni5"]),
        ("smtp.locaweb.com.br", ["locaweb-smtp-name", "locaweb"]),
        ("webmail.exchange.locaweb.com.br", ["locaweb-exchange", "locaweb"]),
        ("br7.hostgator.com.br", ["hostgator-br"]),
        ("smtp.zoho.com", ["zoho", "zoho-own-domain"]),
        ("smtp.mail.yahoo.com", ["yahoo", "cox"]),
        ("smtp.fflch.usp.br", []),
        ("smtp.example.com", []),
        ("127.0.0.1", []),
        ("smtp \N{GRINNING FACE}", []),
    ],
)
def test_whose_a_server_is(host: str, ids: list[str]) -> None:
    assert [row.id for row in TABLE.for_host(host)] == ids


def test_whose_customers_receive_their_mail_where() -> None:
    def ids(exchange: str) -> list[str]:
        return [row.id for row in TABLE.for_mx(exchange)]

    assert ids("mx.a.locaweb.com.br.") == ["locaweb"]
    assert ids("aspmx.l.google.com") == ["google-workspace"]
    assert ids("exemplo-com-br.mail.protection.outlook.com") == ["microsoft-365"]
    assert ids("mx1.titan.email") == ["titan"]
    assert ids("mx1.hostinger.com") == ["hostinger"]
    assert ids("mx9.hostinger.com") == ids("") == ids("mx.example.com") == []


def test_a_row_that_fits_the_domain_comes_first() -> None:
    def first(domain: str, *hosts: str) -> str:
        return next(iter(providers.candidates(TABLE, domain, hosts)))[0].id

    assert first("cox.net", "smtp.mail.yahoo.com") == "cox"
    assert first("yahoo.com.br", "smtp.mail.yahoo.com") == "yahoo"
    assert first("exemplo.com.br", "smtp.gmail.com") == "google-workspace"
    assert first("exemplo.com.br", "smtp.zoho.com") == "zoho-own-domain"
    assert first("uol.com.br") == "uol"


def test_a_server_below_each_domain_needs_a_domain() -> None:
    hosts = ("srv10.prodns.com.br",)
    found = [server.host for _, server in providers.candidates(TABLE, "exemplo.com.br", hosts)]
    assert found == ["mail.exemplo.com.br"] * 2
    assert list(providers.candidates(TABLE, None, hosts)) == []
    [server, _] = BY_ID["hostgator-br"].servers
    assert server.host == f"mail.{PLACE_OF_DOMAIN}"
    assert server.security is Security.TLS


def test_the_bridge_is_left_alone() -> None:
    assert providers.untouchable(TABLE, "proton.me", "127.0.0.1")
    assert not providers.untouchable(TABLE, "uol.com.br", "smtp.uol.com.br")
    assert list(providers.candidates(TABLE, "proton.me", ("127.0.0.1",))) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("smtp.example.com", "smtp.example.com"),
        ("Mail.{domain}", "mail.{domain}"),
        ("{domain}", "{domain}"),
        ("{domain}.mail.example", "{domain}.mail.example"),
        ("mail-{domain}", None),
        ("{domain}.{domain}", None),
        ("a{domain}.{domain}", None),
        ("{DOMAIN}", None),
        ("mail.{domain", None),
        ("", None),
    ],
)
def test_the_place_of_a_domain_is_a_label_of_its_own(text: str, name: str | None) -> None:
    assert providers.server_name(text) == name
