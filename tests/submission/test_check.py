"""`check`: one server looked at, told in both languages, and one sign-in if somebody asks for it.

The servers are real sockets on loopback (world.py).
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import time
from typing import TYPE_CHECKING

import jsonschema
import keyring.backends.fail
import keyring.core
import pytest

from certificates import HOST
from configure587 import cli, i18n
from configure587.machine import here
from configure587.report import looks, schema
from configure587.rollout import next_sign_in
from configure587.seen import End
from configure587.submission import discovery, verdict
from configure587.submission.patience import Limits
from submission.hostile_server import GOOD, GOOD_PASSWORD, GOOD_USER, SCENARIOS, late
from submission.test_decision_rows import CASES, GUESTS_OF_A_PLAN, NOW_465, servers
from submission.world import FILTERED, PATIENCE, told

if TYPE_CHECKING:
    from submission.hostile_server import Guest, Manners
    from submission.person import Person
    from submission.world import World

BY_SERVER = [
    name
    for name, case in CASES.items()
    if case.row in {1, 2, *range(4, 13), 14, 15, *range(18, 22)} and not (case.told or case.profile)
]


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("name", BY_SERVER)
def test_check_says_what_is_wrong_and_what_to_do(
    name: str,
    language: str,
    world: World,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = CASES[name]
    row = next(row for row in verdict.ROWS.values() if row.number == case.row)
    good = case.row == 1 or case.on_465 is not None
    with servers(world, case):
        assert cli.main(["check", HOST, "--lang", language]) == (0 if good else 12)
        said = capsys.readouterr().out
        assert told(said, f"proof_{row.code}", language), said
        assert cli.main(["check", HOST, "--json"]) == (0 if good else 12)
        found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(schema.schemas()["check.schema.json"]))
    assert (found["row"], found["verdict"]) == (case.row, row.code)
    assert [each["port"] for each in found["doors"]] == [587, 465]
    assert (found["proven"] is not None) == good


ROWS_OF_SCENARIOS = {
    **dict.fromkeys(("good", "multi-line greeting", "address literal refused"), 1),
    **dict.fromkeys(("no answer to QUIT", "AUTH before TLS too", "refused once", "late"), 1),
    "OAuth only": 2,
    "no AUTH after TLS": 4,
    **dict.fromkeys(("stripped", "HELO only"), 6),
    **dict.fromkeys(("masked", "starred banner"), 7),
    **dict.fromkeys(("refused", "refused for now"), 8),
    "injected": 9,
    **dict.fromkeys(("answers in the clear", "closed at TLS", "old TLS"), 10),
    "injected late": 10,
    **dict.fromkeys(("silent", "silent after EHLO", "silent inside", "dripping"), 19),
    **dict.fromkeys(("tls first", "busy", "reset", "closed"), 19),
    "rejected": 20,
    **dict.fromkeys(("HTTP", "garbage", "garbage without end"), 21),
    **dict.fromkeys(("endless", "endless line", "mixed codes"), 21),
}
AS_FAST_AS = {"injected late": 9}  # as in the same segment, if it can


def test_every_scenario_has_its_row() -> None:
    assert ROWS_OF_SCENARIOS.keys() == SCENARIOS.keys()


@pytest.mark.parametrize("name", SCENARIOS)
def test_check_gives_the_advice_for_every_hostile_server(
    name: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ROWS_OF_SCENARIOS[name]
    codes = {each.number: each.code for each in verdict.ROWS.values()}
    fitting = [codes[each] for each in {row, AS_FAST_AS.get(name, row)}]
    for language in ("en", "pt-BR"):
        with world.has(HOST, {587: SCENARIOS[name]}):
            begun = time.monotonic()
            assert cli.main(["check", HOST, "--lang", language]) == (0 if row == 1 else 12)
            assert time.monotonic() - begun < PATIENCE.total + 1
            said = capsys.readouterr().out
        assert any(told(said, f"proof_{code}", language) for code in fitting), said


def test_one_port_can_be_checked_alone(
    world: World,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with world.has(HOST, {4650: NOW_465, 2525: GOOD}):
        assert cli.main(["check", HOST, "--port", "4650", "--security", "tls"]) == 0
        assert cli.main(["check", HOST, "--port", "2525"]) == 0
        assert cli.main(["check", HOST, "--port", "4650"]) == 12
        assert cli.main(["check", HOST, "--port", "70000"]) == 12
    assert "70000" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_port_25_is_never_called_good(
    language: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.has(HOST, {25: GOOD, 587: GOOD}):
        assert cli.main(["check", HOST, "--port", "25", "--lang", language]) == 12
        said = capsys.readouterr().out
        assert told(said, "proof_old_port", language), said
        assert not told(said, "proof_ready", language)
        assert "587" in said
        assert cli.main(["check", HOST, "--port", "25", "--json"]) == 12
        found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(schema.schemas()["check.schema.json"]))
    assert (found["verdict"], found["proven"]) == ("old_port", None)


IMPOSSIBLE = [
    *("a b", "smtp exemplo.com.br", "..", ".", "smtp..exemplo", "\N{GRINNING FACE}.exemplo", ""),
    *(
        "a" * 300,
        f"{'a' * 64}.exemplo",
        "smtp-.exemplo",
        "127.1",
        "[::1",
        "host:587",
        "\x00",
        "a/b",
    ),
]


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_name_is_told_and_nobody_is_asked(
    name: str, language: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    del world
    assert cli.main(["check", name, "--lang", language, "--verbose"]) == 12
    said = capsys.readouterr().out
    assert i18n.texts(language).gettext(looks.ENDS[End.BAD_NAME]) in said
    assert i18n.texts(language).gettext("Connections of this run:") not in said


@pytest.mark.parametrize("name", ["a b@c d", "@", "ana@", "ana@..", "ana@\N{GRINNING FACE}"])
def test_an_impossible_address_is_told(
    name: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    del world
    assert cli.main(["check", name, "--online", "--lang", "en"]) == 1
    assert "know nothing about the mail provider" in capsys.readouterr().err


def test_of_a_provider_that_sends_in_its_own_way_that_is_told(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    del world
    assert cli.main(["check", "ana@proton.me", "--online", "--lang", "en"]) == 1
    assert "Mail of proton.me is sent through a program" in capsys.readouterr().err


@pytest.mark.parametrize("spelled", ["{}", "[{}]"])
def test_an_address_in_place_of_a_name_is_no_name_of_the_certificate(
    spelled: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.has(HOST, {587: GOOD}):
        host = spelled.format(world.address(HOST))
        assert cli.main(["check", host, "--json"]) == 12
    found = json.loads(capsys.readouterr().out)
    assert (found["row"], found["doors"][0]["trouble"]) == (14, "other_name")


@pytest.mark.parametrize("port", ["0", "65536", "99999999999999999999"])
def test_an_impossible_port_is_told(
    port: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.address(HOST)
    assert cli.main(["check", HOST, "--port", port, "--lang", "en"]) == 12
    assert looks.ENDS[End.BAD_NAME] in capsys.readouterr().out


def test_where_no_server_of_a_provider_answers_no_name_is_called_old(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = discovery.candidates("ana@mandic.com.br", "")
    hosts = list(dict.fromkeys(each.host for each in listed))
    assert len(hosts) > 1
    with contextlib.ExitStack() as stack:
        for host in hosts:
            stack.enter_context(world.has(host, {587: FILTERED, 465: FILTERED}))
        assert cli.main(["check", "ana@mandic.com.br", "--lang", "en"]) == 12
    said = capsys.readouterr().out
    assert told(said, "proof_offline", "en")
    assert not told(said, "proof_server_gone", "en"), said


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_a_certificate_in_the_old_form_is_not_said_to_be_of_its_own_server(
    language: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.has(HOST, {587: GOOD}, world.authority.issue(HOST, old_form=True)):
        assert cli.main(["check", HOST, "--lang", language]) == 12
    said = capsys.readouterr().out
    assert told(said, "certificate_old_form", language), said
    assert not told(said, "certificate_other_name", language)


def test_the_ledger_lists_every_connection(
    world: World,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with world.has(HOST, {587: GOOD}):
        server = world.servers[HOST, 587]
        assert cli.main(["check", HOST, "--verbose", "--lang", "en"]) == 0
        said = capsys.readouterr().out
    assert "Connections of this run:" in said
    assert said.count(f"({world.address(HOST)}), port 587") == server.connections
    assert f"({world.address(HOST)}), port 465" in said


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_a_server_that_greets_late_is_waited_for_only_on_request(
    language: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.has(HOST, {587: GOOD.but(greet=late(PATIENCE.greeting + 0.3))}):
        assert cli.main(["check", HOST, "--lang", language]) == 12
        said = capsys.readouterr().out
        assert told(said, "proof_busy", language)
        assert told(said, "wait_more", language)
        assert cli.main(["check", HOST, "--lang", language, "--wait-more"]) == 0
    assert not told(capsys.readouterr().out, "wait_more", language)


def test_waiting_more_is_30_seconds_and_still_has_an_end() -> None:
    longer = Limits().longer()
    assert (longer.greeting, longer.total) == (30.0, 37.0)
    assert longer._replace(greeting=8.0, total=15.0) == Limits()


# --- signing in, only on request ------------------------------------------------------------------


WORDS = ["check", HOST, "--sign-in", "--lang", "en", "--data-dir"]


def attempts(world: World) -> int:
    return sum(line.startswith("AUTH") for line in world.servers[HOST, 587].heard)


def test_signing_in_is_tried_once_and_a_password_is_stored_only_on_request(
    world: World, person: Person, data: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, forget = [*WORDS, str(data)], ["forget", "--lang", "en", "--data-dir", str(data)]
    person.types = [GOOD_USER, GOOD_USER]
    with world.has(HOST, {587: GOOD}):
        assert cli.main(words) == 0
        assert "Signing in worked" in capsys.readouterr().out
        assert person.store.kept == {}
        assert cli.main([*words, "--remember", "--verbose"]) == 0
        assert person.store.kept == {f"{GOOD_USER}@{HOST}": GOOD_PASSWORD}
        assert cli.main([*words, "--user", GOOD_USER]) == 0  # it is stored
        assert (attempts(world), person.asked_for_password) == (3, 2)
    assert cli.main(forget) == 0
    assert person.store.kept == {}
    assert cli.main(forget) == 0
    said = capsys.readouterr().out
    assert "was removed" in said
    assert "No password was stored." in said
    assert GOOD_PASSWORD not in said
    assert not leaked(data)


def leaked(folder: pathlib.Path) -> list[pathlib.Path]:
    """The files of a folder in which the password stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if GOOD_PASSWORD.encode() in path.read_bytes()]


