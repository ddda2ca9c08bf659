"""The folder that reports go to: often a share, which may be slow, full, read-only or gone."""

from __future__ import annotations

import contextlib
import os

from configure587.machine.disk import DiskFiles

PART = ".part"  # what a file is called until it is whole
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class Share:
    """One folder; each method may raise OSError. Its own rights say who may read what is put there.

    It is no part of the computer that is changed: with --image it may lie outside the image.
    """

    def __init__(self, folder: str) -> None:
        """The folder has to be there: one that is not mounted must not be made in its place."""
        self._folder = os.path.abspath(folder)
        self._files = DiskFiles()

    def names(self) -> list[str]:
        """The names of what is there, sorted."""
        return list(self._files.names(self._folder))

    def read(self, name: str, limit: int) -> bytes:
        """A file of at most this many bytes."""
        return self._files.read(self._path(name), limit)

    def put(self, name: str, data: bytes) -> None:
        """Make a file of this name, wholly or not at all; the same again changes nothing."""
        path = self._path(name)
        part = path + PART
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)  # of an attempt that was cut short
        try:
            _write(part, data)
            os.replace(part, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise

    def take(self, name: str, data: bytes) -> bool:
        """Make a file of this name unless there is one; whether it was made. Nobody else can.

        One that could not be written whole is taken away: a full share gives no place away.
        """
        path = self._path(name)
        try:
            _write(path, data)
        except FileExistsError:
            return False
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise
        return True

    def drop(self, name: str) -> None:
        """Remove a file."""
        os.unlink(self._path(name))

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)


def _write(path: str, data: bytes) -> None:
    descriptor = os.open(path, _NEW, 0o644)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
