"""Real files: replaced whole, dressed as before, durable, and nothing left over."""

from __future__ import annotations

import errno
import itertools
import os
import pathlib
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from configure587.errors import Stale
from configure587.machine import Kind, disk
from configure587.machine.disk import DiskFiles

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = DiskFiles()


@pytest.fixture
def prefs(tmp_path: pathlib.Path) -> pathlib.Path:
    """A prefs.js in a folder of its own."""
    path = tmp_path / "profile" / "prefs.js"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def swap(path: pathlib.Path, data: bytes = b"new") -> None:
    FILES.swap(str(path), b"old", data)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444, 0o400, 0o666, 0o1640])
def test_a_swap_keeps_the_mode(prefs: pathlib.Path, mode: int) -> None:
    prefs.chmod(mode)
    before = os.umask(0o077)
    try:
        swap(prefs)
    finally:
        os.umask(before)
    assert stat.S_IMODE(prefs.stat().st_mode) == mode
    assert prefs.read_bytes() == b"new"


def test_a_swap_keeps_owner_and_group(prefs: pathlib.Path) -> None:
    os.chown(prefs, 12345, 54321)
    prefs.chmod(0o640)
    swap(prefs)
    status = prefs.stat()
    assert (status.st_uid, status.st_gid) == (12345, 54321)
    assert stat.S_IMODE(status.st_mode) == 0o640


def test_a_swap_keeps_extended_attributes(prefs: pathlib.Path) -> None:
    os.setxattr(prefs, "user.note", b"\0binary\xff")
    os.setxattr(prefs, "user.empty", b"")
    swap(prefs)
    assert {name: os.getxattr(prefs, name) for name in os.listxattr(prefs)} == {
        "user.note": b"\0binary\xff",
        "user.empty": b"",
    }


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660])
def test_a_swap_keeps_the_access_list(prefs: pathlib.Path, mode: int) -> None:
    prefs.chmod(mode)
    subprocess.run(["setfacl", "-m", "u:12345:r,g:54321:rw,m::rw", str(prefs)], check=True)
    before = _access_list(prefs)
    assert b"user:12345:r--" in before
    swap(prefs)
    assert _access_list(prefs) == before


def test_a_swap_is_not_given_the_access_list_that_its_folder_gives_new_files(
    prefs: pathlib.Path,
) -> None:
    prefs.chmod(0o600)
    subprocess.run(["setfacl", "-d", "-m", "u:12345:rwx", str(prefs.parent)], check=True)
    before = _access_list(prefs)
    assert b"12345" not in before
    swap(prefs)
    assert _access_list(prefs) == before


def _access_list(path: pathlib.Path) -> bytes:
    words = ["getfacl", "--numeric", "--absolute-names", str(path)]
    return subprocess.run(words, check=True, capture_output=True).stdout


def test_a_swap_leaves_nothing_but_the_file(prefs: pathlib.Path) -> None:
    swap(prefs)
    assert os.listdir(prefs.parent) == ["prefs.js"]


def failing(name: str, code: int = errno.EIO, after: int = 0) -> Callable[..., object]:
    """os.<name>, which raises at its (after + 1)-th call and from then on."""
    real: Callable[..., object] = getattr(os, name)
    calls = itertools.count()

    def fake(*args: object, **words: object) -> object:
        if next(calls) >= after:
            raise OSError(code, os.strerror(code))
        return real(*args, **words)

    return fake


STEPS = ("open", "write", "fchmod", "listxattr", "getxattr", "setxattr", "fsync", "replace")


