"""The network as discovery may use it: files over https, and DNS. Only when it is switched on.

Straight to the provider: the proxies of a computer are for the web, the servers that are looked for
would not be reached through them either. docs/providers.md has the whole decision.
"""

from __future__ import annotations

import http.client
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from configure587 import __version__
from configure587.errors import Cancelled
from configure587.submission import connecting
from configure587.submission.autoconfig import LIMIT
from configure587.submission.certificates import Trust
from configure587.submission.ledger import Ledger
from configure587.submission.line import Line, NotTls
from configure587.submission.names import ascii_name
from configure587.submission.patience import Limits, Patience, TimeUp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import dns.resolver

    from configure587.submission.connecting import Connected

PATIENCE = Limits(total=8.0)  # for one file with all its redirects, and for one question to DNS
_REDIRECTS = 3
_AGAIN = {301, 302, 303, 307, 308}
_PORT = 443


class RealOnline:
    """seams.Online on the real network; each call raises OSError or Cancelled, and nothing else."""

    def __init__(  # noqa: PLR0913 - each is a seam
        self,
        ledger: Ledger | None = None,
        trust: Trust | None = None,
        *,
        resolve: Callable[[str], Sequence[str]] = connecting.resolve,
        nameserver: tuple[str, int] | None = None,
        limits: Limits = PATIENCE,
        stopped: Callable[[], bool] = lambda: False,
        redirects: int = _REDIRECTS,
        why: str = "autoconfig",
    ) -> None:
        """`nameserver` is asked instead of the system's; the rest is as SocketNetwork has it.

        So many `redirects` are followed; `why` is what the ledger says of a fetched file.
        """
        self._ledger, self._trust = ledger or Ledger(), trust or Trust()
        self._resolve, self._nameserver = resolve, nameserver
        self._limits, self._stopped = limits, stopped
        self._redirects, self._why = redirects, why

    def fetch(self, url: str) -> bytes:
        """See Online.fetch."""
        patience = Patience(self._limits, self._stopped)
        for _ in range(self._redirects + 1):
            found = self._ask(url, patience)
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

    def _ask(self, url: str, patience: Patience) -> bytes | str:
        """The file at an address, or the address to which it has moved."""
        host, port, path = _parts(url)
        connected = self._connected(host, port, patience)
        line, outcome = Line(connected.socket, patience), "failed"
        until = patience.until(patience.limits.total)
        try:
            line.prepare(self._trust.system(), host)
            line.shake_hands(patience.until(patience.limits.handshake))
            answer = _answer(_Door(line, until), host, port, path)
            outcome = str(answer.status)
            if answer.status in _AGAIN:
                return answer.getheader("Location") or ""
            return _file(answer)
        except OSError:  # among them a bad certificate, which is a ValueError as well
            raise
        except Cancelled:
            outcome = "cancelled"
            raise
        except TimeUp:
            outcome = "timeout"
            raise TimeoutError("time is up") from None
        except (http.client.HTTPException, NotTls, ValueError) as error:
            raise OSError(f"not HTTP: {type(error).__name__}") from error
        finally:
            line.close()
            connected.entry.close(outcome)

    def _connected(self, host: str, port: int, patience: Patience) -> Connected:
        """A connection to the host, noted in the ledger with every attempt."""
        try:
            found = connecting.addresses(host, self._resolve, patience)
            return connecting.connect(
                found,
                port,
                patience,
                lambda address: self._ledger.open(host, address, port, self._why),
            )
        except connecting.NoWay as trouble:
            raise OSError(f"no connection: {trouble.end.value}") from trouble

    def _look_up(self, name: str, kind: str) -> list[Any]:
        """What DNS answers, in time."""
        import dns.exception

        def ask() -> list[Any]:
            try:
                return list(resolver.resolve(name, kind, lifetime=seconds, search=False))
            except dns.exception.DNSException as error:
                raise OSError(f"DNS: {type(error).__name__}") from error

        patience, seconds = Patience(self._limits, self._stopped), self._limits.total
        resolver = self._resolver()
        server = str(next(iter(resolver.nameservers), ""))
        entry, outcome = self._ledger.open("DNS", server, resolver.port, f"{kind} {name}"), "failed"
        try:
            found = patience.answer(ask, patience.until(seconds))
            outcome = "answered"
        except TimeUp:
            raise TimeoutError("DNS: time is up") from None
        finally:
            entry.close(outcome)
        return found

    def _resolver(self) -> dns.resolver.Resolver:
        import dns.exception
        import dns.resolver

        if self._nameserver is not None:
            found = dns.resolver.Resolver(configure=False)
            found.nameservers, found.port = [self._nameserver[0]], self._nameserver[1]
            return found
        try:
            return dns.resolver.Resolver()
        except dns.exception.DNSException as error:  # a system that names nobody to ask
            raise OSError(f"DNS: {type(error).__name__}") from error


def _parts(url: str) -> tuple[str, int, str]:
    """Host, port and path of an https address; OSError for any other."""
    try:
        parts = urlsplit(url)
        host, port = ascii_name(parts.hostname or ""), parts.port or _PORT
    except ValueError as error:
        raise OSError("not an address") from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme != "https" or not f"{parts.netloc}{path}".isascii():
        raise OSError("not an https address")
    return host, port, path


def _moved(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise OSError("not an address") from error


class _Door:
    """A protected line as http.client wants it; no wait outlasts the end of the whole."""

    def __init__(self, line: Line, until: float) -> None:
        self._line, self._until = line, until

    def sendall(self, data: bytes) -> None:
        """Send, in time."""
        self._line.send(data, self._until)

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """What http.client reads from."""
        return io.BufferedReader(_Reader(self._line, self._until))

    def close(self) -> None:
        """For http.client; the line is closed by whoever opened it."""


class _Reader(io.RawIOBase):
    """The bytes that a line brings, in time."""

    def __init__(self, line: Line, until: float) -> None:
        self._line, self._until = line, until
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer
        data = self._rest or self._line.receive(self._until)
        taken = data[: len(buffer)]
        self._rest = data[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _answer(door: _Door, host: str, port: int, path: str) -> http.client.HTTPResponse:
    """The head of the answer to one GET."""
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
