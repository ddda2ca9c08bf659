"""The registry of the lab: keys of our own in it, made and removed with other functions than ours.

Importable on Windows only. What is set here is set as bytes, so that odd values can be planted.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
from typing import TYPE_CHECKING, Any, Final

from configure587.formats import reg_values
from configure587.machine.winreg import WinRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from configure587.model import Value

winreg: Any = importlib.import_module("winreg")  # typeshed offers its names to Windows only
TOP: Final = r"HKEY_CURRENT_USER\Software\Configure587Test"

_advapi = ctypes.CDLL("advapi32")
_advapi.RegSetKeySecurity.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p]
_describe = _advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW
_describe.argtypes = [ctypes.c_wchar_p, ctypes.c_uint32, *[ctypes.c_void_p] * 2]
_set = _advapi.RegSetValueExW
_set.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p, *[ctypes.c_uint32] * 2]
_set.argtypes += [ctypes.c_char_p, ctypes.c_uint32]


def below(key: str) -> str:
    """The path below HKEY_CURRENT_USER; everything here is there."""
    top, _, path = key.partition("\\")
    assert top == "HKEY_CURRENT_USER"
    assert path.startswith(("Software\\Configure587Test", "Software\\Microsoft\\"))
    return path


def plant(key: str, name: str, kind: int, data: bytes) -> None:
    """Make a key and set one value of it; no zero is added to a string that has none."""
    with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, below(key), 0, winreg.KEY_ALL_ACCESS) as at:
        assert _set(int(at), name, 0, kind, data + b"\xff\xff", len(data)) == 0


def filled(contents: Mapping[str, Mapping[str, Value]]) -> WinRegistry:
    """The registry with these keys; what an earlier test left is removed."""
    forget()
    for key, values in contents.items():
        winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, below(key)).Close()
        for name, value in values.items():
            plant(key, name, *reg_values.to_registry(value))
    return WinRegistry()


def forget(key: str = TOP) -> None:
    """Remove a key with all that is below it."""
    try:
        with winreg.OpenKeyEx(winreg.HKEY_CURRENT_USER, below(key)) as at:
            names = [winreg.EnumKey(at, n) for n in range(winreg.QueryInfoKey(at)[0])]
    except FileNotFoundError:
        return
    for name in names:
        forget(f"{key}\\{name}")
    winreg.DeleteKey(winreg.HKEY_CURRENT_USER, below(key))


@contextlib.contextmanager
def only(rights: str, key: str) -> Iterator[None]:
    """Everybody has just these rights in a key, spelled as an ACE does; its owner may change it."""
    entry = f"D:P(A;;{rights};;;WD)" if rights else "D:P"
    _restrict(key, entry)
    try:
        yield
    finally:
        _restrict(key, "D:(A;;KA;;;WD)")


def _restrict(key: str, description: str) -> None:
    found = ctypes.c_void_p()
    assert _describe(description, 1, ctypes.byref(found), None)
    write_dac = 0x40000
    with winreg.OpenKeyEx(winreg.HKEY_CURRENT_USER, below(key), 0, write_dac) as at:
        assert _advapi.RegSetKeySecurity(int(at), 4, found) == 0  # DACL_SECURITY_INFORMATION
