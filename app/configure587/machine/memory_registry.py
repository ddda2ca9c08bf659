"""A registry in memory: the fake that tests use, and the paper that a dry run writes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.formats.case_folding import fold
from configure587.machine.registry import require

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from configure587.machine.seams import Registry
    from configure587.model import Change, Value


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

    def exists(self, key: str) -> bool:
        """See Registry.exists; a key is there, too, when one below it is."""
        if self._below is not None:
            return self._below.exists(key)
        folded = fold(key)
        return any(f"{fold(path)}\\".startswith(f"{folded}\\") for path in self.contents)

    def keys(self, key: str) -> Sequence[str]:
        """See Registry.keys."""
        if self._below is not None:
            return self._below.keys(key)
        start = fold(key) + "\\"
        paths = (path for path in self.contents if fold(path).startswith(start))
        names = (path[len(start) :].split("\\")[0] for path in paths)
        return list({fold(name): name for name in names}.values())

    def names(self, key: str) -> Sequence[str]:
        """See Registry.names."""
        below = self._below.names(key) if self._below is not None else ()
        known = {fold(name): name for name in (*below, *self._own(key))}
        for folded, (name, value) in self._changed.get(fold(key), {}).items():
            if value is None:
                known.pop(folded, None)
            else:
                known.setdefault(folded, name)
        return list(known.values())

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        own = {fold(name): value for name, value in self._own(key).items()}
        found = dict(self._below.read(key, names) if self._below is not None else {})
        found.update({name: own[fold(name)] for name in names if fold(name) in own})
        changed = self._changed.get(fold(key), {})
        for name in names:
            if fold(name) in changed:
                _, value = changed[fold(name)]
                found.pop(name, None)
                if value is not None:
                    found[name] = value
        return found

    def swap(self, changes: Sequence[Change], *, there_and_back: bool = True) -> None:
        """See Registry.swap."""
        del there_and_back
        require(self, changes)
        for change in changes:
            changed = self._changed.setdefault(fold(change.place.path), {})
            changed[fold(change.name)] = (change.name, change.after)

    def rehearse(self, changes: Sequence[Change]) -> None:
        """See Registry.rehearse; in memory everything can be written."""
        if self._below is not None:
            self._below.rehearse(changes)

    def everything(self) -> dict[str, dict[str, Value]]:
        """All keys and values as they are now, for tests to compare."""
        return {key: dict(self.read(key, self.names(key))) for key in self.contents}

    def _own(self, key: str) -> dict[str, Value]:
        folded = fold(key)
        return dict(
            _pairs(values for path, values in self.contents.items() if fold(path) == folded)
        )


def _pairs(sheets: Iterable[Mapping[str, Value]]) -> Iterable[tuple[str, Value]]:
    return (pair for sheet in sheets for pair in sheet.items())
