r"""Who has a profile on a Windows computer, and whether anything can be done for them.

HKEY_LOCAL_MACHINE\...\ProfileList names each by a SID. HKEY_USERS has the registry of those who are
signed in; that of the others lies in NTUSER.DAT in their folder.
"""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING

from configure587.machine import Kind
from configure587.machine.people import Someone
from configure587.machine.windows_person import PROFILES, written_home

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.machine.seams import Files, Registry

HIVE = "NTUSER.DAT"
PREFIX = "Configure587-"
"""What a registry that we load into HKEY_USERS is called, before the SID."""

# Accounts of this computer or a domain, and those of Entra.
_PERSON = re.compile(r"S-1-(5-21|12-1)(-\d+)+", re.IGNORECASE)
_BROKEN = ".bak"  # Windows gives a key this ending when it could not load that profile
_MANDATORY, _TEMPORARY = 0x1, 0x800  # bits of the value State


def everyone(registry: Registry, files: Files, expanded: Callable[[str], str]) -> list[Someone]:
    """All profiles, in the registry's order; `expanded` fills in what is between percent signs."""
    loaded = {name.upper() for name in registry.keys("HKEY_USERS")}
    return [_someone(key, loaded, registry, files, expanded) for key in registry.keys(PROFILES)]


def _someone(
    key: str, loaded: set[str], registry: Registry, files: Files, expanded: Callable[[str], str]
) -> Someone:
    sid = key.removesuffix(_BROKEN)
    home = expanded(written_home(registry, key))
    name = ntpath.basename(home) or sid
    if not _PERSON.fullmatch(sid):
        return Someone(name, home, sid, left_out="service_account")
    if key != sid:
        return Someone(name, home, sid, left_out="profile_damaged")
    is_loaded = sid.upper() in loaded
    why = _why_not(key, home, registry, files) or (
        None if is_loaded else _why_not_loadable(key, home, registry, files)
    )
    return Someone(name, home, sid, registry=sid if is_loaded else PREFIX + sid, left_out=why)


def _why_not(key: str, home: str, registry: Registry, files: Files) -> str | None:
    state = registry.read(rf"{PROFILES}\{key}", ["State"]).get("State")
    flags = state if isinstance(state, int) else 0
    if flags & _TEMPORARY:
        return "profile_temporary"
    if flags & _MANDATORY:
        return "profile_mandatory"
    look = files.look(home) if _is_local(home) else None
    return None if look is not None and look.kind is Kind.FOLDER else "home_missing"


def _is_local(home: str) -> bool:
    drive, rest = ntpath.splitdrive(home)
    return drive.endswith(":") and bool(rest.strip("\\/")) and "%" not in home


def _why_not_loadable(key: str, home: str, registry: Registry, files: Files) -> str | None:
    """What stands against loading the registry of somebody who is not signed in."""
    if files.look(_in(home, "NTUSER.MAN")) is not None:
        return "profile_mandatory"
    central = registry.read(rf"{PROFILES}\{key}", ["CentralProfile"]).get("CentralProfile")
    if central:
        return "profile_roaming"  # what is written here would lose to the copy on the server
    look = files.look(_in(home, HIVE))
    return None if look is not None and look.kind is Kind.FILE else "profile_damaged"


def _in(home: str, name: str) -> str:
    return ntpath.join(home, name)
