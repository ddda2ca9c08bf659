"""Turn a folder of Python sources into byte code without sources: the same bytes each time.

    python3.11 -I compiling.py FOLDER

Run by the Python whose byte code is wanted, with PYTHONHASHSEED=0, for the order of a set is kept
in byte code. There are no sources for three reasons: nothing is ever compiled, and so written, on
the computer of a person; the program starts sooner; it is a third smaller. The time of a source is
not in the byte code, nor is the folder it was in.
"""

from __future__ import annotations

import os
import py_compile
import sys

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def main(folder: str) -> int:
    """Compile every source below the folder, and remove it."""
    paths = [
        os.path.join(below, name)
        for below, _, names in os.walk(folder)
        for name in names
        if name.endswith(".py")
    ]
    for path in sorted(paths):
        shown = os.path.relpath(path, folder).replace(os.sep, "/")
        py_compile.compile(path, f"{path}c", dfile=shown, doraise=True, invalidation_mode=UNCHECKED)
        os.unlink(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
