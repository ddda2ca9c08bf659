"""Thunderbird's lock and Outlook's name among the processes, against second processes."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

from configure587.errors import Busy
from configure587.machine.windows_locks import WindowsLocks
from windows.other_programs import (
    DELETE,
    READ,
    WRITE,
    open_elsewhere,
    outlook_runs,
    thunderbird_gets_in,
    thunderbird_runs,
)

pytestmark = pytest.mark.windows


@pytest.fixture
def lock(tmp_path: pathlib.Path) -> str:
    """The path of a lock file that is not there yet, in a folder with a person's name."""
    (tmp_path / "João da Silva").mkdir()
    return str(tmp_path / "João da Silva" / "parent.lock")


def test_a_running_thunderbird_is_seen_and_keeps_us_out(lock: str) -> None:
    locks = WindowsLocks()
    with thunderbird_runs(lock):
        assert locks.uses(lock)
        with pytest.raises(Busy), locks.keep_out(lock):
            pass
        assert locks.uses(lock)
    assert not locks.uses(lock)
    assert os.path.exists(lock)


def test_a_running_thunderbird_is_seen_by_any_spelling_of_the_path(lock: str) -> None:
    folder, name = os.path.split(lock)
    with thunderbird_runs(lock):
        for spelling in (lock.upper(), lock.replace("\\", "/"), f"{folder}\\.\\{name}"):
            assert WindowsLocks().uses(spelling)


def test_a_lock_file_that_only_lies_there_means_nothing(lock: str) -> None:
    pathlib.Path(lock).write_bytes(b"")
    assert not WindowsLocks().uses(lock)
    with WindowsLocks().keep_out(lock):
        pass


def test_a_thunderbird_that_was_killed_is_no_longer_seen(lock: str) -> None:
    with thunderbird_runs(lock) as child:
        child.kill()
        child.wait()
        assert os.path.exists(lock)
        assert not WindowsLocks().uses(lock)


def test_asking_makes_no_lock_file_and_changes_none(lock: str) -> None:
    assert not WindowsLocks().uses(lock)
    assert not os.path.exists(lock)
    pathlib.Path(lock).write_bytes(b"content")
    os.utime(lock, (10**9, 10**9))
    WindowsLocks().uses(lock)
    assert (os.stat(lock).st_mtime, os.stat(lock).st_size) == (10**9, 7)


def test_our_lock_keeps_thunderbird_out_until_we_are_done(lock: str) -> None:
    with WindowsLocks().keep_out(lock):
        assert not thunderbird_gets_in(lock)
    assert thunderbird_gets_in(lock)


def test_what_we_hold_ourselves_is_not_another_program(lock: str) -> None:
    locks = WindowsLocks()
    with locks.keep_out(lock):
        assert not locks.uses(lock)
        assert not locks.uses(lock.upper())
        assert WindowsLocks().uses(lock)  # another run of ours is another program
        assert not thunderbird_gets_in(lock)


def test_our_lock_cannot_be_taken_a_second_time(lock: str) -> None:
    locks = WindowsLocks()
    with locks.keep_out(lock):
        with pytest.raises(Busy), locks.keep_out(lock):
            pass
        assert not thunderbird_gets_in(lock)
        assert os.path.exists(lock)


def test_a_lock_file_that_we_had_to_make_stays_as_thunderbirds_own_does(lock: str) -> None:
    with WindowsLocks().keep_out(lock):
        assert os.path.exists(lock)
    assert pathlib.Path(lock).read_bytes() == b""
    assert thunderbird_gets_in(lock)


def test_a_lock_file_that_was_there_stays_as_it_was(lock: str) -> None:
    pathlib.Path(lock).write_bytes(b"content")
    with WindowsLocks().keep_out(lock):
        pass
    assert pathlib.Path(lock).read_bytes() == b"content"


def test_a_lock_is_let_go_after_trouble(lock: str) -> None:
    with pytest.raises(ZeroDivisionError), WindowsLocks().keep_out(lock):
        raise ZeroDivisionError
    assert thunderbird_gets_in(lock)


