"""The next sign-in: one entry, which runs as it is spelled, and goes when its work is done."""

from __future__ import annotations

import itertools
import json
import os
import plistlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from builders import HOME, a_machine, offline, thunderbird
from configure587.machine import Platform, guards, memory
from configure587.model import SUBMISSION, SUBMISSIONS
from configure587.policies import settling
from configure587.policy import HostMove, Policy
from configure587.rollout import names, next_sign_in, one_person, policy_file, sign_in_tasks

if TYPE_CHECKING:
    from pathlib import Path

    from configure587.machine import Machine

LATER = offline(next_sign_in=True)
AUTOSTART = f"{HOME}/.config/autostart/org.configure587.next-sign-in.desktop"
AGENT = f"{HOME}/Library/LaunchAgents/org.configure587.next-sign-in.plist"
HARD = 'ana d\'Ávila "100%" $HOME `id` \\ ;&|<>*?#(~)'
NS = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


class Tasks:
    """A Task Scheduler in memory, which may refuse."""

    def __init__(self, *, refuses: bool = False) -> None:
        """Nothing is planned yet."""
        self.kept: dict[str, bytes] = {}
        self._refuses = refuses

    def put(self, name: str, task: bytes) -> None:
        """See Scheduler.put."""
        if self._refuses:
            raise PermissionError(0, "refused", name)
        self.kept[name] = task

    def drop(self, name: str) -> None:
        """See Scheduler.drop."""
        self.kept.pop(name, None)


def after(machine: Machine, **more: Any) -> str:  # noqa: ANN401 - the words of after
    words = {"unfinished": True, "at_sign_in": False, **more}
    return next_sign_in.after(next_sign_in.of(machine), LATER, **words)


def files(machine: Machine) -> dict[str, bytes]:
    assert isinstance(machine.files, memory.MemoryFiles)
    return machine.files.contents


def ours(machine: Machine) -> list[str]:
    return [path for path in files(machine) if "next-sign-in" in path]


@pytest.mark.parametrize(
    ("platform", "path"), [(Platform.LINUX, AUTOSTART), (Platform.MACOS, AGENT)]
)
def test_one_entry_is_left_and_taken_away(platform: Platform, path: str) -> None:
    machine = a_machine(platform=platform)
    assert "left" in after(machine)
    first = dict(files(machine))
    assert path in first
    after(machine)
    assert files(machine) == first
    assert "nothing left" in after(machine, unfinished=False, at_sign_in=True)
    assert ours(machine) == []
    assert after(machine, unfinished=False, at_sign_in=True) == ""


def test_on_windows_one_task_is_left_and_taken_away() -> None:
    tasks = Tasks()
    machine = a_machine(platform=Platform.WINDOWS)
    entry = next_sign_in.Entry(machine, tasks)
    for _ in range(2):
        next_sign_in.after(entry, LATER, unfinished=True, at_sign_in=False)
    assert list(tasks.kept) == ["org.configure587.next-sign-in ana"]
    assert b"a\0n\0a\0" in tasks.kept["org.configure587.next-sign-in ana"]
    next_sign_in.after(entry, LATER, unfinished=False, at_sign_in=True)
    assert (tasks.kept, ours(machine)) == ({}, [])


def test_a_task_of_the_run_for_all_is_the_persons_whatever_they_are_called() -> None:
    tasks = Tasks()
    theirs = a_machine(platform=Platform.WINDOWS).but(user="ana")
    for_all = theirs.but(user="ana.ACME", account="S-1-5-21-1-2-3-1001")
    next_sign_in.after(next_sign_in.Entry(for_all, tasks), LATER, unfinished=True, at_sign_in=False)
    [task] = tasks.kept.values()
    who = ET.fromstring(task).iterfind(".//t:UserId", NS)
    assert {each.text for each in who} == {"S-1-5-21-1-2-3-1001"}
    own = next_sign_in.Entry(theirs, tasks)
    next_sign_in.after(own, LATER, unfinished=False, at_sign_in=True)
    assert tasks.kept == {}


def test_a_task_scheduler_that_refuses_is_told_and_no_crash() -> None:
    entry = next_sign_in.Entry(a_machine(platform=Platform.WINDOWS), Tasks(refuses=True))
    said = next_sign_in.after(entry, LATER, unfinished=True, at_sign_in=False)
    assert said == "next sign-in: could not be left (PermissionError)"


def test_after_five_sign_ins_it_is_given_up() -> None:
    machine = a_machine()
    after(machine)
    said = [after(machine, at_sign_in=True) for _ in range(5)]
    assert [each for each in said if "given up" in each] == said[4:]
    assert ours(machine) == []


