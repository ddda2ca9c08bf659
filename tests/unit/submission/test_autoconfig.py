"""Configuration files of providers: what is good is read, what is poisoned is refused."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configure587.model import Security
from configure587.submission import autoconfig
from configure587.submission.autoconfig import NotAutoconfig
from configure587.submission.providers import Server, SignIn, UserForm
from submission_builders import HEAD, config, outgoing

if TYPE_CHECKING:
    from collections.abc import Iterator


def doors(data: bytes) -> list[tuple[str, int]]:
    return [(each.server.host, each.server.port) for each in autoconfig.parse(data).outgoing]


def test_a_file_is_read() -> None:
    incoming = '<incomingServer type="imap"><hostname>IMAP.um.example</hostname></incomingServer>'
    found = autoconfig.parse(config(outgoing(), more=incoming))
    assert found.name == "Um & Dois"
    assert found.domains == ("um.example",)
    assert found.incoming_hosts == ("imap.um.example",)
    [door] = found.outgoing
    assert door.server == Server("smtp.um.example", 587, Security.STARTTLS)
    assert (door.user, door.sign_in) == (UserForm.ADDRESS, SignIn.PASSWORD)


@pytest.mark.parametrize(
    ("port", "socket", "taken"),
    [
        ("587", "STARTTLS", True),
        (" 465 ", "SSL", True),
        ("587", "plain", False),
        ("587", "SSL", False),
        ("465", "STARTTLS", False),
        ("465", "plain", False),
        ("25", "STARTTLS", False),
        ("25", "plain", False),
        ("25", "SSL", False),
        ("586", "SSL", False),
        ("587", "", False),
        ("587", "TLS", False),
        ("", "SSL", False),
        ("0587", "STARTTLS", False),
        ("-1", "SSL", False),
        ("9" * 5000, "SSL", False),
    ],
)
def test_only_protected_doors_on_their_own_ports_are_taken(
    port: str, socket: str, taken: bool
) -> None:
    assert bool(doors(config(outgoing(port=port, socket=socket)))) is taken


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("mail.%EMAILDOMAIN%", "mail.{domain}"),
        ("%EMAILDOMAIN%", "{domain}"),
        ("%EMAILLOCALPART%.um.example", None),
        ("%EMAILADDRESS%", None),
        ("x%EMAILDOMAIN%", None),
        ("%OTHER%.um.example", None),
        ("smtp um.example", None),
        ("smtp..um.example", None),
        ("\N{GRINNING FACE}.example", None),
        ("a" * 300, None),
        ("127.0.0.1", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_a_host_may_depend_on_the_domain_and_on_nothing_else(
    written: str, host: str | None
) -> None:
    assert doors(config(outgoing(written))) == ([(host, 587)] if host else [])


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("%EMAILADDRESS%", UserForm.ADDRESS),
        ("%EMAILLOCALPART%@%EMAILDOMAIN%", UserForm.ADDRESS),
        ("%EMAILLOCALPART%", UserForm.LOCAL),
        ("%EMAILLOCALPART%.%EMAILDOMAIN%", UserForm.OTHER),
        ("", UserForm.OTHER),
    ],
)
def test_forms_of_a_user_name(written: str, form: UserForm) -> None:
    [found] = autoconfig.parse(config(outgoing(user=written))).outgoing
    assert found.user is form


@pytest.mark.parametrize(
    ("words", "sign_in"),
    [
        (["OAuth2"], SignIn.OAUTH2),
        (["OAuth"], SignIn.OAUTH2),
        (["OAuth2", "password-cleartext"], SignIn.OAUTH2_OR_APP_PASSWORD),
        (["password-encrypted"], SignIn.PASSWORD),
        (["none"], None),
        (["client-IP-address"], None),
        ([], None),
    ],
)
def test_ways_to_sign_in(words: list[str], sign_in: SignIn | None) -> None:
    auth = "".join(f"<authentication>{word}</authentication>" for word in words)
    [found] = autoconfig.parse(config(outgoing(auth=auth))).outgoing
    assert found.sign_in is sign_in


def test_another_kind_of_server_and_unknown_elements_are_passed_over() -> None:
    data = config(outgoing(kind="jmap"), "<later><outgoingServer/></later>", outgoing())
    assert doors(data) == [("smtp.um.example", 587)]


def bombs() -> Iterator[tuple[str, bytes]]:
    """Files that were made to hurt."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    body = config(outgoing("&a9;"))[len(HEAD) :].decode()
    yield "laughs", f'{HEAD}<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>{body}'.encode()
    yield "blow-up", f'{HEAD}<!DOCTYPE x [<!ENTITY a9 "{"a" * 9999}">]>{body}'.encode()
    for name, where in (("file", "file:///etc/passwd"), ("web", "http://127.0.0.1:1/x")):
        yield name, f'{HEAD}<!DOCTYPE x [<!ENTITY a9 SYSTEM "{where}">]>{body}'.encode()
    yield "dtd", f'{HEAD}<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">{body}'.encode()
    yield "bare dtd", f"{HEAD}<!DOCTYPE clientConfig>{config()[len(HEAD) :].decode()}".encode()
    yield (
        "parameter",
        f'{HEAD}<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;]>'.encode(),
    )
    yield "utf-16 dtd", f'<!DOCTYPE x [<!ENTITY a "b">]>{body}'.encode("utf-16")
    yield "utf-7", b'<?xml version="1.0" encoding="utf-7"?><clientConfig/>'
    yield "no such encoding", b'<?xml version="1.0" encoding="nonsense"?><clientConfig/>'
    yield "nothing", b""
    yield "zeros", bytes(1000)
    yield "html", b"<!doctype html><title>Not found</title>"
    yield "half", config(outgoing())[:-5]
    yield "twice", config() + config()
    yield "entity", config(outgoing("&unknown;"))


