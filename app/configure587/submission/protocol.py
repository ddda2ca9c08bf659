"""An SMTP client that only thinks: bytes in, events out. No socket, no clock, no TLS.

It trusts nothing that was said before TLS, and nothing may lie between "220" and the handshake:
whoever could put bytes there would speak with the server's voice (USENIX Security 2021, "Why TLS
is better without STARTTLS"). One object is one conversation.
"""

from __future__ import annotations

import base64
from typing import NamedTuple, TypeAlias

from configure587.model import Security
from configure587.seen import End, Step, mechanisms
from configure587.submission.replies import Garbled, Replies, Reply

COMMAND_LIMIT = 510  # bytes without CRLF; RFC 4954, section 4: beyond it, wait for "334"

_WITHOUT_TLS = frozenset(End) - {End.TAMPERED, End.CANCELLED}

PLAIN_NAME = "localhost.localdomain"  # for servers that do not take an address literal


class Say(NamedTuple):
    """Send these bytes. They may hold a password, so nobody gets to see them."""

    data: bytes

    def __repr__(self) -> str:
        """Tell no more than how long it is."""
        return f"Say({len(self.data)} bytes)"


class Upgrade(NamedTuple):
    """Begin TLS: ask `may_upgrade` at the last moment, then shake hands, then call `upgraded`."""


class Ended(NamedTuple):
    """The conversation is over; no other event follows."""

    end: End
    code: int = 0
    said: str = ""


Event: TypeAlias = Say | Upgrade | Ended


