"""A code that is read aloud comes back whole, or says that it was misheard."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configure587.machine import Platform
from configure587.model import Verdict
from configure587.pages import Page
from configure587.report import proofs, sentences
from configure587.support import codes, numbers, symbols
from configure587.support.codes import Trouble, code, read
from configure587.support.numbers import Last, Picture
from configure587.support.packing import Packer, Unpacker
from configure587.support.situation import Situation

KEPT: Final = Path(__file__).parents[2] / "corpora" / "support" / "reason_numbers.txt"

PROGRAMS: Final = [*numbers.PROGRAMS, ""]
VERSIONS: Final = st.tuples(st.integers(0, 7), st.integers(0, 63), st.integers(0, 31))
SITUATIONS: Final = st.builds(
    Situation,
    page=st.sampled_from([0, *(page.value for page in Page)]),
    version=VERSIONS,
    platform=st.sampled_from(Platform),
    programs=st.lists(st.sampled_from(PROGRAMS), unique=True, max_size=7).map(
        lambda names: tuple(sorted(names, key=lambda name: numbers.PROGRAMS.get(name, 99)))
    ),
    verdicts=st.dictionaries(st.sampled_from(Verdict), st.integers(1, 15)).map(
        lambda counts: tuple(counts.items())
    ),
    reasons=st.lists(st.sampled_from([*numbers.REASONS]), unique=True, max_size=3).map(tuple),
    last=st.sampled_from(Last),
    picture=st.sampled_from(Picture),
)

AN_EVENING: Final = Situation(
    Page.FOUND.value,
    (1, 2, 3),
    Platform.WINDOWS,
    ("Thunderbird",),
    ((Verdict.DUE, 1), (Verdict.FINE, 2)),
    ("running",),
)


def plain(text: str) -> str:
    return text.replace("-", "")


# --- the code and what it tells ------------------------------------------------------------------


@given(SITUATIONS)
def test_what_a_code_tells_is_what_was_put_in(value: Situation) -> None:
    told = read(code(value), "7.63.31")
    assert told.trouble is None
    assert told.situation is not None
    if not told.situation.more:
        assert told.situation == value
    else:  # what had no room is missing at the end, and nothing else is
        for name in ("programs", "verdicts", "reasons"):
            kept = getattr(told.situation, name)
            assert kept == getattr(value, name)[: len(kept)]
        same = ("page", "version", "platform", "last", "picture")
        assert [getattr(told.situation, each) for each in same] == [
            getattr(value, each) for each in same
        ]


@given(SITUATIONS)
def test_a_code_fits_on_the_phone(value: Situation) -> None:
    found = code(value)
    assert re.fullmatch(f"[{symbols.ALPHABET}]{{3,4}}(-[{symbols.ALPHABET}]{{3,4}})*", found)
    assert symbols.SHORTEST <= len(plain(found)) <= symbols.LONGEST


def test_a_usual_code_has_twelve_signs_at_most() -> None:
    usual = itertools.product(
        (Page.FOUND, Page.CLOSE_PROGRAM, Page.DONE, Page.HELP, Page.SERVER_TROUBLE),
        ((0, 1, 0), (1, 2, 3), (2, 0, 1)),
        Platform,
        (("Thunderbird",), ("Outlook",)),
        (((Verdict.DUE, 1),), ((Verdict.DUE, 2), (Verdict.FINE, 1)), ((Verdict.FINE, 3),)),
        ((), ("running",)),
    )
    long = [
        (value, found)
        for page, version, platform, programs, verdicts, reasons in usual
        for value in [Situation(page.value, version, platform, programs, verdicts, reasons)]
        for found in [plain(code(value))]
        if len(found) > 12
    ]
    assert long == []


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        " {lower} ",
        "{plain}",
        "{spaced}",
        "{spaced}.",
        "\N{NO-BREAK SPACE}{lower}\N{EN DASH}",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    found = code(AN_EVENING)
    forms = {"lower": found.lower(), "plain": plain(found), "spaced": " ".join(found)}
    assert read(typed.format(code=found, **forms)).situation == AN_EVENING


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("B", "P"), ("D", "P"), ("T", "P"), ("N", "M"), ("S", "F"), ("O", "0"), ("1", "L")],
)
def test_a_sign_that_sounds_or_looks_the_same_is_understood(heard: str, meant: str) -> None:
    assert symbols.understood(heard) == symbols.understood(heard.lower()) == meant


@pytest.mark.parametrize("family", ["BCDEGPTVZ", "MN", "FS", "O0", "IL1", "AKH8", "59", "36", "UW"])
def test_no_two_signs_look_or_sound_alike(family: str) -> None:
    assert len(set(family) & set(symbols.ALPHABET)) == 1


def test_the_signs_are_sixteen_different_ones() -> None:
    assert len(set(symbols.ALPHABET)) == len(symbols.ALPHABET) == 16


def test_counts_beyond_the_last_one_are_fifteen_or_more() -> None:
    value = AN_EVENING._replace(verdicts=((Verdict.DUE, 4000),))
    told = read(code(value)).situation
    assert told is not None
    assert told.verdicts == ((Verdict.DUE, 15),)


# --- mistakes ------------------------------------------------------------------------------------


@given(SITUATIONS, st.data())
def test_any_single_wrong_sign_is_noticed_and_found(value: Situation, data: st.DataObject) -> None:
    right = plain(code(value))
    place = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(st.sampled_from(symbols.ALPHABET.replace(right[place], "")))
    wrong = right[:place] + other + right[place + 1 :]
    assert not symbols.is_sound(wrong)
    assert right in symbols.repairs(wrong)


@given(SITUATIONS, st.data())
def test_any_two_neighbours_exchanged_are_noticed_and_found(
    value: Situation, data: st.DataObject
) -> None:
    right = plain(code(value))
    place = data.draw(st.integers(0, len(right) - 2))
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert symbols.is_sound(wrong) == (wrong == right)
    assert wrong == right or right in symbols.repairs(wrong)


def test_the_check_tells_every_pair_of_codes_that_one_mistake_divides() -> None:
    """The sums are linear: it is enough that no mistake alone has sums of nothing."""
    for length in range(symbols.SHORTEST, symbols.LONGEST + 1):
        nothing = [0] * length
        for place, by in itertools.product(range(length), range(1, 16)):
            wrong = [*nothing]
            wrong[place] = by
            assert all(symbols.sums(wrong))
            if place:
                wrong[place - 1] = by  # what an exchange adds to both neighbours
                assert symbols.sums(wrong)[1]


@given(st.lists(st.integers(0, 15), min_size=5, max_size=13))
def test_what_is_sealed_is_sound(values: list[int]) -> None:
    assert symbols.is_sound(symbols.spelled(symbols.sealed(values)))


def test_a_repair_names_the_group_and_says_what_was_meant() -> None:
    right = code(AN_EVENING)
    groups = right.split("-")
    wrong = ("0" if groups[1][0] != "0" else "2") + groups[1][1:]
    told = read("-".join([groups[0], wrong, *groups[2:]]))
    assert told.trouble is Trouble.MISTYPED
    [repair] = told.repairs
    assert repair == codes.Repair(right, 2, wrong, groups[1])


@pytest.mark.parametrize("place", range(12))
def test_a_sign_that_is_missing_or_one_too_many_is_found(place: int) -> None:
    right = plain(code(AN_EVENING))
    assert len(right) == 12
    for wrong in (right[:place] + right[place + 1 :], right[:place] + "W" + right[place:]):
        told = read(wrong)
        assert told.trouble is Trouble.MISTYPED
        assert symbols.grouped(right) in [each.code for each in told.repairs]


def test_a_sign_that_is_none_is_found() -> None:
    right = code(AN_EVENING)
    told = read(right[:6] + "?" + right[7:])
    assert [each.code for each in told.repairs] == [right]


@given(st.text())
def test_garbage_is_read_without_a_crash(text: str) -> None:
    told = read(text)
    assert (told.situation is None) == (told.trouble is not None)


@given(st.text(symbols.ALPHABET, max_size=20))
def test_random_signs_are_read_without_a_crash(text: str) -> None:
    told = read(text)
    assert (told.situation is None) == (told.trouble is not None)


@given(st.lists(st.integers(0, 15), min_size=4, max_size=12))
def test_sound_signs_tell_something_that_gives_the_same_code(packed: list[int]) -> None:
    signs = symbols.spelled(symbols.sealed([codes.FORMAT, *packed]))
    told = read(signs)
    if told.situation is not None and not told.unknown:
        known = numbers.PROGRAMS.keys() >= set(told.situation.programs)
        assert not known or plain(code(told.situation)) == signs


def test_nothing_typed_is_no_code() -> None:
    assert read(" - ").trouble is Trouble.EMPTY


# --- newer programs ------------------------------------------------------------------------------


def test_a_code_of_a_newer_format_says_so() -> None:
    signs = symbols.spelled(symbols.sealed([codes.FORMAT + 1, 1, 2, 3, 4, 5, 6]))
    assert (read(signs).trouble, read(signs).newer) == (Trouble.NEWER, True)


def test_a_code_of_a_newer_program_is_read_and_says_so() -> None:
    told = read(code(AN_EVENING), "1.2.2")
    assert (told.situation, told.newer) == (AN_EVENING, True)
    assert not read(code(AN_EVENING), "1.2.3").newer


def test_a_reason_that_only_a_newer_program_knows_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(numbers.REASONS, "of_tomorrow", 500)
    made = code(AN_EVENING._replace(reasons=("of_tomorrow", "running")))
    told = read(made)
    assert told.situation is not None
    assert (told.situation.reasons, told.newer, told.unknown) == (("running",), True, True)


# --- promises ------------------------------------------------------------------------------------


def test_no_reason_ever_changes_its_number() -> None:
    kept = [line.split() for line in KEPT.read_text(encoding="utf-8").splitlines()]
    assert {code: int(number) for number, code in kept} == numbers.REASONS, (
        f"numbers are promises: append to {KEPT.name} what is new, and change nothing"
    )
    assert [int(number) for number, _ in kept] == [*range(1, len(kept) + 1)]


def test_every_reason_has_a_number() -> None:
    assert {*sentences.REASONS, *proofs.PROOFS} - numbers.REASONS.keys() == set()


def test_every_page_verdict_and_program_has_room() -> None:
    assert max(page.value for page in Page) < len(numbers.OF_PAGES)
    assert numbers.VERDICTS.keys() == set(Verdict)
    assert max(numbers.REASONS.values()) < len(numbers.OF_REASONS)
    assert max(numbers.PROGRAMS.values()) < numbers.OTHER_PROGRAM == len(numbers.OF_PROGRAMS) - 1
    assert len(Picture) < len(numbers.OF_PICTURES)


@pytest.mark.parametrize(
    ("value", "made"),
    [
        (Situation(3, (0, 1, 0), Platform.WINDOWS, ("Outlook",), ((Verdict.DUE, 1),)), "2PW0-XHJF"),
        (AN_EVENING, "22WR-YFF4-JY2P"),
        (
            Situation(
                *(Page.SERVER_TROUBLE.value, (1, 10, 0), Platform.MACOS),
                ("Thunderbird", "Apple Mail"),
                ((Verdict.UNPROVEN, 1), (Verdict.GUIDED, 1)),
                ("proof_blocked_587",),
                *(Last.UNDONE, Picture.CLOSES_587),
            ),
            "2L0F-0404-LY9W-9YM",
        ),
    ],
)
def test_codes_that_were_given_out_keep_their_meaning(value: Situation, made: str) -> None:
    assert code(value) == made
    assert read(made, "9.9.9").situation == value


# --- packing -------------------------------------------------------------------------------------


@given(
    st.lists(
        st.lists(st.integers(1, 40), min_size=1, max_size=9).flatmap(
            lambda weights: st.tuples(st.just(tuple(weights)), st.integers(0, len(weights) - 1))
        )
    )
)
def test_choices_come_out_in_the_order_in_which_they_were_put_in(
    choices: list[tuple[tuple[int, ...], int]],
) -> None:
    packer = Packer()
    for weights, choice in choices:
        packer.put(weights, choice)
    unpacker = Unpacker(packer.number())
    assert [unpacker.take(weights) for weights, _ in choices] == [each for _, each in choices]
    assert unpacker.is_empty
