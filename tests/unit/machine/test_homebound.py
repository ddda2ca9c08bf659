"""Files as an administrator uses them for somebody else: nothing leads out of the home."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from configure587.errors import Outside
from configure587.machine import Kind
from configure587.machine.disk import DiskFiles
from configure587.machine.homebound import HomeboundFiles, HomeboundProcesses
from configure587.machine.memory import MemoryProcesses

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with a file, a link to a file and one to a folder of somebody else."""
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    (home / "own.js").write_bytes(b"mine")
    (other / "prefs.js").write_bytes(b"theirs")
    (home / "prefs.js").symlink_to(other / "prefs.js")
    (home / "profile").symlink_to(other)
    return home


@pytest.fixture
def files(home: Path) -> HomeboundFiles:
    """Give the files of that home."""
    return HomeboundFiles(str(home), DiskFiles())


def test_what_is_in_the_home_is_used_as_ever(files: HomeboundFiles, home: Path) -> None:
    own = str(home / "own.js")
    files.swap(own, b"mine", b"changed")
    assert files.read(own) == b"changed"
    assert files.names(str(home)) == ["own.js", "prefs.js", "profile"]
    files.create({str(home / "new" / "a"): b"a"})
    assert files.look(str(home / "new" / "a")) is not None
    files.remove(str(home / "new" / "a"))
    assert files.real(own) == own


@pytest.mark.parametrize("name", ["prefs.js", "profile/prefs.js", "profile", "../other/prefs.js"])
def test_nothing_is_written_through_a_link_or_outside(
    files: HomeboundFiles, home: Path, name: str
) -> None:
    path = os.path.join(str(home), name)
    with pytest.raises(Outside):
        files.swap(path, b"theirs", b"changed")
    with pytest.raises(Outside):
        files.create({f"{path}/new": b""})
    assert (home.parent / "other" / "prefs.js").read_bytes() == b"theirs"
    assert os.listdir(home.parent / "other") == ["prefs.js"]


@pytest.mark.parametrize("name", ["prefs.js", "profile/prefs.js"])
def test_nothing_is_read_through_a_link(files: HomeboundFiles, home: Path, name: str) -> None:
    path = os.path.join(str(home), name)
    with pytest.raises(Outside):
        files.read(path)
    look = files.look(path)
    assert look is not None
    assert look.kind is Kind.OTHER
    assert files.real(path) == path


def test_nothing_is_listed_or_removed_through_a_link(files: HomeboundFiles, home: Path) -> None:
    with pytest.raises(Outside):
        files.names(str(home / "profile"))
    with pytest.raises(Outside):
        files.remove(str(home / "profile" / "prefs.js"))
    files.remove(str(home / "prefs.js"))  # the link itself
    assert (home.parent / "other" / "prefs.js").exists()


def test_what_the_computer_has_elsewhere_can_be_read(files: HomeboundFiles, home: Path) -> None:
    assert files.read(str(home.parent / "other" / "prefs.js")) == b"theirs"
    assert files.names(str(home.parent)) == ["home", "other"]


def test_a_lock_is_taken_in_the_home_only(files: HomeboundFiles, home: Path) -> None:
    locks = HomeboundProcesses(files, MemoryProcesses([str(home / "own.js")]))
    assert locks.uses(str(home / "own.js"))
    assert not locks.uses(str(home / "profile" / "prefs.js"))
    with locks.keep_out(str(home / "lock")):
        pass
    with pytest.raises(Outside):
        locks.keep_out(str(home / "profile" / "lock"))
