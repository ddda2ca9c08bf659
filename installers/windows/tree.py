"""The folder of the program for Windows: everything that setup.exe and the .msi put there.

    Configure587.exe  configure587c.exe    start the Python of this folder (program.c)
    python311.dll  python311.zip  DLLs     CPython, its standard library as byte code
    Lib                                    our package and those it needs, as byte code
    licenses                               the licences of all of that

Nothing in it is written after it has been installed. Two builds of one commit give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import zipfile
from typing import TYPE_CHECKING, Final, NamedTuple

from installers.jobs import Contents, Need, Trouble
from installers.windows import compiling, cpython, inside, packages, programs, qt
from installers.windows.steps import call

from installers import licences, parts, signing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from installers.jobs import Job

NEEDS: Final = (
    Need(f"{cpython.MINGW}gcc", "gcc-mingw-w64-x86-64"),
    Need(f"{cpython.MINGW}windres", "gcc-mingw-w64-x86-64"),
    Need("gendef", "mingw-w64-tools"),
)
REQUIREMENTS: Final = os.path.join(programs.HERE, "requirements.txt")
PYTHON_DLL: Final = "python311.dll"
LIBRARY: Final = "python311.zip"
MADE_HERE: Final = ("Configure587.exe", "configure587c.exe", "python3.dll")
"""What we sign; the DLLs of others bear the signatures of their makers."""
PATHS: Final = f"{LIBRARY}\r\nDLLs\r\nLib\r\n"
"""python311._pth: where this Python looks, and nowhere else."""

UNUSED_LIB: Final = (
    "LICENSE.txt",
    *("curses", "dbm", "distutils", "ensurepip", "idlelib", "lib2to3", "msilib", "pydoc_data"),
    *("site-packages", "sqlite3", "test", "tkinter", "turtledemo", "venv", "__pycache__"),
    *("antigravity", "crypt", "pty", "this", "tty", "turtle"),
)
UNUSED_DLLS: Final = re.compile(
    r"(_sqlite3|_msi|_tkinter|winsound|_test.*|_ctypes_test|xxlimited.*)\.pyd|"
    r"(sqlite3|tcl\w+|tk\w+|api-ms-win-.*)\.dll"
)
RUNS_PYTHON: Final = re.compile(r"(python3\d*|vcruntime\d+(_1)?)\.dll", re.IGNORECASE)
KEPT_OF_A_WHEEL: Final = {"METADATA", "entry_points.txt"}
LEFT_OF_A_WHEEL: Final = {
    *("PySide6", "shiboken6", "bin", "share"),  # Qt is put by qt.py
    "cffi",  # builds bindings; those of PyNaCl are built, and need its module in C alone
}
UNUSED_OF_PACKAGES: Final = (
    *("publicsuffixlist/test.py", "publicsuffixlist/test_psl.txt", "publicsuffixlist/update.py"),
    *("dns/asyncresolver.py", "dns/_asyncio_backend.py", "dns/_trio_backend.py"),
    "segno/cli.py",
)
"""Tests, commands, and other ways to do the same."""


class Program(NamedTuple):
    """What a folder is built of: the name of the package that it starts, and where it comes from.

    There is another one only for benchmarks, which compare us with a minimal window.
    """

    package: str
    requirements: str
    put: Callable[[str], None]


def put_ours(lib: str) -> None:
    """Our package; of its icons only the one that is drawn, for Windows has those in the .exe."""
    packages.install_ours(lib)
    icons = os.path.join(lib, "configure587", "resources", "icons")
    for name in os.listdir(icons):
        if not name.endswith(".svg"):
            os.unlink(os.path.join(icons, name))


OURS: Final = Program("configure587", REQUIREMENTS, put_ours)


def build(job: Job) -> list[str]:
    """Build the folder."""
    out = os.path.join(job.out, f"configure587-{job.version}-windows")
    with tempfile.TemporaryDirectory(dir=job.work) as scratch:
        making = os.path.join(scratch, "tree")
        compose(making, job, OURS)
        if os.path.exists(out):
            shutil.rmtree(out)
        shutil.move(making, out)
    return [out]


def fetch(job: Job) -> None:
    """Fetch what comes from others, so that a build needs the network no more."""
    _kept(job, OURS.requirements, packages.install)
    _python(job)


def compose(folder: str, job: Job, program: Program) -> None:
    """Build the folder of a program."""
    os.makedirs(os.path.join(folder, "DLLs"))
    lib = os.path.join(folder, "Lib")
    fetched = _kept(job, program.requirements, packages.install)
    _copy_packages(fetched, lib)
    program.put(lib)
    qt.put(fetched, sorted(qt.modules(os.path.join(lib, program.package))), lib, folder)
    _put_python(folder, job)
    _tidy(lib)
    _compile(lib)
    programs.put(folder, job.version, program.package)
    for name in MADE_HERE:
        signing.sign(os.path.join(folder, name), job.signing, job.epoch)
    held = held_by(job, program)
    licences.collect(held.wheels, os.path.join(folder, "licenses"), held.parts)
    for path in _files(folder):
        os.chmod(path, 0o755 if path.endswith((".exe", ".dll", ".pyd")) else 0o644)
        os.utime(path, (job.epoch, job.epoch))


def contents(job: Job) -> Contents:
    """What the folder brings along that others made."""
    return held_by(job, OURS)


def held_by(job: Job, program: Program) -> Contents:
    """The wheels and parts of a program's folder."""
    fetched = _kept(job, program.requirements, packages.install)
    wheels = sorted(entry.path for entry in os.scandir(fetched) if _is_info(entry.name))
    source = _python(job)
    qt_version = _version(os.path.join(fetched, "PySide6", "Qt6Core.dll"))
    held = [
        parts.python(_version(os.path.join(source, PYTHON_DLL)), _licence(source)),
        parts.openssl(_openssl(source)),
        *inside.found(_dlls(source)),
        parts.qt(qt_version),
        parts.msvc(_version(os.path.join(fetched, "shiboken6", "vcruntime140.dll"))),
    ]
    return Contents(wheels, held)


