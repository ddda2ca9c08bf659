"""A process becomes a person, for good: it can then do what they can, and nothing else.

So no link in their home can be followed with the rights of root, and whatever is made is theirs.
Only ever called in a child of ours that does nothing else.
"""

from __future__ import annotations

import os
import resource
import stat
from typing import TYPE_CHECKING

from configure587.machine.people import Answer, NotReady

if TYPE_CHECKING:
    from configure587.machine.people import Someone

# A search path for a program that a library of ours may start; nothing of root's environment.
_PATH = "/usr/local/bin:/usr/bin:/bin"
_STATUS = "/proc/self/status"
_POWERS = (b"CapPrm", b"CapEff", b"CapAmb")  # capabilities(7)


def get_ready() -> None:
    """Load what groups are looked up with (nsswitch.conf): each fork of us would else load it."""
    os.getgrouplist("root", 0)


def cut_off(keep: int) -> None:
    """Leave the session and everything that was open, but for one descriptor.

    A terminal of root's could otherwise be typed into by whoever controls a process of the person.
    """
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))


def become(someone: Someone) -> None:
    """Be this person, for good, with their groups and their own environment; or NotReady."""
    uid, gid = int(someone.number), someone.group
    if uid <= 0:
        raise _not_become()
    os.umask(0o077)
    _without_core()
    try:
        os.initgroups(someone.name, gid)
        os.setgid(gid)
        os.setuid(uid)  # real, effective and saved, for we are root
    except OSError as error:
        raise _not_become() from error
    _check(uid, gid)
    os.environ.clear()
    os.environ.update(HOME=someone.home, USER=someone.name, LOGNAME=someone.name, PATH=_PATH)
    os.environ["LC_ALL"] = "C.UTF-8"


def go_home(someone: Someone) -> None:
    """Stand in the person's home; NotReady when it is none of theirs, or cannot be entered."""
    try:
        own = os.lstat(someone.home)
        if stat.S_ISLNK(own.st_mode) and own.st_uid != 0:
            raise _left_out("home_link")  # only the administrator may say that it is elsewhere
        found = os.stat(someone.home)
        if not stat.S_ISDIR(found.st_mode):
            raise _left_out("home_missing")
        if found.st_uid != int(someone.number):
            raise _left_out("home_of_another")
        os.chdir(someone.home)
        names = os.listdir(someone.home)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _left_out("home_missing") from error
    except PermissionError as error:
        raise _left_out("home_locked") from error
    except OSError as error:  # a loop of links, a server that is away, a key that is not there
        raise _left_out("home_unreachable") from error
    if _is_encrypted(names):
        raise _left_out("home_locked")


def _left_out(code: str) -> NotReady:
    return NotReady(Answer("skipped", code))


def _not_become() -> NotReady:
    """The system did not make us that person, wholly and for good: nothing may be done."""
    return NotReady(Answer("failed", "not_become"))


def _is_encrypted(names: list[str]) -> bool:
    """An eCryptfs home that is not mounted shows two links, to what is in it and to how."""
    return "Access-Your-Private-Data.desktop" in names and ".thunderbird" not in names


def _without_core() -> None:
    """A crash of ours must not leave what we have in memory in a file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _check(uid: int, gid: int) -> None:
    """Try the way back: there must be none."""
    if (os.getuid(), os.geteuid(), os.getgid(), os.getegid()) != (uid, uid, gid, gid):
        raise _not_become()
    for back in (os.setuid, os.seteuid):
        try:
            back(0)
        except PermissionError:
            continue
        raise _not_become()
    if any(_powers()):
        raise _not_become()


def _powers() -> list[int]:
    """What is left of root's single powers; none where the system has no such thing."""
    try:
        with open(_STATUS, "rb") as source:  # as bytes: a person may not be able to read a codec
            lines = [line.partition(b":") for line in source]
    except FileNotFoundError:
        return []
    return [int(value, 16) for name, _, value in lines if name in _POWERS]
