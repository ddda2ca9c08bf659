"""The package for companies under Wine: installed, upgraded, refused and removed with /qn."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from installers.jobs import ROOT, Job
from installers.windows import cpython, msi
from installers.windows.steps import call

import windows_builders
from installers import build
from package_builders import EPOCH

if TYPE_CHECKING:
    from windows_builders import Windows

pytestmark = [pytest.mark.xdist_group("windows packages"), pytest.mark.timeout(900)]

RECORDER: Final = Path(__file__).with_name("recorder.c")
OLDER: Final = "0.0.9"
FOLDER: Final = "C:\\Programas da empresa\\Configure 587 ação"
POLICY: Final = "C:\\política da empresa.toml"
MENU: Final = "**/Start Menu/**/Configure 587!.lnk"
EVENTS: Final = r"SYSTEM\CurrentControlSet\Services\EventLog\Application\Configure587"
UNINSTALL: Final = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall"
KEYS: Final = (
    r"HKLM\Software\Configure587",
    r"HKLM\Software\Classes\.c587plan",
    r"HKLM\Software\Classes\Configure587.Plan",
    rf"HKLM\{EVENTS}",
)
FAILED: Final = 1603 & 0xFF  # what this computer sees of a code of Windows


@pytest.fixture(scope="session")
def older_msi(for_windows: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give that of an older version: a small folder whose command writes down how it is called."""

    def make(folder: str) -> None:
        tree = os.path.join(folder, "tree")
        os.makedirs(os.path.join(tree, "Lib"))
        Path(tree, "Lib", "gone.pyc").write_bytes(b"of an older version")
        Path(tree, "Configure587.exe").write_bytes(b"MZ")
        program = os.path.join(tree, "configure587c.exe")
        call([*cpython.GCC, "-municode", "-o", program, str(RECORDER)])
        msi.pack(tree, Job(folder, folder, OLDER, EPOCH))

    done = windows_builders.shared(tmp_path_factory, "older-msi", make)
    return os.path.join(done, f"configure587-{OLDER}.msi")


def table(package: str, name: str) -> list[list[str]]:
    """The rows of a table in the built package."""
    done = subprocess.run(
        ["msiinfo", "export", package, name], capture_output=True, encoding="utf-8", check=True
    )
    return [line.split("\t") for line in done.stdout.splitlines()[3:]]


def test_actions_come_when_they_must(older_msi: str) -> None:
    at = {row[0]: int(row[2]) for row in table(older_msi, "InstallExecuteSequence")}
    story = ["LaunchConditions", "KeepFolder", "CostInitialize", "CostFinalize", "CheckPolicy"]
    story += ["InstallValidate", "InstallInitialize", "RemoveExistingProducts", "InstallFiles"]
    story += ["WriteRegistryValues", "ApplyPolicy", "ApplyAlone", "InstallFinalize"]
    assert sorted(story, key=at.__getitem__) == story
    assert len(set(at.values())) == len(at), "two actions at once come in any order"
    assert at["AppSearch"] < at["KeepFolder"]


def test_two_packages_of_the_same_folder_have_the_same_bytes(
    older_msi: str, tmp_path: Path
) -> None:
    folder = os.path.join(os.path.dirname(older_msi), "tree")
    package = Path(older_msi).read_bytes()
    again = msi.pack(folder, Job(str(tmp_path), str(tmp_path), OLDER, EPOCH))
    assert Path(again).read_bytes() == package
    other = tmp_path / "tree"
    shutil.copytree(folder, other)
    (other / "Lib" / "gone.pyc").write_bytes(b"of another version")
    msi.pack(str(other), Job(str(tmp_path), str(tmp_path), OLDER, EPOCH))
    assert code_of(again) != code_of(older_msi), "Windows would take one for the other"


def code_of(package: str) -> str:
    """By what Windows Installer tells a package from others."""
    (code,) = [row[1] for row in table(package, msi.SUMMARY) if row[0] == str(msi.CODE)]
    return code


