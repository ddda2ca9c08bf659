"""What every registry does alike: being absent, comparing before it changes, all or nothing."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING

from configure587.errors import Stale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from configure587.machine.seams import Registry
    from configure587.model import Change, Value


class NoRegistry:
    """What a computer without a registry answers."""

    def exists(self, key: str) -> bool:
        """See Registry.exists."""
        del self, key
        return False

    def keys(self, key: str) -> Sequence[str]:
        """See Registry.keys."""
        del key
        return ()

    def names(self, key: str) -> Sequence[str]:
        """See Registry.names."""
        del key
        return ()

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        del key, names
        return {}

    def swap(self, changes: Sequence[Change], *, there_and_back: bool = True) -> None:
        """See Registry.swap."""
        del there_and_back
        for change in changes:
            raise missing(change.place.path)

    def rehearse(self, changes: Sequence[Change]) -> None:
        """See Registry.rehearse."""
        self.swap(changes)


def missing(key: str) -> FileNotFoundError:
    """What a change of a key that is not there raises."""
    return FileNotFoundError(errno.ENOENT, "no such key", key)


def by_key(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """The changes of each key."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.place.path, []).append(change)
    return found


def require(registry: Registry, changes: Iterable[Change]) -> None:
    """Raise unless every key is there and every value is as expected, in type too."""
    for key, of_key in by_key(changes).items():
        if not registry.exists(key):
            raise missing(key)
        found = registry.read(key, [change.name for change in of_key])
        for change in of_key:
            there = found.get(change.name)
            if type(there) is not type(change.before) or there != change.before:
                raise Stale(key, change.name)


def one_by_one(
    changes: Sequence[Change],
    write: Callable[[Change], None],
    settle: Callable[[], None] = lambda: None,
) -> None:
    """Make changes that a registry can only make singly, then settle them.

    When anything fails, all are put back, and one that cannot be put back stops no other.
    """
    with contextlib.ExitStack() as back:
        for change in changes:
            # a write that fails may have been made all the same
            back.callback(write, change.inverse())
            write(change)
        settle()
        back.pop_all()
