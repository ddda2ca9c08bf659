"""configure587 providers, as people and programs meet it."""

from __future__ import annotations

import json
import pathlib
import tomllib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from configure587 import cli
from configure587.report import schema, troubles
from configure587.submission import providers
from submission_builders import config, outgoing

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = json.loads(schema.schemas()["providers.schema.json"])


def run(*words: str, lang: str = "en") -> int:
    return cli.main(["providers", *words, "--lang", lang])


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    captured = capsys.readouterr()
    assert captured.err == ""
    found: dict[str, Any] = json.loads(captured.out)
    jsonschema.validate(found, SCHEMA)
    return found


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """Give a folder with one good file and one poisoned one."""
    (tmp_path / "good.example.xml").write_bytes(config(outgoing()))
    (tmp_path / "bomb\x1b[31m.xml").write_bytes(b'<!DOCTYPE x [<!ENTITY a "b">]><x/>')
    return tmp_path


def test_every_provider_is_listed_on_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    count = len(providers.load().rows)
    assert lines[0].split() == ["ID", "Name", "Domains", "How", "certain"]
    assert lines[1].split() == ["uol", "UOL", "Mail", "1", "high"]
    assert lines[-1] == f"{count} providers."
    assert len(lines) == count + 3
    assert max(map(len, lines)) < 80


def test_a_plain_list_is_made_of_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--plain") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "UOL Mail, ID uol: 1 domain; how certain: high."
    assert not [line for line in lines if not line.endswith(".") or "  " in line]


def test_a_list_for_programs_holds_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--json") == 0
    found = document(capsys)
    assert [row["id"] for row in found["providers"]] == [row.id for row in providers.load().rows]
    assert found["notice"] == ""


@pytest.mark.parametrize("asked", ["uol.com.br", "ana@UOL.com.br", "smtp.uol.com.br"])
def test_a_provider_is_shown_in_plain_words(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", asked, "--plain") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == [
        "UOL Mail (ID uol)",
        "Outgoing server: smtps.uol.com.br, port 587, protected connection (STARTTLS).",
        "Outgoing server: smtps.uol.com.br, port 465, protected connection (TLS).",
        "User name: the part of your address before the @.",
        "Sign-in: with your password.",
        "Old names, which the servers above replace: smtp.uol.com.br.",
    ]
    assert "Source: Thunderbird ISP database, as of 2026-03-12." in lines
    assert "Nothing of this is used before the server itself has been tested." in lines


def test_all_providers_of_a_server_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "smtp.gmail.com", "--json") == 0
    assert [row["id"] for row in document(capsys)["providers"]] == ["gmail", "google-workspace"]


def test_every_provider_can_be_shown_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = {next(iter(row.domains), "").replace("*", "x") for row in providers.load().rows}
    for lang in ("en", "pt-BR"):
        for name in names - {""}:
            assert run("show", name, lang=lang) == 0
            shown = capsys.readouterr().out
            assert "{" not in shown
            assert max(map(len, shown.splitlines())) < 80


def test_what_is_left_alone_is_not_promised_a_test(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "proton.me", "--plain") == 0
    shown = capsys.readouterr().out
    assert "We leave these settings alone." in shown
    assert "Outgoing server" not in shown
    assert "has been tested" not in shown


def test_both_languages_speak(capsys: pytest.CaptureFixture[str]) -> None:
    run("show", "bol.com.br", lang="pt-BR")
    assert "Servidor de envio: smtps.bol.com.br, porta 587" in capsys.readouterr().out


def test_nothing_known_is_said_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "nada.example") == 1
    assert capsys.readouterr().err == (
        "We know nothing about the mail provider of nada.example.\n"
        'Ask your provider: "which is the outgoing server on port 587?"\n'
    )
    assert run("show", "nada.example", "--json") == 1
    assert json.loads(capsys.readouterr().out)["code"] == "provider_unknown"


@pytest.mark.parametrize(
    "asked",
    [
        *("", " ", "um dois.com", "a..b", "localhost", "127.0.0.1", "ana@", "-x.example"),
        *("\N{GRINNING FACE}.com.br", "a" * 300, "x\x1b[31m.example", "\udcff.example"),
    ],
)
def test_what_is_no_name_is_refused(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--lang=en", "providers", "show", "--", asked]) == 1
    told = capsys.readouterr().err
    assert "is no address, domain or server name" in told
    assert "\x1b" not in told
    assert len(told) < 300


def test_another_table_can_be_looked_into(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.toml"
    table.write_text(
        '[[provider]]\nid = "um"\nname = "Um"\ndomains = ["um.example"]\n'
        'servers = [{ host = "smtp.um.example", port = 587, security = "starttls" }]\n'
        'user = "local"\nsign_in = "password"\nsource = "me"\ndate = 2026-11-24\n'
        'confidence = "low"\n'
    )
    assert run("show", "um.example", "--table", str(table)) == 0
    assert "Source: me, as of 2026-11-24." in capsys.readouterr().out
    assert run("show", "uol.com.br", "--table", str(table)) == 1
    table.write_text(table.read_text().replace("587", "25"))
    capsys.readouterr()
    assert run("list", "--table", str(table)) == 1
    told = capsys.readouterr().err
    assert 'line 5, row "um": servers cannot be "25 starttls".' in told
    assert "port 587 with starttls, or port 465 with tls" in told


def test_an_import_is_written_to_standard_output(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", str(folder)) == 0
    captured = capsys.readouterr()
    assert tomllib.loads(captured.out)["provider"][0]["id"] == "good-example"
    assert "Mozilla Public\n# License" in captured.out
    assert "left out, it is damaged or not safe to read." in captured.err
    assert "\x1b" not in captured.err


def test_an_import_into_a_file_can_be_used_as_a_table(
    folder: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = str(tmp_path / "made.toml")
    assert run("import", str(folder), "-o", made) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[-1] == f"1 provider is in {made}."
    assert "left out" in told
    assert run("show", "um.example", "--table", made) == 0
    assert "Thunderbird ISP database, good.example.xml" in capsys.readouterr().out


def test_an_import_for_programs_names_its_licence_and_what_was_left_out(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", str(folder), "--json") == 0
    found = document(capsys)
    assert [row["id"] for row in found["providers"]] == ["good-example"]
    assert [each["why"] for each in found["skipped"]] == ["not_xml"]
    assert "mozilla.org/MPL/2.0" in found["notice"]


def refused() -> Iterator[tuple[list[str], str]]:
    """Give words that cannot be followed, and the code of the answer."""
    yield ["import"], "folder_not_named"
    yield ["import", "EMPTY"], "ispdb_empty"
    yield ["import", "EMPTY/none"], "ispdb_unreadable"
    yield ["list", "--table", "EMPTY"], "providers_unreadable"
    yield ["list", "--table", "EMPTY/none"], "providers_unreadable"


@pytest.mark.parametrize(("words", "code"), list(refused()))
def test_what_cannot_be_done_is_refused(
    words: list[str], code: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*(word.replace("EMPTY", str(tmp_path)) for word in words), "--json") == 1
    assert json.loads(capsys.readouterr().out)["code"] == code
    assert code in troubles.ERRORS


def test_a_file_that_cannot_be_written_is_refused(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", str(folder), "-o", str(folder)) == 1
    assert "could not be written" in capsys.readouterr().err


def test_nothing_is_written_and_nobody_is_asked(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = pathlib.Path.home()
    for words in (["list"], ["show", "uol.com.br"], ["import", str(folder)]):
        assert run(*words) == 0
    assert list(home.iterdir()) == []
