"""Lays out the AppDir of which appimagetool makes an AppImage: the tree of the .deb, and a start.

The tool and the runtime that goes before every AppImage come from no package index, so the last
step is not taken here: docs/linux-packages.md has its command. Two builds have the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from typing import TYPE_CHECKING, Final

from installers.linux import tree, vendored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from installers.jobs import Contents, Job
    from installers.linux.tree import Tree

NEEDS: Final = tree.NEEDS
START: Final = "AppRun"
NAMES: Final = ("configure587", "configure587-gui")
"""What usr/bin has: other names of AppRun, which starts what it is called."""
PLACES: Final[Mapping[str, str]] = {
    START: START,
    "start": f"{tree.LIB}/start",
    "tell": f"{tree.LIB}/tell",
}
RUNNABLE: Final = {PLACES[name] for name in (START, "tell")}
LIBRARIES: Final = f"{tree.LIB}/libraries.txt"
ICON: Final = "usr/share/icons/hicolor/256x256/apps/configure587.png"
DESKTOP: Final = tree.PLACES["configure587.desktop"]
NOT_REACHED: Final = (
    *("etc", "usr/share/bash-completion", "usr/share/fish", "usr/share/man", "usr/share/mime"),
    *("usr/share/zsh", tree.PLACES["open-plan"], tree.PLACES["configure587-plan.desktop"]),
)
"""What the system only finds in its own folders."""


def build(job: Job) -> list[str]:
    """Make the folder."""
    out = os.path.join(job.out, f"configure587-{job.version}-x86_64.AppDir")
    with tempfile.TemporaryDirectory(dir=job.work) as scratch:
        root = os.path.join(scratch, "root")
        put(tree.assemble(job, root))
        tree.even_out(root, job.epoch, RUNNABLE)
        if os.path.exists(out):
            shutil.rmtree(out)
        shutil.move(root, out)
    return [out]


def contents(job: Job) -> Contents:
    """What the folder carries along."""
    return tree.contents(job)


def put(packed: Tree) -> None:
    """Make an AppDir out of the tree of every package for Linux."""
    root = packed.root
    for name in NOT_REACHED:
        take_away(os.path.join(root, name))
    for name in NAMES:
        os.unlink(os.path.join(root, "usr", "bin", name))
        os.symlink(f"../../{START}", os.path.join(root, "usr", "bin", name))
    for name, place in PLACES.items():
        tree.put(root, place, filled(read(name)))
    tree.put(root, LIBRARIES, "".join(f"{name}\n" for name in packed.required).encode())
    entry = re.sub(rb"(?m)^Exec=.*$", b"Exec=configure587", tree.read("configure587.desktop"))
    tree.put(root, DESKTOP, entry)
    for source in (DESKTOP, ICON):
        shutil.copy(os.path.join(root, source), root)
    os.symlink(os.path.basename(ICON), os.path.join(root, ".DirIcon"))
    metainfo = os.path.join(root, f"usr/share/metainfo/{tree.APP_ID}.metainfo.xml")
    with open(metainfo, "rb") as told:
        text = told.read()
    tree.put(root, os.path.relpath(metainfo, root), re.sub(rb" *<mediatype>.*\n", b"", text))


def take_away(path: str) -> None:
    """A file, or a folder with all that is in it."""
    if os.path.isdir(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


def read(name: str) -> bytes:
    """One of the files for the AppDir alone."""
    with open(os.path.join(vendored.HERE, "appimage", name), "rb") as source:
        return source.read()


def filled(text: bytes) -> bytes:
    """The same, with the Pythons that we carry packages for."""
    pythons = vendored.PYTHONS
    said = {
        "CANDIDATES": " ".join(f"python{each}" for each in reversed(pythons)),
        "PYTHONS": " ".join(pythons),
        "FIRST": pythons[0],
        "LAST": pythons[-1],
    }
    for name, value in said.items():
        text = text.replace(f"@{name}@".encode(), value.encode())
    return text
