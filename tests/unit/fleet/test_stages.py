"""When a computer counts as moved, and what it counts as else: the words of docs/fleet.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import jsonschema
import msgspec
import pytest

from configure587.fleet import runs, stages
from configure587.fleet.runs import Aside, NotCounted
from configure587.fleet.stages import Stage
from configure587.model import Verdict
from configure587.records import Result
from configure587.report import fleet_documents, fleet_words, schema
from configure587.report.run_documents import RunJson
from fleet_builders import OLD, a_person, a_report, an_account, due, moved

if TYPE_CHECKING:
    from configure587.report.run_documents import AccountJson

RUN = json.loads(schema.schemas()["run.schema.json"])
SKIPPED: dict[str, Any] = {"state": "skipped", "reason": "home_not_mounted"}
FAILED: dict[str, Any] = {"state": "failed", "reason": "no_permission", "exit_code": 77}


def stage(report: RunJson) -> Stage | None:
    """Where a computer stands by this report, which is one that a computer may send."""
    jsonschema.validate(report, RUN)
    return stages.of_run(runs.read(json.dumps(report).encode()))


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ([an_account()], Stage.MOVED),
        ([an_account(result="changed")], Stage.MOVED),
        ([an_account(), an_account("left_alone", "program_unused")], Stage.MOVED),
        (
            [an_account("left_alone", "odd_port", now={"port": 2525, "security": "tls"})],
            Stage.MOVED,
        ),
        ([an_account("left_alone", "local_host", now=OLD)], Stage.MOVED),
        ([an_account("left_alone", "asked", now=OLD)], Stage.NEEDS_A_PERSON),
        ([an_account("fine", now=OLD)], Stage.NEEDS_A_PERSON),
        ([an_account(), an_account("due", "port_25")], Stage.DUE),
        ([an_account("due", "running", result="deferred")], Stage.DUE),
        ([an_account("half_way", "not_protected")], Stage.DUE),
        ([an_account("unproven", "proof_busy")], Stage.UNPROVEN),
        ([an_account("stuck", "sign_in_needed")], Stage.NEEDS_A_PERSON),
        ([an_account("blocked", "locked")], Stage.NEEDS_A_PERSON),
        ([an_account("guided", "guided_program")], Stage.NEEDS_A_PERSON),
        ([an_account("unreadable", "prefs_damaged")], Stage.NEEDS_A_PERSON),
        ([an_account("due", "no_permission", result="denied")], Stage.FAILED),
        ([an_account("unproven"), an_account("due")], Stage.DUE),
        ([], Stage.NO_ACCOUNT),
    ],
)
def test_a_computer_has_moved_when_no_account_is_in_the_way(
    accounts: list[AccountJson], expected: Stage
) -> None:
    assert stage(a_report(*accounts)) is expected


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (a_report(people=[a_person(an_account()), a_person(**SKIPPED)]), Stage.NOT_SEEN),
        (a_report(people=[a_person(**{**SKIPPED, "reason": "service_account"})]), Stage.NO_ACCOUNT),
        (a_report(people=[a_person(an_account()), a_person(**FAILED)]), Stage.FAILED),
        (a_report(people=[a_person(an_account("due")), a_person(**SKIPPED)]), Stage.DUE),
        (moved(exit_code=70), Stage.FAILED),
        (moved(exit_code=14), Stage.MOVED),
        (a_report(people=[], exit_code=1), Stage.FAILED),
        (a_report(people=[]), Stage.NO_ACCOUNT),
        (a_report(people=[], held="ring"), None),
        (moved(held="limit"), Stage.MOVED),
    ],
)
def test_people_who_failed_or_were_not_seen_keep_a_computer_from_counting(
    report: RunJson, expected: Stage | None
) -> None:
    assert stage(report) is expected


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("result", [None, *Result])
def test_every_word_of_a_report_can_be_read(verdict: Verdict, result: Result | None) -> None:
    report = a_report(an_account(verdict.value, result=result and result.value))
    assert stage(report) is not None


def test_every_field_that_is_read_is_a_field_of_a_report() -> None:
    for top in (runs.Run, runs._Head):
        assert set(top.__struct_fields__) <= RunJson.__annotations__.keys()
    shape = RUN["$defs"]
    for struct in (runs.Account, runs.Person, runs.Computer, runs.Door):
        assert set(struct.__struct_fields__) <= shape[f"{struct.__name__}Json"]["properties"].keys()
    assert runs._SCHEMA in msgspec.json.encode(msgspec.json.schema(runs.Run)).decode()


NOT_REPORTS = {
    "empty": (b"", Aside.DAMAGED),
    "broken off": (json.dumps(moved()).encode()[:-9], Aside.DAMAGED),
    "no JSON": (b"\x00\x01\x02", Aside.DAMAGED),
    "no number": (json.dumps(moved(exit_code=float("nan"))).encode(), Aside.DAMAGED),
    "a word for a port": (json.dumps(moved()).replace("587,", '"587",').encode(), Aside.DAMAGED),
    "half a character": (json.dumps(moved("\ud800")).encode(), Aside.DAMAGED),
    "no UTF-8": (json.dumps(moved()).encode().replace(b"PC-1", b"PC\xff"), Aside.DAMAGED),
    "a field less": (
        json.dumps({k: v for k, v in moved().items() if k != "people"}).encode(),
        Aside.DAMAGED,
    ),
    "no id": (json.dumps(moved()).replace("id-of-PC-1", "").encode(), Aside.DAMAGED),
    "no zone": (json.dumps(moved(ended="2026-11-24T12:00:00")).encode(), Aside.DAMAGED),
    "no date": (json.dumps(moved(ended="yesterday")).encode(), Aside.DAMAGED),
    "a year without a calendar": (
        json.dumps(moved(ended="0001-01-01T00:00:00+14:00")).encode(),
        Aside.DAMAGED,
    ),
    "another word": (json.dumps(moved()).replace('"fine"', '"great"').encode(), Aside.DAMAGED),
    "too deep": (b'{"x":' + b"[" * 100_000, Aside.DAMAGED),
    "a list": (b"[" * 100_000, Aside.DAMAGED),
    "another version": (
        json.dumps({**moved(), "schema": "configure587/2"}).encode(),
        Aside.OTHER_VERSION,
    ),
    "nobody's version": (json.dumps({**moved(), "schema": "other/2"}).encode(), Aside.DAMAGED),
    "a plan": (b'{"schema": "configure587/1", "kind": "plan"}', Aside.OTHER_KIND),
    "a plan to come": (b'{"schema": "configure587/2", "kind": "plan"}', Aside.OTHER_KIND),
    "something else": (b'{"name": "left-pad"}', Aside.OTHER_KIND),
    "a rehearsal": (json.dumps(moved(dry_run=True)).encode(), Aside.REHEARSAL),
}


@pytest.mark.parametrize(("data", "why"), NOT_REPORTS.values(), ids=NOT_REPORTS)
def test_what_is_no_report_is_set_aside_and_not_guessed(data: bytes, why: Aside) -> None:
    with pytest.raises(NotCounted) as refused:
        runs.read(data)
    assert refused.value.why is why


def test_fields_that_come_later_are_let_through() -> None:
    assert stage(moved()) is Stage.MOVED
    later = {**moved(), "colour": {"of": ["the", "sky"]}}
    assert stages.of_run(runs.read(json.dumps(later).encode())) is Stage.MOVED


def test_every_stage_and_every_way_to_be_set_aside_has_words() -> None:
    words = {stage.value for stage in Stage}
    assert words == fleet_words.STAGES.keys() == fleet_words.MEANINGS.keys()
    assert words == set(get_args(fleet_documents.StageWord))
    asides = {why.value for why in Aside}
    assert asides == fleet_words.ASIDES.keys() == set(get_args(fleet_documents.AsideWord))


def test_a_failed_change_is_no_open_one() -> None:
    assert stage(due()) is Stage.DUE
    assert stage(a_report(an_account("due", result="failed"))) is Stage.FAILED