def test_the_properties_of_administrators_are_heeded(older_msi: str) -> None:
    found = {row[0]: row[1] for row in table(older_msi, "Property")}
    secure = set(found["SecureCustomProperties"].split(";"))
    assert {"INSTALLDIR", "LANGUAGE", "POLICYFILE", "RUNAFTERINSTALL"} <= secure
    assert found["ALLUSERS"] == "1"


def test_the_source_of_events_is_registered_as_the_page_says(older_msi: str) -> None:
    page = (Path(ROOT) / "docs" / "events.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \| `(REG_\w+)` \| `?([^`|]+?)`? \|$", page, re.MULTILINE)
    spelled = {"REG_EXPAND_SZ": "#%", "REG_DWORD": "#"}  # as the table Registry does
    wanted = {name: spelled[kind] + data for name, kind, data in told}
    rows = table(older_msi, "Registry")
    found = {row[3]: row[4] for row in rows if row[2].lower() == EVENTS.lower()}
    assert found == wanted
    assert len(found) == 3


class Story(NamedTuple):
    """What was seen from nothing to nothing."""

    codes: dict[str, int]
    files: dict[str, set[str]]
    keys: dict[str, list[str]]
    called: dict[str, str]
    menu: dict[str, list[str]]  # what stands in each entry of the Start menu
    said: dict[str, str]


@pytest.fixture(scope="module")
def story(
    windows_base: str, msi_package: str, older_msi: str, tmp_path_factory: pytest.TempPathFactory
) -> Story:
    """Give a company's story: a mistake, an older version, an upgrade, a step back, removed."""
    seen = Story({}, {}, {}, {}, {}, {})
    folder = str(tmp_path_factory.mktemp("company") / "w")
    with windows_builders.a_windows(windows_base, folder, {}) as windows:
        os.link(msi_package, windows.path("C:\\new.msi"))
        os.link(older_msi, windows.path("C:\\old.msi"))
        called = Path(windows.path("C:\\called.txt"))

        def msiexec(chapter: str, *words: str) -> None:
            log = f"C:\\{chapter}.log"
            seen.codes[chapter] = windows.run("msiexec", *words, "/qn", "/l*v", log).code
            seen.files[chapter] = windows.tree(FOLDER)
            seen.keys[chapter] = [key for key in KEYS if windows.has_key(key)]
            seen.called[chapter] = called.read_text("utf-8-sig") if called.exists() else ""
            called.unlink(missing_ok=True)
            entries = Path(windows.wine.drive).glob(MENU)
            seen.menu[chapter] = [entry.read_bytes().decode("latin-1") for entry in entries]
            with open(windows.path(log), "rb") as file:
                seen.said[chapter] = text_of(file.read())

        run = ("RUNAFTERINSTALL=1", f"POLICYFILE={POLICY}")
        words = (f"INSTALLDIR={FOLDER}", "LANGUAGE=pt-BR", *run)
        msiexec("no policy", "/i", "C:\\old.msi", *words)
        Path(windows.path(POLICY)).write_text("", encoding="utf-8")
        msiexec("older", "/i", "C:\\old.msi", *words)
        msiexec("upgraded", "/i", "C:\\new.msi")
        seen.said["version"] = windows.run(f"{FOLDER}\\configure587c.exe", "--version").said
        msiexec("back", "/i", "C:\\old.msi", *run)
        msiexec("removed", "/x", "C:\\new.msi")
    return seen


def text_of(log: bytes) -> str:
    """A log of Windows Installer, in whichever of its encodings."""
    return log.decode("utf-16" if log.startswith(b"\xff\xfe") else "cp1252", errors="replace")


def test_a_policy_file_that_is_not_there_installs_nothing_and_says_so(story: Story) -> None:
    assert story.codes["no policy"] == FAILED
    assert story.files["no policy"] == set()
    assert story.keys["no policy"] == []
    assert story.called["no policy"] == ""
    assert (
        f"POLICYFILE cannot be read, so nothing was installed: {POLICY}" in story.said["no policy"]
    )


