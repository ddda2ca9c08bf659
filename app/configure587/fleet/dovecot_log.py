"""Dovecot's log: who has signed in to its submission service; it does not tell of messages.

The user name is what Dovecot's auth_username_chars have let through; all the rest of the line is
Dovecot's own (login_log_format_elements).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configure587.fleet import stamps
from configure587.fleet.sent import Known, Port, Sent, account

if TYPE_CHECKING:
    import datetime as dt

MARK = b"submission-login"

_LINE = re.compile(
    rb"(?:<\d{1,3}>)?(" + stamps.ANY + rb")" + stamps.ZONE + rb" "
    rb"(?:\S{1,255} dovecot(?:\[\d{1,10}\])?: )?submission-login(?:\(\d{1,10}\))?: (?:Info: )?(.*)"
)
_LOGIN = re.compile(rb"(?:Login|Logged in): user=<([^<>\s]*)>(?:, (.*))?")
_LOCAL_PORT = re.compile(rb"lport=(\d{1,5})")


class DovecotLog:
    """Reads lines, each for itself."""

    def __init__(self, today: dt.date) -> None:
        """`today` gives a year to stamps without."""
        self._today = today
        self.unclear = 0

    def read(self, line: bytes) -> list[Sent] | None:
        """The sign-in of a line; None if it is no line of the submission service."""
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        if not found[2].startswith((b"Login: ", b"Logged in: ")):
            return []
        sent = self._sent(found[1], found[2])
        return [] if sent is None else [sent]

    def _sent(self, stamp: bytes, text: bytes) -> Sent | None:
        found = _LOGIN.fullmatch(text)
        name = account(found[1]) if found else None
        moment = stamps.when(stamp, self._today)
        if found is None or name is None or moment is None:
            self.unclear += 1
            return None
        words = (found[2] or b"").split(b", ")
        return Sent(name, moment, "submission-login", _port(words), any(map(_protects, words)))


def _port(words: list[bytes]) -> Port:
    """Dovecot names the port only when told to; else its services are 587 and 465, never 25."""
    for word in words:
        if (found := _LOCAL_PORT.fullmatch(word)) and int(found[1]):
            return Port(int(found[1]), Known.EXACT)
    return Port(587, Known.CONVENTION)


def _protects(word: bytes) -> bool:
    """TLS; or a connection that Dovecot trusts, from its own computer or a proxy."""
    return word in {b"TLS", b"secured"} or word.startswith((b"TLS ", b"TLS: ", b"TLSv1"))
