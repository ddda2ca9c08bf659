"""All people of a Windows computer: whose registry is loaded, moved and given back.

Wine loads only registries in a format of its own, so they are made with Wine's RegSaveKey; and it
takes a registry as a copy, so that what was changed does not reach the file. What is seen here is
what we do while it is loaded, and that it never stays. Only in the lab: these keys are the
computer's.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from builders import CANARY, thunderbird
from configure587.machine import hives, windows_people
from configure587.machine.people import Errand, NotReady, Someone
from configure587.machine.windows_people import WindowsPeople
from configure587.machine.windows_profiles import PREFIX
from configure587.machine.winreg import WinRegistry
from configure587.policy import Policy, Probe
from configure587.report import schema
from configure587.rollout import one_person
from configure587.rollout.names import AsTheyAre
from outlook_builders import HKCU, OFFICE
from windows import real_registry
from windows.person import INSTALLED, LOCAL, Person
from windows.real_registry import winreg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.machine import Machine
    from configure587.machine.people import Stop
    from configure587.report.run_documents import RunWord

pytestmark = [
    pytest.mark.windows,
    pytest.mark.skipif("C587_LAB" not in os.environ, reason="the computer's own registry"),
]

CORPUS = pathlib.Path(__file__).parents[1] / "corpora" / "outlook" / "outlook-2010-absent-port.reg"
PROFILES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
SID = "S-1-5-21-587-25-465-1001"
SCHEMA = json.loads(schema.schemas()["run.schema.json"])
APPLY = ("apply", "--no-network", "--yes")


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Take away what a test has planted, loaded registries first."""
    hives.with_privileges()
    yield
    for name in hives.left_over():
        hives.unload(name)
    for name in listed():
        winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, rf"{PROFILES}\{name}")
    for version in ("14.0", "16.0"):
        real_registry.forget(rf"{OFFICE}\{version}")


def listed() -> list[str]:
    """The profiles of ours in the list of this computer."""
    with winreg.OpenKeyEx(winreg.HKEY_LOCAL_MACHINE, PROFILES) as key:
        names = [winreg.EnumKey(key, number) for number in range(winreg.QueryInfoKey(key)[0])]
    return [name for name in names if "-587-25-465-" in name]


def a_profile(home: pathlib.Path, sid: str = SID, **values: int | str) -> None:
    """Write a profile down as Windows does."""
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, rf"{PROFILES}\{sid}") as key:
        winreg.SetValueEx(key, "ProfileImagePath", 0, winreg.REG_EXPAND_SZ, str(home))
        for name, value in values.items():
            kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
            winreg.SetValueEx(key, name, 0, kind, value)


