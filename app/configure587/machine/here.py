"""This computer, for the person who runs us: the only look at sys.platform."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from configure587.machine import Machine, Platform
from configure587.machine.disk import DiskClock, DiskFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.machine import Processes, Spread

# What a mail program itself heeds, and where this system keeps a person's data.
_VARIABLES = ("APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME", "MOZ_APP_DATA")


def platform() -> Platform:
    """Which system this is."""
    if sys.platform == "win32":
        return Platform.WINDOWS
    return Platform.MACOS if sys.platform == "darwin" else Platform.LINUX


def machines(image: str | None = None) -> Iterator[Machine]:
    """One Machine per person: this person on this computer, or the one in an image."""
    system = platform()
    files = DiskFiles(sync_folders=system is not Platform.WINDOWS)
    if image is not None:
        from configure587.machine import image as images

        found = images.machine(image, files, _processes(system), DiskClock())
        yield found.but(spread=_spread(system))
        return
    home = os.path.expanduser("~")
    yield Machine(
        platform=system,
        user=_user(),
        home=home,
        files=files,
        processes=_processes(system),
        clock=DiskClock(),
        variables={name: os.environ[name] for name in _VARIABLES if os.environ.get(name)},
        identity=f"{_hostname()}:{home}",
        spread=_spread(system),
    )


def _processes(system: Platform) -> Processes:
    if system is Platform.WINDOWS:
        from configure587.machine.windows_locks import WindowsLocks

        return WindowsLocks()
    from configure587.machine.posix_locks import PosixLocks

    return PosixLocks(bsd=system is Platform.MACOS)


def _hostname() -> str:
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "")


def _spread(system: Platform) -> Spread:
    if system is not Platform.LINUX:
        return map  # macOS does not promise that a fork may go on, Windows has none
    from configure587.machine.spread import forked

    return forked


def _user() -> str:
    names = (os.environ.get(name) for name in ("LOGNAME", "USER", "USERNAME"))
    return next((name for name in names if name), "user")


def languages() -> tuple[str, ...]:
    """The languages that this person prefers, best first, as the system names them."""
    if sys.platform == "win32":
        import ctypes
        import locale

        chosen = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return (locale.windows_locale.get(chosen, ""),)
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return tuple(part for name in names for part in os.environ.get(name, "").split(":") if part)
