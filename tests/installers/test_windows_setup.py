"""The setup program under Wine: silent, from an older version to none, and when it cannot."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from installers.jobs import Job
from installers.windows import programs, setup, side

import windows_builders
from builders import CANARY, thunderbird
from e2e.real_thunderbird import wait_for
from installers import build
from package_builders import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from windows_builders import Done, Windows

pytestmark = [pytest.mark.xdist_group("windows packages"), pytest.mark.timeout(900)]

PLACE: Final = r"AppData\Local\Programs\Configure587"
DATA: Final = r"AppData\Local\Configure587"
KEPT: Final = {
    **dict.fromkeys(("updates.json", "window.ini", "crash-1.txt", "next-sign-in/task.xml"), ""),
    "remembered.json": '[["smtp.exemplo.com.br", "ana"]]',
}
"""What the program may have kept besides, each where a person has reason to have it."""
UNINSTALL: Final = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Configure587"
KEYS: Final = (
    UNINSTALL,
    r"HKCU\Software\Configure587",
    r"HKCU\Software\Classes\.c587plan",
    r"HKCU\Software\Classes\Configure587.Plan",
)
OPENS: Final = r"HKCU\Software\Classes\Configure587.Plan\shell\open\command"
FAILED: Final = 1603 & 0xFF  # what this computer sees of a code of Windows
LATER: Final = 1618 & 0xFF
PATIENCE: Final = 120.0
NEW, OLD = "Configure587.new", "Configure587.old"  # beside the program, for a moment
PLAN: Final = "C:\\plan of a test.c587plan"
DUE: Final = 10
ODD: Final = "C:\\Olá, João & Cia (é teste)"
AT_25: Final = '"SMTP Port"=dword:00000019'
AT_587: Final = '"SMTP Port"=dword:0000024b'


def home(windows: Windows) -> str:
    """The folder of the person, as Windows names it."""
    return f"C:\\users\\{os.path.basename(windows.home)}"


def put(windows: Windows, program: str, name: str = "setup.exe") -> str:
    """Put a setup program on drive C:; its path there."""
    target = windows.path(f"C:\\{name}")
    if not os.path.exists(target):
        os.link(program, target)
    return f"C:\\{name}"


def opened(windows: Windows, path: str, said: str) -> Done:
    """Start what the registry has for files of a kind, as a double click does.

    Wine 8 itself does not look for kinds of files among those of a person. It is done by a file of
    commands, for only that hands over a line of words as it stands.
    """
    (command,) = re.findall(r"REG_SZ +(.+)\n", said)
    line = command.replace("%1", path)
    Path(windows.path("C:\\open.cmd")).write_text(f"@{line}\n", encoding="ascii")
    return windows.run("cmd", "/c", "C:\\open.cmd")


def remove(windows: Windows, place: str, *words: str) -> None:
    """Remove the program, and wait until it is gone: what removes it goes on as a copy."""
    windows.run(f"{place}\\uninstall.exe", *words)
    last = r"HKCU\Software\Configure587"
    wait_for("it is removed", lambda: not windows.has_key(last) or None, PATIENCE)


class Story(NamedTuple):
    """What was seen from an older version to none."""

    codes: dict[str, int]
    mail: dict[str, dict[str, bytes]]
    files: dict[str, set[str]]
    said: dict[str, str]
    keys: dict[str, list[str]]


@pytest.fixture(scope="module")
def story(
    windows_base: str,
    setup_exe: str,
    older_setup_exe: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Story:
    """Give a person's story: an older version, a change, an upgrade, undone, again, removed."""
    seen = Story({}, {}, {}, {}, {})
    folder = str(tmp_path_factory.mktemp("story") / "w")
    with windows_builders.a_windows(windows_base, folder, {}) as windows:
        place = f"{home(windows)}\\{PLACE}"
        program = f"{place}\\app\\configure587c.exe"

        def note(chapter: str, done: Done) -> None:
            seen.codes[chapter] = done.code
            seen.said[chapter] = done.said
            seen.mail[chapter] = windows.mail()

        windows.has(thunderbird(port=25, installation=r"C:\Program Files\Mozilla Thunderbird"))
        seen.mail["before"] = windows.mail()
        seen.files["before"] = windows.tree(home(windows))
        note("older", windows.run(put(windows, older_setup_exe, "older.exe"), "/S"))
        note("changed", windows.run(program, "apply", "--no-network", "--yes"))
        note("upgraded", windows.run(put(windows, setup_exe), "/S"))
        seen.files["upgraded"] = windows.tree(place)
        note("back", windows.run(put(windows, older_setup_exe, "older.exe"), "/S"))
        seen.files["back"] = windows.tree(place)
        seen.keys["upgraded"] = [key for key in KEYS if windows.has_key(key)]
        seen.said["plan"] = windows.run("reg", "query", OPENS).said
        seen.said["entry"] = windows.run("reg", "query", UNINSTALL).said
        note("listed", windows.run(program, "backups", "list"))
        note("undone", windows.run(program, "rollback", "--last"))
        assert windows.run(program, "plan", "--no-network", "-o", PLAN).code == DUE
        note("opened", opened(windows, PLAN, seen.said["plan"]))
        note("again", windows.run(program, "apply", "--no-network", "--yes"))
        windows.run(program, "support", "report")
        for name, text in KEPT.items():
            kept = Path(windows.path(f"{home(windows)}\\{DATA}"), name)
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(text, "utf-8")
        remove(windows, place, "/S")
        seen.mail["removed"] = windows.mail()
        seen.files["removed"] = windows.tree(home(windows))
        seen.keys["removed"] = [key for key in KEYS if windows.has_key(key)]
    return seen


