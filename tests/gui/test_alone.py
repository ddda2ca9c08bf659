"""One window at a time, and nobody else on this computer can say that there is one already."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QElapsedTimer

from configure587.gui import alone
from configure587.gui.alone import FirstWindow, own_folder
from e2e.real_thunderbird import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

owned = pytest.mark.skipif(sys.platform == "win32", reason="folders have no owners in this sense")


@pytest.fixture
def everybodys(tmp_path: Path) -> Path:
    """Give a folder in which everybody may write."""
    found = tmp_path / "tmp"
    found.mkdir()
    found.chmod(0o1777)
    return found


@owned
def test_the_folder_of_the_session_is_taken_when_it_is_ours_alone(
    tmp_path: Path, everybodys: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    variables = {"XDG_RUNTIME_DIR": str(run)}
    assert own_folder(variables, str(everybodys)) == str(run)
    run.chmod(0o770)
    assert own_folder(variables, str(everybodys)) != str(run)


@owned
def test_in_everybodys_folder_one_of_our_own_is_made_and_found_again(everybodys: Path) -> None:
    found = own_folder({}, str(everybodys))
    assert os.path.dirname(found) == str(everybodys)
    assert os.stat(found).st_mode & 0o777 == 0o700
    assert own_folder({}, str(everybodys)) == found
    assert own_folder({}, found) == found, "a folder for temporary files that is ours will do"


@owned
@pytest.mark.parametrize("kind", ["open to others", "a link", "a file"])
def test_a_folder_that_somebody_prepared_is_not_used(everybodys: Path, kind: str) -> None:
    taken = everybodys / os.path.basename(own_folder({}, str(everybodys)))
    taken.rmdir()
    if kind == "open to others":
        taken.mkdir()
        taken.chmod(0o777)
    elif kind == "a link":
        aim = everybodys / "aim"
        aim.mkdir(mode=0o700)
        taken.symlink_to(aim)
    else:
        taken.touch()
    assert own_folder({}, str(everybodys)) == ""
    assert own_folder({}, str(everybodys / "missing")) == ""


@owned
def test_a_folder_of_somebody_else_is_not_used(
    everybodys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybodys.chmod(0o700)
    assert own_folder({}, str(everybodys)) == str(everybodys)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert own_folder({}, str(everybodys)) == ""


def answer(qtbot: QtBot, start: FirstWindow) -> bool:
    """What somebody else's start is told, while the window of this one goes on."""
    with ThreadPoolExecutor(1) as aside:
        told = aside.submit(start.is_first)
        qtbot.waitUntil(told.done, timeout=10_000)
    return told.result()


@pytest.mark.usefixtures("qapp")
def test_the_second_asks_the_first_to_come_forward(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = (FirstWindow("a-computer", str(tmp_path)) for _ in range(2))
    assert first.is_first()
    with qtbot.waitSignal(first.asked, timeout=10_000):
        assert not answer(qtbot, second)
    assert FirstWindow("another-computer", str(tmp_path)).is_first()
    assert "a-computer.call" not in os.listdir(tmp_path)


@pytest.mark.usefixtures("qapp")
def test_a_first_window_that_does_not_answer_keeps_nobody_from_their_mail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(alone, "_PATIENCE", 300)
    first, second = (FirstWindow("a-computer", str(tmp_path)) for _ in range(2))
    assert first.is_first()
    assert second.is_first(), "the first one hangs: nothing is done here meanwhile"
    assert os.listdir(tmp_path) == ["a-computer.lock"]


@pytest.mark.usefixtures("qapp")
def test_the_place_of_a_first_window_that_goes_is_taken(qtbot: QtBot, tmp_path: Path) -> None:
    first, second, third = (FirstWindow("a-computer", str(tmp_path)) for _ in range(3))
    assert first._lock.lock()
    with ThreadPoolExecutor(1) as aside:
        call = tmp_path / "a-computer.call"
        asked = aside.submit(wait_for, "it is asked", lambda: call.exists() or None, 10)
        asked.add_done_callback(lambda _: first._lock.unlock())
        assert second.is_first()
    assert os.listdir(tmp_path) == ["a-computer.lock"]
    qtbot.waitUntil(second._looks.isActive)
    assert not answer(qtbot, third)


@pytest.mark.usefixtures("qapp")
def test_without_a_folder_of_our_own_the_window_opens_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    timer = QElapsedTimer()
    timer.start()
    windows = [FirstWindow("a-computer", "") for _ in range(2)]
    assert [each.is_first() for each in windows] == [True, True]
    assert timer.elapsed() < 1000
    assert os.listdir(tmp_path) == []
