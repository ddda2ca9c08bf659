"""`--online` from the command to the servers: what is poisoned, forged or unproven is never taken.

The site of the provider, DNS and the mail servers are real ones on loopback (world.py, web.py); the
command asks them as it would ask the real ones.
"""

from __future__ import annotations

import contextlib
import functools
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from builders import an_image, thunderbird
from configure587 import cli
from configure587.submission import autoconfig, probe
from submission import web
from submission.hostile_server import GOOD, SCENARIOS
from submission.web import Visitor
from submission_builders import HEAD, config, outgoing

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Iterator

    from submission.hostile_server import Manners
    from submission.person import Person
    from submission.world import World

OLD = "mail.exemplo.com.br"
DOMAIN = "exemplo.com.br"
SITE = f"autoconfig.{DOMAIN}"
STRANGER = "smtp.outra.example"
NAMED = config(outgoing(STRANGER))


class Seen(NamedTuple):
    """What came of one run of the command."""

    code: int
    document: dict[str, Any]

    @property
    def reasons(self) -> dict[str, dict[str, Any]]:
        """Why the account was left, by code."""
        return {
            each["code"]: each for found in self.document["untouched"] for each in found["reasons"]
        }

    @property
    def connections(self) -> list[tuple[str, int]]:
        """With whom the program spoke, by its own ledger."""
        return [(each["host"], each["port"]) for each in self.document["connections"]]


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    """Give a computer whose Thunderbird sends through a server that is gone."""
    words: dict[str, Any] = {"host": OLD, "port": 25, "try_ssl": 0, "address": f"ana@{DOMAIN}"}
    return an_image(tmp_path / "computer", thunderbird(**words))


@contextlib.contextmanager
def name_server(patch: pytest.MonkeyPatch, zone: web.Zone) -> Iterator[None]:
    """A name server that the command asks."""
    with web.name_server(zone) as address:
        made = functools.partial(probe.SocketNetwork, nameserver=address)
        patch.setattr(probe, "SocketNetwork", made)
        yield


