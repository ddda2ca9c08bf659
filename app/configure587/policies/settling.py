"""From what everybody wishes to what is done.

The word of the machine's administrator comes first and is fixed; then the command line, then what
was set for this person, then the defaults of --policy FILE. (Chromium's policies are ranked so too:
docs/enterprise/policies.md there.)
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from configure587.errors import Refused
from configure587.machine import Platform
from configure587.policies import layers, places
from configure587.policies.keys import KEYS
from configure587.policies.layers import Rank, Setting
from configure587.policy import Contact, Policy, Probe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from configure587.machine import Machine
    from configure587.machine.seams import Files

WAIT: Final = 600.0  # seconds


class Wishes(NamedTuple):
    """Every setting that counts, by key; `overruled` are words of the command line that do not."""

    settings: Mapping[str, Setting] = {}
    overruled: tuple[Setting, ...] = ()

    def said(self, key: str, otherwise: Any = None) -> Any:  # noqa: ANN401 - each key has its type
        """What was wished for a key."""
        found = self.settings.get(key)
        return otherwise if found is None else found.value

    def fixed(self, key: str) -> Setting | None:
        """The setting of a key that nobody here may change; None when it is free."""
        found = self.settings.get(key)
        return found if found is not None and found.rank is Rank.MACHINE else None

    @property
    def digest(self) -> str:
        """SHA-256 of everything that was wished, "" of nothing: which policy was in force."""
        if not self.settings:
            return ""
        lines = [f"{key}={self.settings[key].value!r}" for key in sorted(self.settings)]
        return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def settled(
    machine: Machine,
    command: Mapping[str, Any] | None = None,
    file: str | None = None,
    files: Files | None = None,
) -> Wishes:
    """What counts on this computer for this person; Refused when a document is wrong.

    `command` is what the command line says, by key; `file` the path of --policy, which lies
    among `files`: on the computer that we run on, which need not be the one that is meant.
    """
    said = [Setting(key, value, Rank.COMMAND, "") for key, value in (command or {}).items()]
    ranked = [
        *of_machine(machine),
        *said,
        *of_user(machine),
        *(layers.toml(files or machine.files, file, Rank.FILE) if file is not None else ()),
    ]
    settings: dict[str, Setting] = {}
    for each in ranked:
        settings.setdefault(each.key, each)
    fixed = {key for key, each in settings.items() if each.rank is Rank.MACHINE}
    overruled = tuple(each for each in said if each.key in fixed and _differs(each, settings))
    return Wishes(settings, overruled)


def _differs(said: Setting, settings: Mapping[str, Setting]) -> bool:
    return bool(said.value != settings[said.key].value)


def report_folder(
    machine: Machine, command: Mapping[str, Any], file: str | None, files: Files
) -> str:
    """Where a run is reported, as far as that can be known of documents that are refused; or "".

    Of each document nothing but this one key is looked at: who made a mistake elsewhere in it
    wants to hear of that.
    """
    documents: tuple[Callable[[], list[Setting]], ...] = (
        lambda: of_machine(machine, _REPORT),
        lambda: [Setting(key, value, Rank.COMMAND, "") for key, value in command.items()],
        lambda: of_user(machine, _REPORT),
        lambda: [] if file is None else layers.toml(files, file, Rank.FILE, _REPORT),
    )
    for each in documents:
        with contextlib.suppress(Refused):
            for setting in each():
                if setting.key in _REPORT:
                    return str(setting.value)
    return ""


_REPORT: Final = ("report",)


def of_machine(machine: Machine, only: Collection[str] | None = None) -> list[Setting]:
    """What the administrator of this computer wishes; of several files the last one counts."""
    found: dict[str, Setting] = {}
    for path in places.of_machine(machine):
        _require_administrators(machine, path)
        found |= {each.key: each for each in _document(machine, path, Rank.MACHINE, only)}
    return list(found.values())


def _require_administrators(machine: Machine, path: str) -> None:
    """Refused where anybody could say what everybody has to heed: servers, above all.

    Of an image's files the modes say nothing; the registry has rights of its own.
    """
    if machine.root or machine.platform is Platform.WINDOWS:
        return
    for each in (os.path.dirname(path), path):
        look = machine.files.look(each)
        if look is not None and look.everybodys:
            raise Refused("policy_everybodys", path=each)


def of_user(machine: Machine, only: Collection[str] | None = None) -> list[Setting]:
    """What was set for this person; they may have it otherwise in a single run."""
    path = places.of_user(machine)
    return [] if path is None else _document(machine, path, Rank.USER, only)


def _document(
    machine: Machine, path: str, rank: Rank, only: Collection[str] | None
) -> list[Setting]:
    if machine.platform is Platform.WINDOWS:
        return layers.registry(machine.registry, path, rank, only)
    if machine.platform is Platform.MACOS:
        return layers.property_list(machine.files, path, rank, only)
    return layers.toml(machine.files, path, rank, only)


def policy(wishes: Wishes, base: Policy | None = None) -> Policy:
    """The wishes as a Policy; what nobody spoke of stays as it is in `base`."""
    found = base or Policy()
    said = wishes.said
    plain = {name: said(key) for name, key in _PLAIN.items() if key in wishes.settings}
    contact = Contact(*(said(f"support-{part}", "") for part in Contact._fields))
    waiting = said("when-running")
    more: dict[str, Any] = {"support": contact}
    if "probe" in wishes.settings:
        more["probe"] = Probe(said("probe"))
    if waiting is not None:
        more["wait"] = float(said("wait-seconds", WAIT)) if waiting == "wait" else 0.0
        more["next_sign_in"] = waiting == "next-sign-in"
    return found._replace(**plain, **more)


def left_to_people(wishes: Wishes | None, command: Collection[str]) -> tuple[str, ...]:
    """The keys of which neither the administrator nor the command line has spoken."""
    settings = wishes.settings.values() if wishes is not None else ()
    fixed = {each.key for each in settings if each.rank in {Rank.MACHINE, Rank.COMMAND}}
    return tuple(key for key in KEYS if key not in fixed and key not in command)


def with_own(machine: Machine, found: Policy) -> Policy:
    """The same policy with what was set for the person of this machine; Refused when it is wrong.

    For a run for all people, whose policy was settled where theirs could not be seen.
    """
    own = [each for each in of_user(machine) if each.key in found.own_keys]
    return policy(Wishes({each.key: each for each in own}), found) if own else found


_PLAIN: Final = {
    "clients": "clients",
    "due_ports": "due-ports",
    "targets": "targets",
    "online": "online",
    "accept_hosts": "accept-hosts",
    "host_map": "host-map",
    "include_hosts": "include-hosts",
    "exclude_hosts": "exclude-hosts",
    "include_domains": "include-domains",
    "exclude_domains": "exclude-domains",
    "leave_alone": "leave-alone",
    "report": "report",
    "report_addresses": "report-addresses",
    "backups_kept": "backups-kept",
    "rings": "rings",
    "limit": "limit",
    "stop_if_failed": "stop-if-failed",
    "language": "language",
    "window_offers": "window-offers",
    "updates": "updates",
}
"""Field of Policy -> the key whose value it takes as it is."""
