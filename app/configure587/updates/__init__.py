"""Whether there is a newer version: asked only when a person wants it, and never installed by us.

One file is fetched over https. It is believed only if one of the keys that came with this package
signed it, it has not run out, and none that we saw before was made later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configure587 import __version__
from configure587.errors import Refused, detail

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.machine import Machine
    from configure587.updates.announcement import Announcement

    Ask: TypeAlias = Callable[[str], bytes]
    """What stands at an https address: at most 64 KiB, no redirect; else OSError or Cancelled."""


class Channel(NamedTuple):
    """Where new versions are announced, and the Ed25519 keys whose signature we believe."""

    address: str
    keys: tuple[bytes, ...]


class News(NamedTuple):
    """What was announced, and whether it is newer than what runs here."""

    announcement: Announcement
    is_newer: bool


def channel() -> Channel | None:
    """The one that this package was built with; None when it looks for no new versions."""
    from configure587.updates import pinned

    if not pinned.ADDRESS or not pinned.KEYS or not _can_verify():
        return None
    return Channel(pinned.ADDRESS, tuple(map(bytes.fromhex, pinned.KEYS)))


def _can_verify() -> bool:
    try:
        import nacl.signing  # noqa: F401 - only whether it can be loaded here
    except ImportError:
        return False
    return True


def look(machine: Machine, channel: Channel | None, ask: Ask, *, allowed: bool = True) -> News:
    """Ask once; Refused says why nothing is known. `allowed` is what an organization's policy says.

    The date of what was believed is kept, so that nobody can play an older announcement to us.
    """
    if not allowed:
        raise Refused("updates_by_policy")
    if channel is None:
        raise Refused("updates_none")
    from dataclasses import replace  # with the modules of data classes, not with the window

    from configure587.updates import announcement, kept

    now = machine.clock.now()
    known = replace(kept.read(machine), looked=now)
    kept.write(machine, known)
    try:
        data = ask(channel.address)
    except OSError as error:
        why = detail(error) if error.errno is not None else str(error)
        raise Refused("updates_not_reached", detail=why) from error
    found = announcement.read(data, channel.keys, now=now, not_before=known.made_by(now))
    kept.write(machine, replace(known, made=found.made))
    return News(found, _parts(found.version) > _parts(__version__))


def _parts(version: str) -> tuple[int, ...]:
    """A version for comparing: 1.2 and 1.2.0 are the same."""
    numbers = [int(part) for part in version.split(".") if part.isdecimal()]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
