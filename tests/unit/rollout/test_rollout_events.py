"""A run tells administrators what it did, by fixed numbers, and never who somebody is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from builders import CANARY, a_machine, offline, thunderbird
from configure587.errors import NoPermission, Refused
from configure587.machine.events import Level, MemoryEvents
from configure587.machine.unix_events import entry, line
from configure587.machine.windows_events import LAST_NUMBER
from configure587.report import exit_codes
from configure587.rollout import event_table, events, names, one_person, reports

if TYPE_CHECKING:
    from configure587.machine.events import Event
    from configure587.report.run_documents import AccountJson, PersonJson, RunJson

DOCUMENT: Final = Path(__file__).resolve().parents[3] / "docs" / "events.md"


def an_account(**words: Any) -> AccountJson:  # noqa: ANN401 - any field of the document
    """An account that was moved from port 25 to port 587."""
    found: AccountJson = {
        "finding": "finding-abcdefabcdef",
        "account": "account-k7q2mxwzpa3d",
        "client": "thunderbird",
        "program": "Thunderbird",
        "program_version": "153.7.0",
        "provider": None,
        "verdict": "fine",
        "reasons": ["port_25"],
        "result": "changed",
        "before": {"port": 25, "security": "none"},
        "now": {"port": 587, "security": "starttls"},
    }
    found.update(words)  # type: ignore[typeddict-item]  # the fields that a test wants otherwise
    return found


def a_person(*accounts: AccountJson, **words: Any) -> PersonJson:  # noqa: ANN401 - any field
    """A person with these accounts, whose turn went well."""
    found: PersonJson = {
        "person": "person-zzzzzzzzzzzz",
        "state": "done",
        "reason": None,
        "exit_code": 0,
        "backups": [],
        "accounts": list(accounts),
    }
    found.update(words)  # type: ignore[typeddict-item]  # the fields that a test wants otherwise
    return found


def a_run(*people: PersonJson, **words: Any) -> RunJson:  # noqa: ANN401 - any field
    """A run of apply for these people."""
    found: RunJson = {
        "schema": "configure587/1",
        "kind": "run",
        "run": "apply",
        "version": "1.2.3",
        "computer": {"name": "PC-DE-ANA", "id": "0123456789abcdef", "platform": "linux"},
        "started": "2026-11-24T12:00:00Z",
        "ended": "2026-11-24T12:00:05Z",
        "ring": None,
        "policy": "",
        "dry_run": False,
        "held": None,
        "people": list(people),
        "exit_code": 0,
    }
    found.update(words)  # type: ignore[typeddict-item]  # the fields that a test wants otherwise
    return found


def numbers(found: list[Event]) -> list[int]:
    """Which events these are."""
    return [event.number for event in found]


def fields(event: Event) -> dict[str, str]:
    """The fields of an event by their names."""
    return dict(event.fields)


# --- what follows from a report ------------------------------------------------------------------


def test_a_moved_account_is_told_with_where_it_was_and_where_it_is() -> None:
    moved, ended = events.of_run(a_run(a_person(an_account())))
    assert moved.text == (
        "account-k7q2mxwzpa3d of person-zzzzzzzzzzzz in Thunderbird now sends through port 587 "
        "(starttls), checked; before through port 25 (none)."
    )
    assert (moved.number, moved.code, moved.level) == (110, "account_moved", Level.INFO)
    assert fields(moved)["program_version"] == "153.7.0"
    assert ended.text == "A run of apply ended: 1 of 1 accounts changed, 0 still to be done."


@pytest.mark.parametrize(
    ("run", "words", "number"),
    [
        ("apply", {"result": "failed", "verdict": "due"}, 112),
        ("apply", {"result": "broken", "verdict": "due"}, 112),
        ("apply", {"result": "deferred", "verdict": "due", "reasons": ["running"]}, 111),
        ("apply", {"result": "unchanged", "verdict": "due"}, 111),
        ("apply", {"result": None, "verdict": "unproven"}, 111),
        ("apply", {"result": None, "verdict": "blocked"}, 111),
        ("apply", {"result": None, "verdict": "fine"}, None),
        ("apply", {"result": "unchanged", "verdict": "left_alone"}, None),
        ("apply", {"result": "denied", "verdict": "fine"}, 111),
        ("rollback", {"result": "undone", "verdict": "due"}, 120),
        ("rollback", {"result": "kept", "verdict": "fine"}, 121),
        ("rollback", {"result": "failed", "verdict": "fine"}, 112),
        ("rollback", {"result": None, "verdict": "due"}, None),
        ("scan", {"result": None, "verdict": "due"}, None),
    ],
)
def test_each_way_an_account_can_go_has_its_number(
    run: str, words: dict[str, Any], number: int | None
) -> None:
    found = events.of_run(a_run(a_person(an_account(**words)), run=run))
    assert numbers(found)[:-1] == ([] if number is None else [number])


def test_an_account_that_was_not_moved_is_told_with_its_reasons() -> None:
    account = an_account(verdict="due", result="deferred", reasons=["port_25", "running"], now=None)
    told = events.of_run(a_run(a_person(account)))[0]
    assert "was not moved: due, port_25, running." in told.text
    assert fields(told)["to_port"] == "unknown"


@pytest.mark.parametrize(("state", "number"), [("skipped", 130), ("failed", 131)])
def test_a_person_whose_turn_did_not_come_or_failed_is_told(state: str, number: int) -> None:
    found = events.of_run(a_run(a_person(state=state, reason="home_locked", exit_code=77)))
    assert numbers(found) == [number, 101]
    assert "home_locked" in found[0].text


def test_accounts_that_are_nobody_s_are_counted_and_not_told_one_by_one() -> None:
    system = a_person(state="skipped", reason="service_account")
    [ended] = events.of_run(a_run(system, system))
    assert fields(ended)["people_skipped"] == "2"


@pytest.mark.parametrize(
    ("held", "number"), [("ring", 140), ("limit", 140), ("another_run", 140), ("brake", 141)]
)
def test_a_run_that_was_held_is_told_with_its_reason(held: str, number: int) -> None:
    found = events.of_run(a_run(held=held, exit_code=16))
    assert numbers(found) == [number, 101]
    assert fields(found[1])["held"] == held


@pytest.mark.parametrize(
    "code", [value for name, value in vars(exit_codes).items() if name.isupper() and name[0] != "_"]
)
def test_every_exit_code_ends_as_one_of_three_events(code: Any) -> None:  # noqa: ANN401 - an int
    if not isinstance(code, int):
        return
    ended = events.of_run(a_run(exit_code=code))[-1]
    wanted = Level.INFO if code == 0 else Level.WARNING if 10 <= code < 20 else Level.ERROR
    assert ended.level is wanted
    assert fields(ended)["exit_code"] == str(code)


def test_a_rehearsal_changes_nothing_and_so_tells_of_no_account() -> None:
    found = events.of_run(a_run(a_person(an_account()), dry_run=True))
    assert numbers(found) == [101]
    assert fields(found[0])["rehearsal"] == "yes"


# --- what the report does not hold ---------------------------------------------------------------


def test_a_refused_policy_has_a_number_of_its_own() -> None:
    [policy] = events.stopped("apply", Refused("policy_wrong", path="/home/ana/p.toml"))
    [other] = events.stopped("apply", NoPermission("not_allowed", path="/home/ana"))
    assert (policy.number, other.number, fields(other)["exit_code"]) == (160, 161, "77")
    assert "ana" not in policy.text + other.text


def test_a_run_that_finds_another_at_work_is_held_and_not_refused() -> None:
    assert events.stopped("apply", Refused("another_run")) == []


def test_a_fault_of_ours_is_told_by_its_kind_alone() -> None:
    told = events.our_bug("apply", ValueError(CANARY))
    assert (told.number, fields(told)["kind"]) == (170, "ValueError")
    assert CANARY not in repr(told)


def test_what_became_of_the_report_is_told() -> None:
    assert numbers([events.delivered(sent=True), events.delivered(sent=False)]) == [150, 151]


def test_an_earlier_run_that_was_cut_short_is_told_only_if_there_was_one() -> None:
    assert numbers(events.recovered(3)) == [180]
    assert events.recovered(0) == []


def test_the_beginning_says_whether_it_is_a_rehearsal() -> None:
    assert fields(events.began("apply", dry_run=True))["rehearsal"] == "yes"
    assert events.began("scan").number == 100


# --- nobody is named -----------------------------------------------------------------------------

NAMES: Final = (
    *("ana@exemplo.com.br", "Ana de Souza", "anasouza", "smtp.exemplo.com.br", "PC-DE-ANA"),
    *("/home/anasouza/.thunderbird", "joao-silvasouza", "mariadasilvasouz", CANARY),
)


def told(found: list[Event]) -> str:
    """All that any log gets to see."""
    return b"".join(entry(event) + line(event) for event in found).decode() + repr(found)


@pytest.mark.parametrize("name", NAMES)
def test_no_event_names_anybody_even_if_the_report_does(name: str) -> None:
    computer = {"name": name, "id": name, "platform": "linux"}
    account = an_account(account=name, finding=name)
    run = a_run(a_person(account, person=name, backups=[name]), computer=computer)
    assert name not in told(events.of_run(run))
    [moved, _] = events.of_run(run, lambda kind, _: f"{kind}-aaaaaaaaaaaa")
    assert fields(moved)["account"] == "account-aaaaaaaaaaaa"
    assert fields(moved)["person"] == "person-aaaaaaaaaaaa"


@pytest.mark.parametrize("odd", ["ana@exemplo.com.br", "/home/ana", "x\nPRIORITY=0", "a\0b"])
def test_what_is_no_word_of_ours_is_withheld(odd: str) -> None:
    account = an_account(
        **dict.fromkeys(("client", "program", "program_version", "provider"), odd),
        reasons=[odd],
        verdict="due",
        result="deferred",
    )
    person = a_person(account, state="failed", reason=odd)
    run = a_run(person, policy=odd, held=odd, ring=odd, version=odd)
    found = events.of_run(run)
    assert numbers(found) == [140, 131, 111, 101]
    assert odd not in told(found)


@pytest.mark.parametrize("called", [names.MadeUp(b"k" * 32), names.AsTheyAre()])
def test_a_real_run_is_told_and_names_nobody(called: names.Names) -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0, more={"mail.a.password": CANARY}))
    part = one_person.carried_out(
        machine, offline(), "apply", dry_run=False, names=called, stop=lambda: False
    )
    report = reports.made(machine, reports.Run("apply", "x"), [part], part["exit_code"])
    found = events.of_run(report)
    assert numbers(found) == [110, 101]
    assert "through port 587 (starttls), checked; before through port 25 (none)" in found[0].text
    secrets = (CANARY, "exemplo.com.br", "abcd1234", "/home", "ana@")
    assert [each for each in secrets if each in told(found)] == []


# --- the log -------------------------------------------------------------------------------------


def test_events_go_to_the_log_of_the_computer_where_it_has_one() -> None:
    log = MemoryEvents()
    machine = a_machine(thunderbird(port=25))
    events.tell(machine, [events.began("apply")])  # no log: nothing happens
    events.tell(machine.but(events=log), [events.began("apply")])
    assert numbers(log.written) == [100]


# --- the table and its page ----------------------------------------------------------------------


def test_no_two_events_share_a_number_a_code_or_a_message_id() -> None:
    for name in ("number", "code", "message_id", "text"):
        values = [getattr(kind, name) for kind in event_table.KINDS]
        assert len(set(values)) == len(values), name


def test_every_kind_of_the_module_is_in_the_table() -> None:
    named = {each for each in vars(event_table).values() if isinstance(each, event_table.Kind)}
    assert named == set(event_table.KINDS)


@pytest.mark.parametrize("kind", event_table.KINDS, ids=lambda kind: kind.code)
def test_windows_and_journald_can_hold_every_number_and_id(kind: event_table.Kind) -> None:
    assert 1 <= kind.number <= LAST_NUMBER
    assert re.fullmatch(r"[0-9a-f]{32}", kind.message_id)


@pytest.mark.parametrize("kind", event_table.KINDS, ids=lambda kind: kind.code)
def test_every_event_stands_on_its_page_word_for_word(kind: event_table.Kind) -> None:
    row = (
        f"| {kind.number} | `{kind.code}` | {kind.level.value} | `{kind.message_id}` "
        f"| {kind.text} |"
    )
    assert row in DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_the_page_has_no_event_that_the_program_lacks() -> None:
    found = re.findall(r"^\| (\d+) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(map(int, found)) == [kind.number for kind in event_table.KINDS]
