"""Names have one spelling, or are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configure587.submission.hostnames import canonical, domain_of, registrable, same_owner


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("smtp.example.com", "smtp.example.com"),
        ("SMTP.Example.COM.", "smtp.example.com"),
        ("smtp.são-paulo.com.br", "smtp.xn--so-paulo-rza.com.br"),
        ("SMTP.XN--SO-PAULO-RZA.com.br", "smtp.xn--so-paulo-rza.com.br"),
        ("stra\u00dfe.example", "xn--strae-oqa.example"),
        ("example\u3002com", "example.com"),  # an ideographic full stop
        (f"{'a' * 63}.example", f"{'a' * 63}.example"),
        ("1.example", "1.example"),
    ],
)
def test_a_name_has_one_spelling(typed: str, name: str) -> None:
    assert canonical(typed) == name
    assert canonical(name) == name


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", ".", "..", "localhost", "com", "a..b", ".example.com", "example.com.."),
        *(
            "smtp example.com",
            " smtp.example.com",
            "smtp.example.com\n",
            "a/b.example",
            "a@b.example",
        ),
        *("-a.example", "a-.example", "a_b.example", "*.example.com", "%EMAILDOMAIN%"),
        *("\N{GRINNING FACE}.example", "smtp.\N{GRINNING FACE}.com.br", "xn--zzzz-.example"),
        *("127.0.0.1", "[::1]", "::1", "1.2.3.4.", "0x7f.1", "example.123"),
        *("a" * 300, f"{'a' * 64}.example", ".".join(["a" * 50] * 6), "\u00e3" * 2000),
        *("a\x00b.example", "xn--\u00e3.example", "\ud800.example"),
    ],
)
def test_what_is_no_name_is_none(typed: str) -> None:
    assert canonical(typed) is None


@given(st.text())
def test_folding_twice_is_folding_once(typed: str) -> None:
    once = canonical(typed)
    assert once is None or (canonical(once) == once and once.isascii() and len(once) <= 253)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ana@Example.com.br", "example.com.br"),
        (" ana@example.com ", "example.com"),
        ('"a@b"@example.com', "example.com"),
        ("ana", None),
        ("@example.com", None),
        ("ana@", None),
        ("ana@um dois", None),
        ("", None),
    ],
)
def test_the_domain_of_an_address(address: str, domain: str | None) -> None:
    assert domain_of(address) == domain


def test_the_owner_is_whoever_registered_the_name() -> None:
    assert registrable("smtp.mail.example.com.br") == "example.com.br"
    assert registrable("com.br") is None
    assert registrable("somebody.github.io") == "somebody.github.io"
    assert same_owner("imap.example.com.br", "SMTP.example.com.br")
    assert not same_owner("one.com.br", "two.com.br")
    assert not same_owner("com.br", "com.br")
