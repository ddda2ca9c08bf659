"""The next sign-in, played through: the entry is left, a desktop starts it, and it goes."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from builders import thunderbird
from faults.harness import DATA, HOME, an_image, environment, profile_files, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENTRY = "home/.config/autostart/org.configure587.next-sign-in.desktop"
PLACE = 'ana d\'Ávila "100%" $HOME'

pytestmark = pytest.mark.skipif(shutil.which("gio") is None, reason="needs GLib's gio")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A computer with an account on port 25, at a place that is hard to spell."""
    return an_image(tmp_path / PLACE, thunderbird(port=25))


@pytest.fixture
def policy(tmp_path: Path, image: Path) -> Path:
    """The policy of a company, on that computer."""
    path = tmp_path / PLACE / "política da empresa.toml"
    folder = tmp_path / "relatórios"
    assert image.is_dir()
    folder.mkdir()
    report = json.dumps(str(folder), ensure_ascii=False)
    path.write_text(f'probe = "off"\nwhen-running = "next-sign-in"\nreport = {report}\n')
    return path


def put_off(image: Path, policy: Path) -> None:
    """A run that finds Thunderbird open."""
    with (image / HOME / "abcd1234.default" / ".parentlock").open("a") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        answer = run("apply", "--silent", "--policy", str(policy), image=image)
    assert (answer.code, answer.out, answer.err) == (13, "", "")


def sign_in(image: Path) -> None:
    """What a desktop does with an entry of its autostart folder."""
    subprocess.run(["gio", "launch", str(image / ENTRY)], env=environment(), check=True, timeout=30)


def until(fact: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.1)
    return fact()


def reported(policy: Path) -> list[int]:
    """The exit codes of all reports."""
    folder = policy.parent.with_name("relatórios")
    return sorted(json.loads(path.read_bytes())["exit_code"] for path in folder.glob("*.json"))


def test_what_was_put_off_is_done_at_the_next_sign_in(image: Path, policy: Path) -> None:
    put_off(image, policy)
    before = profile_files(image)
    policy.unlink()  # the entry has a copy of its own
    sign_in(image)
    assert until(lambda: len(reported(policy)) == 2)
    assert reported(policy) == [0, 13]
    assert profile_files(image) != before
    assert not (image / ENTRY).exists()
    assert not (image / DATA / "next-sign-in").exists()


def test_a_sign_in_with_nothing_left_to_do_takes_the_entry_away(image: Path, policy: Path) -> None:
    put_off(image, policy)
    run("apply", "--yes", "--no-network", image=image)  # the person did it
    assert (image / ENTRY).exists()
    sign_in(image)
    assert until(lambda: not (image / ENTRY).exists())


def test_a_later_run_of_the_tool_takes_the_entry_away(image: Path, policy: Path) -> None:
    put_off(image, policy)
    put_off(image, policy)
    assert len(list((image / ENTRY).parent.iterdir())) == 1
    assert run("apply", "--silent", "--policy", str(policy), image=image).code == 0
    assert not (image / ENTRY).exists()


def test_a_program_that_is_always_open_at_sign_in_is_given_up(image: Path, policy: Path) -> None:
    put_off(image, policy)
    with (image / HOME / "abcd1234.default" / ".parentlock").open("a") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        for number in range(5):
            assert (image / ENTRY).exists()
            sign_in(image)
            assert until(lambda number=number: len(reported(policy)) == number + 2)  # type: ignore[misc] # bound at once
    assert until(lambda: not (image / ENTRY).exists())
    assert set(reported(policy)) == {13}
