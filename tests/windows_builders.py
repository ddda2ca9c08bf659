"""A Windows for packages to be tried on: a Wine prefix in which a window of Qt can open.

Wine 8 lacks three small parts of Windows 10 that Qt wants; stand-ins of our own
(installers/stubs/) are put into the prefix, never into the product.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final, NamedTuple

from installers.windows import cpython, lab
from installers.windows.steps import call
from installers.windows.wine import Wine, copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pytest

NEEDED: Final[Mapping[str, str]] = {  # program -> the Debian package that has it
    "wine": "wine",
    "wineserver": "wine64",
    f"{cpython.MINGW}gcc": "gcc-mingw-w64-x86-64",
    "gendef": "mingw-w64-tools",
    "makensis": "nsis",
    "wixl": "wixl",
    "msiinfo": "msitools",
}
STUBS: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "installers", "stubs")
SETTINGS: Final = (
    r"HKLM\Software\Microsoft\WindowsRuntime\ActivatableClassId"
    r"\Windows.UI.ViewManagement.UISettings"
)
OVERRIDES: Final = "mscoree,mshtml,winedbg.exe=;mscms=n"
PATIENCE: Final = 120.0  # seconds
USER: Final = "root"


def hindrance() -> str | None:
    """Why no package for Windows can be tried here, in one sentence; None when it can."""
    absent = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    return f"packages for Windows need: apt-get install {' '.join(absent)}" if absent else None


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[str], None]) -> str:
    """A folder that is made once for all workers of a run of the tests."""
    base = factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    done = os.path.join(folder, name)
    with locked(os.path.join(folder, f"{name}.lock")):
        if not os.path.isdir(done):
            making = f"{done}.making"
            shutil.rmtree(making, ignore_errors=True)
            os.makedirs(making)
            make(making)
            os.rename(making, done)
    return done


def cache() -> str:
    """Where builds keep what they fetched."""
    folder = os.path.join(lab.cache_folder(), "packages")
    os.makedirs(folder, exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(path: str) -> Iterator[None]:
    """Keep others out meanwhile."""
    with open(path, "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_windows(folder: str) -> None:
    """Make the prefix that every test copies."""
    wine = Wine(folder, {"WINEDLLOVERRIDES": OVERRIDES})
    try:
        wine.make()
        system = os.path.join(wine.drive, "windows", "system32")
        for name in ("icuuc", "mscms", "uisettings"):
            out = os.path.join(system, f"{name}.dll")
            if os.path.lexists(out):
                os.unlink(out)
            call([*cpython.GCC, "-shared", "-o", out, os.path.join(STUBS, f"{name}.c")])
        path = r"C:\windows\system32\uisettings.dll"
        wine.call("reg", "add", SETTINGS, "/v", "DllPath", "/t", "REG_SZ", "/d", path, "/f")
    finally:
        wine.stop()


class Done(NamedTuple):
    """How a program ended, and what it said."""

    code: int
    said: str


class Windows:
    """One Windows of a test's own."""

    def __init__(self, folder: str, variables: Mapping[str, str]) -> None:
        """`variables` may name a display and a language."""
        self.wine = Wine(folder, {"WINEDLLOVERRIDES": OVERRIDES, **variables})

    def path(self, name: str) -> str:
        r"""Where this computer keeps a file of drive C:, such as C:\policy.toml."""
        assert name.startswith("C:\\"), name
        return os.path.join(self.wine.drive, *name[3:].split("\\"))

    def run(
        self,
        *words: str,
        folder: str = "C:\\",
        variables: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> Done:
        """Run a program to its end.

        Its code is what this computer sees of it: the last eight bits. Its streams are pipes, for
        Python cannot start under Wine when one is a regular file.
        """
        done = subprocess.run(
            ["wine", *words],
            cwd=self.path(folder),
            env={**self.wine.environment, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=patience,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(errors="replace").replace("\r\n", "\n"))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a program and go on; its own output is of no interest."""
        return subprocess.Popen(
            ["wine", *words],
            cwd=self.wine.drive,
            env=self.wine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def tree(self, name: str) -> set[str]:
        """Every file below a folder of drive C:."""
        top = self.path(name)
        return {
            os.path.relpath(os.path.join(below, file), top)
            for below, _, files in os.walk(top)
            for file in files
        }


@contextlib.contextmanager
def a_windows(base: str, folder: str, variables: Mapping[str, str]) -> Iterator[Windows]:
    """A copy of that prefix, until the block ends."""
    copy(base, folder)
    windows = Windows(folder, variables)
    try:
        yield windows
    finally:
        windows.wine.stop()
        shutil.rmtree(folder, ignore_errors=True)
