"""What every target of `python -m installers.build` is given, and what it says of itself."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from installers.parts import Part

ROOT: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Trouble(Exception):
    """What stops a build, in one sentence."""


class Need(NamedTuple):
    """A program that a target calls, and the Debian package that brings it, "" for none."""

    program: str
    package: str

    @property
    def is_met(self) -> bool:
        """Whether this computer has it."""
        return shutil.which(self.program) is not None


class Signing(NamedTuple):
    """With what a package is signed: paths of PEM files; a password is in a file, never a word."""

    key: str
    certificate: str
    password_file: str | None = None
    timestamp: str | None = None  # the address of an RFC 3161 service


class Job(NamedTuple):
    """One build: where its files go, and all that decides their bytes.

    `work` is a cache that may be kept between builds. `epoch` is the time of the commit in seconds
    since 1970 (SOURCE_DATE_EPOCH): every date in a package comes from it. `python` is a folder with
    a Windows CPython, or None to assemble one from packages.
    """

    out: str
    work: str
    version: str
    epoch: int
    python: str | None = None
    signing: Signing | None = None


class Contents(NamedTuple):
    """What a package brings along: wheels, and parts that come from none."""

    wheels: Sequence[str] = ()  # paths of wheels, or of .dist-info folders
    parts: Sequence[Part] = ()


class Target(Protocol):
    """A module that builds one kind of package."""

    NEEDS: Sequence[Need]

    def build(self, job: Job) -> list[str]:
        """Make the files in `job.out`, and return their paths; Trouble says what went wrong."""
        ...

    def contents(self, job: Job) -> Contents:
        """What the files hold, for the list beside each of them; asked after `build`."""
        ...
