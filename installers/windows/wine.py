"""A Windows of one's own under Wine, in a folder that can be copied and thrown away."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from installers.windows.steps import call

if TYPE_CHECKING:
    from collections.abc import Mapping

TEST_SECONDS: Final = 600
LINK_FROM: Final = 65536  # bytes: larger files of Wine itself are linked, for nothing changes them


@dataclass(frozen=True)
class Wine:
    """One Wine prefix, and the folder around it that is the home of whoever runs it."""

    folder: str
    more: Mapping[str, str] = field(default_factory=dict)
    """Variables besides: a display, another language."""

    @property
    def drive(self) -> str:
        """The folder that is its drive C:."""
        return os.path.join(self.folder, "prefix", "drive_c")

    @property
    def environment(self) -> dict[str, str]:
        """As little of ours as possible: no display, no home, no Python variables."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": self.folder,  # Wine links a person's folders to those in the home
            "LC_ALL": "C.UTF-8",  # in another one Wine cannot tell file names with accents
            "WINEPREFIX": os.path.join(self.folder, "prefix"),
            "WINEDEBUG": "-all",
            # no offers to download .NET and Gecko, and what crashes ends without a debugger
            "WINEDLLOVERRIDES": "mscoree,mshtml,winedbg.exe=",
            "C587_LAB": "1",  # tests that change the computer's own settings ask for it
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            **self.more,
        }

    def make(self) -> None:
        """Make the prefix; it says that it is Windows 10, and sees no file of this computer."""
        self.call("wineboot", "-i")
        self.call("winecfg", "-v", "win10")
        cut_off(self)

    def call(self, *command: str) -> str:
        """What a step of the set-up prints."""
        return call(["wine", *command], self.folder, self.environment)

    def show(self, *command: str, cwd: str) -> int:
        """Run a program and print what it prints; stopped with all it started when it hangs.

        Its standard streams are pipes: Python cannot start under Wine when one is a regular file.
        """
        with subprocess.Popen(
            ["wine", *command],
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as child:
            hung = threading.Timer(TEST_SECONDS, self.stop)
            hung.start()
            assert child.stdout is not None
            for line in child.stdout:
                print(line.decode(errors="replace").rstrip("\r\n"), flush=True)
            hung.cancel()
            hung.join()
        return child.returncode

    def stop(self) -> None:
        """End every program of this prefix, crashed ones that wait for a debugger too."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            for word in ("-k", "-w"):
                subprocess.run(["wineserver", word], env=self.environment, timeout=30, check=False)


def cut_off(wine: Wine) -> None:
    """Take the ways from a Windows program to the files of this computer away."""
    os.unlink(os.path.join(wine.folder, "prefix", "dosdevices", "z:"))
    for folder, below, _ in os.walk(os.path.join(wine.drive, "users")):
        for path in [os.path.join(folder, name) for name in below]:
            if os.path.islink(path):  # such as Documents, to the home of whoever runs Wine
                os.unlink(path)
                os.mkdir(path)


def copy(source: str, target: str) -> None:
    """Copy the folder of a Wine that is stopped."""
    shutil.copytree(source, target, symlinks=True, copy_function=_copy_or_link, dirs_exist_ok=True)


def _copy_or_link(source: str, target: str) -> str:
    """Copy a file; share the large ones that belong to Wine."""
    if "/drive_c/windows/" in source and os.path.getsize(source) >= LINK_FROM:
        os.link(source, target)
        return target
    return shutil.copy2(source, target)
