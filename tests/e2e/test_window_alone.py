"""One window for each computer: a second start brings the first one forward, and ends."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from builders import thunderbird
from e2e.desktop import PATIENCE, a_window
from e2e.real_thunderbird import wait_for
from faults import harness

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.desktop import Desktop

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def computer(tmp_path: Path) -> Path:
    """Give somebody's computer."""
    return harness.an_image(tmp_path / "one", thunderbird(port=25))


@pytest.fixture
def other_computer(tmp_path: Path) -> Path:
    """Give somebody else's."""
    return harness.an_image(tmp_path / "other", thunderbird(port=25))


def test_a_second_start_brings_the_first_window_forward_and_ends(
    desktop: Desktop, computer: Path
) -> None:
    words = ("--image", str(computer))
    with a_window(desktop, *words) as first:
        window = desktop.window()
        desktop.minimize(window)
        wait_for("it is minimized", lambda: desktop.windows() == [] or None, PATIENCE)
        with a_window(desktop, *words) as second:
            assert second.wait(PATIENCE) == 0
        assert desktop.window() == window
        assert first.poll() is None


def test_two_starts_at_once_open_one_window(desktop: Desktop, computer: Path) -> None:
    words = ("--image", str(computer))
    with a_window(desktop, *words) as one, a_window(desktop, *words) as two:

        def ended() -> int | None:
            codes = [each.poll() for each in (one, two)]
            assert codes.count(None) >= 1, codes
            return next((code for code in codes if code is not None), None)

        assert wait_for("one of them has ended", ended, PATIENCE) == 0
        assert desktop.window()


def test_windows_of_two_computers_do_not_disturb_each_other(
    desktop: Desktop, computer: Path, other_computer: Path
) -> None:
    with a_window(desktop, "--image", str(computer)) as one:
        first = desktop.window()
        with a_window(desktop, "--image", str(other_computer)) as other:
            wait_for("two windows", lambda: len(desktop.windows()) == 2 or None, PATIENCE)
            assert first in desktop.windows()
            assert one.poll() is None
            assert other.poll() is None


def test_what_a_killed_window_left_behind_hinders_no_start(
    desktop: Desktop, computer: Path
) -> None:
    words = ("--image", str(computer))
    with a_window(desktop, *words) as killed:
        desktop.window()
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        wait_for("it is gone", lambda: desktop.windows() == [] or None, PATIENCE)
    with a_window(desktop, *words) as first:
        window = desktop.window()
        with a_window(desktop, *words) as second:
            assert second.wait(PATIENCE) == 0
        assert desktop.window() == window
        assert first.poll() is None