def test_it_installs_silently_and_upgrades_in_place(story: Story, windows_tree: str) -> None:
    assert {story.codes[chapter] for chapter in ("older", "upgraded")} == {0}
    wanted = {
        os.path.join("app", os.path.relpath(os.path.join(below, name), windows_tree))
        for below, _, names in os.walk(windows_tree)
        for name in names
    }
    assert story.files["upgraded"] == {*wanted, "uninstall.exe"}
    assert story.keys["upgraded"] == list(KEYS)
    assert re.search(
        rf"DisplayVersion +REG_SZ +{re.escape(build.version())}\n", story.said["entry"]
    )


def test_a_step_back_is_refused_and_changes_nothing(story: Story) -> None:
    assert story.codes["back"] == FAILED
    assert story.files["back"] == story.files["upgraded"]
    assert story.mail["back"] == story.mail["upgraded"]


def test_the_installed_command_moves_outlook_and_thunderbird_to_587(story: Story) -> None:
    assert story.codes["changed"] == 0, story.said["changed"]
    before, changed = (story.mail[chapter] for chapter in ("before", "changed"))
    ports = [found["outlook"].decode("utf-16").count for found in (before, changed)]
    assert [count(AT_25) for count in ports] == [1, 0]
    assert [count(AT_587) for count in ports] == [1, 2]
    assert b'"mail.smtpserver.smtp1.port", 25)' in before["abcd1234.default"]
    assert b'"mail.smtpserver.smtp1.port", 587)' in changed["abcd1234.default"]
    assert CANARY not in story.said["changed"]


def test_a_plan_file_is_shown_and_asked_about_when_it_is_opened(story: Story) -> None:
    command = r'\\cmd\.exe" /k ""C:.+\\app\\configure587c\.exe" apply "%1""'
    assert re.search(command, story.said["plan"])
    assert "smtp.exemplo.com.br, port 25" in story.said["opened"]
    assert story.said["opened"].endswith("\n\nC:\\>")  # the console stays until it is closed
    assert story.mail["opened"] == story.mail["undone"]


def test_installing_changes_nothing_in_the_mail(story: Story) -> None:
    assert story.mail["older"] == story.mail["before"]
    assert story.mail["upgraded"] == story.mail["changed"]


def test_the_new_version_undoes_what_the_older_one_changed(story: Story) -> None:
    assert (story.codes["listed"], story.codes["undone"]) == (0, 0), story.said["undone"]
    assert "20" in story.said["listed"]
    assert story.mail["undone"] == story.mail["before"]


def test_removing_it_silently_keeps_the_mail_as_it_is(story: Story) -> None:
    assert story.codes["again"] == 0
    assert story.mail["removed"] == story.mail["again"] != story.mail["before"]


