"""The registry of Windows itself: keys opened with Python's winreg, values read one by one.

winreg's own ways to a value are not taken: EnumValue reads what every value of a key holds,
passwords too, and QueryValueEx drops what is not as its type wants it. Each value is asked for
by its name, as type and bytes. Importable on Windows only.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import itertools
from typing import TYPE_CHECKING, Any

from configure587.errors import Stale, Unsure
from configure587.formats import reg_values
from configure587.formats.case_folding import fold
from configure587.machine.registry import by_key, one_by_one, require

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from configure587.model import Change, Value

_winreg: Any = importlib.import_module("winreg")  # typeshed offers its names to Windows only
_advapi = ctypes.CDLL("advapi32")
_dword_p = ctypes.POINTER(ctypes.c_uint32)
_advapi.RegQueryValueExW.argtypes = [
    *(ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_void_p),
    *(_dword_p, ctypes.c_void_p, _dword_p),
]
_advapi.RegEnumValueW.argtypes = [
    *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_wchar_p, _dword_p),
    *[ctypes.c_void_p] * 4,
]
_advapi.RegSetValueExW.argtypes = [
    *(ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_uint32),
    *(ctypes.c_char_p, ctypes.c_uint32),
]
_advapi.RegDeleteValueW.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p]

_LIST = _winreg.KEY_ENUMERATE_SUB_KEYS
_READ = _winreg.KEY_QUERY_VALUE
_WRITE = _winreg.KEY_QUERY_VALUE | _winreg.KEY_SET_VALUE

# winerror.h
_FILE_NOT_FOUND = 2
_INVALID_PARAMETER = 87
_MORE_DATA = 234
_NO_MORE_ITEMS = 259
# no such file, no such path, not a possible path; a key that was deleted while we hold it
_NOT_THERE = frozenset({_FILE_NOT_FOUND, 3, 161, 1018})

_LIMIT = 1024 * 1024  # bytes of one value
_USUAL = 4096
_USUAL_NAME = 512
_NO_DATA = (None, None, None, None)
_END = _NOT_THERE | {_NO_MORE_ITEMS}
_LONGEST_NAME = 16384  # letters, with the zero (Registry Element Size Limits)
# Windows adds the zero that a string lacks when it finds one behind the string's end.
_NO_ZERO = b"\xff\xff"


class WinRegistry:
    """The registry as Windows has it, in the view of 64-bit programs."""

    def __init__(self, sid: str | None = None) -> None:
        """With the `sid` of a person, HKEY_CURRENT_USER is theirs; else that of our process."""
        person = [_winreg.HKEY_CURRENT_USER] if sid is None else [_winreg.HKEY_USERS, sid]
        self._tops: dict[str, list[Any]] = {
            "HKEY_CURRENT_USER": person,
            "HKEY_LOCAL_MACHINE": [_winreg.HKEY_LOCAL_MACHINE],
            "HKEY_USERS": [_winreg.HKEY_USERS],
        }

    def exists(self, key: str) -> bool:
        """See Registry.exists."""
        try:
            with _about(key), self._open(key, _READ) as handle:
                return handle is not None
        except PermissionError:
            return True

    def keys(self, key: str) -> Sequence[str]:
        """See Registry.keys."""
        with _about(key), self._open(key, _LIST) as handle:
            return [] if handle is None else list(_subkeys(handle))

    def names(self, key: str) -> Sequence[str]:
        """See Registry.names."""
        with _about(key), self._open(key, _READ) as handle:
            return [] if handle is None else list(_names(handle))

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read; a value of more than 1 MiB is an OSError(EFBIG)."""
        with _about(key), self._open(key, _READ) as handle:
            if handle is None:
                return {}
            buffer = ctypes.create_string_buffer(_USUAL)
            found = {name: _query(handle, name, buffer) for name in names}
        return {
            name: reg_values.from_registry(*raw) for name, raw in found.items() if raw is not None
        }

    def swap(self, changes: Sequence[Change], *, there_and_back: bool = True) -> None:
        """See Registry.swap; what Windows does not keep as it was written is put back."""
        del there_and_back
        require(self, changes)
        self.rehearse(changes)
        with contextlib.ExitStack() as failed:
            failed.callback(self._flush_if_possible, changes)
            one_by_one(changes, self._write, lambda: self._settle(changes))
            failed.pop_all()

    def rehearse(self, changes: Sequence[Change]) -> None:
        """See Registry.rehearse."""
        for change in changes:
            _raw(change)

    def _write(self, change: Change) -> None:
        key = change.place.path
        raw = _raw(change)
        with _about(key), self._open(key, _WRITE) as handle:
            if handle is None:
                raise FileNotFoundError(errno.ENOENT, "no such key", key)
            if raw is None:
                _delete(handle, change.name)
            else:
                _set(handle, change.name, *raw)

    def _settle(self, changes: Sequence[Change]) -> None:
        self._flush(changes)
        try:
            require(self, [change.inverse() for change in changes])
        except Stale as error:
            raise OSError(errno.EIO, "not kept as it was written", error.path) from error

    def _flush_if_possible(self, changes: Sequence[Change]) -> None:
        with contextlib.suppress(OSError):
            self._flush(changes)

    def _flush(self, changes: Sequence[Change]) -> None:
        for key in by_key(changes):
            with _about(key), self._open(key, _WRITE) as handle:
                if handle is not None:
                    _winreg.FlushKey(handle)

    @contextlib.contextmanager
    def _open(self, key: str, access: int) -> Iterator[int | None]:
        """The open key, or None when there is no such key."""
        opened = self._opened(key, access)
        if opened is None:
            yield None
        else:
            with opened:
                yield int(opened)

    def _opened(self, key: str, access: int) -> Any:  # noqa: ANN401 - winreg's handle, or None
        top, *parts = key.split("\\")
        start = self._tops.get(fold(top))
        if start is None or "" in parts or "\0" in key:
            return None
        path = "\\".join([*start[1:], *parts])
        try:
            return _winreg.OpenKeyEx(start[0], path, 0, access | _winreg.KEY_WOW64_64KEY)
        except OSError as error:
            if _number(error) in {*_NOT_THERE, _INVALID_PARAMETER}:  # longer than a name can be
                return None
            raise


