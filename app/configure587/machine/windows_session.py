"""What Windows knows of accounts and sessions, one question each. Importable on Windows only."""

from __future__ import annotations

import contextlib
import ctypes
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_kernel = ctypes.CDLL("kernel32", use_last_error=True)
_advapi = ctypes.CDLL("advapi32", use_last_error=True)
_secur = ctypes.CDLL("secur32", use_last_error=True)
_wts = ctypes.CDLL("wtsapi32", use_last_error=True)

_void_p, _wide_p, _dword = ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_uint32
_dword_p, _void_pp = ctypes.POINTER(ctypes.c_uint32), ctypes.POINTER(ctypes.c_void_p)

_kernel.CreateToolhelp32Snapshot.restype = _void_p
_kernel.CreateToolhelp32Snapshot.argtypes = [_dword, _dword]
_kernel.Process32FirstW.argtypes = [_void_p, _void_p]
_kernel.Process32NextW.argtypes = [_void_p, _void_p]
_kernel.OpenProcess.restype = _void_p
_kernel.OpenProcess.argtypes = [_dword, ctypes.c_int, _dword]
_kernel.GetExitCodeProcess.argtypes = [_void_p, _dword_p]
_kernel.CloseHandle.argtypes = [_void_p]
_kernel.LocalFree.argtypes = [_void_p]
_kernel.ProcessIdToSessionId.argtypes = [_dword, _dword_p]
_kernel.ExpandEnvironmentStringsW.argtypes = [_wide_p, _wide_p, _dword]
_advapi.OpenProcessToken.argtypes = [_void_p, _dword, _void_pp]
_advapi.GetTokenInformation.argtypes = [_void_p, ctypes.c_int, _void_p, _dword, _dword_p]
_advapi.ConvertSidToStringSidW.argtypes = [_void_p, _void_pp]
_advapi.LookupAccountNameW.argtypes = [
    *(_wide_p, _wide_p, _void_p, _dword_p, _wide_p, _dword_p, _dword_p),
]
_secur.GetUserNameExW.restype = ctypes.c_ubyte
_secur.GetUserNameExW.argtypes = [ctypes.c_int, _wide_p, _dword_p]
_wts.WTSQuerySessionInformationW.argtypes = [_void_p, _dword, ctypes.c_int, _void_pp, _dword_p]
_wts.WTSEnumerateProcessesW.argtypes = [_void_p, _dword, _dword, _void_pp, _dword_p]
_wts.WTSFreeMemory.argtypes = [_void_p]

_INVALID = ctypes.c_void_p(-1).value
_PROCESSES = 2  # TH32CS_SNAPPROCESS
_QUERY_LIMITED = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_STILL_ACTIVE = 259
_TOKEN_QUERY = 8
_TOKEN_USER = 1
_SAM_COMPATIBLE = 2  # EXTENDED_NAME_FORMAT: DOMAIN\name
_USER_NAME, _DOMAIN_NAME = 5, 7  # WTS_INFO_CLASS
_PERSON = 1  # SID_NAME_USE: SidTypeUser
_CHARACTERS = 1024  # more than any account or expanded path of a home has
_BYTES = 1024  # more than a SID and what stands around it


class _Program(ctypes.Structure):
    """PROCESSENTRY32W."""

    _fields_ = (
        ("size", _dword),
        ("usage", _dword),
        ("number", _dword),
        ("heap", _void_p),
        ("others", _dword * 5),  # module, threads, parent, priority, flags
        ("name", ctypes.c_wchar * 260),
    )


class _Process(ctypes.Structure):
    """WTS_PROCESS_INFOW."""

    _fields_ = (
        ("session", _dword),
        ("number", _dword),
        ("name", _void_p),
        ("sid", _void_p),
    )