@pytest.fixture(autouse=True)
def nowhere(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let DNS know nobody, unless a test says otherwise."""
    with name_server(monkeypatch, {}):
        yield


def prefs(image: pathlib.Path) -> bytes:
    return next(image.rglob("prefs.js")).read_bytes()


def run(image: pathlib.Path, capsys: pytest.CaptureFixture[str], *words: str) -> Seen:
    """Apply with `--online`, and what it answered."""
    code = cli.main(["apply", "--yes", "--online", "--json", "--image", str(image), *words])
    return Seen(code, json.loads(capsys.readouterr().out))


@contextlib.contextmanager
def provider(
    world: World, page: Callable[[Visitor], None], manners: Manners = GOOD, certified: str = SITE
) -> Iterator[list[str]]:
    """The old server on port 25 only, the provider's site, and somebody whom it may name.

    Gives the requests that came without TLS, to port 80 of anybody.
    """
    in_the_clear: list[str] = []

    class Page(Visitor):
        def visit(self) -> None:
            page(self)

    class Clear(Visitor):
        def visit(self) -> None:
            in_the_clear.append(self.path)
            self.answer(200, NAMED)

    with (
        world.has(OLD, {25: GOOD}),
        world.has(STRANGER, {587: manners, 25: GOOD}),
        web.site(Page, world.authority.issue(certified), world.address(SITE), 443),
        web.site(Clear, "", world.address(SITE), 80),
    ):
        yield in_the_clear


def says(body: bytes) -> Callable[[Visitor], None]:
    """A site on which this stands."""
    return lambda visitor: visitor.answer(200, body)


def poison(host: str = STRANGER) -> Iterator[tuple[str, Callable[[Visitor], None]]]:
    """Sites that were made to hurt; whatever they say, nobody there is even looked at."""
    body = config(outgoing("&a;"))[len(HEAD) :].decode()
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    yield "DTD", says(f'{HEAD}<!DOCTYPE x [<!ENTITY a "{host}">]>{body}'.encode())
    bomb = f'[<!ENTITY a0 "{host}">{laughs}]'
    yield "bomb", says(f"{HEAD}<!DOCTYPE x {bomb}>{body.replace('&a;', '&a9;')}".encode())
    yield (
        "file",
        says(f'{HEAD}<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>{body}'.encode()),
    )
    yield "large", says(config(outgoing(host), more=f"<!--{'x' * autoconfig.LIMIT}-->"))
    yield "http", lambda visitor: visitor.answer(302, location=f"http://{SITE}/good")
    yield "in circles", lambda visitor: visitor.answer(302, location=visitor.path)
    for name, port, socket in (
        ("port 25", "25", "STARTTLS"),
        ("port 25 in the clear", "25", "plain"),
        ("587 in the clear", "587", "plain"),
        ("TLS on 25", "25", "SSL"),
    ):
        yield name, says(config(outgoing(host, port, socket)))
    yield "half", says(NAMED[:-5])
    yield "not there", lambda visitor: visitor.answer(404, NAMED)


POISON = dict(poison())


@pytest.mark.parametrize("name", POISON)
def test_a_poisoned_site_leads_nowhere_even_to_a_host_that_was_accepted(
    name: str, world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prefs(image)
    with provider(world, POISON[name]) as in_the_clear:
        seen = run(image, capsys, "--accept-host", STRANGER)
        assert world.servers[STRANGER, 587].connections == 0
        assert world.servers[STRANGER, 25].connections == 0
    assert (seen.code, prefs(image), in_the_clear) == (12, before, [])
    assert (SITE, 443) in seen.connections
    assert {host for host, port in seen.connections if port in {25, 80}} == {OLD}  # its own, last


def test_a_certificate_of_somebody_else_makes_it_no_site_of_the_provider(
    world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with provider(world, says(NAMED), certified="outra.example"):
        seen = run(image, capsys, "--accept-host", STRANGER)
        assert world.servers[STRANGER, 587].connections == 0
    assert seen.code == 12


def test_another_domains_host_is_looked_at_and_taken_only_on_a_yes(
    world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prefs(image)
    with provider(world, says(NAMED)):
        seen = run(image, capsys)
        assert (seen.code, prefs(image)) == (12, before)
        found = seen.reasons["other_host_found"]
        assert (found["other"], found["domain"], found["host"]) == (STRANGER, "outra.example", OLD)
        assert run(image, capsys, "--accept-host", STRANGER).code == 0
        assert world.servers[STRANGER, 25].connections == 0
    assert f'smtp1.hostname", "{STRANGER}")'.encode() in prefs(image)


def test_a_host_that_the_site_names_wins_by_the_look_alone(
    world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prefs(image)
    with provider(world, says(NAMED), SCENARIOS["stripped"]):
        seen = run(image, capsys, "--accept-host", STRANGER)
        assert world.servers[STRANGER, 587].connections > 0
        assert world.servers[STRANGER, 25].connections == 0
    assert (seen.code, prefs(image)) == (12, before)
    assert "other_host_found" not in seen.reasons


def test_without_online_no_site_is_asked(
    world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    with provider(world, lambda visitor: asked.append(visitor.path)):
        assert cli.main(["apply", "--yes", "--image", str(image)]) == 12
    capsys.readouterr()
    assert asked == []


# --- by DNS --------------------------------------------------------------------------------------

ZONE = {
    (f"{DOMAIN}.", "MX"): [f"10 mx1.{DOMAIN}."],
    (f"_submission._tcp.{DOMAIN}.", "SRV"): [f"0 0 25 {STRANGER}.", f"1 0 587 {STRANGER}."],
    (f"_submissions._tcp.{DOMAIN}.", "SRV"): ["0 0 0 ."],
}


@pytest.fixture
def dns(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Give the world with a name server that leads to a stranger."""
    with name_server(monkeypatch, ZONE):
        yield world


def test_a_name_from_dns_is_taken_only_by_who_types_its_domain(
    dns: World, image: pathlib.Path, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prefs(image)
    words = ["apply", "--online", "--lang", "en", "--image", str(image)]
    with provider(dns, lambda visitor: visitor.answer(404)):
        person.types = ["y"]
        assert cli.main(words) == 12
        assert person.asked == [f"To use {STRANGER} in place of {OLD}, type outra.example: "]
        assert "which others can forge" in " ".join(capsys.readouterr().out.split())
        assert prefs(image) == before
        person.types = ["Outra.Example", "y"]
        assert cli.main(words) == 0
        assert dns.servers[STRANGER, 25].connections == 0
    capsys.readouterr()
    assert f'smtp1.hostname", "{STRANGER}")'.encode() in prefs(image)


def test_in_silence_dns_is_not_even_asked(
    dns: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prefs(image)
    with provider(dns, lambda visitor: visitor.answer(404)):
        seen = run(image, capsys, "--silent", "--accept-host", STRANGER)
    assert (seen.code, prefs(image)) == (12, before)
    assert not [host for host, _ in seen.connections if host == "DNS"]
    assert (SITE, 443) in seen.connections


def test_check_asks_for_an_address_and_its_ledger_says_whom(
    dns: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with provider(dns, lambda visitor: visitor.answer(404)):
        assert cli.main(["check", f"ana@{DOMAIN}", "--online", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
    assert found["proven"]["host"] == STRANGER
    why = [each["why"] for each in found["connections"]]
    assert why[:2] == ["autoconfig", f"MX {DOMAIN}"]
    assert {each["outcome"] for each in found["connections"] if each["host"] == "DNS"} == {
        "answered"
    }
    assert 25 not in {each["port"] for each in found["connections"]}


def test_check_asks_nobody_while_the_table_is_right(
    dns: World, capsys: pytest.CaptureFixture[str]
) -> None:
    host = "smtps.uol.com.br"
    with dns.has(host, {587: GOOD}):
        assert cli.main(["check", "ana@uol.com.br", "--online", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {each["host"] for each in found["connections"]} == {host}