def test_removing_it_leaves_nothing_but_the_backups(story: Story) -> None:
    left = story.files["removed"] - story.files["before"]
    assert left
    stays = (f"{DATA}/backups/".replace("\\", "/"), "Temp/")  # a copy that removes: until a restart
    note = "AppData/Local/Configure587/LEIA-ME-READ-ME.txt"
    lock = "AppData/Roaming/Thunderbird/Profiles/abcd1234.default/parent.lock"  # it leaves it too
    assert {name for name in left if not name.startswith(stays)} == {lock, note}
    assert story.keys["removed"] == []


def test_in_an_odd_folder_it_works_and_neither_changes_nor_goes_while_it_is_at_work(
    windows: Windows, setup_exe: str
) -> None:
    program = f"{ODD}\\app\\configure587c.exe"
    words = f"/S /D={ODD}".split()  # in no quotation marks, as NSIS wants it
    assert windows.run(put(windows, setup_exe), *words).code == 0
    assert windows.run(program, "--version") == (0, f"configure587 {build.version()}\n")
    (Path(windows.path(ODD)) / "of the person.txt").write_text("mine", encoding="utf-8")
    files = windows.tree(ODD)
    with windows.running(program):
        assert windows.run(put(windows, setup_exe), "/S").code == LATER
        assert windows.run(f"{ODD}\\uninstall.exe", *f"/S _?={ODD}".split()).code == LATER
    assert windows.tree(ODD) == files
    remove(windows, ODD, "/S")
    assert windows.tree(ODD) == {"of the person.txt"}


def test_of_two_setups_at_once_the_second_gives_way(windows: Windows, setup_exe: str) -> None:
    place = windows.path(f"{home(windows)}\\{PLACE}")
    with windows.start(put(windows, setup_exe), "/S") as first:
        begun = os.path.join(place, NEW, "python311.dll")
        wait_for("the first one is at work", lambda: os.path.exists(begun) or None, PATIENCE)
        assert windows.run(put(windows, setup_exe), "/S").code == LATER
        assert first.wait(PATIENCE) == 0
    assert sorted(os.listdir(place)) == ["app", "uninstall.exe"]


