"""Which files of PySide6 stay: what is imported, the plug-ins of a desktop, and what those need."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from installers.linux import libraries, vendored

if TYPE_CHECKING:
    from collections.abc import Iterable

PYTHON_FILES: Final = re.compile(
    r"PySide6/(\w+\.py|support/(__init__|deprecated)\.py)|shiboken6/\w+\.py"
)
BINDINGS: Final = re.compile(r"(PySide6/libpyside6|shiboken6/(lib)?[Ss]hiboken6?)\.abi3\.so[.\d]*")
WORDS: Final = re.compile(r"PySide6/Qt/translations/qtbase_(en|pt_BR)\.qm")
PLUGINS: Final = (
    "platforms/libqxcb.so",
    "platforms/libqwayland.so",
    "platforms/libqoffscreen.so",
    "wayland-shell-integration/libxdg-shell.so",
    "wayland-decoration-client/libbradient.so",
    "platformthemes/libqxdgdesktopportal.so",  # the desktop's own dialogs, dark mode
    "platforminputcontexts/libcomposeplatforminputcontextplugin.so",  # accents by dead keys
    "platforminputcontexts/libibusplatforminputcontextplugin.so",
    "printsupport/libcupsprintersupport.so",
    "imageformats/libqjpeg.so",  # an organisation's logo
    "imageformats/libqsvg.so",
)
OPTIONAL: Final = re.compile(r"/libQt6WaylandClient\.|/wayland-|/libqwayland\.|/printsupport/")
"""What is not loaded where the desktop has no such thing: its libraries are not required."""
_IMPORTED: Final = re.compile(rb"\bPySide6\.(Qt\w+)|from PySide6 import (Qt\w+)")


def imported(paths: Iterable[str]) -> set[str]:
    """The modules of Qt that these Python files import."""
    found: set[str] = set()
    for path in paths:
        with open(path, "rb") as source:
            found |= {(one or two).decode() for one, two in _IMPORTED.findall(source.read())}
    return found


def put(wheels: Iterable[str], into: str, modules: Iterable[str]) -> None:
    """Lay out of PySide6's wheels what these modules and a desktop need."""
    for wheel in wheels:
        wanted = {f"PySide6/{name}.abi3.so" for name in modules}
        wanted |= {f"PySide6/Qt/plugins/{name}" for name in PLUGINS}
        there = set(vendored.names(wheel))
        wanted = (wanted & there) | {name for name in there if _always(name)}
        done: set[str] = set()
        while wanted - done:
            fresh = wanted - done
            vendored.unpack(wheel, into, fresh.__contains__)
            done |= fresh
            for name in sorted(fresh):
                if ".so" in name:
                    needed = libraries.needed(os.path.join(into, name))
                    wanted |= {f"PySide6/Qt/lib/{each}" for each in needed} & there


def _always(name: str) -> bool:
    kept = (PYTHON_FILES, BINDINGS, WORDS)
    said = ".dist-info/" in name and not name.endswith("/RECORD")  # which lists what is gone
    return said or any(each.fullmatch(name) for each in kept)
