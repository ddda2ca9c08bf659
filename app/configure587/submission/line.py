"""One connection to a server: bytes with deadlines, in the clear and then inside TLS.

TLS is done in memory (ssl.MemoryBIO), so that every byte passes through here: what stands between
"220" and the handshake can be seen, no library waits on its own, and no lock is held meanwhile.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from configure587.submission.patience import Patience

_PIECE = 16 * 1024
_RECORD_TYPES = (0x15, 0x16)  # alert, handshake: all that may begin TLS (RFC 8446, section 5.1)


class NotTls(Exception):
    """The handshake was answered by something else."""

    def __init__(self, data: bytes) -> None:
        """`data` is how that began."""
        super().__init__()
        self.data = data


class Line:
    """A connected socket. Its methods may raise TimeUp, Cancelled and OSError."""

    def __init__(self, connected: socket.socket, patience: Patience) -> None:
        """Take over a connected socket that does not block."""
        self._socket = connected
        self._patience = patience
        self._selector = selectors.DefaultSelector()
        self._selector.register(connected, selectors.EVENT_READ)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        self._protected = False
        self.heard = False  # whether the server has sent anything at all

    def close(self) -> None:
        """Hang up; the server is told, if it takes no waiting."""
        with contextlib.suppress(OSError):
            if self._tls is not None and self._protected:
                with contextlib.suppress(ssl.SSLWantReadError):
                    self._tls.unwrap()
                self._socket.send(self._outgoing.read())
        self._selector.close()
        self._socket.close()

    def readable(self) -> bool:
        """Whether bytes have come that nobody has read; the end of the connection is none."""
        try:
            return bool(self._socket.recv(1, socket.MSG_PEEK))
        except OSError:  # nothing is there, or the connection is broken
            return False

    def send(self, data: bytes, until: float) -> None:
        """Send all of it."""
        if self._tls is not None:
            self._tls.write(data)
            data = self._outgoing.read()
        self._send(data, until)

    def receive(self, until: float) -> bytes:
        """What came next; nothing at the end of the connection."""
        if self._tls is None:
            return self._receive(until)
        while True:
            try:
                return self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                self._send(self._outgoing.read(), until)
                data = self._receive(until)
                if not data:
                    return b""
                self._incoming.write(data)
            except ssl.SSLZeroReturnError:
                return b""

    def prepare(self, context: ssl.SSLContext, name: str) -> None:
        """Make ready for TLS, so that between a last look at the line and the handshake is nothing.

        `name` is who the server has to be.
        """
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.do_handshake()

    def shake_hands(self, until: float) -> tuple[str, bytes]:
        """Begin TLS: its version, and the certificate; also raises NotTls and ssl.SSLError."""
        assert self._tls is not None
        opening = b""
        while not self._protected:
            self._send(self._outgoing.read(), until)
            data = self._receive(until)
            if not data:
                raise ConnectionResetError
            opening = opening or data
            if not _is_tls(opening):
                raise NotTls(opening)
            self._incoming.write(data)
            self._protected = self._go_on(until)
        return self._tls.version() or "", self._tls.getpeercert(binary_form=True) or b""

    def _go_on(self, until: float) -> bool:
        """Whether the handshake is done; the server learns of a failure too."""
        assert self._tls is not None
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        finally:
            self._send(self._outgoing.read(), until)
        return True

    def _send(self, data: bytes, until: float) -> None:
        while data:
            try:
                data = data[self._socket.send(data) :]
            except BlockingIOError:
                self._selector.modify(self._socket, selectors.EVENT_WRITE)
                self._patience.wait(self._selector, until)
                self._selector.modify(self._socket, selectors.EVENT_READ)

    def _receive(self, until: float) -> bytes:
        while True:
            self._patience.wait(self._selector, until)
            with contextlib.suppress(BlockingIOError):
                data = self._socket.recv(_PIECE)
                self.heard = self.heard or bool(data)
                return data


def _is_tls(opening: bytes) -> bool:
    return opening[0] in _RECORD_TYPES and opening[1:2] in {b"", b"\x03"}
