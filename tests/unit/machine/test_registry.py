"""Changes that a registry can only make singly are made all, or none as far as that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from configure587.machine.registry import one_by_one
from configure587.model import Change, Place

if TYPE_CHECKING:
    from collections.abc import Container

NAMES = "abc"
CHANGES = [Change(Place("registry", "key"), name, 25, 587) for name in NAMES]


class Store:
    """Values that change before a write fails, as they might; the numbered writes fail."""

    def __init__(self, fail: Container[int] = ()) -> None:
        """`fail` holds the numbers of the writes, from 0."""
        self.values = dict.fromkeys(NAMES, 25)
        self.fail = fail
        self.count = 0

    def write(self, change: Change) -> None:
        """Set one value."""
        assert isinstance(change.after, int)
        self.values[change.name] = change.after
        self.count += 1
        if self.count - 1 in self.fail:
            raise OSError(self.count - 1)


@pytest.mark.parametrize("k", range(len(NAMES)))
def test_when_the_kth_write_fails_all_is_as_it_was(k: int) -> None:
    store = Store({k})
    with pytest.raises(OSError, match=str(k)):
        one_by_one(CHANGES, store.write)
    assert store.values == dict.fromkeys(NAMES, 25)


def test_what_does_not_settle_is_put_back() -> None:
    store = Store()

    def settle() -> None:
        assert store.values == dict.fromkeys(NAMES, 587)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        one_by_one(CHANGES, store.write, settle)
    assert store.values == dict.fromkeys(NAMES, 25)


def test_one_that_cannot_be_put_back_is_told_and_stops_no_other() -> None:
    class Stuck(Store):
        def write(self, change: Change) -> None:
            if (change.name, change.after) == ("b", 25):
                raise OSError("stuck")
            super().write(change)

    store = Stuck({2})
    with pytest.raises(OSError, match="stuck"):
        one_by_one(CHANGES, store.write)
    assert store.values == {"a": 25, "b": 587, "c": 25}


def test_changes_that_settle_stay() -> None:
    store = Store()
    one_by_one(CHANGES, store.write)
    assert store.values == dict.fromkeys(NAMES, 587)
