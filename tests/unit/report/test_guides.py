"""The guides: whole, alike in both languages, honest, and one for whoever needs one."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_machine, offline, thunderbird
from configure587 import engine, i18n
from configure587.clients import CLIENTS, guided
from configure587.model import Finding, Place, Profile, Security, Target, Verdict, reason
from configure587.report import guide_pages, guides, sentences
from configure587.report.guide_pages import Damaged, Kind, Page, Piece
from configure587.report.guides import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).resolve().parents[3] / "resources" / "guides"

TEST_MESSAGE: Final = {"pt-BR": "mensagem de teste", "en": "test message"}
WRITE_DOWN: Final = {"pt-BR": "anote num papel", "en": "write down"}
LOOK_AGAIN: Final = {"pt-BR": "olhe a porta de novo", "en": "look at the port again"}
SOMETHING_LIKE: Final = {"pt-BR": "algo como ", "en": "something like "}

LABEL: Final = r"(?:\*\*[^*]+\*\*|~[^~]+~)"
CHAIN: Final = re.compile(rf"(?:{LABEL}(?: \u203a | ou | or |, | e | and ))*$")
"""Labels in a row, of which the first is introduced for all."""

ANA: Final = Target("smtp.exemplo.com.br", 587, Security.STARTTLS, "ana@exemplo.com.br")

every_guide = pytest.mark.parametrize("name", guides.NAMES)
both_languages = pytest.mark.parametrize("language", i18n.LANGUAGES)


def source(language: str, name: str) -> str:
    return (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")


def page(language: str, name: str) -> Page:
    return guide_pages.parse(source(language, name))


def marked(language: str, name: str) -> Iterator[str]:
    """Every sentence with its marks, as the program says it for either protection."""
    found = page(language, name)
    for security in (found.starttls, found.tls):
        for each in (found.purpose, *(text for step in found.steps for text in step)):
            yield each.replace("{security}", security)


def said(value: guides.Guide) -> str:
    return "\n".join(guides.lines(value))


def test_every_guide_is_there_in_every_language_and_no_other() -> None:
    found = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    assert found == {
        f"{language}/{name}.md" for language in i18n.LANGUAGES for name in guides.NAMES
    }


def test_every_client_has_a_guide_and_every_word_for_one_leads_to_one() -> None:
    assert set(CLIENTS) - {guided.key} == guides.OF_CLIENT.keys()
    assert set(guided.PROGRAMS) <= guides.OF_PROGRAM.keys()
    assert sentences.PROGRAMS.keys() <= set(guided.PROGRAMS)
    leading = {*guides.OF_CLIENT.values(), *guides.OF_PROGRAM.values(), *guides.OF_REASON.values()}
    assert leading <= set(guides.NAMES)


@both_languages
def test_every_guide_can_be_read(language: str) -> None:
    found = guides.all_guides(language)
    assert [each.name for each in found] == [*guides.NAMES]
    assert [each.trouble for each in found] == [None] * len(found)
    assert len({each.title for each in found}) == len(found)


@every_guide
def test_a_guide_has_as_many_steps_and_notes_in_every_language(name: str) -> None:
    shapes = {tuple(bool(step.note) for step in page(each, name).steps) for each in i18n.LANGUAGES}
    steps = {len(page(each, name).steps) for each in i18n.LANGUAGES}
    assert len(steps) == 1
    assert len(shapes) == 1


@every_guide
@both_languages
def test_protection_comes_first_then_the_port_and_then_a_second_look_at_it(
    language: str, name: str
) -> None:
    steps = "\n".join(step.text for step in page(language, name).steps)
    typed = re.search(r"`[^`]*\{port\}`", steps)
    assert typed is not None
    assert 0 <= steps.find("{security}") < typed.start()
    assert steps.find(LOOK_AGAIN[language], typed.end()) > 0
    first = min(
        number
        for number, step in enumerate(page(language, name).steps)
        if "{security}" in step.text
    )
    earlier = page(language, name).steps[:first]
    assert not any("{port}`" in text for step in earlier for text in step)


@every_guide
@both_languages
def test_a_label_that_may_differ_is_always_introduced_as_something_like(
    language: str, name: str
) -> None:
    for sentence in marked(language, name):
        for found in re.finditer(r"~[^~]+~", sentence):
            before = CHAIN.sub("", sentence[: found.start()])
            assert before.endswith(SOMETHING_LIKE[language]), found[0]
        assert f"{SOMETHING_LIKE[language]}**" not in sentence


def test_the_test_for_introductions_can_fail() -> None:
    for sentence in ("choose ~A~", "something like **A** in ~B~", "like ~A~", "something like~A~"):
        [*found] = re.finditer(r"~[^~]+~", sentence)
        before = CHAIN.sub("", sentence[: found[-1].start()])
        assert not before.endswith(SOMETHING_LIKE["en"])


@every_guide
@both_languages
def test_a_guide_says_where_to_go_and_how_to_come_back(language: str, name: str) -> None:
    found = guides.guide(language, name, ANA)
    *steps, last = [guides.plain(step.text) for step in found.steps]
    assert "587" in found.purpose
    assert WRITE_DOWN[language] in " ".join(steps).lower()
    assert TEST_MESSAGE[language] in last


@every_guide
@both_languages
def test_what_is_typed_or_chosen_is_marked(language: str, name: str) -> None:
    found = page(language, name)
    for text in (text for step in found.steps for text in step):
        bare = re.sub(rf"{LABEL}|`[^`]*`", "", text)
        assert not re.search(r"\b(STARTTLS|SSL/TLS)\b", bare)
        labels = bare.count("\u203a")
        assert text.count(" \u203a ") == labels
        assert len(re.findall(rf"{LABEL} \u203a (?={LABEL})", text)) == labels


def test_how_sure_the_labels_are_is_told() -> None:
    found = {each.name: each.certainty for each in guides.all_guides("pt-BR")}
    assert found["evolution"] is Certainty.SURE
    assert found["thunderbird"] is Certainty.PARTLY
    assert found["mailbird"] is Certainty.UNSURE
    assert guides.CERTAINTY.keys() == set(Certainty)
    assert all(each.seen for each in guides.all_guides("en") if each.certainty is Certainty.SURE)


# a person's own values


def texts_of(value: guides.Guide) -> list[str]:
    return [guides.plain((*step.text, *step.note)) for step in value.steps]


@every_guide
@both_languages
def test_no_field_is_left_unfilled(language: str, name: str) -> None:
    for target in (ANA, guides.UNKNOWN, Target("", 465, Security.TLS)):
        found = guides.guide(language, name, target)
        assert not set(said(found)) & set("{}~`*")
        assert str(target.port) in said(found)


def test_the_persons_own_values_can_be_copied() -> None:
    found = guides.guide("en", "other", ANA)
    copied = {each for step in found.steps for each in step.copyable}
    assert copied == {
        *("587", "smtp.exemplo.com.br", "ana@exemplo.com.br"),
        "smtp.exemplo.com.br:587",
    }
    assert "smtp.exemplo.com.br" in found.needed
    assert "ana@exemplo.com.br" in found.needed


def test_what_is_not_known_is_said_in_words_and_cannot_be_copied() -> None:
    found = guides.guide("en", "other")
    assert {each for step in found.steps for each in step.copyable} == {"587"}
    assert "the outgoing server that your provider names" in said(found)
    assert "smtp.example.com:587" in said(found)
    assert "your mail provider's outgoing server" in found.needed


def test_a_server_without_a_user_name_is_told_alone() -> None:
    found = guides.guide("en", "thunderbird", ANA._replace(sign_in_as=None))
    assert "smtp.exemplo.com.br" in found.needed
    assert "your user name (mostly the whole address)" in found.needed


@pytest.mark.parametrize(
    ("target", "word"),
    [
        (ANA, "STARTTLS depois de conectar"),
        (ANA._replace(port=465, security=Security.TLS), "TLS em"),
    ],
)
def test_the_protection_is_called_as_the_program_calls_it(target: Target, word: str) -> None:
    found = guides.guide("pt-BR", "evolution", target)
    assert found.security.startswith(word)
    assert word in said(found)


def test_a_program_with_two_words_for_it_says_both() -> None:
    found = guides.guide("pt-BR", "outlook", ANA)
    assert found.security == "STARTTLS ou TLS"
    assert "algo como \u201cSTARTTLS\u201d ou \u201cTLS\u201d" in said(found)


@pytest.mark.parametrize("odd", ["a\nb", "a\x1b[31m", "\u202eb", "\ud800", "\x00"])
def test_a_value_that_nobody_can_type_is_not_shown(odd: str) -> None:
    found = guides.guide("en", "other", Target(odd, 587, Security.STARTTLS, odd))
    assert odd not in said(found)
    assert {each for step in found.steps for each in step.copyable} == {"587"}


def test_marks_and_fields_inside_a_value_stay_what_they_are() -> None:
    target = Target("{user}**x**", 587, Security.STARTTLS, "~{host}~`y`")
    found = guides.guide("en", "other", target)
    copied = {each for step in found.steps for each in step.copyable}
    assert {"{user}**x**", "~{host}~`y`"} <= copied


def test_pieces_say_what_is_a_label_and_what_is_to_be_typed() -> None:
    step = guides.guide("en", "thunderbird", ANA).steps[5]
    assert step.text[:4] == (
        Piece("In "),
        Piece("Port", Kind.LABEL),
        Piece(" type "),
        Piece("587", Kind.COPY),
    )


@both_languages
def test_the_terminal_shows_labels_in_quotes(language: str) -> None:
    lines = [*guides.lines(guides.guide(language, "thunderbird"))]
    assert not any("*" in line or "\n" in line or "  " in line for line in lines)
    assert any("“STARTTLS”" in line for line in lines)
    assert [line.split(". ")[0] for line in lines[2:]] == [str(n + 1) for n in range(8)]


# damaged files


def reader(**files: str) -> guides.Source:
    """Files by name; all others are not there."""

    def read(language: str, name: str) -> bytes:
        if name in files:
            return files[name].encode()
        raise FileNotFoundError(f"{language}/{name}")

    return read


def test_a_guide_that_cannot_be_read_gives_way_to_the_one_for_any_program() -> None:
    other = source("pt-BR", "other")
    for junk in ("", "junk", "---\n---\n", source("pt-BR", "kmail")[:99], "\0" * 99):
        found = guides.guide("pt-BR", "kmail", ANA, reader(kmail=junk, other=other))
        assert found.trouble == reason("guide_unreadable", guide="kmail")
        assert (found.name, found.title) == ("other", page("pt-BR", "other").title)
        assert len(found.steps) == len(page("pt-BR", "other").steps)


def test_bytes_that_are_no_text_are_a_damaged_guide() -> None:
    found = guides.guide("en", "kmail", ANA, lambda _language, _name: b"\xff\xfe\xff")
    assert found.trouble is not None


def test_when_no_guide_can_be_read_there_are_no_steps_and_no_crash() -> None:
    found = guides.guide("pt-BR", "kmail", ANA, reader())
    assert found.steps == ()
    assert found.trouble == reason("guide_unreadable", guide="kmail")
    assert [*guides.lines(found)] == []


def test_a_language_without_guides_is_answered_in_english() -> None:
    found = guides.guide("xx", "kmail")
    assert found.title == page("en", "other").title
    assert found.trouble is not None


def test_a_name_that_no_guide_has_is_a_trouble_and_not_a_way_into_other_folders() -> None:
    for name in ("nobody", "", "../en/kmail", "/etc/passwd", "a\0b"):
        assert guides.guide("en", name).trouble is not None


@every_guide
def test_a_guide_that_breaks_off_is_whole_or_refused(name: str) -> None:
    lines = source("en", name).splitlines(keepends=True)
    for end in range(len(lines)):
        with contextlib.suppress(Damaged):
            assert len(guide_pages.parse("".join(lines[:end])).steps) >= 3


SOUND: Final = """\
---
seen: X 1
starttls: **A**
tls: ~B~
---

