"""What of Qt is installed: what the program imports, the plug-ins of a window, and what they need.

The modules are read off the program's own imports and the libraries off the DLLs themselves, so
there is no list that could be forgotten.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Final

from installers.windows.cpython import MINGW
from installers.windows.steps import call

if TYPE_CHECKING:
    from collections.abc import Iterable

IMPORT: Final = re.compile(r"\bPySide6\.(Qt\w+)|\bfrom PySide6 import \(?([\w, ]+)")
PLUGINS: Final = ("platforms/qwindows.dll", "styles/qmodernwindowsstyle.dll")
WORDS: Final = ("qtbase_pt_BR.qm",)  # of Qt's own dialogs; in English they need none
RUNTIME: Final = re.compile(r"(msvcp|vcruntime)\d+\w*\.dll")  # of Microsoft's C++ compiler
PYTHON_SIDE: Final = ("__init__.py", "_config.py", "_git_pyside_version.py")


def modules(folder: str) -> set[str]:
    """The modules of Qt that the sources below a folder import."""
    found: set[str] = set()
    for path in _sources(folder):
        with open(path, encoding="utf-8") as source:
            for dotted, names in IMPORT.findall(source.read()):
                found |= {dotted} if dotted else set(re.findall(r"Qt\w+", names))
    return found


def put(packages: str, wanted: Iterable[str], site: str, root: str) -> None:
    """Copy what is needed of PySide6; `root` takes Microsoft's runtime, which Python needs too."""
    qt, shiboken = (os.path.join(packages, name) for name in ("PySide6", "shiboken6"))
    roots = [os.path.join(qt, f"{module}.pyd") for module in wanted]
    roots += [os.path.join(qt, "plugins", *plugin.split("/")) for plugin in PLUGINS]
    roots.append(os.path.join(shiboken, "Shiboken.pyd"))
    words = [os.path.join(qt, "translations", name) for name in WORDS]
    sides = [os.path.join(each, name) for each in (qt, shiboken) for name in PYTHON_SIDE]
    python = [path for path in sides if os.path.exists(path)]
    for path in [*_with_needs(roots, (shiboken, qt)), *words, *python]:
        if RUNTIME.fullmatch(os.path.basename(path)):
            shutil.copy(path, root)
        else:
            target = os.path.join(site, os.path.relpath(path, packages))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(path, target)


def needs(path: str) -> list[str]:
    """The names of the DLLs that a program or a DLL is linked to."""
    said = call([f"{MINGW}objdump", "-p", path])
    return re.findall(r"^\s*DLL Name: (\S+)$", said, re.MULTILINE)


def _sources(folder: str) -> Iterable[str]:
    for below, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".py"):
                yield os.path.join(below, name)


def _with_needs(roots: Iterable[str], folders: Iterable[str]) -> list[str]:
    """Those files, and what lies in the folders of all that they are linked to."""
    lying = {
        entry.name.lower(): entry.path
        for folder in folders
        for entry in os.scandir(folder)
        if entry.name.endswith(".dll")
    }
    found: dict[str, None] = {}
    waiting = list(roots)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = None
            waiting += [lying[name.lower()] for name in needs(path) if name.lower() in lying]
    return list(found)