def test_a_run_between_two_sign_ins_is_no_try() -> None:
    machine = a_machine()
    after(machine)
    for _ in range(9):
        after(machine)
    assert "tried 1 times" in after(machine, at_sign_in=True)


def test_a_damaged_count_begins_anew() -> None:
    machine = a_machine()
    after(machine)
    path = f"{machine.data_folder}/next-sign-in/tries"
    machine.files.swap(path, b"0", b"\xff many")
    assert "tried 1 times" in after(machine, at_sign_in=True)


@pytest.mark.parametrize("k", range(3))
def test_whichever_write_fails_the_run_goes_on(k: int) -> None:
    machine = a_machine()
    assert "could not be left" in after(guards.failing(machine, k))
    assert AUTOSTART not in files(machine)
    after(machine, unfinished=False, at_sign_in=True)


def test_nothing_is_left_unless_the_policy_wants_it() -> None:
    machine = a_machine()
    entry = next_sign_in.of(machine)
    assert next_sign_in.after(entry, offline(), unfinished=True, at_sign_in=False) == ""
    assert ours(machine) == []


def test_an_open_program_leaves_an_entry_and_a_closed_one_takes_it_away() -> None:
    machine = a_machine(thunderbird(port=25, running=True))
    words: dict[str, Any] = {"dry_run": False, "stop": lambda: False}
    words["names"] = names.MadeUp(b"k" * 32)
    one_person.carried_out(machine, LATER, "apply", **{**words, "dry_run": True})
    assert ours(machine) == []
    one_person.carried_out(machine, LATER, "apply", **words)
    assert AUTOSTART in files(machine)
    closed = machine.but(processes=memory.MemoryProcesses())
    one_person.carried_out(closed, LATER, "apply", **words)
    assert ours(machine) == []


def test_the_entry_goes_by_a_copy_of_the_policy() -> None:
    machine = a_machine()
    after(machine, more=["--skip", "thunderbird:1"])
    copy = f"{machine.data_folder}/next-sign-in/policy.toml"
    assert tomllib.loads(files(machine)[copy].decode()) == {
        "probe": "off",
        "when-running": "next-sign-in",
    }
    [line] = [each for each in files(machine)[AUTOSTART].decode().splitlines() if "Exec=" in each]
    assert f'"--policy" "{copy}" "--skip" "thunderbird:1"' in line


def test_an_entry_of_another_folder_for_settings_is_left_there() -> None:
    machine = a_machine().but(variables={"XDG_CONFIG_HOME": "/home/ana/etc"})
    after(machine)
    assert any(path.startswith("/home/ana/etc/autostart/") for path in files(machine))


# --- what each system makes of it ----------------------------------------------------------------


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    """A program at a hard place that notes its words."""
    folder = tmp_path / HARD.replace("/", "")
    folder.mkdir()
    (folder / "echo.py").write_text(
        "import json, pathlib, sys\n"
        "path = pathlib.Path(__file__).with_name('words.json')\n"
        "path.with_suffix('.new').write_text(json.dumps(sys.argv[1:]))\n"
        "path.with_suffix('.new').rename(path)\n"
    )
    return folder / "echo.py"


@pytest.mark.skipif(shutil.which("gio") is None, reason="needs GLib's gio")
@pytest.mark.parametrize(
    "word", [HARD, "a b", "", "%u %% %f", "\\\\share\\x", "ação", "'", "--x=y"]
)
def test_a_desktop_runs_the_entry_word_by_word(echo: Path, tmp_path: Path, word: str) -> None:
    entry = tmp_path / "org.configure587.next-sign-in.desktop"
    entry.write_bytes(sign_in_tasks.autostart_entry([sys.executable, str(echo), word, "end"]))
    subprocess.run(["gio", "launch", str(entry)], check=True, timeout=30)
    said = echo.with_name("words.json")
    for _ in itertools.takewhile(lambda _: not said.exists(), range(200)):
        subprocess.run(["sleep", "0.05"], check=True)
    assert json.loads(said.read_text()) == [word, "end"]


GENERATOR = "/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator"


