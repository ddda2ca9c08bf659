"""SHA256SUMS: the check sums of a folder's files, as sha256sum writes and checks them."""

from __future__ import annotations

import hashlib
import os
from typing import Final

NAME: Final = "SHA256SUMS"
SIGNATURE: Final = f"{NAME}.sig"


def write(folder: str) -> str:
    """Write the sums of all that lies in the folder; the path of the list."""
    names = sorted(
        entry.name
        for entry in os.scandir(folder)
        if entry.is_file(follow_symlinks=False) and not entry.name.startswith((NAME, "."))
    )
    path = os.path.join(folder, NAME)
    with open(path, "w", encoding="utf-8", newline="\n") as target:
        target.writelines(f"{of(os.path.join(folder, name))}  {name}\n" for name in names)
    return path


def of(path: str) -> str:
    """The sum of one file."""
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
