"""The runbook and the phone script say the same in both languages, and what the program says."""

from __future__ import annotations

import gettext
import re
import shlex
from pathlib import Path
from typing import Final

import pytest
from installers.rollout.templates import texts

from configure587 import arguments
from configure587.model import Verdict
from configure587.report import exit_codes
from configure587.report.sentences import VERDICTS
from configure587.support import codes, spoken

ROOT: Final = Path(__file__).resolve().parents[2]
KIT: Final = ROOT / "installers" / "rollout"
GUI: Final = ROOT / "app" / "configure587" / "gui"
NAMES: Final = ("runbook", "roteiro")
LANGUAGES: Final = {"en-US": "", "pt-BR": ".pt-BR"}
PAGES: Final = [f"{name}{end}.md" for name in NAMES for end in LANGUAGES.values()]
COMMAND: Final = re.compile(r"^ *(configure587 .+)$", re.MULTILINE)
BUTTONS: Final = (
    *("&Check my e-mail", "Help", "&Show what will change", "Change &now", "History", "&Undo"),
)
"""What the phone script has a person press, as the window's source spells it."""


def page(name: str) -> str:
    """A page for people."""
    return (KIT / name).read_text(encoding="utf-8")


def shape(text: str) -> list[str]:
    """What two pages that say the same have in common, line by line."""
    kinds = {"#": "heading", "|": "row", "-": "item", "```": "fence", ">": "said", "**": "asked"}
    found: list[str] = []
    for line in text.splitlines():
        kind = next((kinds[each] for each in kinds if line.strip().startswith(each)), "")
        if line.startswith("#"):
            kind += str(line.count("#"))
        if kind == "said" and found and found[-1] == kind:
            continue  # one saying may be a line longer in one language
        if kind or line == "":
            found.append(kind)
    return [each for each in found if each]


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_parts(name: str) -> None:
    english, portuguese = (shape(page(f"{name}{end}.md")) for end in LANGUAGES.values())
    assert english == portuguese
    assert english.count("heading2") > 5


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_show_the_same_commands(name: str) -> None:
    english, portuguese = (COMMAND.findall(page(f"{name}{end}.md")) for end in LANGUAGES.values())
    assert english == portuguese
    assert english


@pytest.mark.parametrize("name", PAGES)
def test_the_program_understands_each_command(name: str) -> None:
    for line in COMMAND.findall(page(name)):
        words = shlex.split(line)[1:]
        arguments.parser(gettext.NullTranslations(), words).parse_args(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_runbook_explains_codes_that_the_program_has(language: str) -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|", page(f"runbook{LANGUAGES[language]}.md"), re.MULTILINE)
    told = {int(each) for row in rows for each in row.split(",")}
    known = {value for value in vars(exit_codes).values() if type(value) is int}
    assert told <= known
    assert {0, exit_codes.HELD, exit_codes.FAILED} <= told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phone_script_has_every_sign_as_the_program_reads_it(language: str) -> None:
    script = page(f"roteiro{LANGUAGES[language]}.md")
    table = dict(re.findall(r"(?<=\| )(\S) \| ([^|]+?) (?=\|)", script))
    assert table == {sign: texts(language).gettext(word) for sign, word in spoken.SIGNS.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_that_the_phone_script_shows_is_one(language: str) -> None:
    found = re.findall(r"support decode (\S+-\S+)", page(f"roteiro{LANGUAGES[language]}.md"))
    assert [codes.read(each).trouble for each in found] == [None]


@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_of_the_phone_script_is_in_the_window(button: str) -> None:
    sources = [path.read_text(encoding="utf-8") for path in GUI.rglob("*.py")]
    assert any(f'"{button}"' in each for each in sources)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_is_called_as_the_window_calls_it(button: str, language: str) -> None:
    shown = texts(language).gettext(button).replace("&", "")
    assert f"**{shown}**" in page(f"roteiro{LANGUAGES[language]}.md").replace("\n> ", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phone_script_answers_every_verdict_in_the_words_of_the_window(language: str) -> None:
    quoted = re.findall(r"'([^'\n]+)'", page(f"roteiro{LANGUAGES[language]}.md"))
    shown = [texts(language).gettext(VERDICTS[verdict]) for verdict in Verdict]
    assert sorted(quoted) == sorted(shown)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_for_people_raises_its_voice_only_in_our_name(name: str) -> None:
    assert "!" not in page(name).replace("Configure 587!", "")
