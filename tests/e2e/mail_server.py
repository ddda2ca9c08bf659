"""A mail server on this computer that behaves like a provider's, so that a real program can send.

Port 25 takes letters in the clear, as twenty years ago. Port 587 is a submission server (RFC 6409):
nothing but EHLO before STARTTLS, nothing but AUTH before MAIL. What arrives is remembered together
with how it arrived. Written on ``socketserver`` rather than on a library, because later doors will
have to misbehave on purpose.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import errno
import socket
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOPBACK = "127.0.0.1"
PATIENCE = 30.0  # seconds: for a silent client, and for a port that another test still holds


@dataclass(frozen=True, slots=True)
class Certificates:
    """A certificate authority that nobody trusts yet, and one server certificate signed by it."""

    authority_pem: str
    chain_path: str
    """Certificate and private key of the server, in one PEM file."""

    @property
    def authority_base64(self) -> str:
        """The authority as Thunderbird's ``addCertFromBase64`` wants it: no armour, one line."""
        lines = self.authority_pem.strip().splitlines()
        return "".join(lines[1:-1])


def make_certificates(folder: str, hostname: str) -> Certificates:
    """Make a fresh authority and a certificate for ``hostname``; the key stays in ``folder``."""
    authority = Authority(folder)
    return Certificates(authority.pem, authority.issue(hostname))


@dataclass(frozen=True, slots=True)
class Door:
    """One port and its house rules."""

    port: int
    offers_starttls: bool
    demands_starttls: bool
    demands_sign_in: bool


