"""All people of a computer: what is told of each, and what a run for all of them ends with."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from builders import a_machine, thunderbird
from configure587 import i18n
from configure587.errors import Busy, Configure587Error
from configure587.machine.people import Answer, Errand, Someone, message, understood
from configure587.policy import Policy, Probe
from configure587.report import people as report
from configure587.report.style import Style
from configure587.rollout import everyone
from configure587.rollout.names import AsTheyAre, MadeUp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from configure587.report.run_documents import PersonJson

ROOT = Path(__file__).resolve().parents[3]
OFFLINE = Policy(probe=Probe.OFF)
ANA = Someone("ana", "/home/ana", "1000")


class FewPeople:
    """People whose parts are done here and now, on a computer in memory."""

    def __init__(self, *someones: Someone, says: Answer | None = None) -> None:
        """`says` takes the place of what each part would say."""
        self._someones = someones
        self._says = says
        self.may = True
        self.busy = False
        self.trouble: OSError | None = None
        self.seconds = 0.0

    def allowed(self) -> bool:
        """See People.allowed."""
        return self.may

    def alone(self) -> AbstractContextManager[None]:
        """See People.alone."""
        if self.busy:
            raise Busy("everyone")
        return contextlib.nullcontext()

    def everyone(self) -> Sequence[Someone]:
        """See People.everyone."""
        if self.trouble is not None:
            raise self.trouble
        return self._someones

    def each(self, someones: Iterable[Someone], errand: Errand) -> Iterator[tuple[Someone, Answer]]:
        """See People.each; the last comes first."""
        self.seconds = errand.seconds
        errand.work.ready()
        for someone in reversed(list(someones)):
            machine = a_machine(thunderbird(port=25)).but(user=someone.name)
            yield someone, self._says or Answer("done", data=errand.work(machine, errand.stop))


def carried_out(people: FewPeople, policy: Policy = OFFLINE) -> list[everyone.Part]:
    """Every part of an apply."""
    return list(
        everyone.carried_out(
            people, policy, "apply", dry_run=False, names=AsTheyAre(), stop=lambda: False
        )
    )


def test_each_part_knows_its_place_in_the_list() -> None:
    bia = Someone("bia", "/home/bia", "1001")
    parts = carried_out(FewPeople(ANA, bia))
    assert [(each.place, each.someone.name, each.entry["person"]) for each in parts] == [
        (1, "bia", "bia"),
        (0, "ana", "ana"),
    ]
    assert [each.entry["accounts"][0]["result"] for each in parts] == ["changed", "changed"]


def test_the_wait_for_an_open_program_is_not_counted_as_work() -> None:
    people = FewPeople(ANA)
    carried_out(people, OFFLINE._replace(wait=90.0))
    assert people.seconds == everyone.SECONDS + 90


def not_allowed(people: FewPeople) -> None:
    people.may = False


def busy(people: FewPeople) -> None:
    people.busy = True


def unknown(people: FewPeople) -> None:
    people.trouble = OSError(5, "the directory does not answer")


@pytest.mark.parametrize(
    ("state", "code", "exit_code"),
    [
        (not_allowed, "not_administrator", 77),
        (busy, "another_run", 1),
        (unknown, "people_unknown", 1),
    ],
)
def test_nothing_begins_where_not_all_can_be_done(
    state: Callable[[FewPeople], None], code: str, exit_code: int
) -> None:
    people = FewPeople(ANA)
    state(people)
    with pytest.raises(Configure587Error) as refused:
        carried_out(people)
    assert (refused.value.code, refused.value.exit_code) == (code, exit_code)


GOOD: dict[str, Any] = {
    "person": "ana",
    "state": "done",
    "reason": None,
    "exit_code": 0,
    "backups": [],
    "accounts": [],
}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{}",
        b"nonsense",
        b"[" * 100_000,
        b"\xff",
        json.dumps({**GOOD, "person": "bia"}).encode(),
        json.dumps({**GOOD, "state": "wonderful"}).encode(),
        json.dumps({**GOOD, "exit_code": "0"}).encode(),
        json.dumps({**GOOD, "accounts": [{"finding": "x"}]}).encode(),
    ],
    ids=range(9),
)
def test_what_a_process_cannot_have_meant_is_not_believed(said: bytes) -> None:
    entry = everyone.told(ANA, Answer("done", data=said), AsTheyAre())
    assert (entry["state"], entry["reason"], entry["exit_code"]) == ("failed", "answer_bad", 20)


def test_what_nobody_asked_for_is_not_passed_on() -> None:
    said = json.dumps({**GOOD, "secret": "x"}).encode()
    assert everyone.told(ANA, Answer("done", data=said), AsTheyAre()) == GOOD


def test_a_person_is_called_the_same_whether_left_out_or_done() -> None:
    names = MadeUp(b"587")
    left_out = everyone.told(ANA, Answer("skipped", "home_locked"), names)
    assert left_out["person"] == names.of("person", "ana")
    assert (left_out["state"], left_out["exit_code"]) == ("skipped", 0)


def test_a_name_that_is_no_text_spoils_nothing() -> None:
    odd = Someone("an\udce1", "/home/ana", "1000")
    [part] = carried_out(FewPeople(odd))
    assert part.entry["state"] == "done"
    json.dumps(part.entry, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "data", [b"", b"x", b"s", b"sNOT A CODE", b"f../x", b"s" + b"a" * 99, b"f\xff"]
)
def test_a_message_that_is_none_is_a_failure(data: bytes) -> None:
    assert understood(data) == Answer("failed", "answer_bad")


@pytest.mark.parametrize(
    "answer",
    [Answer("done", data=b"x"), Answer("skipped", "home_link"), Answer("failed", "not_become")],
)
def test_a_message_says_what_was_meant(answer: Answer) -> None:
    assert understood(message(answer)) == answer


def entry(code: int, state: str = "done", reason: str | None = None) -> PersonJson:
    """Somebody's entry."""
    return {**GOOD, "exit_code": code, "state": state, "reason": reason}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 10], 10),
        ([10, 11], 11),
        ([0, 13, 11], 13),
        ([0, 12], 12),
        ([14, 12], 14),
        ([20], 20),
        ([77, 77], 77),
        ([0, 20], 14),
        ([11, 1], 14),
        ([0, 20, 130], 130),
    ],
)
def test_a_run_for_all_ends_with_the_worst_or_in_part(codes: list[int], code: int) -> None:
    skipped = entry(0, "skipped", "home_missing")
    assert everyone.exit_code([*map(entry, codes), skipped]) == code


