"""A release is announced so that every program that pinned its key believes it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
from installers.jobs import Trouble

import configure587
from configure587.errors import Refused
from configure587.updates import announcement
from installers import announce, signing

if TYPE_CHECKING:
    from pathlib import Path

MADE: Final = 1_795_500_000
LINK: Final = "https://downloads.configure587.test/"
CHANGES: Final = {"en": "Faster.\n", "pt-BR": "Mais rápido.\n"}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the path of an Ed25519 key."""
    path = str(tmp_path_factory.mktemp("key") / "key.pem")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ED25519", "-out", path], check=True)
    return path


def run(key: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Announce, with the key pinned unless the words say otherwise."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(MADE))
    for language, text in CHANGES.items():
        (folder / language).write_text(text, encoding="utf-8")
    changes = [f"--changes={language}={folder / language}" for language in CHANGES]
    out = ["--out", str(folder / "updates.json")]
    pinned = [signing.public_key(key).hex()]
    return announce.main(["--key", key, "--link", LINK, *changes, *out, *words], pinned)


def test_the_program_believes_what_was_announced(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(key, tmp_path, monkeypatch) == 0
    data = (tmp_path / "updates.json").read_bytes()
    found = announcement.read(data, [signing.public_key(key)], now=MADE + 60)
    assert found.version == configure587.__version__
    assert found.link == LINK
    assert found.changes == {"en": "Faster.", "pt-BR": "Mais rápido."}
    assert found.expires - found.made == announce.DAYS * 86400


def test_a_changed_letter_is_not_believed(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(key, tmp_path, monkeypatch) == 0
    data = (tmp_path / "updates.json").read_bytes().replace(b"Faster", b"Fasten")
    with pytest.raises(Refused, match="updates_not_genuine"):
        announcement.read(data, [signing.public_key(key)], now=MADE + 60)


def test_two_announcements_of_one_moment_are_the_same(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(key, tmp_path, monkeypatch)
    first = (tmp_path / "updates.json").read_bytes()
    run(key, tmp_path, monkeypatch)
    assert (tmp_path / "updates.json").read_bytes() == first


def test_a_key_that_is_not_pinned_announces_nothing(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, text in CHANGES.items():
        (tmp_path / language).write_text(text, encoding="utf-8")
    changes = [f"--changes={language}={tmp_path / language}" for language in CHANGES]
    out = tmp_path / "updates.json"
    words = ["--key", key, "--link", LINK, *changes, "--out", str(out)]
    assert announce.main(words, ["00" * 32]) == 1
    assert "would not believe this announcement: updates_not_genuine" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--link", "http://downloads.configure587.test/"], "updates_not_understood"),
        (["--days", "0"], "updates_out_of_date"),
    ],
)
def test_what_no_program_would_believe_is_not_written(  # noqa: PLR0913, PLR0917 - fixtures
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    complaint: str,
) -> None:
    assert run(key, tmp_path, monkeypatch, *words) == 1
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "updates.json").exists()


@pytest.mark.parametrize("language", announce.LANGUAGES)
def test_what_is_new_is_told_in_both_languages(language: str) -> None:
    with pytest.raises(Trouble, match=language):
        announce.text("1.0", LINK, {**CHANGES, language: " \n"}, MADE)


def test_an_announcement_that_no_program_reads_whole_is_refused(key: str) -> None:
    with pytest.raises(Trouble, match="the program reads"):
        announce.checked(bytes(announce.LIMIT + 1), [signing.public_key(key)], MADE)


def test_the_program_reads_as_much_as_the_limit_says() -> None:
    from configure587.submission import autoconfig

    assert announce.LIMIT == autoconfig.LIMIT


def test_the_file_is_json_that_a_person_can_read(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(key, tmp_path, monkeypatch)
    found = json.loads((tmp_path / "updates.json").read_text(encoding="utf-8"))
    assert found.keys() == {"format", "text", "signature"}
    assert "Mais rápido." in found["text"]
