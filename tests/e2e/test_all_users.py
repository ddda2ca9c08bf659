"""Our command for all people of a computer, as its root runs it: each person's part is theirs."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

if sys.platform == "win32":
    pytest.skip("people by number", allow_module_level=True)

from builders import CANARY, thunderbird
from configure587.report import schema
from everyone_builders import AT_HOME, FIRST, IS_ROOT, WHY, Place, a_place, give

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import CompletedProcess

pytestmark = pytest.mark.skipif(not IS_ROOT, reason=WHY)

SCHEMA = json.loads(schema.schemas()["run.schema.json"])
APPLY = ("apply", "--all-users", "--no-network", "--yes", "--lang", "en")
UNDO = ("rollback", "--all-users", "--yes", "--lang", "en")
PROFILE = ".thunderbird/abcd1234.default/prefs.js"


@pytest.fixture
def place() -> Iterator[Place]:
    """Give a computer without people."""
    with a_place() as found:
        yield found


@pytest.fixture
def full(place: Place) -> Place:
    """Give a computer with two people who send through port 25, and accounts of other kinds."""
    place.person("root", uid=0)
    place.person("daemon", uid=2)
    place.person("ana", thunderbird(port=25, password=CANARY))
    place.person("bia", thunderbird(port=25), thunderbird(name="x.second", port=25))
    place.person("caio")
    place.person("duda", thunderbird(port=25), shell="/usr/sbin/nologin")
    return place


def report(done: CompletedProcess[str]) -> dict[str, Any]:
    """What a run answers in JSON, true to its schema and without a secret."""
    assert done.stderr == ""
    assert CANARY not in done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    assert found["exit_code"] == done.returncode
    return found


def results(found: dict[str, Any]) -> list[list[str]]:
    """What became of each person's accounts."""
    return [[each["result"] for each in one["accounts"]] for one in people(found)]


