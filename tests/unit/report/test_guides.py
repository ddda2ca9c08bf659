"""The guides: whole, alike in both languages, and one for whoever needs one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from builders import a_machine, offline, thunderbird
from configure587 import engine, i18n
from configure587.clients import CLIENTS, guided
from configure587.model import Finding, Place, Profile, Verdict, reason
from configure587.report import guides, sentences

FOLDER: Final = Path(__file__).resolve().parents[3] / "resources" / "guides"
NAMES: Final = sorted(
    {*guides.OF_CLIENT.values(), *guides.OF_PROGRAM.values(), *guides.OF_REASON.values()}
)
TO_COME: Final = {"outlook", "windows_live_mail"}

TEST_MESSAGE: Final = {"pt-BR": "mensagem de teste", "en": "test message"}
WRITE_DOWN: Final = {"pt-BR": "anote num papel", "en": "write down"}

every_guide = pytest.mark.parametrize("name", NAMES)
both_languages = pytest.mark.parametrize("language", i18n.LANGUAGES)


def source(language: str, name: str) -> str:
    return (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")


def test_every_guide_is_there_in_every_language_and_no_other() -> None:
    found = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    assert found == {f"{language}/{name}.md" for language in i18n.LANGUAGES for name in NAMES}


def test_every_client_has_a_guide_and_every_guide_a_client() -> None:
    assert set(CLIENTS) - {guided.key} <= guides.OF_CLIENT.keys()
    assert guides.OF_CLIENT.keys() - set(CLIENTS) <= TO_COME
    assert guides.OF_PROGRAM.keys() == set(guided.PROGRAMS)
    assert sentences.PROGRAMS.keys() <= set(guided.PROGRAMS)


@every_guide
def test_a_guide_has_as_many_steps_in_every_language(name: str) -> None:
    counts = {len(guides.steps(language, name)) for language in i18n.LANGUAGES}
    assert len(counts) == 1
    assert counts > {1} or counts.pop() >= 5


@every_guide
@both_languages
def test_the_steps_are_numbered_in_order(language: str, name: str) -> None:
    first, *steps = guides.steps(language, name)
    assert not first[0].isdecimal()
    assert [step.split(". ")[0] for step in steps] == [str(n + 1) for n in range(len(steps))]


@every_guide
@both_languages
def test_a_guide_says_where_to_go_and_how_to_come_back(language: str, name: str) -> None:
    first, *steps = guides.steps(language, name)
    assert "587" in first
    assert any("587" in step for step in steps)
    assert "STARTTLS" in source(language, name)
    assert WRITE_DOWN[language] in " ".join(steps).lower()
    assert TEST_MESSAGE[language] in steps[-1]


@every_guide
@both_languages
def test_every_label_is_bold(language: str, name: str) -> None:
    text = " ".join(source(language, name).split())
    assert text.startswith("# ")
    assert text.count("**") % 2 == 0
    assert text.count("** \u203a **") == text.count("\u203a")
    assert not set(text) & set('"“”_`<>')
    steps = text.partition(" 1. ")[2]
    assert not re.search(r"(?<!\*)\b(STARTTLS|SSL/TLS)\b(?!\*)", steps.replace("TLS/SSL", ""))


@both_languages
def test_the_terminal_shows_labels_in_quotes(language: str) -> None:
    lines = guides.steps(language, "thunderbird")
    assert not any("*" in line or "\n" in line or "  " in line for line in lines)
    assert any("“STARTTLS”" in line for line in lines)


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
        (about("outlook", "Outlook", "no_words_for_target", "outlook_too_old"), "outlook-old"),
        (about("windows_live_mail", "Windows Mail"), "windows-live-mail"),
        (about("guided", guided.OUTLOOK_NEW), "outlook-new"),
        (about("guided", guided.WINDOWS_10_MAIL), "windows-10-mail"),
        (about("guided", guided.OUTLOOK_MAC), "outlook-mac"),
        (about("guided", guided.APPLE_MAIL), "apple-mail"),
        (about("nobody"), ""),
    ],
    ids=lambda value: value if isinstance(value, str) else value.profile.client,
)
def test_a_finding_leads_to_its_guide(finding: Finding, name: str) -> None:
    assert guides.name_of(finding) == name


def test_a_server_that_is_stuck_has_a_guide() -> None:
    [finding] = engine.inspect(a_machine(thunderbird(port=-1)), offline())
    assert finding.verdict.by_hand
    assert guides.name_of(finding) == "thunderbird"


def test_sentences_know_their_language() -> None:
    assert [i18n.language_of(i18n.texts(name)) for name in i18n.LANGUAGES] == [*i18n.LANGUAGES]
