"""Passwords that a person asked us to remember: in the system's own store, and nowhere else.

Only the host and the user name are noted beside it, in our data folder, so that everything that
was stored can be removed again; no store can be asked for its list.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from configure587.errors import Refused

if TYPE_CHECKING:
    from configure587.machine import Machine

SERVICE = "configure587"
_NOTE = "remembered.json"
_LIMIT = 1024 * 1024  # bytes of the note


def recall(host: str, user: str) -> str | None:
    """The password that was stored for this sign-in; None when there is none, or no store."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, f"{user}@{host}")
    except KeyringError:
        return None


def remember(machine: Machine, host: str, user: str, password: str) -> None:
    """Store a password; Refused when the system has no store or it is locked, nothing stored."""
    import keyring
    from keyring.errors import KeyringError

    names = _noted(machine)
    if (host, user) not in names:  # noted first: what is stored must be found again
        _note(machine, [*names, (host, user)])
    try:
        keyring.set_password(SERVICE, f"{user}@{host}", password)
    except KeyringError as error:
        _note(machine, names)
        raise Refused("no_password_store", detail=type(error).__name__) from error


def forget(machine: Machine) -> list[tuple[str, str]]:
    """Remove every password that we stored; the hosts and users that it was for."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    names = _noted(machine)
    for host, user in names:
        try:
            keyring.delete_password(SERVICE, f"{user}@{host}")
        except PasswordDeleteError:
            continue  # it is gone already
        except KeyringError as error:
            raise Refused("no_password_store", detail=type(error).__name__) from error
    if names:
        _note(machine, [])
    return names


def _path(machine: Machine) -> str:
    return os.path.join(machine.data_folder, _NOTE)


def _noted(machine: Machine) -> list[tuple[str, str]]:
    path = _path(machine)
    try:
        found = json.loads(machine.files.read(path, _LIMIT))
        return [(str(host), str(user)) for host, user in found]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Refused("remembered_unreadable", path=path) from error


def _note(machine: Machine, names: list[tuple[str, str]]) -> None:
    path = _path(machine)
    data = json.dumps(names).encode()
    if machine.files.look(path) is None:
        machine.files.create({path: data})
    elif names:
        machine.files.swap(path, machine.files.read(path, _LIMIT), data)
    else:
        machine.files.remove(path)
