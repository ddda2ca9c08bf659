"""Real files: read whole, replaced whole, durable before we say so."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
import time
from typing import TYPE_CHECKING

from configure587.errors import Stale
from configure587.machine import Kind, Look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Every temporary file of ours has this in its name, so that a later run can clear it away.
TEMPORARY = ".c587-"

# O_NONBLOCK: opening a pipe that somebody named prefs.js must not wait for a writer.
_READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_RETRIES = 20  # on Windows a virus scanner may hold a file for a moment
# Windows: names that differ in case only are one file, and a junction does not look like a link.
_FOLDS = os.path.normcase("A") != "A"
_IMPOSSIBLE = {errno.ENAMETOOLONG, errno.EINVAL}  # nothing can stand at such a path
_AT_ONCE = 8  # files that wait for the disk together
_counter = itertools.count()


class DiskFiles:
    """Files as the operating system has them."""

    def __init__(self, *, sync_folders: bool = True) -> None:
        """`sync_folders` is False where folders cannot be opened for fsync (Windows)."""
        self._sync_folders = sync_folders
        self._real: dict[str, str] = {}

    def read(self, path: str, limit: int | None = None) -> bytes:
        """See Files.read."""
        descriptor = _opened(_possible(path))
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "not a regular file", path)
            if limit is not None and status.st_size > limit:
                raise OSError(errno.EFBIG, "file too large", path)
            return _read_all(descriptor, status.st_size)
        finally:
            os.close(descriptor)

    def look(self, path: str) -> Look | None:
        """See Files.look."""
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        except OSError as error:
            # A loop of links, or a folder that we may not look into: something is there.
            return None if error.errno in _IMPOSSIBLE else Look(Kind.OTHER, 0, 0)
        everybodys = not _FOLDS and bool(status.st_mode & stat.S_IWOTH)
        return Look(_kind(status.st_mode), status.st_size, status.st_mtime_ns, everybodys)

    def names(self, path: str) -> Sequence[str]:
        """See Files.names."""
        try:
            return sorted(os.listdir(_possible(path)))
        except OSError as error:
            if os.path.isfile(path):  # which Windows does not say in one word
                raise NotADirectoryError(errno.ENOTDIR, "not a folder", path) from error
            raise

    def real(self, path: str) -> str:
        """See Files.real; what a folder really is, is asked once in a run."""
        try:
            return self._really(path)
        except ValueError:  # no file system can hold this path
            return os.path.normpath(path)

    def _really(self, path: str) -> str:
        folder, name = os.path.split(os.path.abspath(path))
        # Above a link is not where its text says: ".." must be asked of the system.
        if _FOLDS or not name or os.pardir in path or os.path.islink(path):
            return os.path.realpath(path)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder)
        return os.path.join(self._real[folder], name)

    def create(self, files: Mapping[str, bytes]) -> None:
        """See Files.create."""
        folders = dict.fromkeys(os.path.dirname(_possible(path)) for path in files)
        for folder in folders:
            self._make_folder(folder)
        temporary = {path: _temporary(path) for path in files}
        with contextlib.ExitStack() as failure:
            for path in files:
                failure.enter_context(_removed_on_failure(temporary[path], path))
            for path, data in files.items():
                _write_new(temporary[path], data, sync=False)
            _sync_all(list(temporary.values()))
            for path in files:
                _rename(temporary[path], path)
        for folder in folders:
            self._sync(folder)

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """See Files.swap."""
        real = os.path.realpath(_possible(path))
        temporary = _temporary(real)
        with _removed_on_failure(temporary, path):
            _write_new(temporary, data, like=real)
            if self.read(real) != expect:
                raise Stale(path)
            _rename(temporary, real)
        self._sync(os.path.dirname(real))

    def remove(self, path: str) -> None:
        """See Files.remove."""
        if os.path.isdir(_possible(path)) and not os.path.islink(path):
            os.rmdir(path)
        else:
            os.unlink(path)

    def _make_folder(self, folder: str) -> None:
        if os.path.isdir(folder):
            return
        parent = os.path.dirname(folder)
        self._make_folder(parent)
        try:
            # On Windows a mode shuts out the person for whom somebody else elevated us; there a
            # folder takes after the one above it, and a person's own folder is theirs alone.
            os.mkdir(folder, 0o777 if _FOLDS else 0o700)
        except FileExistsError as error:
            if not os.path.isdir(folder):
                raise NotADirectoryError(errno.ENOTDIR, "not a folder", folder) from error
        self._sync(parent)

    def _sync(self, folder: str) -> None:
        if not self._sync_folders:
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class DiskClock:
    """The computer's own clock."""

    def now(self) -> float:
        """See Clock.now."""
        return time.time()

    def monotonic(self) -> float:
        """See Clock.monotonic."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        time.sleep(seconds)


def _possible(path: str) -> str:
    """The same path; FileNotFoundError for one that no file system can hold."""
    with contextlib.suppress(UnicodeEncodeError):
        if b"\0" not in os.fsencode(path):
            return path
    raise FileNotFoundError(errno.ENOENT, "not a possible path", path)


def _opened(path: str) -> int:
    try:
        return os.open(path, _READ | _BINARY)
    except PermissionError as error:
        if os.path.isdir(path):  # Windows does not open a folder; elsewhere its status tells
            raise OSError(errno.EINVAL, "not a regular file", path) from error
        raise


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return Kind.FILE
    return Kind.FOLDER if stat.S_ISDIR(mode) else Kind.OTHER


def _read_all(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    parts = [data]  # it grew, or the system gave less than asked: read on to the end
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _temporary(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, f"{name[:50]}{TEMPORARY}{os.getpid()}-{next(_counter)}")


@contextlib.contextmanager
def _removed_on_failure(temporary: str, path: str) -> Iterator[None]:
    """Take the temporary file away; an error is about `path`, the name that people know."""
    try:
        yield
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError) and error.filename in {None, temporary}:
            error.filename = path
        raise


def _write_new(path: str, data: bytes, like: str | None = None, *, sync: bool = True) -> None:
    descriptor = os.open(path, _NEW | _BINARY, 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if like is not None:
            _dress(descriptor, like)
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_all(paths: Sequence[str]) -> None:
    """Wait for the disk; with many files all at once, for it writes them together then."""
    if len(paths) <= _AT_ONCE:
        for path in paths:
            _sync_one(path)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(_sync_one, paths))


def _sync_one(path: str) -> None:
    descriptor = os.open(path, os.O_RDWR | _BINARY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _dress(descriptor: int, like: str) -> None:
    """Give the new file the owner, mode and extended attributes of the old one.

    The access list comes last: it is one of the attributes, and chmod would change it.
    """
    old = os.stat(like)
    if hasattr(os, "fchown"):
        new = os.fstat(descriptor)
        if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
            os.fchown(descriptor, old.st_uid, old.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
    if hasattr(os, "listxattr"):
        _copy_attributes(descriptor, like)


def _copy_attributes(descriptor: int, like: str) -> None:
    try:
        names = os.listxattr(like)
        given = set(os.listxattr(descriptor)) - set(names)
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return
        raise
    for name in given:  # such as an access list that the folder gives to new files
        with contextlib.suppress(OSError):
            os.removexattr(descriptor, name)
    for name in names:
        try:
            os.setxattr(descriptor, name, os.getxattr(like, name))
        except OSError as error:
            # Security labels belong to the system, which labels the new file itself.
            if not (name.startswith("security.") and error.errno in {errno.EPERM, errno.ENOTSUP}):
                raise


def _rename(source: str, target: str) -> None:
    for attempt in range(_RETRIES):
        try:
            os.replace(source, target)
        except PermissionError as error:
            if os.path.isdir(target):  # Windows calls that a matter of permission
                raise IsADirectoryError(errno.EISDIR, "a folder is there", target) from error
            # Only Windows reports a sharing violation (32) or a transient refusal (5) here.
            if getattr(error, "winerror", None) not in {5, 32} or attempt == _RETRIES - 1:
                raise
            time.sleep(0.05)
        else:
            return
