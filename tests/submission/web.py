"""Web servers and name servers on loopback, friendly and hostile, open inside a ``with`` block."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import dns.message
import dns.rcode
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Zone = Mapping[tuple[str, str], Sequence[str]]


class Quiet(ThreadingHTTPServer):
    """A server that does not complain of clients that hang up."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Keep quiet."""


class Visitor(BaseHTTPRequestHandler):
    """One request to a server that may answer as it likes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """See BaseHTTPRequestHandler."""
        self.visit()

    def visit(self) -> None:
        """Answer as the path says; without a word, nobody is at home."""
        self.answer(404)

    def answer(self, code: int, body: bytes = b"", location: str | None = None) -> None:
        """One whole answer."""
        self.send_response(code)
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def site(
    handler: type[Visitor], pem: str = "", address: str = "127.0.0.1", port: int = 0
) -> Iterator[int]:
    """Give the port of a web server; with a certificate and its key, one that speaks TLS."""
    with Quiet((address, port), handler) as server:
        if pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def name_server(zone: Zone) -> Iterator[tuple[str, int]]:
    """Give the address of a name server that knows this zone; "silent.example." gets no answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(door, zone))
        thread.start()
        try:
            yield door.getsockname()
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", door.getsockname())
            thread.join()


def _serve(door: socket.socket, zone: Zone) -> None:
    """Answer from the zone until an empty question comes."""
    while True:
        data, client = door.recvfrom(4096)
        if not data:
            return
        query = dns.message.from_wire(data)
        [question] = query.question
        name, kind = question.name.to_text(), question.rdtype.name
        if name == "silent.example.":
            continue
        answer = dns.message.make_response(query)
        records = zone.get((name, kind))
        if records is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, records))
        door.sendto(answer.to_wire(), client)