def people(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Those for whom something was to be done."""
    return [each for each in found["people"] if each["state"] != "skipped"]


def test_all_are_moved_once_and_every_byte_comes_back(full: Place) -> None:
    before = full.state()
    assert full.run("scan", "--all-users", "--json").returncode == 10
    assert full.state() == before
    moved = report(full.run(*APPLY, "--json"))
    assert sorted(results(moved)) == [[], ["changed"], ["changed", "changed"]]
    assert moved["exit_code"] == 0
    after = full.state()
    assert {path for path in before if after[path] != before[path]} == {
        f"{full.folder}/home/ana/{PROFILE}",
        f"{full.folder}/home/bia/{PROFILE}",
        f"{full.folder}/home/bia/.thunderbird/x.second/prefs.js",
    }
    assert {path: each[1:] for path, each in after.items()} == {
        path: each[1:] for path, each in before.items()
    }
    again = report(full.run(*APPLY, "--json"))
    assert sorted(results(again)) == [[], [None], [None, None]]
    assert not any(each["backups"] for each in again["people"])
    assert full.state() == after
    undone = report(full.run(*UNDO, "--json"))
    assert sorted(results(undone)) == [[], ["undone"], ["undone", "undone"]]
    assert full.state() == before


def test_what_is_kept_for_a_person_is_theirs_and_they_can_undo_it_themselves(full: Place) -> None:
    before = full.state()
    assert full.run(*APPLY).returncode == 0
    home = f"{full.folder}/home/ana"
    made = [os.path.join(at, name) for at, _, names in os.walk(f"{home}/.local") for name in names]
    assert any("/backups/" in path for path in made)
    for path in made:
        status = os.stat(path)
        assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (FIRST + 2, 0o600), path
    full.accounts = [each for each in full.accounts if each["name"] == "ana"]
    done = full.run("backups", "list", "--json", code=AT_HOME, HOME=home)
    assert [each["state"] for each in json.loads(done.stdout)["backups"]] == ["applied"]
    assert full.run("rollback", "--last", code=AT_HOME, HOME=home).returncode == 0
    assert full.state()[f"{home}/{PROFILE}"] == before[f"{home}/{PROFILE}"]


def set_for(place: Place, name: str, policy: str) -> None:
    """Set something for one person."""
    (uid, home) = next((x["uid"], x["home"]) for x in place.accounts if x["name"] == name)
    folder = os.path.join(home, ".config", "configure587")
    os.makedirs(folder)
    with open(os.path.join(folder, "policy.toml"), "w", encoding="utf-8") as file:
        file.write(policy)
    give(home, uid)


def verdicts(found: dict[str, Any]) -> list[list[str]]:
    people = [each for each in found["people"] if each["state"] != "skipped"]
    return [[one["verdict"] for one in each["accounts"]] for each in people]


def test_what_was_set_for_a_person_counts_for_them_and_for_nobody_else(full: Place) -> None:
    set_for(full, "ana", 'leave-alone = ["ana@exemplo.com.br"]\n')
    with open(os.path.join(full.folder, "all.toml"), "w", encoding="utf-8") as file:
        file.write('leave-alone = ["bia@exemplo.com.br"]\n')
    found = report(full.run(*APPLY, "--json", "--policy", file.name))
    assert verdicts(found) == [["left_alone"], ["fine", "fine"], []]


def test_the_command_line_comes_before_what_was_set_for_a_person(full: Place) -> None:
    set_for(full, "ana", 'clients = ["outlook"]\n')
    found = report(full.run(*APPLY, "--json", "--client", "thunderbird"))
    assert verdicts(found) == [["fine"], ["fine", "fine"], []]


def test_a_broken_policy_of_one_person_stops_their_part_alone(full: Place) -> None:
    set_for(full, "ana", "nothing = 1\n")
    found = report(full.run(*APPLY, "--json"))
    assert found["exit_code"] == 14
    told = [(each["state"], each["reason"]) for each in found["people"] if each["accounts"]]
    assert told == [("failed", "policy_key_unknown"), ("done", None)]
    assert verdicts(found) == [["due"], ["fine", "fine"], []]


def test_undoing_heeds_no_policy_of_a_person(full: Place) -> None:
    before = full.state()
    assert full.run(*APPLY).returncode == 0
    set_for(full, "ana", "nothing = 1\n")
    assert full.run(*UNDO).returncode == 0
    after = {path: each for path, each in full.state().items() if "/.config/" not in path}
    assert after == before


def test_each_account_that_is_left_out_has_its_reason(full: Place) -> None:
    found = report(full.run(*APPLY, "--json"))
    assert [each["reason"] for each in found["people"] if each["state"] == "skipped"] == [
        "administrator_account",
        "service_account",
        "account_closed",
    ]
    untouched = full.state()[f"{full.folder}/home/duda/{PROFILE}"]
    assert b'port", 25' in untouched[0]


def test_a_person_reads_how_it_went_for_whom(full: Place) -> None:
    done = full.run(*APPLY)
    assert done.stderr == ""
    assert sorted(done.stdout.splitlines()) == sorted(
        [
            "ana: Changed and checked: 1.",
            "bia: Changed and checked: 2.",
            "caio: no account that sends mail was found.",
            "duda: left out. Nobody can sign in with this account.",
            "Done for 3 people.",
            "1 person was left out; the reason is above.",
            "Besides, 2 accounts belong to the system and not to people.",
        ]
    )
    portuguese = full.run("scan", "--all-users", "--lang", "pt-BR").stdout
    assert "duda: ficou de fora. Ninguém consegue entrar com esta conta." in portuguese
    assert "ana: Tudo certo: 1." in portuguese


def test_a_link_out_of_a_home_is_not_followed_with_the_rights_of_root(place: Place) -> None:
    ana = place.person("ana", thunderbird(port=25))
    bia = place.person("bia", thunderbird(port=25))
    os.chmod(ana, 0o700)
    treasure = os.path.join(place.folder, "of-root.js")
    with open(f"{ana}/{PROFILE}", "rb") as source, open(treasure, "wb") as target:
        target.write(source.read())
    os.chmod(treasure, 0o644)
    caio = place.person("caio", thunderbird(port=25))
    for home, aim in ((bia, f"{ana}/{PROFILE}"), (caio, treasure)):
        os.unlink(f"{home}/{PROFILE}")
        os.symlink(aim, f"{home}/{PROFILE}")
    with open(treasure, "rb") as source:
        before = source.read()
    found = report(place.run(*APPLY, "--json"))
    with open(treasure, "rb") as source:
        assert source.read() == before
    assert os.stat(treasure).st_uid == 0
    assert [each["state"] for each in found["people"]] == ["done", "done", "failed"]
    assert found["exit_code"] == 14
    assert place.state()[f"{ana}/{PROFILE}"][1] == FIRST


def test_one_persons_trouble_spoils_nobody_elses(place: Place) -> None:
    place.person("ana", thunderbird(port=25))
    bia = place.person("bia", thunderbird(port=25))
    place.person("caio", thunderbird(port=25))
    os.makedirs(f"{bia}/.local/share")
    os.chmod(f"{bia}/.local/share", 0o500)  # and not theirs: no backup, no change
    done = place.run(*APPLY, "--json")
    found = report(done)
    assert results(found) == [["changed"], [None], ["changed"]]
    assert [each["state"] for each in found["people"]] == ["done", "failed", "done"]
    assert done.returncode == 14


def test_a_rehearsal_changes_nothing(full: Place) -> None:
    before = full.state()
    found = report(full.run("apply", "--all-users", "--no-network", "--dry-run", "--json"))
    assert found["dry_run"]
    assert ["changed"] in results(found)
    assert full.state() == before
    assert not os.path.exists(f"{full.folder}/home/ana/.local")


def test_a_silent_run_says_no_word_and_leaves_one_report_of_all(full: Place) -> None:
    folder = os.path.join(full.folder, "reports")
    os.mkdir(folder)
    words = ("apply", "--all-users", "--no-network", "--silent", "--report", folder)
    done = full.run(*words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    [name] = os.listdir(folder)
    with open(os.path.join(folder, name), encoding="utf-8") as source:
        found = json.load(source)
    jsonschema.validate(found, SCHEMA)
    assert results(found) == [["changed"], ["changed", "changed"], []]
    assert len(found["people"]) == 6
    refused = full.run(*words, "--only", "thunderbird:1")
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", "")


def test_a_computer_whose_turn_it_is_not_is_left_as_it_is(full: Place) -> None:
    before = full.state()
    folder = os.path.join(full.folder, "reports")
    os.mkdir(folder)
    held = full.run(*APPLY, "--report", folder, "--limit", "1", "--json")
    assert held.returncode == 0
    os.rename(folder, folder + ".gone")  # what cannot be read holds
    assert full.run(*UNDO).returncode == 0
    held = full.run(*APPLY, "--report", folder, "--limit", "1", "--json")
    assert (held.returncode, json.loads(held.stdout)["code"]) == (16, "held_limit")
    assert full.state() == before


def test_nothing_of_anybody_is_in_a_report(full: Place) -> None:
    told = full.run(*APPLY, "--json").stdout
    assert not [each for each in ("ana", "bia", "exemplo", full.folder, CANARY) if each in told]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("apply", "--all-users", "--no-network"), 1),
        (("rollback", "--all-users"), 1),
        ((*APPLY, "--only", "thunderbird:1"), 1),
        ((*APPLY, "--data-dir", "here"), 1),
        ((*APPLY, "plan.json"), 1),
        ((*UNDO, "--last"), 1),
        ((*UNDO, "20261124-120000"), 1),
        ((*UNDO, "--whole-file"), 1),
        (("scan", "--all-users", "--sarif", "found.sarif"), 1),
        (("scan", "--all-users", "--client", "guided"), 0),
    ],
)
def test_what_is_for_one_person_or_nobody_said_yes_to_is_refused(
    full: Place, words: tuple[str, ...], code: int
) -> None:
    before = full.state()
    done = full.run(*words)
    assert done.returncode == code, done
    assert bool(done.stderr) == bool(code)
    assert full.state() == before


def test_whoever_is_not_root_is_told_so(full: Place) -> None:
    code = (
        "import os, sys; from everyone_builders import Place;"
        "import configure587.machine.posix_people as p; p.os.geteuid = lambda: 1000;"
        "import everyone_builders; everyone_builders.main()"
    )
    done = full.run(*APPLY, code=code)
    assert done.returncode == 77
    assert "rights of an administrator" in done.stderr
    assert "sudo" in done.stderr


def test_two_runs_for_all_do_not_meet(full: Place) -> None:
    with full.people().alone():
        done = full.run(*APPLY)
    assert (done.returncode, done.stdout) == (1, "")
    assert "already at work" in done.stderr
    assert full.run(*APPLY).returncode == 0


def test_programs_do_what_forks_do(full: Place) -> None:
    before = full.state()
    moved = report(full.run(*APPLY, "--json", AT_ONCE="0"))
    assert results(moved) == [["changed"], ["changed", "changed"], []]
    assert report(full.run(*UNDO, "--json", AT_ONCE="0"))["exit_code"] == 0
    assert full.state() == before