def test_what_an_earlier_setup_left_broken_is_put_right(
    windows: Windows, setup_exe: str, windows_tree: str
) -> None:
    place = Path(windows.path(f"{home(windows)}\\{PLACE}"))
    windows.sets(r"HKCU\Software\Configure587", "InstallDir", f"{home(windows)}\\{PLACE}")
    for name in ("app/Lib/cut short.pyc", f"{OLD}/python311.dll", f"{NEW}/Configure587.exe"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(b"")
    assert windows.run(put(windows, setup_exe), "/S").code == 0
    assert sorted(os.listdir(place)) == ["app", "uninstall.exe"]
    assert sorted(os.listdir(place / "app")) == sorted(os.listdir(windows_tree))
    assert not (place / "app/Lib/cut short.pyc").exists()


@pytest.mark.parametrize("name", ["app/letter.txt", "app", "uninstall.exe"])
def test_what_is_somebody_else_s_in_a_folder_is_left_alone(
    windows: Windows, setup_exe: str, name: str
) -> None:
    theirs = Path(windows.path("C:\\mine"), name)
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine", encoding="utf-8")
    before = windows.tree("C:\\mine")
    assert windows.run(put(windows, setup_exe), "/S", "/D=C:\\mine").code == FAILED
    assert windows.tree("C:\\mine") == before
    assert theirs.read_text(encoding="utf-8") == "mine"
    assert not windows.has_key(UNINSTALL)


def test_without_room_the_older_version_stays_whole(
    windows: Windows, setup_exe: str, older_setup_exe: str
) -> None:
    with mounted(windows.path("C:\\small"), "size=72m"):
        older = put(windows, older_setup_exe, "older.exe")
        assert windows.run(older, "/S", "/D=C:\\small\\p").code == 0
        before = windows.tree("C:\\small")
        assert windows.run(put(windows, setup_exe), "/S", "/D=C:\\small\\p").code == FAILED
        assert windows.tree("C:\\small") == before
        assert windows.run("C:\\small\\p\\app\\configure587c.exe", "--version").code == 0


def test_where_nothing_can_be_written_nothing_is_installed(
    windows: Windows, setup_exe: str
) -> None:
    with mounted(windows.path("C:\\closed"), "ro"):
        assert windows.run(put(windows, setup_exe), "/S", "/D=C:\\closed").code == FAILED
    assert windows.tree("C:\\closed") == set()
    assert not windows.has_key(UNINSTALL)


def test_what_is_in_use_is_neither_replaced_nor_half_removed(
    windows: Windows, setup_exe: str, older_setup_exe: str
) -> None:
    place = f"{home(windows)}\\{PLACE}"
    windows.run(put(windows, older_setup_exe, "older.exe"), "/S")
    files, users = windows.tree(place), windows.tree("C:\\users")
    with in_the_way(windows.path(f"{place}\\{OLD}")):
        assert windows.run(put(windows, setup_exe), "/S").code == FAILED
        windows.run(f"{place}\\uninstall.exe", *f"/S _?={place}".split())
        assert windows.tree(place) == files
    assert windows.tree("C:\\users") - users == set()
    assert users - windows.tree("C:\\users") == set()
    assert [key for key in KEYS if windows.has_key(key)] == list(KEYS)


def test_what_a_virus_scanner_holds_for_a_moment_is_waited_for(
    windows: Windows, setup_exe: str, older_setup_exe: str
) -> None:
    place = windows.path(f"{home(windows)}\\{PLACE}")
    windows.run(put(windows, older_setup_exe, "older.exe"), "/S")
    with windows.start(put(windows, setup_exe), "/S") as installing:
        with in_the_way(os.path.join(place, OLD)):
            whole = os.path.join(place, NEW, "python311.zip")
            wait_for("it is nearly done", lambda: os.path.exists(whole) or None, PATIENCE)
            time.sleep(2)
        assert installing.wait(PATIENCE) == 0
    assert sorted(os.listdir(place)) == ["app", "uninstall.exe"]


@contextlib.contextmanager
def in_the_way(path: str) -> Iterator[None]:
    """Have something there that cannot be removed, as if the program were in use, for a while.

    Wine gives a folder another name even if a file in it is open; Windows does not.
    """
    with mounted(path, "size=4k"):
        yield
    os.rmdir(path)


@contextlib.contextmanager
def mounted(path: str, options: str) -> Iterator[None]:
    """Have a disk of its own there, until the block ends."""
    os.mkdir(path)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def test_two_setups_of_the_same_folder_have_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "tree" / "Lib").mkdir(parents=True)
    for name in ("Configure587.exe", "Lib/ação.pyc"):
        path = tmp_path / "tree" / name
        path.write_bytes(b"the same")
        os.utime(path, (EPOCH, EPOCH))
    made = []
    for name in ("now", "later"):
        job = Job(str(tmp_path / name), str(tmp_path), "1.2.3", EPOCH)
        made.append(Path(setup.pack(str(tmp_path / "tree"), job)).read_bytes())
    assert made[0] == made[1]


def test_both_languages_say_the_same_things() -> None:
    said = []
    for language in ("en", "pt-BR"):
        path = Path(programs.HERE, f"setup.{language}.nsh")
        found = re.findall(
            r'^LangString (\w+) \$\{\w+\} "(.+)"$', path.read_text("utf-8"), re.MULTILINE
        )
        assert len(found) == path.read_text("utf-8").count("LangString")
        said.append(dict(found))
    assert said[0].keys() == said[1].keys()
    used = set(re.findall(r"\$\((\w+)\)", Path(setup.SCRIPT).read_text("utf-8")))
    assert used == said[0].keys()
    assert all(said[0][name] != said[1][name] for name in used)
    assert said[1]["undo_question"] == "Desfazer as mudanças no e-mail também?"


def test_the_picture_beside_the_pages_is_that_of_the_house(tmp_path: Path) -> None:
    drawn = tmp_path / "side.bmp"
    assert side.drawn().save(str(drawn))
    assert drawn.read_bytes() == Path(side.PICTURE).read_bytes()
