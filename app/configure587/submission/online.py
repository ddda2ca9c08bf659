"""The network as discovery may use it: files over https, and DNS. Only when it is switched on."""

from __future__ import annotations

import datetime as dt
import http.client
import io
import queue
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from configure587 import __version__
from configure587.seen import Connection
from configure587.submission.autoconfig import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import dns.rdata
    import dns.resolver

SECONDS = 8.0  # for one file with all its redirects, and for one question to DNS
_REDIRECTS = 3
_AGAIN = {301, 302, 303, 307, 308}
_PORT = 443


class RealOnline:
    """discovery.Online on the real network; each call raises OSError and nothing else."""

    def __init__(
        self,
        tell: Callable[[Connection], None] = lambda _: None,
        context: ssl.SSLContext | None = None,
        resolver: dns.resolver.Resolver | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """`tell` is called for each connection (the ledger); the rest is as the system has it."""
        self._tell, self._seconds = tell, seconds
        self._context, self._resolver = context, resolver

    def fetch(self, url: str) -> bytes:
        """See Online.fetch."""
        deadline = time.monotonic() + self._seconds
        for _ in range(_REDIRECTS + 1):
            found = self._ask(url, deadline)
            if isinstance(found, bytes):
                return found
            url = _moved(url, found)
        raise OSError("redirected too often")

    def mx(self, domain: str) -> Sequence[str]:
        """See Online.mx; a null MX (RFC 7505) is nobody."""
        found = self._look_up(domain, "MX")
        pairs = sorted((each.preference, each.exchange.to_text()) for each in found)
        return [name for _, name in pairs if name != "."]

    def srv(self, name: str) -> Sequence[tuple[str, int]]:
        """See Online.srv; the target "." means that the service is not offered (RFC 2782)."""
        found = self._look_up(name, "SRV")
        best = sorted(
            (each.priority, -each.weight, each.target.to_text(), each.port) for each in found
        )
        return [(target, port) for _, _, target, port in best if target != "."]

    def _ask(self, url: str, deadline: float) -> bytes | str:
        """The file at an address, or the address to which it has moved."""
        parts = _parts(url)
        outcome = "failed"
        peer = ""
        try:
            with _connected(parts, self._trust(), deadline) as door:
                peer = door.peer
                answer = _answer(door, parts)
                outcome = str(answer.status)
                if answer.status in _AGAIN:
                    return answer.getheader("Location") or ""
                return _file(answer)
        except OSError:  # among them a bad certificate, which is a ValueError as well
            raise
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"not HTTP: {type(error).__name__}") from error
        finally:
            self._told(parts[0], peer, parts[1], "autoconfig", outcome)

    def _trust(self) -> ssl.SSLContext:
        if self._context is None:
            import truststore

            self._context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._context

    def _look_up(self, name: str, kind: str) -> list[Any]:
        import dns.exception
        import dns.resolver

        outcome = "failed"
        try:
            resolver = self._resolver or dns.resolver.Resolver()
            found = list(resolver.resolve(name, kind, lifetime=self._seconds, search=False))
            outcome = "answered"
        except dns.exception.DNSException as error:
            raise OSError(f"DNS: {type(error).__name__}") from error
        finally:
            self._told("DNS", "", 53, f"{kind} {name}", outcome)
        return found

    def _told(self, host: str, address: str, port: int, why: str, outcome: str) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._tell(Connection(now, host, address, port, why, outcome))


def _parts(url: str) -> tuple[str, int, str]:
    """Host, port and path of an https address; OSError for any other."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORT
    except ValueError as error:
        raise OSError("not an address") from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme != "https" or not host or not f"{host}{path}".isascii():
        raise OSError("not an https address")
    return host, port, path


def _moved(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise OSError("not an address") from error


class _Door:
    """A TLS connection on which no single wait outlasts the deadline of the whole."""

    def __init__(self, sock: ssl.SSLSocket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline
        self.peer = str(sock.getpeername()[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def sendall(self, data: bytes) -> None:
        """Send, in time."""
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """What http.client reads from."""
        return io.BufferedReader(_Reader(self._sock, self._deadline))

    def close(self) -> None:
        """For http.client; the connection is closed by whoever opened it."""


class _Reader(io.RawIOBase):
    """Bytes of a connection, each wait for some cut to what is left until the deadline."""

    def __init__(self, sock: ssl.SSLSocket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv_into(buffer)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("time is up")
    return left


def _connected(parts: tuple[str, int, str], trust: ssl.SSLContext, deadline: float) -> _Door:
    """A connection whose certificate is valid for the host."""
    host, port, _ = parts
    trouble: OSError = OSError("no address")
    for family, address in _addresses(host, port, deadline):
        try:
            return _opened(family, address, host, trust, deadline)
        except OSError as error:
            trouble = error
    raise trouble


def _opened(
    family: int,
    address: tuple[Any, ...],
    host: str,
    trust: ssl.SSLContext,
    deadline: float,
) -> _Door:
    raw = socket.socket(family, socket.SOCK_STREAM)
    try:
        raw.settimeout(_left(deadline))
        raw.connect(address)
        raw.settimeout(_left(deadline))
        return _Door(trust.wrap_socket(raw, server_hostname=host), deadline)
    except (OSError, ValueError):  # ValueError: a name that TLS cannot carry
        raw.close()
        raise


def _addresses(host: str, port: int, deadline: float) -> list[tuple[int, tuple[Any, ...]]]:
    """What the system says; its own patience is longer than ours, so it is asked in a thread."""
    answers: queue.SimpleQueue[list[tuple[int, tuple[Any, ...]]] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([(each[0], each[4]) for each in found])
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError("no name"))

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=_left(deadline))
    except queue.Empty as error:
        raise TimeoutError("time is up") from error
    if isinstance(found, OSError):
        raise found
    return found


def _answer(door: _Door, parts: tuple[str, int, str]) -> http.client.HTTPResponse:
    """The head of the answer to one GET."""
    host, port, path = parts
    connection = http.client.HTTPConnection(host, port)  # the TLS is in the door
    connection.default_port = _PORT
    connection.sock = door
    headers = {"Accept-Encoding": "identity", "User-Agent": f"configure587/{__version__}"}
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def _file(answer: http.client.HTTPResponse) -> bytes:
    """The file in an answer; OSError without one."""
    if answer.status != http.client.OK:
        raise OSError(f"answered {answer.status}")
    data = answer.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise OSError("too large")
    return data