class WindowsSession:
    """The session that we run in; every question may raise OSError, unless said."""

    def own_account(self) -> str:
        """See windows_person.Session."""
        buffer, length = ctypes.create_unicode_buffer(_CHARACTERS), _dword(_CHARACTERS)
        if not _secur.GetUserNameExW(_SAM_COMPATIBLE, buffer, ctypes.byref(length)):
            return ""
        return buffer.value

    def signed_in(self) -> str:
        """See windows_person.Session."""
        name, domain = _session_text(_USER_NAME), _session_text(_DOMAIN_NAME)
        return f"{domain}\\{name}" if name else ""

    def own_sid(self) -> str:
        """See windows_person.Session."""
        return self.owner(os.getpid())

    def sid_of(self, account: str) -> str:
        """See windows_person.Session."""
        sid, kind = ctypes.create_string_buffer(_BYTES), _dword()
        domain = ctypes.create_unicode_buffer(_CHARACTERS)
        sizes = ctypes.byref(_dword(_BYTES)), ctypes.byref(_dword(_CHARACTERS))
        answer = sid, sizes[0], domain, sizes[1], ctypes.byref(kind)
        _check(_advapi.LookupAccountNameW(None, account, *answer))
        if kind.value != _PERSON:
            raise OSError("not the account of a person")
        return _spelled(ctypes.addressof(sid))

    def expanded(self, text: str) -> str:
        """See windows_person.Session."""
        buffer = ctypes.create_unicode_buffer(_CHARACTERS)
        length = _check(_kernel.ExpandEnvironmentStringsW(text, buffer, _CHARACTERS))
        if length > _CHARACTERS:
            raise OSError("a text that is too long")
        return buffer.value

    def programs(self) -> Iterator[tuple[int, str]]:
        """The number of each process on this computer, and the file name of its program."""
        snapshot = _kernel.CreateToolhelp32Snapshot(_PROCESSES, 0)
        _check(snapshot != _INVALID)
        with _closed(snapshot):
            entry = _Program(size=ctypes.sizeof(_Program))
            more = _kernel.Process32FirstW(snapshot, ctypes.byref(entry))
            while more:
                yield entry.number, entry.name
                more = _kernel.Process32NextW(snapshot, ctypes.byref(entry))

    def owner(self, process: int) -> str:
        """The number of the account that a process runs as; OSError too when it has ended."""
        handle, token = _check(_kernel.OpenProcess(_QUERY_LIMITED, 0, process)), _void_p()
        with _closed(handle):
            ended = _dword()
            _check(_kernel.GetExitCodeProcess(handle, ctypes.byref(ended)))
            if ended.value != _STILL_ACTIVE:
                raise ProcessLookupError(process)
            _check(_advapi.OpenProcessToken(handle, _TOKEN_QUERY, ctypes.byref(token)))
        with _closed(token.value):
            answer, size = (_void_p * (_BYTES // 8))(), _dword(_BYTES)
            where = answer, ctypes.sizeof(answer), ctypes.byref(size)
            _check(_advapi.GetTokenInformation(token, _TOKEN_USER, *where))
        return _spelled(answer[0])

    def may_share(self, process: int) -> bool:
        """Whether a process is in our session, as far as Windows tells. Never raises.

        ProcessIdToSessionId would need rights in that process; this list needs none.
        """
        found, count = _void_p(), _dword()
        where = ctypes.byref(found), ctypes.byref(count)
        if not _wts.WTSEnumerateProcessesW(None, 0, 1, *where):
            return True
        try:
            array = (_Process * count.value).from_address(found.value or 0)
            sessions = {each.number: each.session for each in array}
        finally:
            _wts.WTSFreeMemory(found)
        own = sessions.get(os.getpid())
        return process in sessions and own in {None, sessions[process]}


def _session_text(what: int) -> str:
    """What Windows says of the session that this process runs in."""
    session, found, size = _dword(), _void_p(), _dword()
    _check(_kernel.ProcessIdToSessionId(os.getpid(), ctypes.byref(session)))
    where = ctypes.byref(found), ctypes.byref(size)
    _check(_wts.WTSQuerySessionInformationW(None, session, what, *where))
    try:
        return ctypes.wstring_at(found.value or 0)
    finally:
        _wts.WTSFreeMemory(found)


def _spelled(sid: int | None) -> str:
    """The usual spelling of a SID in memory, S-1-5-..."""
    text = _void_p()
    _check(_advapi.ConvertSidToStringSidW(sid, ctypes.byref(text)))
    try:
        return ctypes.wstring_at(text.value or 0)
    finally:
        _kernel.LocalFree(text)


@contextlib.contextmanager
def _closed(handle: int | None) -> Iterator[None]:
    try:
        yield
    finally:
        _kernel.CloseHandle(handle)


def _check(answer: Any) -> Any:  # noqa: ANN401 - a handle, a length or a truth
    """The answer itself; what Windows says of a failure as OSError."""
    if not answer:
        # typeshed offers get_last_error to Windows only; this module runs nowhere else
        raise OSError(0, "Windows does not say", None, ctypes.get_last_error())  # type: ignore[attr-defined]
    return answer
