"""This computer, for the person who runs us: the only look at sys.platform."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from configure587.machine import Machine, Platform
from configure587.machine.disk import DiskClock, DiskFiles
from configure587.model import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.machine import Files, Processes, Spread

# What a mail program itself heeds, and where this system keeps a person's data.
_VARIABLES = ("APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "MOZ_APP_DATA")


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
    own = _own(system, files)
    yield _on_windows(own) if system is Platform.WINDOWS else own


def _own(system: Platform, files: Files) -> Machine:
    """This computer for the account that we run as."""
    home = os.path.expanduser("~")
    return Machine(
        platform=system,
        user=_user(),
        home=home,
        files=files,
        processes=_processes(system),
        clock=DiskClock(),
        variables={name: os.environ[name] for name in _VARIABLES if os.environ.get(name)},
        identity=f"{_hostname()}:{home}",
        computer=_hostname(),
        spread=_spread(system),
    )


def _on_windows(own: Machine) -> Machine:
    """With a registry, and for the person who is signed in if that is somebody else."""
    from configure587.machine.windows_locks import WindowsLocks
    from configure587.machine.windows_person import other_person
    from configure587.machine.windows_session import WindowsSession
    from configure587.machine.winreg import WinRegistry

    person = other_person(WindowsSession(), WinRegistry())
    if person is None:
        return own.but(registry=WinRegistry())
    return own.but(
        user=person.name,
        home=person.home,
        processes=WindowsLocks(person.sid),
        registry=WinRegistry(person.sid),
        variables={},  # ours name our own folders
        identity=f"{_hostname()}:{person.home}",
        notices=(reason("other_person", person=person.name, ran_as=own.user),),
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


def program() -> list[str]:
    """The words with which this very program can be started again, from anywhere."""
    if getattr(sys, "frozen", False):  # one of our packages
        return [sys.executable]
    return [sys.executable, "-m", "configure587"]


def languages() -> tuple[str, ...]:
    """The languages that this person prefers, best first, as the system names them."""
    if sys.platform == "win32":
        import ctypes
        import locale

        chosen = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return (locale.windows_locale.get(chosen, ""),)
    # POSIX, Base Definitions, 8.2: the first of these that is set decides; in C there is no choice
    set_to = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale_name = next(filter(None, set_to), "")
    if locale_name.partition(".")[0] in {"C", "POSIX"}:
        return ("en",)
    return (*filter(None, os.environ.get("LANGUAGE", "").split(":")), locale_name)


def spelled(words: Sequence[str], system: Platform | None = None) -> str:
    """A command as a person types it: each word quoted as the shell of this system needs it.

    For Windows that is cmd.exe, and how its programs take a command line apart.
    """
    if (system or platform()) is not Platform.WINDOWS:
        import shlex

        return shlex.join(words)
    return " ".join(map(_in_double_quotes, words))


def _in_double_quotes(word: str) -> str:
    if re.fullmatch(r"[\w.:\\/@+~-]+", word):
        return word
    word = re.sub(r'(\\*)"', r"\1\1\"", word)  # Microsoft, "Parsing C command-line arguments"
    return '"' + re.sub(r"(\\+)$", r"\1\1", word) + '"'
