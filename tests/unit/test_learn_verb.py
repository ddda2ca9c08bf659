"""configure587 learn, as people and programs meet it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from configure587 import awareness, cli, i18n
from configure587.awareness import Page, Topic, Trouble
from configure587.report import learning, schema
from configure587.report.style import Style

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads(schema.schemas()["learn.schema.json"])

both_languages = pytest.mark.parametrize("language", i18n.LANGUAGES)
every_topic = pytest.mark.parametrize("topic", Topic)


def run(*words: str, lang: str = "en") -> int:
    return cli.main(["learn", *words, "--lang", lang])


def lines_of(capsys: pytest.CaptureFixture[str], *words: str, lang: str = "en") -> list[str]:
    assert run(*words, lang=lang) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


def document(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("\n".join(lines_of(capsys, *words, "--json")))
    jsonschema.validate(found, SCHEMA)
    return found


@pytest.fixture
def nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every page and figure away."""
    monkeypatch.setattr(awareness, "_ours", lambda folder="awareness": tmp_path / folder)


@pytest.fixture
def damaged_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the figures away and leave the pages."""
    trouble = Trouble("figures.toml", "ENOENT")
    monkeypatch.setattr(awareness, "figures", lambda: trouble)


def test_every_page_is_listed_with_the_word_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of(capsys)
    names = [line.split()[0] for line in lines if line.startswith("    ")]
    assert names == [page.name for page in awareness.pages("en")]


def test_the_hint_is_a_command_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    [hint] = [line for line in lines_of(capsys) if line.startswith("To read one:")]
    assert run(hint.rpartition(" ")[2]) == 0


@both_languages
@every_topic
def test_every_page_is_shown_whole_and_wrapped(
    topic: Topic, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = awareness.pages(language).page(topic)
    lines = lines_of(capsys, page.name, lang=language)
    assert lines[0] == page.title
    assert not [line for line in lines if len(line) > 79 and " " in line.strip()]
    shown = " ".join(" ".join(lines).split())
    for entry in page.entries:
        if "." not in entry.id:
            assert entry.title in shown
        for block in entry.blocks:
            assert block.text in shown
    assert "**" not in shown
    assert "{" not in shown


@both_languages
@every_topic
def test_plain_pages_are_sentences_without_signs(
    topic: Topic, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = lines_of(capsys, topic.value, "--plain", lang=language)
    assert not [line for line in lines if line != line.strip() or "##" in line or not line]


def test_a_plain_list_is_made_of_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert "questions: Twelve questions." in lines_of(capsys, "--plain")


def test_bars_are_as_long_as_their_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of(capsys, "charts")
    bars = {
        line.strip(): len(lines[index + 1].strip())
        for index, line in enumerate(lines[:-1])
        if set(lines[index + 1].strip()) == {"#"}
    }
    assert bars["2009: 17,221,200."] == 40
    assert bars["2017: 650,292."] == round(40 * 650_292 / 17_221_200)
    assert bars["10 April 2013: place 18, with fewer than 110,000 addresses, 2% of all."] == 4


def test_the_gaps_are_said_where_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(lines_of(capsys, "charts", "--plain"))
    order = ["2009: 17", "2010 to 2016: no number", "2016: worked out by us", "2017: 650,292"]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert not re.search(r"^201[0-6]: \d", text, re.MULTILINE)


def test_numbers_are_grouped_as_the_reader_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert "2009: 17.221.200." in lines_of(capsys, "gráficos", "--plain", lang="pt-BR")


def test_a_word_and_a_reason_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines_of(capsys, "porta", "587", lang="pt-BR")[0] == "porta 587"
    assert (
        lines_of(capsys, "modern-sign-in")[0] == "When you sign in through a window of the provider"
    )


@both_languages
def test_what_is_to_be_seen_also_can_be_seen(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = awareness.pages(language)
    style = Style(i18n.texts(language), plain=True)
    said = [line for page in pages for line in learning.page(style, page)]
    hints = {line.rpartition(" learn ")[2] for line in said if "configure587 learn " in line}
    assert len(hints) > 4
    for hint in hints:
        assert lines_of(capsys, hint, lang=language)


def test_standards_are_named_as_people_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Sources: RFC 3207, RFC 8314." in lines_of(capsys, "protection", "--plain")
    assert "Source RFC 8314: rfc-editor.org/rfc/rfc8314" in lines_of(
        capsys, "references", "--plain"
    )


def test_an_unknown_word_ends_with_1_and_a_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("telex") == 1
    assert capsys.readouterr().err.startswith('We have no page and no explanation for "telex".\n')


def test_a_list_for_programs_holds_every_page(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys)
    assert [page["topic"] for page in found["pages"]] == [topic.value for topic in Topic]
    assert found["figures"]["notifications"]["years"][0]["count"] == 4_072_334


def test_a_word_for_programs_is_one_entry(capsys: pytest.CaptureFixture[str]) -> None:
    [page] = document(capsys, "starttls")["pages"]
    assert (page["topic"], [entry["id"] for entry in page["entries"]]) == ("glossary", ["starttls"])


@pytest.mark.usefixtures("nothing_there")
def test_without_any_page_the_list_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    shown = " ".join(" ".join(lines_of(capsys)).split())
    assert shown.count("could not be read. Everything else works as before.") == len(Topic)
    assert document(capsys)["figures"] is None


@pytest.mark.usefixtures("nothing_there")
def test_a_page_that_is_gone_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("questions") == 1
    assert "The page en/questions.md could not be read." in capsys.readouterr().err


@pytest.mark.usefixtures("damaged_figures")
def test_without_figures_the_words_are_left(capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(lines_of(capsys, "charts", "--plain"))
    assert "The figures could not be read. Everything else works as before." in text
    assert "Brazil's place in the CBL" in text


def test_a_chart_without_its_captions_keeps_its_numbers() -> None:
    style = Style(i18n.texts("en"), plain=True)
    charts = awareness.pages("en").charts
    bare = charts._replace(entries=tuple(each for each in charts.entries if "." not in each.id))
    lines = [*learning.page(style, bare)]
    assert "2009: 17,221,200." in lines
    assert "2013-04-10: place 18, with fewer than 110,000 addresses, 2% of all." in lines
    assert not [line for line in lines if "worked out" in line]


def test_a_page_in_another_language_says_so() -> None:
    style = Style(i18n.texts("en"), plain=True)
    trouble = Trouble("en/why.md", "not_utf8", 3)
    lines = [*learning.page(style, Page(Topic.WHY, "pt-BR", title="Por quê?", trouble=trouble))]
    assert lines == [
        "Por quê?",
        "This page could not be read in your language, so here it is in another one.",
    ]
