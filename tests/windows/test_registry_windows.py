"""The registry of Windows beyond the contract: odd values, no right, and eyes only for what is due.

Only in the lab: on a person's own Windows this would be their own registry.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from configure587.formats import reg_text, reg_values
from configure587.machine import Machine, Platform, guards, winreg
from configure587.machine.memory import MemoryClock, MemoryFiles, MemoryProcesses
from configure587.model import Change, Opaque, Place, Value
from windows import real_registry
from windows.real_registry import TOP, filled, only, plant

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Iterator

    from configure587.machine.winreg import WinRegistry

pytestmark = [
    pytest.mark.windows,
    pytest.mark.skipif("C587_LAB" not in os.environ, reason="a person's own registry"),
]

KEY = rf"{TOP}\Profiles\Größe 📮 日本\00000002"
CANARY = Opaque("REG_BINARY", b"\x02canary-587")
SHEET: dict[str, Value] = {
    "SMTP Port": 25,
    "SMTP Server": "smtp.exemplo.com.br",
    "SMTP Password": CANARY,
    "SMTP Use Auth": 0,
}
NEIGHBOR = rf"{TOP}\Profiles\0000000A"
SHEETS: dict[str, dict[str, Value]] = {KEY: SHEET, NEIGHBOR: {"x": "y"}}


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Remove what a test has planted."""
    yield
    real_registry.forget()


@pytest.fixture
def registry() -> WinRegistry:
    """Give a registry with an account in it."""
    return filled(SHEETS)


def change(name: str, before: Value | None, after: Value | None, key: str = KEY) -> Change:
    return Change(Place("registry", key), name, before, after)


def everything(registry: WinRegistry) -> dict[str, dict[str, Value]]:
    return {key: dict(registry.read(key, registry.names(key))) for key in SHEETS}


# --- what is read --------------------------------------------------------------------------------

ODD = [
    pytest.param(1, "é\0".encode("utf-16-le"), id="string"),
    pytest.param(1, b"", id="string of no bytes"),
    pytest.param(1, "é".encode("utf-16-le"), id="string without a zero"),
    pytest.param(1, b"a\0b", id="string of an odd length"),
    pytest.param(1, b"a\0\0", id="string of an odd length that ends in a zero"),
    pytest.param(1, b"a\0\0\0b\0\0\0", id="string with a zero inside"),
    pytest.param(1, b"a\0\0\0\0\0", id="string with two zeros"),
    pytest.param(1, b"\x3d\xd8\0\0", id="half a pair"),
    pytest.param(2, "%A%".encode("utf-16-le"), id="path without a zero"),
    pytest.param(3, bytes(range(256)), id="binary"),
    pytest.param(3, b"", id="binary of no bytes"),
    pytest.param(4, b"\xff\xff\xff\xff", id="number"),
    pytest.param(4, b"\1\2\3", id="number of three bytes"),
    pytest.param(4, b"\1\2\3\4\5", id="number of five bytes"),
    pytest.param(5, b"\0\0\0\1", id="big-endian"),
    pytest.param(7, b"a\0\0\0b\0\0\0\0\0", id="several strings"),
    pytest.param(7, b"a\0", id="several strings without a zero"),
    pytest.param(11, b"\1\2\3\4\5\6\7\x08", id="long number"),
    pytest.param(0, b"\1", id="no type"),
    pytest.param(12, b"\1", id="unknown type"),
    pytest.param(0xABCD, b"\1\2", id="unknown type with a large number"),
    pytest.param(3, b"\x87" * 100_000, id="large"),
    pytest.param(3, b"\x87" * winreg._LIMIT, id="as large as can be"),
]


@pytest.mark.parametrize(("kind", "data"), ODD)
def test_every_value_is_read_as_it_lies_there_and_written_so(
    registry: WinRegistry, kind: int, data: bytes
) -> None:
    plant(KEY, "odd", kind, data)
    before = registry.read(KEY, ["odd"])["odd"]
    number, raw = reg_values.to_registry(before)
    assert (number, raw) == (kind, data)
    registry.swap([change("odd", before, 587)])
    assert registry.read(KEY, ["odd"]) == {"odd": 587}
    registry.swap([change("odd", 587, before)])
    assert registry.read(KEY, ["odd"]) == {"odd": before}


def test_a_value_that_is_too_large_is_told_and_its_neighbors_are_read(
    registry: WinRegistry,
) -> None:
    plant(KEY, "huge", 3, bytes(winreg._LIMIT + 1))
    with pytest.raises(OSError, match="too large") as caught:
        registry.read(KEY, ["huge"])
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, KEY)
    assert "huge" in registry.names(KEY)
    assert registry.read(KEY, ["SMTP Port"]) == {"SMTP Port": 25}


