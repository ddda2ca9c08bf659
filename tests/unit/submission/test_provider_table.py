"""A table with errors is refused, with the line, the row and what would be right."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configure587 import i18n
from configure587.errors import Refused
from configure587.model import Security
from configure587.report import troubles
from configure587.submission import provider_table, providers
from configure587.submission.providers import (
    Confidence,
    Note,
    Provider,
    Rewrite,
    Server,
    SignIn,
    UserForm,
)

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
# a comment
[[provider]]
id = "um"
name = "Um"
domains = ["Um.example"]
servers = [
  { host = "smtp.um.example", port = 587, security = "starttls" },
  { host = "mail.{domain}", port = 465, security = "tls" },
]
user = "address"
sign_in = "password"
source = "somebody"
date = 2026-11-24
confidence = "low"

[[provider]]
id = "dois"
name = "Dois"
old_hosts = ["velho.example"]
servers = [{ host = "smtp.dois.example", port = 465, security = "tls" }]
user = "local"
sign_in = "oauth2"
source = "somebody"
date = 2026-11-24
confidence = "low"
"""


def refusal(text: str | bytes) -> Refused:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(Refused) as refused:
        provider_table.parse(data, "t.toml")
    title, advice = troubles.title_and_advice(i18n.texts("pt-BR"), refused.value, "configure587")
    assert title.isprintable()
    fields = "path|line|row|name|value|allowed|other|detail"
    assert re.search(rf"\(({fields})\)", title + advice) is None  # each field has its value
    return refused.value


def taken_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        provider_table.parse(text.encode("utf-8", "surrogatepass"), "t.toml")


def test_a_good_table_is_read() -> None:
    table = provider_table.parse(GOOD.encode(), "t.toml")
    assert [row.id for row in table.rows] == ["um", "dois"]
    assert table.rows[0].domains == ("um.example",)
    assert table.rows[0].servers[1].at("a.example") == Server("mail.a.example", 465, Security.TLS)


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "name"),
    [
        ("port = 587", "port = 25", "providers_value_bad", "7", "servers"),
        ("port = 587", "port = 465", "providers_value_bad", "7", "servers"),
        ("port = 587", "port = 2525", "providers_value_bad", "7", "servers"),
        ("port = 587", 'port = "587"', "providers_value_bad", "7", "servers"),
        ("port = 587", "port = true", "providers_value_bad", "7", "servers"),
        ("port = 587", "port = 70000", "providers_value_bad", "7", "servers"),
        ('port = 465, security = "tls" },', 'port = 465, security = "none" },',
         "providers_value_bad", "8", "servers"),
        ('"starttls"', '"ssl"', "providers_value_bad", "7", "security"),
        ('"starttls"', '"opportunistic"', "providers_value_bad", "7", "servers"),
        ("port = 587, ", "", "providers_name_missing", "7", "port"),
        ("port = 587", "port = 587, plain = 1", "providers_name_unknown", "7", "plain"),
        ("smtp.um.example", "smtp um.example", "providers_value_bad", "7", "host"),
        ("smtp.um.example", "smtp.\N{GRINNING FACE}.example", "providers_value_bad", "7", "host"),
        ("smtp.um.example", "127.0.0.1", "providers_value_bad", "7", "host"),
        ("smtp.um.example", "a" * 300, "providers_value_bad", "7", "host"),
        ("smtp.um.example", "{domain}{domain}x", "providers_value_bad", "7", "host"),
        ('"Um.example"', '"Um..example"', "providers_value_bad", "5", "domains"),
        ('["Um.example"]', '"um.example"', "providers_value_bad", "5", "domains"),
        ('["Um.example"]', "[587]", "providers_value_bad", "5", "domains"),
        ('"address"', '"email"', "providers_value_bad", "10", "user"),
        ('"password"', '"ntlm"', "providers_value_bad", "11", "sign_in"),
        ('source = "somebody"\n', "", "providers_name_missing", "2", "source"),
        ('source = "somebody"', 'source = " "', "providers_value_bad", "12", "source"),
        ("date = 2026-11-24\n", "", "providers_name_missing", "2", "date"),
        ("2026-11-24", '"2026-11-24"', "providers_value_bad", "13", "date"),
        ("2026-11-24", "2026-11-24T10:00:00", "providers_value_bad", "13", "date"),
        ('"low"', '"very-low"', "providers_value_bad", "14", "confidence"),
        ('"low"', '"low"\nnotes = ["never_heard"]', "providers_value_bad", "15", "notes"),
        ('"low"', '"low"\nnotes = "moved"', "providers_value_bad", "15", "notes"),
        ('"low"', '"low"\nrewrite = "always"', "providers_value_bad", "15", "rewrite"),
        ('"low"', '"low"\nown_domains = 1', "providers_value_bad", "15", "own_domains"),
        ('"low"', '"low"\nport = 25', "providers_name_unknown", "15", "port"),
        ('id = "um"', 'id = "Um 1"', "providers_value_bad", "3", "id"),
        ('id = "um"\n', "", "providers_name_missing", "2", "id"),
        ('name = "Um"', 'name = "U\\u001b[31m"', "providers_value_bad", "4", "name"),
        ('id = "dois"', 'id = "um"', "providers_twice", "17", "id"),
        ('"velho.example"', '"smtp.um.example"', "providers_twice", "19", "old_hosts"),
        ('"velho.example"', '"smtp.dois.example"', "providers_twice", "19", "old_hosts"),
        ('"velho.example"', '"*.example"', "providers_value_bad", "19", "old_hosts"),
        ("old_hosts = [", 'domains = ["um.example"]\nold_hosts = [', "providers_twice", "19",
         "domains"),
    ],
)  # fmt: skip
def test_an_error_is_named_with_its_line(
    old: str, new: str, code: str, line: str, name: str
) -> None:
    assert old in GOOD
    error = refusal(GOOD.replace(old, new, 1))
    assert (error.code, error.fields["line"], error.fields["name"]) == (code, line, name)


