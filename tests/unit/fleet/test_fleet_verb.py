"""configure587 fleet from-logs, as people and programs meet it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import pathlib
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from configure587 import cli
from configure587.report import schema
from mail_log_builders import ANA, BIA, conversation, dovecot, exim, left, smtpd, taken

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = json.loads(schema.schemas()["senders.schema.json"])
GOOD = exim(tls=True, port=587)


def run(*words: str, lang: str = "en") -> int:
    return cli.main(["fleet", "from-logs", *words, "--lang", lang])


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    captured = capsys.readouterr()
    assert captured.err == ""
    found: dict[str, Any] = json.loads(captured.out)
    jsonschema.validate(found, SCHEMA)
    return found


class Logs:
    """A folder of logs."""

    def __init__(self, folder: pathlib.Path) -> None:
        """It is empty at first."""
        self.folder = folder

    def add(self, name: str, lines: Sequence[str], *, packed: bool = False) -> str:
        """Write a log; gives its path."""
        data = "".join(f"{line}\n" for line in lines).encode()
        path = self.folder / name
        path.write_bytes(gzip.compress(data) if packed else data)
        return str(path)


@pytest.fixture
def logs(tmp_path: pathlib.Path) -> Logs:
    """Give a place for logs."""
    return Logs(tmp_path)


def test_whoever_still_sends_the_old_way_is_listed_and_the_code_is_10(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [exim(), exim(), exim(BIA, tls=True), exim("cid@exemplo.com.br", port=587, tls=True)]
    assert run(logs.add("mainlog", lines)) == 10
    shown = capsys.readouterr().out.splitlines()
    assert shown[:5] == [
        "2 accounts of 3 still send through port 25 or without encryption.",
        "",
        "Account             Due  Port 25  Clear        Last  Good",
        "ana@exemplo.com.br    2        2      2  2026-11-24     0",
        "bia@exemplo.com.br    1        1      0  2026-11-24     0",
    ]
    assert "    exim: port 25, as the log says." in shown
    assert "cid@exemplo.com.br" not in "".join(shown)
    assert max(map(len, shown)) < 80


def test_when_nobody_is_left_that_is_said_and_the_code_is_0(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(logs.add("mainlog", [GOOD, exim(None)])) == 0
    assert capsys.readouterr().out.startswith("Nobody in these logs still sends")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "no line of Postfix, Exim or Dovecot submission was recognized"),
        (["Nov 24 12:57:02 mx sshd[1]: hello"], "no line of Postfix"),
        ([exim(port=None, tls=True)], "ana@exemplo.com.br: 1 that cannot be judged"),
    ],
)
def test_what_a_log_does_not_tell_is_said_and_the_code_is_11(
    lines: list[str], said: str, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(logs.add("log", lines), "--plain") == 11
    shown = capsys.readouterr().out
    assert shown.startswith("No account was found that is certain")
    assert said in shown


def test_a_log_that_breaks_off_is_counted_so_far_and_never_ends_with_0(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [GOOD.replace("ana@", f"u{number}@") for number in range(20_000)]
    path = pathlib.Path(logs.add("log.gz", lines, packed=True))
    path.write_bytes(path.read_bytes()[:-1000])
    assert run(str(path), "--json") == 11
    found = document(capsys)
    assert found["logs"][0]["damaged"] == "EOF"
    assert found["accounts"] > 0
    assert run(str(path), "--plain") == 11
    assert "it breaks off. What came before is counted." in capsys.readouterr().out


@pytest.mark.parametrize("name", ["absent", ".", "a\0b"])
def test_a_log_that_cannot_be_opened_is_named_and_nothing_is_counted(
    name: str, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(logs.folder / name)
    assert run(logs.add("good", [exim()]), path) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "could not be read" in captured.err
    assert name in captured.err or name == "."


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["x", "--since", "ontem"],
        ["x", "--port-of", "submission"],
        ["x", "--port-of", "=25"],
        ["x", "--port-of", "a=0"],
        ["x", "--port-of", "a=65536"],
        ["x", "--port-of", "a=99999999999999999999"],
        ["x", "--year", "26"],
        ["x", "--year", "\N{SUPERSCRIPT TWO}"],
    ],
)
def test_a_wrong_command_line_ends_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*words)
    assert ended.value.code == 2


def test_several_logs_are_one_answer(logs: Logs, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [
        logs.add("mail.log", conversation()),
        logs.add("mail.log.2.gz", [dovecot(BIA, "TLS"), exim()], packed=True),
    ]
    assert run(*paths, "--json") == 10
    found = document(capsys)
    assert [(each["account"], each["due"]) for each in found["due"]] == [(ANA, 2)]
    assert found["accounts"] == 2
    assert {each["known"] for each in found["services"]} == {"exact", "convention"}
    assert [each["recognized"] for each in found["logs"]] == [3, 2]


def test_standard_input_is_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = io.TextIOWrapper(io.BytesIO(gzip.compress(f"{exim()}\n".encode())))
    monkeypatch.setattr(sys, "stdin", given)
    assert run("-", "--json") == 10
    assert document(capsys)["due"][0]["account"] == ANA
    assert not given.closed


def test_the_options_choose_what_counts(logs: Logs, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        *smtpd(taken(), left(starttls=True), name="postfix/clientes", stamp="Dec 30 10:00:00"),
        exim("x@outro.example"),
        exim(BIA, stamp="2019-01-01 00:00:00"),
    ]
    words = ["--domains", "nada.example,@Exemplo.com.br", "--since", "2020-06-01"]
    words += ["--port-of", "clientes=25", "--year", "2020"]
    assert run(logs.add("log", lines), *words, "--json") == 10
    found = document(capsys)
    assert [(each["account"], each["last"]) for each in found["due"]] == [
        (ANA, "2020-12-30T10:00:00")
    ]
    assert found["since"] == "2020-06-01"


def test_a_spreadsheet_takes_no_name_for_a_formula(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["=cmd|'/c calc'!a1", "+1", "-1", "@sum(1)", 'a"b,c', " =1"]
    lines = [line for name in names for line in smtpd(taken(name), left())]
    target = logs.folder / "out.csv"
    assert run(logs.add("log", lines), "--csv", str(target)) == 10
    assert f"The accounts are in {target}." in capsys.readouterr().out
    data = target.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["Account", "Due", "Port 25", "Clear", "Last", "Good", "Unknown"]
    cells = {row[0] for row in rows[1:]}
    assert cells == {'a"b,c', *(f"'{name}" for name in names if not name.startswith("a"))}


def test_a_spreadsheet_that_cannot_be_written_is_told(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    path = logs.add("log", [exim()])
    assert run(path, "--csv", str(logs.folder / "no" / "out.csv")) == 1
    assert capsys.readouterr().out == ""


def test_both_languages_speak(logs: Logs, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(logs.add("log", [exim()]), lang="pt-BR") == 10
    shown = capsys.readouterr().out
    assert "1 conta de 1 ainda envia pela porta 25 ou sem criptografia." in shown
    assert "exim: porta 25, como diz o registro." in shown


def test_a_plain_answer_is_made_of_sentences(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [exim(), *conversation(name="postfix/x", starttls=True), *smtpd(taken(), taken(""))]
    assert run(logs.add("log", [*lines, dovecot(BIA)]), "--plain") == 10
    shown = capsys.readouterr().out.splitlines()
    assert not [line for line in shown if not line.endswith(".") or "  " in line]
    assert (
        "ana@exemplo.com.br: 2 to change, 2 of them through port 25 and 1 without encryption, last "
        "on 2026-11-24; 0 as they should be."
    ) in shown
    assert any("1 line could not be understood for certain" in line for line in shown)
    assert any("the end of 1 conversation is not in the log" in line for line in shown)
    assert any("Dovecot logs sign-ins and no messages" in line for line in shown)


def test_nothing_of_a_line_but_the_account_is_told(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    line = exim(tail=' id=um@dois T="segredo" from <ana@exemplo.com.br> for rui@example.org')
    for words in ((), ("--json",), ("--plain",), ("--verbose",)):
        assert run(logs.add("log", [line, "AUTH PLAIN canary-587 <= "]), *words) == 10
        shown = capsys.readouterr().out
        assert not [x for x in ("segredo", "rui@", "192.0.2.7", "canary") if x in shown]
