"""Registries of people who are not signed in: loaded for a moment, and always unloaded.

HKEY_USERS itself is the journal. What stands there under a name of ours, while nobody of us is at
work, was left behind by a run that was cut short. Importable on Windows only.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import stat
import time
from typing import TYPE_CHECKING, Any

from configure587.errors import Busy, NoPermission
from configure587.machine.people import Answer, NotReady
from configure587.machine.windows_profiles import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

_winreg: Any = importlib.import_module("winreg")  # typeshed offers its names to Windows only
_kernel = ctypes.CDLL("kernel32", use_last_error=True)
_advapi = ctypes.CDLL("advapi32", use_last_error=True)
_void_p, _wide_p, _dword = ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_uint32

_kernel.CreateMutexW.restype = _void_p
_kernel.CreateMutexW.argtypes = [_void_p, ctypes.c_int, _wide_p]
_kernel.WaitForSingleObject.argtypes = [_void_p, _dword]
_kernel.ReleaseMutex.argtypes = [_void_p]
_kernel.CloseHandle.argtypes = [_void_p]
_kernel.GetCurrentProcess.restype = _void_p
_advapi.OpenProcessToken.argtypes = [_void_p, _dword, _void_p]
_advapi.LookupPrivilegeValueW.argtypes = [_wide_p, _wide_p, _void_p]
_advapi.AdjustTokenPrivileges.argtypes = [_void_p, ctypes.c_int, _void_p, _dword, _void_p, _void_p]
_advapi.RegUnLoadKeyW.argtypes = [_void_p, _wide_p]

_MUTEX = "Global\\Configure587-everyone"
_FREE, _ABANDONED = 0, 0x80  # WAIT_OBJECT_0; whoever held it has died
_ADJUST, _ENABLED = 0x28, 2  # TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY; SE_PRIVILEGE_ENABLED
_PRIVILEGES = ("SeBackupPrivilege", "SeRestorePrivilege")
_IN_USE = frozenset({5, 32, 33})  # winerror.h: denied, sharing violation, lock violation
_NOT_THERE = 2
_TRIES, _PAUSE = 50, 0.1  # a virus scanner may hold a key for a moment


class _Privilege(ctypes.Structure):
    """TOKEN_PRIVILEGES with one of them."""

    _fields_ = (("count", _dword), ("low", _dword), ("high", ctypes.c_int32), ("how", _dword))


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep other runs for everybody out, and unload what a dead one left; Busy when there is one.

    A mutex and no file: Windows lets go of it for us, however we end.
    """
    mutex = _kernel.CreateMutexW(None, 0, _MUTEX)
    if not mutex:
        raise Busy(_MUTEX)
    try:
        if _kernel.WaitForSingleObject(mutex, 0) not in {_FREE, _ABANDONED}:
            raise Busy(_MUTEX)
        try:
            with_privileges()
            for name in left_over():
                unload(name)
            yield
        finally:
            _kernel.ReleaseMutex(mutex)
    finally:
        _kernel.CloseHandle(mutex)


def with_privileges() -> None:
    """Take up the rights to load a registry, which administrators have and do not use by default.

    NoPermission when we have them not.
    """
    token = _void_p()
    if not _advapi.OpenProcessToken(_kernel.GetCurrentProcess(), _ADJUST, ctypes.byref(token)):
        raise NoPermission("not_administrator")
    try:
        for name in _PRIVILEGES:
            one = _Privilege(count=1, how=_ENABLED)
            found = _advapi.LookupPrivilegeValueW(
                None, name, ctypes.byref(one, _Privilege.low.offset)
            )
            ctypes.set_last_error(0)  # type: ignore[attr-defined]  # typeshed: Windows only
            done = _advapi.AdjustTokenPrivileges(token, 0, ctypes.byref(one), 0, None, None)
            refused = ctypes.get_last_error()  # type: ignore[attr-defined]
            if not found or not done or refused:  # it succeeds without giving them, too
                raise NoPermission("not_administrator")
    finally:
        _kernel.CloseHandle(token)


def left_over() -> list[str]:
    """Registries under names of ours in HKEY_USERS."""
    with _winreg.OpenKeyEx(_winreg.HKEY_USERS, "", 0, _winreg.KEY_READ) as users:
        count = _winreg.QueryInfoKey(users)[0]
        names = [_winreg.EnumKey(users, number) for number in range(count)]
    return [name for name in names if name.startswith(PREFIX)]


@contextlib.contextmanager
def mounted(name: str, path: str) -> Iterator[None]:
    """Have the registry in this file under this name of HKEY_USERS; NotReady when it cannot be."""
    _require_own_file(path)
    try:
        _winreg.LoadKey(_winreg.HKEY_USERS, name, path)
    except OSError as error:
        unload(name, tries=1)  # Wine leaves an empty key there
        in_use = getattr(error, "winerror", 0) in _IN_USE
        code = "profile_in_use" if in_use else "registry_not_loaded"
        raise NotReady(Answer("skipped" if in_use else "failed", code)) from error
    try:
        yield
    finally:
        if not unload(name):
            raise NotReady(Answer("failed", "registry_not_unloaded"))


def unload(name: str, tries: int = _TRIES) -> bool:
    """Give a registry back to its file; False if somebody uses it all the time (five seconds)."""
    for number in range(tries):
        time.sleep(_PAUSE if number else 0)
        if _advapi.RegUnLoadKeyW(_handle(), name) in {0, _NOT_THERE}:
            return True
    return False


def _handle() -> int:
    return int(_winreg.HKEY_USERS)


def _require_own_file(path: str) -> None:
    """No link of any kind: what it leads to may be somebody else's registry."""
    try:
        status = os.lstat(path)
    except OSError as error:
        raise NotReady(Answer("failed", "registry_not_loaded")) from error
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise NotReady(Answer("skipped", "home_link"))