def test_what_would_be_right_is_told() -> None:
    error = refusal(GOOD.replace('"address"', '"email"'))
    title, advice = troubles.title_and_advice(i18n.texts("en"), error, "configure587")
    assert title == 't.toml, line 10, row "um": user cannot be "email".'
    assert advice == "It may be: address, local, other."
    error = refusal(GOOD.replace("587", "25"))
    title, advice = troubles.title_and_advice(i18n.texts("en"), error, "configure587")
    assert title == 't.toml, line 7, row "um": servers cannot be "25 starttls".'
    assert advice == "It may be: port 587 with starttls, or port 465 with tls."


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "providers_no_rows", None),
        ("provider = 1", "providers_no_rows", None),
        ("provider = [1]", "providers_no_rows", None),
        ("[provider]\nid = 1", "providers_no_rows", None),
        ('[[provider]]\nid = "um', "providers_not_toml", "2"),
        ("[[provider]]\n\nid um", "providers_not_toml", "3"),
        ("[[provider]]\nid = [", "providers_not_toml", "2"),
        ("[[provider]]\nid = " + "[" * 100_000, "providers_not_toml", None),
        ("[[provider]]\nid = " + "9" * 100_000, "providers_not_toml", None),
        (b"[[provider]]\nid = '\xff'", "providers_not_toml", "2"),
        ("version = 1\n", "providers_name_unknown", None),
        ("[[provider]]\n", "providers_name_missing", "1"),
        ('provider = [{ id = "x" }]', "providers_name_missing", "?"),
    ],
    ids=range(13),
)
def test_what_is_no_table_is_refused(text: str | bytes, code: str, line: str | None) -> None:
    error = refusal(text)
    assert error.code == code
    assert line is None or error.fields["line"] == line


def test_only_a_row_that_is_never_changed_may_do_without_servers() -> None:
    start, end = GOOD.index("servers"), GOOD.index("user")
    without = GOOD[:start] + GOOD[end:]
    assert refusal(without).fields["name"] == "servers"
    never = without.replace('"low"', '"low"\nrewrite = "never"', 1)
    assert provider_table.parse(never.encode(), "t.toml").rows[0].servers == ()


def test_a_file_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(GOOD)
    assert providers.load_file(str(path)).row("dois") is not None
    assert providers.load_file(str(path)).row("tres") is None
    for bad in (tmp_path / "missing", tmp_path):
        with pytest.raises(Refused) as refused:
            providers.load_file(str(bad))
        assert refused.value.code == "providers_unreadable"


def test_a_file_without_an_end_is_refused() -> None:
    assert os.path.exists("/dev/zero")
    with pytest.raises(Refused):
        providers.load_file("/dev/zero")


@given(st.text())
def test_any_text_is_a_table_or_is_refused(text: str) -> None:
    for source in (text, f"[[provider]]\n{text}", f"{GOOD}\n{text}"):
        taken_or_refused(source)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.text(max_size=5) | st.integers() | st.booleans() | st.dates(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from([*provider_table.FIELDS, *provider_table.SERVER_FIELDS]), VALUES)
def test_any_value_in_any_place_is_taken_or_refused(name: str, value: object) -> None:
    import json

    text = json.dumps(value, default=str, ensure_ascii=False).replace("\x7f", "")
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{name} =")]
    source = "\n".join([*lines, f"{name} = {text}"])
    taken_or_refused(source)


LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(
    lambda label: "--" not in label
)
NAMES = st.builds("{}.{}.example".format, LABELS, LABELS)
SERVERS = st.builds(
    lambda host, door: Server(host, door.port, door.security),
    NAMES | st.just("mail.{domain}"),
    st.sampled_from(providers.DOORS),
)
TEXTS = st.text(min_size=1).filter(lambda text: text.isprintable() and bool(text.strip()))
ROWS = st.builds(
    Provider,
    id=st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True),
    name=TEXTS,
    servers=st.lists(SERVERS, min_size=1, max_size=3).map(tuple),
    user=st.sampled_from(UserForm),
    sign_in=st.sampled_from(SignIn),
    source=TEXTS,
    date=st.dates().map(lambda date: date.isoformat()),
    confidence=st.sampled_from(Confidence),
    domains=st.lists(NAMES, unique=True, max_size=30).map(tuple),
    own_domains=st.booleans(),
    old_hosts=st.just(()),
    incoming_hosts=st.lists(NAMES | NAMES.map("*.{}".format), max_size=3).map(tuple),
    mx=st.lists(NAMES, max_size=3).map(tuple),
    rewrite=st.sampled_from(Rewrite),
    notes=st.lists(st.sampled_from(Note), max_size=3).map(tuple),
)


@given(ROWS)
def test_what_is_written_is_read_back(row: Provider) -> None:
    text = provider_table.write([row])
    assert provider_table.parse(text.encode(), "t.toml").rows == (row,)
    assert provider_table.write([row]) == text
