"""What a report tells of mail programs and providers, as far as it is known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.clients import mozilla_layers, outlook_profiles

if TYPE_CHECKING:
    from configure587.machine import Machine
    from configure587.model import OutgoingServer, Profile


def version(machine: Machine, profile: Profile) -> str:
    """The version of the program that last used a profile; "" where nothing tells it."""
    if profile.client == "thunderbird":
        return mozilla_layers.last_version(machine, profile.folder)
    if profile.client == outlook_profiles.KEY and profile.folder.startswith("HKEY"):
        return outlook_profiles.generation(machine, profile).version
    return ""


def provider(server: OutgoingServer | None) -> str | None:
    """The name of the provider in our table to which a server or its account belongs."""
    if server is None:
        return None
    from configure587.submission import providers

    table = providers.load()
    own = (table.for_domain(each.rpartition("@")[2]) for each in server.used_by if "@" in each)
    found = next(iter(table.for_host(server.hostname)), None) or next(filter(None, own), None)
    return found.name if found else None
