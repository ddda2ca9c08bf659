"""Host names as a person writes them, as the network wants them: IDNA 2008, or no name at all."""

from __future__ import annotations

import ipaddress
import re

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")  # "_": seen in company networks
_LONGEST = 253  # RFC 1035, section 2.3.4, less the dots that are not written


class BadName(ValueError):
    """No host can have this name."""


def ascii_name(host: str) -> str:
    """The A-labels of a name, or an IP address in its usual form; raises BadName.

    Python's own codec is IDNA 2003, which makes another domain of "straße.test".
    """
    host = host.strip().strip(".").strip()
    address = ip_address(host)
    if address:
        return address
    name = (host if host.isascii() else _a_labels(host)).lower().rstrip(".")
    labels = name.split(".")
    if len(name) > _LONGEST or not all(map(_LABEL.fullmatch, labels)):
        raise BadName(host)
    if labels[-1].isdigit() and not ip_address(name):  # "127.1" would be read as an address
        raise BadName(host)
    return name


def ip_address(host: str) -> str:
    """An IP address in its usual form, with both brackets or none; "" when it is none."""
    inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ipaddress.ip_address(inner)
    except ValueError:
        return ""
    return "" if "%" in str(address) else str(address)  # a zone means nothing to a certificate


def _a_labels(host: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError as error:
        raise BadName(host) from error
