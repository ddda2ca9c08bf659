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

    from configure587.machine import Events, Files, Processes, Spread
    from configure587.machine.people import People, Someone
    from configure587.machine.posix_people import Sources
    from configure587.model import Reason

_PACKAGES = os.path.abspath(os.path.join(__file__, *[os.pardir] * 3))  # where we are imported from
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


def people() -> People:
    """Everybody with an account on this computer, for root or an elevated administrator."""
    system = platform()
    if system is Platform.WINDOWS:
        from configure587.machine.windows_people import WindowsPeople

        return WindowsPeople()
    from configure587.machine.posix_people import PosixPeople

    lock = "/run/configure587.lock" if system is Platform.LINUX else "/var/run/configure587.lock"
    many = 0 if system is Platform.MACOS else at_once(os.cpu_count() or 1)
    return PosixPeople(_sources(system), machine_of, _processes(system), lock, many)


def at_once(processors: int) -> int:
    """How many people's parts are done side by side: half of them wait for the disk."""
    return min(2 * max(processors, 2), 16)


def _sources(system: Platform) -> Sources:
    """Whom to ask for accounts, and what of this computer bears on them."""
    import pwd

    from configure587.machine import posix_people

    linux = system is Platform.LINUX
    return posix_people.Sources(
        accounts=pwd.getpwall,
        by_number=pwd.getpwuid,
        uid_min=posix_people.uid_min(system.value, _text("/etc/login.defs") if linux else ""),
        mounts=posix_people.mounts(_text("/proc/self/mounts") if linux else ""),
        homes=("/home",) if linux else ("/Users",),
    )


def _text(path: str) -> str:
    """What a file of the system says, "" when it is not there."""
    try:
        with open(path, encoding="utf-8", errors="replace") as source:
            return source.read()
    except FileNotFoundError:
        return ""


def machine_of(someone: Someone) -> Machine:
    """This computer for one person, whom this process becomes for good; or NotReady.

    The variables of whoever runs us name other folders, so the usual ones count.
    """
    from configure587.machine import becoming

    becoming.become(someone)
    becoming.go_home(someone)
    system = platform()
    return Machine(
        platform=system,
        user=someone.name,
        home=someone.home,
        files=DiskFiles(),
        processes=_processes(system),
        clock=DiskClock(),
        identity=identity(someone.home),
        computer=hostname(),
        spread=_spread(system),
    )


def _own(system: Platform, files: Files) -> Machine:
    """This computer for the account that we run as.

    Where root was left the home of the person who asked for it (sudo of macOS, sudo -E), that is
    not used: whoever owns a folder can put a link there, and root would follow it.
    """
    home, user = os.path.expanduser("~"), _user()
    told: tuple[Reason, ...] = ()
    if _is_of_another(home):
        told = (reason("root_for_another", home=home),)
        home, user = _home_of_root(), "root"
    return Machine(
        platform=system,
        user=user,
        home=home,
        files=files,
        processes=_processes(system),
        clock=DiskClock(),
        variables={
            name: os.environ[name]
            for name in _VARIABLES
            if os.environ.get(name) and not _is_of_another(os.environ[name])
        },
        identity=identity(home),
        computer=hostname(),
        spread=_spread(system),
        notices=told,
    )


def _is_of_another(folder: str) -> bool:
    """Whether we are root, and this folder, or the nearest one above it, is somebody else's."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or folder == _home_of_root():
        return False
    while True:
        try:
            return os.stat(folder).st_uid != 0
        except OSError:
            above = os.path.dirname(folder)
            if above == folder:
                return False
            folder = above


def _home_of_root() -> str:
    import pwd

    return pwd.getpwuid(0).pw_dir


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
        account=person.sid,
        home=person.home,
        processes=WindowsLocks(person.sid),
        registry=WinRegistry(person.sid),
        variables={},  # ours name our own folders
        identity=identity(person.home),
        notices=(reason("other_person", person=person.name, ran_as=own.user),),
    )


def events(system: Platform | None = None) -> Events:
    """The log of this computer that its administrators read; only unattended runs write to it."""
    found = system or platform()
    if found is Platform.WINDOWS:
        from configure587.machine.windows_events import WindowsEvents

        return WindowsEvents()
    from configure587.machine.unix_events import MacEvents, UnixEvents

    return MacEvents() if found is Platform.MACOS else UnixEvents()


def _processes(system: Platform) -> Processes:
    if system is Platform.WINDOWS:
        from configure587.machine.windows_locks import WindowsLocks

        return WindowsLocks()
    from configure587.machine.posix_locks import PosixLocks

    return PosixLocks(bsd=system is Platform.MACOS)


def identity(home: str) -> str:
    """What tells this computer and the person of this home from all others."""
    return f"{hostname()}:{home}"


def hostname() -> str:
    """What this computer is called."""
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


def program(packages: str | None = None) -> list[str]:
    """The words that start this very program again, from anywhere; no current folder has a say."""
    if getattr(sys, "frozen", False):  # one of our packages
        return [sys.executable]
    folder, name = os.path.split(packages or _PACKAGES)
    prefix, library = os.path.split(folder)
    installed = os.path.join(prefix, "bin", "configure587")
    if (library, name) == ("lib", "configure587") and os.access(installed, os.X_OK):
        # Linux: /usr/lib/configure587 is on the path of that program alone
        return [_image(os.path.dirname(prefix)) or installed]
    return [sys.executable, "-P", "-m", "configure587"]


def _image(folder: str) -> str | None:
    """The AppImage that has this folder in it; the folder itself is gone once we end.

    A program that an AppImage started has its variables too, hence the comparison
    (docs.appimage.org, "Environment variables").
    """
    inside = os.environ.get("APPDIR") == folder
    return os.environ.get("APPIMAGE") if inside else None


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
