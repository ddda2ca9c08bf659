"""Where Thunderbird and its relatives keep their profiles, and which one they start with.

The table is the fact sheet's section a: installer, Store, Snap, Flatpak, Icedove, Betterbird
(which shares Thunderbird's folder), SeaMonkey and Epyrus. Gecko: toolkit/xre/nsXREDirProvider.cpp
and toolkit/profile/nsToolkitProfileService.cpp.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import detail
from configure587.formats import mozilla_ini
from configure587.machine import Kind, Platform
from configure587.model import Place, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from configure587.machine import Machine

KEY = "thunderbird"
_INI_LIMIT = 4 * 1024 * 1024

_LINUX = (
    ("Thunderbird", ".thunderbird"),
    ("Thunderbird", "snap/thunderbird/common/.thunderbird"),
    ("Thunderbird", ".var/app/org.mozilla.Thunderbird/.thunderbird"),
    ("Thunderbird", ".var/app/org.mozilla.thunderbird/.thunderbird"),
    ("Thunderbird", ".var/app/org.mozilla.thunderbird_esr/.thunderbird"),
    ("Thunderbird", ".var/app/net.thunderbird.Thunderbird/.thunderbird"),
    ("Betterbird", ".var/app/eu.betterbird.Betterbird/.thunderbird"),
    ("Icedove", ".icedove"),
    ("Thunderbird", ".mozilla-thunderbird"),
    ("SeaMonkey", ".mozilla/seamonkey"),
    ("Epyrus", ".athenian200/epyrus"),
)
_MACOS = (
    ("Thunderbird", "Library/Thunderbird"),
    ("SeaMonkey", "Library/Application Support/SeaMonkey"),
    ("Epyrus", "Library/Application Support/Epyrus"),
)
_WINDOWS = (
    ("Thunderbird", "Thunderbird"),
    ("SeaMonkey", "Mozilla/SeaMonkey"),
    ("Epyrus", "athenian200/Epyrus"),
)


class Root(NamedTuple):
    """A folder that may hold a profiles.ini, and whose it is."""

    program: str
    path: str


def roots(machine: Machine) -> Iterator[Root]:
    """Every folder in which a profiles.ini may be, likeliest first."""
    elsewhere = machine.variables.get("MOZ_APP_DATA")
    if elsewhere:
        yield Root("Thunderbird", elsewhere)
    if machine.platform is Platform.WINDOWS:
        yield from _windows_roots(machine)
        return
    table = _MACOS if machine.platform is Platform.MACOS else _LINUX
    for program, path in table:
        yield Root(program, os.path.join(machine.home, *path.split("/")))


def _windows_roots(machine: Machine) -> Iterator[Root]:
    for program, path in _WINDOWS:
        yield Root(program, os.path.join(machine.roaming_folder, *path.split("/")))
    packages = os.path.join(machine.local_folder, "Packages")
    look = machine.files.look(packages)
    if look is None or look.kind is not Kind.FOLDER:
        return
    for name in machine.files.names(packages):
        if "thunderbird" in name.lower():  # the Store's family names; see the fact sheet
            yield Root(
                "Thunderbird",
                os.path.join(packages, name, "LocalCache", "Roaming", "Thunderbird"),
            )


def profiles(machine: Machine) -> Iterator[Profile]:
    """Every profile of every root once; a profiles.ini that says nothing is told by `problems`."""
    seen: set[str] = set()
    for root in roots(machine):
        for profile, real in _of_root(machine, root):
            if real not in seen:
                seen.add(real)
                yield profile


def _of_root(machine: Machine, root: Root) -> Iterator[tuple[Profile, str]]:
    path = os.path.join(root.path, "profiles.ini")
    if machine.files.look(path) is None:
        return
    try:
        ini = mozilla_ini.read(machine.files.read(path, _INI_LIMIT))
    except OSError:
        return
    starts = _started(machine, root, ini)
    for section in ini.values():
        folder = _folder(machine, root, section)
        if folder is None or not _holds_profile(machine, folder):
            continue
        real = machine.files.real(folder)
        profile = Profile(
            client=KEY,
            program=root.program,
            name=section.get("Name") or os.path.basename(folder),
            folder=folder,
            place=Place("prefs.js", os.path.join(folder, "prefs.js")),
            in_use=real in starts,
        )
        yield profile, real


def problems(machine: Machine) -> Iterator[tuple[Root, str, str]]:
    """Each root whose profiles.ini cannot tell us its profiles: root, file, detail."""
    for root in roots(machine):
        path = os.path.join(root.path, "profiles.ini")
        detail = _problem(machine, root, path)
        if detail:
            yield root, path, detail


def _problem(machine: Machine, root: Root, path: str) -> str:
    try:
        if machine.files.look(path) is None:
            return "missing" if any(_orphans(machine, root)) else ""
        ini = mozilla_ini.read(machine.files.read(path, _INI_LIMIT))
    except OSError as error:
        return detail(error)
    folders = (_folder(machine, root, section) for section in ini.values())
    usable = any(folder and _holds_profile(machine, folder) for folder in folders)
    return "" if usable or not any(_orphans(machine, root)) else "names no profile"


def _orphans(machine: Machine, root: Root) -> Iterator[str]:
    """Folders that hold a prefs.js though no profiles.ini may name them."""
    look = machine.files.look(root.path)
    if look is None or look.kind is not Kind.FOLDER:
        return
    for above in (root.path, os.path.join(root.path, "Profiles")):
        look = machine.files.look(above)
        if look is not None and look.kind is Kind.FOLDER:
            for name in machine.files.names(above):
                if machine.files.look(os.path.join(above, name, "prefs.js")) is not None:
                    yield os.path.join(above, name)


def _is_profile_section(section: Mapping[str, str]) -> bool:
    return "Path" in section and "IsRelative" in section


def _folder(machine: Machine, root: Root, section: Mapping[str, str]) -> str | None:
    if not _is_profile_section(section):
        return None
    path = section["Path"]
    if section["IsRelative"] == "1":
        parts = path.replace("\\", "/").split("/")
        if ".." in parts or not path or path.startswith("/"):
            return None  # Thunderbird does not start such a profile either
        return os.path.join(root.path, *parts)
    return machine.locate(path)


def _holds_profile(machine: Machine, folder: str) -> bool:
    look = machine.files.look(folder)
    return look is not None and look.kind is not Kind.FILE  # what cannot be read, is told


def _started(machine: Machine, root: Root, ini: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The folders with which an installation starts: [Install…] Default, else Default=1."""
    paths = [section["Default"] for name, section in ini.items() if _names_default(name, section)]
    chosen = {os.path.join(root.path, *path.split("/")) for path in paths if not _absolute(path)}
    chosen |= {found for path in paths if _absolute(path) and (found := machine.locate(path))}
    if not paths:
        marked = [section for section in ini.values() if section.get("Default") == "1"]
        everyone = [section for section in ini.values() if _is_profile_section(section)]
        for section in marked or everyone[:1]:
            folder = _folder(machine, root, section)
            chosen |= {folder} if folder else set()
    return {machine.files.real(folder) for folder in chosen}


def _names_default(name: str, section: Mapping[str, str]) -> bool:
    return name.startswith("Install") and bool(section.get("Default"))


def _absolute(path: str) -> bool:
    return path.startswith("/") or path[1:3] in {":\\", ":/"}
