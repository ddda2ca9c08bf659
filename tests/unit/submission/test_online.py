"""The real network, played by servers on this machine: https and DNS, friendly and hostile."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, ClassVar

import pytest

from certificates import Authority
from configure587.errors import Cancelled
from configure587.submission import autoconfig
from configure587.submission.certificates import Trust
from configure587.submission.ledger import Ledger
from configure587.submission.online import RealOnline
from configure587.submission.patience import Limits
from submission import web
from submission.web import Visitor
from submission.world import filtered

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 1.0  # for a server that has to be left in time
HURRY = Limits(total=SECONDS)


class Handler(Visitor):
    """A web server with one page of each kind."""

    ended: ClassVar[threading.Event]

    def visit(self) -> None:
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

    def drip(self) -> None:
        """A byte of a header now and then, for ever."""
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not type(self).ended.wait(0.05):
                self.wfile.write(b"x")
                self.wfile.flush()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give an authority that only those trust who are told to."""
    return Authority(str(tmp_path_factory.mktemp("tls")))


@pytest.fixture
def site(authority: Authority) -> Iterator[str]:
    """Give the address of a web server on this machine."""

    class OneHandler(Handler):
        ended = threading.Event()

    with web.site(OneHandler, authority.issue("localhost")) as port:
        yield f"https://localhost:{port}"
        OneHandler.ended.set()


@pytest.fixture
def ledger() -> Ledger:
    """Give the connections that were made."""
    return Ledger()


@pytest.fixture
def online(authority: Authority, ledger: Ledger) -> RealOnline:
    """Give the network to somebody who trusts the certificate of the site."""
    return RealOnline(ledger, Trust(authority.path), limits=Limits(total=30))


@pytest.fixture
def hurried(authority: Authority, ledger: Ledger) -> RealOnline:
    """Give the network to somebody who does not wait long."""
    return RealOnline(ledger, Trust(authority.path), limits=HURRY)


def test_a_file_is_fetched_and_the_connection_told(
    site: str, online: RealOnline, ledger: Ledger
) -> None:
    assert online.fetch(f"{site}/good") == b"good"
    [told] = ledger.lines
    assert (told.host, told.why, told.outcome) == ("localhost", "autoconfig", "200")
    assert ipaddress.ip_address(told.address).is_loopback
    assert dt.datetime.fromisoformat(told.at).tzinfo is not None


def test_three_redirects_are_followed_and_a_fourth_is_not(site: str, online: RealOnline) -> None:
    assert online.fetch(f"{site}/move/move/move/good") == b"good"
    with pytest.raises(OSError, match="redirected too often"):
        online.fetch(f"{site}/move/move/move/move/good")


@pytest.mark.parametrize("path", ["insecure", "nowhere", "odd", "move/insecure", "missing"])
def test_other_answers_are_no_file(
    site: str, online: RealOnline, path: str, ledger: Ledger
) -> None:
    with pytest.raises(OSError, match=r"https|address|answered|too often"):
        online.fetch(f"{site}/{path}")
    assert all(told.port != 80 for told in ledger.lines)


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(site: str, online: RealOnline) -> None:
    assert len(online.fetch(f"{site}/large/{autoconfig.LIMIT}")) == autoconfig.LIMIT
    with pytest.raises(OSError, match="too large"):
        online.fetch(f"{site}/large/{autoconfig.LIMIT + 1}")


def test_a_certificate_that_nobody_vouches_for_is_refused(site: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        RealOnline(trust=Trust()).fetch(f"{site}/good")


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


def test_the_person_may_stop_while_a_server_says_nothing(authority: Authority) -> None:
    begun = time.monotonic()
    ledger = Ledger()
    stopping = RealOnline(
        ledger, Trust(authority.path), stopped=lambda: time.monotonic() - begun > SECONDS / 4
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Cancelled):
            stopping.fetch(f"https://localhost:{port}/")
    assert time.monotonic() - begun < SECONDS * 3
    assert ledger.lines[-1].outcome == "cancelled"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_asked(
    name: str, site: str, online: RealOnline, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert online.fetch(f"{site}/good") == b"good"
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert [told.port for told in ledger.lines] == [int(site.rpartition(":")[2])]


def test_where_only_a_proxy_gets_out_the_provider_is_left_in_time(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger()
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with filtered() as port:
        begun = time.monotonic()
        with pytest.raises(OSError, match="timeout"):
            RealOnline(
                ledger,
                Trust(authority.path),
                resolve=lambda _name: ["127.0.0.1"],
                limits=HURRY._replace(connect=SECONDS),
            ).fetch(f"https://autoconfig.exemplo.test:{port}/")
        assert time.monotonic() - begun < SECONDS * 3
    assert [(told.host, told.port, told.outcome) for told in ledger.lines] == [
        ("autoconfig.exemplo.test", port, "timeout")
    ]


def test_noise_is_no_answer(online: RealOnline, ledger: Ledger) -> None:
    with socket.create_server(("127.0.0.1", 0)) as noisy:

        def talk() -> None:
            door, _ = noisy.accept()
            with door:
                door.sendall(b"220 smtp.example.com ESMTP\r\n")
                door.recv(10_000)

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(OSError, match="not HTTP"):
            online.fetch(f"https://localhost:{noisy.getsockname()[1]}/")
        thread.join()
    assert [told.outcome for told in ledger.lines] == ["failed"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://localhost/", "ftp://localhost/", "file:///etc/passwd", "localhost", ""),
        *("https://", "https:///x", "https://localhost:99999/", "https://[::1", "https://\u00e9/"),
        "https://localhost/\u00e9",
    ],
)
def test_only_https_is_ever_asked(url: str, online: RealOnline, ledger: Ledger) -> None:
    with pytest.raises(OSError, match="address"):
        online.fetch(url)
    assert ledger.lines == []


def test_a_path_cannot_smuggle_a_line(site: str, online: RealOnline) -> None:
    with pytest.raises(OSError, match=r"not HTTP|answered"):
        online.fetch(f"{site}/a b")


def test_a_port_where_nobody_listens_is_an_error(online: RealOnline, ledger: Ledger) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        online.fetch(f"https://localhost:{port}/")
    assert {told.outcome for told in ledger.lines} == {"refused"}


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
def nameserver() -> Iterator[tuple[str, int]]:
    """Give a name server on this machine."""
    with web.name_server(ZONE) as address:
        yield address


def test_exchanges_come_best_first(nameserver: tuple[str, int], ledger: Ledger) -> None:
    online = RealOnline(ledger, nameserver=nameserver)
    assert online.mx("example.com.br") == ["mx1.example.com.br.", "mx2.example.com.br."]
    assert online.mx("null.example") == []
    assert [told.why for told in ledger.lines] == ["MX example.com.br", "MX null.example"]


def test_services_come_best_first(nameserver: tuple[str, int]) -> None:
    online = RealOnline(nameserver=nameserver)
    assert online.srv("_submissions._tcp.example.com.br") == [
        ("first.example.com.br.", 465),
        ("heavy.example.com.br.", 465),
        ("light.example.com.br.", 465),
    ]
    assert online.srv("_submission._tcp.example.com.br") == []


@pytest.mark.parametrize("name", ["none.example", "silent.example", "a..b", "x" * 300])
def test_names_that_are_not_there_are_an_error(
    nameserver: tuple[str, int], name: str, ledger: Ledger
) -> None:
    online = RealOnline(ledger, nameserver=nameserver, limits=Limits(total=0.3))
    with pytest.raises(OSError, match="DNS"):
        online.mx(name)
    assert [told.outcome for told in ledger.lines] == ["failed"]
