"""Silence as who rolls out meets it: a real process, its exit code, its report, and no word."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from builders import CANARY, thunderbird
from configure587.report import run_documents
from faults.harness import (
    DATA,
    HOME,
    an_image,
    as_person,
    command,
    environment,
    fill,
    profile_files,
    run,
    small_disk,
)
from report_folders import a_folder, failed

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "canario@endereco-canario.example"
QUIET = ("--silent", "--yes", "--no-network")
PROFILE = "abcd1234.default"
CRASHING = (
    "import sys; from configure587 import cli, engine;"
    "engine.plan = lambda *_: [][0];"
    "sys.exit(cli.main(sys.argv[1:]))"
)


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    """A computer whose person has an account on port 25, with a password beside it."""
    logins = json.dumps({"logins": [{"hostname": "smtp://x", "password": CANARY}]})
    profile = thunderbird(
        port=25,
        address=ADDRESS,
        more={"mail.server.server1.password": CANARY},
        files={"logins.json": logins.encode()},
    )
    return an_image(tmp_path / "computer", profile)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A report folder."""
    made = tmp_path / "relatórios da rede"
    made.mkdir()
    return made


def silent(*words: str, image: pathlib.Path, before: tuple[str, ...] = ()) -> int:
    """The exit code of a command that must not say a word."""
    answer = run(*words, image=image, before=before)
    assert (answer.out, answer.err) == ("", "")
    return answer.code


def reports_in(folder: pathlib.Path) -> list[Any]:
    """Every report in a folder, oldest first, each as the schema wants it."""
    found = []
    for path in sorted(folder.glob("*.json"), key=lambda each: each.stat().st_mtime_ns):
        msgspec.json.decode(path.read_bytes(), type=run_documents.RunJson, strict=True)
        found.append(json.loads(path.read_bytes()))
    return found


