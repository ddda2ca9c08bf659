"""Changes that a registry can only make singly are made all, or none as far as that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from configure587.errors import Unclear
from configure587.formats import reg_text
from configure587.machine import guards, memory
from configure587.machine.image_registry import ImageRegistry
from configure587.machine.memory_registry import MemoryRegistry
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


# one in a .reg file

KEY = r"HKEY_CURRENT_USER\Software\x"
PLACE = Place("registry", KEY)
REMOVE_THE_FIRST = [Change(PLACE, "a", 25, None)]


def an_image_registry() -> tuple[ImageRegistry, dict[str, bytes]]:
    files = memory.MemoryFiles({"/r.reg": reg_text.write({KEY: {"a": 25, "b": 1}})})
    return ImageRegistry(files, "/r.reg"), files.contents


def test_a_file_is_not_changed_when_undoing_would_not_give_every_byte_back() -> None:
    registry, contents = an_image_registry()
    before = dict(contents)
    for attempt in (registry.swap, registry.rehearse):
        with pytest.raises(Unclear) as raised:  # the value would come back behind the other one
            attempt(REMOVE_THE_FIRST)
        assert raised.value.unsure.code == "edit_not_reversible"
    assert contents == before


def test_the_way_back_itself_need_not_lead_here_again() -> None:
    registry, _ = an_image_registry()
    registry.swap(REMOVE_THE_FIRST, there_and_back=False)
    assert registry.read(KEY, ["a", "b"]) == {"b": 1}


def test_a_rehearsal_in_a_file_writes_nothing() -> None:
    registry, contents = an_image_registry()
    before = dict(contents)
    registry.rehearse([Change(PLACE, "a", 25, 587)])
    assert contents == before
    assert registry.read(KEY, ["a"]) == {"a": 25}


def test_a_computer_that_is_only_read_refuses_to_change_its_registry() -> None:
    below = MemoryRegistry({KEY: {"a": 25}})
    machine = guards.read_only(memory.machine(registry={}).but(registry=below))
    with pytest.raises(PermissionError):
        machine.registry.swap([Change(PLACE, "a", 25, 587)])
    machine.registry.rehearse([Change(PLACE, "a", 25, 587)])
    assert machine.registry.read(KEY, ["a"]) == {"a": 25}
    assert below.read(KEY, ["a"]) == {"a": 25}
