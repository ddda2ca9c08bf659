"""Builds small packages: wheels that say what a test wants, and a program for Windows."""

from __future__ import annotations

import os
import struct
import zipfile
from typing import TYPE_CHECKING, Final

from installers.jobs import Contents, Job, Need

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from installers.parts import Part

VERSION: Final = "9.8.7"
EPOCH: Final = 1_700_000_000  # 2023-11-14


def a_wheel(
    folder: Path,
    name: str = "thing",
    *headers: str,
    texts: Mapping[str, str] | None = None,
    version: str = "1.0",
) -> str:
    """A wheel with these lines in its METADATA and these files beside it."""
    info = f"{name}-{version}.dist-info"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *headers, "", "Words"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{info}/METADATA", "\n".join(lines))
        for each, text in ({"LICENSE": "Do what is right."} if texts is None else texts).items():
            archive.writestr(f"{info}/{each}", text)
    return str(path)


def a_job(folder: Path) -> Job:
    """A job whose files go into this folder."""
    return Job(str(folder / "out"), str(folder / "work"), VERSION, EPOCH)


class FakeTarget:
    """A target that writes one file, and says that it holds these wheels and parts."""

    def __init__(
        self, wheels: Sequence[str] = (), parts: Sequence[Part] = (), needs: Sequence[Need] = ()
    ) -> None:
        """`needs` are its programs."""
        self.NEEDS = needs
        self._holds = Contents(wheels, parts)

    def build(self, job: Job) -> list[str]:
        """See Target."""
        path = os.path.join(job.out, f"thing_{job.version}.bin")
        with open(path, "wb") as target:
            target.write(b"the package")
        return [path]

    def contents(self, job: Job) -> Contents:
        """See Target."""
        del job
        return self._holds


def a_windows_program() -> bytes:
    """The smallest file in the format of Windows programs (PE32+) that a signature fits on."""
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack("<HBBIIIII", 0x20B, 0, 0, 512, 0, 0, 4096, 4096)
    optional += struct.pack("<QIIHHHHHHI", 1 << 22, 4096, 512, *(6, 0) * 3, 0)
    optional += struct.pack("<IIIHH", 8192, 512, 0, 3, 0)  # sizes, check sum, subsystem
    optional += struct.pack("<QQQQII", *(1 << 20, 4096) * 2, 0, 16)  # stack, heap, directories
    optional = optional.ljust(240, b"\0")
    section = struct.pack("<8sIIII", b".text", 512, 4096, 512, 512).ljust(36, b"\0")
    section += struct.pack("<I", 0x60000020)
    return (dos + coff + optional + section).ljust(512, b"\0") + b"\xc3".ljust(512, b"\xcc")
