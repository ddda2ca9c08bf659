"""Every row of the decision table, from a profile and a server to what is said and what is done.

The servers are real sockets on loopback (world.py). Row 13 is in test_other_hosts.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from builders import CANARY, an_image, thunderbird
from certificates import HOST, Fault
from configure587 import cli
from configure587.submission import verdict
from submission.hostile_server import GOOD, SCENARIOS
from submission.world import FILTERED, told

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator, Mapping

    from submission.hostile_server import Guest, Manners
    from submission.world import Filtered, World

NOW_465 = GOOD.but(tls_first=True)
NO_LOGIN = {"authMethod": 1, "username": None, "incoming": None}


class Case(NamedTuple):
    """What stands on the ports, what the profile is, and what shall come of it."""

    row: int
    on_587: Manners | Filtered | None = None
    on_465: Manners | Filtered | None = None
    on_25: Manners | Filtered | None = None
    fault: Fault = Fault.NONE
    exit_code: int = 12
    told: str = ""  # the code of the sentence, if it is not that of the row
    profile: Mapping[str, Any] = {}

    @property
    def host(self) -> str:
        """The server of the profile, if it is one of the provider's."""
        named = self.profile.get("host", HOST)
        return HOST if named == "localhost" else str(named)


CASES = {
    "ready": Case(1, GOOD, exit_code=10),
    "only OAuth": Case(2, SCENARIOS["OAuth only"], exit_code=15),
    "only OAuth, as the profile has it": Case(
        1, SCENARIOS["OAuth only"], exit_code=10, profile={"authMethod": 10}
    ),
    "no user name": Case(3, GOOD, exit_code=11, profile=NO_LOGIN),
    "no user name, and gone": Case(
        17, None, None, GOOD, exit_code=11, told="sign_in_needed", profile=NO_LOGIN
    ),
    "no sign-in": Case(4, SCENARIOS["no AUTH after TLS"]),
    "TLS on 465 only": Case(5, SCENARIOS["stripped"], NOW_465),
    "no TLS at all": Case(6, SCENARIOS["stripped"]),
    "stripped on the way": Case(7, SCENARIOS["masked"]),
    "stripped of what the table knows": Case(
        7, SCENARIOS["stripped"], profile={"host": "smtps.uol.com.br"}
    ),
    "starred banner": Case(7, SCENARIOS["starred banner"]),
    "STARTTLS off": Case(8, SCENARIOS["refused"]),
    "STARTTLS off, 465 good": Case(8, SCENARIOS["refused"], NOW_465, told="port_465_good"),
    "old TLS, 465 good": Case(10, SCENARIOS["old TLS"], NOW_465, told="port_465_good"),
    "old TLS": Case(10, SCENARIOS["old TLS"]),
    "tampered": Case(9, SCENARIOS["injected"]),
    "no TLS behind STARTTLS": Case(10, SCENARIOS["answers in the clear"]),
    "expired": Case(11, GOOD, fault=Fault.EXPIRED),
    "from the future": Case(11, GOOD, fault=Fault.FUTURE),
    "self-signed": Case(12, GOOD, fault=Fault.SELF_SIGNED),
    "unknown issuer": Case(12, GOOD, fault=Fault.UNKNOWN_ISSUER),
    "another host's certificate": Case(14, GOOD, fault=Fault.OTHER_HOST),
    "465 only": Case(15, None, NOW_465),
    "blocked here": Case(16, FILTERED, FILTERED, GOOD),
    "25 closed here": Case(1, GOOD, None, FILTERED, exit_code=10, told="blocked_25_likely"),
    "gone": Case(17, None, None, GOOD),
    "silent, and nobody else was asked": Case(
        17, FILTERED, FILTERED, FILTERED, told="nobody_answered"
    ),
    "offline": Case(18, FILTERED, FILTERED, FILTERED, profile={"host": "smtps.uol.com.br"}),
    "busy": Case(19, SCENARIOS["busy"]),
    "silent": Case(19, SCENARIOS["silent"]),
    "refused here": Case(20, SCENARIOS["rejected"]),
    "a portal": Case(21, SCENARIOS["HTTP"]),
    "noise": Case(21, SCENARIOS["garbage"]),
    "intercepted": Case(22, GOOD, None, SCENARIOS["masked"], exit_code=10),
    "fine already": Case(23, GOOD, exit_code=0, told="", profile={"port": 587, "try_ssl": 2}),
    "half-way": Case(24, GOOD, exit_code=10, told="not_protected", profile={"port": 587}),
    "on this computer": Case(
        25, GOOD, exit_code=0, told="local_host", profile={"host": "localhost"}
    ),
    "odd port": Case(26, GOOD, exit_code=0, told="odd_port", profile={"port": 2525}),
    "no SMTP": Case(27, GOOD, exit_code=0, told="not_smtp", profile={"type": "ews"}),
    "open": Case(28, GOOD, exit_code=10, told="running", profile={"running": True}),
}


def test_every_row_but_two_has_its_server_here() -> None:
    """Row 13 (renamed) is in test_other_hosts, row 29 (port 25 itself) in test_check."""
    rows = {case.row for case in CASES.values()}
    assert rows | {13, 29} == {row.number for row in verdict.ROWS.values()}


