"""What every store of files and every kind of lock promises; a new one joins by being listed."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import pathlib
import stat
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from configure587.errors import Busy, Stale
from configure587.machine import Kind
from configure587.machine.disk import DiskFiles
from configure587.machine.guards import ReadOnlyFiles, Watch, WatchedFiles
from configure587.machine.image import ImageFiles, ImageProcesses
from configure587.machine.memory import DryProcesses, MemoryFiles, MemoryProcesses
from windows.other_programs import THUNDERBIRD

if sys.platform == "win32":
    from configure587.machine.windows_locks import WindowsLocks as SystemLocks
else:
    from configure587.machine.posix_locks import PosixLocks as SystemLocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from configure587.machine import Files, Processes

pytestmark = pytest.mark.windows

WINDOWS = sys.platform == "win32"


@dataclass(frozen=True)
class Store:
    """A store of files, the folder to work in, and a way to put a file there beforehand."""

    files: Files
    folder: str
    put: Callable[[str, bytes], None]

    def at(self, *parts: str) -> str:
        """A path in the folder."""
        return os.path.join(self.folder, *parts)


def memory(tmp_path: pathlib.Path) -> Store:
    files = MemoryFiles()
    files.create({str(tmp_path / "kept"): b""})
    files.remove(str(tmp_path / "kept"))
    return Store(files, str(tmp_path), lambda path, data: files.create({path: data}))


def memory_over_memory(tmp_path: pathlib.Path) -> Store:
    below = memory(tmp_path)
    return Store(MemoryFiles(below=below.files), below.folder, below.put)


def memory_over_disk(tmp_path: pathlib.Path) -> Store:
    below = disk(tmp_path)
    return Store(MemoryFiles(below=below.files), below.folder, below.put)


def a_disk() -> DiskFiles:
    return DiskFiles(sync_folders=not WINDOWS)


def disk(tmp_path: pathlib.Path) -> Store:
    return Store(a_disk(), str(tmp_path), _put_on_disk)


def image(tmp_path: pathlib.Path) -> Store:
    root = tmp_path / "DIR"
    root.mkdir()
    return Store(ImageFiles(str(root), a_disk()), str(root), _put_on_disk)


def watched_disk(tmp_path: pathlib.Path) -> Store:
    return Store(WatchedFiles(a_disk(), Watch()), str(tmp_path), _put_on_disk)


def _put_on_disk(path: str, data: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    pathlib.Path(path).write_bytes(data)


STORES = (memory, memory_over_memory, memory_over_disk, disk, image, watched_disk)
ON_DISK = (disk, image, watched_disk)
OVERLAYS = (memory_over_memory, memory_over_disk)


@pytest.fixture(params=STORES, ids=lambda make: make.__name__)
def store(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Store:
    made: Store = request.param(tmp_path)
    return made


@pytest.fixture(params=ON_DISK, ids=lambda make: make.__name__)
def on_disk(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Store:
    made: Store = request.param(tmp_path)
    return made


def test_a_file_reads_as_it_was_put(store: Store) -> None:
    data = bytes(range(256)) * 5
    store.put(store.at("prefs.js"), data)
    assert store.files.read(store.at("prefs.js")) == data


def test_an_empty_file_is_a_file_without_bytes(store: Store) -> None:
    store.put(store.at("empty"), b"")
    assert store.files.read(store.at("empty")) == b""
    look = store.files.look(store.at("empty"))
    assert look is not None
    assert (look.kind, look.size) == (Kind.FILE, 0)


def test_reading_what_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.files.read(store.at("nothing"))
    with pytest.raises(FileNotFoundError):
        store.files.read(store.at("no", "folder", "either"))


def test_reading_a_folder_is_an_oserror_and_not_a_missing_file(store: Store) -> None:
    store.put(store.at("folder", "file"), b"x")
    with pytest.raises(OSError, match="not a regular file") as caught:
        store.files.read(store.at("folder"))
    assert not isinstance(caught.value, FileNotFoundError)


def test_the_limit_is_the_largest_size_that_is_read(store: Store) -> None:
    store.put(store.at("file"), b"12345")
    assert store.files.read(store.at("file"), 5) == b"12345"
    with pytest.raises(OSError, match="too large") as caught:
        store.files.read(store.at("file"), 4)
    assert caught.value.errno == errno.EFBIG


def test_a_look_tells_a_file_from_a_folder_from_nothing(store: Store) -> None:
    store.put(store.at("folder", "file"), b"123")
    file = store.files.look(store.at("folder", "file"))
    folder = store.files.look(store.at("folder"))
    assert file is not None
    assert (file.kind, file.size) == (Kind.FILE, 3)
    assert folder is not None
    assert folder.kind is Kind.FOLDER
    assert store.files.look(store.at("nothing")) is None
    assert store.files.look(store.at("folder", "file", "below a file")) is None


def test_names_are_sorted_and_only_of_that_folder(store: Store) -> None:
    for parts in (("b",), ("a",), ("c", "inner"), ("folder-not", "x")):
        store.put(store.at("folder", *parts), b"")
    store.put(store.at("folder2"), b"")
    assert list(store.files.names(store.at("folder"))) == ["a", "b", "c", "folder-not"]


def test_names_of_what_is_no_folder_are_refused(store: Store) -> None:
    store.put(store.at("file"), b"")
    with pytest.raises(FileNotFoundError):
        store.files.names(store.at("nothing"))
    with pytest.raises(NotADirectoryError):
        store.files.names(store.at("file"))


def test_two_spellings_of_one_path_have_one_real_path(store: Store) -> None:
    store.put(store.at("folder", "file"), b"")
    crooked = store.at("folder", ".", "..", "folder", "file")
    assert store.files.real(crooked) == store.files.real(store.at("folder", "file"))


@pytest.mark.parametrize("odd", ["nul\0nul", "n" * 300, "\ud800"], ids=["nul", "long", "surrogate"])
def test_a_path_that_cannot_be_is_nothing_and_never_a_valueerror(store: Store, odd: str) -> None:
    assert store.files.look(store.at(odd)) is None
    with pytest.raises(OSError):  # noqa: PT011 - which one differs by store; that it is one, counts
        store.files.read(store.at(odd))
    store.files.real(store.at(odd))


def test_what_was_created_reads_back(store: Store) -> None:
    files = {store.at("new", "deep", "b"): b"2", store.at("new", "a"): b"1"}
    store.files.create(files)
    assert {path: store.files.read(path) for path in files} == files
    assert list(store.files.names(store.at("new"))) == ["a", "deep"]


def test_creating_nothing_is_fine(store: Store) -> None:
    store.files.create({})


def test_a_file_cannot_be_created_below_a_file(store: Store) -> None:
    store.put(store.at("file"), b"old")
    with pytest.raises(OSError, match=r"(?i)not a (directory|folder)"):
        store.files.create({store.at("file", "below"): b"new"})
    assert store.files.read(store.at("file")) == b"old"


def test_a_file_cannot_be_created_where_a_folder_is(store: Store) -> None:
    store.put(store.at("folder", "file"), b"old")
    with pytest.raises(IsADirectoryError):
        store.files.create({store.at("folder"): b"new"})
    assert store.files.read(store.at("folder", "file")) == b"old"


def test_a_swap_replaces_the_content_when_it_is_as_expected(store: Store) -> None:
    store.put(store.at("prefs.js"), b"old")
    store.files.swap(store.at("prefs.js"), b"old", b"new, and longer")
    assert store.files.read(store.at("prefs.js")) == b"new, and longer"
    store.files.swap(store.at("prefs.js"), b"new, and longer", b"")
    assert store.files.read(store.at("prefs.js")) == b""
    assert list(store.files.names(store.folder)) == ["prefs.js"]


def test_a_swap_of_something_else_is_stale_and_changes_nothing(store: Store) -> None:
    store.put(store.at("prefs.js"), b"theirs")
    with pytest.raises(Stale) as caught:
        store.files.swap(store.at("prefs.js"), b"old", b"new")
    assert caught.value.path == store.at("prefs.js")
    assert store.files.read(store.at("prefs.js")) == b"theirs"
    assert list(store.files.names(store.folder)) == ["prefs.js"]


def test_a_swap_of_a_missing_file_makes_none(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.files.swap(store.at("prefs.js"), b"", b"new")
    assert store.files.look(store.at("prefs.js")) is None


def test_a_swap_of_a_folder_is_an_oserror(store: Store) -> None:
    store.put(store.at("folder", "file"), b"")
    with pytest.raises(OSError):  # noqa: PT011 - which one differs by store; that it is one, counts
        store.files.swap(store.at("folder"), b"", b"new")
    assert list(store.files.names(store.folder)) == ["folder"]


def test_a_removed_file_is_gone_and_its_folder_stays(store: Store) -> None:
    store.put(store.at("folder", "file"), b"x")
    store.files.remove(store.at("folder", "file"))
    assert store.files.look(store.at("folder", "file")) is None
    with pytest.raises(FileNotFoundError):
        store.files.read(store.at("folder", "file"))
    with pytest.raises(FileNotFoundError):
        store.files.swap(store.at("folder", "file"), b"x", b"y")
    assert list(store.files.names(store.at("folder"))) == []


def test_a_removed_file_can_be_made_again(store: Store) -> None:
    store.put(store.at("file"), b"one")
    store.files.remove(store.at("file"))
    store.files.create({store.at("file"): b"two"})
    assert store.files.read(store.at("file")) == b"two"


def test_an_empty_folder_can_be_removed(store: Store) -> None:
    store.put(store.at("folder", "file"), b"x")
    store.files.remove(store.at("folder", "file"))
    store.files.remove(store.at("folder"))
    assert store.files.look(store.at("folder")) is None
    with pytest.raises(FileNotFoundError):
        store.files.names(store.at("folder"))
    assert list(store.files.names(store.folder)) == []


def test_a_folder_with_something_in_it_cannot_be_removed(store: Store) -> None:
    store.put(store.at("folder", "file"), b"x")
    with pytest.raises(OSError, match="not empty") as caught:
        store.files.remove(store.at("folder"))
    assert caught.value.errno == errno.ENOTEMPTY
    assert store.files.read(store.at("folder", "file")) == b"x"


def test_what_is_not_there_cannot_be_removed(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.files.remove(store.at("nothing"))


@pytest.mark.skipif(WINDOWS, reason="there the folder decides who may read")
def test_what_we_create_on_disk_is_for_its_owner_only(on_disk: Store) -> None:
    old = os.umask(0)
    try:
        on_disk.files.create({on_disk.at("data", "backups", "copy"): b"x"})
    finally:
        os.umask(old)
    modes = [
        stat.S_IMODE(os.stat(on_disk.at(*parts)).st_mode)
        for parts in (("data",), ("data", "backups"), ("data", "backups", "copy"))
    ]
    assert modes == [0o700, 0o700, 0o600]


def test_creating_on_disk_leaves_nothing_half_written(on_disk: Store) -> None:
    on_disk.files.create({on_disk.at("data", str(number)): b"x" for number in range(3)})
    assert os.listdir(on_disk.folder) == ["data"]
    assert sorted(os.listdir(on_disk.at("data"))) == ["0", "1", "2"]


@pytest.mark.parametrize("make", OVERLAYS, ids=lambda make: make.__name__)
def test_what_lies_below_an_overlay_stays_as_it_is(
    make: Callable[[pathlib.Path], Store], tmp_path: pathlib.Path
) -> None:
    over = make(tmp_path)
    over.put(over.at("swapped"), b"old")
    over.put(over.at("removed"), b"old")
    files = over.files
    assert isinstance(files, MemoryFiles)
    below = files._below
    assert below is not None
    files.swap(over.at("swapped"), b"old", b"new")
    files.remove(over.at("removed"))
    files.create({over.at("made", "here"): b"new"})
    assert list(files.names(over.folder)) == ["made", "swapped"]
    assert list(below.names(over.folder)) == ["removed", "swapped"]
    assert below.read(over.at("swapped")) == b"old"


def test_files_that_are_only_read_refuse_every_write(store: Store) -> None:
    store.put(store.at("file"), b"old")
    files = ReadOnlyFiles(store.files)
    with pytest.raises(PermissionError):
        files.create({store.at("new"): b""})
    with pytest.raises(PermissionError):
        files.swap(store.at("file"), b"old", b"new")
    with pytest.raises(PermissionError):
        files.remove(store.at("file"))
    assert files.read(store.at("file")) == b"old"
    assert list(files.names(store.folder)) == ["file"]


# --- Locks --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Locks:
    """A view of who is at work, a lock file, and a way for somebody else to hold it."""

    processes: Processes
    lock: str
    somebody_else: Callable[[str], AbstractContextManager[None]]


HOLDER = """
import fcntl, os, sys
# As Gecko's nsProfileLock::LockWithFcntl opens and locks it.
descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("held", flush=True)
sys.stdin.read()
"""
if WINDOWS:
    HOLDER = THUNDERBIRD


@contextlib.contextmanager
def another_process_holds(lock: str) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline().rstrip() == b"held"
        try:
            yield
        finally:
            child.stdin.close()
            child.wait()


def memory_locks(tmp_path: pathlib.Path) -> Locks:
    processes = MemoryProcesses()

    @contextlib.contextmanager
    def hold(lock: str) -> Iterator[None]:
        processes.locks.add(lock)
        yield
        processes.locks.discard(lock)

    return Locks(processes, str(tmp_path / ".parentlock"), hold)


def system_locks(tmp_path: pathlib.Path) -> Locks:
    return Locks(SystemLocks(), str(tmp_path / ".parentlock"), another_process_holds)


def image_locks(tmp_path: pathlib.Path) -> Locks:
    processes = ImageProcesses(ImageFiles(str(tmp_path), a_disk()), SystemLocks())
    return Locks(processes, str(tmp_path / ".parentlock"), another_process_holds)


def dry_locks(tmp_path: pathlib.Path) -> Locks:
    return Locks(DryProcesses(SystemLocks()), str(tmp_path / ".parentlock"), another_process_holds)


LOCKS = (memory_locks, system_locks, image_locks, dry_locks)


@pytest.fixture(params=LOCKS, ids=lambda make: make.__name__)
def locks(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Locks:
    made: Locks = request.param(tmp_path)
    return made


def test_a_lock_that_nobody_holds_is_not_in_use(locks: Locks) -> None:
    assert not locks.processes.uses(locks.lock)


def test_asking_makes_no_lock_file(locks: Locks) -> None:
    locks.processes.uses(locks.lock)
    assert not os.path.exists(locks.lock)


def test_a_lock_that_somebody_else_holds_is_in_use_until_they_let_go(locks: Locks) -> None:
    with locks.somebody_else(locks.lock):
        assert locks.processes.uses(locks.lock)
    assert not locks.processes.uses(locks.lock)


def test_a_lock_that_somebody_else_holds_is_busy_until_they_let_go(locks: Locks) -> None:
    with locks.somebody_else(locks.lock), pytest.raises(Busy), locks.processes.keep_out(locks.lock):
        pass
    with locks.processes.keep_out(locks.lock):
        pass


def test_a_lock_that_we_hold_is_not_in_use_by_another(locks: Locks) -> None:
    with locks.processes.keep_out(locks.lock):
        assert not locks.processes.uses(locks.lock)


def test_a_lock_that_we_hold_cannot_be_taken_a_second_time(locks: Locks) -> None:
    with locks.processes.keep_out(locks.lock):
        with pytest.raises(Busy), locks.processes.keep_out(locks.lock):
            pass
        with pytest.raises(Busy), locks.processes.keep_out(locks.lock):
            pass  # and failing has not let the first one go


def test_a_lock_is_let_go_after_trouble(locks: Locks) -> None:
    with pytest.raises(ZeroDivisionError), locks.processes.keep_out(locks.lock):
        raise ZeroDivisionError
    with locks.processes.keep_out(locks.lock):
        pass


def test_two_lock_files_are_two_locks(locks: Locks) -> None:
    with (
        locks.processes.keep_out(locks.lock),
        locks.processes.keep_out(locks.lock + "2"),
        locks.somebody_else(locks.lock + "3"),
    ):
        assert locks.processes.uses(locks.lock + "3")
        assert not locks.processes.uses(locks.lock + "2")


def test_locks_are_given_back_in_any_order(locks: Locks) -> None:
    for _ in itertools.repeat(None, 2):
        one, two = (locks.processes.keep_out(locks.lock + end) for end in "12")
        one.__enter__()
        two.__enter__()
        one.__exit__(None, None, None)
        with pytest.raises(Busy), locks.processes.keep_out(locks.lock + "2"):
            pass
        two.__exit__(None, None, None)


@pytest.mark.parametrize("make", [system_locks, image_locks], ids=lambda make: make.__name__)
def test_what_we_hold_is_busy_for_another_process(
    make: Callable[[pathlib.Path], Locks], tmp_path: pathlib.Path
) -> None:
    locks = make(tmp_path)
    with locks.processes.keep_out(locks.lock):
        tried = subprocess.run(
            [sys.executable, "-c", HOLDER, locks.lock],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    assert tried.returncode != 0
    assert (b"kept out" if WINDOWS else b"BlockingIOError") in tried.stderr
