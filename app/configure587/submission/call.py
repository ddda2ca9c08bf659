"""One conversation on one connection: what protocol.py asks for is done, each part in its time."""

from __future__ import annotations

import contextlib
import ssl
from typing import TYPE_CHECKING

from configure587.errors import Cancelled
from configure587.seen import End, Step
from configure587.submission import certificates, der
from configure587.submission.line import Line, NotTls
from configure587.submission.patience import TimeUp
from configure587.submission.protocol import Conversation, Say, Upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configure587.seen import Certificate, CertificateTrouble, Door
    from configure587.submission.connecting import Connected
    from configure587.submission.patience import Patience
    from configure587.submission.protocol import Event

_LOCAL = {"AF_INET": "[127.0.0.1]", "AF_INET6": "[IPv6:::1]"}


class Call:
    """A conversation, and what its handshake has shown: the version, the certificate, trouble."""

    def __init__(self, connected: Connected, door: Door, patience: Patience) -> None:
        """`door.host` is who the server has to be, in A-labels."""
        self.connected = connected
        self.tls = ""
        self.certificate: Certificate | None = None
        self.trouble: CertificateTrouble | None = None
        # Our name is an address literal of the connection's family; it tells nothing of this
        # computer, whose own name is often a person's (RFC 5321, section 4.1.3).
        self.talk = Conversation(door.security, _LOCAL[connected.socket.family.name])
        self._host = door.host
        self._patience = patience
        self._line = Line(connected.socket, patience)

    def run(self, trust: Callable[[], ssl.SSLContext], *, only_handshake: bool = False) -> None:
        """Hold it to its end and hang up; after `only_handshake` nothing is said inside TLS.

        `trust` is asked for when it comes to that, for reading a list takes long.
        """
        try:
            self._hold(trust, only_handshake=only_handshake)
        finally:
            self._line.close()
            ended = self.talk.ended
            self.connected.entry.close(ended.end.value if ended else End.BROKEN.value)

    def _hold(self, trust: Callable[[], ssl.SSLContext], *, only_handshake: bool) -> None:
        try:
            self._converse(trust, only_handshake=only_handshake)
        except TimeUp:
            self.talk.stop(End.SLOW if self._line.heard else End.SILENT)
        except Cancelled:
            self.talk.stop(End.CANCELLED)
        except NotTls as answer:
            self.talk.stop(End.NOT_TLS, _first_line(answer.data))
        except ssl.SSLError as error:
            self._fail(error)
        except OSError:
            self.talk.stop(End.BROKEN)

    def _fail(self, error: ssl.SSLError) -> None:
        if self.talk.step is not Step.HANDSHAKE:
            self.talk.stop(End.BROKEN)
            return
        failure = certificates.failure(error)
        self.trouble = failure.trouble
        self.talk.stop(failure.end)

    def _converse(self, trust: Callable[[], ssl.SSLContext], *, only_handshake: bool) -> None:
        events = self.talk.begin()
        until = self._limit()
        while True:
            if self._do(events):
                until = self._limit()
            if self.talk.ended is not None:
                return self._take_leave()
            if Upgrade() in events:
                events = self._upgrade(trust, only_handshake=only_handshake)
                until = self._limit()
            else:
                data = self._line.receive(until)
                events = self.talk.feed(data) if data else self.talk.stop(End.BROKEN)

    def _do(self, events: Sequence[Event]) -> bool:
        """Send what is to be sent; whether something was."""
        texts = [event.data for event in events if isinstance(event, Say)]
        for text in texts:
            self._line.send(text, self._limit())
        return bool(texts)

    def _upgrade(self, trust: Callable[[], ssl.SSLContext], *, only_handshake: bool) -> list[Event]:
        """Shake hands, if nothing speaks against it."""
        self._line.prepare(trust(), self._host)
        events = self.talk.may_upgrade(readable=self._line.readable())
        if events:
            return events
        self.tls, data = self._line.shake_hands(self._limit())
        self.certificate = der.certificate(data)
        return self.talk.stop(End.COMPLETE) if only_handshake else self.talk.upgraded()

    def _limit(self) -> float:
        limits = self._patience.limits
        special = {
            Step.GREETING: limits.greeting,
            Step.HANDSHAKE: limits.handshake,
            Step.SIGN_IN: limits.sign_in,
        }
        return self._patience.until(special.get(self.talk.step, limits.reply))

    def _take_leave(self) -> None:
        """Wait a moment for the answer to QUIT; that none comes is no error."""
        if not self.talk.awaits_farewell:
            return
        until = self._patience.until(self._patience.limits.farewell)
        with contextlib.suppress(TimeUp, Cancelled, OSError):
            self._line.receive(until)


def _first_line(data: bytes) -> str:
    return data.partition(b"\n")[0].decode("utf-8", "replace").strip()