def a_registry(home: pathlib.Path) -> pathlib.Path:
    """Put the registry of somebody with Outlook into their home, who is not signed in."""
    done = subprocess.run(["reg", "import", str(CORPUS)], stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0
    path = home / "NTUSER.DAT"
    with winreg.OpenKeyEx(winreg.HKEY_CURRENT_USER, "", 0, winreg.KEY_READ) as key:
        winreg.SaveKey(key, str(path))
    real_registry.forget(rf"{OFFICE}\14.0")
    return path


@pytest.fixture
def maria(tmp_path: pathlib.Path) -> Person:
    """Give somebody with Outlook and Thunderbird who is not signed in."""
    person = Person(tmp_path / "Maria da Silva")
    person.home.mkdir()
    person.has(INSTALLED, thunderbird(port=25))
    a_registry(person.home)
    a_profile(person.home)
    return person


def run(*words: str) -> dict[str, Any]:
    """What our command for all people answers; nobody's registry stays loaded."""
    done = subprocess.run(
        [sys.executable, "-m", "configure587", *words, "--all-users", "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert CANARY.encode() not in done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    assert hives.left_over() == []
    return found


def of_maria(found: dict[str, Any]) -> dict[str, Any]:
    """The last entry: hers comes after those of Wine's own profiles."""
    return dict(found["people"][-1])


def test_somebody_who_is_not_signed_in_is_moved_with_their_registry_loaded(maria: Person) -> None:
    before = maria.files()
    entry = of_maria(run("scan"))
    assert (entry["state"], entry["reason"]) == ("done", None)
    found = {each["client"]: each["verdict"] for each in entry["accounts"]}
    assert found == {"thunderbird": "due", "outlook": "due"}
    assert maria.files() == before
    entry = of_maria(run(*APPLY))
    assert {each["client"]: each["result"] for each in entry["accounts"]} == {
        "thunderbird": "changed",
        "outlook": "changed",
    }
    assert (maria.home / LOCAL / "Configure587" / "backups").is_dir()
    prefs = maria.home / INSTALLED / "Profiles" / "abcd1234.default" / "prefs.js"
    assert b'port", 587' in prefs.read_bytes()


def test_what_thunderbird_had_comes_back_for_all(maria: Person) -> None:
    before = maria.files()
    assert of_maria(run(*APPLY))["state"] == "done"
    assert maria.files() != before
    run("rollback", "--yes")
    prefs = {path: data for path, data in maria.files().items() if path.endswith("prefs.js")}
    assert prefs == {path: data for path, data in before.items() if path.endswith("prefs.js")}


def test_those_who_cannot_be_helped_are_left_out_with_a_reason(
    maria: Person, tmp_path: pathlib.Path
) -> None:
    start = SID.removesuffix("1001")
    mandatory = tmp_path / "mandatory"
    mandatory.mkdir()
    (mandatory / "NTUSER.MAN").write_bytes(b"")
    empty = tmp_path / "empty"
    empty.mkdir()
    a_profile(tmp_path / "nobody", start + "1002")
    a_profile(maria.home, start + "1003", State=0x800)
    a_profile(mandatory, start + "1004")
    a_profile(empty, start + "1005")
    a_profile(maria.home, start + "1006", CentralProfile=r"\\server\profiles\maria")
    a_profile(maria.home, start + "1007.bak")
    reasons = [each["reason"] for each in run("scan")["people"] if each["state"] == "skipped"]
    assert sorted(reasons[-6:]) == [
        "home_missing",
        "profile_damaged",
        "profile_damaged",
        "profile_mandatory",
        "profile_roaming",
        "profile_temporary",
    ]


def test_a_registry_that_a_dead_run_left_loaded_is_unloaded_first(maria: Person) -> None:
    name = PREFIX + SID
    winreg.LoadKey(winreg.HKEY_USERS, name, str(maria.home / "NTUSER.DAT"))
    assert hives.left_over() == [name]
    assert of_maria(run("scan"))["state"] == "done"


def test_a_registry_is_unloaded_whatever_happens(maria: Person) -> None:
    path = str(maria.home / "NTUSER.DAT")
    with contextlib.suppress(ZeroDivisionError), hives.mounted(PREFIX + SID, path):
        assert "Software" in WinRegistry(PREFIX + SID).keys(HKCU)
        assert 1 // 0
    assert hives.left_over() == []


def test_a_loaded_registry_is_moved_and_comes_back_byte_for_byte(
    maria: Person, tmp_path: pathlib.Path
) -> None:
    someone = Someone("Maria", str(maria.home), SID, registry=PREFIX + SID)
    with hives.mounted(PREFIX + SID, str(maria.home / "NTUSER.DAT")):
        before = exported(tmp_path)
        assert results(someone, "apply") == {"thunderbird": "changed", "outlook": "changed"}
        assert exported(tmp_path) != before
        assert results(someone, "rollback") == {"thunderbird": "undone", "outlook": "undone"}
        assert exported(tmp_path) == before


def results(someone: Someone, run: RunWord) -> dict[str, str | None]:
    """What became of the accounts of each program."""
    policy = Policy(probe=Probe.OFF)
    entry = one_person.carried_out(
        windows_people.machine_for(someone),
        policy,
        run,
        dry_run=False,
        names=AsTheyAre(),
        stop=lambda: False,
    )
    return {each["client"]: each["result"] for each in entry["accounts"]}


def exported(folder: pathlib.Path) -> bytes:
    """What reg.exe exports of the loaded registry."""
    path = folder / "loaded.reg"
    words = ["reg", "export", rf"HKEY_USERS\{PREFIX}{SID}", str(path), "/y"]
    assert subprocess.run(words, stdin=subprocess.DEVNULL, check=False).returncode == 0
    return path.read_bytes()


class Dying:
    """A part that ends with its process."""

    def ready(self) -> None:
        """Nothing."""

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """End at once."""
        del machine, stop
        os._exit(3)


def test_a_part_that_dies_leaves_no_registry_loaded(maria: Person) -> None:
    someone = Someone("Maria", str(maria.home), SID, registry=PREFIX + SID)
    errand = Errand(Dying(), 60.0, lambda: False)
    [(_, answer)] = WindowsPeople().each([someone], errand)
    assert (answer.state, answer.code) == ("failed", "person_crashed")
    assert hives.left_over() == []


def test_what_is_no_registry_is_that_persons_trouble_only(
    maria: Person, tmp_path: pathlib.Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "NTUSER.DAT").write_bytes(b"no registry")
    a_profile(other, SID.removesuffix("1001") + "1000")
    entries = {each["reason"]: each["state"] for each in run("scan")["people"]}
    assert entries["registry_not_loaded"] == "failed"
    assert entries[None] == "done"


def test_a_registry_that_has_a_second_name_is_not_loaded(maria: Person) -> None:
    os.link(maria.home / "NTUSER.DAT", maria.home / "another")
    path = str(maria.home / "NTUSER.DAT")
    with pytest.raises(NotReady), hives.mounted(PREFIX + SID, path):
        pass
    assert hives.left_over() == []


def test_two_runs_for_all_do_not_meet() -> None:
    with hives.alone():
        done = subprocess.run(
            [sys.executable, "-m", "configure587", "scan", "--all-users", "--json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    assert json.loads(done.stdout)["code"] == "another_run"
