"""configure587 support as a person and an agent meet it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from builders import CANARY
from configure587 import cli
from configure587.report import schema
from configure587.verbs import demo

if TYPE_CHECKING:
    from pathlib import Path

SCHEMAS = {name: json.loads(text) for name, text in schema.schemas().items()}
EVENING = "22WR-YFF4-JY2P"  # a code that was given out, see test_support_codes.py


@pytest.fixture
def sample_computer(tmp_path: Path) -> Path:
    """Give the folder of the sample computer."""
    demo.build(str(tmp_path / "computer"))
    return tmp_path / "computer"


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    lang = () if "--lang" in words else ("--lang", "en")
    assert cli.main(["support", *words, *lang]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def document(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(capsys, *words, "--json", code=code))
    jsonschema.validate(found, SCHEMAS[f"{found['kind']}.schema.json"])
    return found


def test_the_code_of_this_computer_is_what_decode_tells(
    sample_computer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = document(capsys, "code", "--image", str(sample_computer))
    told = document(capsys, "decode", *made["code"].lower().split("-"))
    assert told["situation"]["verdicts"]["due"] == 2
    assert told["situation"]["programs"][0] == "Thunderbird"
    assert told["situation"]["page"] == 0
    assert told["say"]


def test_the_code_comes_with_the_words_to_read_it(
    sample_computer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "code", "--image", str(sample_computer), "--lang", "pt-BR")
    assert "Seu código: 2" in text
    assert "dois, " in text


def test_decode_says_where_the_person_is_and_what_to_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = said(capsys, "decode", EVENING, "--lang", "pt-BR")
    assert "Página 3: O que encontramos" in text
    assert "Diga agora:" in text
    assert "O programa de e-mail está aberto." in text


def test_decode_offers_what_may_have_been_meant(capsys: pytest.CaptureFixture[str]) -> None:
    told = document(capsys, "decode", "22WR YFF7 JY2P", code=1)
    assert told["trouble"] == "mistyped"
    assert told["repairs"] == [{"code": EVENING, "group": 2, "typed": "YFF7", "meant": "YFF4"}]
    assert f"Group 2 may be YFF4 instead of YFF7; the code would be {EVENING}." in said(
        capsys, "decode", "22WR", "YFF7", "JY2P", code=1
    )


def test_decode_of_a_code_with_a_sign_too_few_offers_the_whole_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = said(capsys, "decode", "22WR-YFF4-JY2", code=1)
    assert f"the code may be {EVENING}." in text


def test_decode_without_a_code_or_of_nonsense_asks_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert said(capsys, "decode", code=1) == "No code was given.\n"
    assert "Please have it read once more" in said(capsys, "decode", "não sei", code=1)


def test_the_report_shows_every_line_that_it_writes(
    sample_computer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.txt"
    text = said(capsys, "report", "--image", str(sample_computer), "-o", str(path))
    written = path.read_text(encoding="utf-8")
    assert text.startswith(written)
    for name in ("ana@", "exemplo.com.br", "souza", str(sample_computer), CANARY):
        assert name not in written


def test_the_report_shows_addresses_when_asked(
    sample_computer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = ("report", "--addresses", "--image", str(sample_computer))
    assert "ana@exemplo.com.br" in said(capsys, *shown)
    assert any("ana@exemplo.com.br" in line for line in document(capsys, *shown)["lines"])


@pytest.mark.skipif(sys.platform == "win32", reason="the folder's own rights count there")
def test_only_its_owner_can_read_the_key_of_the_made_up_names(
    sample_computer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "report", "--image", str(sample_computer))
    [key] = sample_computer.rglob("pseudonyms.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes().hex() not in said(capsys, "report", "--image", str(sample_computer))


def test_support_changes_no_setting(
    sample_computer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in sample_computer.rglob("*") if path.is_file()}
    for action in ("code", "report"):
        said(capsys, action, "--image", str(sample_computer))
    assert before == {path: path.read_bytes() for path in before}


def test_decode_loads_no_window_and_no_network() -> None:
    code = (
        "import sys; from configure587.cli import main;"
        f"main(['support', 'decode', '{EVENING}', '--lang', 'en']);"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    loaded = set(run.stderr.split())
    assert "configure587.support.codes" in loaded
    assert not loaded & {"PySide6", "ssl", "socket"}