OLD_DOOR = Door(25, offers_starttls=False, demands_starttls=False, demands_sign_in=False)
SUBMISSION_DOOR = Door(587, offers_starttls=True, demands_starttls=True, demands_sign_in=True)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was accepted, and how it came in."""

    port: int
    tls: bool
    signed_in_as: str | None
    sender: str
    recipients: tuple[str, ...]
    text: str


@dataclass
class MailServer:
    """The doors of one provider, open inside a ``with`` block."""

    certificates: Certificates
    username: str
    password: str
    doors: Sequence[Door] = (OLD_DOOR, SUBMISSION_DOOR)
    letters: list[Letter] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """Every command as ``PORT: text``, credentials masked: the first thing to look at."""
    _listeners: list[_Listener] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Open every door, or none."""
        try:
            for door in self.doors:
                self._listeners.append(_listen(self, door))
        except OSError:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close the doors."""
        self.close()

    def close(self) -> None:
        """Stop listening and give the ports back."""
        while self._listeners:
            listener = self._listeners.pop()
            listener.shutdown()
            listener.hang_up()
            listener.server_close()

    def tls_context(self) -> ssl.SSLContext:
        """Make what STARTTLS upgrades to."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.chain_path)
        return context


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, house: MailServer, door: Door) -> None:
        self.house, self.door = house, door
        self.lines: set[socket.socket] = set()
        super().__init__((LOOPBACK, door.port), _Conversation)

    def hang_up(self) -> None:
        """End every conversation; Thunderbird would keep its line for the next letter (5 s)."""
        for line in list(self.lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """Note a broken conversation instead of printing it; the client sees a closed line."""
        self.house.heard.append(f"{self.door.port}: (broken off)")


def _listen(house: MailServer, door: Door) -> _Listener:
    """Open one door; a port below 1024 may be held by a neighbour's test for a while."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            listener = _Listener(house, door)
        except PermissionError as error:
            error.add_note(f"port {door.port} needs root, or net.ipv4.ip_unprivileged_port_start")
            raise
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                error.add_note(f"port {door.port} on {LOOPBACK} is taken")
                raise
            time.sleep(0.1)
        else:
            threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
            return listener


class _Conversation(socketserver.StreamRequestHandler):
    """One client, from greeting to goodbye (RFC 5321, 3207, 4954)."""

    timeout = PATIENCE
    server: _Listener
    connection: socket.socket

    def setup(self) -> None:
        super().setup()
        self.server.lines.add(self.connection)
        self.tls = False
        self.signed_in_as: str | None = None
        self.sender: str | None = None
        self.recipients: list[str] = []

    def handle(self) -> None:
        self._say("220 smtp.exemplo.com.br ESMTP test")
        while True:
            line = self._hear()
            verb, _, rest = line.partition(" ")
            self._note(line)
            if verb.upper() == "QUIT" or not line:
                self._say("221 2.0.0 Bye")
                return
            self._answer(verb.upper(), rest)

    def finish(self) -> None:
        self.server.lines.discard(self.connection)
        super().finish()
        self.connection.close()

    def _answer(self, verb: str, rest: str) -> None:
        door = self.server.door
        if verb in {"EHLO", "HELO"}:
            self._greet()
        elif verb == "STARTTLS" and door.offers_starttls and not self.tls:
            self._start_tls()
        elif verb in {"NOOP", "RSET"}:
            self.sender, self.recipients = None, []
            self._say("250 2.0.0 OK")
        elif door.demands_starttls and not self.tls:
            self._say("530 5.7.0 Must issue a STARTTLS command first")
        elif verb == "AUTH":
            self._sign_in(rest)
        elif door.demands_sign_in and self.signed_in_as is None:
            self._say("530 5.7.0 Authentication required")
        elif verb in {"MAIL", "RCPT", "DATA"}:
            self._take_letter(verb, rest)
        else:
            self._say("502 5.5.1 Command not implemented")

    def _greet(self) -> None:
        words = ["smtp.exemplo.com.br", "8BITMIME", "SIZE 10485760"]
        if self.server.door.offers_starttls and not self.tls:
            words.append("STARTTLS")
        if self.tls or not self.server.door.demands_starttls:
            words.append("AUTH PLAIN LOGIN")
        self._say(*(f"250-{word}" for word in words[:-1]), f"250 {words[-1]}")

    def _start_tls(self) -> None:
        self._say("220 2.0.0 Ready to start TLS")
        self.rfile.close()
        self.wfile.close()
        context = self.server.house.tls_context()
        self.server.lines.discard(self.connection)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.request = self.connection
        self.server.lines.add(self.connection)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.tls = True

    def _sign_in(self, rest: str) -> None:
        mechanism, _, first = rest.partition(" ")
        try:
            if mechanism.upper() == "PLAIN":
                username, password = self._decode(first or self._ask("")).split("\0")[1:]
            elif mechanism.upper() == "LOGIN":
                username = self._decode(first or self._ask("Username:"))
                password = self._decode(self._ask("Password:"))
            else:
                self._say("504 5.5.4 Unrecognised mechanism")
                return
        except (ValueError, binascii.Error):
            self._say("501 5.5.2 Cannot decode")
            return
        if (username, password) == (self.server.house.username, self.server.house.password):
            self.signed_in_as = username
            self._say("235 2.7.0 Accepted")
        else:
            self._say("535 5.7.8 Credentials invalid")

    def _take_letter(self, verb: str, rest: str) -> None:
        address = rest.partition(":")[2].strip().partition(">")[0].lstrip("<")
        if verb == "MAIL":
            self.sender = address
            self._say("250 2.1.0 OK")
        elif verb == "RCPT" and self.sender is not None:
            self.recipients.append(address)
            self._say("250 2.1.5 OK")
        elif verb == "DATA" and self.sender is not None and self.recipients:
            self._say("354 End with a dot")
            self._keep(self.sender, self._hear_text())
            self._say("250 2.0.0 Taken")
        else:
            self._say("503 5.5.1 Bad sequence of commands")

    def _keep(self, sender: str, text: str) -> None:
        to = tuple(self.recipients)
        port = self.server.door.port
        self.server.house.letters.append(
            Letter(port, self.tls, self.signed_in_as, sender, to, text)
        )
        self.sender, self.recipients = None, []

    def _hear_text(self) -> str:
        lines: list[str] = []
        while (line := self.rfile.readline().decode("latin-1")) not in {".\r\n", ""}:
            lines.append(line.removeprefix("."))
        return "".join(lines)

    def _ask(self, question: str) -> str:
        self._say(f"334 {base64.b64encode(question.encode()).decode()}")
        return self._hear()

    @staticmethod
    def _decode(text: str) -> str:
        return base64.b64decode(text, validate=True).decode()

    def _hear(self) -> str:
        return self.rfile.readline(4096).decode("latin-1").rstrip("\r\n")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        self.wfile.flush()

    def _note(self, line: str) -> None:
        shown = " ".join([*line.split()[:2], "***"]) if line.upper().startswith("AUTH") else line
        self.server.house.heard.append(f"{self.server.door.port}: {shown or '(closed)'}")
