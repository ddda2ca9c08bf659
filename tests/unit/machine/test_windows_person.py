"""Whose registry it is, decided from what Windows would answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from configure587.machine.memory_registry import MemoryRegistry
from configure587.machine.windows_person import Person, other_person
from configure587.model import Opaque, Value

ADMIN = "S-1-5-21-1-2-3-500"
MARIA = "S-1-5-21-1-2-3-1001"
HOME = "C:\\Users\\Maria"
LIST = rf"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\{MARIA}"


def expand(text: str) -> Opaque:
    return Opaque("REG_EXPAND_SZ", (text + "\0").encode("utf-16-le"))


@dataclass
class Answers:
    """An administrator's account elevates us while Maria is signed in."""

    own: str = "ESCOLA\\Admin"
    here: str = "ESCOLA\\Maria"
    numbers: dict[str, str] = field(
        default_factory=lambda: {"ESCOLA\\Admin": ADMIN, "ESCOLA\\Maria": MARIA}
    )
    fails: str = ""
    asked: list[str] = field(default_factory=list)

    def own_account(self) -> str:
        """The account that runs us."""
        self._ask("own_account")
        return self.own

    def signed_in(self) -> str:
        """The account that is signed in."""
        self._ask("signed_in")
        return self.here

    def own_sid(self) -> str:
        """The number of the account that runs us."""
        self._ask("own_sid")
        return ADMIN

    def sid_of(self, account: str) -> str:
        """The number of an account."""
        self._ask("sid_of")
        return self.numbers[account]

    def expanded(self, text: str) -> str:
        """Windows knows one variable."""
        self._ask("expanded")
        return text.replace("%SystemDrive%", "C:")

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what == self.fails:
            raise OSError(what)


def registry(home: Value | None = None, *, loaded: str = MARIA) -> MemoryRegistry:
    profile: dict[str, Value] = {"ProfileImagePath": home if home is not None else expand(HOME)}
    return MemoryRegistry({rf"HKEY_USERS\{loaded}\Software": {}, LIST: profile})


def test_the_person_who_is_signed_in_is_meant_not_the_administrator() -> None:
    assert other_person(Answers(), registry()) == Person(MARIA, "Maria", HOME)


@pytest.mark.parametrize("home", [HOME, expand(HOME), expand("%SystemDrive%\\Users\\Maria")])
def test_the_home_is_where_windows_keeps_the_persons_profile(home: Value) -> None:
    assert other_person(Answers(), registry(home)) == Person(MARIA, "Maria", HOME)


@pytest.mark.parametrize("own", ["ESCOLA\\Maria", "escola\\MARIA"])
def test_a_person_who_runs_us_is_no_other_and_no_network_is_asked(own: str) -> None:
    answers = Answers(own=own)
    assert other_person(answers, registry()) is None
    assert "sid_of" not in answers.asked


@pytest.mark.parametrize("own", ["", "OTHER\\name"])
def test_one_number_is_one_person_whatever_the_names(own: str) -> None:
    assert other_person(Answers(own=own, numbers={"ESCOLA\\Maria": ADMIN}), registry()) is None


def test_where_nobody_is_signed_in_we_are_ourselves() -> None:
    answers = Answers(here="")
    assert other_person(answers, registry()) is None
    assert "sid_of" not in answers.asked


def test_a_person_whose_registry_is_not_loaded_cannot_be_meant() -> None:
    assert other_person(Answers(), registry(loaded=ADMIN)) is None


@pytest.mark.parametrize(
    "home",
    [
        "",
        "Users\\Maria",
        587,
        expand(""),
        expand("%NOBODY_KNOWS%\\Maria"),
        expand("C:\\Users\\%NOBODY_KNOWS%"),
        Opaque("REG_EXPAND_SZ", b"C\0:\0\\"),
        Opaque("REG_BINARY", HOME.encode("utf-16-le")),
    ],
)
def test_a_person_without_a_certain_home_cannot_be_meant(home: Value) -> None:
    assert other_person(Answers(), registry(home)) is None


@pytest.mark.parametrize("fails", ["own_account", "signed_in", "own_sid", "sid_of", "expanded"])
def test_what_windows_does_not_say_leaves_us_ourselves(fails: str) -> None:
    assert other_person(Answers(fails=fails), registry()) is None


def test_a_registry_that_may_not_be_read_leaves_us_ourselves() -> None:
    class Closed(MemoryRegistry):
        def keys(self, key: str) -> list[str]:
            raise PermissionError(key)

    assert other_person(Answers(), Closed()) is None
