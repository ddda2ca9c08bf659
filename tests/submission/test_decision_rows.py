"""Every row of the decision table, from a profile and a server to what is said and what is done.

The servers are real sockets on loopback that misbehave on purpose; nothing of ours is replaced but
the look-up of the name, the authority that is believed, and the patience.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
import pytest

from builders import CANARY, contents, thunderbird
from certificates import HOST, Authority
from configure587 import cli, session
from configure587.report import proofs, schema
from configure587.submission import probe, verdict
from configure587.submission.patience import Limits
from submission.hostile_server import (
    GOOD,
    GOOD_PASSWORD,
    GOOD_USER,
    SCENARIOS,
    HostileServer,
    Manners,
)
from submission.test_probe import filtered

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator, Mapping

PATIENCE = Limits(
    total=6.0, names=1.0, connect=0.6, greeting=1.0, reply=1.0, handshake=2.0, again=0.1
)
NOW_465 = GOOD.but(tls_first=True)
MX = GOOD.but(after=("SIZE 1",))
_BELOW = f"127.{58 + os.getpid() % 190}.{os.getpid() // 190 % 250 + 1}"
addresses = (f"{_BELOW}.{last}" for last in itertools.count(1))  # one worker, one network


class Filtered:
    """Stands for a port that swallows every connection."""


FILTERED = Filtered()


class Case(NamedTuple):
    """What stands on the ports, what the profile is, and what shall come of it."""

    row: int
    on_587: Manners | Filtered | None = None
    on_465: Manners | Filtered | None = None
    on_25: Manners | Filtered | None = None
    certificate: str = "good"
    exit_code: int = 12
    told: str = ""  # the code of the sentence, if it is not that of the row
    profile: Mapping[str, Any] = {}


CASES = {
    "ready": Case(1, GOOD, exit_code=10),
    "only OAuth": Case(2, SCENARIOS["OAuth only"]),
    "no user name": Case(
        3,
        GOOD,
        exit_code=11,
        told="sign_in_needed",
        profile={"authMethod": 1, "username": None, "incoming": None},
    ),
    "no sign-in": Case(4, SCENARIOS["no AUTH after TLS"]),
    "TLS on 465 only": Case(5, SCENARIOS["stripped"], NOW_465),
    "no TLS at all": Case(6, SCENARIOS["stripped"]),
    "stripped on the way": Case(7, SCENARIOS["masked"]),
    "starred banner": Case(7, SCENARIOS["starred banner"]),
    "STARTTLS off": Case(8, SCENARIOS["refused"]),
    "tampered": Case(9, SCENARIOS["injected"]),
    "no TLS behind STARTTLS": Case(10, SCENARIOS["answers in the clear"]),
    "expired": Case(11, GOOD, certificate="expired"),
    "from the future": Case(11, GOOD, certificate="future"),
    "self-signed": Case(12, GOOD, certificate="self-signed"),
    "unknown issuer": Case(12, GOOD, certificate="unknown"),
    "another host's certificate": Case(14, GOOD, certificate="other host"),
    "465 only": Case(15, None, NOW_465),
    "blocked here": Case(16, FILTERED, FILTERED, GOOD),
    "25 closed here": Case(1, GOOD, None, FILTERED, exit_code=10, told="blocked_25_likely"),
    "gone": Case(17, None, None, GOOD),
    "offline": Case(18),
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


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Certificates of every kind by their names; "authority" is the one that is believed."""
    authority = Authority(str(tmp_path_factory.mktemp("believed")))
    stranger = Authority(str(tmp_path_factory.mktemp("stranger")), "Nobody's authority")
    return {
        "authority": authority.path,
        "good": authority.issue(),
        "expired": authority.issue(days=(-9, -1)),
        "future": authority.issue(days=(2, 9)),
        "self-signed": authority.issue(self_signed=True),
        "unknown": stranger.issue(),
        "other host": authority.issue("mail.outra.example"),
    }


def test_every_row_but_one_has_its_server_here() -> None:
    """Row 13 (renamed) is in test_other_hosts."""
    rows = {case.row for case in CASES.values()}
    assert rows | {13} == {row.number for row in verdict.ROWS.values()}


@contextlib.contextmanager
def servers(case: Case, certificates: Mapping[str, str], address: str) -> Iterator[None]:
    """What stands on the three ports of one address."""
    with contextlib.ExitStack() as stack:
        for port, manners in ((587, case.on_587), (465, case.on_465), (25, case.on_25)):
            if isinstance(manners, Filtered):
                stack.enter_context(filtered(address, port))
            elif manners is not None:
                certificate = certificates[case.certificate if port == 587 else "good"]
                stack.enter_context(HostileServer(manners, certificate, address, port))
        yield


