"""Whatever a code tells, the agent has whole sentences to say, in both languages."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from builders import a_machine, thunderbird
from configure587 import engine, i18n
from configure587.machine import Platform
from configure587.model import Finding, Outcome, Profile, Result, State, Verdict, reason
from configure587.pages import Page
from configure587.policy import Policy
from configure587.report import page_titles
from configure587.support import codes, explaining, numbers, sayings, situation, spoken, symbols
from configure587.support.numbers import Last, Picture
from configure587.support.situation import Situation

if TYPE_CHECKING:
    import gettext

    from configure587.model import Reason

ENGLISH = i18n.texts(i18n.ENGLISH)
PORTUGUESE = i18n.texts(i18n.PORTUGUESE)
LANGUAGES = (ENGLISH, PORTUGUESE)
PAGES = [0, *(page.value for page in Page)]


def standing(page: int, *verdicts: Verdict, **parts: Any) -> Situation:  # noqa: ANN401
    counts = tuple((verdict, 1) for verdict in verdicts)
    value = Situation(page, (0, 1, 0), Platform.WINDOWS, ("Thunderbird",), counts)
    return value._replace(**parts)


def a_finding(verdict: Verdict, *reasons: Reason, program: str = "Thunderbird") -> Finding:
    [found] = engine.inspect(a_machine(thunderbird(port=25)), Policy())
    profile: Profile = found.profile._replace(program=program)
    return found._replace(verdict=verdict, reasons=reasons, profile=profile)


@pytest.mark.parametrize("page", PAGES)
def test_there_is_something_to_say_on_every_page_whatever_was_found(page: int) -> None:
    matters = itertools.product([(), *((each,) for each in Verdict)], [(), *numbers.REASONS], Last)
    for verdicts, code, last in matters:
        reasons = (code,) if isinstance(code, str) else ()
        value = standing(page, *verdicts, reasons=reasons, last=last)
        said = sayings.next_to_say(ENGLISH, value)
        assert said
        assert all(each.endswith((".", "?")) for each in said)


@pytest.mark.parametrize("picture", Picture)
@pytest.mark.parametrize("page", PAGES)
def test_there_is_something_to_say_of_every_network(page: int, picture: Picture) -> None:
    for verdicts in ((), *((each,) for each in Verdict)):
        value = standing(page, *verdicts, picture=picture)
        assert all(sayings.next_to_say(ENGLISH, value))


def test_every_sentence_is_said_in_portuguese_too() -> None:
    said = [
        *(*sayings.BY_PAGE.values(), *sayings.BY_VERDICT.values(), *sayings.BY_REASON.values()),
        *(*sayings.BY_PICTURE.values(), *sayings.BY_LAST.values(), *explaining.PICTURES.values()),
        *(*explaining.TROUBLES.values(), *page_titles.TITLES.values()),
    ]
    assert [text for text in said if PORTUGUESE.gettext(text) == text] == []


def test_no_sentence_is_for_a_reason_that_does_not_exist() -> None:
    known = {*sayings.BY_REASON, *sayings._LIKE, *sayings._LIKE.values()}
    assert known - numbers.REASONS.keys() == set()


def test_every_page_has_a_title_and_a_sentence() -> None:
    assert page_titles.TITLES.keys() == set(Page)
    assert sayings.BY_PAGE.keys() == {situation.COMMAND_LINE, *(page.value for page in Page)}


def test_titles_are_plain() -> None:
    assert page_titles.title(PORTUGUESE, Page.FOUND.value) == "O que encontramos"
    assert page_titles.title(ENGLISH, Page.FOUND.value) == "What we found"
    assert page_titles.title(ENGLISH, 0) == "Command line, without a window"
    assert page_titles.title(ENGLISH, 99) == "A page that this version does not know"


def test_the_network_is_spoken_of_first_where_a_server_is_in_doubt() -> None:
    value = standing(Page.SERVER_TROUBLE.value, Verdict.UNPROVEN, picture=Picture.CLOSES_587)
    assert sayings.BY_PICTURE[Picture.CLOSES_587] in sayings.next_to_say(ENGLISH, value)


def test_after_the_change_an_account_that_is_left_is_spoken_of() -> None:
    left = sayings.next_to_say(ENGLISH, standing(Page.DONE.value, Verdict.FINE, Verdict.STUCK))
    assert sayings.BY_VERDICT[Verdict.STUCK] in left
    done = sayings.next_to_say(ENGLISH, standing(Page.DONE.value, Verdict.FINE))
    assert done == [sayings.BY_PAGE[Page.DONE.value]]


# --- the situation -------------------------------------------------------------------------------


def test_the_most_pressing_account_gives_the_reasons() -> None:
    found = situation.of(
        Page.FOUND.value,
        Platform.LINUX,
        [
            a_finding(Verdict.LEFT_ALONE, reason("odd_port", port=2525)),
            a_finding(Verdict.STUCK, reason("outlook_oauth"), program="Outlook 2013"),
            a_finding(Verdict.STUCK, reason("outlook_pop_first"), program="Outlook"),
        ],
        last=Last.UNDONE,
        version="2.3.4.dev1",
    )
    assert found == Situation(
        Page.FOUND.value,
        (2, 3, 4),
        Platform.LINUX,
        ("Thunderbird", "Outlook"),
        ((Verdict.STUCK, 2), (Verdict.LEFT_ALONE, 1)),
        ("outlook_oauth", "outlook_pop_first"),
        Last.UNDONE,
    )


def test_a_program_that_nobody_uses_was_not_met() -> None:
    unused = a_finding(Verdict.LEFT_ALONE, reason("program_unused"), program="Outlook (new)")
    assert situation.of(3, Platform.WINDOWS, [unused]).programs == ()


def test_a_program_without_a_number_is_another_one() -> None:
    found = situation.of(3, Platform.LINUX, [a_finding(Verdict.DUE, program="Novel Mail")])
    assert found.programs == ("",)
    told = codes.read(codes.code(found))
    assert "Mail programs: another one" in list(explaining.lines(ENGLISH, told))


@pytest.mark.parametrize(
    ("met", "picture"),
    [
        (["proof_blocked_587"], Picture.CLOSES_587),
        (["blocked_25_likely", "proof_tampered"], Picture.SLIPS_TEXT_IN),
        (["proof_server_gone"], Picture.UNKNOWN),
    ],
)
def test_the_network_is_judged_by_the_most_pressing_reason(
    met: list[str], picture: Picture
) -> None:
    assert situation.picture_of(met, looked=False) is picture


def test_a_network_without_trouble_is_good_only_when_somebody_looked() -> None:
    assert situation.picture_of([], looked=True) is Picture.GOOD
    assert situation.picture_of([], looked=False) is Picture.UNKNOWN


@pytest.mark.parametrize(
    ("results", "last"),
    [
        ([], Last.NONE),
        ([Result.UNCHANGED], Last.NONE),
        ([Result.CHANGED, Result.UNCHANGED], Last.DONE),
        ([Result.CHANGED, Result.FAILED], Last.FAILED),
        ([Result.UNDONE, Result.KEPT], Last.UNDONE),
        ([Result.DEFERRED], Last.FAILED),
    ],
)
def test_one_failure_makes_the_last_change_failed(results: list[Result], last: Last) -> None:
    profile = a_finding(Verdict.DUE).profile
    assert situation.last_of([Outcome(profile, each) for each in results]) is last


@pytest.mark.parametrize("state", [None, *State])
def test_every_state_of_a_backup_says_what_came_of_the_change(state: State | None) -> None:
    last = situation.last_of_backup(state)
    assert (last is Last.NONE) == (state is None)
    assert (last is Last.DONE) == (state is State.APPLIED)


# --- read aloud ----------------------------------------------------------------------------------


def test_every_sign_has_its_word_in_both_languages() -> None:
    assert "".join(spoken.SIGNS) == symbols.ALPHABET
    for texts in LANGUAGES:
        words = [texts.gettext(word) for word in spoken.SIGNS.values()]
        assert len(set(words)) == len(words)
        letters = {sign: texts.gettext(word) for sign, word in spoken.SIGNS.items()}
        assert all(word.startswith(sign) for sign, word in letters.items() if sign.isalpha())
        assert all(
            word.split()[-1][0].upper() == sign for sign, word in letters.items() if sign.isalpha()
        )


def test_a_code_is_read_group_by_group() -> None:
    assert spoken.hints(PORTUGUESE, "2PW-7H0") == [
        "dois, P de Pedro, W de Washington",
        "sete, H de hotel, zero",
    ]
    assert spoken.hints(ENGLISH, "2P?") == ["two, P as in Papa, ?"]


@pytest.mark.parametrize("code", [None, *numbers.REASONS])
@pytest.mark.parametrize("texts", LANGUAGES)
def test_what_a_code_tells_is_shown_without_names_or_gaps(
    code: str | None, texts: gettext.NullTranslations
) -> None:
    reasons = () if code is None else (code,)
    made = codes.code(standing(3, Verdict.DUE, reasons=reasons))
    lines = list(explaining.lines(texts, codes.read(made)))
    assert code not in lines
    assert not any("{" in line for line in lines)
    assert any(line.startswith("Thunderbird") or "Thunderbird" in line for line in lines)
