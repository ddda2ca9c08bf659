"""What a terminal shows of values and names that strangers wrote."""

from __future__ import annotations

import pytest

from configure587 import i18n
from configure587.model import Change, Opaque, Outcome, Place, Profile, Result, Value, reason
from configure587.report import sentences, text
from configure587.report.style import Style

PLAIN = Style(i18n.texts("en"), plain=True)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "(not set)"),
        (25, "25"),
        ("a\x1bb", '"a\N{REPLACEMENT CHARACTER}b"'),
        (Opaque("DWORD", b"19"), "25"),
        (Opaque("DWORD", b"1x"), "(DWORD, 2 bytes)"),
        (Opaque("REG_BINARY", b"abcd"), "(REG_BINARY, 4 bytes)"),
        (Opaque("\x1b[31m", b"a"), "(\N{REPLACEMENT CHARACTER}[31m, 1 byte)"),
    ],
)
def test_a_value_is_shown_as_people_would_write_it(value: Value | None, shown: str) -> None:
    change = Change(Place("oeaccount", "/f"), "SMTP_Port", value, 587)
    assert [*text.changes(PLAIN, [change])] == [f"In /f, SMTP_Port goes from {shown} to 587."]


def test_a_value_that_is_only_kept_has_words_in_every_language() -> None:
    change = Change(Place("oeaccount", "/f"), "X", Opaque("BINARY", b"ab"), None)
    [line] = text.changes(Style(i18n.texts("pt-BR"), plain=True), [change])
    assert "(BINARY, 2 bytes)" in line


def an_outcome(result: Result, name: str) -> Outcome:
    profile = Profile("thunderbird", "Thunderbird", name, "/p", Place("prefs.js", "/p"), True)
    return Outcome(profile, result)


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("result", [*Result])
def test_only_what_was_put_right_is_told_as_put_right(result: Result, language: str) -> None:
    style = Style(i18n.texts(language), plain=True)
    lines = [*text.recovered(style, [an_outcome(result, "x")])]
    right = next(text.recovered(style, [an_outcome(Result.UNDONE, "x")]))
    good = result in {Result.UNDONE, Result.KEPT, Result.UNCHANGED}
    assert (lines[0] == right) is good
    put_back = "everything was put back", "tudo voltou"
    assert good or not any(words in line for line in lines for words in put_back)


def test_what_was_put_right_and_what_was_not_are_told_apart() -> None:
    outcomes = [an_outcome(Result.FAILED, "bad"), an_outcome(Result.UNDONE, "good")]
    right, good, _, left, bad, _ = text.recovered(PLAIN, outcomes)
    assert "was put right" in right
    assert "good" in good
    assert "could not be put right yet" in left
    assert "bad" in bad


@pytest.mark.parametrize(("language", "day"), [("en", "2026-11-23"), ("pt-BR", "23/11/2026")])
def test_a_day_is_written_as_its_reader_writes_days(language: str, day: str) -> None:
    expired = reason("certificate_expired", until="2026-11-23")
    assert day in sentences.explain(i18n.texts(language), expired)
    assert sentences.date(i18n.texts(language), "some day") == "some day"
