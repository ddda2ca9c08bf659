"""The real network, played by servers on this machine: https and DNS, friendly and hostile."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from configure587.submission import autoconfig
from configure587.submission.online import RealOnline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from configure587.seen import Connection

SECONDS = 1.0  # for a server that has to be left in time


class Handler(BaseHTTPRequestHandler):
    """A web server with one page of each kind."""

    protocol_version = "HTTP/1.1"
    ended: ClassVar[threading.Event]

    def do_GET(self) -> None:
        """Answer as the path says."""
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "move":
            self.answer(302, location=f"/{rest}")
        elif kind == "insecure":
            host = self.headers["Host"]
            self.answer(301, location=f"http://{host}/good")
        elif kind == "nowhere":
            self.answer(302)
        elif kind == "odd":
            self.answer(302, location="https://[bad/")
        elif kind == "large":
            self.answer(200, b"x" * int(rest))
        elif kind == "missing":
            self.answer(404, b"not here")
        elif kind == "drip":
            self.drip()
        else:
            self.answer(200, b"good")

    def answer(self, code: int, body: bytes = b"", location: str | None = None) -> None:
        """One whole answer."""
        self.send_response(code)
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """A byte of a header now and then, for ever."""
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not type(self).ended.wait(0.05):
                self.wfile.write(b"x")
                self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Quiet(ThreadingHTTPServer):
    """A server that does not complain of clients that hang up."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Keep quiet."""


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate that signs itself, for localhost by name only, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Give a certificate and its key."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def site(pem: tuple[str, str]) -> Iterator[str]:
    """Give the address of a web server on this machine."""

    class OneHandler(Handler):
        ended = threading.Event()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pem)
    with Quiet(("127.0.0.1", 0), OneHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"https://localhost:{server.server_address[1]}"
        OneHandler.ended.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def ledger() -> list[Connection]:
    """Give the connections that were told."""
    return []


@pytest.fixture
def online(pem: tuple[str, str], ledger: list[Connection]) -> RealOnline:
    """Give the network to somebody who trusts the certificate of the site."""
    return RealOnline(ledger.append, ssl.create_default_context(cafile=pem[0]), seconds=30)


@pytest.fixture
def hurried(pem: tuple[str, str]) -> RealOnline:
    """Give the network to somebody who does not wait long."""
    return RealOnline(context=ssl.create_default_context(cafile=pem[0]), seconds=SECONDS)


def test_a_file_is_fetched_and_the_connection_told(
    site: str, online: RealOnline, ledger: list[Connection]
) -> None:
    assert online.fetch(f"{site}/good") == b"good"
    [told] = ledger
    assert (told.host, told.why, told.outcome) == ("localhost", "autoconfig", "200")
    assert ipaddress.ip_address(told.address).is_loopback
    assert dt.datetime.fromisoformat(told.at).tzinfo is not None


def test_three_redirects_are_followed_and_a_fourth_is_not(site: str, online: RealOnline) -> None:
    assert online.fetch(f"{site}/move/move/move/good") == b"good"
    with pytest.raises(OSError, match="redirected too often"):
        online.fetch(f"{site}/move/move/move/move/good")


@pytest.mark.parametrize("path", ["insecure", "nowhere", "odd", "move/insecure", "missing"])
def test_other_answers_are_no_file(
    site: str, online: RealOnline, path: str, ledger: list[Connection]
) -> None:
    with pytest.raises(OSError, match=r"https|address|answered|too often"):
        online.fetch(f"{site}/{path}")
    assert all(told.port != 80 for told in ledger)


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(site: str, online: RealOnline) -> None:
    assert len(online.fetch(f"{site}/large/{autoconfig.LIMIT}")) == autoconfig.LIMIT
    with pytest.raises(OSError, match="too large"):
        online.fetch(f"{site}/large/{autoconfig.LIMIT + 1}")


def test_a_certificate_that_nobody_vouches_for_is_refused(site: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        RealOnline(context=ssl.create_default_context()).fetch(f"{site}/good")


def test_a_certificate_for_another_name_is_refused(site: str, online: RealOnline) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        online.fetch(site.replace("localhost", "127.0.0.1") + "/good")


def test_what_the_system_trusts_is_trusted_unless_told_otherwise(site: str) -> None:
    with pytest.raises(ssl.SSLError):
        RealOnline().fetch(f"{site}/good")


def test_a_server_that_drips_is_left_in_time(site: str, hurried: RealOnline) -> None:
    begun = time.monotonic()
    with pytest.raises(OSError, match=r"time|timed"):
        hurried.fetch(f"{site}/drip")
    assert time.monotonic() - begun < SECONDS * 10


def test_a_server_that_says_nothing_is_left_in_time(hurried: RealOnline) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"time|timed"):
            hurried.fetch(f"https://localhost:{silent.getsockname()[1]}/")
        assert time.monotonic() - begun < SECONDS * 10


def test_noise_is_no_answer(online: RealOnline, ledger: list[Connection]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as noisy:

        def talk() -> None:
            door, _ = noisy.accept()
            with door:
                door.sendall(b"220 smtp.example.com ESMTP\r\n")
                door.recv(10_000)

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(ssl.SSLError):
            online.fetch(f"https://localhost:{noisy.getsockname()[1]}/")
        thread.join()
    assert [told.outcome for told in ledger] == ["failed"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://localhost/", "ftp://localhost/", "file:///etc/passwd", "localhost", ""),
        *("https://", "https:///x", "https://localhost:99999/", "https://[::1", "https://\u00e9/"),
        "https://localhost/\u00e9",
    ],
)
def test_only_https_is_ever_asked(url: str, online: RealOnline, ledger: list[Connection]) -> None:
    with pytest.raises(OSError, match="address"):
        online.fetch(url)
    assert ledger == []


def test_a_path_cannot_smuggle_a_line(site: str, online: RealOnline) -> None:
    with pytest.raises(OSError, match=r"not HTTP|answered"):
        online.fetch(f"{site}/a b")


def test_a_port_where_nobody_listens_is_an_error(online: RealOnline) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    with pytest.raises(OSError, match=r"[Rr]efused"):
        online.fetch(f"https://localhost:{port}/")


# --- DNS -----------------------------------------------------------------------------------------

ZONE = {
    ("example.com.br.", "MX"): ["20 mx2.example.com.br.", "10 mx1.example.com.br."],
    ("null.example.", "MX"): ["0 ."],
    ("_submissions._tcp.example.com.br.", "SRV"): [
        "10 5 465 light.example.com.br.",
        "10 50 465 heavy.example.com.br.",
        "0 0 465 first.example.com.br.",
    ],
    ("_submission._tcp.example.com.br.", "SRV"): ["0 0 0 ."],
}


@pytest.fixture
def resolver() -> Iterator[dns.resolver.Resolver]:
    """Give a resolver that asks a name server on this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve_names, args=(door,))
        thread.start()
        found = dns.resolver.Resolver(configure=False)
        found.nameservers = ["127.0.0.1"]
        found.port = door.getsockname()[1]
        yield found
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", door.getsockname())
        thread.join()


def serve_names(door: socket.socket) -> None:
    """Answer from the zone until an empty question comes; some names get nothing or nonsense."""
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
        records = ZONE.get((name, kind))
        if records is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, records))
        door.sendto(answer.to_wire(), client)


def test_exchanges_come_best_first(
    resolver: dns.resolver.Resolver, ledger: list[Connection]
) -> None:
    online = RealOnline(ledger.append, resolver=resolver)
    assert online.mx("example.com.br") == ["mx1.example.com.br.", "mx2.example.com.br."]
    assert online.mx("null.example") == []
    assert [told.why for told in ledger] == ["MX example.com.br", "MX null.example"]


def test_services_come_best_first(resolver: dns.resolver.Resolver) -> None:
    online = RealOnline(resolver=resolver)
    assert online.srv("_submissions._tcp.example.com.br") == [
        ("first.example.com.br.", 465),
        ("heavy.example.com.br.", 465),
        ("light.example.com.br.", 465),
    ]
    assert online.srv("_submission._tcp.example.com.br") == []


@pytest.mark.parametrize("name", ["none.example", "silent.example", "a..b", "x" * 300])
def test_names_that_are_not_there_are_an_error(
    resolver: dns.resolver.Resolver, name: str, ledger: list[Connection]
) -> None:
    online = RealOnline(ledger.append, resolver=resolver, seconds=0.3)
    with pytest.raises(OSError, match="DNS"):
        online.mx(name)
    assert [told.outcome for told in ledger] == ["failed"]