@pytest.mark.parametrize("name", ["", "é", "日本", "\U0001f4ee", "\ud83d", 'a\\b"c', "n" * 255])
def test_a_value_may_have_any_name(registry: WinRegistry, name: str) -> None:
    registry.swap([change(name, None, 1)])
    assert name in registry.names(KEY)
    assert registry.read(KEY, [name]) == {name: 1}
    registry.swap([change(name, 1, None)])
    assert name not in registry.names(KEY)


def test_a_name_with_a_zero_is_not_the_name_before_the_zero(registry: WinRegistry) -> None:
    assert registry.read(KEY, ["SMTP Port\0x"]) == {}
    with pytest.raises(OSError, match="not a possible name"):
        registry.swap([change("SMTP Port\0x", None, 1)])
    assert everything(registry) == SHEETS


@pytest.mark.parametrize(
    "key",
    [
        "",
        "HKEY_NOWHERE",
        r"HKEY_NOWHERE\Software",
        "Software",
        rf"{KEY}\\",
        KEY.replace("\\", "\\\\"),
        rf"{KEY}\..",
        rf"{KEY}\gone",
        rf"{KEY}\gone\deep",
        f"{KEY}\0",
        TOP.replace("CURRENT_USER", "LOCAL_MACHINE"),
        rf"{TOP}\{'n' * 300}",
    ],
)
def test_a_key_that_is_not_there_or_cannot_be_is_empty(registry: WinRegistry, key: str) -> None:
    assert list(registry.keys(key)) == []
    assert list(registry.names(key)) == []
    assert registry.read(key, ["x"]) == {}
    with pytest.raises(FileNotFoundError) as caught:
        registry.swap([change("x", None, 1, key=key)])
    assert caught.value.filename == key


def test_the_tops_of_the_registry_are_keys_too(registry: WinRegistry) -> None:
    assert "Software" in registry.keys("HKEY_CURRENT_USER")
    assert "software" in {name.lower() for name in registry.keys("hkey_local_machine")}
    assert ".default" in {name.lower() for name in registry.keys("HKEY_USERS")}
    assert list(registry.names("HKEY_USERS")) == []


def test_an_export_of_windows_says_what_we_read(
    registry: WinRegistry, tmp_path: pathlib.Path
) -> None:
    for name, (kind, data) in {
        "binary": (3, bytes(range(200))),
        "path": (2, "%A%\0".encode("utf-16-le")),
        "long": (11, bytes(8)),
        "strings": (7, "a\0b\0\0".encode("utf-16-le")),
        "text": (1, 'é "\U0001f4ee" \\\0'.encode("utf-16-le")),
        "unknown": (0xABCD, b"\1" * 23),
    }.items():
        plant(KEY, name, kind, data)
    path = tmp_path / "export.reg"
    words = ["reg", "export", TOP, str(path), "/y"]
    subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    index = reg_text.keys(path.read_bytes())
    for key in SHEETS:
        names = registry.names(key)
        assert sorted(reg_text.Sheet.of(index, key).names()) == sorted(names)
        assert reg_text.read(index, key, names) == registry.read(key, names)
    assert reg_text.subkeys(index, rf"{TOP}\Profiles") == registry.keys(rf"{TOP}\Profiles")


# --- what is not read ----------------------------------------------------------------------------


class Listener:
    """Stands before the functions of Windows and notes what is asked of them."""

    def __init__(self, below: Any, asked: list[tuple[str, tuple[Any, ...]]]) -> None:  # noqa: ANN401 - a DLL
        """`asked` is where the calls are noted."""
        self._below = below
        self._asked = asked

    def __getattr__(self, name: str) -> Callable[..., int]:
        """One function."""

        def call(*words: object) -> int:
            self._asked.append((name, words))
            answer: int = getattr(self._below, name)(*words)
            return answer

        return call


AUDITED: list[str] = []
_HEARS: list[bool] = []


def _hear(event: str, args: tuple[object, ...]) -> None:
    if _HEARS and event.startswith("winreg."):
        AUDITED.append(event)


sys.addaudithook(_hear)


