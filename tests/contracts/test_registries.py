"""Every registry x every promise. A new store joins by being listed in STORES, and failing."""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import pytest

from configure587.errors import Stale
from configure587.formats import reg_text
from configure587.machine.disk import DiskFiles
from configure587.machine.image_registry import ImageRegistry
from configure587.machine.memory_registry import MemoryRegistry
from configure587.machine.registry import NoRegistry
from configure587.machine.seams import Registry
from configure587.model import Change, Opaque, Place, Value

pytestmark = pytest.mark.windows

Contents: TypeAlias = Mapping[str, Mapping[str, Value]]
Store: TypeAlias = Callable[[Contents, pathlib.Path], Registry]

HKCU = "HKEY_CURRENT_USER"
TOP = rf"{HKCU}\Software\Configure587Test"
ACCOUNT = rf"{TOP}\Profiles\João e família\9375CFF0413111d3B88A00104B2A6676\00000002"
CANARY = Opaque("REG_BINARY", b"\x02canary-587")
CONTENTS: Contents = {
    rf"{TOP}\Profiles": {"DefaultProfile": "João e família"},
    ACCOUNT: {
        "clsid": "{ED475411-B0D6-11D2-8C3B-00104B2A6676}",
        "SMTP Server": Opaque("REG_BINARY", "smtp.exemplo.com.br\0".encode("utf-16-le")),
        "SMTP Port": 25,
        "SMTP Password": CANARY,
        "Größe": Opaque("REG_QWORD", bytes(8)),
    },
    rf"{TOP}\Profiles\João e família\9375CFF0413111d3B88A00104B2A6676\0000000A": {"x": "y"},
    rf"{TOP}\Profiles\Outlook": {},
}


def changes(
    key: str, before: Mapping[str, Value | None], after: Mapping[str, Value | None]
) -> list[Change]:
    place = Place("registry", key)
    return [Change(place, name, before.get(name), value) for name, value in after.items()]


def memory(contents: Contents, folder: pathlib.Path) -> Registry:
    del folder
    return MemoryRegistry(contents)


def overlay(contents: Contents, folder: pathlib.Path) -> Registry:
    del folder
    return MemoryRegistry(below=MemoryRegistry(contents))


def image(contents: Contents, folder: pathlib.Path) -> Registry:
    path = folder / "registry.reg"
    path.write_bytes(reg_text.write(contents))
    return ImageRegistry(DiskFiles(sync_folders=sys.platform != "win32"), str(path))


STORES: dict[str, Store] = {"memory": memory, "overlay": overlay, "image": image}

if sys.platform == "win32" and os.environ.get("C587_LAB") == "1":
    from windows import real_registry

    def windows(contents: Contents, folder: pathlib.Path) -> Registry:
        del folder
        return real_registry.filled(contents)

    STORES["winreg"] = windows


@pytest.fixture(params=sorted(STORES))
def registry(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Registry]:
    yield STORES[request.param](CONTENTS, tmp_path)
    if sys.platform == "win32" and request.param == "winreg":
        real_registry.forget()


def test_subkeys_are_listed_in_order_and_once(registry: Registry) -> None:
    assert list(registry.keys(rf"{TOP}\Profiles")) == ["João e família", "Outlook"]
    section = ACCOUNT.rpartition("\\")[0]
    assert list(registry.keys(section)) == ["00000002", "0000000A"]


def test_a_key_is_there_whatever_the_case_of_its_name(registry: Registry) -> None:
    for key in (TOP, ACCOUNT, rf"{TOP}\Profiles\Outlook"):
        assert registry.exists(key)
        assert registry.exists(key.swapcase())
        assert not registry.exists(key[:-1])
        assert not registry.exists(key + "x")


def test_a_key_that_is_not_there_has_nothing(registry: Registry) -> None:
    assert list(registry.keys(rf"{TOP}\Gone")) == []
    assert dict(registry.read(rf"{TOP}\Gone", ["x"])) == {}
    with pytest.raises(FileNotFoundError):
        registry.swap(changes(rf"{TOP}\Gone", {}, {"x": 1}))


def test_the_names_of_values_are_listed_without_what_they_hold(registry: Registry) -> None:
    assert sorted(registry.names(ACCOUNT)) == sorted(CONTENTS[ACCOUNT])
    assert list(registry.names(rf"{TOP}\Gone")) == []
    registry.swap(changes(ACCOUNT, {}, {"new": 1}))
    assert sorted(registry.names(ACCOUNT.upper())) == sorted({*CONTENTS[ACCOUNT], "new"})
    registry.swap(changes(ACCOUNT, {"new": 1}, {"new": None}))
    assert sorted(registry.names(ACCOUNT)) == sorted(CONTENTS[ACCOUNT])


