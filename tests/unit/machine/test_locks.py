"""The lock by which Thunderbird knows itself running, against real second processes."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from configure587.clients import thunderbird
from configure587.errors import Busy
from configure587.machine import Machine, Platform
from configure587.machine.disk import DiskClock, DiskFiles
from configure587.machine.posix_locks import PosixLocks
from configure587.model import Place, Profile

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

# Opens and locks as nsProfileLock::LockWithFcntl does (toolkit/profile/nsProfileLock.cpp).
THUNDERBIRD = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
try:
    fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    print("kept out", flush=True)
    sys.exit(1)
print("running", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: pathlib.Path) -> str:
    """The path of a lock file that is not there yet."""
    return str(tmp_path / ".parentlock")


@contextlib.contextmanager
def thunderbird_running(lock: str) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-c", THUNDERBIRD, lock]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"running\n"
        yield child
        child.stdin.close()


def thunderbird_gets_in(lock: str) -> bool:
    words = [sys.executable, "-c", THUNDERBIRD, lock]
    tried = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert tried.stdout in {b"running\n", b"kept out\n"}, tried.stderr
    return tried.stdout == b"running\n"


def system_knows_a_lock_on(path: str) -> bool:
    inode = f":{os.stat(path).st_ino} "
    with open("/proc/locks") as table:
        return any(inode in line for line in table)


def test_a_running_thunderbird_is_seen_and_keeps_us_out(lock: str) -> None:
    locks = PosixLocks()
    with thunderbird_running(lock):
        assert locks.uses(lock)
        with pytest.raises(Busy), locks.keep_out(lock):
            pass
        assert locks.uses(lock)
    assert not locks.uses(lock)


def test_a_thunderbird_that_was_killed_is_no_longer_seen(lock: str) -> None:
    with thunderbird_running(lock) as child:
        child.kill()
        child.wait()
        assert os.path.exists(lock)
        assert not PosixLocks().uses(lock)


def test_asking_takes_no_lock(lock: str) -> None:
    with open(lock, "wb"):
        pass
    locks = PosixLocks()
    assert not locks.uses(lock)
    assert not system_knows_a_lock_on(lock)
    assert thunderbird_gets_in(lock)


def test_asking_changes_nothing_of_the_file(lock: str) -> None:
    with open(lock, "wb") as file:
        file.write(b"content")
    os.chmod(lock, 0o640)
    os.utime(lock, (1, 1))
    before = os.stat(lock)
    PosixLocks().uses(lock)
    after = os.stat(lock)
    assert (after.st_mode, after.st_mtime_ns, after.st_size) == (before.st_mode, 10**9, 7)


def test_our_lock_keeps_thunderbird_out_until_we_are_done(lock: str) -> None:
    with PosixLocks().keep_out(lock):
        assert not thunderbird_gets_in(lock)
    assert thunderbird_gets_in(lock)


def test_our_lock_survives_our_own_asking(lock: str) -> None:
    """POSIX drops a process's lock when it closes any descriptor of that file."""
    locks = PosixLocks()
    with locks.keep_out(lock):
        assert not locks.uses(lock)
        assert not locks.uses(os.path.join(os.path.dirname(lock), ".", ".parentlock"))
        assert not thunderbird_gets_in(lock)


def test_our_lock_survives_being_asked_for_twice(lock: str) -> None:
    locks = PosixLocks()
    with locks.keep_out(lock):
        with pytest.raises(Busy), locks.keep_out(lock):
            pass
        assert not thunderbird_gets_in(lock)


def test_our_lock_survives_being_asked_for_through_a_link(lock: str) -> None:
    locks = PosixLocks()
    link = os.path.join(os.path.dirname(lock), "link")
    os.symlink(".parentlock", link)
    with locks.keep_out(lock):
        assert not locks.uses(link)
        with pytest.raises(Busy), locks.keep_out(link):
            pass
        assert not thunderbird_gets_in(lock)


def test_a_child_of_ours_does_not_let_our_lock_go(lock: str) -> None:
    with PosixLocks().keep_out(lock):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        assert not thunderbird_gets_in(lock)


def test_a_lock_file_that_we_made_stays_and_is_empty(lock: str) -> None:
    with PosixLocks().keep_out(lock):
        assert stat.S_IMODE(os.stat(lock).st_mode) == 0o600
    assert os.stat(lock).st_size == 0