@pytest.fixture
def asked(
    registry: WinRegistry, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Give the calls of Windows' own functions, as they come."""
    calls: list[tuple[str, tuple[Any, ...]]] = []
    monkeypatch.setattr(winreg, "_advapi", Listener(winreg._advapi, calls))
    AUDITED.clear()
    _HEARS.append(True)
    yield calls
    _HEARS.clear()


def test_names_are_listed_without_room_for_what_the_values_hold(
    registry: WinRegistry, asked: list[tuple[str, tuple[Any, ...]]]
) -> None:
    assert sorted(registry.names(KEY)) == sorted(SHEET)
    assert {name for name, _ in asked} == {"RegEnumValueW"}
    assert {words[4:] for _, words in asked} == {(None, None, None, None)}
    assert set(AUDITED) <= {"winreg.OpenKey", "winreg.OpenKey/result"}


def test_a_change_looks_at_no_value_but_those_it_names(
    registry: WinRegistry, asked: list[tuple[str, tuple[Any, ...]]]
) -> None:
    registry.read(KEY, ["SMTP Server", "SMTP Use SPA"])
    registry.swap([change("SMTP Port", 25, 587), change("SMTP Secure Connection", None, 2)])
    queried = {words[1] for name, words in asked if name == "RegQueryValueExW"}
    named = {"SMTP Server", "SMTP Use SPA", "SMTP Port", "SMTP Secure Connection"}
    assert queried == named
    assert {name for name, _ in asked} == {"RegQueryValueExW", "RegSetValueExW"}
    assert set(AUDITED) <= {"winreg.OpenKey", "winreg.OpenKey/result", "winreg.EnumKey"}


# --- what is written -----------------------------------------------------------------------------

THREE = [
    change("SMTP Port", 25, 587),
    change("x", "y", "z", key=NEIGHBOR),
    change("SMTP Use Auth", 0, None),
    change("new", None, CANARY),
]


def test_several_keys_are_changed_together_and_put_back_together(registry: WinRegistry) -> None:
    registry.swap(THREE)
    after = {**SHEET, "SMTP Port": 587, "new": CANARY}
    del after["SMTP Use Auth"]
    assert everything(registry) == {KEY: after, NEIGHBOR: {"x": "z"}}
    registry.swap([each.inverse() for each in THREE])
    assert everything(registry) == SHEETS


@pytest.mark.parametrize("made", [True, False], ids=["after it was made", "before it was made"])
@pytest.mark.parametrize("k", range(len(THREE)))
def test_when_the_kth_write_fails_all_is_as_it_was(
    registry: WinRegistry, monkeypatch: pytest.MonkeyPatch, k: int, *, made: bool
) -> None:
    count = 0

    def failing(below: Callable[..., None]) -> Callable[..., None]:
        def call(*words: object) -> None:
            nonlocal count
            count += 1
            if made or count != k + 1:
                below(*words)
            if count == k + 1:
                raise OSError(0, "made to fail", None, 1450)

        return call

    monkeypatch.setattr(winreg, "_set", failing(winreg._set))
    monkeypatch.setattr(winreg, "_delete", failing(winreg._delete))
    with pytest.raises(OSError, match="made to fail") as caught:
        registry.swap(THREE)
    assert caught.value.filename == THREE[k].place.path
    assert everything(registry) == SHEETS


@pytest.mark.parametrize("k", range(len(THREE)))
def test_the_guard_that_fails_the_kth_write_finds_all_as_it_was(
    registry: WinRegistry, k: int
) -> None:
    with pytest.raises(OSError, match="made to fail"):
        guards.WatchedRegistry(registry, guards.Watch(k)).swap(THREE)
    assert everything(registry) == SHEETS


def test_what_windows_does_not_keep_is_told_and_put_back(
    registry: WinRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = winreg._set

    def another(handle: int, name: str, kind: int, data: bytes) -> None:
        real(handle, name, kind, b"\1\0\0\0" if data == b"\x4b\x02\0\0" else data)

    monkeypatch.setattr(winreg, "_set", another)
    with pytest.raises(OSError, match="not kept") as caught:
        registry.swap(THREE)
    assert caught.value.filename == KEY
    assert everything(registry) == SHEETS


@pytest.mark.parametrize("value", [True, 2**32, "a\0b", Opaque("REG_DWORD", bytes(4))])
def test_what_a_registry_cannot_hold_is_refused_before_anything_is_written(
    registry: WinRegistry, value: Value
) -> None:
    with pytest.raises(OSError, match="edit_not_safe") as caught:
        registry.swap([*THREE, change("last", None, value)])
    assert (caught.value.errno, caught.value.filename) == (errno.EINVAL, KEY)
    assert everything(registry) == SHEETS


def test_a_value_that_is_gone_already_need_not_be_removed(registry: WinRegistry) -> None:
    gone = change("gone", 1, None)
    registry._write(gone)
    assert everything(registry) == SHEETS


def test_no_key_is_ever_made(registry: WinRegistry) -> None:
    gone = rf"{TOP}\gone"
    with pytest.raises(FileNotFoundError):
        registry.swap([*THREE, change("x", None, 1, key=gone)])
    with pytest.raises(FileNotFoundError):
        registry._write(change("x", None, 1, key=gone))
    assert list(registry.keys(TOP)) == ["Profiles"]
    assert everything(registry) == SHEETS


def test_a_registry_that_is_only_read_and_a_rehearsal_leave_windows_alone(
    registry: WinRegistry,
) -> None:
    with pytest.raises(PermissionError):
        guards.ReadOnlyRegistry(registry).swap(THREE)
    machine = Machine(
        platform=Platform.WINDOWS,
        user="Maria",
        home="C:\\Users\\Maria",
        files=MemoryFiles(),
        processes=MemoryProcesses(),
        clock=MemoryClock(),
        registry=registry,
    )
    rehearsal = guards.dry_run(machine).registry
    rehearsal.swap(THREE)
    assert rehearsal.read(KEY, ["SMTP Port"]) == {"SMTP Port": 587}
    assert everything(registry) == SHEETS


# --- no right ------------------------------------------------------------------------------------


def test_a_key_that_is_closed_to_us_is_a_matter_of_permission(registry: WinRegistry) -> None:
    deeds: list[Callable[[], object]] = [
        lambda: registry.keys(KEY),
        lambda: registry.names(KEY),
        lambda: registry.read(KEY, ["SMTP Port"]),
        lambda: registry.swap(THREE),
    ]
    with only("", KEY):
        assert registry.exists(KEY)
        for deed in deeds:
            with pytest.raises(PermissionError) as caught:
                deed()
            assert (caught.value.errno, caught.value.filename) == (errno.EACCES, KEY)
    assert everything(registry) == SHEETS


def test_a_key_that_we_may_only_read_is_read_and_stays(registry: WinRegistry) -> None:
    with only("KR", NEIGHBOR):
        assert registry.read(NEIGHBOR, ["x"]) == {"x": "y"}
        with pytest.raises(PermissionError) as caught:
            registry.swap(THREE)
        assert (caught.value.errno, caught.value.filename) == (errno.EACCES, NEIGHBOR)
    assert everything(registry) == SHEETS


class Refusing:
    """Python's winreg that opens no key, for a reason that no test can bring about."""

    def __init__(self, below: Any, code: int) -> None:  # noqa: ANN401 - a module
        """`code` is Windows' number of the error."""
        self._below = below
        self._code = code

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever winreg has
        """All but the opening."""
        return getattr(self._below, name)

    def OpenKeyEx(self, *_: object) -> None:  # noqa: N802 - winreg's name
        """Refuse as Windows does."""
        raise OSError(0, "refused", None, self._code)


@pytest.mark.parametrize(
    ("code", "kind"), [(32, PermissionError), (1450, OSError), (1015, OSError)]
)
def test_a_key_that_cannot_be_opened_is_named_in_the_error(
    registry: WinRegistry, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[OSError]
) -> None:
    monkeypatch.setattr(winreg, "_winreg", Refusing(winreg._winreg, code))
    deeds: list[Callable[[], object]] = [
        lambda: registry.keys(KEY),
        lambda: registry.names(KEY),
        lambda: registry.read(KEY, ["SMTP Port"]),
    ]
    for deed in deeds:
        with pytest.raises(kind) as caught:
            deed()
        assert caught.value.filename == KEY
        assert caught.value.errno == (errno.EACCES if code == 32 else errno.EINVAL)
    with pytest.raises(kind) as caught:
        registry._write(THREE[0])
    assert caught.value.filename == KEY
    monkeypatch.undo()
    assert everything(registry) == SHEETS


@pytest.mark.parametrize("name", ["RegQueryValueExW", "RegEnumValueW", "RegSetValueExW"])
def test_a_function_of_windows_that_refuses_is_an_error_about_the_key(
    registry: WinRegistry, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    class Denying(Listener):
        def __getattr__(self, asked: str) -> Callable[..., int]:
            return (lambda *_: 5) if asked == name else super().__getattr__(asked)

    monkeypatch.setattr(winreg, "_advapi", Denying(winreg._advapi, []))
    deed: dict[str, Callable[[], object]] = {
        "RegQueryValueExW": lambda: registry.read(KEY, ["SMTP Port"]),
        "RegEnumValueW": lambda: registry.names(KEY),
        "RegSetValueExW": lambda: registry.swap(THREE[:1]),
    }
    with pytest.raises(PermissionError) as caught:
        deed[name]()
    assert (caught.value.errno, caught.value.filename) == (errno.EACCES, KEY)
    monkeypatch.undo()
    assert everything(registry) == SHEETS
