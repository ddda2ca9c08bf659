"""The whole command on Windows: profiles where Windows has them, bytes that come back, silence."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from builders import CANARY, ProfileFiles, account, prefs, thunderbird
from windows.other_programs import thunderbird_runs
from windows.person import INSTALLED, LOCAL, PROGRAMS, STORE, Person

if TYPE_CHECKING:
    import pathlib

pytestmark = pytest.mark.windows


def a_profile(name: str, **words: Any) -> ProfileFiles:  # noqa: ANN401 - as in thunderbird()
    """A profile as Thunderbird on Windows writes it: CRLF, and a password elsewhere in it."""
    values = account(**{"port": 25, "try_ssl": 0, **words})
    raw = prefs({**values, "mail.a.password": CANARY}, eol="\r\n")
    files = {"parent.lock": b""}  # it stays from Thunderbird's first start on
    return thunderbird(name=name, raw=raw, installation=PROGRAMS, files=files)


@pytest.fixture
def joao(tmp_path: pathlib.Path) -> Person:
    """Give a person with two Thunderbirds: one installed, one from the Microsoft Store."""
    person = Person(tmp_path / "João da Silva")
    person.has(INSTALLED, a_profile("abcd1234.default-release"))
    person.has(STORE, a_profile("efgh5678.default-esr", address="joao@exemplo.com.br"))
    return person


def test_scan_finds_the_profiles_of_the_installer_and_of_the_store(joao: Person) -> None:
    before = joao.files()
    code, found = joao.document("scan", "scan")
    assert code == 10
    assert found["summary"] == {"due": 2}
    folders = {finding["profile"]["path"] for finding in found["findings"]}
    assert folders == {
        os.path.join(joao.home, *root.split("/"), "Profiles", name)
        for root, name in (
            (INSTALLED, "abcd1234.default-release"),
            (STORE, "efgh5678.default-esr"),
        )
    }
    assert joao.files() == before


def test_apply_changes_two_values_each_and_rollback_returns_every_byte(joao: Person) -> None:
    before = joao.files()
    code, receipt = joao.document("receipt", "apply", "--no-network", "--yes")
    assert code == receipt["exit_code"] == 0
    assert [each["result"] for each in receipt["outcomes"]] == ["changed", "changed"]
    after = joao.files()
    assert after == {
        path: data.replace(b'.port", 25);', b'.port", 587);').replace(
            b'.try_ssl", 0);', b'.try_ssl", 2);'
        )
        for path, data in before.items()
    }
    assert len([path for path in before if before[path] != after[path]]) == 2
    assert joao.document("scan", "scan")[0] == 0
    code, receipt = joao.document("receipt", "rollback", "--last")
    assert code == 0
    assert [each["result"] for each in receipt["outcomes"]] == ["undone", "undone"]
    assert joao.files() == before
    assert joao.document("scan", "scan")[0] == 10


def test_backups_lie_in_the_persons_local_folder_and_are_listed(joao: Person) -> None:
    assert joao.run("apply", "--no-network", "--yes").returncode == 0
    assert len(os.listdir(joao.home / LOCAL / "Configure587" / "backups")) == 1
    code, found = joao.document("backups", "backups")
    assert (code, len(found["backups"])) == (0, 1)


def test_silence_is_complete_and_leaves_a_log(joao: Person) -> None:
    done = joao.run("apply", "--no-network", "--silent", "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    [log] = (joao.home / LOCAL / "Configure587" / "logs").iterdir()
    assert b"configure587 apply on windows" in log.read_bytes()


def test_a_rehearsal_changes_nothing(joao: Person) -> None:
    before = joao.files()
    assert joao.run("apply", "--no-network", "--dry-run").returncode == 0
    assert joao.files() == before


def test_without_yes_and_without_a_terminal_nothing_is_changed(joao: Person) -> None:
    before = joao.files()
    done = joao.run("apply", "--no-network", "--lang", "en")
    assert done.returncode == 1
    assert b"nobody is here to say yes" in done.stderr
    assert joao.files() == before


def test_an_unknown_option_is_a_mistake_in_use(joao: Person) -> None:
    assert joao.run("scan", "--no-such-option").returncode == 2


def test_a_running_thunderbird_defers_its_own_profile_only(joao: Person) -> None:
    profile = joao.home / INSTALLED / "Profiles" / "abcd1234.default-release"
    before = joao.files()
    with thunderbird_runs(str(profile / "parent.lock")):
        code, receipt = joao.document("receipt", "apply", "--no-network", "--yes")
    results = {each["profile"]["path"]: each["result"] for each in receipt["outcomes"]}
    assert results.pop(str(profile)) == "deferred"
    assert list(results.values()) == ["changed"]
    assert code == 14
    assert (profile / "prefs.js").read_bytes() == before[str(profile / "prefs.js")]
    assert joao.document("receipt", "apply", "--no-network", "--yes")[0] == 0
    assert joao.document("scan", "scan")[0] == 0


def test_nothing_is_left_behind_in_the_profile(joao: Person) -> None:
    before = joao.files().keys()
    assert joao.run("apply", "--no-network", "--yes").returncode == 0
    assert joao.files().keys() == before


def test_the_same_profile_named_in_two_cases_is_one_profile(tmp_path: pathlib.Path) -> None:
    person = Person(tmp_path / "Maria")
    person.has(INSTALLED, a_profile("abcd1234.default"))
    ini = person.home / INSTALLED / "profiles.ini"
    section = b"[Profile1]\r\nName=again\r\nIsRelative=1\r\nPath=PROFILES/ABCD1234.DEFAULT\r\n"
    ini.write_bytes(section + b"\r\n" + ini.read_bytes())
    code, found = person.document("scan", "scan")
    assert (code, found["summary"]) == (10, {"due": 1})


def test_a_profile_in_a_folder_that_the_ini_names_with_its_drive_is_found(
    tmp_path: pathlib.Path,
) -> None:
    person = Person(tmp_path / "Maria")
    person.has(INSTALLED, a_profile("abcd1234.default"))
    elsewhere = tmp_path / "Correio da Maria"
    (person.home / INSTALLED / "Profiles" / "abcd1234.default").rename(elsewhere)
    (person.home / INSTALLED / "profiles.ini").write_bytes(
        f"[Profile0]\r\nName=correio\r\nIsRelative=0\r\nPath={elsewhere}\r\n".encode()
    )
    code, found = person.document("scan", "scan")
    assert (code, found["findings"][0]["profile"]["path"]) == (10, str(elsewhere))


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_words_can_be_read_through_a_pipe(joao: Person, language: str) -> None:
    done = joao.run("scan", "--lang", language)
    assert (done.returncode, done.stderr) == (10, b"")
    assert b"joao@exemplo.com.br" in done.stdout


def test_a_person_without_any_mail_program_gets_a_zero(tmp_path: pathlib.Path) -> None:
    person = Person(tmp_path / "Ninguém")
    person.home.mkdir()
    code, found = person.document("scan", "scan")
    assert (code, found["findings"]) == (0, [])
