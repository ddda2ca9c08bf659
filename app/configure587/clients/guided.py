"""Mail programs that we recognize and never write: a person follows the steps of a guide.

Their settings lie in private stores without a description, are synchronized from elsewhere, or
are closed to other programs by the system (fact sheets: Outlook d and e, guides 6 to 10).
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

from configure587.machine import Kind, Platform, sheets
from configure587.model import Place, Profile, Remark, Verdict, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from configure587.machine import Machine
    from configure587.model import Change, Incoming, OutgoingServer, Reason, Target, Transport

key = "guided"

OUTLOOK_NEW = "Outlook (new)"
WINDOWS_10_MAIL = "Mail (Windows 10)"
OUTLOOK_MAC = "Outlook for Mac"
APPLE_MAIL = "Apple Mail"
PROGRAMS = (OUTLOOK_NEW, WINDOWS_10_MAIL, OUTLOOK_MAC, APPLE_MAIL)

_TOGGLE = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\Preferences"
_OUTLOOK_PACKAGE = "Microsoft.OutlookForWindows_8wekyb3d8bbwe"
_MAIL_PACKAGE = "microsoft.windowscommunicationsapps_8wekyb3d8bbwe"
# The store that the program makes with the first account. It is known from forensic literature,
# not from our fact sheet, so its absence is taken for "not used" and nothing else.
_MAIL_STORE = ("LocalState", "HxStore.hxd")
_OUTLOOK_MAC = ("Library", "Group Containers", "UBF8T346G9.Office", "Outlook")
_APPLE_MAIL = ("Library", "Mail")


class _Sign(NamedTuple):
    """By what we noticed a program, and whether that is a sign of its use."""

    place: Place
    used: bool = True


def profiles(machine: Machine) -> tuple[Profile, ...]:
    """See Client.profiles: none that could be read."""
    del machine
    return ()


def unlisted(machine: Machine) -> Iterator[tuple[Profile, Remark]]:
    """See Client.unlisted: each program once, guided, or left alone when nobody uses it."""
    for program, sign in _found(machine):
        if sign is not None:
            verdict = Verdict.GUIDED if sign.used else Verdict.LEFT_ALONE
            code = "guided_program" if sign.used else "program_unused"
            profile = Profile(key, program, program, sign.place.path, sign.place, sign.used)
            yield profile, Remark(reason(code, program=program), verdict)


def servers(machine: Machine, profile: Profile) -> tuple[OutgoingServer, ...]:
    """See Client.servers."""
    del machine, profile
    return ()


def settings(server: OutgoingServer, target: Target) -> Sequence[Change] | None:
    """See Client.settings: no words for anything."""
    del server, target
    return None


def doubt(transport: Transport) -> Reason | None:
    """See Client.doubt."""
    del transport
    return None


def receives(machine: Machine, server: OutgoingServer) -> tuple[Incoming, ...]:
    """See Client.receives."""
    del machine, server
    return ()


def hindrances(machine: Machine, profile: Profile) -> tuple[Reason, ...]:
    """See Client.hindrances."""
    del machine, profile
    return ()


def exclusive(machine: Machine, profile: Profile) -> AbstractContextManager[None]:
    """See Client.exclusive: nothing is ever written, so nobody has to be kept out."""
    del machine, profile
    return contextlib.nullcontext()


def _found(machine: Machine) -> Iterator[tuple[str, _Sign | None]]:
    if machine.platform is Platform.WINDOWS:
        yield OUTLOOK_NEW, _outlook_new(machine)
        yield WINDOWS_10_MAIL, _windows_10_mail(machine)
    elif machine.platform is Platform.MACOS:
        yield OUTLOOK_MAC, _folder(machine, machine.home, *_OUTLOOK_MAC)
        yield APPLE_MAIL, _folder(machine, machine.home, *_APPLE_MAIL)


def _outlook_new(machine: Machine) -> _Sign | None:
    if _is_switched_on(machine):
        return _Sign(Place(sheets.REGISTRY, _TOGGLE))
    data = _folder(machine, machine.local_folder, "Microsoft", "Olk")
    if data is not None:
        return data
    package = _package(machine, _OUTLOOK_PACKAGE)  # comes with Windows 11, used or not
    return _Sign(Place("folder", package), used=False) if package else None


def _windows_10_mail(machine: Machine) -> _Sign | None:
    package = _package(machine, _MAIL_PACKAGE)
    if package is None:
        return None
    store = machine.files.look(os.path.join(package, *_MAIL_STORE))
    return _Sign(Place("folder", package), used=store is not None)


def _is_switched_on(machine: Machine) -> bool:
    """Whether classic Outlook was told to start the new one instead."""
    try:
        return machine.registry.read(_TOGGLE, ["UseNewOutlook"]).get("UseNewOutlook") == 1
    except OSError:
        return False  # a registry that cannot be read is no sign


def _folder(machine: Machine, *parts: str) -> _Sign | None:
    path = os.path.join(*parts)
    look = machine.files.look(path)
    if look is None or look.kind is Kind.FILE:
        return None
    return _Sign(Place("folder", path))  # one that we may not look into is a sign as well


def _package(machine: Machine, name: str) -> str | None:
    """The data folder of a Store program, whatever the case of its name."""
    packages = os.path.join(machine.local_folder, "Packages")
    try:
        names = machine.files.names(packages)
    except OSError:
        return None
    found = next((each for each in names if each.lower() == name.lower()), None)
    path = os.path.join(packages, found or name)
    return path if found and _folder(machine, path) else None
