"""The campaign's pages: alike in both languages, true to their sources, and never in the way."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from configure587 import awareness, i18n
from configure587.awareness import Page, Topic, Trouble
from configure587.formats import leaflet
from configure587.formats.figures import Diagram, Figures, Gap, Year
from configure587.model import Verdict
from configure587.report.proofs import PROOFS
from configure587.report.sentences import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator

SHELF: Final = Path(__file__).resolve().parents[2] / "resources" / "awareness"
LANGUAGES: Final = i18n.LANGUAGES

LABEL: Final = {
    "pt-BR": "segundo a própria apresentação da campanha",
    "en": "according to the campaign's own presentation",
}

CAMPAIGN_ONLY: Final = {
    "abroad": r"90 ?%|encomendad|de fora do país|ordered from|abroad",
    "slogan": r"convite da campanha|campaign's call",
    "diagrams": r"duas cenas|two scenes",
    "rank-25": r"25º|25th",
    "deadline": r"(prazo|deadline|até|by) (de )?(março|March) ",
    "prosecutor": r"Ministério Público|Prosecutor",
    "underground": r"submundo|underground|phishing",
    "networks": r"top 200|200 redes",
}
"""Facts for which campaign.md knows no second source, and how a text would give them away."""

FORBIDDEN: Final = re.compile(
    r"\b(porta SMTP|porta de submissão|smarthost|MTA|MSA|encriptad\w*|SSL/TLS|migra\w*|"
    r"reconfigur\w*|aplicar patch|rollback|revert\w*|dump|clientes?|MUA|ISP|autentic\w*|"
    r"lista negra|blacklist|zumbis?|bots?|bloqueado por política|[Oo]ps|erro fatal)\b"
)
"""The right column of voice.md's table."""
MAY_NAME_THEM: Final = {"submission", "tls", "sign-in", "botnet", "blocklist"}  # the glossary's

both_languages = pytest.mark.parametrize("language", LANGUAGES)


def sections(language: str) -> Iterator[tuple[str, leaflet.Section]]:
    for topic in Topic:
        for section in leaflet.read((SHELF / language / f"{topic.value}.md").read_bytes()):
            yield f"{topic.value}/{section.fields['id']}", section


def whole(section: leaflet.Section) -> str:
    return "\n".join([section.fields["title"], *(block.text for block in section.blocks)])


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHELF, tmp_path / "awareness"))


# texts


def test_every_language_has_the_same_files_and_no_other() -> None:
    found = {str(path.relative_to(SHELF)) for path in SHELF.rglob("*") if path.is_file()}
    pages = {f"{language}/{topic.value}.md" for language in LANGUAGES for topic in Topic}
    assert found == pages | {"figures.toml", "diagram.toml"}


def test_every_language_has_the_same_entries_in_the_same_order() -> None:
    one, two = ([name for name, _ in sections(language)] for language in LANGUAGES)
    assert [name for name in one if not name.startswith("glossary/")] == [
        name for name in two if not name.startswith("glossary/")
    ]
    assert sorted(one) == sorted(two)


def test_translations_agree_on_everything_but_words() -> None:
    kept = {"title", "name", "words", "where"}
    one, two = (
        {
            name: (
                {key: value for key, value in section.fields.items() if key not in kept},
                section.fields.keys(),
                [block.item for block in section.blocks],
                [span.target for block in section.blocks for span in block.spans if span.target],
            )
            for name, section in sections(language)
        }
        for language in LANGUAGES
    )
    assert one == two


def test_there_are_nine_cards_and_twelve_questions() -> None:
    found = awareness.pages("en")
    assert [card.drawing for card in found.cards.entries] == [f"card-{n}" for n in range(1, 10)]
    assert len(found.questions.entries) == 12
    assert len(found.glossary.entries) >= 20


@both_languages
def test_no_page_needs_another_language(language: str) -> None:
    for page in awareness.pages(language):
        assert (page.language, page.trouble) == (language, None)
        assert page.title
        assert page.name


@both_languages
def test_what_only_the_campaign_says_is_labelled(language: str) -> None:
    for name, section in sections(language):
        named = {each.strip() for each in section.fields.get("campaign", "").split(",")} - {""}
        text = whole(section)
        found = {fact for fact, sign in CAMPAIGN_ONLY.items() if re.search(sign, text)}
        assert found == named, name
        assert not named or LABEL[language] in text, name


