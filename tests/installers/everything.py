"""Run by the installed Python under Wine: import every module that was installed with it.

    python.exe everything.py

It says what could not be imported and why, a line for each.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

NOT_TRIED = {"antigravity", "this"}  # importing these does something to people


def main() -> int:
    """Import everything that can be found."""
    names = set(sys.builtin_module_names)
    for top in pkgutil.iter_modules():
        names.add(top.name)
        if top.ispkg:
            for inner in walk(top.name):
                names.add(inner)
    for name in sorted(names):
        if name.rpartition(".")[2] in {"__main__", *NOT_TRIED}:
            continue
        try:
            importlib.import_module(name)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
            print(f"{name}: {type(error).__name__}: {error}".replace("\n", " "), flush=True)
    print(f"imported {len(names)}", flush=True)
    return 0


def walk(name: str) -> list[str]:
    """The names of what lies in a package, without importing more of it than has to be."""
    try:
        folders = list(importlib.import_module(name).__path__)
    except BaseException:  # noqa: BLE001 - told when its turn has come
        return []
    found = []
    for inner in pkgutil.iter_modules(folders, f"{name}."):
        found.append(inner.name)
        if inner.ispkg:
            found += walk(inner.name)
    return found


if __name__ == "__main__":
    sys.exit(main())
