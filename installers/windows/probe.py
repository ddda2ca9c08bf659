"""Run once by the lab's Windows Python: whether this standard library belongs to these DLLs.

    python.exe probe.py VERSION MODULE...     the version the DLLs should have, and our packages

Importing all of it asks every module in C for each name that its half in Python wants. It also
leaves the compiled files behind that make later runs quick.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LINUX_ONLY = {
    *("asyncio.unix_events", "crypt", "curses", "dbm.gnu", "dbm.ndbm", "pty", "tty"),
    *("multiprocessing.popen_fork", "multiprocessing.popen_forkserver"),
    "multiprocessing.popen_spawn_posix",
}
NOT_TRIED = {"antigravity", "this"}  # importing these does something to people


def names() -> Iterator[str]:
    """Every module of the standard library that this Python can see."""
    folders = [os.path.dirname(os.__file__), os.path.join(sys.base_prefix, "DLLs")]
    for top in pkgutil.iter_modules(folders):
        yield top.name
        path = getattr(sys.modules.get(top.name), "__path__", [])
        for inner in pkgutil.walk_packages(path, f"{top.name}.", onerror=lambda _: None):
            yield inner.name
    yield from sys.builtin_module_names


def is_linux_only(name: str) -> bool:
    """Whether Windows is right not to have this module."""
    return name in LINUX_ONLY or name.partition(".")[0] in LINUX_ONLY


def main(version: str, packages: list[str]) -> int:
    """Import everything; 1 when something is missing that Windows has."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if (sys.platform, found) != ("win32", version):
        print(f"this is Python {found} on {sys.platform}, not {version} on win32")
        return 1
    failed = {}
    for name in names():
        if name.endswith("__main__") or name in NOT_TRIED:
            continue
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            failed[name] = f"{type(error).__name__}: {error}"
    for name in packages:
        importlib.import_module(name)
    bad = {name: reason for name, reason in failed.items() if not is_linux_only(name)}
    for name, reason in bad.items():
        print(f"{name} cannot be imported: {reason}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