def _version(path: str) -> str:
    """What a DLL says of its version: the one with three numbers that people know."""
    with open(path, "rb") as file:
        found = re.search(
            rb"P\0r\0o\0d\0u\0c\0t\0V\0e\0r\0s\0i\0o\0n\0\0*((?:[\d.]\0)+)", file.read()
        )
    if found is None:
        raise Trouble(f"{path} does not tell its version")
    return ".".join(found[1].decode("utf-16-le").split(".")[:3])


def _openssl(source: str) -> str:
    (path,) = (path for path in _dlls(source) if os.path.basename(path).startswith("libssl"))
    with open(path, "rb") as file:
        found = re.search(rb"OpenSSL (\d+\.\d+\.\d+)", file.read())
    return found[1].decode() if found else _version(path)


def _licence(source: str) -> str:
    """The text of Python's licence, wherever its makers put it."""
    paths = [os.path.join(source, *words, "LICENSE.txt") for words in ((), ("Lib",))]
    return next((path for path in paths if os.path.exists(path)), paths[0])


def _is_info(name: str) -> bool:
    return name.endswith(".dist-info")


def _kept(job: Job, source: str, make: Callable[[str, str], None]) -> str:
    """What `make` makes out of a file, kept in the cache for as long as that file is the same."""
    with open(source, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:16]
    done = os.path.join(job.work, f"{os.path.basename(source)}-{digest}")
    if not os.path.isdir(done):
        making = tempfile.mkdtemp(dir=job.work)
        make(source, making)
        os.rename(making, done)
    return done


def _python(job: Job) -> str:
    """A folder with a Windows CPython."""
    if job.python is not None:
        if not os.path.exists(os.path.join(job.python, PYTHON_DLL)):
            raise Trouble(f"{job.python} has no {PYTHON_DLL}: it is no CPython 3.11 for Windows")
        return job.python
    library, _ = cpython.standard_library()
    return _kept(job, cpython.__file__, lambda _, folder: cpython.put_python(folder, library))


