"""`--online` against a real name server and a site over https, as a child process asks them.

NSD answers for MX and SRV; names and the authority come from the system's own doors (nss_wrapper,
SSL_CERT_FILE). Only that it asks NSD is told to dnspython, for no variable could.
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from builders import CANARY, an_image, thunderbird
from configure587.submission.ledger import Ledger
from configure587.submission.online import RealOnline
from e2e import real_servers
from e2e.children import SECONDS, answered
from e2e.real_servers import SUBMISSION, Programs, Rules
from e2e.real_thunderbird import wait_for
from submission import web
from submission.web import Visitor
from submission_builders import config, outgoing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from certificates import Authority

pytestmark = pytest.mark.e2e

DOMAIN: Final = "exemplo.com.br"
OLD: Final = f"mail.{DOMAIN}"
SITE: Final = f"autoconfig.{DOMAIN}"
OTHER: Final = "smtp.outra.example"
RECORDS: Final = (
    f"@ MX 20 mx2.{DOMAIN}.",
    f"@ MX 10 mx1.{DOMAIN}.",
    f"_submission._tcp SRV 0 5 25 {OTHER}.",
    f"_submission._tcp SRV 1 5 587 {OTHER}.",
    "_submissions._tcp SRV 0 0 0 .",
    "nothing TXT x",
)

ASKING_NSD: Final = """
import functools, sys
from configure587 import cli
from configure587.submission import probe
where = sys.argv[1], int(sys.argv[2])
probe.SocketNetwork = functools.partial(probe.SocketNetwork, nameserver=where)
sys.exit(cli.main(sys.argv[3:]))
"""


@pytest.fixture
def nameserver(programs: Programs) -> Iterator[tuple[str, int]]:
    """Give a real name server that knows the domain."""
    with real_servers.nsd(programs, DOMAIN, RECORDS) as address:
        yield address


def test_a_real_name_server_is_understood(nameserver: tuple[str, int]) -> None:
    ledger = Ledger()
    online = RealOnline(ledger, nameserver=nameserver)
    assert online.mx(DOMAIN) == [f"mx1.{DOMAIN}.", f"mx2.{DOMAIN}."]
    assert online.srv(f"_submission._tcp.{DOMAIN}") == [(f"{OTHER}.", 25), (f"{OTHER}.", 587)]
    assert online.srv(f"_submissions._tcp.{DOMAIN}") == []
    for name in (f"nothing.{DOMAIN}", f"nobody.{DOMAIN}", "outra.example"):
        with pytest.raises(OSError, match="DNS"):
            online.mx(name)
    assert {(told.address, told.port) for told in ledger.lines} == {nameserver}
    assert [told.outcome for told in ledger.lines] == ["answered"] * 3 + ["failed"] * 3


class World:
    """A provider whose old server is gone, its site, and a child process that finds them."""

    def __init__(
        self, folder: Path, programs: Programs, authority: Authority, nameserver: tuple[str, int]
    ) -> None:
        """Names have their addresses, and nobody is there yet."""
        (folder / "names").mkdir()
        self.addresses = {name: real_servers.own_address() for name in (SITE, OTHER)}
        names = {name: [address] for name, address in self.addresses.items()}
        self.environment = real_servers.world(programs, str(folder / "names"), names, authority)
        self.nameserver = nameserver
        self.programs, self.authority = programs, authority
        self.image = an_image(
            folder / "computer",
            thunderbird(
                host=OLD,
                port=25,
                try_ssl=0,
                address=f"ana@{DOMAIN}",
                more={"mail.a.password": CANARY},
            ),
        )

    @property
    def prefs(self) -> bytes:
        """The profile's own file."""
        return next(self.image.rglob("prefs.js")).read_bytes()

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        """What our command ends with and answers."""
        where, port = self.nameserver
        command = [sys.executable, "-c", ASKING_NSD, where, str(port), *words, "--json"]
        code, said = answered([*command, "--image", str(self.image)], self.environment)
        return code, json.loads(said)

    @contextlib.contextmanager
    def site(self, body: bytes) -> Iterator[None]:
        """The provider's site, with this on every page."""

        class Page(Visitor):
            def visit(self) -> None:
                self.answer(200 if body else 404, body)

        with web.site(Page, self.authority.issue(SITE), self.addresses[SITE], 443):
            yield

    @contextlib.contextmanager
    def other(self) -> Iterator[real_servers.Server]:
        """A real Postfix under another name, with an open port 25."""
        pem, address = self.authority.issue(OTHER), [self.addresses[OTHER]]
        rules = Rules(ports=(25, SUBMISSION))
        with real_servers.postfix(self.programs, pem, rules, addresses=address) as server:
            yield server


@pytest.fixture
def world(
    tmp_path: Path, programs: Programs, authority: Authority, nameserver: tuple[str, int]
) -> World:
    """Give a provider whose old server is gone."""
    return World(tmp_path, programs, authority, nameserver)


BOMB: Final = f'<!DOCTYPE x [<!ENTITY a "{OTHER}">]>'.encode()


@pytest.mark.parametrize(
    "body",
    [config(outgoing("&a;")).replace(b"?>", b"?>" + BOMB, 1), config(outgoing(OTHER, "25"))],
    ids=["entities", "port 25"],
)
def test_a_poisoned_site_and_forgeable_dns_change_nothing_in_silence(
    world: World, body: bytes
) -> None:
    before = world.prefs
    with world.site(body), world.other() as server:
        code, receipt = world.run("apply", "--online", "--yes", "--silent", "--accept-host", OTHER)
        assert "connect from" not in server.log()
    assert (code, world.prefs) == (12, before)
    assert (SITE, 443) in [(each["host"], each["port"]) for each in receipt["connections"]]


def test_what_the_site_says_is_proven_and_then_taken_on_a_yes(world: World) -> None:
    before = world.prefs
    with world.site(config(outgoing(OTHER))), world.other() as server:
        assert world.run("apply", "--online", "--yes")[0] == 12
        assert world.prefs == before
        code, receipt = world.run("apply", "--online", "--yes", "--silent", "--accept-host", OTHER)
        assert code == 0, receipt
        wait_for("the log", lambda: "connect from" in server.log() or None, SECONDS)
        said = server.log()
    assert f'smtp1.hostname", "{OTHER}")'.encode() in world.prefs
    assert "MAIL FROM" not in said.upper()
    ports = {(each["host"], each["port"]) for each in receipt["connections"]}
    assert ports == {(SITE, 443), (OTHER, 587), (OTHER, 465)}


def test_what_dns_says_is_proven_and_then_taken_on_a_yes(world: World) -> None:
    before = world.prefs
    with world.site(b""), world.other():
        code, plan = world.run("plan", "--online")
        assert code == 12
        [finding] = plan["untouched"]
        codes = {each["code"] for each in finding["reasons"]}
        assert codes >= {"other_host_found", "other_host_by_dns"}
        code, receipt = world.run("apply", "--online", "--yes", "--accept-host", OTHER)
        assert code == 0, receipt
    assert world.prefs != before
    asked = [each for each in receipt["connections"] if each["host"] == "DNS"]
    assert {(each["address"], each["port"]) for each in asked} == {world.nameserver}
    assert (OTHER, 25) not in {(each["host"], each["port"]) for each in receipt["connections"]}