@pytest.mark.parametrize("step", STEPS)
def test_a_swap_that_fails_at_any_step_leaves_the_old_file_and_nothing_else(
    prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    os.setxattr(prefs, "user.note", b"1")
    monkeypatch.setattr(os, step, failing(step))
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        swap(prefs)
    monkeypatch.undo()
    assert prefs.read_bytes() == b"old"
    assert os.listdir(prefs.parent) == ["prefs.js"]


def test_a_swap_stopped_by_ctrl_c_leaves_the_old_file_and_nothing_else(
    prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        swap(prefs)
    assert prefs.read_bytes() == b"old"
    assert os.listdir(prefs.parent) == ["prefs.js"]


def test_a_swap_whose_folder_cannot_be_synced_is_reported(
    prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", failing("fsync", after=1))
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        swap(prefs)
    assert prefs.read_bytes() == b"new"
    assert os.listdir(prefs.parent) == ["prefs.js"]


@pytest.mark.parametrize("step", ["open", "write", "fsync", "replace"])
def test_a_file_that_cannot_be_created_leaves_nothing(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(os, step, failing(step, errno.ENOSPC))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        FILES.create({str(tmp_path / "copy"): b"x"})
    monkeypatch.undo()
    assert os.listdir(tmp_path) == []


def test_short_writes_are_carried_on(prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    data = bytes(range(256))
    swap(prefs, data)
    assert prefs.read_bytes() == data


def test_short_reads_are_carried_on(prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefs.write_bytes(bytes(range(256)))
    real = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, size: real(descriptor, min(size, 10)))
    assert FILES.read(str(prefs)) == bytes(range(256))


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system was asked to do, in order: sync of file or folder, and rename."""
    done: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        real_fsync(descriptor)
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("sync of the folder" if folder else "sync of the file")

    def replace(source: str, target: str) -> None:
        assert os.path.dirname(source) == os.path.dirname(target)
        real_replace(source, target)
        done.append("rename")

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    return done


def test_the_file_is_synced_before_the_rename_and_the_folder_after_it(
    prefs: pathlib.Path, order: list[str]
) -> None:
    swap(prefs)
    assert order == ["sync of the file", "rename", "sync of the folder"]


def test_new_files_are_synced_and_so_is_every_folder_that_got_a_name(
    tmp_path: pathlib.Path, order: list[str]
) -> None:
    FILES.create({str(tmp_path / "one" / "two" / "copy"): b"x"})
    made = ["sync of the folder"] * 2  # tmp_path for "one", "one" for "two"
    assert order == [*made, "sync of the file", "rename", "sync of the folder"]


def test_where_folders_cannot_be_synced_files_still_are(
    prefs: pathlib.Path, order: list[str]
) -> None:
    DiskFiles(sync_folders=False).swap(str(prefs), b"old", b"new")
    assert order == ["sync of the file", "rename"]


def test_the_system_itself_sees_that_order(prefs: pathlib.Path) -> None:
    script = (
        "import sys; from configure587.machine.disk import DiskFiles;"
        "DiskFiles().swap(sys.argv[1], b'old', b'new')"
    )
    words = ["strace", "-f", "-y", "-e", "trace=fsync,rename,renameat,renameat2"]
    log = prefs.parent.parent / "strace.log"
    subprocess.run([*words, "-o", str(log), sys.executable, "-c", script, str(prefs)], check=True)
    lines = [line for line in log.read_text().splitlines() if str(prefs.parent) in line]
    calls = [line.split(maxsplit=1)[1].partition("(")[0] for line in lines]
    assert [call.rstrip("at2") if call != "fsync" else call for call in calls] == [
        "fsync",
        "rename",
        "fsync",
    ]
    assert "prefs.js.c587-" in lines[0]
    assert lines[2].rstrip().endswith(f"{prefs.parent}>) = 0")


def test_a_link_stays_a_link_and_its_target_gets_the_bytes(tmp_path: pathlib.Path) -> None:
    target = tmp_path / "dotfiles" / "prefs.js"
    target.parent.mkdir()
    target.write_bytes(b"old")
    target.chmod(0o640)
    link = tmp_path / "profile" / "prefs.js"
    link.parent.mkdir()
    link.symlink_to("../dotfiles/prefs.js")
    swap(link)
    assert link.is_symlink()
    assert os.readlink(link) == "../dotfiles/prefs.js"
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert os.listdir(target.parent) == ["prefs.js"]
    assert os.listdir(link.parent) == ["prefs.js"]


def test_a_link_to_a_link_is_followed_to_the_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "middle").symlink_to("file")
    (tmp_path / "prefs.js").symlink_to(tmp_path / "middle")
    swap(tmp_path / "prefs.js")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert (tmp_path / "middle").is_symlink()
    assert (tmp_path / "prefs.js").is_symlink()


def test_a_link_to_nothing_is_a_missing_file(tmp_path: pathlib.Path) -> None:
    link = tmp_path / "prefs.js"
    link.symlink_to("nothing")
    assert FILES.look(str(link)) is None
    with pytest.raises(FileNotFoundError):
        FILES.read(str(link))
    with pytest.raises(FileNotFoundError):
        swap(link)
    assert link.is_symlink()
    assert os.listdir(tmp_path) == ["prefs.js"]


def test_removing_a_link_leaves_what_it_points_to(tmp_path: pathlib.Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("folder")
    FILES.remove(str(tmp_path / "link"))
    assert os.listdir(tmp_path) == ["folder"]
    assert os.listdir(tmp_path / "folder") == ["file"]


def test_a_second_hard_link_keeps_the_old_bytes(prefs: pathlib.Path) -> None:
    """Thunderbird breaks hard links in the same way (nsSafeFileOutputStream renames)."""
    other = prefs.parent / "other"
    os.link(prefs, other)
    swap(prefs)
    assert prefs.read_bytes() == b"new"
    assert other.read_bytes() == b"old"


def make_fifo(path: pathlib.Path) -> None:
    os.mkfifo(path)


def make_device(path: pathlib.Path) -> None:
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero: it never ends


def make_socket(path: pathlib.Path) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))


def make_loop(path: pathlib.Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("make", [make_fifo, make_device, make_socket, make_loop])
def test_what_is_no_file_is_neither_read_nor_replaced_nor_waited_for(
    prefs: pathlib.Path, make: Callable[[pathlib.Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(prefs.parent)  # a socket's name must be short
    prefs.unlink()
    make(pathlib.Path("prefs.js"))
    look = FILES.look("prefs.js")
    assert look is not None
    assert look.kind is Kind.OTHER
    with pytest.raises(OSError) as caught:  # noqa: PT011 - which one is the system's choice
        FILES.read("prefs.js")
    assert not isinstance(caught.value, FileNotFoundError)
    with pytest.raises(OSError):  # noqa: PT011 - the same
        FILES.swap(str(prefs), b"", b"new")
    assert os.listdir(prefs.parent) == ["prefs.js"]
    assert not stat.S_ISREG(os.lstat(prefs).st_mode)


def test_a_file_that_changes_between_read_and_rename_is_stale_and_untouched(
    prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = disk._write_new

    def thunderbird_saves_meanwhile(path: str, data: bytes, like: str | None = None) -> None:
        real(path, data, like)
        prefs.write_bytes(b"theirs")

    monkeypatch.setattr(disk, "_write_new", thunderbird_saves_meanwhile)
    with pytest.raises(Stale):
        swap(prefs)
    assert prefs.read_bytes() == b"theirs"
    assert os.listdir(prefs.parent) == ["prefs.js"]


def test_a_file_that_vanishes_between_read_and_rename_stays_gone(
    prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = disk._write_new

    def removed_meanwhile(path: str, data: bytes, like: str | None = None) -> None:
        real(path, data, like)
        prefs.unlink()

    monkeypatch.setattr(disk, "_write_new", removed_meanwhile)
    with pytest.raises(FileNotFoundError):
        swap(prefs)
    assert os.listdir(prefs.parent) == []


def test_a_name_as_long_as_the_system_allows_can_be_swapped(tmp_path: pathlib.Path) -> None:
    path = tmp_path / ("n" * 255)
    path.write_bytes(b"old")
    swap(path)
    assert path.read_bytes() == b"new"


def test_a_name_of_wide_letters_can_be_swapped(tmp_path: pathlib.Path) -> None:
    path = tmp_path / ("ç" * 127)
    path.write_bytes(b"old")
    swap(path)
    assert path.read_bytes() == b"new"


def test_a_name_that_is_not_utf_8_can_be_swapped(tmp_path: pathlib.Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.js")
    path.write_bytes(b"old")
    swap(path)
    assert path.read_bytes() == b"new"
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9.js"]


def test_a_look_at_what_may_not_be_looked_at_is_something_and_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "stat", failing("stat", errno.EACCES))
    look = FILES.look("/anything")
    assert look is not None
    assert look.kind is Kind.OTHER
    monkeypatch.undo()


class SharingViolation(PermissionError):
    """What os.replace raises on Windows while a virus scanner reads the file."""

    winerror = 32


def test_a_scanner_that_holds_the_file_for_a_moment_is_waited_for(
    prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = os.replace, itertools.count()
    waits: list[float] = []

    def held_twice(source: str, target: str) -> None:
        if next(tries) < 2:
            raise SharingViolation
        real(source, target)

    monkeypatch.setattr(os, "replace", held_twice)
    monkeypatch.setattr("configure587.machine.disk.time.sleep", waits.append)
    swap(prefs)
    assert prefs.read_bytes() == b"new"
    assert len(waits) == 2


def test_a_file_that_is_held_for_good_is_given_up_and_left(
    prefs: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(source: str, target: str) -> None:
        raise SharingViolation

    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr("configure587.machine.disk.time.sleep", lambda _: None)
    with pytest.raises(SharingViolation):
        swap(prefs)
    assert prefs.read_bytes() == b"old"
    assert os.listdir(prefs.parent) == ["prefs.js"]
