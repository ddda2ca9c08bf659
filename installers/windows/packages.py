"""Python packages for Windows, fetched on Debian: pinned ones from PyPI, and our own."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import zipfile
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT
from installers.windows.steps import call

if TYPE_CHECKING:
    from collections.abc import Sequence

PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
FOR_WINDOWS: Final = (
    *("--only-binary", ":all:", "--no-deps", "--require-hashes"),
    *("--platform", "win_amd64", "--implementation", "cp", "--python-version", "3.11"),
)
WHEEL_SOURCES: Final = ("app", "locales", "resources", "installers")
PAPERS: Final = ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")
LEFT_BY_TOOLS: Final = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.mo")


def download(requirements: str, folder: str) -> None:
    """Put the wheels that a file of requirements names into a folder; each has its hash there."""
    call([*PIP, "download", *FOR_WINDOWS, "--dest", folder, "--requirement", requirements])


def install(requirements: str, folder: str) -> None:
    """Unpack what a file of requirements names; each has its hash there."""
    words = ("--no-compile", "--target", folder, "--requirement", requirements)
    call([*PIP, "install", *FOR_WINDOWS, *words])


def install_ours(folder: str) -> None:
    """Build our wheel from the checkout and unpack it."""
    with tempfile.TemporaryDirectory() as scratch:
        copy_sources(scratch, WHEEL_SOURCES)
        out = os.path.join(scratch, "wheel")
        words = ("--no-deps", "--no-build-isolation", "--wheel-dir", out, scratch)
        call([*PIP, "wheel", *words])
        (wheel,) = os.listdir(out)
        with zipfile.ZipFile(os.path.join(out, wheel)) as archive:
            archive.extractall(folder)


def copy_sources(target: str, folders: Sequence[str]) -> None:
    """Copy what is needed of the checkout, so that nothing is left behind in it."""
    for name in folders:
        source = os.path.join(ROOT, name)
        shutil.copytree(source, os.path.join(target, name), ignore=LEFT_BY_TOOLS)
    for name in PAPERS:
        shutil.copy(os.path.join(ROOT, name), target)