class Conversation:
    """One look at one door, from the greeting to QUIT; feed it, and do as its events say.

    `step`, `banner`, `before` and `after` are what was learnt so far; `banner` and `before` are
    kept for a person to see, and decide nothing once TLS has begun. With Security.NONE it ends
    after the first EHLO; if STARTTLS is offered there it asks for TLS, for the certificate's sake,
    and nothing is said inside. OPPORTUNISTIC is taken for STARTTLS: there is no "if available".
    """

    def __init__(self, security: Security, literal: str) -> None:
        """`literal` is the address literal that we call ourselves by, such as [127.0.0.1]."""
        self.step = Step.HANDSHAKE if security is Security.TLS else Step.GREETING
        self.banner = ""
        self.before: tuple[str, ...] = ()
        self.after: tuple[str, ...] = ()
        self.ended: Ended | None = None
        self.awaits_farewell = False
        self._security = security
        self._names = [PLAIN_NAME, literal]
        self._replies = Replies()
        self._heard = False
        self._protected = False
        self._upgrading = security is Security.TLS
        self._sign_in: tuple[str, str] | None = None
        self._answers: list[bytes] = []

    def sign_in(self, user: str, password: str) -> None:
        """Also sign in, once, after the EHLO inside TLS; to be asked for before anything else."""
        if self._security is Security.NONE:
            raise ValueError("no password goes through a door without TLS")
        if "\0" in user + password:
            raise ValueError("no user name and no password can hold a NUL (RFC 4616)")
        self._sign_in = user, password

    def begin(self) -> list[Event]:
        """What to do before anything came."""
        return [Upgrade()] if self._upgrading else []

    def feed(self, data: bytes) -> list[Event]:
        """What follows from these bytes; however they are cut, the events are the same."""
        self._heard = self._heard or bool(data)
        self._replies.add(data)
        events: list[Event] = []
        while self.ended is None:
            if self._upgrading:
                return events + (self._tampered() if self._replies.rest else [])
            try:
                reply = self._replies.next()
            except Garbled as trouble:
                return events + self._garbled(trouble.line)
            if reply is None:
                return events
            events += self._answer(reply)
        return events

    def may_upgrade(self, *, readable: bool) -> list[Event]:
        """Ask this last before the handshake: nothing, or the end.

        `readable` says whether the connection holds bytes that nobody has fed yet. Where TLS comes
        first, such bytes are only the wrong protocol, and the handshake will show it.
        """
        if self.ended is not None:
            return [self.ended]
        if self._security is not Security.TLS and (readable or self._replies.rest):
            return self._tampered()
        self.step = Step.HANDSHAKE
        return []

    def upgraded(self) -> list[Event]:
        """TLS is on: everything learnt is thrown away, and EHLO comes again (RFC 3207, 4.2)."""
        if self.step is not Step.HANDSHAKE:
            raise ValueError("nobody asked whether TLS may begin")
        self._replies.forget()
        self._heard, self._protected, self._upgrading = False, True, False
        if self._security is Security.NONE:
            return self._finish(End.COMPLETE, quit_too=False)
        if self._security is Security.TLS:
            self.step = Step.GREETING
            return []
        return self._hello()

    def stop(self, end: End, said: str = "") -> list[Event]:
        """The connection is no more, or time is up, or the handshake failed: what that means.

        `said` is what came instead of the handshake.
        """
        if self.ended is not None:
            return []
        rest = self._replies.rest
        if self.step is Step.GREETING and rest and not rest[:3].isdigit():
            return self._garbled(rest)  # noise without an end of line
        if end is End.SLOW and self.step is Step.GREETING and not self._heard:
            end = End.SILENT
        return self._finish(end, Reply(0, (said,)), quit_too=False)

    def _answer(self, reply: Reply) -> list[Event]:
        answers = {
            Step.GREETING: self._greeting,
            Step.EHLO: self._ehlo,
            Step.STARTTLS: self._starttls,
            Step.PROTECTED_EHLO: self._ehlo,
            Step.SIGN_IN: self._signing_in,
        }
        return answers[self.step](reply)

    def _hello(self) -> list[Event]:
        self.step = Step.PROTECTED_EHLO if self._protected else Step.EHLO
        return [Say(f"EHLO {self._names[-1]}\r\n".encode("ascii"))]

    def _greeting(self, reply: Reply) -> list[Event]:
        self.banner = reply.said
        if reply.code == 220:
            return self._hello()
        return self._refused(reply, End.BUSY, End.REJECTED, otherwise=End.NOT_SMTP)

    def _ehlo(self, reply: Reply) -> list[Event]:
        if reply.code in {501, 550} and len(self._names) > 1:
            self._names.pop()
            return self._hello()
        if reply.code in {500, 502} and not self._protected:  # it knows HELO only
            return self._finish(End.NO_STARTTLS, reply)
        if reply.code != 250:
            return self._refused(reply, End.BUSY, End.REJECTED)
        if self._protected:
            self.after = reply.lines
            return self._inside()
        self.before = reply.lines
        return self._outside()

    def _outside(self) -> list[Event]:
        words = [line.upper().split()[:1] for line in self.before[1:]]  # the first line is a name
        if ["STARTTLS"] in words:
            self.step = Step.STARTTLS
            return [Say(b"STARTTLS\r\n")]
        if self._security is Security.NONE:
            return self._finish(End.COMPLETE)
        self.step = Step.STARTTLS
        return self._finish(End.NO_STARTTLS)

    def _starttls(self, reply: Reply) -> list[Event]:
        if reply.code == 220:
            self._upgrading = True
            return [Upgrade()]
        return self._refused(reply, End.STARTTLS_LATER, End.STARTTLS_REFUSED)

    def _inside(self) -> list[Event]:
        if self._sign_in is None:
            return self._finish(End.COMPLETE)
        self.step = Step.SIGN_IN
        command, self._answers = _credentials(mechanisms(self.after), *self._sign_in)
        self._sign_in = None
        return [Say(command)] if command else self._finish(End.NO_SIGN_IN)

    def _signing_in(self, reply: Reply) -> list[Event]:
        if reply.code == 334 and self._answers:
            return [Say(self._answers.pop(0))]
        if reply.code == 235:
            return self._finish(End.COMPLETE, reply)
        return self._refused(reply, End.SIGN_IN_LATER, End.SIGN_IN_REFUSED)

    def _refused(
        self, reply: Reply, later: End, never: End, otherwise: End = End.GARBLED
    ) -> list[Event]:
        """End by the first digit of a code that was not the one hoped for."""
        end = {4: later, 5: never}.get(reply.code // 100, otherwise)
        return self._finish(end, reply, quit_too=end is not otherwise)

    def _garbled(self, line: bytes) -> list[Event]:
        noise = self.step is Step.GREETING and not line[:3].isdigit()
        said = Reply(0, (line.strip().decode("utf-8", "replace"),))
        return self._finish(End.NOT_SMTP if noise else End.GARBLED, said, quit_too=False)

    def _tampered(self) -> list[Event]:
        return self._finish(End.TAMPERED, quit_too=False)

    def _finish(
        self, end: End, reply: Reply | None = None, *, quit_too: bool = True
    ) -> list[Event]:
        """End; a server that kept to the rules is told so (RFC 5321, section 4.1.1.10)."""
        beyond = self.step in {Step.STARTTLS, Step.HANDSHAKE} and end in _WITHOUT_TLS
        if self._security is Security.NONE and beyond:
            end = End.COMPLETE  # of an unprotected door nothing more was asked
        if end is End.COMPLETE and self.step is not Step.SIGN_IN:
            self.step = Step.DONE
        self.ended = Ended(end, reply.code, reply.said) if reply else Ended(end)
        self.awaits_farewell = quit_too
        self._sign_in, self._answers = None, []
        return [Say(b"QUIT\r\n"), self.ended] if quit_too else [self.ended]


def _credentials(offered: tuple[str, ...], user: str, password: str) -> tuple[bytes, list[bytes]]:
    """The command that signs in by the one way chosen, and what "334" is answered with."""
    if "PLAIN" in offered:  # RFC 4616
        token = _base64(f"\0{user}\0{password}")
        if len(b"AUTH PLAIN " + token) <= COMMAND_LIMIT:
            return b"AUTH PLAIN " + token + b"\r\n", []
        return b"AUTH PLAIN\r\n", [token + b"\r\n"]
    if "LOGIN" in offered:
        return b"AUTH LOGIN\r\n", [_base64(user) + b"\r\n", _base64(password) + b"\r\n"]
    return b"", []


def _base64(text: str) -> bytes:
    return base64.b64encode(text.encode())
