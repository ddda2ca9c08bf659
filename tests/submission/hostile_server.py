"""A mail server on loopback that misbehaves on purpose, in every way of `SCENARIOS`.

What it does is data (`Manners`) where a reply is enough, and a function where time or the
connection itself is the trick. It waits only for its client or for its own end.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import os
import socket
import ssl
import struct
import threading
import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD_USER, GOOD_PASSWORD = "ana@exemplo.test", "canary-587"


@dataclass(frozen=True)
class Manners:
    """How a server behaves; `verbs` replaces what it answers to a command, byte for byte."""

    banner: bytes = b"220 smtp.exemplo.test ESMTP\r\n"
    before: tuple[str, ...] = ("SIZE 10485760", "starttls")
    after: tuple[str, ...] = ("SIZE 10485760", "AUTH PLAIN LOGIN")
    verbs: dict[str, bytes] = field(default_factory=dict)
    once: dict[str, bytes] = field(default_factory=dict)  # the same, for the first time only
    protected_verbs: dict[str, bytes] = field(default_factory=dict)  # the same, inside TLS
    greet: Callable[[Guest], None] | None = None
    tls_first: bool = False
    old_tls: bool = False
    literal: bool = True  # whether EHLO [127.0.0.1] will do

    def but(self, **changes: object) -> Manners:
        """The same with other manners."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]


