"""How real mail servers come into the cache, as far as it can be told without unpacking any."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if sys.platform == "win32":
    pytest.skip("these servers do not run on Windows", allow_module_level=True)

from installers import servers

if TYPE_CHECKING:
    from pathlib import Path

APT_SAYS = """\
Inst cpio (2.13+dfsg-7.1 Debian:12.15/oldstable [amd64])
Inst libssl3 [3.0.17-1~deb12u2] (3.0.18-1~deb12u1 Debian:12.15/oldstable [amd64])
Inst postfix (3.7.11-0+deb12u1 Debian:12.15/oldstable [amd64])
Remv exim4-daemon-light [4.96-15+deb12u10]
Conf postfix (3.7.11-0+deb12u1 Debian:12.15/oldstable [amd64])
"""


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    """Give a folder that looks unpacked."""
    for name in servers.PROGRAMS:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o755)
    return tmp_path


def test_what_the_system_has_is_not_unpacked_even_if_there_is_a_newer_one() -> None:
    assert servers.NOT_INSTALLED.findall(APT_SAYS) == ["cpio", "postfix"]


def test_a_complete_folder_lacks_nothing(complete: Path) -> None:
    assert servers.missing(str(complete)) == []


@pytest.mark.parametrize("name", servers.PROGRAMS)
def test_a_program_that_is_gone_is_missed(complete: Path, name: str) -> None:
    (complete / name).unlink()
    assert servers.missing(str(complete)) == [name]


def test_set_uid_root_is_taken_away(complete: Path) -> None:
    exim = complete / "exim/usr/sbin/exim4"
    exim.chmod(0o4755)
    servers.take_away_set_uid(str(complete))
    assert exim.stat().st_mode & 0o7777 == 0o755


def test_abandoned_work_and_old_unpackings_go_and_the_current_one_stays(tmp_path: Path) -> None:
    for age, name in enumerate(("servers-c", "servers-b", "servers-a", "making-now", "making-old")):
        (tmp_path / name).mkdir()
        seconds = os.stat(tmp_path).st_mtime - age
        os.utime(tmp_path / name, (seconds, seconds))
    os.utime(tmp_path / "making-old", (0, 0))
    unused = {os.path.basename(each) for each in servers.unused(str(tmp_path), "none")}
    assert unused == {"servers-a", "making-old"}
    current = str(tmp_path / "servers-a")
    assert [*servers.unused(str(tmp_path), current)] == [str(tmp_path / "making-old")]


def test_what_cannot_be_unpacked_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(servers.Trouble, match="apt-get is not there"):
        servers.unpack(str(tmp_path / "cache"))
    assert [*(tmp_path / "cache").iterdir()] == []


def test_a_step_that_fails_says_what_it_ran_and_what_that_said(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('no space left'); sys.exit(3)"]
    with pytest.raises(servers.Trouble, match=r"failed \(3\):\nno space left"):
        servers.call(command, str(tmp_path))