@pytest.mark.skipif(not os.path.exists(GENERATOR), reason="needs systemd's generator")
def test_systemd_takes_the_entry_for_one_to_start(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "autostart"
    folder.mkdir(parents=True)
    entry = sign_in_tasks.autostart_entry([sys.executable, "-c", "pass", "ação e espaço"])
    (folder / f"{sign_in_tasks.LABEL}.desktop").write_bytes(entry)
    out = tmp_path / "units"
    out.mkdir()
    subprocess.run(
        [GENERATOR, *[str(out)] * 3],
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_CONFIG_DIRS": "/x"},
        check=True,
    )
    [unit] = out.glob("app-*next*sign*.service")
    start = next(each for each in unit.read_text().splitlines() if each.startswith("ExecStart="))
    assert sys.executable in start
    assert "ação e espaço" in start.encode().decode("unicode_escape").encode("latin-1").decode()


def test_a_launch_agent_is_one_that_launchd_knows() -> None:
    words = ["/Applications/Configure 587!.app/x", HARD]
    agent = plistlib.loads(sign_in_tasks.launch_agent(words))
    assert agent["ProgramArguments"] == words
    assert (agent["Label"], agent["RunAtLoad"]) == ("org.configure587.next-sign-in", True)
    assert "KeepAlive" not in agent


def test_a_task_says_who_when_and_what() -> None:
    words = [r"C:\Program Files\Configure 587!\configure587.exe", "--policy", rf"C:\{HARD}", "\x01"]
    task = ET.fromstring(sign_in_tasks.task(words, r"CASA & CIA\ana", 1_795_532_400.0))

    def said(path: str) -> str | None:
        return task.findtext("/".join(f"t:{each}" for each in path.split("/")), namespaces=NS)

    assert said("Actions/Exec/Command") == words[0]
    assert said("Actions/Exec/Arguments") == subprocess.list2cmdline([*words[1:3], "?"])
    assert said("Triggers/LogonTrigger/UserId") == r"CASA & CIA\ana"
    assert said("Principals/Principal/RunLevel") == "LeastPrivilege"
    assert said("Triggers/LogonTrigger/EndBoundary") == "2026-12-24T15:00:00Z"
    assert said("Settings/DeleteExpiredTaskAfter") == "PT0S"


@pytest.mark.parametrize(
    ("user", "name"),
    [("ana", "ana"), ("CASA\\João", "CASA_João"), ('a/b:*?"<>|', "a_b_______")],
)
def test_a_task_has_a_name_that_windows_takes(user: str, name: str) -> None:
    assert sign_in_tasks.task_name(user) == f"org.configure587.next-sign-in {name}"


@pytest.mark.parametrize(("code", "refused"), [(0, False), (1, True)])
def test_the_task_scheduler_is_asked_by_its_own_program(
    tmp_path: Path, code: int, *, refused: bool
) -> None:
    program = tmp_path / "schtasks"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/said\n'
        f'[ -z "$5" ] || cp "$5" {tmp_path}/task\necho no >&2\nexit {code}\n'
    )
    program.chmod(0o755)
    tasks = sign_in_tasks.Schtasks(str(program))
    if refused:
        with pytest.raises(PermissionError):
            tasks.put("a name", b"a task")
    else:
        tasks.put("a name", b"a task")
    tasks.drop("a name")
    said = (tmp_path / "said").read_text().splitlines()
    path = said.pop(4)
    assert (tmp_path / "task").read_bytes() == b"a task"
    assert os.path.dirname(path).startswith(tempfile.gettempdir())
    assert not os.path.exists(os.path.dirname(path))
    assert said == [
        "/Create",
        "/TN",
        "a name",
        "/XML",
        "/F",
        "/Delete",
        "/TN",
        "a name",
        "/F",
    ]


# --- the copy of the policy ----------------------------------------------------------------------


def test_every_wish_of_a_run_is_in_the_copy() -> None:
    policy = Policy(
        clients=("thunderbird",),
        due_ports=(25, 2525),
        targets=(SUBMISSIONS, SUBMISSION),
        host_map=(HostMove("old.example", "new.example", "local-part"),),
        leave_alone=('o"neil@exemplo.com.br',),
        next_sign_in=True,
        report="/mnt/relatórios",
        report_addresses=True,
        rings=(("pilot", 5), ("all", 95)),
        limit=3,
        stop_if_failed=7,
    )
    data = policy_file.written(policy)
    machine = memory.machine({"/policy.toml": data})
    assert settling.policy(settling.settled(machine, file="/policy.toml")) == policy
    assert tomllib.loads(data.decode()) == {
        "clients": ["thunderbird"],
        "due-ports": [25, 2525],
        "targets": ["465/tls", "587/starttls"],
        "host-map": {"old.example": "new.example local-part"},
        "leave-alone": ['o"neil@exemplo.com.br'],
        "when-running": "next-sign-in",
        "report": "/mnt/relatórios",
        "report-addresses": True,
        "rings": ["pilot 5", "all 95"],
        "limit": 3,
        "stop-if-failed": 7,
    }
