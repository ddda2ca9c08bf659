"""What every package for Linux holds: one tree, from which the .deb and the .rpm are made.

/usr/lib/configure587 is a plain folder of Python packages for the system's own Python. Why not
PyInstaller: docs/linux-packages.md.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
import zipfile
from typing import TYPE_CHECKING, Final, NamedTuple

from installers.jobs import ROOT, Contents, Job
from installers.linux import libraries, pruning, vendored, wheel

from installers import icons, licences, parts, wheels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

NEEDS: Final = (libraries.READELF,)
FILES: Final = os.path.join(vendored.HERE, "files")
LIB: Final = "usr/lib/configure587"
APP_ID: Final = "io.github.configure587.configure587"
QT_NAME: Final = "PySide6_Essentials"
QT: Final = ("pyside6_essentials", "shiboken6")
DOC: Final = "usr/share/doc/configure587"
LICENCES: Final = f"{DOC}/licences"
POLICIES: Final = "etc/configure587/policy.d"
PLACES: Final[Mapping[str, str]] = {
    "configure587": "usr/bin/configure587",
    "configure587-gui": "usr/bin/configure587-gui",
    "open-plan": f"{LIB}/open-plan",
    "configure587.desktop": "usr/share/applications/configure587.desktop",
    "configure587-plan.desktop": "usr/share/applications/configure587-plan.desktop",
    "configure587.mime.xml": "usr/share/mime/packages/configure587.xml",
}
PROGRAMS: Final = {PLACES[name] for name in ("configure587", "configure587-gui", "open-plan")}
NOT_FOR_PEOPLE: Final = (
    *("/tests/", "/test_psl.txt", ".pyi", ".pyx", ".pxd", "/py.typed"),
    *("/resources/icons/configure587-", ".ico", ".icns"),  # desktops find theirs in /usr/share
)


class Tree(NamedTuple):
    """What a package is told about the tree that it packs."""

    root: str
    required: Sequence[str]  # libraries of the system
    optional: Sequence[str]
    versions: Mapping[str, str]  # of GLIBC and GLIBCXX

    @property
    def installed_kib(self) -> int:
        """What it takes on a disk, as Debian's policy counts it."""
        return sum(-(-os.lstat(path).st_size // 1024) for path in files(self.root))


def assemble(job: Job, root: str) -> Tree:
    """Lay everything out below `root`, which must be new."""
    packages = os.path.join(root, LIB)
    put_packages(job, packages)
    put_files(root, job)
    carried = contents(job)
    licences.collect(carried.wheels, os.path.join(root, LICENCES), carried.parts)
    share = os.path.join(root, "usr", "share")
    command = [sys.executable, "-B", "-m", "installers.linux.papers", share, str(job.epoch)]
    wheel.call(command, {"PYTHONPATH": f"{packages}{os.pathsep}{ROOT}"})
    os.makedirs(os.path.join(root, POLICIES))
    even_out(root, job.epoch)
    return described(root)


def contents(job: Job) -> Contents:
    """What is carried along; Python and its OpenSSL are the system's own."""
    carried = vendored.wheels(vendored.fetch(job.work))
    (version,) = {each.version for each in map(wheels.read, carried) if each.name == QT_NAME}
    return Contents(carried, [parts.qt(version), parts.icu(icu_of(carried))])


def icu_of(carried: Sequence[str]) -> str:
    """The version of the ICU in the wheel of Qt."""
    (qt,) = (path for path in carried if os.path.basename(path).startswith(QT[0]))
    with zipfile.ZipFile(qt) as archive:
        told = (re.search(r"/libicudata\.so\.(\d+)$", name) for name in archive.namelist())
        return next((found[1] for found in told if found), "")


def put_packages(job: Job, packages: str) -> None:
    """Our wheel, and what it needs, as an import finds it."""
    for path in wheel.build(job._replace(out=os.path.join(job.work, f"own-{os.getpid()}"))):
        vendored.unpack(path, packages, for_people)
        shutil.rmtree(os.path.dirname(path))
    there = vendored.wheels(vendored.fetch(job.work))
    qt = [path for path in there if os.path.basename(path).startswith(QT)]
    for path in there:
        if path not in qt:
            vendored.unpack(path, packages, for_people)
    own = [path for path in files(packages) if path.endswith(".py")]
    pruning.put(qt, packages, pruning.imported(own))


def for_people(name: str) -> bool:
    """Whether a file of a wheel is of any use to those who only run it."""
    return not any(each in f"/{name}" for each in NOT_FOR_PEOPLE) and not name.endswith("/RECORD")


def put_files(root: str, job: Job) -> None:
    """The programs, and what a desktop wants to know of them."""
    for name, place in PLACES.items():
        put(root, place, read(name))
    day = time.strftime("%Y-%m-%d", time.gmtime(job.epoch)).encode()
    metainfo = read("metainfo.xml").replace(b"@VERSION@", job.version.encode())
    put(root, f"usr/share/metainfo/{APP_ID}.metainfo.xml", metainfo.replace(b"@DATE@", day))
    hicolor = "usr/share/icons/hicolor"
    put(root, f"{hicolor}/scalable/apps/configure587.svg", icon(".svg"))
    for size in icons.SIZES:
        put(root, f"{hicolor}/{size}x{size}/apps/configure587.png", icon(f"-{size}.png"))


def icon(ending: str) -> bytes:
    """One of the pictures of the program's icon."""
    with open(os.path.join(icons.FOLDER, f"{icons.NAME}{ending}"), "rb") as source:
        return source.read()


def read(name: str) -> bytes:
    """One of the files that lie beside this module."""
    with open(os.path.join(FILES, name), "rb") as source:
        return source.read()


def put(root: str, place: str, data: bytes) -> None:
    """Write a file of the tree."""
    path = os.path.join(root, *place.split("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as target:
        target.write(data)


def even_out(root: str, epoch: int, runnable: AbstractSet[str] = frozenset()) -> None:
    """Rights and times that depend on nobody's umask and on no hour."""
    programs = {os.path.join(root, *name.split("/")) for name in PROGRAMS | runnable}
    for folder, below, names in os.walk(root, topdown=False):
        for name in (*names, *below):
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, 0o755 if path in programs or name in below else 0o644)
            os.utime(path, (epoch, epoch), follow_symlinks=False)
    os.chmod(root, 0o755)  # noqa: S103 - it is everybody's /
    os.utime(root, (epoch, epoch))


def files(root: str) -> Iterator[str]:
    """The path of every file in the tree, in order."""
    for folder, below, names in os.walk(root):
        below.sort()
        yield from (os.path.join(folder, name) for name in sorted(names))


def described(root: str) -> Tree:
    """What the libraries in the tree ask of the system."""
    binaries = list(libraries.binaries(root))
    found = libraries.foreign(binaries)
    required = [
        name for name, users in found.items() if not all(map(pruning.OPTIONAL.search, users))
    ]
    optional = sorted(set(found) - set(required))
    return Tree(root, sorted(required), optional, libraries.newest(binaries))
