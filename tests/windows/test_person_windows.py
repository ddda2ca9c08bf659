"""Whose registry it is, asked of Windows: here nobody else is signed in.

Only in the lab: on a person's own Windows this would be their own registry.
"""

from __future__ import annotations

import os
import re

import pytest

from configure587.machine import here, windows_person
from configure587.machine.windows_person import Person, other_person
from configure587.machine.windows_session import WindowsSession
from configure587.machine.winreg import WinRegistry
from configure587.model import Change, Place, reason
from windows import real_registry
from windows.real_registry import TOP, filled, winreg

pytestmark = [
    pytest.mark.windows,
    pytest.mark.skipif("C587_LAB" not in os.environ, reason="a person's own registry"),
]

SESSION = WindowsSession()
HOME = "C:\\Users\\Maria da Silva"


def test_our_own_account_has_a_name_and_a_number() -> None:
    assert re.fullmatch(r"S-1-5-[0-9-]+", SESSION.own_sid())
    assert SESSION.own_account().rpartition("\\")[2].lower() == os.environ["USERNAME"].lower()
    assert SESSION.sid_of(SESSION.own_account()) == SESSION.own_sid()
    assert SESSION.owner(os.getpid()) == SESSION.own_sid()
    assert SESSION.may_share(os.getpid())


def test_the_person_who_is_signed_in_is_us_or_not_told() -> None:
    try:
        account = SESSION.signed_in()
    except OSError:
        return
    assert account.rpartition("\\")[2].lower() in {"", os.environ["USERNAME"].lower()}


def test_windows_writes_down_where_our_own_profile_is() -> None:
    written = windows_person.written_home(WinRegistry(), SESSION.own_sid())
    assert os.path.isdir(SESSION.expanded(written))


def test_nobody_else_is_meant_where_nobody_else_is_signed_in() -> None:
    assert other_person(SESSION, WinRegistry()) is None
    [machine] = here.machines()
    assert machine.notices == ()
    assert machine.home == os.path.expanduser("~")
    assert "Software" in machine.registry.keys("HKEY_CURRENT_USER")
    assert set(machine.variables) >= {"APPDATA", "LOCALAPPDATA"}


@pytest.mark.parametrize("account", ["NOWHERE\\nobody", "nobody at all", "", "BUILTIN\\Users"])
def test_an_account_of_no_person_has_no_number(account: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - what it says is up to Windows
        SESSION.sid_of(account)


def test_a_process_that_is_not_there_has_no_owner_and_no_session() -> None:
    with pytest.raises(OSError):  # noqa: PT011 - what it says is up to Windows
        SESSION.owner(0x7FFFFFF0)
    assert not SESSION.may_share(0x7FFFFFF0)


def test_a_text_is_expanded_as_windows_does_it() -> None:
    assert SESSION.expanded("%SystemDrive%\\Usu\xe1rios\\$HOME 'x'") == "C:\\Usu\xe1rios\\$HOME 'x'"
    with pytest.raises(OSError, match="too long"):
        SESSION.expanded("n" * 2000)


def test_a_registry_by_number_is_that_of_the_person() -> None:
    filled({rf"{TOP}\Profiles": {"x": "y"}})
    theirs = WinRegistry(SESSION.own_sid())
    key = rf"{TOP}\Profiles"
    assert theirs.read(key, ["x"]) == {"x": "y"}
    assert theirs.keys("HKEY_CURRENT_USER") == WinRegistry().keys("HKEY_CURRENT_USER")
    theirs.swap([Change(Place("registry", key), "x", "y", 587)])
    assert WinRegistry().read(key, ["x"]) == {"x": 587}
    full = key.replace("HKEY_CURRENT_USER", rf"HKEY_USERS\{SESSION.own_sid()}")
    assert theirs.read(full, ["x"]) == WinRegistry().read(full, ["x"]) == {"x": 587}
    real_registry.forget()


def test_a_registry_by_the_number_of_nobody_is_empty_and_stays_so() -> None:
    theirs = WinRegistry("S-1-5-21-1-2-3-4")
    assert list(theirs.keys("HKEY_CURRENT_USER")) == []
    with pytest.raises(FileNotFoundError):
        theirs.swap([Change(Place("registry", r"HKEY_CURRENT_USER\Software"), "x", None, 1)])
    assert "S-1-5-21-1-2-3-4" not in theirs.keys("HKEY_USERS")


def test_an_administrator_works_for_the_person_who_is_signed_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wine has one account, so that plays Maria, and an administrator is made up."""
    maria = SESSION.own_sid()
    monkeypatch.setattr(WindowsSession, "own_account", lambda _: "ESCOLA\\Admin")
    monkeypatch.setattr(WindowsSession, "own_sid", lambda _: "S-1-5-21-1-2-3-500")
    monkeypatch.setattr(WindowsSession, "signed_in", lambda _: "ESCOLA\\Maria")
    monkeypatch.setattr(WindowsSession, "sid_of", lambda *_: maria)
    where_profiles_are(monkeypatch, maria, HOME.replace("C:", "%SystemDrive%"))
    assert other_person(WindowsSession(), WinRegistry()) == Person(maria, "Maria", HOME)
    own = here._user()
    [machine] = here.machines()
    assert (machine.user, machine.home, machine.variables) == ("Maria", HOME, {})
    assert machine.data_folder == rf"{HOME}\AppData\Local\Configure587"
    assert machine.identity.endswith(f":{HOME}")
    assert machine.notices == (reason("other_person", person="Maria", ran_as=own),)
    assert "Software" in machine.registry.keys("HKEY_CURRENT_USER")
    assert not machine.processes.running(["nobody.exe"])


def test_where_no_home_is_written_down_we_are_ourselves(monkeypatch: pytest.MonkeyPatch) -> None:
    maria = SESSION.own_sid()
    monkeypatch.setattr(WindowsSession, "signed_in", lambda _: "ESCOLA\\Maria")
    monkeypatch.setattr(WindowsSession, "sid_of", lambda *_: maria)
    monkeypatch.setattr(WindowsSession, "own_sid", lambda _: "S-1-5-21-1-2-3-500")
    where_profiles_are(monkeypatch, maria, "")
    [machine] = here.machines()
    assert (machine.notices, machine.home) == ((), os.path.expanduser("~"))


def where_profiles_are(monkeypatch: pytest.MonkeyPatch, sid: str, path: str) -> None:
    """Write down where the profile of a person is, as Windows does, for one test."""
    key = rf"SOFTWARE\Configure587 People\{sid}"
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, key) as at:
        winreg.SetValueEx(at, "ProfileImagePath", 0, winreg.REG_EXPAND_SZ, path)
    top = r"HKEY_LOCAL_MACHINE\SOFTWARE\Configure587 People"
    monkeypatch.setattr(windows_person, "PROFILES", top)
