"""A folder that stands for a computer: for the demo, for support, for acceptance tests.

`DIR/home/` is the person's home; `DIR/image.toml` may say `platform` and `user`; with a
`DIR/registry.reg`, which is then its registry, it stands for a Windows computer. A path of that
computer outside the home, such as /etc/thunderbird, is looked for at DIR/etc/thunderbird.
Nothing outside DIR is read or written, not even through links.
"""

from __future__ import annotations

import errno
import os
import tomllib
from typing import TYPE_CHECKING

from configure587.errors import Outside, Refused, detail
from configure587.machine import Kind, Look, Machine, Platform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Clock, Files, Processes

_LIMIT = 16_384  # bytes of image.toml; tomllib takes long over a long odd one


class ImageFiles:
    """Files below one folder; a path or a link that leads out of it raises Outside."""

    def __init__(self, root: str, below: Files) -> None:
        """`root` is the image's folder, links already resolved."""
        self._root = root
        self._below = below

    def inside(self, path: str) -> str:
        """The same path, once its real place is known to be in the image."""
        if not self._is_inside(self._below.real(path)):
            raise Outside(errno.EACCES, "leads out of the image", path)
        return path

    def _is_inside(self, real: str) -> bool:
        return real == self._root or real.startswith(self._root.rstrip(os.sep) + os.sep)

    def read(self, path: str, limit: int | None = None) -> bytes:
        """See Files.read."""
        return self._below.read(self.inside(path), limit)

    def look(self, path: str) -> Look | None:
        """See Files.look; what leads out is there, and that is all that we may know."""
        if self._is_inside(self._below.real(path)):
            return self._below.look(path)
        return Look(Kind.OTHER, 0, 0)

    def names(self, path: str) -> Sequence[str]:
        """See Files.names."""
        return self._below.names(self.inside(path))

    def real(self, path: str) -> str:
        """See Files.real; a path that leads out is not followed."""
        real = self._below.real(path)
        return real if self._is_inside(real) else os.path.normpath(path)

    def create(self, files: Mapping[str, bytes]) -> None:
        """See Files.create."""
        for path in files:
            self.inside(path)
        self._below.create(files)

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """See Files.swap."""
        self._below.swap(self.inside(path), expect, data)

    def remove(self, path: str) -> None:
        """See Files.remove; a link goes, wherever it leads, if it is itself inside."""
        self.inside(os.path.dirname(path))
        self._below.remove(path)


class ImageProcesses:
    """Lock files below one folder."""

    def __init__(self, files: ImageFiles, below: Processes) -> None:
        """`files` knows what is inside."""
        self._files = files
        self._below = below

    def uses(self, lock: str) -> bool:
        """See Processes.uses; of a lock that leads out, keep_out will tell."""
        look = self._files.look(lock)
        return look is not None and look.kind is Kind.FILE and self._below.uses(lock)

    def running(self, programs: Sequence[str]) -> bool:
        """See Processes.running: a folder runs nothing."""
        del programs
        return False

    def keep_out(self, lock: str) -> AbstractContextManager[None]:
        """See Processes.keep_out."""
        return self._below.keep_out(self._files.inside(lock))


def machine(folder: str, files: Files, processes: Processes, clock: Clock) -> Machine:
    """The computer that this folder stands for; Refused when it is not one."""
    root = files.real(folder)
    inside = ImageFiles(root, files)
    home = os.path.join(root, "home")
    look = inside.look(home)
    if look is None or look.kind is not Kind.FOLDER:
        raise Refused("image_without_home", path=folder)
    platform, user = _described(root, inside)
    registry = None
    if platform is Platform.WINDOWS:
        from configure587.machine.image_registry import ImageRegistry

        registry = ImageRegistry(inside, os.path.join(root, "registry.reg"))
    return Machine(
        platform=platform,
        user=user,
        home=home,
        files=inside,
        registry=registry,
        processes=ImageProcesses(inside, processes),
        clock=clock,
        root=root,
        identity=f"image:{root}",
        computer=os.path.basename(root),
    )


def _described(root: str, files: Files) -> tuple[Platform, str]:
    path = os.path.join(root, "image.toml")
    registry = files.look(os.path.join(root, "registry.reg")) is not None
    default = Platform.WINDOWS if registry else Platform.LINUX
    if files.look(path) is None:
        return default, "user"
    try:
        described = tomllib.loads(files.read(path, _LIMIT).decode())
        platform = Platform(described.get("platform", default.value))
    except OSError as error:
        raise Refused("image_description_bad", path=path, detail=detail(error)) from error
    except (ValueError, RecursionError) as error:
        raise Refused("image_description_bad", path=path, detail=str(error)) from error
    user = described.get("user", "user")
    if not isinstance(user, str) or not user or set(user) & set("/\\"):
        raise Refused("image_description_bad", path=path, detail="user")
    return platform, user
