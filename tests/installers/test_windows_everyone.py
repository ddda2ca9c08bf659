"""All people of a computer under Wine: moved by the installation, or by one command, and undone.

One of them is signed in; the registry of the other is loaded by us. Wine takes a loaded registry as
a copy, so what is changed in it never reaches NTUSER.DAT: that of the other person is seen in the
report, and she has no Outlook any more where the same thing is done twice.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

import windows_builders
from builders import CANARY, thunderbird
from windows.person import INSTALLED, Person

if TYPE_CHECKING:
    from windows_builders import Windows

pytestmark = [pytest.mark.xdist_group("windows packages"), pytest.mark.timeout(900)]

COMMAND: Final = "C:\\Program Files\\Configure587\\configure587c.exe"
MARIA: Final = "C:\\users\\Maria da Silva"
SID: Final = "S-1-5-21-587-25-465-1001"
LIST: Final = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
POLICIES: Final = r"HKLM\Software\Policies\Configure587"
REPORTS: Final = "C:\\relatórios"
POLICY_FILE: Final = "C:\\política da empresa.toml"
SIGNED_IN, NOT_SIGNED_IN = "joao.default", "maria.default"
AT_25: Final = '"SMTP Port"=dword:00000019'
EVERYBODY: Final = ("--silent", "--all-users")


class Story(NamedTuple):
    """What was seen after each chapter."""

    codes: dict[str, int]
    mail: dict[str, dict[str, bytes]]
    results: dict[str, list[tuple[str, str | None]]]
    loaded: dict[str, str]
    backups: dict[str, set[str]]


@pytest.fixture(scope="module")
def story(windows_base: str, msi_package: str, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Give a company's story: installed and moved at once, undone, moved by a command, twice."""
    seen = Story({}, {}, {}, {}, {})
    folder = str(tmp_path_factory.mktemp("everyone") / "w")
    with windows_builders.a_windows(windows_base, folder, {}) as windows:

        def note(chapter: str, *words: str) -> None:
            before = reports(windows)
            done = windows.run(*words)
            assert CANARY not in done.said
            seen.codes[chapter] = done.code
            seen.mail[chapter] = windows.mail()
            seen.loaded[chapter] = windows.run("reg", "query", "HKU").said
            told = [json.loads(Path(path).read_text("utf-8")) for path in reports(windows) - before]
            seen.results[chapter] = [each for report in told for each in results(report)]
            seen.backups[chapter] = backups(windows)

        two_people(windows)
        seen.mail["before"] = windows.mail()
        os.link(msi_package, windows.path("C:\\new.msi"))
        run = ("RUNAFTERINSTALL=1", f"POLICYFILE={POLICY_FILE}")
        note("installed", "msiexec", "/i", "C:\\new.msi", "/qn", *run)
        note("undone", COMMAND, "rollback", *EVERYBODY, "--yes")
        windows.has_registry(MARIA, outlook=False)
        for name, value in (("Probe", "off"), ("Report", REPORTS)):
            windows.sets(POLICIES, name, value)
        note("moved", COMMAND, "apply", *EVERYBODY)
        note("again", COMMAND, "apply", *EVERYBODY)
        note("back", COMMAND, "rollback", *EVERYBODY, "--yes")
    return seen


def two_people(windows: Windows) -> None:
    """Somebody who is signed in, and Maria, who is not; both send through port 25."""
    windows.has(thunderbird(port=25, name=SIGNED_IN))
    Person(Path(windows.path(MARIA))).has(INSTALLED, thunderbird(port=25, name=NOT_SIGNED_IN))
    windows.has_registry(MARIA, outlook=True)
    windows.sets(f"{LIST}\\{SID}", "ProfileImagePath", MARIA)
    os.mkdir(windows.path(REPORTS))
    policy = f"probe = \"off\"\nreport = '{REPORTS}'\n"
    Path(windows.path(POLICY_FILE)).write_text(policy, encoding="utf-8")


def reports(windows: Windows) -> set[str]:
    """The paths of what came into the folder of reports."""
    return {entry.path for entry in os.scandir(windows.path(REPORTS))}


def results(report: dict[str, Any]) -> list[tuple[str, str | None]]:
    """For each account of each person: its program, and what was done with it."""
    people = [person["accounts"] for person in report["people"]]
    found = [(each["client"], each["result"]) for accounts in people for each in accounts]
    return sorted(found, key=str)


def backups(windows: Windows) -> set[str]:
    """The backups of all people."""
    users = windows.tree("C:\\users")
    return {path for path in users if "Configure587/backups/" in path}


def ports(mail: dict[str, bytes]) -> dict[str, bool]:
    """Whose Thunderbird sends through 587."""
    return {name: b'.port", 587)' in mail[name] for name in (SIGNED_IN, NOT_SIGNED_IN)}


def test_the_installation_moves_everybody_once(story: Story) -> None:
    assert story.codes["installed"] == 0
    assert ports(story.mail["before"]) == {SIGNED_IN: False, NOT_SIGNED_IN: False}
    assert ports(story.mail["installed"]) == {SIGNED_IN: True, NOT_SIGNED_IN: True}
    outlook = [
        story.mail[chapter]["outlook"].decode("utf-16") for chapter in ("before", "installed")
    ]
    assert [AT_25 in told for told in outlook] == [True, False]


def test_the_registry_of_who_is_not_signed_in_is_moved_and_given_back(story: Story) -> None:
    of_each = [("outlook", None), *[("outlook", "changed")] * 2, ("thunderbird", "changed")]
    assert story.results["installed"] == sorted([*of_each, *of_each], key=str)
    assert all("HKEY_USERS" in said and SID not in said for said in story.loaded.values())


def test_one_command_takes_back_what_the_installation_changed(story: Story) -> None:
    assert story.mail["undone"] == story.mail["before"]


def test_the_policies_of_the_computer_and_one_command_move_everybody(story: Story) -> None:
    assert story.codes["moved"] == 0
    assert ports(story.mail["moved"]) == {SIGNED_IN: True, NOT_SIGNED_IN: True}


def test_the_same_command_a_second_time_changes_nothing(story: Story) -> None:
    assert story.codes["again"] == 0
    assert story.mail["again"] == story.mail["moved"]
    assert story.backups["again"] == story.backups["moved"] != set()
    assert {result for _, result in story.results["moved"]} == {"changed", None}
    assert {result for _, result in story.results["again"]} == {None}


def test_one_command_takes_it_back_for_everybody(story: Story) -> None:
    assert story.codes["back"] == 0
    assert story.mail["back"] == story.mail["before"]
