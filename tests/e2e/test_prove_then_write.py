"""Prove, then write, against real Postfix and real Exim: `check`, and the story of one profile."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from builders import CANARY, an_image, thunderbird
from certificates import Authority, Fault
from e2e import real_servers
from e2e.children import answered
from e2e.real_servers import SUBMISSION, SUBMISSIONS, Programs, Rules
from e2e.real_thunderbird import HOSTNAME as NAME
from submission.world import told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.e2e

KINDS: Final = {"postfix": real_servers.postfix, "exim": real_servers.exim}

# what is wrong -> the server's rules, its certificate, the row of the decision table
WRONG: Final[dict[str, tuple[Rules, Fault, int]]] = {
    "only OAuth": (Rules(mechanisms=("xoauth2",)), Fault.NONE, 2),
    "no sign-in": (Rules(mechanisms=()), Fault.NONE, 4),
    "no STARTTLS, 465 good": (Rules(starttls=False), Fault.NONE, 5),
    "no STARTTLS": (Rules(starttls=False, ports=(25, SUBMISSION)), Fault.NONE, 6),
    "old TLS": (Rules(old_tls=True), Fault.NONE, 10),
    "expired": (Rules(), Fault.EXPIRED, 11),
    "from the future": (Rules(), Fault.FUTURE, 11),
    "self-signed": (Rules(), Fault.SELF_SIGNED, 12),
    "unknown issuer": (Rules(), Fault.UNKNOWN_ISSUER, 12),
    "another host": (Rules(), Fault.OTHER_HOST, 14),
    "465 only": (Rules(ports=(SUBMISSIONS,)), Fault.NONE, 15),
}
GOOD_465: Final = {5, 15}


class Person:
    """Somebody whose computer finds the test's server under the provider's name."""

    def __init__(self, folder: Path, world: dict[str, str]) -> None:
        """`folder` stands for the computer."""
        self.folder, self.world = folder, world

    def run(self, *words: str) -> tuple[int, str]:
        """What our command ends with and says."""
        return answered([sys.executable, "-m", "configure587", *words], self.world)

    def document(self, *words: str) -> tuple[int, dict[str, Any]]:
        """The same as JSON."""
        code, said = self.run(*words, "--json")
        return code, json.loads(said)

    def has_a_profile(self) -> Path:
        """Give the prefs.js of a Thunderbird that sends through port 25."""
        profile = thunderbird(host=NAME, port=25, try_ssl=0, more={"mail.a.password": CANARY})
        return next(an_image(self.folder, profile).rglob("prefs.js"))


@pytest.fixture
def addresses() -> tuple[str, ...]:
    """Give a loopback address of this test's own."""
    return (real_servers.own_address(),)


@pytest.fixture
def person(
    tmp_path: Path, programs: Programs, addresses: tuple[str, ...], authority: Authority
) -> Person:
    """Give somebody who has not begun."""
    (tmp_path / "names").mkdir()
    names: dict[str, Sequence[str]] = {NAME: addresses}
    world = real_servers.world(programs, str(tmp_path / "names"), names, authority)
    return Person(tmp_path / "computer", world)


@pytest.mark.parametrize("kind", KINDS)
def test_check_finds_a_real_server_ready(
    kind: str,
    person: Person,
    programs: Programs,
    authority: Authority,
    addresses: tuple[str, ...],
) -> None:
    with KINDS[kind](programs, authority.issue(NAME), addresses=addresses) as server:
        code, said = person.run("check", NAME, "--lang", "en")
        assert code == 0, said
        assert "Ways to sign in: PLAIN, LOGIN." in said or "Ways to sign in: LOGIN, PLAIN." in said
        assert f"Certificate of {NAME}" in said
        code, said = person.run("check", NAME, "--lang", "pt-BR")
        assert (code, "a conexão é protegida" in " ".join(said.split())) == (0, True)
        code, found = person.document("check", NAME)
        assert (code, found["row"]) == (0, 1)
        assert {each["end"] for each in found["doors"]} == {"complete"}
        assert {each["tls"] for each in found["doors"]} <= {"TLSv1.2", "TLSv1.3"}
        assert CANARY not in server.log()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", WRONG)
def test_check_names_what_is_wrong_with_a_real_server(  # noqa: PLR0913, PLR0917 - fixtures
    kind: str,
    what: str,
    person: Person,
    programs: Programs,
    authority: Authority,
    addresses: tuple[str, ...],
) -> None:
    rules, fault, row = WRONG[what]
    certificate = authority.issue_with(fault, NAME)
    with KINDS[kind](programs, certificate, rules, addresses=addresses):
        code, found = person.document("check", NAME)
        for language in ("en", "pt-BR"):
            ended, said = person.run("check", NAME, "--lang", language)
            assert ended == code
            assert told(said, f"proof_{found['verdict']}", language), said
    assert found["row"] == row, found
    assert code == (0 if row in GOOD_465 else 12)
    assert found["reasons"][0]["code"] == f"proof_{found['verdict']}"


def test_a_profile_is_changed_once_its_real_server_is_proven(
    person: Person, programs: Programs, authority: Authority, addresses: tuple[str, ...]
) -> None:
    prefs = person.has_a_profile()
    before = prefs.read_bytes()
    image = ("--image", str(person.folder))
    with real_servers.postfix(programs, authority.issue(NAME), addresses=addresses) as server:
        code, plan = person.document("plan", *image)
        assert code == 10
        [step] = plan["steps"]
        assert "proof_ready" in [reason["code"] for reason in step["finding"]["reasons"]]
        assert [each["port"] for each in plan["proofs"]] == [587, 465, 25]
        code, receipt = person.document("apply", "--yes", *image)
        assert (code, [each["result"] for each in receipt["outcomes"]]) == (0, ["changed"])
        assert b'smtp1.port", 587)' in prefs.read_bytes()
        assert b'smtp1.try_ssl", 2)' in prefs.read_bytes()
        assert {each["port"] for each in receipt["connections"]} == {25, 465, 587}
        said = server.log()
        assert "MAIL FROM" not in said.upper()
        assert "sasl_username" not in said
    assert person.run("rollback", "--yes", *image)[0] == 0
    assert prefs.read_bytes() == before
    kept = [path.read_bytes() for path in person.folder.rglob("*") if path.is_file()]
    assert [CANARY.encode() in data for data in kept].count(True) == 1  # the person's own file


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("another host", "showed another server's certificate"),
        ("no STARTTLS", "offers no protected connection"),
        ("old TLS", "speaks only outdated protection"),
        ("no sign-in", "offers no sign-in"),
    ],
)
def test_a_profile_stays_as_it_is_when_its_real_server_is_not_proven(  # noqa: PLR0913, PLR0917 - fixtures
    what: str,
    told: str,
    person: Person,
    programs: Programs,
    authority: Authority,
    addresses: tuple[str, ...],
) -> None:
    prefs = person.has_a_profile()
    before = prefs.read_bytes()
    rules, fault, _ = WRONG[what]
    certificate = authority.issue_with(fault, NAME)
    with real_servers.postfix(programs, certificate, rules, addresses=addresses):
        words = ("apply", "--yes", "--image", str(person.folder), "--lang", "en")
        code, said = person.run(*words)
    assert code == 12, said
    assert told in " ".join(said.split())
    assert prefs.read_bytes() == before
