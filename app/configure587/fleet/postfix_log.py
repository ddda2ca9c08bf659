"""Postfix's log: the lines of one conversation, put together by process.

Who says what in these lines: Postfix itself says everything up to `sasl_username=`; a client's name
is let in only as a valid host name (smtpd_peer.c), and what is not printable becomes "?" (msg.c).
The user name is what was let in; what stands behind it (`sasl_sender=`) is the client's own word.
So a line is read from its beginning, each part as strictly as Postfix writes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configure587.fleet import stamps
from configure587.fleet.sent import Known, Port, Sent, account

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    Key: TypeAlias = bytes
    """Computer and process, as mx postfix/smtpd[5242."""

MARK = b"smtpd["
WINDOW = 20_000  # conversations that are remembered at once; of busy servers, a few hundred are

# What cannot match is left at the first byte that tells; a line begins behind the end of another.
_LINE = re.compile(
    rb"\n(?:<\d{1,3}>)?(" + stamps.OLD + rb"|" + stamps.ISO + stamps.ZONE + rb")"
    rb" (\S{1,255}+ [^\s\[]{1,206}+(?<=/smtpd)\[\d{1,10})\]: (.*)"
)
_BYE = b"disconne"
_BOUNDS = {b"connect ", _BYE}
_TRUST = {b"Anonymou", b"Untruste", b"Trusted ", b"Verified"}
"""The first eight bytes of what matters here."""
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
    service: str
    port: Port
    tls: bool
    messages: list[tuple[str, dt.datetime]] = field(default_factory=list)

    def told(self, *, encrypted: bool | None, cut: bool = False) -> list[Sent]:
        """Its messages, once it is known how they were sent."""
        return [
            Sent(name, when, self.service, self.port, encrypted, cut)
            for name, when in self.messages
        ]


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
        self._talks: dict[Key, _Talk] = {}
        self._services: dict[bytes, tuple[str, Port]] = {}
        self.recognized = 0
        self.unclear = 0
        self.cut = 0

    def read(self, text: bytes) -> list[Sent]:
        """What some more lines complete; each has its end."""
        found = _LINE.findall(b"\n" + text)
        self.recognized += len(found)
        sent: list[Sent] = []
        talks = self._talks
        for stamp, key, said in found:  # most of them say nothing that matters here
            word = said[:8]
            if word in _BOUNDS:
                if key in talks:
                    sent += _ended(talks.pop(key), said) if word == _BYE else self._forget(key)
            elif b": client=" in said[:40]:
                if b"sasl_username=" in said:
                    sent += self._message(stamp, key, said)
            elif word in _TRUST:
                sent += self._secured(key, said)
        return sent

    def end(self) -> list[Sent]:
        """What is left when a log ends."""
        return [sent for key in list(self._talks) for sent in self._forget(key)]

    def _message(self, stamp: bytes, key: Key, said: bytes) -> Sequence[Sent]:
        found = _MESSAGE.fullmatch(said)
        name = account(_user(found[2])) if found else None
        when = stamps.when(stamp, self._today)
        if found is None or name is None or when is None:
            self.unclear += 1
            return ()
        talk, sent = self._talk(key, found[1])
        if talk.tls:
            return (*sent, Sent(name, when, talk.service, talk.port, encrypted=True))
        talk.messages.append((name, when))
        return sent

    def _secured(self, key: Key, said: bytes) -> Sequence[Sent]:
        """What was sent in this conversation before was sent in the clear."""
        found = _TLS.match(said)
        if found is None:
            return ()
        talk, sent = self._talk(key, found[1])
        told = talk.told(encrypted=False)
        talk.messages, talk.tls = [], True
        return (*sent, *told)

    def _forget(self, key: Key) -> Sequence[Sent]:
        talk = self._talks.pop(key, None)
        if talk is None or not talk.messages:
            return ()
        self.cut += 1
        return talk.told(encrypted=None, cut=True)

    def _talk(self, key: Key, client: bytes) -> tuple[_Talk, Sequence[Sent]]:
        """The conversation with this client, and what had to be given up for it."""
        talk = self._talks.get(key)
        if talk is not None and talk.client == client and len(talk.messages) < WINDOW:
            return talk, ()
        sent = self._forget(key)
        if len(self._talks) >= WINDOW:  # the one that began first goes
            sent = (*sent, *self._forget(next(iter(self._talks))))
        service, port = self._service(key)
        tls = port.number == 465  # from the first byte on
        talk = self._talks[key] = _Talk(client, service, port, tls)
        return talk, sent

    def _service(self, key: Key) -> tuple[str, Port]:
        """Its name, and its port; both are found out once."""
        name = key[key.index(b" ") + 1 : key.rindex(b"/smtpd[")]
        found = self._services.get(name)
        if found is None:
            text = name.decode("latin-1")
            found = f"{text}/smtpd", port_of(text, self._told)
            if len(self._services) < WINDOW:
                self._services[name] = found
        return found


def _user(text: bytes) -> bytes:
    """The user name, without what the client said behind it."""
    return _AFTER_NAME.split(text, maxsplit=1)[0] if b", " in text else text


def _ended(talk: _Talk, said: bytes) -> Sequence[Sent]:
    """Postfix 3.0 and later count the commands at the end: with STARTTLS among them, or without."""
    if not talk.messages:
        return ()
    told = _COUNTS.search(said) is not None
    return talk.told(encrypted=_STARTTLS.search(said) is not None if told else None)
