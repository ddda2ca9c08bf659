"""The window's end, by its cross or from outside: nothing of the sample computer stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from e2e.real_thunderbird import wait_for

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals end a process there")


def demo(folder: Path) -> subprocess.Popen[bytes]:
    """A window on the sample computer whose temporary folder this is."""
    own = {"TMPDIR": str(folder), "HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, "-m", "configure587", "window", "--demo"],
        env={**os.environ, **own, "XDG_RUNTIME_DIR": str(folder)},
    )


def samples(folder: Path) -> list[str]:
    return [each for each in os.listdir(folder) if each.startswith("configure587-demo-")]


def the_window_is_open(folder: Path) -> None:
    """Wait until it takes the call to come forward away."""
    [lock] = wait_for("a lock", lambda: [*folder.glob("configure587-*.lock")] or None, 30)
    call = lock.with_suffix(".call")
    call.touch()
    wait_for("an answer", lambda: None if call.exists() else True, 30)


def heard() -> list[signal.Signals]:
    """The polite ends; one that whoever started these tests has switched off is no end."""
    every = [each for each in signal.Signals if each.name in {"SIGINT", "SIGTERM", "SIGHUP"}]
    return [each for each in every if signal.getsignal(each) is not signal.SIG_IGN]


@pytest.mark.parametrize("number", heard())
def test_a_window_that_is_closed_from_outside_takes_the_sample_with_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    tmp_path.chmod(0o700)
    with demo(tmp_path) as window:
        the_window_is_open(tmp_path)
        assert len(samples(tmp_path)) == 1
        window.send_signal(number)
        assert window.wait(30) == 0
    assert samples(tmp_path) == []


def test_a_start_that_is_broken_off_leaves_no_sample(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with demo(tmp_path) as window:
        wait_for("a sample computer", lambda: samples(tmp_path) or None, 30)
        window.send_signal(signal.SIGTERM)
        window.wait(30)
    assert samples(tmp_path) == []
