"""The setup program for people: setup.nsi around the folder of the program."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Final

from installers.jobs import Need
from installers.windows import programs, tree
from installers.windows.steps import call

from installers import signing

if TYPE_CHECKING:
    from installers.jobs import Job

NEEDS: Final = (*tree.NEEDS, Need("makensis", "nsis"))
SCRIPT: Final = os.path.join(programs.HERE, "setup.nsi")

contents = tree.contents


def build(job: Job) -> list[str]:
    """Build the folder, and the setup program from it."""
    with tempfile.TemporaryDirectory(dir=job.work) as scratch:
        (folder,) = tree.build(job._replace(out=scratch))
        return [pack(folder, job)]


def pack(folder: str, job: Job, packing: str = "lzma") -> str:
    """Make a setup program that installs a folder; its path."""
    out = os.path.join(job.out, f"configure587-{job.version}-setup.exe")
    os.makedirs(job.out, exist_ok=True)
    defined = {
        "OUT": out,
        "TREE": folder,
        "VERSION": job.version,
        "NUMBERS": ".".join(str(number) for number in programs.numbers(job.version)),
        "SIZE": _size(folder),
        "ICON": programs.ICON,
        "PACKING": packing,
    }
    words = [f"-D{name}={value}" for name, value in defined.items()]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": str(job.epoch)}
    call(["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, SCRIPT], job.out, environment)
    signing.sign(out, job.signing, job.epoch)
    return out


def _size(folder: str) -> int:
    """How much room the folder needs, in KiB, on a disk that gives it out in pieces of 4 KiB."""
    sizes = (
        os.path.getsize(os.path.join(below, name))
        for below, _, names in os.walk(folder)
        for name in names
    )
    return sum((size + 4095) // 4096 * 4 for size in sizes)
