"""Everybody with a profile on this Windows computer. Importable on Windows only."""

from __future__ import annotations

import contextlib
import ctypes
import ntpath
from typing import TYPE_CHECKING

from configure587.machine import Machine, Platform, handing, here, hives, windows_profiles
from configure587.machine.disk import DiskClock, DiskFiles
from configure587.machine.homebound import HomeboundFiles, HomeboundProcesses
from configure587.machine.people import NotReady
from configure587.machine.windows_locks import WindowsLocks
from configure587.machine.windows_session import WindowsSession
from configure587.machine.winreg import WinRegistry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine.people import Answer, Errand, Someone

_shell = ctypes.CDLL("shell32")


class WindowsPeople:
    """See people.People: each part is done by a program of ours, with an administrator's rights."""

    def allowed(self) -> bool:
        """See People.allowed."""
        return bool(_shell.IsUserAnAdmin())

    def alone(self) -> AbstractContextManager[None]:
        """See People.alone."""
        return hives.alone()

    def everyone(self) -> Sequence[Someone]:
        """See People.everyone."""
        files = DiskFiles(sync_folders=False)
        return windows_profiles.everyone(WinRegistry(), files, WindowsSession().expanded)

    def each(self, someones: Iterable[Someone], errand: Errand) -> Iterator[tuple[Someone, Answer]]:
        """See People.each."""
        return handing.each(someones, ready, machine_for, errand)


@contextlib.contextmanager
def ready(someone: Someone) -> Iterator[Someone]:
    """Have this person's registry loaded, by us unless they are signed in."""
    signed_in = someone._replace(registry=someone.number)
    if WinRegistry().exists(rf"HKEY_USERS\{someone.number}"):
        yield signed_in
        return
    path = ntpath.join(someone.home, windows_profiles.HIVE)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hives.mounted(someone.registry, path))
        except NotReady:
            if not WinRegistry().exists(rf"HKEY_USERS\{someone.number}"):
                raise
            yield signed_in  # they have just signed in
            return
        yield someone


def machine_for(someone: Someone) -> Machine:
    """This computer for that person; nothing of theirs is followed out of their home."""
    files = HomeboundFiles(someone.home, DiskFiles(sync_folders=False))
    return Machine(
        platform=Platform.WINDOWS,
        user=someone.name,
        account=someone.number,
        home=someone.home,
        files=files,
        processes=HomeboundProcesses(files, WindowsLocks(someone.number)),
        clock=DiskClock(),
        registry=WinRegistry(someone.registry),
        identity=here.identity(someone.home),
        computer=here.hostname(),
    )