# Title

Purpose.

1. One {security}.
2. Two `{port}`,
   still two.

   > Note.

3. Three.
"""


def test_a_sound_page_is_understood() -> None:
    found = guide_pages.parse(SOUND)
    assert found.seen == "X 1"
    assert (found.title, found.purpose) == ("Title", "Purpose.")
    assert found.steps[1] == ("Two `{port}`, still two.", "Note.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("seen: X 1", "been: X 1"),
        ("starttls: **A**", "starttls:"),
        ("tls: ~B~\n", ""),
        ("---\n\n#", "\n\n#"),
        ("# Title", "Title"),
        ("# Title", "## Title"),
        ("# Title\n", "# Title\nmore\n"),
        ("\nPurpose.\n", ""),
        ("Purpose.", "Purpose.\n\nMore."),
        ("2. Two", "3. Two"),
        ("3. Three.", ""),
        ("   still two", "still two"),
        ("   > Note.", "   > Note.\n   not a note"),
        ("`{port}`", "`{port}"),
        ("{port}", "{pork}"),
        ("{port}", "{port"),
        ("{security}", "**{security}**"),
        ("One", "**One"),
        ("One", "~One"),
        ("Note", "{"),
    ],
)
def test_a_page_that_is_not_as_it_should_be_is_refused(before: str, after: str) -> None:
    assert SOUND.count(before) == 1
    with pytest.raises(Damaged):
        guide_pages.parse(SOUND.replace(before, after))


@given(st.text() | st.text(alphabet="-\n: #*~`{}>1.23 port").map(lambda tail: SOUND + tail))
def test_any_text_is_a_page_or_refused(text: str) -> None:
    with contextlib.suppress(Damaged):
        assert len(guide_pages.parse(text).steps) >= 3


# which guide


def about(client: str, program: str = "P", *codes: str) -> Finding:
    profile = Profile(client, program, "N", "/f", Place("folder", "/f"), in_use=True)
    return Finding("id", profile, None, Verdict.STUCK, tuple(reason(code) for code in codes))


@pytest.mark.parametrize(
    ("finding", "name"),
    [
        (about("thunderbird", "SeaMonkey", "unusable_port"), "thunderbird"),
        (about("thunderbird", "Thunderbird", "odd_spelling"), ""),
        (about("outlook", "Outlook", "locked"), "outlook"),
        (about("outlook", "Outlook 2013", "odd_value"), "outlook-2013"),
        (about("outlook", "Outlook 2010", "odd_value"), "outlook-2013"),
        (about("outlook", "Outlook 2007", "odd_value"), "outlook-2013"),
        (about("outlook", "Outlook 2003", "outlook_too_old"), "outlook-old"),
        (about("outlook", "Outlook", "no_words_for_target", "outlook_too_old"), "outlook-old"),
        (about("outlook", "Outlook 2000", "outlook_corporate"), "outlook-old"),
        (about("outlook", "Outlook", "outlook_oauth"), ""),
        (about("windows_live_mail", "Windows Mail"), "windows-live-mail"),
        (about("guided", guided.OUTLOOK_NEW), "outlook-new"),
        (about("guided", guided.WINDOWS_10_MAIL), "windows-10-mail"),
        (about("guided", guided.OUTLOOK_MAC), "outlook-mac"),
        (about("guided", guided.APPLE_MAIL), "apple-mail"),
        (about("nobody"), "other"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.profile.program,
)
def test_a_finding_leads_to_its_guide(finding: Finding, name: str) -> None:
    assert guides.name_of(finding) == name


@pytest.mark.parametrize("client", [*CLIENTS, "one to come"])
@pytest.mark.parametrize("code", sorted(sentences.REASONS))
def test_every_finding_gets_a_guide_unless_its_reason_says_all(client: str, code: str) -> None:
    name = guides.name_of(about(client, "P", code))
    assert name in {*guides.NAMES, ""}
    assert (name == "") == (code in guides.WITHOUT)


def test_a_server_that_is_stuck_has_a_guide_with_its_own_values() -> None:
    [finding] = engine.inspect(a_machine(thunderbird(port=-1)), offline())
    assert finding.verdict.by_hand
    found = guides.of_finding("en", finding)
    assert found is not None
    assert found.name == "thunderbird"
    assert found.target == ANA


def test_a_finding_with_a_target_leads_there() -> None:
    [finding] = engine.inspect(a_machine(thunderbird(port=25)), offline())
    assert guides.of_finding("en", finding) is None  # we do that one ourselves
    other = Target("other.example", 465, Security.TLS, "bia")
    assert guides.target_of(finding._replace(target=other)) == other


def test_a_server_without_sign_in_is_told_the_name_that_it_would_use() -> None:
    machine = a_machine(thunderbird(port=-1, authMethod=1, username=None))
    [finding] = engine.inspect(machine, offline())
    assert guides.target_of(finding) == ANA


def test_a_program_whose_servers_we_do_not_see_gets_words() -> None:
    assert guides.target_of(about("guided", guided.APPLE_MAIL)) == guides.UNKNOWN


def test_sentences_know_their_language() -> None:
    assert [i18n.language_of(i18n.texts(name)) for name in i18n.LANGUAGES] == [*i18n.LANGUAGES]