def test_who_opened_the_file_while_we_held_it_is_seen_once_it_locks_it(lock: str) -> None:
    """Taking the file away on release would leave that program with a lock nobody can see."""
    ours = PosixLocks()
    script = (
        "import fcntl, sys; f = open(sys.argv[1], 'r+'); print('open', flush=True);"
        "sys.stdin.readline(); fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB);"
        "print('locked', flush=True); sys.stdin.readline()"
    )
    with ours.keep_out(lock):
        other = subprocess.Popen(
            [sys.executable, "-c", script, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
    other.stdin.write(b"go\n")
    other.stdin.flush()
    assert other.stdout.readline() == b"locked\n"
    assert ours.uses(lock)
    with pytest.raises(Busy), ours.keep_out(lock):
        pass
    other.communicate(b"end\n")


def test_a_file_system_without_locks_is_not_taken_for_a_running_program(
    lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "lockf", none)
    with pytest.raises(OSError, match="no locks"), PosixLocks().keep_out(lock):
        pass


def test_a_lock_file_that_was_there_stays_as_it_was(lock: str) -> None:
    with open(lock, "wb") as file:
        file.write(b"content")
    os.chmod(lock, 0o640)
    before = os.stat(lock)
    with PosixLocks().keep_out(lock):
        pass
    after = os.stat(lock)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert after.st_mtime_ns == before.st_mtime_ns
    with open(lock, "rb") as file:
        assert file.read() == b"content"


def test_a_lock_file_that_is_replaced_before_we_have_it_is_busy(
    lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(lock, "wb"):
        pass
    real = fcntl.lockf

    def replaced_just_before(descriptor: int, how: int) -> None:
        os.rename(lock, lock + ".old")
        with open(lock, "wb"):
            pass
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "lockf", replaced_just_before)
    with pytest.raises(Busy), PosixLocks().keep_out(lock):
        pass
    assert sorted(os.listdir(os.path.dirname(lock))) == [".parentlock", ".parentlock.old"]


def test_a_lock_file_that_is_removed_before_we_have_it_is_busy(
    lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(lock, "wb"):
        pass
    real = fcntl.lockf

    def removed_just_before(descriptor: int, how: int) -> None:
        os.unlink(lock)
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "lockf", removed_just_before)
    with pytest.raises(Busy), PosixLocks().keep_out(lock):
        pass


def test_a_file_system_without_locks_counts_as_in_use(
    lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(lock, "wb"):
        pass

    def no_locks(descriptor: int, command: int, argument: object) -> bytes:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "fcntl", no_locks)
    assert PosixLocks().uses(lock)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: os.symlink("gone", path)])
def test_a_lock_that_is_no_file_is_trouble_and_not_a_hang(lock: str, make: object) -> None:
    assert callable(make)
    make(lock)
    locks = PosixLocks()
    with contextlib.suppress(OSError, Busy), locks.keep_out(lock):
        pass
    locks.uses(lock)
    assert not locks._held
    assert os.path.lexists(lock)


def test_no_folder_no_lock(tmp_path: pathlib.Path) -> None:
    gone = str(tmp_path / "gone" / ".parentlock")
    assert not PosixLocks().uses(gone)
    with pytest.raises(FileNotFoundError), PosixLocks().keep_out(gone):
        pass


def profile_on_disk(folder: pathlib.Path) -> tuple[Machine, Profile]:
    machine = Machine(
        platform=Platform.LINUX,
        user="ana",
        home=str(folder),
        files=DiskFiles(),
        processes=PosixLocks(),
        clock=DiskClock(),
    )
    place = Place("prefs.js", str(folder / "prefs.js"))
    return machine, Profile("thunderbird", "Thunderbird", "p", str(folder), place, in_use=True)


def test_the_lock_link_says_nothing(tmp_path: pathlib.Path) -> None:
    """A crash leaves it behind, and its process number may be anybody's by now."""
    (tmp_path / "lock").symlink_to(f"127.0.1.1:+{os.getpid()}")
    machine, profile = profile_on_disk(tmp_path)
    assert list(thunderbird.hindrances(machine, profile)) == []
    with thunderbird.exclusive(machine, profile):
        pass
    assert os.readlink(tmp_path / "lock") == f"127.0.1.1:+{os.getpid()}"
    assert sorted(os.listdir(tmp_path)) == [".parentlock", "lock"]


def test_the_file_lock_counts_even_without_the_link(tmp_path: pathlib.Path) -> None:
    machine, profile = profile_on_disk(tmp_path)
    with thunderbird_running(str(tmp_path / ".parentlock")):
        assert [each.code for each in thunderbird.hindrances(machine, profile)] == ["running"]
        with pytest.raises(Busy), thunderbird.exclusive(machine, profile):
            pass