@contextlib.contextmanager
def _about(key: str) -> Iterator[None]:
    """Name the key in every error."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = key
        raise


def _number(error: OSError) -> int | None:
    return getattr(error, "winerror", None)


def _raw(change: Change) -> tuple[int, bytes] | None:
    """What to write; OSError for what a registry cannot hold."""
    key = change.place.path
    if "\0" in change.name:
        raise OSError(errno.EINVAL, "not a possible name", key)
    try:
        return None if change.after is None else reg_values.to_registry(change.after)
    except Unsure as error:
        raise OSError(errno.EINVAL, error.code, key) from error


# --- one call each -------------------------------------------------------------------------------


def _subkeys(handle: int) -> Iterator[str]:
    for index in itertools.count():
        try:
            yield _winreg.EnumKey(handle, index)
        except OSError as error:
            if _number(error) not in {_NO_MORE_ITEMS, *_NOT_THERE}:
                raise
            return


def _names(handle: int) -> Iterator[str]:
    """The names of the values; where their data would go is NULL."""
    room = _USUAL_NAME
    buffer = ctypes.create_unicode_buffer(room)
    for index in itertools.count():
        length = ctypes.c_uint32(room)
        code = _advapi.RegEnumValueW(handle, index, buffer, ctypes.byref(length), *_NO_DATA)
        if code == _MORE_DATA and room < _LONGEST_NAME:
            room = length.value = _LONGEST_NAME
            buffer = ctypes.create_unicode_buffer(room)
            code = _advapi.RegEnumValueW(handle, index, buffer, ctypes.byref(length), *_NO_DATA)
        if code in _END:
            return
        _check(code)
        yield "".join(buffer[: length.value])


def _query(handle: int, name: str, buffer: ctypes.Array[ctypes.c_char]) -> tuple[int, bytes] | None:
    """Type and bytes of one value, read through this buffer if it fits; None when not there."""
    if "\0" in name:
        return None  # Windows would stop at the zero, and read another value
    kind, size = ctypes.c_uint32(), ctypes.c_uint32()
    while True:
        size.value = room = len(buffer)
        where = ctypes.byref(kind), buffer, ctypes.byref(size)
        code = _advapi.RegQueryValueExW(handle, name, None, *where)
        if code in _NOT_THERE:
            return None
        if size.value > _LIMIT:
            raise OSError(errno.EFBIG, "value too large")
        if code != _MORE_DATA:
            _check(code)
            return kind.value, ctypes.string_at(buffer, size.value)
        buffer = ctypes.create_string_buffer(max(size.value, 2 * room))  # it may grow meanwhile


def _set(handle: int, name: str, kind: int, data: bytes) -> None:
    _check(_advapi.RegSetValueExW(handle, name, 0, kind, data + _NO_ZERO, len(data)))


def _delete(handle: int, name: str) -> None:
    code = _advapi.RegDeleteValueW(handle, name)
    if code != _FILE_NOT_FOUND:
        _check(code)


def _check(code: int) -> None:
    if code:
        # with Windows' own number Python finds the kind of error: no right, no such key
        raise OSError(0, "the registry refuses", None, code)
