"""The guard of the tests: nobody's home, registry, log or network is touched; the rest is fair.

The registry and the event log of the Windows lab are nobody's: they are thrown away with
everything else there.

Audit events see every open, rename and connect of this process, whoever asks for it and however
it is spelled, so the guard is one hook and not a list of patched functions. The complaint is not
an ``Exception``: code that forgives errors must not be able to forgive this one. One gap: connect()
looks a host name up before its event; create_connection(), which everyone uses, does not.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LOGS: Final = ("/run/systemd/journal", "/dev/log", "/var/run/syslog")
REPOSITORY: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class RealWorldTouched(BaseException):
    """A test reached for something that belongs to a person or to the outside."""


def _real_homes() -> tuple[str, ...]:
    homes = {os.path.expanduser("~"), os.path.realpath(os.path.expanduser("~"))}
    with contextlib.suppress(ImportError, KeyError):
        import pwd

        homes.add(pwd.getpwuid(os.getuid()).pw_dir)
    return tuple(home for home in sorted(homes) if os.path.dirname(home) != home)


def _fair_folders() -> tuple[str, ...]:
    """Folders that may lie in a home and are ours: the repository, Python, temporary files."""
    folders = [REPOSITORY, tempfile.gettempdir(), sys.prefix, sys.base_prefix, *sys.path]
    return tuple({os.path.abspath(folder) for folder in folders if folder})


@dataclass(slots=True)
class Guard:
    """Judges audit events while it is armed."""

    homes: tuple[str, ...] = field(default_factory=_real_homes)
    fair: tuple[str, ...] = field(default_factory=_fair_folders)
    lab: bool = field(default_factory=lambda: os.environ.get("C587_LAB") == "1")
    armed: bool = False
    complaints: list[str] = field(default_factory=list)

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        """What sys.addaudithook calls; whatever it raises stops the deed."""
        if not self.armed:
            return
        judge = _JUDGES.get(event)
        what = judge(self, args) if judge else None
        if event.startswith("winreg.") and not self.lab:
            what = f"the registry ({event})"
        if what is not None:
            self.complaints.append(what)
            raise RealWorldTouched(f"this test touches {what}")

    def paths(self, args: tuple[Any, ...]) -> str | None:
        """The first path that lies in a real home and in none of the fair folders."""
        for arg in args:
            if isinstance(arg, str | bytes | os.PathLike) and self._is_private(os.fsdecode(arg)):
                return f"a real home: {os.fsdecode(arg)}"
        return None

    def _is_private(self, path: str) -> bool:
        with contextlib.suppress(OSError):  # the current folder may be gone
            path = os.path.abspath(path)
        return _below(path, self.homes) and not _below(path, self.fair)

    def socket(self, args: tuple[Any, ...]) -> str | None:
        """An address that is not of this machine."""
        door, address = args[0], args[-1]
        if isinstance(address, str | bytes) and os.fsdecode(address).startswith(_LOGS):
            return f"the log of this computer: {os.fsdecode(address)}"
        outside = door.family in {socket.AF_INET, socket.AF_INET6}
        return self.name((address[0],)) if outside and isinstance(address, tuple) else None

    def name(self, args: tuple[Any, ...]) -> str | None:
        """A host name that only the network can look up, or an address that is not loopback."""
        host = args[0].decode() if isinstance(args[0], bytes) else args[0]
        if host is None or host in {"localhost", socket.gethostname()}:
            return None
        with contextlib.suppress(ValueError):
            if ipaddress.ip_address(host.partition("%")[0]).is_loopback:
                return None
        return f"the network: {host or 'every address of this machine'}"

    def log(self, args: tuple[Any, ...]) -> str | None:
        """A line for the system's log, by syslog(3) or by a function of Windows."""
        windows = args[-1] in {"ReportEventW", "ReportEventA"} and not self.lab
        return "the log of this computer" if windows or isinstance(args[0], int) else None

    def child(self, args: tuple[Any, ...]) -> str | None:
        """A program that is started in a real home."""
        environment = args[3] or {}
        home = os.fsdecode(environment.get("HOME", environment.get(b"HOME", "")))
        return f"a real home: {args[0]} gets HOME={home}" if home in self.homes else None


def _below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == each or path.startswith(each.rstrip(os.sep) + os.sep) for each in folders)


_JUDGES: Final[dict[str, Callable[[Guard, tuple[Any, ...]], str | None]]] = {
    **dict.fromkeys(("socket.connect", "socket.bind"), Guard.socket),
    **dict.fromkeys(("socket.sendto", "socket.sendmsg"), Guard.socket),
    **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname"), Guard.name),
    "socket.gethostbyaddr": Guard.name,
    **dict.fromkeys(("syslog.syslog", "ctypes.dlsym"), Guard.log),
    "subprocess.Popen": Guard.child,
    "open": Guard.paths,
    "sqlite3.connect": Guard.paths,
    **{
        f"os.{verb}": Guard.paths
        for verb in (
            *("chflags", "chmod", "chown", "link", "listdir", "listxattr", "lockf", "mkdir"),
            *("remove", "removexattr", "rename", "rmdir", "scandir", "setxattr", "symlink"),
            *("truncate", "utime"),
        )
    },
}
