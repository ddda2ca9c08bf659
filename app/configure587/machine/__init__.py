"""The computer being configured: the only room that touches the world, passed in as a value."""

from __future__ import annotations

import enum
import ntpath
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from configure587.machine.registry import NoRegistry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configure587.machine.seams import Clock as Clock
    from configure587.machine.seams import Events as Events
    from configure587.machine.seams import Files as Files
    from configure587.machine.seams import Network as Network
    from configure587.machine.seams import Processes as Processes
    from configure587.machine.seams import Registry as Registry
    from configure587.machine.seams import Spread as Spread
    from configure587.model import Reason


class Platform(enum.Enum):
    """Which system a computer runs; decides folders and lock files, never behavior of ours."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"


class Kind(enum.Enum):
    """What stands at a path; OTHER also for what cannot be looked at (no right, a loop)."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"


class Look(NamedTuple):
    """What one look at a path tells: its kind, its size in bytes, its mtime in nanoseconds.

    `everybodys` is whether any account of this computer may change it (Linux, macOS).
    """

    kind: Kind
    size: int
    mtime: int
    everybodys: bool = False


class Machine:
    """One person's computer. `root` is "" on a real one, the folder of an image otherwise.

    `account` is what the system itself calls the person where `user` may be somebody else's name
    too (Windows: the SID), `variables` are the environment variables that a mail program itself
    heeds, `identity` tells this computer from others, `computer` is what it is called in its
    network, `data` overrides where backups are kept, `notices` are what a person should know before
    anything else. Without a `network` no server is ever reached, without `events` nothing is
    written to the system's own log. Never changed once made.
    """

    __slots__ = (
        "account",
        "clock",
        "computer",
        "data",
        "events",
        "files",
        "home",
        "identity",
        "network",
        "notices",
        "platform",
        "processes",
        "registry",
        "root",
        "spread",
        "user",
        "variables",
    )

    def __init__(  # noqa: PLR0913 - a computer has this many parts
        self,
        *,
        platform: Platform,
        user: str,
        home: str,
        files: Files,
        processes: Processes,
        clock: Clock,
        registry: Registry | None = None,
        network: Network | None = None,
        events: Events | None = None,
        root: str = "",
        variables: Mapping[str, str] | None = None,
        identity: str = "",
        computer: str = "",
        data: str = "",
        account: str = "",
        spread: Spread = map,
        notices: tuple[Reason, ...] = (),
    ) -> None:
        """Put a computer together."""
        self.account = account
        self.platform = platform
        self.user = user
        self.home = home
        self.files = files
        self.processes = processes
        self.clock = clock
        self.network = network
        self.events = events
        self.registry = registry if registry is not None else NoRegistry()
        self.root = root
        self.variables = variables or {}
        self.identity = identity
        self.computer = computer
        self.data = data
        self.spread = spread
        self.notices = notices

    def but(self, **parts: Any) -> Machine:  # noqa: ANN401 - each part has its own type
        """The same computer with some parts exchanged."""
        return Machine(**{name: getattr(self, name) for name in self.__slots__} | parts)

    @property
    def local_folder(self) -> str:
        """On Windows: where a person's data lives that stays on this computer."""
        local = os.path.join(self.home, "AppData", "Local")
        return self.variables.get("LOCALAPPDATA") or local

    @property
    def roaming_folder(self) -> str:
        """On Windows: where a person's data lives that follows them to other computers."""
        roaming = os.path.join(self.home, "AppData", "Roaming")
        return self.variables.get("APPDATA") or roaming

    @property
    def data_folder(self) -> str:
        """Where this person's backups and logs live."""
        if self.data:
            return self.data
        if self.platform is Platform.WINDOWS:
            return os.path.join(self.local_folder, "Configure587")
        if self.platform is Platform.MACOS:
            return os.path.join(self.home, "Library", "Application Support", "Configure587")
        share = os.path.join(self.home, ".local", "share")
        return os.path.join(self.variables.get("XDG_DATA_HOME") or share, "configure587")

    @property
    def backups_folder(self) -> str:
        """The folder that holds all backup sets, one folder each."""
        return os.path.join(self.data_folder, "backups")

    def stamp(self) -> str:
        """The time now, as text: ISO 8601, UTC, seconds."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now()))

    def file_stamp(self) -> str:
        """The time now, for names of files that shall sort by age: UTC, seconds."""
        return time.strftime("%Y%m%d-%H%M%S", time.gmtime(self.clock.now()))

    def folder_of(self, path: str) -> str:
        """The folder in which a file really stands, links followed."""
        return os.path.dirname(self.files.real(path))

    def system(self, *parts: str) -> str:
        """A path that belongs to the whole computer, such as ("etc", "thunderbird")."""
        return os.path.join(self.root or os.sep, *parts)

    def locate(self, written: str) -> str | None:
        """The path here for an absolute path as that computer writes it; None if not absolute."""
        if self.platform is Platform.WINDOWS:
            return self._locate_windows(written)
        if not written.startswith("/"):
            return None
        if not self.root or _inside(written, self.root):
            return os.path.normpath(written)
        homes = ("/Users/",) if self.platform is Platform.MACOS else ("/home/",)
        return self._in_image(written, [home + self.user for home in homes], "/")

    def _locate_windows(self, written: str) -> str | None:
        drive, rest = ntpath.splitdrive(written)
        if not drive or not rest.startswith(("\\", "/")):
            inside = self.root and os.path.isabs(written) and _inside(written, self.root)
            return os.path.normpath(written) if inside else None
        if not self.root:
            return ntpath.normpath(written)
        return self._in_image(ntpath.normpath(written), [f"C:\\Users\\{self.user}"], "\\")

    def _in_image(self, written: str, homes: list[str], sep: str) -> str:
        for home in homes:
            if written.lower().startswith(home.lower() + sep):
                return os.path.join(self.home, *written[len(home) + 1 :].split(sep))
        parts = [part.rstrip(":") for part in written.split(sep) if part not in {"", ".", ".."}]
        return os.path.join(self.root, *parts)


def _inside(path: str, folder: str) -> bool:
    return os.path.normpath(path).startswith(folder.rstrip(os.sep) + os.sep)
