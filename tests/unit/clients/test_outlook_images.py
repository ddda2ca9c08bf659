"""Folders that stand for Windows computers, through the command: every generation of Outlook."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from builders import CANARY
from configure587 import cli
from configure587.formats import reg_text
from configure587.report import schema
from outlook_builders import ACCOUNT_FILE, oeaccount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CORPORA = pathlib.Path(__file__).parents[2] / "corpora" / "outlook"
SCHEMAS = {name.partition(".")[0]: json.loads(text) for name, text in schema.schemas().items()}

# what stands in each file: the verdict of every account
SAYS: Mapping[str, Sequence[str]] = {
    "outlook-2003": ["stuck"],
    "outlook-2007-two-profiles": ["due", "due"],
    "outlook-2010-absent-port": ["due"],
    "outlook-2010-upgraded-to-2016": ["due", "left_alone"],
    "outlook-2013": ["due", "fine"],
    "outlook-2016": ["due", "fine", "half_way"],
    "outlook-2016-managed": ["blocked"],
    "outlook-2016-oddities": ["stuck", "stuck", "stuck", "stuck", "due"],
}
DUE = {"due", "half_way"}


def image(folder: pathlib.Path, corpus: str) -> pathlib.Path:
    """A folder that stands for the computer with this registry."""
    (folder / "home").mkdir(parents=True)
    shutil.copy(CORPORA / f"{corpus}.reg", folder / "registry.reg")
    return folder


class Person:
    """Somebody at a terminal; no secret may ever come out."""

    def __init__(self, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        """`folder` stands for the computer."""
        self._folder = folder
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str]:
        """What a command ends with and says."""
        code = cli.main(["--image", str(self._folder), "--lang", "en", *words])
        said = self._capsys.readouterr()
        assert said.err == ""
        assert CANARY not in said.out
        assert CANARY.encode().hex() not in said.out
        return code, said.out

    def document(self, kind: str, *words: str) -> tuple[int, dict[str, Any]]:
        """The same as JSON, checked against its schema."""
        code, said = self.run(*words, "--json")
        found = json.loads(said)
        jsonschema.validate(found, SCHEMAS[kind])
        return code, found


def test_every_corpus_is_told_of() -> None:
    assert {path.stem for path in CORPORA.glob("*.reg")} == set(SAYS)


@pytest.mark.parametrize("corpus", SAYS)
def test_every_generation_is_changed_and_comes_back_byte_for_byte(
    corpus: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = image(tmp_path / "computador de João", corpus)
    person = Person(folder, capsys)
    before = (folder / "registry.reg").read_bytes()
    due = bool(DUE & set(SAYS[corpus]))
    code, found = person.document("scan", "scan")
    assert [each["verdict"] for each in found["findings"]] == SAYS[corpus]
    assert code == (10 if due else 11)
    _, receipt = person.document("receipt", "apply", "--no-network", "--yes")
    assert {each["result"] for each in receipt["outcomes"]} == ({"changed"} if due else set())
    _, after = person.document("scan", "scan")
    expected = ["fine" if verdict in DUE else verdict for verdict in SAYS[corpus]]
    assert [each["verdict"] for each in after["findings"]] == expected
    assert ((folder / "registry.reg").read_bytes() != before) == due
    for path in (folder / "home").rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert CANARY.encode() not in data
        assert CANARY.encode().hex(",").encode("utf-16-le") not in data
    if due:
        assert person.run("rollback", "--yes")[0] == 0
    assert (folder / "registry.reg").read_bytes() == before


@pytest.mark.parametrize("corpus", [name for name, says in SAYS.items() if DUE & set(says)])
def test_the_copy_for_regedit_leads_back_to_the_values_before(
    corpus: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = image(tmp_path, corpus)
    before = (folder / "registry.reg").read_bytes()
    Person(folder, capsys).run("apply", "--no-network", "--yes")
    now = (folder / "registry.reg").read_bytes()
    copies = list((folder / "home").rglob("*-valores-values.reg"))
    assert copies
    for copy in copies:  # as regedit would: whatever the copy says of a value is done
        for key in [line[1:-1] for line in _lines(copy.read_bytes()) if line.startswith("[")]:
            named = [line.split('"')[1] for line in _section(copy.read_bytes(), key)]
            values = reg_text.read(copy.read_bytes(), key, named)
            now = reg_text.edit(now, key, {name: values.get(name) for name in named})
    assert now == before


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-16").split("\r\n")


def _section(data: bytes, key: str) -> list[str]:
    lines = _lines(data)
    start = lines.index(f"[{key}]") + 1
    return lines[start : lines.index("", start)]


@pytest.mark.parametrize(
    "junk",
    [b"junk", b"", b"\xff\xfe", "[" * 99_999, '[HKEY_CURRENT_USER\\x]\r\n"a"=hex:zz\r\n'],
)
def test_a_hostile_registry_file_is_told_and_never_written(
    junk: bytes | str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = image(tmp_path, "outlook-2016")
    head = "\ufeffWindows Registry Editor Version 5.00\r\n\r\n"
    data = (head + junk).encode("utf-16-le") if isinstance(junk, str) else junk
    (folder / "registry.reg").write_bytes(data)
    person = Person(folder, capsys)
    code, found = person.document("scan", "scan")
    assert code == 11
    assert {each["verdict"] for each in found["findings"]} == {"unreadable"}
    [why] = {reason["code"] for each in found["findings"] for reason in each["reasons"]}
    assert why == "registry_file_damaged"
    assert person.run("apply", "--no-network", "--yes")[0] == 11
    assert (folder / "registry.reg").read_bytes() == data


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"SMTP Port"=dword:00000019', '"SMTP Port"=dword:19'),
        ('"SMTP Port"=dword:00000019', '"SMTP Port"=hex(4):19,00,00,00'),
    ],
)
def test_a_number_that_could_not_be_put_back_as_it_is_spelled_is_told_by_the_scan(
    old: str, new: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = image(tmp_path, "outlook-2007-two-profiles")
    path = folder / "registry.reg"
    text = path.read_bytes().decode("utf-16-le")
    assert text.count(old) == 1
    path.write_bytes(text.replace(old, new).encode("utf-16-le"))
    person = Person(folder, capsys)
    _, found = person.document("scan", "scan")
    stuck, due = found["findings"]
    assert [each["verdict"] for each in (stuck, due)] == ["stuck", "due"]
    assert stuck["reasons"][-1]["code"] == "odd_value_kept"
    assert stuck["reasons"][-1]["name"] == "SMTP Port"
    assert person.run("apply", "--no-network", "--yes")[0] == 0
    assert person.run("rollback", "--last")[0] == 0


def test_a_managed_set_up_shows_the_steps_for_the_administrator(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(image(tmp_path, "outlook-2016-managed"), capsys)
    code, said = person.run("scan")
    assert code == 11
    assert "Managed by your organisation" in said
    assert "Step by step, “Outlook 2016 or later" in said
    [finding] = person.document("scan", "scan")[1]["findings"]
    assert finding["guide"] == "outlook"


SID = "S-1-5-21-1111111111-2222222222-3333333333-1001"


def test_an_export_that_names_the_person_by_their_number_is_understood(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = image(tmp_path, "outlook-2016")
    path = folder / "registry.reg"
    text = path.read_bytes().decode("utf-16")
    alone = text.replace("HKEY_CURRENT_USER", rf"HKEY_USERS\{SID}")
    path.write_bytes(b"\xff\xfe" + alone.encode("utf-16-le"))
    before = path.read_bytes()
    person = Person(folder, capsys)
    assert person.run("apply", "--no-network", "--yes")[0] == 0
    assert person.document("scan", "scan")[1]["summary"] == {"fine": 3}
    assert person.run("rollback", "--yes")[0] == 0
    assert path.read_bytes() == before
    more = alone + f"\r\n[HKEY_USERS\\{SID[:-1]}2]\r\n\r\n"
    path.write_bytes(b"\xff\xfe" + more.encode("utf-16-le"))
    code, found = person.document("scan", "scan")
    [why] = {reason["code"] for each in found["findings"] for reason in each["reasons"]}
    assert (code, why) == (11, "registry_of_several")


def test_deep_keys_and_long_lines_are_borne(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = image(tmp_path, "outlook-2016")
    key = "\\".join(["HKEY_CURRENT_USER", "Software", *["tief"] * 512])
    more = f'[{key}]\r\n"lang"="{"x" * 10_000_000}"\r\n"hex"=hex:{"00," * 99_999}00\r\n\r\n'
    path = folder / "registry.reg"
    path.write_bytes(path.read_bytes() + more.encode("utf-16-le"))
    before = path.read_bytes()
    person = Person(folder, capsys)
    assert person.run("apply", "--no-network", "--yes")[0] == 0
    assert person.run("rollback", "--yes")[0] == 0
    assert path.read_bytes() == before


def test_an_old_export_in_the_ansi_code_page_is_understood(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = image(tmp_path, "outlook-2016")
    path = folder / "registry.reg"
    text = path.read_bytes().decode("utf-16")
    ansi = text.replace("Windows Registry Editor Version 5.00", "REGEDIT4").encode("cp1252")
    path.write_bytes(ansi)
    person = Person(folder, capsys)
    assert person.run("apply", "--no-network", "--yes")[0] == 0
    assert b"dword:0000024b" in path.read_bytes()
    assert person.run("rollback", "--yes")[0] == 0
    assert path.read_bytes() == ansi


def test_a_plan_for_outlook_and_live_mail_is_written_approved_and_applied(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = image(tmp_path / "image", "outlook-2016")
    store = folder / "home" / "AppData" / "Local" / "Microsoft" / "Windows Live Mail" / "Exemplo"
    store.mkdir(parents=True)
    (store / ACCOUNT_FILE).write_bytes(oeaccount())
    person = Person(folder, capsys)
    plan = os.path.join(tmp_path, "plano.json")
    assert (
        person.run("plan", "--no-network", "--target", "587", "--target", "465", "-o", plan)[0]
        == 10
    )
    code, receipt = person.document("receipt", "apply", "--no-network", plan, "--yes")
    assert code == 0
    assert [each["client"] for each in receipt["outcomes"]] == ["outlook", "windows_live_mail"]
    assert [each["result"] for each in receipt["outcomes"]] == ["changed", "changed"]
    assert person.run("rollback", "--yes")[0] == 0
    assert (store / ACCOUNT_FILE).read_bytes() == oeaccount()
