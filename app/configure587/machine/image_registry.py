"""The registry.reg of an image stands for the person's registry: read and written as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configure587.errors import Unclear, Unsure
from configure587.formats import reg_text
from configure587.machine.registry import by_key, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.formats.reg_keys import Keys
    from configure587.machine import Look
    from configure587.machine.seams import Files
    from configure587.model import Change, Value

_MINE = "HKEY_CURRENT_USER"
_SID = re.compile(r"S-1-5-21(-\d+){4}", re.IGNORECASE)  # a person's, without their classes
_LIMIT = 256 * 1024 * 1024  # bytes; exports of whole hives are some tens of megabytes


class ImageRegistry:
    """One .reg file as a registry; a file that cannot be understood for certain is an OSError."""

    def __init__(self, files: Files, path: str) -> None:
        """`path` is the .reg file."""
        self._files = files
        self._path = path
        self._data = b""
        self._look: Look | None = None
        self._index: Keys | None = None
        self._person = ""
        self._last: reg_text.Sheet | None = None

    def exists(self, key: str) -> bool:
        """See Registry.exists."""
        index = self._current()
        return self._here(key) in index

    def keys(self, key: str) -> Sequence[str]:
        """See Registry.keys."""
        index = self._current()
        return reg_text.subkeys(index, self._here(key))

    def names(self, key: str) -> Sequence[str]:
        """See Registry.names."""
        try:
            return self._sheet(key).names()
        except Unsure as error:
            raise self._unclear(error) from error

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        try:
            return self._sheet(key).read(names)
        except Unsure as error:
            raise self._unclear(error) from error

    def swap(self, changes: Sequence[Change], *, there_and_back: bool = True) -> None:
        """See Registry.swap: the file is written once, whatever the number of changes."""
        require(self, changes)
        index = self._edited(changes, there_and_back=there_and_back)
        new = bytes(index)
        self._files.swap(self._path, self._data, new)
        self._data, self._index, self._look = new, index, self._files.look(self._path)

    def rehearse(self, changes: Sequence[Change]) -> None:
        """See Registry.rehearse."""
        self._edited(changes, there_and_back=True)

    def _edited(self, changes: Sequence[Change], *, there_and_back: bool) -> Keys:
        """The file as these changes would leave it."""
        index = self._current()
        try:
            for key, of_key in by_key(changes).items():
                edits = {change.name: change.after for change in of_key}
                back = {change.name: change.before for change in of_key}
                here = self._here(key)
                index = reg_text.edited(index, here, edits, back if there_and_back else None)
        except Unsure as error:
            raise self._unclear(error) from error
        return index

    def _sheet(self, key: str) -> reg_text.Sheet:
        """What the file says of one key; taken apart once when it is asked for twice in turn."""
        index = self._current()
        key = self._here(key)
        if self._last is None or self._last.key != key or self._last.file is not index:
            self._last = reg_text.Sheet.of(index, key)
        return self._last

    def _current(self) -> Keys:
        """The index of the file as it is now; made anew only when the file changed."""
        look = self._files.look(self._path)
        # A store without times of its own (in memory) says 0; there the bytes are compared.
        if self._index is not None and look is not None and look.mtime and look == self._look:
            return self._index
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
            self._person = self._whose(self._index)
        self._look = look
        return self._index

    def _here(self, key: str) -> str:
        """The key as this file has it: an export from outside names the person by their SID."""
        start, sep, rest = key.partition("\\")
        return self._person + sep + rest if self._person and start == _MINE else key

    def _whose(self, index: Keys) -> str:
        """The key that stands for the person's own; "" where the file has that itself."""
        if _MINE in index:
            return ""
        people = [name for name in reg_text.subkeys(index, "HKEY_USERS") if _SID.fullmatch(name)]
        if len(people) > 1:
            self._index = None
            raise self._unclear(Unsure("registry_of_several"))
        return rf"HKEY_USERS\{people[0]}" if people else ""

    def _unclear(self, error: Unsure) -> OSError:
        return Unclear(error, self._path)
