"""Other programs that have a file open, as Windows knows it: by what they share."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

READ: Final = 1
WRITE: Final = 2
DELETE: Final = 4

# Opens parent.lock as nsProfileLock::Lock does (toolkit/profile/nsProfileLock.cpp): no sharing.
THUNDERBIRD: Final = """
import ctypes, sys
kernel = ctypes.CDLL("kernel32", use_last_error=True)
kernel.CreateFileW.restype = ctypes.c_void_p
kernel.CreateFileW.argtypes = [
    ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32,
    ctypes.c_uint32, ctypes.c_void_p,
]
handle = kernel.CreateFileW(sys.argv[1], 0xC0000000, 0, None, 4, 0, None)
if handle == ctypes.c_void_p(-1).value:
    sys.exit(f"kept out: WinError {ctypes.get_last_error()}")
print("held", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def thunderbird_runs(lock: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process holds this lock file."""
    words = [sys.executable, "-c", THUNDERBIRD, lock]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline().rstrip() == b"held"
        try:
            yield child
        finally:
            child.stdin.close()
            child.wait()


def thunderbird_gets_in(lock: str) -> bool:
    """Whether another process can take this lock file; an error of its own is ours too."""
    words = [sys.executable, "-c", THUNDERBIRD, lock]
    tried = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if tried.returncode == 0:
        return True
    assert b"kept out: WinError 32" in tried.stderr, tried.stderr
    return False


@contextlib.contextmanager
def open_elsewhere(path: str, share: int) -> Iterator[None]:
    """A virus scanner, say, reads this file and lets others do to it what `share` says."""
    kernel = ctypes.CDLL("kernel32", use_last_error=True)
    kernel.CreateFileW.restype = ctypes.c_void_p
    kernel.CreateFileW.argtypes = [ctypes.c_wchar_p, *[ctypes.c_uint32] * 2, ctypes.c_void_p]
    kernel.CreateFileW.argtypes += [*[ctypes.c_uint32] * 2, ctypes.c_void_p]
    kernel.CloseHandle.argtypes = [ctypes.c_void_p]
    handle = kernel.CreateFileW(path, 0x80000000, share, None, 3, 0, None)
    assert handle != ctypes.c_void_p(-1).value, path
    try:
        yield
    finally:
        kernel.CloseHandle(handle)


@contextlib.contextmanager
def outlook_runs(folder: pathlib.Path, name: str = "OUTLOOK.EXE") -> Iterator[int]:
    """A program of this name runs; the number of its process."""
    program = folder / name
    shutil.copy(os.path.join(os.environ["SYSTEMROOT"], "system32", "cmd.exe"), program)
    words = [str(program), "/c", "pause"]
    with _started(words) as child:
        assert child.stdin is not None
        try:
            yield child.pid
        finally:
            child.stdin.write(b"\r\n")
            child.stdin.close()
            child.wait()


def _started(words: list[str]) -> subprocess.Popen[bytes]:
    """Start a program that was only just copied; Wine's server, when busy, may refuse that once."""
    try:
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    except OSError as error:
        if getattr(error, "winerror", None) != 1359:  # ERROR_INTERNAL_ERROR
            raise
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