@both_languages
def test_texts_speak_as_we_speak(language: str) -> None:
    for name, section in sections(language):
        text = whole(section)
        if name != "cards/9":
            assert "!" not in text, name
        topic, _, entry = name.partition("/")
        if language == "pt-BR" and not (topic == "glossary" and entry in MAY_NAME_THEM):
            assert not FORBIDDEN.search(text), name


@both_languages
def test_sentences_are_short_enough_to_be_read_aloud(language: str) -> None:
    long = [
        sentence
        for _, section in sections(language)
        for block in section.blocks
        for sentence in re.split(r"(?<=[.?:;])\s", block.text)
        if len(sentence.split()) > 36
    ]
    assert long == []


@both_languages
def test_every_link_and_every_source_leads_somewhere(language: str) -> None:
    found = awareness.pages(language)
    sources = {entry.id for entry in found.references.entries}
    kinds: dict[str, set[str]] = {
        "topic": {topic.value for topic in Topic},
        "term": {entry.id for entry in found.glossary.entries},
        "why": {entry.id for entry in found.why.entries},
        "ref": sources,
    }
    links = 0
    for name, section in sections(language):
        for target in (span.target for block in section.blocks for span in block.spans):
            if target:
                kind, _, place = target.partition(":")
                assert place in kinds[kind], f"{name}: {target}"
                links += 1
        named = {each.strip() for each in section.fields.get("sources", "").split(",")} - {""}
        assert named <= sources, name
    assert links > 5


@both_languages
def test_every_source_tells_where_to_find_it(language: str) -> None:
    assert all(
        entry.title and entry.where for entry in awareness.pages(language).references.entries
    )


# looking up


def test_the_longer_term_counts_and_each_counts_once() -> None:
    text = "A porta 587 pede STARTTLS; Porta e portas, esporte e a porta 587."
    found = awareness.pages("pt-BR").terms_in(text)
    assert [(text[each.start : each.end], each.term.id) for each in found] == [
        ("porta 587", "port-587"),
        ("STARTTLS", "starttls"),
        ("Porta", "port"),
    ]


@pytest.mark.parametrize(
    "name", ["smtp.exemplo.com.br", "mail.smtp", "ana@smtp", "/etc/smtp", "smtp\u200b.a", "smtp@b"]
)
def test_no_term_is_found_inside_a_name(name: str) -> None:
    found = awareness.pages("pt-BR")
    assert found.terms_in(f"Aqui {name} responde.") == ()
    assert [each.term.id for each in found.terms_in("Fala SMTP. Pronto")] == ["smtp"]


@both_languages
def test_every_term_is_found_by_each_of_its_spellings_only(language: str) -> None:
    found = awareness.pages(language)
    spelled = [word.casefold() for entry in found.glossary.entries for word in entry.words]
    assert len(spelled) == len(set(spelled))
    for entry in found.glossary.entries:
        assert entry.text
        for word in entry.words:
            assert [each.term for each in found.terms_in(f"({word})")] == [entry]
            assert found.find(word) == entry


def test_no_word_stands_for_two_things() -> None:
    for language in LANGUAGES:
        found = awareness.pages(language)
        words = [
            *(name for page in found for name in {page.topic.value, page.name}),
            *(entry.id for entry in found.why.entries),
            *(word for entry in found.glossary.entries for word in entry.words),
        ]
        assert len(words) == len(set(words))


def test_pages_are_found_by_name_and_reasons_by_id() -> None:
    found = awareness.pages("pt-BR")
    assert found.find(" Perguntas ") is found.questions
    assert found.find("questions") is found.questions
    assert found.find("half-way") == found.why.entry("half-way")
    assert found.find("587") == found.glossary.entry("port-587")
    assert found.find("nada disso") is None
    assert found.find("") is None


@pytest.mark.parametrize("topic", Topic)
def test_each_topic_has_its_page(topic: Topic) -> None:
    assert awareness.pages("en").page(topic).topic is topic


# why


