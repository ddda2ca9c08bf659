"""The guard against the real world bites: these tests reach out on purpose."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies

from real_world import Guard, RealWorldTouched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def someones_home(tmp_path: Path, real_world: Guard) -> Iterator[Path]:
    """Give a folder that the guard takes for a person's home; complaints are expected here."""
    home = tmp_path / "someone"
    home.mkdir()
    (home / "letter").write_text("private")
    before = (real_world.homes, real_world.fair)
    real_world.homes, real_world.fair = (str(home),), (str(home / "ours"),)
    yield home
    real_world.homes, real_world.fair = before
    real_world.complaints.clear()


SWALLOWS = """
import contextlib, socket

def test_swallows():
    with contextlib.suppress(BaseException):
        socket.getaddrinfo("smtp.example", 25)
"""

DEEDS: dict[str, Callable[[Path], object]] = {
    "read": lambda home: (home / "letter").read_text(),
    "write": lambda home: (home / "new").write_text("x"),
    "open": lambda home: os.open(home / "new", os.O_CREAT | os.O_WRONLY),
    "bytes": lambda home: os.open(os.fsencode(home / "letter"), os.O_RDONLY),
    "list": os.listdir,
    "walk": lambda home: list(os.walk(home)),
    "remove": lambda home: os.unlink(home / "letter"),
    "rename": lambda home: os.replace(home / "letter", home.parent / "stolen"),
    "mkdir": lambda home: os.makedirs(home / "a" / "b"),
    "link": lambda home: os.symlink("letter", home / "link"),
    "chmod": lambda home: os.chmod(home / "letter", 0o777),
    "copy": lambda home: shutil.copy(home.parent / "mine", home / "mine"),
    "child": lambda home: subprocess.call([sys.executable, "-V"], env={"HOME": str(home)}),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_deed_in_someones_home_is_an_error(
    someones_home: Path, deed: Callable[[Path], object]
) -> None:
    (someones_home.parent / "mine").write_text("mine")
    with pytest.raises(RealWorldTouched, match="a real home"):
        deed(someones_home)
    assert os.stat(someones_home / "letter").st_size == len("private")
    assert os.stat(someones_home).st_nlink == 2


def test_a_fair_folder_inside_a_home_may_be_written(someones_home: Path) -> None:
    with pytest.raises(RealWorldTouched):
        os.mkdir(someones_home / "theirs")
    os.mkdir(someones_home / "ours")
    (someones_home / "ours" / "file").write_text("x")


def test_forgiving_code_cannot_forgive_the_guard(someones_home: Path, real_world: Guard) -> None:
    with pytest.raises(RealWorldTouched), contextlib.suppress(Exception):
        (someones_home / "letter").read_text()
    assert len(real_world.complaints) == 1


def _connect(family: socket.AddressFamily, address: tuple[str, int]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.connect(address)


def _bind(address: tuple[str, int]) -> None:
    with socket.socket() as door:
        door.bind(address)


REACHES: dict[str, Callable[[], object]] = {
    "connect": lambda: _connect(socket.AF_INET, ("192.0.2.1", 25)),
    "connect IPv6": lambda: _connect(socket.AF_INET6, ("2001:db8::1", 25)),
    "create_connection": lambda: socket.create_connection(("smtp.example", 587), timeout=1),
    "look up": lambda: socket.getaddrinfo("smtp.example", 587),
    "bind everywhere": lambda: _bind(("", 0)),
    "bind 0.0.0.0": lambda: _bind(("0.0.0.0", 0)),
}


@pytest.mark.parametrize("reach", REACHES.values(), ids=REACHES)
def test_reaching_for_the_network_is_an_error(
    real_world: Guard, reach: Callable[[], object]
) -> None:
    with pytest.raises(RealWorldTouched, match="the network"):
        reach()
    real_world.complaints.clear()


def test_loopback_and_local_sockets_are_fair(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        socket.create_connection(door.getsockname()).close()
        socket.create_connection(("localhost", door.getsockname()[1])).close()
    near, far = socket.socketpair()
    near.close()
    far.close()
    with socket.socket(socket.AF_UNIX) as local:
        local.bind(os.path.relpath(tmp_path / "s"))


def test_the_registry_is_off_limits(real_world: Guard) -> None:
    assert not real_world.lab
    with pytest.raises(RealWorldTouched, match="the registry"):
        sys.audit("winreg.OpenKey", 1, "Software", 0)
    real_world.complaints.clear()


def test_the_registry_of_the_lab_is_fair(
    real_world: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_world, "lab", True)
    sys.audit("winreg.OpenKey", 1, "Software", 0)
    monkeypatch.setenv("C587_LAB", "1")
    assert Guard().lab
    monkeypatch.setenv("C587_LAB", "no")
    assert not Guard().lab


def test_the_home_of_a_test_is_new_and_empty(real_world: Guard) -> None:
    home = os.path.expanduser("~")
    assert os.listdir(home) == []
    assert home not in real_world.homes
    assert {os.environ[name] for name in ("HOME", "USERPROFILE", "APPDATA")} == {home}
    assert os.environ["XDG_DATA_HOME"].startswith(home)


def test_a_complaint_that_was_swallowed_fails_the_test_anyway(tmp_path: Path) -> None:
    tests = os.path.dirname(os.path.dirname(__file__))
    for name in ("conftest.py", "real_world.py"):
        shutil.copy(os.path.join(tests, name), tmp_path)
    (tmp_path / "test_it.py").write_text(SWALLOWS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "this test touches the network: smtp.example" in run.stdout
    assert "1 passed, 1 error" in run.stdout


@given(strategies.text())
def test_hypothesis_lives_with_the_guard(text: str) -> None:
    assert text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass") == text