def test_run_after_install_calls_the_silent_mode_once_for_all(story: Story) -> None:
    assert story.codes["older"] == 0  # whatever the command ended with: mail is not the program
    assert story.files["older"] == {"Configure587.exe", "configure587c.exe", "Lib/gone.pyc"}
    assert story.called["older"] == f"apply|--silent|--yes|--all-users|--policy|{POLICY}|\n"
    assert story.keys["older"] == list(KEYS)
    assert len(story.menu["older"]) == 1  # Wine puts it where only this person sees it


def test_an_upgrade_takes_the_place_of_the_older_version(story: Story, windows_tree: str) -> None:
    assert story.codes["upgraded"] == 0
    assert story.files["upgraded"] == {
        os.path.relpath(os.path.join(below, name), windows_tree)
        for below, _, names in os.walk(windows_tree)
        for name in names
    }
    assert story.said["version"] == f"configure587 {build.version()}\n"
    assert story.called["upgraded"] == ""


def test_an_upgrade_keeps_the_language_that_was_chosen(story: Story) -> None:
    for chapter in ("older", "upgraded"):
        (entry,) = story.menu[chapter]
        assert "--lang pt-BR" in entry.replace("\0", "")


def test_a_step_back_is_refused_and_nothing_is_run(story: Story) -> None:
    assert story.codes["back"] == FAILED
    assert story.files["back"] == story.files["upgraded"]
    assert story.called["back"] == ""


def test_removing_it_leaves_nothing(story: Story) -> None:
    assert story.codes["removed"] == 0
    assert story.files["removed"] == set()
    assert story.keys["removed"] == []
    assert story.menu["removed"] == []


def test_run_after_install_without_a_policy_file_is_for_the_policies_of_the_computer(
    windows: Windows, older_msi: str
) -> None:
    os.link(older_msi, windows.path("C:\\old.msi"))
    assert windows.run("msiexec", "/i", "C:\\old.msi", "/qn", "RUNAFTERINSTALL=1").code == 0
    called = Path(windows.path("C:\\called.txt")).read_text("utf-8-sig")
    assert called == "apply|--silent|--yes|--all-users|\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["LANGUAGE=portuguese"], "LANGUAGE has to be pt-BR or en"),
        (["RUNAFTERINSTALL=yes"], "RUNAFTERINSTALL has to be 1 or 0"),
        (["RUNAFTERINSTALL=1", "POLICYFILE=policy.toml"], "POLICYFILE cannot be read"),
    ],
)
def test_a_property_that_cannot_be_heeded_installs_nothing_and_is_named(
    windows: Windows, older_msi: str, words: list[str], told: str
) -> None:
    os.link(older_msi, windows.path("C:\\old.msi"))
    Path(windows.path("C:\\policy.toml")).write_text("", encoding="utf-8")  # not a whole path
    done = windows.run("msiexec", "/i", "C:\\old.msi", "/qn", "/l*v", "C:\\log", *words)
    assert done.code == FAILED
    log = text_of(Path(windows.path("C:\\log")).read_bytes())  # Wine's keeps quiet of conditions
    assert told in " ".join([log, *(row[1] for row in table(older_msi, "LaunchCondition"))])
    assert not windows.has_key(KEYS[0])
    assert not os.path.exists(windows.path("C:\\called.txt"))


def test_an_older_windows_is_refused(windows: Windows, older_msi: str) -> None:
    os.link(older_msi, windows.path("C:\\old.msi"))
    windows.wine.call("winecfg", "-v", "win81")
    assert windows.run("msiexec", "/i", "C:\\old.msi", "/qn").code == FAILED
    assert not windows.has_key(KEYS[0])


def test_a_version_takes_the_place_of_what_was_tried_before_it(
    windows: Windows, older_msi: str
) -> None:
    folder = os.path.join(os.path.dirname(older_msi), "tree")
    for version in ("1.2.0rc1", "1.2.0"):
        here = windows.path(f"C:\\{version}")
        package = msi.pack(folder, Job(here, os.path.dirname(older_msi), version, EPOCH))
        name = f"C:\\{version}\\{os.path.basename(package)}"
        assert windows.run("msiexec", "/i", name, "/qn").code == 0
    assert len(windows.run("reg", "query", UNINSTALL).said.split()) == 1
