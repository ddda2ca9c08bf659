"""Configuration files as providers publish them, and a network in which only they exist."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def outgoing(  # noqa: PLR0913 - as many as the file has elements
    host: str = "smtp.um.example",
    port: str = "587",
    socket: str = "STARTTLS",
    *,
    user: str = "%EMAILADDRESS%",
    auth: str = "<authentication>password-cleartext</authentication>",
    kind: str = "smtp",
) -> str:
    """One outgoing server."""
    return (
        f'<outgoingServer type="{kind}"><hostname>{host}</hostname><port>{port}</port>'
        f"<socketType>{socket}</socketType><username>{user}</username>{auth}</outgoingServer>"
    )


def config(*servers: str, domains: str = "<domain>um.example</domain>", more: str = "") -> bytes:
    """One whole file."""
    return (
        f'{HEAD}<clientConfig version="1.1"><emailProvider id="um.example">{domains}'
        f"<displayName>Um  &amp;\n Dois</displayName>{more}{''.join(servers)}"
        "</emailProvider></clientConfig>"
    ).encode()


@dataclass
class FakeOnline:
    """A network in which only this exists; it remembers what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    exchanges: dict[str, list[str]] = field(default_factory=dict)
    services: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        """What stands there."""
        self.asked.append(url)
        if url not in self.files:
            raise OSError("404")
        return self.files[url]

    def mx(self, domain: str) -> Sequence[str]:
        """Who takes in mail."""
        self.asked.append(f"MX {domain}")
        if domain not in self.exchanges:
            raise OSError("NXDOMAIN")
        return self.exchanges[domain]

    def srv(self, name: str) -> Sequence[tuple[str, int]]:
        """Who offers it."""
        self.asked.append(f"SRV {name}")
        if name not in self.services:
            raise OSError("NXDOMAIN")
        return self.services[name]