def test_a_wrong_password_is_not_tried_again_and_not_stored(
    world: World, person: Person, data: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person.types, person.password = [GOOD_USER], "canary-wrong"
    with world.has(HOST, {587: GOOD}):
        assert cli.main([*WORDS, str(data), "--remember"]) == 11
        assert attempts(world) == 1
    said = capsys.readouterr().out
    assert "did not accept this user name" in said
    assert "canary-wrong" not in said
    assert person.store.kept == {}
    assert not (data / "remembered.json").exists()


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize(
    ("manners", "code"),
    [
        (GOOD.but(after=("AUTH CRAM-MD5",)), "sign_in_no_way"),
        (GOOD.but(protected_verbs={"AUTH": b"\r\n"}), "sign_in_no_answer"),
    ],
)
def test_an_attempt_without_an_answer_is_told_without_a_number(  # noqa: PLR0913, PLR0917 - fixtures
    manners: Manners,
    code: str,
    language: str,
    world: World,
    person: Person,
    data: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del person
    words = ["check", HOST, "--sign-in", "--user", GOOD_USER, "--data-dir", str(data)]
    with world.has(HOST, {587: manners}):
        assert cli.main([*words, "--lang", language]) == 11
    said = capsys.readouterr().out
    assert told(said, code, language), said
    assert "(0 " not in said


@pytest.mark.parametrize(
    ("user", "password"), [("", "x"), ("a\0b", "x"), ("\udcff", "x"), ("a", "")]
)
def test_what_cannot_succeed_is_not_tried(  # noqa: PLR0913, PLR0917 - fixtures
    user: str,
    password: str,
    world: World,
    person: Person,
    data: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    person.types, person.password = [user], password
    with world.has(HOST, {587: GOOD}):
        assert cli.main([*WORDS, str(data)]) == 1
        assert attempts(world) == 0
    assert "cannot be sent" in capsys.readouterr().err


def test_who_stops_an_attempt_is_told_that_it_was_stopped(
    world: World,
    person: Person,
    data: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del person

    def interrupt(guest: Guest) -> None:
        if guest.server.connections > GUESTS_OF_A_PLAN:
            os.kill(os.getpid(), signal.SIGINT)
            guest.wait_for_end()

    words = [*WORDS, str(data), "--user", GOOD_USER]
    with world.has(HOST, {587: GOOD.but(greet=interrupt)}):
        assert cli.main(words) == 130
    assert "Stopped" in capsys.readouterr().err


def test_without_a_terminal_nobody_is_asked_for_a_password(
    world: World, data: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.has(HOST, {587: GOOD}):
        assert cli.main([*WORDS, str(data), "--user", GOOD_USER]) == 1
        assert attempts(world) == 0
    assert "Nobody is here" in capsys.readouterr().err


@pytest.mark.parametrize("store", ["locked", "missing"])
def test_a_store_that_is_locked_or_missing_is_told_and_nothing_is_kept(  # noqa: PLR0913, PLR0917
    store: str,
    world: World,
    person: Person,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    person.types, person.store.locked = [GOOD_USER], True
    if store == "missing":  # what keyring itself takes on a computer without any
        none = keyring.backends.fail.Keyring()  # type: ignore[no-untyped-call]
        monkeypatch.setattr(keyring.core, "_keyring_backend", none)
    with world.has(HOST, {587: GOOD}):
        assert cli.main([*WORDS, str(data), "--remember"]) == 1
        assert attempts(world) == 1
    said = capsys.readouterr()
    assert "no store for passwords, or it is locked" in said.err
    assert GOOD_PASSWORD not in said.out + said.err
    assert person.store.kept == {}
    assert not (data / "remembered.json").exists()


@pytest.mark.parametrize("note", ["", "nonsense", "5", '[["a"]]', "[" * 100_000])
def test_a_damaged_list_of_what_was_stored_is_not_called_empty(
    note: str, person: Person, data: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del person
    data.mkdir()
    (data / "remembered.json").write_text(note)
    assert cli.main(["forget", "--lang", "en", "--data-dir", str(data)]) == 1
    said = capsys.readouterr()
    assert "No password was stored." not in said.out
    assert "remembered.json, could not be read" in said.err
    assert (data / "remembered.json").read_text() == note


def test_forget_gives_up_what_waits_for_the_next_sign_in(
    person: Person, data: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del person
    entry = pathlib.Path(next_sign_in.of(next(iter(here.machines()))).path)
    entry.parent.mkdir(parents=True)
    entry.write_text("[Desktop Entry]")
    for waited in (True, False):
        assert cli.main(["forget", "--lang", "en", "--data-dir", str(data)]) == 0
        said = capsys.readouterr().out
        assert ("What was left for the next sign-in will not be done." in said) == waited
        assert not entry.exists()


def test_what_a_locked_store_still_holds_is_not_forgotten(
    world: World, person: Person, data: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person.types = [GOOD_USER]
    with world.has(HOST, {587: GOOD}):
        assert cli.main([*WORDS, str(data), "--remember"]) == 0
    forget = ["forget", "--lang", "en", "--data-dir", str(data)]
    person.store.locked = True
    assert cli.main(forget) == 1
    assert "no store for passwords, or it is locked" in capsys.readouterr().err
    person.store.locked = False
    assert cli.main(forget) == 0
    assert person.store.kept == {}
    capsys.readouterr()
