"""Configuration files as providers publish them, spelled the short way."""

from __future__ import annotations

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
