"""Which libraries of the system a tree of programs needs, and how distributions name them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from installers.jobs import Need, Trouble
from installers.linux.wheel import call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

READELF: Final = Need("readelf", "binutils")
_NEEDED: Final = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+)\]")
_VERSION: Final = re.compile(r"Name: (GLIBC|GLIBCXX)_([\d.]+)")

DEBIAN: Final[Mapping[str, str]] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libcups.so.2": "libcups2 | libcups2t64",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""Library -> the package that has it, in Debian 12 and, where that differs, from Debian 13 on."""
GLIBC: Final = {
    "ld-linux-x86-64.so.2",
    *("libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "libresolv.so.2", "librt.so.1"),
}
LIBSTDCXX: Final = {"libstdc++.so.6"}
LIBGCC: Final = {"libgcc_s.so.1"}
GCC_OF: Final[Mapping[str, str]] = {"3.4.28": "9", "3.4.29": "11", "3.4.30": "12", "3.4.32": "13"}
"""The GCC that was first to have a version of GLIBCXX (libstdc++, manual, "ABI Policy")."""


def needed(path: str) -> list[str]:
    """The libraries that a program or library names."""
    return _NEEDED.findall(call(["readelf", "--dynamic", "--wide", path]))


def binaries(tree: str) -> Iterator[str]:
    """Every library in a tree, in order."""
    for folder, below, names in os.walk(tree):
        below.sort()
        yield from (os.path.join(folder, name) for name in sorted(names) if ".so" in name)


def foreign(paths: Iterable[str]) -> dict[str, list[str]]:
    """Library of the system -> who of these needs it; what they have among them is left out."""
    paths = list(paths)
    own = {os.path.basename(path) for path in paths}
    found: dict[str, list[str]] = {}
    for path in paths:
        for name in needed(path):
            if name not in own:
                found.setdefault(name, []).append(path)
    return found


def newest(paths: Iterable[str]) -> dict[str, str]:
    """GLIBC and GLIBCXX -> the highest version that any of these asks for."""
    found: dict[str, str] = {}
    for path in paths:
        for library, version in _VERSION.findall(call(["readelf", "--version-info", path])):
            found[library] = max(found.get(library, "0"), version, key=_numbers)
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def debian_packages(sonames: Iterable[str], versions: Mapping[str, str]) -> list[str]:
    """What Depends says for these libraries; Trouble for one that the table does not know."""
    packages = set()
    for name in sonames:
        if name in GLIBC:
            packages.add(f"libc6 (>= {versions['GLIBC']})")
        elif name in LIBSTDCXX:
            packages.add(f"libstdc++6 (>= {_gcc(versions['GLIBCXX'])})")
        elif name in LIBGCC:
            packages.add("libgcc-s1")
        elif name in DEBIAN:
            packages.add(DEBIAN[name])
        else:
            raise Trouble(
                f"which Debian package has {name}? Say it in installers/linux/libraries.py"
            )
    return sorted(packages)


def _gcc(version: str) -> str:
    """The first GCC that has this version of GLIBCXX, or a later one."""
    later = [known for known in GCC_OF if _numbers(known) >= _numbers(version)]
    if not later:
        raise Trouble(
            f"which GCC brought GLIBCXX {version}? Say it in installers/linux/libraries.py"
        )
    return GCC_OF[min(later, key=_numbers)]


def rpm_capabilities(sonames: Iterable[str]) -> list[str]:
    """What Requires says for these libraries: their own names, which rpm itself uses."""
    return sorted(f"{name}()(64bit)" for name in sonames)
