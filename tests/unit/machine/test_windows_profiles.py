"""Who has a profile on a Windows computer, as its registry and its folders tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from configure587.machine import Look, Platform, memory
from configure587.machine.windows_person import PROFILES
from configure587.machine.windows_profiles import PREFIX, everyone
from configure587.model import Opaque

if TYPE_CHECKING:
    from configure587.machine.people import Someone
    from configure587.model import Value

SID = "S-1-5-21-1-2-3-1001"
HOME = "C:\\Users\\maria"


def found(
    sid: str = SID,
    *,
    signed_in: bool = False,
    files: tuple[str, ...] = ("NTUSER.DAT",),
    home: str = HOME,
    **values: Any,  # noqa: ANN401 - any value of a registry
) -> Someone:
    """The only profile of a computer."""
    registry: dict[str, dict[str, Value]] = {
        "HKEY_USERS\\.DEFAULT": {},
        rf"{PROFILES}\{sid}": {"ProfileImagePath": home, **values},
    }
    if signed_in:
        registry[rf"HKEY_USERS\{sid.lower()}"] = {}
    contents = {f"{HOME}\\{name}": b"regf" for name in files}
    computer = memory.machine({}, platform=Platform.WINDOWS, registry=registry)
    store = _Folder(contents)
    [someone] = everyone(computer.registry, store, lambda text: text.replace("%S%", "C:"))
    return someone


class _Folder(memory.MemoryFiles):
    """Files whose paths have backslashes, here too."""

    def look(self, path: str) -> Look | None:
        return super().look(path.replace("\\", "/"))

    def __init__(self, contents: dict[str, bytes]) -> None:
        super().__init__({path.replace("\\", "/"): data for path, data in contents.items()})


def test_a_person_who_is_signed_in_has_their_registry_there_already() -> None:
    someone = found(signed_in=True, files=("desktop.ini",))
    assert (someone.name, someone.home, someone.number) == ("maria", HOME, SID)
    assert (someone.registry, someone.left_out) == (SID, None)


def test_the_registry_of_a_person_who_is_not_signed_in_gets_a_name_of_ours() -> None:
    assert found().registry == PREFIX + SID
    assert found().left_out is None


@pytest.mark.parametrize("sid", ["S-1-12-1-11-22-33-44", "s-1-5-21-1-2-3-500"])
def test_accounts_of_entra_and_administrators_are_people(sid: str) -> None:
    assert found(sid).left_out is None


@pytest.mark.parametrize(
    "sid", ["S-1-5-18", "S-1-5-19", "S-1-5-20", "S-1-5-80-1-2-3", "S-1-5-82-4", "strange"]
)
def test_accounts_of_services_are_nobodys(sid: str) -> None:
    assert found(sid).left_out == "service_account"


def test_a_folder_is_found_through_variables_of_windows() -> None:
    path = Opaque("REG_EXPAND_SZ", "%S%\\Users\\maria\0".encode("utf-16-le"))
    assert found(ProfileImagePath=path).home == HOME
    assert found(ProfileImagePath=path).left_out is None


@pytest.mark.parametrize(
    ("home", "values", "files", "left_out"),
    [
        ("C:\\Users\\nobody", {}, ("NTUSER.DAT",), "home_missing"),
        ("", {}, ("NTUSER.DAT",), "home_missing"),
        ("C:\\", {}, ("NTUSER.DAT",), "home_missing"),
        ("\\\\server\\maria", {}, ("NTUSER.DAT",), "home_missing"),
        ("%UNKNOWN%\\maria", {}, ("NTUSER.DAT",), "home_missing"),
        (HOME, {"State": 0x804}, ("NTUSER.DAT",), "profile_temporary"),
        (HOME, {"State": 0x1}, ("NTUSER.DAT",), "profile_mandatory"),
        (HOME, {"State": 0x100}, ("NTUSER.DAT",), None),
        (HOME, {"State": "odd"}, ("NTUSER.DAT",), None),
        (HOME, {}, ("NTUSER.MAN",), "profile_mandatory"),
        (HOME, {}, ("desktop.ini",), "profile_damaged"),
        (HOME, {"CentralProfile": "\\\\s\\m"}, ("NTUSER.DAT",), "profile_roaming"),
        (HOME, {"CentralProfile": ""}, ("NTUSER.DAT",), None),
    ],
)
def test_what_cannot_be_loaded_for_certain_is_left_alone(
    home: str, values: dict[str, Any], files: tuple[str, ...], left_out: str | None
) -> None:
    assert found(home=home, files=files, **values).left_out == left_out


def test_a_roaming_profile_is_done_while_its_person_is_signed_in() -> None:
    assert found(signed_in=True, CentralProfile="\\\\server\\maria").left_out is None


def test_a_profile_that_windows_set_aside_is_damaged() -> None:
    someone = found(f"{SID}.bak", signed_in=False)
    assert (someone.number, someone.left_out) == (SID, "profile_damaged")