def lines(value: PersonJson, **style: Any) -> list[str]:  # noqa: ANN401 - the words of Style
    """What a person reads."""
    return list(report.lines(Style(i18n.texts("en"), **style), "ana\x1b[2J", value))


def test_a_name_cannot_make_a_terminal_do_anything() -> None:
    assert lines(entry(0)) == [
        "ana\N{REPLACEMENT CHARACTER}[2J: no account that sends mail was found."
    ]


@pytest.mark.parametrize("code", [*report.REASONS, "another_run", "stopped", "locked"])
def test_every_reason_is_a_whole_sentence(code: str) -> None:
    [line] = lines(entry(20, "failed", code))
    sentence = line.partition(": not done. ")[2]
    assert sentence.endswith(".")
    assert sentence != code
    assert "{" not in sentence


def test_the_page_for_administrators_explains_every_reason() -> None:
    page = (ROOT / "docs" / "all-users.md").read_text(encoding="utf-8")
    assert [code for code in report.REASONS if f"`{code}`" not in page] == []


def test_a_reason_that_nobody_knows_shows_itself() -> None:
    assert lines(entry(20, "failed", "odd"))[0].endswith(": not done. odd")


def test_in_a_rehearsal_nothing_is_said_to_have_happened() -> None:
    [part] = carried_out(FewPeople(ANA))
    assert lines(part.entry, rehearsal=True)[0].endswith(": Would be changed: 1.")
    assert lines(part.entry)[0].endswith(": Changed and checked: 1.")
