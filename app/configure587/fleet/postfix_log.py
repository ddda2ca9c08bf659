"""Postfix's log: the lines of one conversation, put together by process.

Who says what in these lines: Postfix itself says everything up to `sasl_username=`; a client's name
is let in only as a valid host name (smtpd_peer.c), and what is not printable becomes "?" (msg.c).
The user name is what was let in; what stands behind it (`sasl_sender=`) is the client's own word.
So a line is read from its beginning, each part as strictly as Postfix writes it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configure587.fleet import stamps
from configure587.fleet.sent import Known, Port, Sent, account

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

MARK = b"smtpd["
WINDOW = 20_000  # conversations that are remembered at once; of busy servers, a few hundred are

_LINE = re.compile(
    rb"(?:<\d{1,3}>)?(" + stamps.ANY + rb")" + stamps.ZONE + rb" (\S{1,255}) (\S{1,200})/smtpd"
    rb"\[(\d{1,10})\]: (.*)"
)
_CLIENT = rb"([\w.-]{1,255}\[[0-9A-Za-z.:%_-]{1,64}\](?::\d{1,5})?)"
_TLS = re.compile(
    rb"(?:Anonymous|Untrusted|Trusted|Verified) TLS connection established from " + _CLIENT
)
_MESSAGE = re.compile(
    rb"[0-9A-Za-z]{5,30}: client=" + _CLIENT + rb", sasl_method=[\w.-]{1,64}, sasl_username=(.*)"
)
_AFTER_NAME = re.compile(rb", (?:sasl_sender|orig_queue_id|orig_client)=")
_COUNTS = re.compile(rb" (?:commands|quit|ehlo|helo|auth|mail)=\d")
_STARTTLS = re.compile(rb" starttls=[1-9]")

_USUAL = {"submission": 587, "submissions": 465, "smtps": 465, "smtp": 25}
"""What people name their services in master.cf, after RFC 6409 and 8314."""


@dataclass(slots=True)
class _Talk:
    """One conversation as far as it has come."""

    client: bytes
    tls: bool = False
    messages: list[tuple[str, bytes]] = field(default_factory=list)


def port_of(service: str, told: Mapping[str, int]) -> Port:
    """The port behind the name that stands before /smtpd, such as postfix/submission."""
    first, _, last = service.rpartition("/")
    for name in (service, f"{service}/smtpd", last):
        if name in told:
            return Port(told[name], Known.TOLD)
    if not first:
        usual = 25 if re.fullmatch(r"postfix(?:-.+)?", service) else None
    elif last.isdecimal() and last.isascii() and 0 < len(last) < 6:
        usual = int(last)
    else:
        usual = _USUAL.get(last)
    return Port(usual, Known.UNKNOWN if usual is None else Known.CONVENTION)


class PostfixLog:
    """Puts lines together; keeps the conversations that are going on, and no more than WINDOW."""

    def __init__(self, today: dt.date, told: Mapping[str, int]) -> None:
        """`today` gives a year to stamps without; `told` names the ports of services."""
        self._today = today
        self._told = told
        self._talks: OrderedDict[tuple[bytes, ...], _Talk] = OrderedDict()
        self._ports: dict[str, Port] = {}
        self.unclear = 0
        self.cut = 0

    def read(self, line: bytes) -> list[Sent] | None:
        """What a line completes; None if it is no line of Postfix's smtpd."""
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        stamp, host, service, pid, text = found.groups()
        key = (host, service, pid)
        if text.startswith(b"connect from "):
            return list(self._forget(key))
        if text.startswith(b"disconnect from "):
            return list(self._end(key, text))
        if text.startswith((b"Anon", b"Untr", b"Trus", b"Veri")):
            return list(self._secured(key, text))
        if b": client=" in text[:40] and b"sasl_username=" in text:
            return list(self._message(key, text, stamp))
        return []

    def end(self) -> Iterator[Sent]:
        """What is left when a log ends."""
        while self._talks:
            yield from self._forget(next(iter(self._talks)))

    def _message(self, key: tuple[bytes, ...], text: bytes, stamp: bytes) -> Iterator[Sent]:
        found = _MESSAGE.fullmatch(text)
        name = account(_AFTER_NAME.split(found[2], maxsplit=1)[0]) if found else None
        if found is None or name is None:
            self.unclear += 1
            return
        talk, left = self._talk(key, found[1])
        yield from left
        if talk.tls or self._port(key).number == 465:  # TLS from the first byte on
            yield from self._sent(key, [(name, stamp)], encrypted=True)
        else:
            talk.messages.append((name, stamp))

    def _secured(self, key: tuple[bytes, ...], text: bytes) -> Iterator[Sent]:
        """What was sent in this conversation before was sent in the clear."""
        found = _TLS.match(text)
        if found is not None:
            talk, left = self._talk(key, found[1])
            yield from left
            yield from self._sent(key, talk.messages, encrypted=False)
            talk.messages = []
            talk.tls = True

    def _end(self, key: tuple[bytes, ...], text: bytes) -> Iterator[Sent]:
        """Postfix 3.0 and later count the commands here: with STARTTLS among them, or without."""
        talk = self._talks.pop(key, None)
        if talk is not None and talk.messages:
            told = _COUNTS.search(text) is not None
            encrypted = _STARTTLS.search(text) is not None if told else None
            yield from self._sent(key, talk.messages, encrypted=encrypted)

    def _forget(self, key: tuple[bytes, ...]) -> Iterator[Sent]:
        talk = self._talks.pop(key, None)
        if talk is not None and talk.messages:
            self.cut += 1
            yield from self._sent(key, talk.messages, encrypted=None, cut=True)

    def _talk(self, key: tuple[bytes, ...], client: bytes) -> tuple[_Talk, list[Sent]]:
        """The conversation with this client, and what had to be given up for it."""
        talk = self._talks.get(key)
        if talk is not None and talk.client == client and len(talk.messages) < WINDOW:
            self._talks.move_to_end(key)
            return talk, []
        left = list(self._forget(key))
        if len(self._talks) >= WINDOW:
            left += self._forget(next(iter(self._talks)))
        talk = self._talks[key] = _Talk(client)
        return talk, left

    def _port(self, key: tuple[bytes, ...]) -> Port:
        service = key[1].decode("latin-1")
        if service not in self._ports and len(self._ports) < WINDOW:
            self._ports[service] = port_of(service, self._told)
        return self._ports.get(service) or port_of(service, self._told)

    def _sent(
        self,
        key: tuple[bytes, ...],
        messages: list[tuple[str, bytes]],
        *,
        encrypted: bool | None,
        cut: bool = False,
    ) -> Iterator[Sent]:
        port, service = self._port(key), f"{key[1].decode('latin-1')}/smtpd"
        for name, stamp in messages:
            moment = stamps.when(stamp, self._today)
            if moment is None:
                self.unclear += 1
            else:
                yield Sent(name, moment, service, port, encrypted, cut)
