"""Exim's main log: one line for each message that came in (specification, chapter 53).

Who says what in it: the sender's address, the name in HELO, the name asked for in TLS and the text
of a certificate are the client's; all that stands behind the size (`S=`) is the letter's. Between
them Exim speaks: address of the client, interface, protocol, cipher, sign-in. So a line is read
from its beginning, each part as strictly as Exim writes it, and what could be read in two ways
is not read at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configure587.fleet import stamps
from configure587.fleet.sent import Known, Port, Sent, account

if TYPE_CHECKING:
    import datetime as dt

MARK = b" <= "

_LINE = re.compile(
    rb"(?:<\d{1,3}>)?(" + stamps.ANY + rb")" + stamps.ZONE + rb" "
    # from the system's log, which may hold Exim's own stamp too
    rb"(?:\S{1,255} exim[\w.-]{0,20}(?:\[\d{1,10}\])?: (?:[\d-]{10} [\d:.]{8,12}"
    rb"(?: [+-]\d{4})? )?)?"
    rb"(?:\[\d{1,10}\] )?[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} <= (.*)"
)
_ARRIVAL = re.compile(
    rb'(?P<sender>(?:"(?:\\.|[^"\\])*+"|[^\s"])++)'  # the sender; spaces only in quotation marks
    rb"(?: R=\S+)?(?: DS)?"
    rb" H=(?:[^\s()\[\]]+ )?(?:\([^\s()]*\) )?\[[0-9A-Fa-f.:]+\](?::\d{1,5})?"
    rb"(?: I=\[[0-9A-Fa-f.:]+\]:(?P<port>\d{1,5}))?"
    rb"(?: PRX=\S+)?(?: TFO\*?)?(?: U=\S+)? P=(?P<protocol>[\w-]+)(?: L[*-]?)?"
    rb'(?P<tls> X=\S+)?(?: CV=\S+)?(?P<foreign>(?: DN="[^"]*")?(?: SNI=(?:"[^"]*"|\S+))?)'
    rb"(?: A=(?P<method>[^\s:]+)(?::(?P<user>[^\s:]+)\S*)?)?"
    rb"(?: (?!A=)[A-Z0-9]+(?:=\S+)?)*? S=\d+(?= |$)"
)
_PROTOCOL = re.compile(rb" P=(?:utf8)?l?e?smtps?a? ")


class EximLog:
    """Reads lines, each for itself."""

    def __init__(self, today: dt.date) -> None:
        """`today` gives a year to stamps without."""
        self._today = today
        self.unclear = 0

    def read(self, line: bytes) -> list[Sent] | None:
        """The message of a line, if its sender had signed in; None if it is no line of Exim's."""
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        if b" A=" not in found[2]:
            return []
        sent = self._sent(found[1], found[2])
        return [] if sent is None else [sent]

    def _sent(self, stamp: bytes, text: bytes) -> Sent | None:
        found = _ARRIVAL.match(text)
        if found is not None and found["method"] is None:
            return None  # that " A=" is a stranger's word
        name = account(found["user"] or b"") if found else None
        moment = stamps.when(stamp, self._today)
        if found is None or name is None or moment is None or _two_ways(found, text):
            self.unclear += 1
            return None
        number = int(found["port"] or 0)
        port = Port(number, Known.EXACT) if number else Port(None, Known.UNKNOWN)
        protocol = found["protocol"].rstrip(b"a")
        return Sent(name, moment, "exim", port, bool(found["tls"]) or protocol.endswith(b"s"))


def _two_ways(found: re.Match[bytes], text: bytes) -> bool:
    """Whether what was read may be a stranger's: then Exim's own words stand behind it once more.

    A name in HELO or an ident may hold anything where Exim was told to accept that; a certificate,
    or a name in TLS, may bring a sign-in and a size.
    """
    if len(_PROTOCOL.findall(text, found.end("sender"))) > 1:
        return True
    return bool(found["foreign"]) and any(text.count(word) > 1 for word in (b" A=", b" S="))
