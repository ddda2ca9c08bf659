"""A person at the screen: the setup program's pages, the window it leads to, and its removal.

Keys are pressed and the mouse is moved as a person does; what came of it is read in the mail. What
is on the screen is kept as pictures, for people to look at.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Final

import pytest

import windows_builders
from builders import thunderbird
from e2e.real_thunderbird import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from e2e.desktop import Desktop
    from windows_builders import Windows

pytestmark = [pytest.mark.xdist_group("windows packages"), pytest.mark.timeout(900)]

PATIENCE: Final = 120.0
PACE: Final = 0.7  # seconds between two keys of a person, where nothing tells that a page is there
PLACE: Final = r"AppData\Local\Programs\Configure587"
NOTEPAD: Final = r"C:\windows\system32\notepad.exe"
CANCELLED: Final = 1602 & 0xFF
AT_587: Final = b'"mail.smtpserver.smtp1.port", 587)'
PORTUGUESE: Final = "Instalação d"
WINDOW: Final = "^Configure 587!$"


class Person:
    """Somebody who looks at a screen, with a mouse and a keyboard."""

    def __init__(self, desktop: Desktop, pictures: Path) -> None:
        """What is seen is kept in `pictures`."""
        self._desktop = desktop
        self._pictures = pictures

    def sees(self, title: str) -> str:
        """The window with such a title, once it has the keyboard."""

        def look() -> str | None:
            found = self._desktop._try("search", "--onlyvisible", "--name", title).stdout.split()
            return next((each for each in found if each == self._desktop.active()), None)

        return wait_for(f"a window {title!r}", look, PATIENCE)

    def presses(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self._desktop.press(key)
            time.sleep(PACE)

    def presses_until(self, key: str, state: Callable[[], bool]) -> None:
        """Press a key from time to time, until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not state():
            assert time.monotonic() < deadline, f"{key} does not lead there"
            self.presses(key)

    def clicks(self, window: str, right: int, bottom: int) -> None:
        """Click so many pixels from the right and from the bottom of a window."""
        told = self._desktop._try("getwindowgeometry", "--shell", window).stdout
        where = dict(line.split("=") for line in told.split())
        x = int(where["X"]) + int(where["WIDTH"]) - right
        y = int(where["Y"]) + int(where["HEIGHT"]) - bottom
        self._desktop._xdotool("mousemove", str(x), str(y))
        time.sleep(PACE)
        self._desktop._xdotool("click", "1")

    def keeps(self, name: str) -> None:
        """Keep a picture of the screen."""
        path = os.path.join(self._pictures, f"{name}.png")
        own = {"PATH": os.environ["PATH"], **self._desktop.variables}
        subprocess.run(["import", "-window", "root", path], env=own, check=True)


@pytest.fixture
def person(windows_desktop: Desktop, tmp_path: Path) -> Person:
    """Give somebody at the screen."""
    return Person(windows_desktop, tmp_path)


