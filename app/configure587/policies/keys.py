"""The keys of a policy, in one table: what a file, the registry and the documents are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configure587.clients import CLIENTS
from configure587.policies import kinds
from configure587.policies.kinds import (
    Choice,
    Door,
    Flag,
    Items,
    Number,
    OldPort,
    Rings,
    Text,
    allows,
)
from configure587.submission.hostnames import canonical

if TYPE_CHECKING:
    from configure587.policies.kinds import Kind

_WEEK = 7 * 24 * 3600  # seconds


class Key(NamedTuple):
    """One key: its name in a file, and what its value may be."""

    name: str
    kind: Kind

    @property
    def camel(self) -> str:
        """Its name in the registry and in managed preferences: DuePorts for due-ports."""
        return "".join(part.capitalize() for part in self.name.split("-"))


def _account(text: str) -> str | None:
    return text if "@" in text.strip("@") or ":" in text.strip(":") else None


_HOST = Text(allows("some_host"), canonical)
_DOMAIN = Text(allows("some_domain"), canonical)
_TEXT = Text(allows("some_text"), kinds.anything)

_ALL = (
    Key("clients", Items(Choice(tuple(sorted(CLIENTS))), least=1)),
    Key("due-ports", Items(OldPort(), least=1)),
    Key("targets", Items(Door(), least=1)),
    Key("probe", Choice(("require", "warn", "off"))),
    Key("online", Flag()),
    Key("host-map", kinds.HostMap(canonical)),
    Key("include-hosts", Items(_HOST, least=1)),
    Key("exclude-hosts", Items(_HOST)),
    Key("include-domains", Items(_DOMAIN, least=1)),
    Key("exclude-domains", Items(_DOMAIN)),
    Key("leave-alone", Items(Text(allows("some_account"), _account))),
    Key("accept-hosts", Items(_HOST)),
    Key("when-running", Choice(("skip", "wait", "next-sign-in"))),
    Key("wait-seconds", Number(1, _WEEK)),
    Key("report", Text(allows("some_folder"), kinds.absolute)),
    Key("report-addresses", Flag()),
    Key("backups-kept", Number(0, 10_000)),
    Key("rings", Rings()),
    Key("limit", Number(0, 10_000_000)),
    Key("stop-if-failed", Number(1, 100)),
    Key("language", Choice(("pt-BR", "en"))),
    Key(
        "window-offers",
        Items(Choice(OFFERS := ("change", "undo", "learn", "report", "phone", "other-server"))),
    ),
    Key("updates", Choice(("off", "ask"))),
    Key("support-name", _TEXT),
    Key("support-phone", _TEXT),
    Key("support-site", Text(allows("some_site"), kinds.site)),
    Key("support-logo", Text(allows("some_file"), kinds.anything)),
)

KEYS = {key.name: key for key in _ALL}
"""Name in a file -> key, in the order of the documents."""

CAMEL = {key.camel.lower(): key for key in _ALL}
"""Name in the registry, in small letters (Windows compares names so) -> key."""