def test_every_verdict_and_every_reason_has_a_page_that_exists() -> None:
    ids = {entry.id for entry in awareness.pages("en").why.entries}
    reached = {awareness.why(verdict, []) for verdict in Verdict} | {
        awareness.why_reason(code) for code in {**REASONS, **PROOFS}
    }
    assert reached - {""} == ids


def test_reasons_that_lead_to_a_page_are_reasons_of_ours() -> None:
    assert awareness._WHY_OF_REASON.keys() <= REASONS.keys() | PROOFS.keys()


@pytest.mark.parametrize(
    ("verdict", "codes", "page"),
    [
        (Verdict.DUE, ["port_25", "sign_in_added"], "port-25"),
        (Verdict.BLOCKED, ["port_25", "locked"], "managed"),
        (Verdict.UNPROVEN, ["port_25"], "server-first"),
        (Verdict.UNPROVEN, ["port_25", "proof_wrong_host"], "other-name"),
        (Verdict.UNPROVEN, ["proof_server_gone", "certificate_other"], "server-first"),
        (Verdict.STUCK, ["outlook_oauth"], "modern-sign-in"),
        (Verdict.FINE, ["something_new"], "fine"),
    ],
)
def test_a_finding_leads_to_what_explains_it(verdict: Verdict, codes: list[str], page: str) -> None:
    assert awareness.why(verdict, codes) == page


# figures


def figures() -> Figures:
    found = awareness.figures()
    assert isinstance(found, Figures)
    return found


def test_the_yearly_figures_are_those_of_the_sources() -> None:
    years = figures().notifications.years
    assert [(each.year, each.count, each.sources) for each in years if not each.derived] == [
        (2003, 4_072_334, ("22",)),
        (2004, 4_156_382, ("22",)),
        (2005, 2_414_200, ("23", "16")),
        (2008, 3_297_973, ("26",)),
        (2009, 17_221_200, ("26", "27")),
        (2017, 650_292, ("20",)),
    ]
    [derived] = [each for each in years if each.derived]
    assert (derived.year, derived.count) == (2016, round(650_292 / 0.83, -3))


def test_parts_of_years_are_those_of_the_sources() -> None:
    parts = figures().notifications.parts
    assert [(each.year, each.months, each.count, each.sources) for each in parts] == [
        (2006, (1, 5), 1_532_935, ("24",)),
        (2007, (1, 3), 691_710, ("25",)),
        (2014, (10, 12), 57_793 + 61_895 + 69_685, ("28",)),
        (2015, (10, 10), 45_770, ("29",)),
    ]


def test_the_chart_leaves_no_year_out_unseen() -> None:
    row = figures().notifications.row
    shown = [
        year
        for each in row
        for year in (range(each.first, each.last + 1) if isinstance(each, Gap) else [each.year])
    ]
    assert shown == [*range(2003, 2018)]
    assert not any(isinstance(each, Year) and each.derived for each in row)
    assert [(each.first, each.last) for each in row if isinstance(each, Gap)] == [
        (2006, 2007),
        (2010, 2016),
    ]


def test_brazils_places_are_those_of_the_sources() -> None:
    assert [
        (each.date, each.rank, each.bound, each.addresses, each.percent, each.sources)
        for each in figures().cbl
    ] == [
        ("2009", 1, "over", 1_000_000, 17, ("12", "10")),
        ("2010-Q1", 1, "", None, None, ("10",)),
        ("2011", 2, "", None, None, ("10",)),
        ("2012", 6, "", None, None, ("10",)),
        ("2013-03-19", 12, "under", 200_000, 2, ("11", "10")),
        ("2013-04-10", 18, "under", 110_000, 2, ("12",)),
        ("2013", 25, "", None, None, ("S",)),
    ]
    assert [each.id for each in figures().cbl if each.campaign] == ["2013-10"]


@both_languages
def test_every_figure_has_words_and_sources(language: str) -> None:
    found, numbers = awareness.pages(language), figures()
    notes = numbers.notifications
    wanted = {
        *(f"gap.{gap.first}" for gap in notes.gaps),
        *(f"derived.{year.year}" for year in notes.years if year.derived),
        *(f"part.{part.year}" for part in notes.parts),
        *(f"cbl.{each.id}" for each in numbers.cbl),
    }
    assert wanted <= {entry.id for entry in found.charts.entries}
    sources = {entry.id for entry in found.references.entries}
    years, parts, places = notes.years, notes.parts, numbers.cbl
    named = [
        *(each.sources for each in years),
        *(each.sources for each in parts),
        *(each.sources for each in places),
    ]
    assert all(each and set(each) <= sources for each in named)


