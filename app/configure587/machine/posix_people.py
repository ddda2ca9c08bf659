"""Who has an account on a Linux or a Mac: the password database, and the folders in /home.

Directories (LDAP, Active Directory) mostly do not list whom they know, but answer for a number; so
the owner of each folder in /home is asked for too. Nothing here decides what may be done: that is
the person's own process, which can do no more than they can.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from typing import TYPE_CHECKING, NamedTuple

from configure587.machine import children, handing
from configure587.machine.people import Someone

if TYPE_CHECKING:
    import pwd
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Machine, Processes
    from configure587.machine.people import Answer, Errand

# shadow's and Debian's default; macOS gives people numbers from 501 on.
_UID_MIN = {"linux": 1000, "macos": 500}
# systemd.io/UIDS-GIDS: nobody, the two that are no numbers, and users made for a service's run.
_NOBODY = frozenset({65534, 65535, 2**32 - 1, 2**32 - 2})
_DYNAMIC = range(61184, 65520)
# Programs that are set as a shell so that nobody can sign in, or only for one purpose.
_NO_SHELLS = frozenset({"nologin", "false", "true", "sync", "halt", "shutdown", "git-shell"})
_MIN_LINE = re.compile(r"^\s*UID_MIN\s+(\d{1,9})\s*$", re.MULTILINE)
_OCTAL = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """A line of /proc/self/mounts: where, and what kind of file system."""

    folder: str
    kind: str


class Sources(NamedTuple):
    """Whom to ask; each may be exchanged in a test."""

    accounts: Callable[[], Iterable[pwd.struct_passwd]]
    by_number: Callable[[int], pwd.struct_passwd]
    uid_min: int
    mounts: Sequence[Mount]
    homes: Sequence[str]  # folders in which the homes of people are


class PosixPeople:
    """See people.People: each part is done by a process of ours that has become the person."""

    def __init__(
        self,
        sources: Sources,
        machine_of: Callable[[Someone], Machine],
        processes: Processes,
        lock: str,
        at_once: int,
    ) -> None:
        """`lock` lies where only root can make files; `machine_of` makes its process a person's.

        So many forks are at work at once; with 0 each part is handed to a program of its own.
        """
        self._sources = sources
        self._machine_of = machine_of
        self._processes = processes
        self._lock = lock
        self._at_once = at_once

    def allowed(self) -> bool:
        """See People.allowed."""
        return os.geteuid() == 0

    def alone(self) -> AbstractContextManager[None]:
        """See People.alone."""
        return self._processes.keep_out(self._lock)

    def everyone(self) -> Sequence[Someone]:
        """See People.everyone."""
        return everyone(self._sources)

    def each(self, someones: Iterable[Someone], errand: Errand) -> Iterator[tuple[Someone, Answer]]:
        """See People.each."""
        if self._at_once:
            return children.each(someones, self._machine_of, errand, self._at_once)
        return handing.each(someones, contextlib.nullcontext, self._machine_of, errand)


def uid_min(platform: str, login_defs: str) -> int:
    """The first number of a person, as /etc/login.defs says it."""
    found = _MIN_LINE.findall(login_defs)
    return int(found[-1]) if found else _UID_MIN[platform]


def mounts(text: str) -> list[Mount]:
    """The lines of /proc/self/mounts, in which blanks are spelled in octal."""
    rows = [line.split(" ") for line in text.splitlines()]
    return [Mount(_spelled(row[1]), row[2]) for row in rows if len(row) > 2]


def _spelled(text: str) -> str:
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), text)


def everyone(sources: Sources) -> list[Someone]:
    """Everybody, each number and home once, by number; OSError when nobody can be asked."""
    found: dict[tuple[int, str], Someone] = {}
    for account in (*sources.accounts(), *_owners(sources)):
        found.setdefault((account.pw_uid, account.pw_dir), _someone(account, sources))
    return sorted(found.values(), key=lambda each: (int(each.number), each.name))


def _someone(account: pwd.struct_passwd, sources: Sources) -> Someone:
    home = account.pw_dir
    why = _not_a_person(account, sources.uid_min)
    if why is None and not_mounted(home, sources.mounts):
        why = "home_not_mounted"
    return Someone(account.pw_name, home, str(account.pw_uid), account.pw_gid, left_out=why)


def _not_a_person(account: pwd.struct_passwd, least: int) -> str | None:
    uid = account.pw_uid
    if uid == 0:
        return "administrator_account"
    if uid < least or uid in _NOBODY or uid in _DYNAMIC:
        return "service_account"
    if os.path.basename(account.pw_shell) in _NO_SHELLS:
        return "account_closed"
    return None if os.path.isabs(account.pw_dir) else "home_missing"


def not_mounted(home: str, mounted: Sequence[Mount]) -> bool:
    """Whether this home waits to be mounted when somebody first looks at it (autofs)."""
    around = [each for each in mounted if _is_below(home, each.folder)]
    # of two mounts on one folder the later lies over the earlier
    nearest = max(enumerate(around), key=lambda each: (len(each[1].folder), each[0]), default=None)
    return nearest is not None and nearest[1].kind == "autofs"


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _owners(sources: Sources) -> Iterator[pwd.struct_passwd]:
    """Whoever owns a folder in /home, or in a folder of the system in it, such as /home/DOMAIN."""
    for folder in sources.homes:
        for entry, owner in _folders(folder):
            numbers = [owner] if owner else [uid for _, uid in _folders(entry)]
            for number in numbers:
                try:
                    yield sources.by_number(number)
                except KeyError:  # nobody has this number
                    continue


def _folders(folder: str) -> Iterator[tuple[str, int]]:
    """The folders in a folder and their owners; a link is none, and nothing is mounted for it."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        try:
            status = os.lstat(path)
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode):
            yield path, status.st_uid
