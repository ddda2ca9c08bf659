"""Files as Windows has them: open elsewhere, in any case, with two bytes at the end of a line."""

from __future__ import annotations

import os
import pathlib
import threading

import pytest

from builders import account, prefs
from configure587.errors import Stale
from configure587.formats import prefs_js
from configure587.machine.disk import DiskFiles
from windows.other_programs import DELETE, READ, WRITE, open_elsewhere

pytestmark = pytest.mark.windows

FILES = DiskFiles(sync_folders=False)
PORT = "mail.smtpserver.smtp1.port"


@pytest.fixture
def path(tmp_path: pathlib.Path) -> str:
    """A prefs.js in a folder of its own."""
    folder = tmp_path / "Perfil de João"
    folder.mkdir()
    (folder / "prefs.js").write_bytes(b"old")
    return str(folder / "prefs.js")


def names_beside(path: str) -> list[str]:
    return os.listdir(os.path.dirname(path))


def test_a_swap_leaves_nothing_but_the_new_file(path: str) -> None:
    FILES.swap(path, b"old", b"new")
    assert FILES.read(path) == b"new"
    assert names_beside(path) == ["prefs.js"]


@pytest.mark.parametrize("share", [0, READ, READ | WRITE], ids=["none", "read", "write"])
def test_a_file_that_stays_open_elsewhere_is_left_as_it_was(path: str, share: int) -> None:
    with open_elsewhere(path, share):
        with pytest.raises(PermissionError) as caught:
            FILES.swap(path, b"old", b"new")
        assert caught.value.filename == path
        assert names_beside(path) == ["prefs.js"]
    assert FILES.read(path) == b"old"


def test_a_file_that_others_may_delete_is_replaced_or_left_but_never_lost(path: str) -> None:
    """NTFS allows it where renames are POSIX-like (Windows 10 1809), else it refuses."""
    with open_elsewhere(path, READ | WRITE | DELETE):
        try:
            FILES.swap(path, b"old", b"new")
        except PermissionError:
            expected = b"old"
        else:
            expected = b"new"
    assert FILES.read(path) == expected
    assert names_beside(path) == ["prefs.js"]


def test_a_scanner_that_holds_the_file_for_a_moment_is_waited_for(path: str) -> None:
    held, enough = threading.Event(), threading.Event()

    def scan() -> None:
        with open_elsewhere(path, READ):
            held.set()
            enough.wait(0.3)

    scanner = threading.Thread(target=scan)
    scanner.start()
    held.wait()
    try:
        FILES.swap(path, b"old", b"new")
    finally:
        scanner.join()
    assert FILES.read(path) == b"new"
    assert names_beside(path) == ["prefs.js"]


def test_a_file_that_nobody_may_read_now_is_refused_and_still_seen(path: str) -> None:
    with open_elsewhere(path, 0):
        with pytest.raises(PermissionError):
            FILES.read(path)
        assert FILES.look(path) is not None


def test_a_file_that_was_opened_by_us_is_closed_again(path: str) -> None:
    FILES.read(path)
    FILES.swap(path, b"old", b"new")
    with pytest.raises(Stale):
        FILES.swap(path, b"old", b"newer")
    os.rename(path, path + ".other")  # refused while a handle of ours is left


def test_no_byte_is_read_or_written_as_text(path: str) -> None:
    data = bytes(range(256)) + b"\r\n\n\r\x1a\r\n"
    FILES.swap(path, b"old", data)
    assert FILES.read(path) == data
    assert pathlib.Path(path).stat().st_size == len(data)


def test_the_lines_of_a_prefs_js_end_as_before_and_every_byte_comes_back(path: str) -> None:
    before = prefs(account(port=25, try_ssl=0), eol="\r\n")
    FILES.swap(path, b"old", before)
    after = prefs_js.edit(FILES.read(path), {PORT: 587})
    FILES.swap(path, before, after)
    on_disk = pathlib.Path(path).read_bytes()
    assert on_disk == before.replace(b'.port", 25);\r\n', b'.port", 587);\r\n')
    assert on_disk.count(b"\n") == on_disk.count(b"\r\n")
    FILES.swap(path, after, prefs_js.edit(after, {PORT: 25}))
    assert pathlib.Path(path).read_bytes() == before


def test_a_name_in_another_case_is_the_same_file(path: str) -> None:
    shouted = os.path.join(os.path.dirname(path), "PREFS.JS")
    assert FILES.read(shouted) == b"old"
    FILES.swap(shouted, b"old", b"new")
    assert FILES.read(path) == b"new"
    assert [name.lower() for name in names_beside(path)] == ["prefs.js"]


def test_a_swap_by_another_case_keeps_the_name_that_the_file_has(path: str) -> None:
    FILES.swap(os.path.join(os.path.dirname(path), "PREFS.JS"), b"old", b"new")
    assert names_beside(path) == ["prefs.js"]


def test_one_folder_in_two_cases_has_one_real_path(path: str) -> None:
    folder = os.path.dirname(path)
    files = DiskFiles(sync_folders=False)  # which has not asked yet
    assert files.real(folder.upper()) == files.real(folder)
    assert files.real(path.upper()) == files.real(path)
    assert files.real(folder.replace("\\", "/")) == files.real(folder)


def test_a_folder_is_no_regular_file_on_windows_either(path: str) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        FILES.read(os.path.dirname(path))


@pytest.mark.parametrize("odd", ["nul\0nul", 'quote"', "star*", "ques?tion", "a:b:c", "\ud800"])
def test_a_name_that_windows_does_not_allow_is_nothing(path: str, odd: str) -> None:
    beside = os.path.join(os.path.dirname(path), odd)
    assert FILES.look(beside) is None
    with pytest.raises(OSError):  # noqa: PT011 - which one differs; that it is one, counts
        FILES.read(beside)
    FILES.real(beside)
    assert names_beside(path) == ["prefs.js"]


def test_copies_are_made_in_new_folders_and_are_whole(tmp_path: pathlib.Path) -> None:
    copy = str(tmp_path / "Dados" / "Configure587" / "backups" / "prefs.js")
    FILES.create({copy: b"\r\n\x1a", copy + ".json": b"{}"})
    assert FILES.read(copy) == b"\r\n\x1a"
    assert sorted(names_beside(copy)) == ["prefs.js", "prefs.js.json"]