@contextlib.contextmanager
def held(path: pathlib.Path) -> Iterator[None]:
    """Another program holds this lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield


def test_a_run_changes_reports_and_the_second_does_nothing(
    image: pathlib.Path, folder: pathlib.Path
) -> None:
    assert silent("apply", *QUIET, "--report", str(folder), image=image) == 0
    after = profile_files(image)
    assert silent("apply", *QUIET, "--report", str(folder), image=image) == 0
    assert profile_files(image) == after
    one, two = (each["people"][0]["accounts"][0] for each in reports_in(folder))
    assert (one["before"]["port"], one["now"]["port"], one["result"]) == (25, 587, "changed")
    assert (two["before"]["port"], two["now"]["port"], two["result"]) == (587, 587, None)


def test_undoing_silently_brings_every_byte_back_and_reports(
    image: pathlib.Path, folder: pathlib.Path
) -> None:
    before = profile_files(image)
    silent("apply", *QUIET, image=image)
    words = ("rollback", "--silent", "--all", "--report", str(folder))
    assert silent(*words, image=image) == 0
    assert profile_files(image) == before
    [report] = reports_in(folder)
    assert (report["run"], report["people"][0]["accounts"][0]["result"]) == ("rollback", "undone")
    assert silent(*words, image=image) == 0


def test_a_scan_reports_what_is_due(image: pathlib.Path, folder: pathlib.Path) -> None:
    assert silent("scan", "--silent", "--report", str(folder), image=image) == 10
    [report] = reports_in(folder)
    assert report["people"][0]["accounts"][0]["verdict"] == "due"
    loud = run("scan", "--report", str(folder), image=image)
    assert (loud.code, len(reports_in(folder))) == (10, 2)
    assert "25" in loud.out


def test_no_address_and_no_password_leaves_the_backup(
    image: pathlib.Path, folder: pathlib.Path
) -> None:
    gone = str(folder / "gone")
    for words in (
        ("apply", *QUIET, "--report", gone),
        ("scan", "--silent", "--report", str(folder)),
        ("apply", *QUIET, "--report", str(folder)),
        ("rollback", "--silent", "--report", str(folder)),
    ):
        silent(*words, image=image)
    places = [path for path in (image / DATA).rglob("*") if path.is_file()]
    outside = [path for path in places if "backups" not in path.parts]
    written = [*folder.glob("*.json"), *outside]
    assert len(written) >= 6
    for path in written:
        assert b"canario" not in path.read_bytes(), path
    for path in [*written, *places]:
        assert CANARY.encode() not in path.read_bytes(), path


# --- exit codes, each without a word ---------------------------------------------------------


def test_1_without_a_yes(image: pathlib.Path, folder: pathlib.Path) -> None:
    code = silent("apply", "--silent", "--no-network", "--report", str(folder), image=image)
    assert code == 1
    [report] = reports_in(folder)
    assert (report["people"][0]["reason"], report["exit_code"]) == ("not_confirmed", 1)


def test_1_while_another_run_is_at_work(image: pathlib.Path, folder: pathlib.Path) -> None:
    with held(image / DATA / "unattended.lock"):
        assert silent("apply", *QUIET, "--report", str(folder), image=image) == 1
    [report] = reports_in(folder)
    assert (report["held"], report["people"], report["exit_code"]) == ("another_run", [], 1)


def test_2_explains_itself_where_no_tool_takes_it_for_a_failure(image: pathlib.Path) -> None:
    answer = run("apply", "--silent", "--limit", "many", image=image)
    assert (answer.code, answer.err) == (2, "")
    assert "--limit" in answer.out


def test_11_when_somebody_is_needed(tmp_path: pathlib.Path) -> None:
    image = an_image(tmp_path, thunderbird(raw=b"\xff no prefs"))
    assert silent("apply", *QUIET, image=image) == 11


def test_12_when_no_server_could_be_proven(tmp_path: pathlib.Path) -> None:
    image = an_image(tmp_path, thunderbird(port=25, host="smtp.nobody.invalid"))
    assert silent("apply", "--silent", "--yes", image=image) == 12


def test_13_and_14_while_a_program_is_open(tmp_path: pathlib.Path, folder: pathlib.Path) -> None:
    image = an_image(tmp_path, thunderbird(port=25), thunderbird(name="b.second", port=25))
    first, second = (image / HOME / name / ".parentlock" for name in (PROFILE, "b.second"))
    with held(first), held(second):
        assert silent("apply", *QUIET, image=image) == 13
    with held(first):
        assert silent("apply", *QUIET, "--report", str(folder), image=image) == 14
    [report] = reports_in(folder)
    results = {each["result"] for each in report["people"][0]["accounts"]}
    assert (results, report["people"][0]["state"]) == ({"changed", "deferred"}, "done")


def test_16_when_the_brake_is_on_or_the_folder_cannot_be_read(
    image: pathlib.Path, folder: pathlib.Path
) -> None:
    a_folder(folder, *(failed(f"pc-{number}") for number in range(5)))
    before = profile_files(image)
    words = ("apply", *QUIET, "--stop-if-failed", "10", "--report")
    assert silent(*words, str(folder), image=image) == 16
    held_back = [each["held"] for each in map(_load, folder.glob("*.json")) if each["held"]]
    assert held_back == ["brake"]
    assert silent(*words, str(folder / "gone"), image=image) == 16
    told = run("apply", "--json", *words[2:], str(folder), image=image)
    assert (told.code, told.json["code"], told.json["exit_code"]) == (16, "held_brake", 16)
    said = run("apply", *words[2:], str(folder), image=image)
    assert (said.code, "Too many computers failed" in said.err) == (16, True)
    assert profile_files(image) == before


def _load(path: pathlib.Path) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(path.read_bytes())


def test_16_when_enough_computers_were_changed(
    tmp_path: pathlib.Path, folder: pathlib.Path
) -> None:
    images = [an_image(tmp_path / f"pc{n}", thunderbird(port=25)) for n in range(3)]
    words = ("apply", *QUIET, "--limit", "2", "--report", str(folder))
    assert [silent(*words, image=image) for image in images] == [0, 0, 16]
    assert [silent(*words, image=image) for image in images] == [0, 0, 16]
    assert sorted(each.name for each in folder.glob("place-*")) == [
        "place-000001.taken",
        "place-000002.taken",
    ]


def test_a_computer_with_nothing_to_change_takes_no_place(
    tmp_path: pathlib.Path, folder: pathlib.Path
) -> None:
    fine = an_image(tmp_path / "fine", thunderbird(port=587, try_ssl=2))
    words = ("apply", *QUIET, "--limit", "1", "--report", str(folder))
    assert silent(*words, image=fine) == 0
    assert list(folder.glob("place-*")) == []


@pytest.mark.parametrize(("pages", "code"), [(0, 1), (3, 20)])
def test_1_or_20_when_no_backup_could_be_kept(
    image: pathlib.Path, folder: pathlib.Path, pages: int, code: int
) -> None:
    (image / DATA).mkdir(parents=True)
    with small_disk(image / DATA, "64k"):
        fill(image / DATA, pages)  # three: room for the data folder's note, none for a backup
        assert silent("apply", *QUIET, "--report", str(folder), image=image) == code
    [report] = reports_in(folder)
    assert report["people"][0]["state"] == "failed"
    assert report["people"][0]["accounts"][0]["verdict"] == "due"


def test_70_leaves_a_crash_file_and_no_word(image: pathlib.Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASHING, "apply", *QUIET, "--verbose", "--image", str(image)],
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (70, b"", b"")
    assert list((image / DATA).glob("crash-*.txt"))


def test_77_when_the_system_does_not_allow_it() -> None:
    with tempfile.TemporaryDirectory(prefix="configure587-test-") as base:
        pathlib.Path(base).chmod(0o755)
        image = an_image(pathlib.Path(base) / "computer", thunderbird(port=25))
        assert silent("apply", *QUIET, image=image, before=tuple(as_person())) == 77


def test_130_when_the_system_ends_us_while_we_wait(
    image: pathlib.Path, folder: pathlib.Path
) -> None:
    words = command("apply", *QUIET, "--when-running", "wait=60", "--image", str(image))
    with (
        held(image / HOME / PROFILE / ".parentlock"),
        subprocess.Popen(
            [*words, "--report", str(folder)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as child,
    ):
        deadline = time.monotonic() + 30
        while not (image / DATA / "run.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (130, b"", b"")
    [report] = reports_in(folder)
    assert report["exit_code"] == 130


# --- shares that fail, for real --------------------------------------------------------------


def test_a_share_that_is_not_mounted_gets_the_report_next_time(
    image: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    share = tmp_path / "share"
    words = ("apply", *QUIET, "--report", str(share / "reports"))
    assert silent(*words, image=image) == 0
    assert len(list((image / DATA / "outbox").iterdir())) == 1
    with small_disk(share, "1m"):
        (share / "reports").mkdir()
        assert silent(*words, image=image) == 0
        sent = reports_in(share / "reports")
        told = {each["people"][0]["accounts"][0]["result"] for each in sent}
        assert (len(sent), told) == (2, {"changed", None})
    assert list((image / DATA / "outbox").iterdir()) == []


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_share_that_takes_nothing_spoils_no_exit_code_and_loses_nothing(
    image: pathlib.Path, tmp_path: pathlib.Path, trouble: str
) -> None:
    share = tmp_path / "share"
    words = ("apply", *QUIET, "--report", str(share))
    with small_disk(share, "64k"):
        filler = fill(share)
        if trouble == "read-only":
            filler.unlink()
            subprocess.run(["mount", "-o", "remount,ro", str(share)], check=True)
        assert silent(*words, image=image) == 0
        assert reports_in(share) == []
        assert [each for each in os.listdir(share) if each != "filler"] == []
        if trouble == "read-only":
            subprocess.run(["mount", "-o", "remount,rw", str(share)], check=True)
        else:
            filler.unlink()
        assert silent(*words, image=image) == 0
        assert len(reports_in(share)) == 2


def test_two_runs_at_once_lose_no_report(tmp_path: pathlib.Path, folder: pathlib.Path) -> None:
    images = [an_image(tmp_path / f"pc{n}", thunderbird(port=25)) for n in range(2)]
    words = [
        command("apply", *QUIET, "--report", str(folder), "--image", str(image))
        for image in images * 3
    ]
    children = [subprocess.Popen(each, env=environment()) for each in words]
    codes = [child.wait(120) for child in children]
    assert set(codes) <= {0, 1}
    left = [path for image in images for path in (image / DATA / "outbox").iterdir()]
    assert len(reports_in(folder)) + len(left) == 6
    changed = [
        account
        for each in reports_in(folder)
        for person in each["people"]
        for account in person["accounts"]
        if account["result"] == "changed"
    ]
    assert len(changed) <= 2
    assert all(b'smtp1.port", 587' in b"".join(profile_files(each).values()) for each in images)