def test_somebody_who_only_reads_the_lock_file_is_no_thunderbird_but_keeps_us_out(
    lock: str,
) -> None:
    pathlib.Path(lock).write_bytes(b"")
    with open_elsewhere(lock, READ | WRITE | DELETE):
        assert not WindowsLocks().uses(lock)
        with pytest.raises(Busy), WindowsLocks().keep_out(lock):
            pass


def test_a_lock_file_in_a_folder_that_is_not_there_cannot_be_held(lock: str) -> None:
    missing = os.path.join(os.path.dirname(lock), "no such folder", "parent.lock")
    assert not WindowsLocks().uses(missing)
    with pytest.raises(FileNotFoundError) as caught, WindowsLocks().keep_out(missing):
        pass
    assert caught.value.filename == missing


def test_a_folder_with_the_name_of_the_lock_is_told_as_the_system_tells_it(lock: str) -> None:
    os.mkdir(lock)
    assert not WindowsLocks().uses(lock)
    with pytest.raises(PermissionError), WindowsLocks().keep_out(lock):
        pass
    assert os.path.isdir(lock)


# --- programs by their names ---------------------------------------------------------------------

OUTLOOK = ["outlook.exe"]


@pytest.mark.parametrize("name", ["OUTLOOK.EXE", "Outlook.exe"])
def test_a_running_outlook_is_seen_until_it_ends(tmp_path: pathlib.Path, name: str) -> None:
    locks = WindowsLocks()
    assert not locks.running(OUTLOOK)
    with outlook_runs(tmp_path, name):
        assert locks.running(OUTLOOK)
        assert locks.running(["olk.exe", "OUTLOOK.exe"])
        assert not locks.running(["look.exe", "outlook", "outlook.exe.exe"])
        assert not locks.running([])
    assert not locks.running(OUTLOOK)


def test_an_outlook_of_somebody_else_is_none_of_ours(tmp_path: pathlib.Path) -> None:
    locks = WindowsLocks("S-1-5-21-1-2-3-1001")
    with outlook_runs(tmp_path):
        assert not locks.running(OUTLOOK)


def test_an_outlook_of_the_person_who_is_meant_is_seen(tmp_path: pathlib.Path) -> None:
    own = WindowsLocks()._session.own_sid()
    with outlook_runs(tmp_path):
        assert WindowsLocks(own).running(OUTLOOK)


def refuse(*words: object) -> str:
    raise PermissionError(words)


def test_an_outlook_that_keeps_its_owner_to_itself_counts_in_our_session(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locks = WindowsLocks()
    monkeypatch.setattr(locks._session, "owner", refuse)
    with outlook_runs(tmp_path) as process:
        assert locks.running(OUTLOOK)
        assert locks._session.may_share(process)
        monkeypatch.setattr(locks._session, "may_share", lambda _: False)
        assert not locks.running(OUTLOOK)


def test_an_outlook_that_ends_while_we_look_does_not_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locks = WindowsLocks()
    with outlook_runs(tmp_path) as process:
        seen = list(locks._session.programs())
    assert (process, "OUTLOOK.EXE") in seen
    monkeypatch.setattr(locks._session, "programs", lambda: seen)
    assert not locks.running(OUTLOOK)


def test_where_windows_lists_no_programs_any_may_run(monkeypatch: pytest.MonkeyPatch) -> None:
    locks = WindowsLocks()
    monkeypatch.setattr(locks._session, "programs", refuse)
    assert locks.running(OUTLOOK)


def test_every_program_is_listed_once() -> None:
    listed = list(WindowsLocks()._session.programs())
    assert len(dict(listed)) == len(listed) >= 2
    own = os.path.basename(sys.executable).lower()
    assert dict(listed)[os.getpid()].lower() == own


def test_only_what_bears_the_name_is_asked_for_its_owner(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locks = WindowsLocks()
    real, asked = locks._session.owner, []

    def owner(process: int) -> str:
        asked.append(process)
        return real(process)

    monkeypatch.setattr(locks._session, "owner", owner)
    with outlook_runs(tmp_path) as process:
        assert locks.running(OUTLOOK)
    assert set(asked) <= {process, os.getpid()}
    asked.clear()
    assert not locks.running(["nobody.exe", os.path.basename(sys.executable) + "x"])
    assert asked == []
