"""A Windows for packages to be tried on: a Wine prefix in which a window of Qt can open.

Wine 8 lacks three small parts of Windows 10 that Qt wants; stand-ins of our own
(installers/stubs/) are put into the prefix, never into the product.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import pwd
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from installers.windows import cpython, lab
from installers.windows.steps import call
from installers.windows.wine import Wine, copy

from windows.person import INSTALLED, Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pytest

    from builders import ProfileFiles

NEEDED: Final[Mapping[str, str]] = {  # program -> the Debian package that has it
    "wine": "wine",
    "wineserver": "wine64",
    f"{cpython.MINGW}gcc": "gcc-mingw-w64-x86-64",
    "gendef": "mingw-w64-tools",
    "makensis": "nsis",
    "wixl": "wixl",
    "msiinfo": "msitools",
    "localedef": "libc-bin",
}
PORTUGUESE: Final = "/usr/share/i18n/locales/pt_BR"  # of the Debian package locales
TESTS: Final = os.path.dirname(os.path.abspath(__file__))
STUBS: Final = os.path.join(TESTS, "installers", "stubs")
SETTINGS: Final = (
    r"HKLM\Software\Microsoft\WindowsRuntime\ActivatableClassId"
    r"\Windows.UI.ViewManagement.UISettings"
)
OUTLOOK: Final = os.path.join(TESTS, "corpora", "outlook", "outlook-2016.reg")
OUTLOOK_KEY: Final = r"HKCU\Software\Microsoft\Office\16.0\Outlook"
PERSONAL: Final = "HKEY_CURRENT_USER\\"
OVERRIDES: Final = "mscoree,mshtml,winedbg.exe=;mscms=n"
PATIENCE: Final = 120.0  # seconds


def hindrance() -> str | None:
    """Why no package for Windows can be tried here, in one sentence; None when it can."""
    absent = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    absent += [] if os.path.exists(PORTUGUESE) else ["locales"]
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


def make_portuguese(folder: str) -> None:
    """Make the locale of Brazil, whatever locales this computer has."""
    call(["localedef", "-i", "pt_BR", "-f", "UTF-8", os.path.join(folder, "pt_BR.UTF-8")])


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


def in_a_hive(key: str) -> str:
    """A key of a .reg file as Wine writes it into a registry of its own."""
    head, _, values = key.partition("]")
    path = head.removeprefix(f"[{PERSONAL}").replace("\\", "\\\\")
    told = f"[{path}] 0{values}"
    return re.sub(r"[^\x00-\x7f]", lambda found: f"\\x{ord(found[0]):04x}", told)


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

    @contextlib.contextmanager
    def start(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start a program and go on; its own output is of no interest.

        It is waited for at the end of the block, but not where the test has failed.
        """
        with subprocess.Popen(
            ["wine", *words],
            cwd=self.wine.drive,
            env=self.wine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as child:
            try:
                yield child
            except BaseException:
                child.kill()
                raise

    @contextlib.contextmanager
    def running(self, program: str) -> Iterator[None]:
        """Have our command at work, reading a log that has no end, until the block ends."""
        with subprocess.Popen(
            ["wine", program, "fleet", "from-logs", "-"],
            cwd=self.wine.drive,
            env=self.wine.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as child:
            assert child.stdin is not None
            child.stdin.write(b"not a line of a mail server\n" * 50_000)  # more than a pipe holds
            child.stdin.flush()
            yield

    @property
    def home(self) -> str:
        """The folder of the person."""
        return self.path(f"C:\\users\\{pwd.getpwuid(os.getuid()).pw_name}")

    def has(self, *profiles: ProfileFiles) -> None:
        """Give the person these profiles of Thunderbird, and the accounts of an Outlook."""
        Person(pathlib.Path(self.home)).has(INSTALLED, *profiles)
        shutil.copy(OUTLOOK, self.path("C:\\outlook.reg"))
        assert self.run("reg", "import", "C:\\outlook.reg").code == 0

    def has_registry(self, home: str, *, outlook: bool) -> None:
        """Put the registry of somebody who is not signed in into their home, as Wine keeps it."""
        with open(OUTLOOK, encoding="utf-16") as file:
            keys = [key for key in file.read().split("\n\n") if key.startswith(f"[{PERSONAL}")]
        told = "\n\n".join(map(in_a_hive, keys if outlook else []))
        hive = pathlib.Path(self.path(f"{home}\\NTUSER.DAT"))
        hive.write_text(f"WINE REGISTRY Version 2\n\n{told}\n", encoding="ascii")

    def sets(self, key: str, name: str, value: str) -> None:
        """Have a text in the registry."""
        done = self.run("reg", "add", key, "/v", name, "/t", "REG_SZ", "/d", value, "/f")
        assert done.code == 0, done.said

    def mail(self) -> dict[str, bytes]:
        """What decides how mail is sent: each prefs.js of anybody, and what Outlook has."""
        done = self.run("reg", "export", OUTLOOK_KEY, "C:\\exported.reg", "/y")
        assert done.code == 0, done.said
        found = {"outlook": pathlib.Path(self.path("C:\\exported.reg")).read_bytes()}
        for path in pathlib.Path(self.path("C:\\users")).rglob("prefs.js"):
            if "Configure587" not in path.parts:
                found[path.parent.name] = path.read_bytes()
        return found

    def has_key(self, key: str) -> bool:
        """Whether the registry has such a key."""
        return self.run("reg", "query", key).code == 0

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
    nowhere: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    environment = windows.wine.environment
    # What Windows itself starts holds on to the streams of whoever was the first, and stays only
    # as long as somebody is there.
    subprocess.run(["wine", "cmd", "/c", "exit"], env=environment, check=True, **nowhere)
    with subprocess.Popen(
        ["wine", "cmd"], env=environment, **{**nowhere, "stdin": subprocess.PIPE}
    ) as somebody:
        try:
            yield windows
        finally:
            windows.wine.stop()
            somebody.kill()
            shutil.rmtree(folder, ignore_errors=True)
