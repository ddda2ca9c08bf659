"""Who wrote the bytes: one module per mail program, each offering the names of Client.

A module is loaded when its client is first asked for: a scan loads only what can be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from configure587.machine import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from configure587.clients.client import Client as Client
    from configure587.machine import Machine


def _thunderbird() -> Client:
    from configure587.clients import thunderbird

    return thunderbird


def _outlook() -> Client:
    from configure587.clients import outlook

    return outlook


def _windows_live_mail() -> Client:
    from configure587.clients import windows_live_mail

    return windows_live_mail


def _guided() -> Client:
    from configure587.clients import guided

    return guided


class _Entry(NamedTuple):
    """How to load a client's module, and where its programs exist."""

    load: Callable[[], Client]
    platforms: tuple[Platform, ...]


_ENTRIES = {
    "thunderbird": _Entry(_thunderbird, tuple(Platform)),
    "outlook": _Entry(_outlook, (Platform.WINDOWS,)),
    "windows_live_mail": _Entry(_windows_live_mail, (Platform.WINDOWS,)),
    "guided": _Entry(_guided, (Platform.WINDOWS, Platform.MACOS)),
}


class _Clients(Mapping[str, "Client"]):
    """Every client by its key; asking for the keys alone loads none of them."""

    def __getitem__(self, key: str) -> Client:
        return _ENTRIES[key].load()

    def __iter__(self) -> Iterator[str]:
        return iter(_ENTRIES)

    def __len__(self) -> int:
        return len(_ENTRIES)


CLIENTS: Mapping[str, Client] = _Clients()


def of(machine: Machine, wanted: Sequence[str] = ()) -> Iterator[Client]:
    """The clients whose programs exist on this platform: the wanted ones, or all."""
    for key, entry in _ENTRIES.items():
        if machine.platform in entry.platforms and (not wanted or key in wanted):
            yield entry.load()
