"""Whose registry is it? Whoever elevates us with another account still means their own mail.

HKEY_CURRENT_USER is then that of the administrator whose password was typed, so the person who is
signed in where we run is looked up. Whatever cannot be found out leaves us the person we run as.
"""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING, NamedTuple

from configure587.formats import reg_encoding
from configure587.formats.case_folding import same
from configure587.model import Opaque

if TYPE_CHECKING:
    from typing import Protocol

    from configure587.machine.seams import Registry

    class Session(Protocol):
        """What Windows knows of us and of who is signed in here; all may raise OSError."""

        def own_account(self) -> str:
            r"""The account that we run as, such as ESCOLA\\admin; "" when it has no such name."""

        def signed_in(self) -> str:
            """The account that is signed in to our session, "" when nobody is (a service)."""

        def own_sid(self) -> str:
            """The number of the account that we run as."""

        def sid_of(self, account: str) -> str:
            """The number of an account of a person."""

        def expanded(self, text: str) -> str:
            """The text with what stands between percent signs replaced."""


class Person(NamedTuple):
    """Somebody else than the account that we run as; `home` is the folder of their profile."""

    sid: str
    name: str
    home: str


PROFILES = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"


def other_person(session: Session, registry: Registry) -> Person | None:
    """The person who is signed in here; None when that is us, nobody, or not for certain."""
    try:
        account = session.signed_in()
        # By their names first: to look a number up, Windows may have to ask the network.
        if not account or same(account, session.own_account()):
            return None
        sid = session.sid_of(account)
        if same(sid, session.own_sid()) or not registry.exists(rf"HKEY_USERS\{sid}"):
            return None
        home = session.expanded(written_home(registry, sid))
    except OSError:
        return None
    if not ntpath.splitdrive(home)[0] or "%" in home:
        return None
    return Person(sid, account.rpartition("\\")[2], home)


def written_home(registry: Registry, sid: str) -> str:
    """The folder of a profile as the registry has it, "" when it has none; may raise OSError."""
    name = "ProfileImagePath"
    value = registry.read(rf"{PROFILES}\{sid}", [name]).get(name)
    if not isinstance(value, Opaque):
        return value if isinstance(value, str) else ""
    if value.type != "REG_EXPAND_SZ" or len(value.data) % 2:
        return ""
    return reg_encoding.from_wide(value.data).partition("\0")[0]
