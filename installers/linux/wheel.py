"""Builds our wheel: what `pipx` installs anywhere, and what every other package is made from."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT, Contents, Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from installers.jobs import Job, Need

NEEDS: Sequence[Need] = ()

SOURCES: Final = ("app", "locales", "resources", "installers")
PAPERS: Final = ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")
LEFT_BY_TOOLS: Final = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.mo")
EARLIEST: Final = 315532800  # 1980-01-01, before which a zip archive knows no time


def build(job: Job) -> list[str]:
    """Make the wheel from a copy of the sources, so that the checkout stays as it is."""
    with tempfile.TemporaryDirectory() as scratch:
        sources, made = os.path.join(scratch, "sources"), os.path.join(scratch, "made")
        copy_sources(sources)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "wheel"]
        call(
            [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", made, sources],
            {"SOURCE_DATE_EPOCH": str(job.epoch)},
        )
        (name,) = os.listdir(made)
        os.makedirs(job.out, exist_ok=True)
        out = os.path.join(job.out, name)
        write_evenly(os.path.join(made, name), out, job.epoch)
    return [out]


def contents(_job: Job) -> Contents:
    """Nothing but ourselves: what we need, pip brings."""
    return Contents()


def copy_sources(target: str) -> None:
    """Copy what the wheel is made from, without what tools left there."""
    for name in SOURCES:
        shutil.copytree(os.path.join(ROOT, name), os.path.join(target, name), ignore=LEFT_BY_TOOLS)
    for name in PAPERS:
        shutil.copy(os.path.join(ROOT, name), target)


def write_evenly(source: str, target: str, epoch: int) -> None:
    """The same archive, with nothing in it that depends on the computer or the hour."""
    stamp = time.gmtime(max(epoch, EARLIEST))[:6]
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3  # Unix, wherever it is made
            new.writestr(entry, old.read(name))


def call(command: Sequence[str], variables: dict[str, str] | None = None, cwd: str = ROOT) -> str:
    """What a step of a build prints; Trouble with all of that when it fails."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", **(variables or {})}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Trouble(f"{' '.join(command)} failed ({done.returncode}):\n{output[-6000:]}")
    return output


def digest(path: str, kind: str = "sha256") -> str:
    """The SHA-256 of a file, as sha256sum writes it; or another digest."""
    with open(path, "rb") as source:
        return hashlib.file_digest(source, kind).hexdigest()
