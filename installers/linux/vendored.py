"""The packages that we carry along: pinned in requirements.txt, checked by hash, unpacked as is."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import zipfile
from typing import TYPE_CHECKING, Final

from installers.linux.wheel import call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE: Final = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS: Final = os.path.join(HERE, "requirements.txt")
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
"""What is compiled for one Python only is fetched for each of these."""
PLATFORMS: Final = tuple(f"manylinux_2_{minor}_x86_64" for minor in (34, 31, 28, 27, 17, 12, 5))


def fetch(cache: str, requirements: str = REQUIREMENTS, pythons: Sequence[str] = PYTHONS) -> str:
    """The folder with every wheel: fetched when this list is new, and checked by hash then."""
    with open(requirements, "rb") as source:
        digest = hashlib.sha256(source.read() + " ".join((*pythons, *PLATFORMS)).encode())
    done = os.path.join(cache, f"wheels-{digest.hexdigest()[:16]}")
    if os.path.isdir(done):
        return done
    making = f"{done}.{os.getpid()}"
    os.makedirs(making, exist_ok=True)
    try:
        for python in pythons:
            call([*_pip(python), "--dest", making, "--requirement", requirements])
        os.rename(making, done)
    except OSError:
        if not os.path.isdir(done):  # else another build was quicker, with the same wheels
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return done


def _pip(python: str) -> list[str]:
    """Fetch for that Python on Linux, whatever runs this; without a hash nothing is taken."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    command += ["download", "--quiet", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    return [*command, "--implementation", "cp", "--python-version", python]


def wheels(folder: str) -> list[str]:
    """The paths of the wheels in a folder, in order."""
    return sorted(
        os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".whl")
    )


def names(wheel: str) -> list[str]:
    """The files in a wheel, without its scripts and headers."""
    with zipfile.ZipFile(wheel) as archive:
        return [
            name for name in archive.namelist() if not name.endswith("/") and ".data/" not in name
        ]


def unpack(wheel: str, into: str, keep: Callable[[str], bool]) -> None:
    """Lay out those of the wheel's files that are kept, as an import finds them."""
    with zipfile.ZipFile(wheel) as archive:
        for name in filter(keep, names(wheel)):
            path = os.path.join(into, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as target:
                target.write(archive.read(name))