# the picture


@both_languages
def test_every_actor_and_every_flow_has_its_caption(language: str) -> None:
    found = awareness.diagram()
    assert isinstance(found, Diagram)
    captions = {
        *(f"actor.{actor.id}" for actor in found.actors),
        *(f"off.{flow.id}" for flow in found.off),
        *(f"on.{flow.id}" for flow in found.on),
    }
    page = awareness.pages(language).before_after
    for name in captions | {"picture", "off", "off.end", "on", "on.end"}:
        entry = page.entry(name)
        assert entry is not None, name
        assert entry.text
        if name in captions and not name.startswith("actor"):
            assert len(entry.blocks) == 1
            assert re.search(r"\b(porque|because)\b", entry.text)


def test_only_spam_passes_through_25_from_a_home_while_it_is_open_and_nothing_does_later() -> None:
    found = awareness.diagram()
    assert isinstance(found, Diagram)
    assert [flow.id for flow in found.off if flow.spam and flow.passes] == ["infected"]
    home = {"program", "infected"}
    assert {flow.port for flow in found.on if flow.start in home and flow.passes} == {587}


# damage


def damaged(page: Page) -> tuple[str, Trouble | None]:
    return page.language, page.trouble


@pytest.mark.parametrize(
    ("data", "line", "detail"),
    [(b"caf\xe9", 1, "not_utf8"), (b"", 1, "no_id_or_title"), (b"id: a\n", 1, "no_id_or_title")],
)
def test_a_damaged_page_is_given_in_another_language(
    tmp_path: Path, data: bytes, line: int, detail: str
) -> None:
    shelf = copied(tmp_path)
    (shelf / "pt-BR" / "why.md").write_bytes(data)
    found = awareness.pages("pt-BR", shelf)
    assert damaged(found.why) == ("en", Trouble("pt-BR/why.md", detail, line))
    assert found.why.entries
    assert damaged(found.cards) == ("pt-BR", None)


def test_a_missing_translation_is_given_in_another_language(tmp_path: Path) -> None:
    shelf = copied(tmp_path)
    shutil.rmtree(shelf / "en")
    for page in awareness.pages("en", shelf):
        assert damaged(page) == ("pt-BR", Trouble(f"en/{page.topic.value}.md", "ENOENT"))


def test_nothing_at_all_is_seven_empty_pages(tmp_path: Path) -> None:
    found = awareness.pages("en", tmp_path)
    assert [page.language for page in found] == [""] * len(Topic)
    assert all(page.trouble and not page.entries for page in found)
    assert found.terms_in("port 587") == ()
    assert found.find("questions") is found.questions
    assert isinstance(awareness.figures(tmp_path), Trouble)
    assert isinstance(awareness.diagram(tmp_path), Trouble)
    assert awareness.alternatives("en", tmp_path) == {}


@pytest.mark.parametrize(
    "data",
    [b"\xff", b"not toml", b"", b"[notifications]\nyears = 3\n"],
    ids=["bytes", "text", "empty", "other types"],
)
def test_damaged_figures_are_a_trouble(tmp_path: Path, data: bytes) -> None:
    shelf = copied(tmp_path)
    (shelf / "figures.toml").write_bytes(data)
    (shelf / "diagram.toml").write_bytes(data)
    assert isinstance(awareness.figures(shelf), Trouble)
    assert isinstance(awareness.diagram(shelf), Trouble)


def test_a_flow_that_leads_to_nobody_is_a_trouble(tmp_path: Path) -> None:
    shelf = copied(tmp_path)
    text = (SHELF / "diagram.toml").read_text(encoding="utf-8")
    changed = text.replace('end = "servers"', 'end = "nobody"', 1)
    (shelf / "diagram.toml").write_text(changed, encoding="utf-8")
    assert awareness.diagram(shelf) == Trouble("diagram.toml", "infected")