def test_changes_of_several_keys_are_made_together_or_not_at_all(registry: Registry) -> None:
    other = ACCOUNT.rpartition("\\")[0] + r"\0000000A"
    both = [
        *changes(ACCOUNT, {"SMTP Port": 25}, {"SMTP Port": 587}),
        *changes(other, {"x": "y"}, {"x": "z"}),
    ]
    with pytest.raises(Stale):
        registry.swap([*both, *changes(other, {"x": 1}, {"x": 2})])
    assert registry.read(ACCOUNT, ["SMTP Port"]) == {"SMTP Port": 25}
    registry.swap(both)
    assert registry.read(ACCOUNT, ["SMTP Port"]) == {"SMTP Port": 587}
    assert registry.read(other, ["x"]) == {"x": "z"}


def test_only_the_named_values_are_read(registry: Registry) -> None:
    names = ["SMTP Port", "SMTP Server", "SMTP Use Auth"]
    found = registry.read(ACCOUNT, names)
    assert dict(found) == {name: CONTENTS[ACCOUNT][name] for name in names[:2]}


@pytest.mark.parametrize("change", [str.upper, str.lower, str.swapcase])
def test_names_are_found_whatever_their_case(
    registry: Registry, change: Callable[[str], str]
) -> None:
    assert registry.read(change(ACCOUNT), [change("SMTP Port")]) == {change("SMTP Port"): 25}
    assert list(registry.keys(change(rf"{TOP}\Profiles"))) == ["João e família", "Outlook"]


def test_a_swap_is_read_back_and_leaves_the_neighbors(registry: Registry) -> None:
    expect: dict[str, Value | None] = {"SMTP Port": 25, "SMTP Secure Connection": None}
    registry.swap(changes(ACCOUNT, expect, {"SMTP Port": 587, "SMTP Secure Connection": 2}))
    names = [*CONTENTS[ACCOUNT], "SMTP Secure Connection"]
    wanted = {**CONTENTS[ACCOUNT], "SMTP Port": 587, "SMTP Secure Connection": 2}
    assert dict(registry.read(ACCOUNT, names)) == wanted


def test_a_swap_and_its_inverse_leave_everything_as_it_was(
    tmp_path: pathlib.Path, registry: Registry
) -> None:
    path = tmp_path / "registry.reg"
    before = path.read_bytes() if path.exists() else b""
    there: dict[str, Value | None] = {"SMTP Port": 25, "SMTP Secure Connection": None}
    after: dict[str, Value | None] = {"SMTP Port": 587, "SMTP Secure Connection": 2}
    registry.swap(changes(ACCOUNT, there, after))
    registry.swap(changes(ACCOUNT, after, there))
    names = [*CONTENTS[ACCOUNT], "SMTP Secure Connection"]
    assert dict(registry.read(ACCOUNT, names)) == CONTENTS[ACCOUNT]
    assert (path.read_bytes() if path.exists() else b"") == before


@pytest.mark.parametrize(
    "expect",
    [
        {"SMTP Port": 26},
        {"SMTP Port": "25"},
        {"SMTP Port": None},
        {"SMTP Port": 25, "SMTP Use Auth": 0},
    ],
)
def test_a_swap_of_something_else_is_stale_and_changes_nothing(
    registry: Registry, expect: dict[str, Value | None]
) -> None:
    with pytest.raises(Stale):
        registry.swap(changes(ACCOUNT, expect, {"SMTP Port": 587, "SMTP Use Auth": 1}))
    assert registry.read(ACCOUNT, ["SMTP Port"]) == {"SMTP Port": 25}


def test_what_lies_below_an_overlay_stays_as_it_was() -> None:
    below = MemoryRegistry(CONTENTS)
    MemoryRegistry(below=below).swap(changes(ACCOUNT, {"SMTP Port": 25}, {"SMTP Port": 587}))
    assert below.read(ACCOUNT, ["SMTP Port"]) == {"SMTP Port": 25}


def test_a_computer_without_a_registry_has_nothing() -> None:
    registry = NoRegistry()
    assert list(registry.keys(HKCU)) == []
    assert dict(registry.read(HKCU, ["x"])) == {}
    with pytest.raises(FileNotFoundError):
        registry.swap(changes(HKCU, {}, {"x": 1}))


def test_a_registry_file_that_cannot_be_understood_is_an_error(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "registry.reg"
    path.write_bytes(b"junk")
    with pytest.raises(OSError, match="registry_file_damaged"):
        ImageRegistry(DiskFiles(), str(path)).keys(HKCU)
    path.unlink()
    assert list(ImageRegistry(DiskFiles(), str(path)).keys(HKCU)) == []
