"""Where policies stand on a computer. Every start asks, so this is light and only looks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from configure587.errors import Refused, Unclear, detail
from configure587.machine import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configure587.machine import Machine

REGISTRY: Final = r"Software\Policies\Configure587"
DOMAIN: Final = "org.configure587"  # of the managed preferences of macOS


def of_machine(machine: Machine) -> Sequence[str]:
    """The documents of the computer's administrator that are there, in the order of their names."""
    if machine.platform is Platform.WINDOWS:
        return _there(machine, f"HKEY_LOCAL_MACHINE\\{REGISTRY}")
    if machine.platform is Platform.MACOS:
        return _there(machine, machine.system("Library", "Managed Preferences", f"{DOMAIN}.plist"))
    folder = machine.system("etc", "configure587", "policy.d")
    if machine.files.look(folder) is None:
        return ()
    try:
        names = machine.files.names(folder)
    except OSError as error:
        raise Refused("policy_unreadable", path=folder, detail=detail(error)) from error
    wanted = [each for each in names if each.endswith(".toml") and not each.startswith(".")]
    return [os.path.join(folder, name) for name in wanted]


def of_user(machine: Machine) -> str | None:
    """The document that was made for this person, if it is there."""
    if machine.platform is Platform.WINDOWS:
        found = _there(machine, f"HKEY_CURRENT_USER\\{REGISTRY}")
    elif machine.platform is Platform.MACOS:
        folder = machine.system("Library", "Managed Preferences", machine.user)
        found = _there(machine, os.path.join(folder, f"{DOMAIN}.plist"))
    else:
        home = os.path.join(machine.home, ".config")
        folder = machine.variables.get("XDG_CONFIG_HOME") or home
        found = _there(machine, os.path.join(folder, "configure587", "policy.toml"))
    return found[0] if found else None


def any_there(machine: Machine) -> bool:
    """Whether there is a policy on this computer, for it or for this person."""
    return bool(of_machine(machine)) or of_user(machine) is not None


def _there(machine: Machine, path: str) -> Sequence[str]:
    if machine.platform is not Platform.WINDOWS:
        return [path] if machine.files.look(path) is not None else []
    try:
        return [path] if machine.registry.exists(path) else []
    except Unclear:
        return []  # an image whose registry cannot be understood: each finding says so
    except OSError as error:
        raise Refused("policy_unreadable", path=path, detail=detail(error)) from error
