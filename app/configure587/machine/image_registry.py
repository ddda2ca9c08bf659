"""The registry.reg of an image stands for the person's registry: read and written as text."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from configure587.errors import Unsure
from configure587.formats import reg_text
from configure587.machine.memory_registry import exists, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.formats.reg_keys import Keys
    from configure587.machine.seams import Files
    from configure587.model import Value

_LIMIT = 256 * 1024 * 1024  # bytes; exports of whole hives are some tens of megabytes


class ImageRegistry:
    """One .reg file as a registry; a file that cannot be understood for certain is an OSError."""

    def __init__(self, files: Files, path: str) -> None:
        """`path` is the .reg file."""
        self._files = files
        self._path = path
        self._data = b""
        self._index: Keys | None = None

    def keys(self, key: str) -> Sequence[str]:
        """See Registry.keys."""
        return reg_text.subkeys(self._current(), key)

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        try:
            return reg_text.read(self._current(), key, names)
        except Unsure as error:
            raise self._unclear(error) from error

    def swap(
        self,
        key: str,
        expect: Mapping[str, Value | None],
        values: Mapping[str, Value | None],
    ) -> None:
        """See Registry.swap."""
        if not exists(self, key):
            raise FileNotFoundError(errno.ENOENT, "no such key", key)
        require(key, self.read(key, list(expect)), expect)
        back = {name: expect[name] for name in values if name in expect}
        try:
            new = reg_text.edit(self._data, key, values, back if len(back) == len(values) else None)
        except Unsure as error:
            raise self._unclear(error) from error
        self._files.swap(self._path, self._data, new)

    def _current(self) -> Keys:
        """The index of the file as it is now; made anew only when the file changed."""
        try:
            data = self._files.read(self._path, _LIMIT)
        except FileNotFoundError:
            data = reg_text.write({})
        if self._index is None or data != self._data:
            try:
                self._index = reg_text.keys(data)
            except Unsure as error:
                raise self._unclear(error) from error
            self._data = data
        return self._index

    def _unclear(self, error: Unsure) -> OSError:
        return OSError(errno.EINVAL, error.code, self._path)
