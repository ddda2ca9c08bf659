"""A copy of the Thunderbird ISP database becomes a table of ours; what is damaged is named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from configure587.errors import Refused
from configure587.submission import ispdb, provider_table
from configure587.submission.providers import Confidence, SignIn
from submission_builders import config, outgoing

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-11-24"


def domains(*names: str) -> str:
    return "".join(f"<domain>{name}</domain>" for name in names)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a checkout with good files and with files of every bad kind."""
    folder = tmp_path / "ispdb"
    folder.mkdir()
    (tmp_path / "other.xml").write_bytes(config(outgoing(), domains=domains("other.example")))
    files = {
        "a.example.xml": config(
            outgoing(), outgoing(port="465", socket="SSL"), domains=domains("a.example")
        ),
        "a.example.br.xml": config(
            outgoing("mail.%EMAILDOMAIN%", auth="<authentication>OAuth2</authentication>"),
            domains=domains("B.example", "b.example", "c.example"),
        ),
        "again.xml": config(outgoing(), domains=domains("a.example")),
        "d.example.xml": config(outgoing(), domains=domains("c.example", "d.example")),
        "bomb.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><clientConfig/>',
        "html.xml": b"<html/>",
        "huge.xml": b" " * 70_000,
        "old.xml": config(outgoing(port="25"), domains=domains("old.example")),
        "open.xml": config(outgoing(auth=""), domains=domains("open.example")),
        "\u00e9.xml": config(outgoing(), domains=domains("e.example")),
        "readme.md": b"not a provider",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "folder.xml").mkdir()
    return tmp_path


def test_good_files_become_rows(checkout: Path) -> None:
    found = ispdb.read(str(checkout), DAY)
    by_id = {row.id: row for row in found.rows}
    assert sorted(by_id) == ["a-example", "a-example-br", "d-example"]
    assert by_id["a-example-br"].sign_in is SignIn.OAUTH2
    assert by_id["a-example-br"].servers[0].host == "mail.{domain}"
    assert [server.port for server in by_id["a-example"].servers] == [587, 465]
    assert by_id["a-example"].source == "Thunderbird ISP database, a.example.xml"
    assert {(row.confidence, row.date) for row in found.rows} == {(Confidence.HIGH, DAY)}


def test_no_domain_comes_twice(checkout: Path) -> None:
    named = [name for row in ispdb.read(str(checkout), DAY).rows for name in row.domains]
    assert sorted(named) == ["a.example", "b.example", "c.example", "d.example"]


def test_bad_files_are_named_with_the_reason(checkout: Path) -> None:
    found = {each.file: each.why for each in ispdb.read(str(checkout), DAY).skipped}
    assert found == {
        "again.xml": "taken",
        "bomb.xml": "not_xml",
        "folder.xml": "unreadable",
        "html.xml": "other_xml",
        "huge.xml": "too_large",
        "old.xml": "nothing_protected",
        "open.xml": "nothing_protected",
        "\u00e9.xml": "no_name",
    }


def test_what_is_written_carries_its_licence_and_is_a_table(checkout: Path) -> None:
    found = ispdb.read(str(checkout), DAY)
    assert "Mozilla Public\n# License, v. 2.0" in found.text
    assert "https://mozilla.org/MPL/2.0/" in found.text
    assert provider_table.parse(found.text.encode(), "t.toml").rows == found.rows


def test_a_plain_folder_will_do(checkout: Path) -> None:
    (row,) = ispdb.read(str(checkout), DAY).rows[:1]
    again = ispdb.read(str(checkout / "ispdb"), DAY)
    assert row in again.rows


def test_a_pipe_in_the_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    assert ispdb.read(str(tmp_path), DAY).skipped == (ispdb.Skipped("pipe.xml", "unreadable"),)


def test_a_folder_without_files_or_none_at_all_is_refused(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "ispdb_empty"), (tmp_path / "none", "ispdb_unreadable")):
        with pytest.raises(Refused) as refused:
            ispdb.read(str(path), DAY)
        assert refused.value.code == code