class Guest:
    """One client, as the server has it."""

    def __init__(self, server: HostileServer, connection: socket.socket) -> None:
        """Not greeted yet."""
        self.server, self.connection, self.tls = server, connection, False
        self._rest = b""

    def say(self, data: bytes) -> None:
        """Send as it is."""
        self.connection.sendall(data)

    def hear(self) -> str | None:
        """The next line; None at the end."""
        while b"\n" not in self._rest:
            data = self.connection.recv(4096)
            if not data:
                return None
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        text = line.decode("latin-1").rstrip("\r")
        self.server.heard.append(text)
        return text

    def protect(self) -> None:
        """Shake hands as the server."""
        self.connection = self.server.context().wrap_socket(self.connection, server_side=True)
        self.server.handshakes += 1
        self.tls = True

    def wait_for_end(self) -> None:
        """Listen until the client hangs up."""
        while self.connection.recv(4096):
            pass

    def reset(self) -> None:
        """Cut the line with a RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


@dataclass
class HostileServer:
    """A server with bad manners, open inside a ``with`` block on a port of its own."""

    manners: Manners
    certificate: str
    address: str = "127.0.0.1"
    port: int = 0
    heard: list[str] = field(default_factory=list)
    connections: int = 0
    handshakes: int = 0

    def __enter__(self) -> Self:
        """Listen."""
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._listener = socket.create_server((self.address, self.port), family=family)
        self.port = self._listener.getsockname()[1]
        self.closing = threading.Event()
        self._guests: set[socket.socket] = set()
        self._used: set[str] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up on everybody, and wait for the end of every thread."""
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._guests):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def context(self) -> ssl.SSLContext:
        """What the server shakes hands with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        if self.manners.old_tls:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        self.closing.wait(seconds)

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._guests.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        guest = Guest(self, connection)
        try:
            with contextlib.suppress(OSError):
                self._host(guest)
        finally:
            self._guests.discard(connection)
            guest.connection.close()
            connection.close()

    def _host(self, guest: Guest) -> None:
        if self.manners.tls_first:
            guest.protect()
        if self.manners.greet is not None:
            self.manners.greet(guest)
        guest.say(self.manners.banner)
        while (line := guest.hear()) is not None:
            verb, _, rest = line.partition(" ")
            if self._special(guest, verb.upper()):
                continue
            self._polite(guest, verb.upper(), rest)
            if verb.upper() == "QUIT":
                return

    def _special(self, guest: Guest, verb: str) -> bool:
        if verb in self.manners.once and verb not in self._used:
            self._used.add(verb)
            guest.say(self.manners.once[verb])
            return True
        verbs = self.manners.protected_verbs if guest.tls else self.manners.verbs
        if verb in verbs:
            guest.say(verbs[verb])
        return verb in verbs

    def _polite(self, guest: Guest, verb: str, rest: str) -> None:
        if verb == "EHLO":
            self._introduce(guest, rest)
        elif verb == "STARTTLS" and not guest.tls:
            guest.say(b"220 2.0.0 Ready to start TLS\r\n")
            guest.protect()
        elif verb == "AUTH" and guest.tls:
            guest.say(_judged(guest, rest))
        elif verb == "QUIT":
            guest.say(b"221 2.0.0 Bye\r\n")
        else:
            guest.say(b"502 5.5.2 Not implemented\r\n")

    def _introduce(self, guest: Guest, name: str) -> None:
        if not self.manners.literal and name.startswith("["):
            guest.say(b"501 5.5.4 Invalid domain name\r\n")
            return
        words = ["smtp.exemplo.test", *(self.manners.after if guest.tls else self.manners.before)]
        lines = [f"250-{word}" for word in words[:-1]] + [f"250 {words[-1]}"]
        guest.say("".join(f"{line}\r\n" for line in lines).encode())


def _judged(guest: Guest, rest: str) -> bytes:
    """What comes of an attempt to sign in, by PLAIN or LOGIN."""
    mechanism, _, first = rest.partition(" ")
    if mechanism == "PLAIN":
        first = first or _asked(guest, b"334 \r\n")
        user, password = base64.b64decode(first).decode().split("\0")[1:]
    else:
        user = base64.b64decode(_asked(guest, b"334 VXNlcm5hbWU6\r\n")).decode()
        password = base64.b64decode(_asked(guest, b"334 UGFzc3dvcmQ6\r\n")).decode()
    good = (user, password) == (GOOD_USER, GOOD_PASSWORD)
    return b"235 2.7.0 Welcome\r\n" if good else b"535 5.7.8 Wrong password\r\n"


def _asked(guest: Guest, question: bytes) -> str:
    guest.say(question)
    return guest.hear() or ""


# --- tricks that need more than a reply ----------------------------------------------------------


def _silent(guest: Guest) -> None:
    guest.wait_for_end()


def _dripping(guest: Guest) -> None:
    for letter in b"220 smtp.exemplo.test ESMTP is very slow today\r\n":
        guest.say(bytes([letter]))
        guest.server.pause(0.4)


def _resetting(guest: Guest) -> None:
    guest.say(b"220 smtp.exemplo.test\r\n")
    guest.hear()
    guest.say(b"250-smtp.exemplo.test\r\n")
    guest.reset()


def _closing(guest: Guest) -> None:
    guest.connection.shutdown(socket.SHUT_RDWR)


def late(seconds: float) -> Callable[[Guest], None]:
    """A greeting that lets one wait."""
    return lambda guest: guest.server.pause(seconds)


def _endless(guest: Guest) -> None:
    while not guest.server.closing.is_set():
        guest.say(b"220-and another thing\r\n")


def _injecting_late(guest: Guest) -> None:
    guest.say(b"220 smtp.exemplo.test\r\n")
    while (line := guest.hear()) is not None:
        if line == "STARTTLS":
            guest.say(b"220 go\r\n")
            time.sleep(0.02)
            guest.say(b"250-forged\r\n250 AUTH PLAIN\r\n")
            guest.wait_for_end()
            return
        guest.say(b"250-smtp.exemplo.test\r\n250 STARTTLS\r\n")


def _closing_at_tls(guest: Guest) -> None:
    guest.say(b"220 smtp.exemplo.test\r\n")
    while (line := guest.hear()) is not None:
        if line == "STARTTLS":
            guest.say(b"220 go\r\n")
            guest.connection.shutdown(socket.SHUT_WR)
            guest.wait_for_end()
            return
        guest.say(b"250-smtp.exemplo.test\r\n250 STARTTLS\r\n")


def _half_a_record(guest: Guest) -> None:
    guest.say(b"\x16\x03\x03\x01\x00half")
    guest.wait_for_end()


def _noise_inside(guest: Guest) -> None:
    """What is not TLS any more, in the middle of it."""
    raw = socket.socket(fileno=os.dup(guest.connection.fileno()))
    guest.protect()
    with raw:
        raw.sendall(b"220 in the clear\r\n")
        guest.wait_for_end()


HALF_A_RECORD: Final = Manners(greet=_half_a_record)  # for a door where TLS comes first
NOISE_INSIDE: Final = Manners(greet=_noise_inside)  # likewise
_FORGED: Final = b"250-smtp.exemplo.test\r\n250 AUTH PLAIN LOGIN\r\n"
GOOD: Final = Manners()
SCENARIOS: Final[dict[str, Manners]] = {
    "good": GOOD,
    "tls first": GOOD.but(tls_first=True),
    "multi-line greeting": GOOD.but(
        banner=b"220-smtp.exemplo.test\r\n220-Welcome\r\n220 ESMTP\r\n"
    ),
    "address literal refused": GOOD.but(literal=False),
    "no answer to QUIT": GOOD.but(protected_verbs={"QUIT": b""}),
    "AUTH before TLS too": GOOD.but(before=("AUTH PLAIN LOGIN", "STARTTLS"), after=("AUTH PLAIN",)),
    "no AUTH after TLS": GOOD.but(before=("AUTH PLAIN", "STARTTLS"), after=("SIZE 1",)),
    "OAuth only": GOOD.but(after=("AUTH XOAUTH2 OAUTHBEARER",)),
    "injected": GOOD.but(verbs={"STARTTLS": b"220 go\r\n" + _FORGED}),
    "injected late": GOOD.but(greet=_injecting_late),
    "stripped": GOOD.but(before=("SIZE 1", "AUTH PLAIN", "X-STARTTLS yes", "NOSTARTTLS")),
    "masked": GOOD.but(before=("XXXXXXXA", "SIZE 1")),
    "starred banner": GOOD.but(banner=b"220 ***************\r\n", before=("SIZE 1",)),
    "refused for now": GOOD.but(verbs={"STARTTLS": b"454 4.3.3 TLS not available\r\n"}),
    "refused once": GOOD.but(once={"STARTTLS": b"454 4.3.3 TLS not available\r\n"}),
    "refused": GOOD.but(verbs={"STARTTLS": b"502 5.5.1 No TLS here\r\n"}),
    "answers in the clear": GOOD.but(verbs={"STARTTLS": b"220 go\r\n"}),
    "closed at TLS": GOOD.but(greet=_closing_at_tls),
    "garbage": GOOD.but(banner=bytes(range(128, 256)) + b"\r\n"),
    "garbage without end": GOOD.but(banner=b"\x00\x01\x02 nothing follows"),
    "HTTP": GOOD.but(banner=b"HTTP/1.1 400 Bad Request\r\nServer: portal\r\n\r\n<html></html>\r\n"),
    "silent": GOOD.but(greet=_silent),
    "silent after EHLO": GOOD.but(verbs={"EHLO": b""}),
    "silent inside": GOOD.but(protected_verbs={"EHLO": b""}),
    "dripping": GOOD.but(greet=_dripping),
    "rejected": GOOD.but(banner=b"554 5.7.1 Your address is on a list\r\n"),
    "busy": GOOD.but(banner=b"421 4.3.2 Come again later\r\n"),
    "endless": GOOD.but(greet=_endless),
    "endless line": GOOD.but(banner=b"220 " + b"x" * 9000),
    "mixed codes": GOOD.but(verbs={"EHLO": b"250-smtp.exemplo.test\r\n350-STARTTLS\r\n250 .\r\n"}),
    "HELO only": GOOD.but(verbs={"EHLO": b"502 5.5.2 Unknown\r\n"}),
    "late": GOOD.but(greet=late(0.3)),
    "reset": GOOD.but(greet=_resetting),
    "closed": GOOD.but(greet=_closing),
    "old TLS": GOOD.but(old_tls=True),
}
