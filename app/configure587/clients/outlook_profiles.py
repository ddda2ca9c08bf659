r"""Where Outlook for Windows keeps its profiles, which of them are live, and how old it is.

The table is the fact sheet's section a1: up to Outlook 2010 all versions share one tree, later ones
have one each. After an upgrade the old tree stays, and only that of an installed version is read.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, NamedTuple

from configure587.machine import sheets
from configure587.model import Place, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.machine import Machine
    from configure587.model import Value

KEY = "outlook"
SECTION = "9375CFF0413111d3B88A00104B2A6676"  # the account manager's part of a profile

_PERSON = "HKEY_CURRENT_USER"
_COMPUTER = "HKEY_LOCAL_MACHINE"
_SOFTWARE = rf"{_COMPUTER}\SOFTWARE"
_OFFICE = r"Software\Microsoft\Office"
_SUBSYSTEM = r"Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem\Profiles"
_STORE = "Microsoft.Office.Desktop_8wekyb3d8bbwe"

PROGRAMS = {
    "16.0": "Outlook",  # 2016, 2019, 2021, 2024 and Microsoft 365
    "15.0": "Outlook 2013",
    "14.0": "Outlook 2010",
    "12.0": "Outlook 2007",
    "11.0": "Outlook 2003",
    "10.0": "Outlook 2002",
}
_TOO_OLD = {"11.0", "10.0"}


class Tree(NamedTuple):
    """One key with profiles: whose it may be, newest first, and who names the default profile."""

    key: str
    versions: tuple[str, ...]
    chooser: str


TREES = (
    *(
        Tree(
            rf"{_PERSON}\{_OFFICE}\{version}\Outlook\Profiles",
            (version,),
            rf"{_PERSON}\{_OFFICE}\{version}\Outlook",
        )
        for version in ("16.0", "15.0")
    ),
    Tree(rf"{_PERSON}\{_SUBSYSTEM}", ("14.0", "12.0", "11.0", "10.0"), rf"{_PERSON}\{_SUBSYSTEM}"),
)


class Generation(NamedTuple):
    """What is known of the Outlook that reads a tree.

    `version` is "" when nothing tells it; `live` is False when another version is the one that is
    installed; `private` when it may keep a registry of its own (the one from Microsoft's Store).
    `installed` is True when the computer says so.
    """

    version: str
    live: bool
    private: bool
    installed: bool

    @property
    def too_old(self) -> bool:
        """Whether it has one check box for SSL, and no words for STARTTLS."""
        return self.version in _TOO_OLD


def profiles(machine: Machine) -> Iterator[Profile]:
    """Every profile of every tree that has accounts; a tree that cannot be read is a problem."""
    newest: Tree | None = None
    for tree in TREES:
        try:
            for profile in _of_tree(machine, tree):
                newest = newest or tree
                # with nothing known to be installed, only the newest tree can be the one in use
                known = tree is newest or _generation(machine, tree).installed
                yield profile if known else profile._replace(in_use=False)
        except OSError:
            continue  # `problems` tells


def problems(machine: Machine) -> Iterator[tuple[Profile, OSError]]:
    """The first tree whose profiles cannot be listed, and why; the others' trouble is the same."""
    for tree in TREES:
        try:
            for name in machine.registry.keys(tree.key):
                _has_accounts(machine, rf"{tree.key}\{name}")
        except OSError as error:
            yield _profile(tree.key, "Profiles", PROGRAMS[tree.versions[0]], in_use=False), error
            return


def corporate(machine: Machine) -> Iterator[Profile]:
    """Profiles of Outlook 98 and 2000 in Corporate mode: a service with property 0x1428.

    Microsoft KB Q259957; only guidance, its section belongs to a program that is long gone.
    """
    tree = TREES[-1]
    try:
        for name in machine.registry.keys(tree.key):
            key = rf"{tree.key}\{name}"
            sections = machine.registry.keys(key)
            if not _has_accounts(machine, key) and any(
                _names_a_server(machine.registry.names(rf"{key}\{section}")) for section in sections
            ):
                yield _profile(key, name, "Outlook 2000", in_use=False)
    except OSError:
        return  # `problems` tells


def generation(machine: Machine, profile: Profile) -> Generation:
    """Which Outlook reads this profile."""
    return _generation(machine, _tree(profile))


@functools.lru_cache(maxsize=8)
def _generation(machine: Machine, tree: Tree) -> Generation:
    """The same for a tree; asked once in a run, each of which has a Machine of its own."""
    found = installed(machine)
    own = [version for version in tree.versions if version in found]
    used = own or [version for version in tree.versions if _was_used(machine, version)]
    if not used and len(tree.versions) == 1:
        used = [*tree.versions]
    version = used[0] if used else ""
    private = from_store(machine) and not found
    return Generation(version, bool(own) or not found, private, bool(own))


def installed(machine: Machine) -> set[str]:
    """The versions of Outlook that are installed, as far as this computer says so."""
    found = {version for version in PROGRAMS if _has_install_root(machine, version)}
    app_path = rf"{_SOFTWARE}\Microsoft\Windows\CurrentVersion\App Paths\OUTLOOK.EXE"
    program = _text(machine, app_path, "")
    found |= {version for version in PROGRAMS if rf"\office{version[:2]}" in program.lower()}
    for version, name in (("16.0", "ClickToRun"), ("15.0", r"15.0\ClickToRun")):
        key = rf"{_SOFTWARE}\Microsoft\Office\{name}\Configuration"
        if _text(machine, key, "ProductReleaseIds"):
            found.add(version)
    return found


def _has_install_root(machine: Machine, version: str) -> bool:
    for software in (_SOFTWARE, rf"{_SOFTWARE}\WOW6432Node"):
        path = _text(machine, rf"{software}\Microsoft\Office\{version}\Outlook\InstallRoot", "Path")
        if path and _holds_outlook(machine, path):
            return True
    return False


def _holds_outlook(machine: Machine, path: str) -> bool:
    """Whether the program is there; an image need not hold programs."""
    folder = machine.locate(path)
    if folder is None or machine.root:
        return bool(machine.root)
    return machine.files.look(os.path.join(folder, "OUTLOOK.EXE")) is not None


def from_store(machine: Machine) -> bool:
    """Whether the Office of Microsoft's Store is there, which may keep a registry of its own."""
    return machine.files.look(os.path.join(machine.local_folder, "Packages", _STORE)) is not None


def managed(machine: Machine, profile: Profile) -> str:
    """The key with an organization's rules for setting Outlook up; "" when there is none.

    The names of such rules are not known for certain, so any value there counts.
    """
    return _managed(machine, _tree(profile))


@functools.lru_cache(maxsize=8)
def _managed(machine: Machine, tree: Tree) -> str:
    for hive in (_COMPUTER, _PERSON):
        for version in tree.versions:
            key = rf"{hive}\Software\Policies\Microsoft\Office\{version}\Outlook\setup"
            try:
                if machine.registry.names(key) or machine.registry.keys(key):
                    return key
            except OSError:
                return key  # what we may not look at, somebody rules
    return ""


def accounts(machine: Machine, profile: Profile) -> Sequence[tuple[str, str]]:
    """The subkeys of a profile's account section: name and whole key, in the registry's order."""
    section = rf"{profile.folder}\{SECTION}"
    return [(name, rf"{section}\{name}") for name in machine.registry.keys(section)]


def _of_tree(machine: Machine, tree: Tree) -> Iterator[Profile]:
    chosen = _text(machine, tree.chooser, "DefaultProfile")
    for name in machine.registry.keys(tree.key):
        key = rf"{tree.key}\{name}"
        if _has_accounts(machine, key):
            profile = _profile(key, name, "Outlook", in_use=False)
            known = generation(machine, profile)
            in_use = known.live and name.casefold() == chosen.casefold()
            yield profile._replace(program=PROGRAMS.get(known.version, "Outlook"), in_use=in_use)


def _tree(profile: Profile) -> Tree:
    return next(each for each in TREES if profile.folder.lower().startswith(each.key.lower()))


def _has_accounts(machine: Machine, key: str) -> bool:
    return machine.registry.exists(rf"{key}\{SECTION}")


def _names_a_server(names: Sequence[str]) -> bool:
    return any(name.lower() in {"001e1428", "001f1428"} for name in names)


def _profile(key: str, name: str, program: str, *, in_use: bool) -> Profile:
    return Profile(KEY, program, name, key, Place(sheets.REGISTRY, key), in_use)


def _was_used(machine: Machine, version: str) -> bool:
    try:
        return machine.registry.exists(rf"{_PERSON}\{_OFFICE}\{version}\Outlook")
    except OSError:
        return False


def _text(machine: Machine, key: str, name: str) -> str:
    """A string, or "" when there is none or it cannot be read."""
    try:
        value: Value | None = machine.registry.read(key, [name]).get(name)
    except OSError:
        return ""
    return value if isinstance(value, str) else ""