@pytest.fixture(scope="module")
def portuguese(for_windows: None, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Give what makes a Windows speak Portuguese."""
    folder = tmp_path_factory.mktemp("locale")
    windows_builders.make_portuguese(str(folder))
    return {"LOCPATH": str(folder), "LC_ALL": "pt_BR.UTF-8"}


@pytest.fixture
def shown(
    windows_base: str, windows_desktop: Desktop, portuguese: Mapping[str, str], tmp_path: Path
) -> Iterator[Windows]:
    """Give a Windows in Portuguese, on that screen, with mail that leaves through port 25."""
    variables = {**windows_desktop.variables, **portuguese}
    with windows_builders.a_windows(windows_base, str(tmp_path / "w"), variables) as windows:
        windows.has(thunderbird(port=25))
        yield windows


def prefs(windows: Windows) -> bytes:
    """What Thunderbird has."""
    return windows.mail()["abcd1234.default"]


def test_a_person_is_led_from_the_setup_to_done_and_back(
    shown: Windows, setup_exe: str, person: Person
) -> None:
    before = shown.mail()
    os.link(setup_exe, shown.path("C:\\setup.exe"))
    place = f"C:\\users\\{os.path.basename(shown.home)}\\{PLACE}"
    with shown.start("C:\\setup.exe") as installing:
        person.sees(PORTUGUESE)
        person.keeps("setup-pt-1")
        person.presses("Return")
        person.keeps("setup-pt-2")
        done = shown.path(f"{place}\\uninstall.exe")
        person.presses_until("Return", lambda: os.path.exists(done))
        time.sleep(3)
        person.keeps("setup-pt-3")
        person.presses("space")  # no, do not open it now: without a network it proves nothing
        person.presses_until("Return", lambda: installing.poll() is not None)
        assert installing.returncode == 0
    assert shown.mail() == before

    program = f"{place}\\app\\Configure587.exe"
    with shown.start(program, "--probe", "off") as running:
        window = person.sees(WINDOW)
        person.keeps("window-1")
        assert shown.run(program, "--probe", "off").code == 0, "a second start finds the first"
        assert person.sees(WINDOW) == window
        person.clicks(window, 95, 42)  # the one primary button
        time.sleep(4)
        person.keeps("window-2")
        person.presses("Return")
        time.sleep(2)
        person.keeps("window-3")
        person.clicks(window, 95, 42)
        wait_for("it is changed", lambda: AT_587 in prefs(shown) or None, PATIENCE)
        time.sleep(3)
        person.keeps("window-4")
        person.presses("alt+d")  # Desfazer
        wait_for("it is undone", lambda: shown.mail() == before or None, PATIENCE)
        person.presses("alt+F4")
        assert running.wait(PATIENCE) == 0

    console = f"{place}\\app\\configure587c.exe"
    assert shown.run(console, "apply", "--no-network", "--yes").code == 0
    assert shown.mail() != before

    with shown.start(f"{place}\\uninstall.exe") as removing:
        person.sees("Configure 587!")
        person.keeps("remove-pt-1")
        person.presses("alt+s", "Return")
        gone = shown.path(f"{place}\\app")
        wait_for("it is removed", lambda: not os.path.exists(gone) or None, PATIENCE)
        time.sleep(2)
        person.keeps("remove-pt-2")
        removing.wait(PATIENCE)
        person.presses("Return")
    assert shown.mail() == before


def install_and_change(shown: Windows, setup_exe: str) -> None:
    """Install without a question, and have the mail changed."""
    os.link(setup_exe, shown.path("C:\\setup.exe"))
    assert shown.run("C:\\setup.exe", "/S", "/D=C:\\p").code == 0
    assert shown.run("C:\\p\\app\\configure587c.exe", "apply", "--no-network", "--yes").code == 0


def test_who_answers_no_keeps_the_mail_as_it_is(
    shown: Windows, setup_exe: str, person: Person
) -> None:
    install_and_change(shown, setup_exe)
    changed = shown.mail()
    with shown.start("C:\\p\\uninstall.exe", "/LANG=en") as removing:
        person.sees("Configure 587! Uninstall")
        person.keeps("remove-en-1")
        person.presses("Return")  # no is what is chosen
        gone = shown.path("C:\\p")
        wait_for("it is removed", lambda: not os.path.exists(gone) or None, PATIENCE)
        time.sleep(2)
        person.keeps("remove-en-2")
        removing.wait(PATIENCE)
        person.presses("Return")
    assert AT_587 in prefs(shown)
    assert shown.mail() == changed


def test_what_cannot_be_undone_is_told_and_nothing_is_removed(
    shown: Windows, setup_exe: str, person: Person
) -> None:
    install_and_change(shown, setup_exe)
    files, changed = shown.tree("C:\\p"), shown.mail()
    shutil.copy(shown.path(NOTEPAD), shown.path("C:\\OUTLOOK.EXE"))  # its name tells that it runs
    with shown.start("C:\\OUTLOOK.EXE") as outlook:
        time.sleep(2)
        with shown.start("C:\\p\\uninstall.exe") as removing:
            asking = person.sees("Configure 587!")
            person.presses("alt+s", "Return")
            wait_for("it is told", lambda: person.sees("Configure 587!") != asking or None, 60)
            person.keeps("remove-pt-outlook")
            person.presses("Return")
            removing.wait(PATIENCE)
        outlook.kill()
    assert shown.tree("C:\\p") == files
    assert shown.mail()["outlook"] == changed["outlook"]


def test_who_cancels_the_setup_has_nothing_of_it(
    shown: Windows, setup_exe: str, person: Person
) -> None:
    os.link(setup_exe, shown.path("C:\\setup.exe"))
    with shown.start("C:\\setup.exe", "/LANG=en") as installing:
        person.sees("Configure 587! Setup")
        person.keeps("setup-en-1")
        person.presses("Escape")
        assert installing.wait(PATIENCE) == CANCELLED
    assert not os.path.exists(os.path.join(shown.home, *PLACE.split("\\")))
