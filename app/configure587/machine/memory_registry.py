"""A registry in memory: the fake that tests use, and the paper that a dry run writes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.errors import Stale
from configure587.formats.case_folding import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.machine.seams import Registry
    from configure587.model import Value


class MemoryRegistry:
    """Keys and values in dicts; with `below`, changes lie over another registry."""

    def __init__(
        self,
        contents: Mapping[str, Mapping[str, Value]] | None = None,
        below: Registry | None = None,
    ) -> None:
        """`contents` maps whole key paths to their values."""
        self.contents: dict[str, dict[str, Value]] = {
            key: dict(values) for key, values in (contents or {}).items()
        }
        self._below = below
        self._changed: dict[str, dict[str, tuple[str, Value | None]]] = {}

    def keys(self, key: str) -> Sequence[str]:
        """See Registry.keys."""
        if self._below is not None:
            return self._below.keys(key)
        start = fold(key) + "\\"
        names = (path[len(start) :].split("\\")[0] for path in self._paths(start))
        return list({fold(name): name for name in names}.values())

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        found = dict(self._below.read(key, names) if self._below is not None else {})
        found.update(self._own(key, names))
        changed = self._changed.get(fold(key), {})
        for name in names:
            if fold(name) in changed:
                _, value = changed[fold(name)]
                found.pop(name, None)
                if value is not None:
                    found[name] = value
        return found

    def swap(
        self,
        key: str,
        expect: Mapping[str, Value | None],
        values: Mapping[str, Value | None],
    ) -> None:
        """See Registry.swap."""
        if not self._is_there(key):
            raise FileNotFoundError(2, "no such key", key)
        require(key, self.read(key, list(expect)), expect)
        changed = self._changed.setdefault(fold(key), {})
        changed.update({fold(name): (name, value) for name, value in values.items()})

    def _is_there(self, key: str) -> bool:
        if self._below is not None:
            return exists(self._below, key)
        folded = fold(key)
        return any(
            fold(path) == folded or fold(path).startswith(folded + "\\") for path in self.contents
        )

    def _paths(self, start: str) -> list[str]:
        return [path for path in self.contents if fold(path).startswith(start)]

    def _own(self, key: str, names: Sequence[str]) -> dict[str, Value]:
        folded = fold(key)
        values = {
            fold(name): value
            for path, of_path in self.contents.items()
            if fold(path) == folded
            for name, value in of_path.items()
        }
        return {name: values[fold(name)] for name in names if fold(name) in values}


class NoRegistry:
    """What a computer without a registry answers."""

    def keys(self, key: str) -> Sequence[str]:
        """See Registry.keys."""
        del key
        return ()

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        del key, names
        return {}

    def swap(
        self,
        key: str,
        expect: Mapping[str, Value | None],
        values: Mapping[str, Value | None],
    ) -> None:
        """See Registry.swap."""
        del expect, values
        raise FileNotFoundError(2, "no such key", key)


def exists(registry: Registry, key: str) -> bool:
    """Whether a key is there: its parent lists it."""
    parent, _, name = key.rpartition("\\")
    return any(fold(each) == fold(name) for each in registry.keys(parent))


def require(key: str, found: Mapping[str, Value], expect: Mapping[str, Value | None]) -> None:
    """Raise Stale unless these values are as expected, in type too."""
    for name, value in expect.items():
        there = found.get(name)
        if type(there) is not type(value) or there != value:
            raise Stale(key, name)
