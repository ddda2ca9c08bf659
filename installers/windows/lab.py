"""The Windows lab: a genuine Windows CPython under Wine that runs the tests marked for Windows.

    .venv/bin/python -m installers.windows.lab [--junit FILE] [PYTEST ARGUMENT...]

cpython.py tells what that Python is made of. It lies ready in the cache with the packages of
lab-requirements.txt, in a Wine prefix; a run gets a copy of its own with our wheel and tests, and
leaves nothing behind. C587_LAB_CACHE chooses the folder of the cache, C587_LAB_STDLIB the standard
library.

Wine is not Windows; docs/windows-manual-checks.md lists what it cannot show.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT, Trouble
from installers.windows import cpython, packages, wine
from installers.windows.steps import call
from installers.windows.wine import Wine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE: Final = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS: Final = os.path.join(HERE, "lab-requirements.txt")
PROBE: Final = os.path.join(HERE, "probe.py")
PARTS: Final = (__file__, cpython.__file__, cpython.LAUNCHER, wine.__file__, PROBE, REQUIREMENTS)
MARK: Final = b"pytest.mark.windows"  # a test file with this in it runs in the lab
PACKAGES: Final = (
    *("certifi", "defusedxml", "dns", "hypothesis", "idna", "keyring.backends.Windows", "msgspec"),
    *("publicsuffixlist", "pytest", "truststore"),
)
TEST_SOURCES: Final = ("tests", "benchmarks", "installers", "docs", "resources")

RUN_AGE: Final = 3600  # seconds after which a run that left its folder is surely dead
KEPT: Final = 2  # folders to copy, for two versions of the lab that are at work in turn


# --- what every run starts from ------------------------------------------------------------------


def base(cache: str, library: str, version: str) -> str:
    """The folder in the cache that every run is copied from, made if it is not there."""
    digest = hashlib.sha256(f"{library} {version} {call(['wine', '--version'])}".encode())
    for path in PARTS:
        with open(path, "rb") as source:
            digest.update(hashlib.sha256(source.read()).digest())
    done = os.path.join(cache, f"base-{digest.hexdigest()[:16]}")
    if not os.path.isdir(done):
        making = tempfile.mkdtemp(prefix="making-", dir=cache)
        make_base(Wine(making), library)
        os.rename(making, done)
    os.utime(done)
    return done


@contextlib.contextmanager
def alone(cache: str) -> Iterator[None]:
    """Keep other labs of this computer out of the cache, and clear away what nobody uses."""
    with open(os.path.join(cache, "lock"), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in unused(cache):
            shutil.rmtree(path, ignore_errors=True)
        yield


def unused(cache: str) -> Iterator[str]:
    """What may go: unfinished work, runs of dead labs, all but the latest folders to copy."""
    found = sorted(os.scandir(cache), key=lambda entry: entry.stat().st_mtime, reverse=True)
    kept = [entry.path for entry in found if entry.name.startswith("base-")][:KEPT]
    for entry in found:
        dead = entry.name.startswith("run-") and time.time() - entry.stat().st_mtime > RUN_AGE
        base_of_another_time = entry.name.startswith("base-") and entry.path not in kept
        if dead or base_of_another_time or entry.name.startswith("making-"):
            yield entry.path


def make_base(making: Wine, library: str) -> None:
    """A Wine prefix that says it is Windows 10, with Python and the packages on its drive."""
    try:
        making.make()
        python = os.path.join(making.drive, "Python311")
        cpython.put_python(python, library)
        packages.install(REQUIREMENTS, site_packages(making))
        shutil.copy(PROBE, making.drive)
        environment = {**making.environment, "PYTHONDONTWRITEBYTECODE": ""}
        probe = [r"C:\Python311\python.exe", r"C:\probe.py", cpython.VERSION, *PACKAGES]
        call(["wine", *probe], making.drive, environment)
    finally:
        making.stop()


def site_packages(own: Wine) -> str:
    """Where packages lie in the lab's Python."""
    return os.path.join(own.drive, "Python311", "Lib", "site-packages")


# --- a run ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def fresh_copy(cache: str, library: str, version: str) -> Iterator[Wine]:
    """A Windows of our own, taken away at the end."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=cache, ignore_cleanup_errors=True) as own:
        with alone(cache):
            wine.copy(base(cache, library, version), own)
        os.utime(own)
        running = Wine(own)
        try:
            yield running
        finally:
            running.stop()


def put_program(own: Wine) -> None:
    """Build our wheel from the checkout and install it."""
    site = site_packages(own)
    packages.install_ours(site)
    if sys.version_info[:2] == (3, 11):  # whose compiled files serve Windows as well
        call([sys.executable, "-m", "compileall", "-q", os.path.join(site, "configure587")])


def marked_tests() -> list[str]:
    """The test files that ask to run on Windows."""
    found = []
    for folder, _, names in os.walk(os.path.join(ROOT, "tests")):
        for name in names:
            path = os.path.join(folder, name)
            if name.startswith("test_") and name.endswith(".py"):
                with open(path, "rb") as source:
                    if MARK in source.read():
                        found.append(os.path.relpath(path, ROOT))
    return sorted(found)


def run_tests(own: Wine, arguments: Sequence[str], junit: str | None) -> int:
    """Run pytest on the marked tests; its exit code."""
    checkout = os.path.join(own.drive, "checkout")
    os.mkdir(checkout)
    packages.copy_sources(checkout, TEST_SOURCES)
    pytest = ["-m", "pytest", "-m", "windows", "-p", "no:cacheprovider"]
    pytest += ["--basetemp", r"C:\t", "--timeout", "120"]
    names_tests = any(os.path.exists(os.path.join(ROOT, word.split("::")[0])) for word in arguments)
    code = own.show(
        r"C:\Python311\python.exe",
        *pytest,
        *("--junitxml", r"C:\junit.xml"),
        *(arguments if names_tests else [*arguments, *marked_tests()]),
        cwd=checkout,
    )
    if junit is not None and os.path.exists(os.path.join(own.drive, "junit.xml")):
        shutil.copy(os.path.join(own.drive, "junit.xml"), junit)
    return code


def cache_folder() -> str:
    """Where the lab keeps what takes long to make; not HOME, which tests change."""
    home = pwd.getpwuid(os.getuid()).pw_dir
    chosen = os.environ.get("C587_LAB_CACHE")
    folder = chosen or os.path.join(home, ".cache", "configure587-lab")
    os.makedirs(folder, exist_ok=True)
    return folder


def main(words: Sequence[str]) -> int:
    """Set the lab up, run the tests; 1 when it cannot be set up, else what pytest says."""
    junit = words[1] if words[:1] == ["--junit"] else None
    arguments = words[2:] if junit is not None else words
    started = time.monotonic()
    try:
        cache = cache_folder()
        library, version = cpython.standard_library()
        with fresh_copy(cache, library, version) as own:
            put_program(own)
            seconds = round(time.monotonic() - started)
            ready = f"Windows CPython {cpython.VERSION} (library {version}) is ready"
            print(f"{ready} ({seconds} s)", flush=True)
            return run_tests(own, arguments, junit)
    except Trouble as trouble:
        print(f"The Windows lab: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