@contextlib.contextmanager
def servers(world: World, case: Case) -> Iterator[None]:
    """What stands on the three ports of one host; what is wrong is wrong on 587 only."""
    with (
        world.has(case.host, {587: case.on_587}, world.authority.issue_with(case.fault, case.host)),
        world.has(case.host, {465: case.on_465, 25: case.on_25}),
    ):
        yield


@pytest.mark.parametrize("name", CASES)
def test_a_row_is_told_in_both_languages_and_its_deed_is_done(
    name: str,
    tmp_path: pathlib.Path,
    world: World,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = CASES[name]
    words = {"host": HOST, "port": 25, "try_ssl": 0, **case.profile}
    folder = an_image(tmp_path, thunderbird(**words))
    held = contextlib.ExitStack()
    if case.profile.get("running"):
        held.enter_context(_thunderbird_runs(folder))
    row = next(row for row in verdict.ROWS.values() if row.number == case.row)
    code = case.told or (f"proof_{row.code}" if case.row != 23 else "")
    prefs = next((folder / "home").rglob("prefs.js"))
    before = prefs.read_bytes()
    with held, servers(world, case):
        for language in ("en", "pt-BR"):
            ended = cli.main(["plan", "--image", str(folder), "--lang", language])
            said = capsys.readouterr().out
            assert ended == case.exit_code, said
            assert CANARY not in said
            if code:
                assert told(said, code, language), said
        assert cli.main(["plan", "--json", "--image", str(folder)]) == case.exit_code
        plan = json.loads(capsys.readouterr().out)
        assert bool(plan["steps"]) == (case.exit_code == 10)
        ended = cli.main(["apply", "--yes", "--image", str(folder)])
        assert ended == {10: 0}.get(case.exit_code, case.exit_code) or case.row == 28
        assert (prefs.read_bytes() != before) == (case.exit_code == 10 and case.row != 28)


@contextlib.contextmanager
def _thunderbird_runs(folder: pathlib.Path) -> Iterator[None]:
    """Another process holds the profile's lock."""
    import subprocess
    import sys

    [profile] = (path.parent for path in folder.rglob("prefs.js"))
    script = (
        "import fcntl, sys; lock = open(sys.argv[1], 'wb'); "
        "fcntl.lockf(lock, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", script, os.path.join(profile, ".parentlock")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdout.readline()
        try:
            yield
        finally:
            child.stdin.close()


@pytest.mark.parametrize("name", ["TLS on 465 only", "STARTTLS off, 465 good", "465 only"])
def test_465_is_taken_where_it_is_wanted(
    name: str, tmp_path: pathlib.Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = an_image(tmp_path, thunderbird(host=HOST, port=25, try_ssl=0))
    words = ["apply", "--yes", "--image", str(folder), "--target", "587", "--target", "465"]
    with servers(world, CASES[name]):
        assert cli.main(words) == 0
    capsys.readouterr()
    prefs = next((folder / "home").rglob("prefs.js")).read_bytes()
    assert b'smtp1.port", 465)' in prefs
    assert b'smtp1.try_ssl", 3)' in prefs


def turning(manners: Manners, after: int) -> Manners:
    """A good server that changes its manners after so many guests."""

    def greet(guest: Guest) -> None:
        if guest.server.connections > after:
            guest.server.manners = manners

    return GOOD.but(greet=greet)


GUESTS_OF_A_PLAN = 2  # the look and the second opinion


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("name", ["stripped", "injected", "rejected", "OAuth only"])
def test_what_gets_worse_after_the_change_goes_back_by_itself_and_says_why(
    name: str,
    language: str,
    tmp_path: pathlib.Path,
    world: World,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = an_image(tmp_path, thunderbird(host=HOST, port=25, try_ssl=0))
    prefs = next((folder / "home").rglob("prefs.js"))
    before = prefs.read_bytes()
    words = ["apply", "--yes", "--image", str(folder), "--lang", language]
    with world.has(HOST, {587: turning(SCENARIOS[name], GUESTS_OF_A_PLAN)}):
        assert cli.main(words) == 20
        assert world.servers[HOST, 587].connections > GUESTS_OF_A_PLAN
    said = capsys.readouterr().out
    assert told(said, "proof_lost", language), said
    row = {"stripped": 6, "injected": 9, "rejected": 20, "OAuth only": 2}[name]
    [code] = [each.code for each in verdict.ROWS.values() if each.number == row]
    assert told(said, f"proof_{code}", language), said
    assert prefs.read_bytes() == before


def test_the_ledger_of_a_change_holds_the_second_look_too(
    tmp_path: pathlib.Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = an_image(tmp_path, thunderbird(host=HOST, port=25, try_ssl=0))
    with world.has(HOST, {587: GOOD}):
        words = ["apply", "--yes", "--verbose", "--image", str(folder), "--lang", "en"]
        assert cli.main(words) == 0
        said = capsys.readouterr().out
        made = world.servers[HOST, 587].connections
    assert said.count(f"({world.address(HOST)}), port 587") == made > GUESTS_OF_A_PLAN