def network(address: str, certificates: Mapping[str, str], patch: pytest.MonkeyPatch) -> None:
    """Every name leads to one address, and the test authority is believed."""
    made = functools.partial(
        probe.SocketNetwork,
        limits=PATIENCE,
        resolve=lambda _name: [address],
        cafile=certificates["authority"],
    )
    patch.setattr(probe, "SocketNetwork", made)


def image(folder: pathlib.Path, case: Case) -> pathlib.Path:
    """A computer with one Thunderbird profile that sends through the host."""
    words = {"host": HOST, "port": 25, "try_ssl": 0, **case.profile}
    for path, data in contents(thunderbird(**words)).items():
        target = folder / path.removeprefix("/").replace("home/ana", "home")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def sentence(code: str, language: str) -> re.Pattern[str]:
    """A sentence as it may stand in a text: fields filled in, lines broken anywhere."""
    from configure587 import i18n
    from configure587.report import sentences

    words = proofs.PROOFS.get(code) or sentences.REASONS[code]
    translated = i18n.texts(language).gettext(words)
    parts = [re.escape(part) for part in re.split(r"\{\w+\}", translated)]
    return re.compile(".*?".join(parts).replace(r"\ ", r"\s+"), re.DOTALL)


@pytest.mark.parametrize("name", CASES)
def test_a_row_is_told_in_both_languages_and_its_deed_is_done(
    name: str,
    tmp_path: pathlib.Path,
    certificates: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = CASES[name]
    address = next(addresses)
    network(address, certificates, monkeypatch)
    folder = image(tmp_path, case)
    held = contextlib.ExitStack()
    if case.profile.get("running"):
        held.enter_context(_thunderbird_runs(folder))
    row = next(row for row in verdict.ROWS.values() if row.number == case.row)
    code = case.told or (f"proof_{row.code}" if case.row != 23 else "")
    prefs = next((folder / "home").rglob("prefs.js"))
    before = prefs.read_bytes()
    with held, servers(case, certificates, address):
        for language in ("en", "pt-BR"):
            ended = cli.main(["plan", "--image", str(folder), "--lang", language])
            said = capsys.readouterr().out
            assert ended == case.exit_code, said
            assert CANARY not in said
            if code:
                assert sentence(code, language).search(re.sub(r"\n +", " ", said)), said
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


BY_SERVER = [
    name
    for name, case in CASES.items()
    if case.row in {1, 2, *range(4, 13), 14, 15, *range(18, 22)} and not case.told
]


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("name", BY_SERVER)
def test_check_says_what_is_wrong_and_what_to_do(
    name: str,
    language: str,
    certificates: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = CASES[name]
    address = next(addresses)
    network(address, certificates, monkeypatch)
    row = next(row for row in verdict.ROWS.values() if row.number == case.row)
    good = case.row == 1 or case.on_465 is not None
    with servers(case, certificates, address):
        assert cli.main(["check", HOST, "--lang", language]) == (0 if good else 12)
        said = capsys.readouterr().out
        assert sentence(f"proof_{row.code}", language).search(re.sub(r"\n +", " ", said)), said
        assert cli.main(["check", HOST, "--json"]) == (0 if good else 12)
        found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(schema.schemas()["check.schema.json"]))
    assert (found["row"], found["verdict"]) == (case.row, row.code)
    assert [each["port"] for each in found["doors"]] == [587, 465]
    assert (found["proven"] is not None) == good


def test_one_port_can_be_checked_alone(
    certificates: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = next(addresses)
    network(address, certificates, monkeypatch)
    with (
        HostileServer(NOW_465, certificates["good"], address, 4650),
        HostileServer(GOOD, certificates["good"], address, 2525),
    ):
        assert cli.main(["check", HOST, "--port", "4650", "--security", "tls"]) == 0
        assert cli.main(["check", HOST, "--port", "2525"]) == 0
        assert cli.main(["check", HOST, "--port", "4650"]) == 12
        assert cli.main(["check", HOST, "--port", "70000"]) == 12
    assert "70000" in capsys.readouterr().out


def test_the_ledger_lists_every_connection(
    certificates: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = next(addresses)
    network(address, certificates, monkeypatch)
    with HostileServer(GOOD, certificates["good"], address, 587) as server:
        assert cli.main(["check", HOST, "--verbose", "--lang", "en"]) == 0
        said = capsys.readouterr().out
    assert "Connections of this run:" in said
    assert said.count(f"({address}), port 587") == server.connections
    assert f"({address}), port 465" in said


# --- signing in, only on request ------------------------------------------------------------------


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Somebody at a terminal, and the store of their system."""
    import keyring

    store: dict[str, str] = {}
    made = session.Session

    def at_a_terminal(**words: Any) -> session.Session:  # noqa: ANN401 - the fields of Session
        return made(**{**words, "interactive": True})

    monkeypatch.setattr(session, "Session", at_a_terminal)
    monkeypatch.setattr(cli, "_prompt", lambda _question: GOOD_USER)
    monkeypatch.setattr(cli, "_secret", lambda _question: GOOD_PASSWORD)
    monkeypatch.setattr(keyring, "get_password", lambda _service, name: store.get(name))
    monkeypatch.setattr(
        keyring, "set_password", lambda _service, name, word: store.update({name: word})
    )
    monkeypatch.setattr(keyring, "delete_password", lambda _service, name: store.pop(name))
    return store


def test_signing_in_is_tried_once_and_a_password_is_stored_only_on_request(
    certificates: dict[str, str],
    person: dict[str, str],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = next(addresses)
    network(address, certificates, monkeypatch)
    words = ["check", HOST, "--sign-in", "--lang", "en", "--data-dir", str(tmp_path / "data")]
    with HostileServer(GOOD, certificates["good"], address, 587) as server:
        assert cli.main(words) == 0
        assert "Signing in worked" in capsys.readouterr().out
        assert person == {}
        assert cli.main([*words, "--remember", "--verbose"]) == 0
        assert person == {f"{GOOD_USER}@{HOST}": GOOD_PASSWORD}
        monkeypatch.setattr(cli, "_secret", lambda _question: pytest.fail("it is stored"))
        assert cli.main([*words, "--user", GOOD_USER]) == 0
        attempts = [line for line in server.heard if line.startswith("AUTH")]
        assert len(attempts) == 3
    assert cli.main(["forget", "--lang", "en", "--data-dir", str(tmp_path / "data")]) == 0
    assert person == {}
    assert cli.main(["forget", "--lang", "en", "--data-dir", str(tmp_path / "data")]) == 0
    said = capsys.readouterr().out
    assert "was removed" in said
    assert "No password was stored." in said
    assert GOOD_PASSWORD not in said
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [data for data in kept if GOOD_PASSWORD.encode() in data]


@pytest.mark.usefixtures("person")
def test_a_wrong_password_is_not_tried_again_and_not_stored(
    certificates: dict[str, str],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = next(addresses)
    network(address, certificates, monkeypatch)
    monkeypatch.setattr(cli, "_secret", lambda _question: "canary-wrong")
    words = ["check", HOST, "--sign-in", "--remember", "--lang", "en"]
    with HostileServer(GOOD, certificates["good"], address, 587) as server:
        assert cli.main([*words, "--data-dir", str(tmp_path / "data")]) == 11
        assert len([line for line in server.heard if line.startswith("AUTH")]) == 1
    said = capsys.readouterr().out
    assert "did not accept this user name" in said
    assert "canary-wrong" not in said
    assert not (tmp_path / "data" / "remembered.json").exists()


def test_without_a_terminal_nobody_is_asked_for_a_password(
    certificates: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = next(addresses)
    network(address, certificates, monkeypatch)
    with HostileServer(GOOD, certificates["good"], address, 587) as server:
        assert cli.main(["check", HOST, "--sign-in", "--user", GOOD_USER, "--lang", "en"]) == 1
        assert not [line for line in server.heard if line.startswith("AUTH")]
    assert "Nobody is here" in capsys.readouterr().err


def test_a_store_that_is_locked_is_told_and_nothing_is_kept(
    certificates: dict[str, str],
    person: dict[str, str],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import keyring
    from keyring.errors import KeyringLocked

    def locked(*_words: str) -> None:
        raise KeyringLocked

    address = next(addresses)
    network(address, certificates, monkeypatch)
    monkeypatch.setattr(keyring, "set_password", locked)
    data = tmp_path / "data"
    words = ["check", HOST, "--sign-in", "--remember", "--lang", "en", "--data-dir", str(data)]
    with HostileServer(GOOD, certificates["good"], address, 587):
        assert cli.main(words) == 1
    said = capsys.readouterr()
    assert "no store for passwords, or it is locked" in said.err
    assert GOOD_PASSWORD not in said.out + said.err
    assert person == {}
    assert not (data / "remembered.json").exists()