def _put_python(folder: str, job: Job) -> None:
    """CPython: its DLLs, its modules in C, its library as a ZIP that is not packed."""
    source = _python(job)
    for path in _dlls(source):
        name = os.path.basename(path)
        beside = RUNS_PYTHON.fullmatch(name) is not None
        target = os.path.join(folder, *(() if beside else ("DLLs",)), name)
        if not os.path.exists(target):  # Qt brings the newer runtime of Microsoft's compiler
            shutil.copy(path, target)
    with tempfile.TemporaryDirectory() as scratch:
        library = os.path.join(scratch, "Lib")
        _copy_library(source, library)
        _compile(library)
        _zip(library, os.path.join(folder, LIBRARY))
    with open(os.path.join(folder, "python311._pth"), "w", encoding="ascii", newline="") as file:
        file.write(PATHS)


def _dlls(source: str) -> Iterator[str]:
    """The DLLs of a CPython that we need, wherever its makers put them."""
    for folder in (source, os.path.join(source, "DLLs")):
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder)):
                if name.endswith((".dll", ".pyd")) and not UNUSED_DLLS.fullmatch(name):
                    yield os.path.join(folder, name)


def _copy_library(source: str, target: str) -> None:
    """The modules in Python that we need: from a folder, or from the ZIP of an embeddable one."""
    packed = os.path.join(source, LIBRARY)
    if os.path.exists(packed):
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(target)
    else:
        shutil.copytree(os.path.join(source, "Lib"), target)
    for name in UNUSED_LIB:
        shutil.rmtree(os.path.join(target, name), ignore_errors=True)
        for ending in ("", ".py", ".pyc"):
            if os.path.exists(path := os.path.join(target, name + ending)):
                os.unlink(path)


def _copy_packages(fetched: str, lib: str) -> None:
    """The packages that we need, but for Qt."""
    whole = shutil.ignore_patterns("__pycache__", "py.typed", "*.pyi", "tests", "testing")
    os.makedirs(lib, exist_ok=True)
    for name in sorted(os.listdir(fetched)):
        source = os.path.join(fetched, name)
        if name not in LEFT_OF_A_WHEEL and os.path.isdir(source):
            shutil.copytree(source, os.path.join(lib, name), ignore=whole)
        elif name.endswith((".py", ".pyd")):
            shutil.copy(source, os.path.join(lib, name))
    for path in UNUSED_OF_PACKAGES:
        if os.path.isdir(os.path.join(lib, path.partition("/")[0])):  # a benchmark has Qt alone
            os.unlink(os.path.join(lib, path))


def _tidy(lib: str) -> None:
    """What a wheel says of itself is kept, but not its licence again, nor lists for a pip."""
    for name in os.listdir(lib):
        if _is_info(name):
            for entry in list(os.scandir(os.path.join(lib, name))):
                if entry.is_dir():
                    shutil.rmtree(entry.path)
                elif entry.name not in KEPT_OF_A_WHEEL:
                    os.unlink(entry.path)


def _compile(folder: str) -> None:
    """Byte code in the place of sources; one of another Python would not be understood."""
    library, _ = cpython.standard_library()
    python = cpython.python_of(library)
    assert python is not None
    environment = {"PATH": os.defpath, "PYTHONHASHSEED": "0"}
    call([python, "-S", compiling.__file__, folder], environment=environment)


def _zip(folder: str, target: str) -> None:
    """A ZIP that is not packed: it is read faster, and setup.exe packs it better as a whole."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in _files(folder):
            name = os.path.relpath(path, folder).replace(os.sep, "/")
            with open(path, "rb") as source:
                archive.writestr(zipfile.ZipInfo(name), source.read())  # of 1980, the first day


def _files(folder: str) -> list[str]:
    return sorted(
        os.path.join(below, name) for below, _, names in os.walk(folder) for name in names
    )
