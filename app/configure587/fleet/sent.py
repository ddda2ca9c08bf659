"""The nouns of a mail server's log: one message of somebody who had signed in, and its port."""

from __future__ import annotations

import enum
import functools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt

LONGEST_NAME = 320  # RFC 3696, erratum 1690: 64 + @ + 255


class Known(enum.Enum):
    """How the port of a message was known, the most certain first."""

    EXACT = "exact"
    """It stands in the line."""
    TOLD = "told"
    """Whoever runs the report has said which port a name stands for."""
    CONVENTION = "convention"
    """The service has a name that is usual for that port."""
    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # there is one of each, and every message asks


class Port(NamedTuple):
    """A port, or None, and how it is known."""

    number: int | None
    known: Known


class Sent(NamedTuple):
    """One message of a signed-in account; with Dovecot, one sign-in.

    `encrypted` is None where the log does not tell. `cut` says that the end of the conversation,
    which would have told, is not in the log.
    """

    account: str
    when: dt.datetime
    service: str
    port: Port
    encrypted: bool | None
    cut: bool = False


@functools.lru_cache(maxsize=4096)  # people send more than once
def account(name: bytes) -> str | None:
    """A user name as one spelling, or None if it can be no account's.

    Capitals are not kept: servers and people mix them for one and the same account.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        return None
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        text = name.decode("latin-1")
    return text.lower() if text.isprintable() else None