@pytest.mark.parametrize(("name", "data"), list(bombs()), ids=[name for name, _ in bombs()])
def test_poisoned_xml_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(NotAutoconfig) as refused:
        autoconfig.parse(data)
    assert str(refused.value) == NotAutoconfig.NOT_XML


@pytest.mark.parametrize(
    "data",
    [
        b"<clientConfig/>",
        b"<other><emailProvider/></other>",
        b"<emailProvider/>",
        b'<a:clientConfig xmlns:a="x"><emailProvider/></a:clientConfig>',
        b"<html><body/></html>",
    ],
)
def test_other_xml_is_refused(data: bytes) -> None:
    with pytest.raises(NotAutoconfig) as refused:
        autoconfig.parse(data)
    assert str(refused.value) == NotAutoconfig.OTHER_XML


def test_a_large_file_is_refused_and_one_byte_less_is_read() -> None:
    padding = autoconfig.LIMIT - len(config(more="<!---->"))
    assert autoconfig.parse(config(more=f"<!--{'x' * padding}-->")).domains == ("um.example",)
    with pytest.raises(NotAutoconfig) as refused:
        autoconfig.parse(config(more=f"<!--{'x' * (padding + 1)}-->"))
    assert str(refused.value) == NotAutoconfig.TOO_LARGE


def test_deep_nesting_is_no_trouble() -> None:
    deep = 9000
    assert deep > sys.getrecursionlimit()
    data = config(more="<a>" * deep + "</a>" * deep)
    assert autoconfig.parse(data).domains == ("um.example",)


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(NotAutoconfig):
        autoconfig.parse(data)


@given(st.data())
def test_any_damage_to_a_file_leaves_it_read_or_refused(data: st.DataObject) -> None:
    good = config(outgoing(), outgoing("mail.%EMAILDOMAIN%", "465", "SSL"))
    at = data.draw(st.integers(0, len(good)))
    upto = data.draw(st.integers(at, len(good)))
    damaged = good[:at] + data.draw(st.binary(max_size=20)) + good[upto:]
    with contextlib.suppress(NotAutoconfig):
        for each in autoconfig.parse(damaged).outgoing:
            assert (each.server.port, each.server.security.value) in {
                (587, "starttls"),
                (465, "tls"),
            }
