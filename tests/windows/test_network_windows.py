"""Looking at servers on Windows: sockets, Windows' own list of authorities, and deadlines.

Servers without a certificate of their own are enough here: what TLS does with certificates is the
same OpenSSL as elsewhere, and what Windows trusts is in docs/windows-manual-checks.md.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from configure587 import cli
from configure587.model import Security
from configure587.seen import Door, End, Question, Seen
from configure587.submission.patience import Limits
from configure587.submission.probe import SocketNetwork
from submission.hostile_server import SCENARIOS, HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.windows

LIMITS = Limits(total=8.0, connect=3.0, greeting=1.0, reply=1.0, handshake=3.0, again=0.1)
HOST = "127.0.0.1"


def look(port: int, security: Security = Security.STARTTLS) -> Seen:
    question = Question(HOST, (Door(HOST, port, security),))
    [seen] = SocketNetwork(LIMITS).look([question], lambda: False)
    return seen.doors[0]


@pytest.mark.parametrize(
    ("scenario", "end"),
    [
        ("stripped", End.NO_STARTTLS),
        ("answers in the clear", End.NOT_TLS),
        ("injected", End.TAMPERED),
        ("refused", End.STARTTLS_REFUSED),
        ("HTTP", End.NOT_SMTP),
        ("silent", End.SILENT),
        ("rejected", End.REJECTED),
        ("busy", End.BUSY),
        ("endless", End.GARBLED),
    ],
)
def test_a_server_that_misbehaves_is_seen_for_what_it_is(scenario: str, end: End) -> None:
    with HostileServer(SCENARIOS[scenario], "") as server:
        start = time.monotonic()
        assert look(server.port).end is end
        assert time.monotonic() - start < LIMITS.total + 5


def test_a_port_at_which_nobody_listens_refuses() -> None:
    with HostileServer(SCENARIOS["stripped"], "") as server:
        port = server.port
    assert look(port).end in {End.REFUSED, End.TIMEOUT}


def test_windows_list_of_authorities_can_be_read() -> None:
    from configure587.submission.certificates import Trust

    assert Trust("", "").system() is not None


@pytest.fixture
def stripped() -> Iterator[HostileServer]:
    """Give a server that offers no protection."""
    with HostileServer(SCENARIOS["stripped"], "") as server:
        yield server


def test_check_runs_on_windows(stripped: HostileServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", HOST, "--port", str(stripped.port), "--json"]) == 12
    found = json.loads(capsys.readouterr().out)
    assert found["doors"][0]["end"] == "no_starttls"
    assert [each["outcome"] for each in found["connections"]] == ["no_starttls"]


def test_the_table_of_providers_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["providers", "show", "uol.com.br", "--lang", "pt-BR"]) == 0
    assert "smtps.uol.com.br" in capsys.readouterr().out
