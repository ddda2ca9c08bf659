"""The Windows lab: a genuine Windows CPython under Wine that runs the tests marked for Windows.

    .venv/bin/python installers/windows/lab.py [--junit FILE] [PYTEST ARGUMENT...]

python311.dll and its extension modules, signed by the Python Software Foundation, come from a
wheel on PyPI, the standard library from a Python 3.11 of this computer, python.exe is launcher.c.
They lie ready in the cache with the packages of lab-requirements.txt, in a Wine prefix; a run gets
a copy of its own with our wheel and tests, and leaves nothing behind. C587_LAB_CACHE chooses the
folder of the cache, C587_LAB_STDLIB the standard library.

Wine is not Windows; docs/windows-manual-checks.md lists what it cannot show.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HERE: Final = os.path.dirname(os.path.abspath(__file__))
ROOT: Final = os.path.dirname(os.path.dirname(HERE))
REQUIREMENTS: Final = os.path.join(HERE, "lab-requirements.txt")
LAUNCHER: Final = os.path.join(HERE, "launcher.c")
PROBE: Final = os.path.join(HERE, "probe.py")
MARK: Final = b"pytest.mark.windows"  # a test file with this in it runs in the lab

VERSION: Final = "3.11.7"  # what the DLLs say that they are
MINGW: Final = "x86_64-w64-mingw32-"
DLLS: Final = (
    "panda3d==1.10.14 "
    "--hash=sha256:1ddf01040b9c5497fb8659e3c5ef793a26c869cfdfb1b75e6d04d6fba0c03b73\n"
)
FOR_WINDOWS: Final = (
    *("--only-binary", ":all:", "--no-deps", "--require-hashes", "--no-compile"),
    *("--platform", "win_amd64", "--implementation", "cp", "--python-version", "3.11"),
)
PACKAGES: Final = (
    *("certifi", "defusedxml", "dns", "hypothesis", "idna", "keyring.backends.Windows", "msgspec"),
    *("publicsuffixlist", "pytest", "truststore"),
)

DROPPED_DLLS: Final = re.compile(r"api-ms-win-|tcl|tk|_tkinter")  # part of Windows, or windows
DROPPED_LIB: Final = shutil.ignore_patterns(
    *("__pycache__", "site-packages", "dist-packages", "lib-dynload", "config-3*"),
    *("test", "tests", "idlelib", "tkinter", "turtle*", "ensurepip", "lib2to3", "pydoc_data"),
    *("_sysconfigdata*", "sitecustomize.py", "usercustomize.py", "EXTERNALLY-MANAGED"),
)
WHEEL_SOURCES: Final = ("app", "locales", "resources", "installers")
TEST_SOURCES: Final = ("tests", "benchmarks", "installers", "docs", "resources")
PAPERS: Final = ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")
LEFT_BY_TOOLS: Final = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.mo")

SETUP_SECONDS: Final = 300
TEST_SECONDS: Final = 600
RUN_AGE: Final = 3600  # seconds after which a run that left its folder is surely dead
KEPT: Final = 2  # folders to copy, for two versions of the lab that are at work in turn
LINK_FROM: Final = 65536  # bytes: larger files of Wine itself are linked, for nothing changes them


class Trouble(Exception):
    """What stops the lab, in one sentence."""


def call(
    command: Sequence[str], cwd: str = ROOT, environment: Mapping[str, str] | None = None
) -> str:
    """What a step of the set-up prints; Trouble with all of that when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SETUP_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise Trouble(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise Trouble(f"{' '.join(command)} has not ended in {SETUP_SECONDS} s") from error
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Trouble(f"{' '.join(command)} failed ({done.returncode}):\n{output[-6000:]}")
    return output


# --- Wine ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wine:
    """One Wine prefix, and the folder around it that is the home of whoever runs it."""

    folder: str

    @property
    def drive(self) -> str:
        """The folder that is its drive C:."""
        return os.path.join(self.folder, "prefix", "drive_c")

    @property
    def environment(self) -> dict[str, str]:
        """As little of ours as possible: no display, no home, no Python variables."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": self.folder,  # Wine links a person's folders to those in the home
            "LC_ALL": "C.UTF-8",  # in another one Wine cannot tell file names with accents
            "WINEPREFIX": os.path.join(self.folder, "prefix"),
            "WINEDEBUG": "-all",
            # no offers to download .NET and Gecko, and what crashes ends without a debugger
            "WINEDLLOVERRIDES": "mscoree,mshtml,winedbg.exe=",
            "C587_LAB": "1",  # tests that change the computer's own settings ask for it
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def call(self, *command: str) -> str:
        """What a step of the set-up prints."""
        return call(["wine", *command], self.folder, self.environment)

    def show(self, *command: str, cwd: str) -> int:
        """Run a program and print what it prints; stopped with all it started when it hangs.

        Its standard streams are pipes: Python cannot start under Wine when one is a regular file.
        """
        with subprocess.Popen(
            ["wine", *command],
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as child:
            hung = threading.Timer(TEST_SECONDS, self.stop)
            hung.start()
            assert child.stdout is not None
            for line in child.stdout:
                print(line.decode(errors="replace").rstrip("\r\n"), flush=True)
            hung.cancel()
            hung.join()
        return child.returncode

    def stop(self) -> None:
        """End every program of this prefix, crashed ones that wait for a debugger too."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            for word in ("-k", "-w"):
                subprocess.run(["wineserver", word], env=self.environment, timeout=30, check=False)


# --- what every run starts from ------------------------------------------------------------------


def standard_library() -> tuple[str, str]:
    """The folder and the version of the standard library that fits the DLLs best."""
    chosen = os.environ.get("C587_LAB_STDLIB")
    folders = [chosen] if chosen else [sysconfig.get_path("stdlib"), "/usr/lib/python3.11"]
    found = {folder: version for folder in folders if (version := library_version(folder))}
    for folder, version in found.items():
        if version == VERSION:
            return folder, version
    for folder, version in found.items():
        if version.startswith("3.11."):
            return folder, version
    raise Trouble(f"no standard library of Python 3.11 in {', '.join(folders)}")


def library_version(folder: str) -> str | None:
    """What the Python says to which a standard library belongs."""
    pythons = [os.path.join(folder, "..", "..", "bin", "python3.11")]
    if folder == sysconfig.get_path("stdlib"):
        pythons.insert(0, sys.executable)
    for python in pythons:
        if os.path.exists(python) and os.path.exists(os.path.join(folder, "os.py")):
            return call(
                [python, "-I", "-c", "import platform; print(platform.python_version())"]
            ).strip()
    return None


def base(cache: str, library: str, version: str) -> str:
    """The folder in the cache that every run is copied from, made if it is not there."""
    parts = [__file__, LAUNCHER, PROBE, REQUIREMENTS]
    digest = hashlib.sha256(f"{library} {version} {call(['wine', '--version'])}".encode())
    for path in parts:
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


def make_base(wine: Wine, library: str) -> None:
    """A Wine prefix that says it is Windows 10, with Python and the packages on its drive."""
    try:
        wine.call("wineboot", "-i")
        wine.call("winecfg", "-v", "win10")
        cut_off(wine)
        python = os.path.join(wine.drive, "Python311")
        put_python(python, library)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        packages = os.path.join(python, "Lib", "site-packages")
        call([*pip, *FOR_WINDOWS, "--target", packages, "--requirement", REQUIREMENTS])
        shutil.copy(PROBE, wine.drive)
        environment = {**wine.environment, "PYTHONDONTWRITEBYTECODE": ""}
        command = ["wine", r"C:\Python311\python.exe", r"C:\probe.py", VERSION, *PACKAGES]
        call(command, wine.drive, environment)
    finally:
        wine.stop()


def cut_off(wine: Wine) -> None:
    """Take the ways from a Windows program to the files of this computer away."""
    os.unlink(os.path.join(wine.folder, "prefix", "dosdevices", "z:"))
    for folder, below, _ in os.walk(os.path.join(wine.drive, "users")):
        for path in [os.path.join(folder, name) for name in below]:
            if os.path.islink(path):  # such as Documents, to the home of whoever runs Wine
                os.unlink(path)
                os.mkdir(path)


def put_python(folder: str, library: str) -> None:
    """Assemble Python for Windows as python.org lays it out."""
    shutil.copytree(library, os.path.join(folder, "Lib"), ignore=DROPPED_LIB)
    os.makedirs(os.path.join(folder, "Lib", "site-packages"))
    os.mkdir(os.path.join(folder, "DLLs"))
    with tempfile.TemporaryDirectory() as scratch:
        wanted = os.path.join(scratch, "requirements.txt")
        with open(wanted, "w", encoding="utf-8") as target:
            target.write(DLLS)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download"]
        words = [word for word in FOR_WINDOWS if word != "--no-compile"]
        call([*pip, *words, "--dest", scratch, "--requirement", wanted])
        (wheel,) = (name for name in os.listdir(scratch) if name.endswith(".whl"))
        with zipfile.ZipFile(os.path.join(scratch, wheel)) as archive:
            for path in archive.namelist():
                if path.startswith("deploy_libs/") and not DROPPED_DLLS.match(path[12:]):
                    put_dll(folder, path[12:], archive.read(path))
        link(folder, scratch)


def put_dll(folder: str, name: str, data: bytes) -> None:
    """Put a DLL where the python.org installer puts it."""
    beside = name.lower() in {"python311.dll", "vcruntime140.dll"}
    where = folder if beside else os.path.join(folder, "DLLs")
    with open(os.path.join(where, name.lower() if beside else name), "wb") as target:
        target.write(data)


def link(folder: str, scratch: str) -> None:
    """Make python.exe, and the python3.dll that hands the stable ABI on to python311.dll."""
    dll = os.path.join(folder, "python311.dll")
    gcc = [f"{MINGW}gcc", "-O2", "-s", "-Wall", "-Wextra", "-Werror"]
    call([*gcc, "-municode", "-o", os.path.join(folder, "python.exe"), LAUNCHER, dll])
    exports = call(["gendef", "-", dll]).partition("EXPORTS")[2].split("\n")
    names = {line.split()[0] for line in exports if re.match(r"_?Py\w+( DATA)?\s*$", line)}
    definition = os.path.join(scratch, "python3.def")
    with open(definition, "w", encoding="ascii") as target:
        target.write("EXPORTS\n" + "".join(f"{n}=python311.{n}\n" for n in sorted(names)))
    entry = os.path.join(scratch, "entry.c")
    with open(entry, "w", encoding="ascii") as target:
        target.write("int __stdcall entry(void *a, unsigned b, void *c)\n")
        target.write("{ (void)a; (void)b; (void)c; return 1; }\n")
    table = os.path.join(scratch, "python3.exp")
    call([f"{MINGW}dlltool", "-d", definition, "-e", table, "-D", "python3.dll"])
    out = os.path.join(folder, "python3.dll")
    call([*gcc, "-shared", "-nostdlib", "-e", "entry", "-o", out, entry, table])


# --- a run ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def fresh_copy(cache: str, library: str, version: str) -> Iterator[Wine]:
    """A Windows of our own, taken away at the end."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=cache, ignore_cleanup_errors=True) as own:
        with alone(cache):
            start = base(cache, library, version)
            shutil.copytree(
                start, own, symlinks=True, copy_function=copy_or_link, dirs_exist_ok=True
            )
        os.utime(own)
        wine = Wine(own)
        try:
            yield wine
        finally:
            wine.stop()


def copy_or_link(source: str, target: str) -> str:
    """Copy a file; share the large ones that belong to Wine."""
    if "/drive_c/windows/" in source and os.path.getsize(source) >= LINK_FROM:
        os.link(source, target)
        return target
    return shutil.copy2(source, target)


def put_program(wine: Wine) -> None:
    """Build our wheel from the checkout and install it."""
    with tempfile.TemporaryDirectory() as scratch:
        copy_sources(scratch, WHEEL_SOURCES)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        out = os.path.join(scratch, "wheel")
        call([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", out, scratch])
        (wheel,) = os.listdir(out)
        packages = os.path.join(wine.drive, "Python311", "Lib", "site-packages")
        with zipfile.ZipFile(os.path.join(out, wheel)) as archive:
            archive.extractall(packages)
    if sys.version_info[:2] == (3, 11):  # whose compiled files serve Windows as well
        call([sys.executable, "-m", "compileall", "-q", os.path.join(packages, "configure587")])


def copy_sources(target: str, folders: Sequence[str]) -> None:
    """Copy what is needed of the checkout, so that nothing is left behind in it."""
    for name in folders:
        source = os.path.join(ROOT, name)
        shutil.copytree(source, os.path.join(target, name), ignore=LEFT_BY_TOOLS)
    for name in PAPERS:
        shutil.copy(os.path.join(ROOT, name), target)


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


def run_tests(wine: Wine, arguments: Sequence[str], junit: str | None) -> int:
    """Run pytest on the marked tests; its exit code."""
    checkout = os.path.join(wine.drive, "checkout")
    os.mkdir(checkout)
    copy_sources(checkout, TEST_SOURCES)
    pytest = ["-m", "pytest", "-m", "windows", "-p", "no:cacheprovider"]
    pytest += ["--basetemp", r"C:\t", "--timeout", "120"]
    names_tests = any(os.path.exists(os.path.join(ROOT, word.split("::")[0])) for word in arguments)
    code = wine.show(
        r"C:\Python311\python.exe",
        *pytest,
        *("--junitxml", r"C:\junit.xml"),
        *(arguments if names_tests else [*arguments, *marked_tests()]),
        cwd=checkout,
    )
    if junit is not None and os.path.exists(os.path.join(wine.drive, "junit.xml")):
        shutil.copy(os.path.join(wine.drive, "junit.xml"), junit)
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
        library, version = standard_library()
        with fresh_copy(cache, library, version) as wine:
            put_program(wine)
            seconds = round(time.monotonic() - started)
            print(
                f"Windows CPython {VERSION} (library {version}) is ready ({seconds} s)", flush=True
            )
            return run_tests(wine, arguments, junit)
    except Trouble as trouble:
        print(f"The Windows lab: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
