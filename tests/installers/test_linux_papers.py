"""Manual pages and completions: made from the parser, so that they say what it understands."""

from __future__ import annotations

import gzip
import re
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
from installers.linux import commands, completions, manual, manual_words, papers

import linux_builders
from configure587.i18n import ENGLISH, LANGUAGES, PORTUGUESE
from configure587.report import exit_codes

if TYPE_CHECKING:
    from pathlib import Path

EPOCH: Final = 1_795_400_000
VERBS: Final = tuple(command.name for command in commands.commands(ENGLISH) if command.name)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def shown(page: str) -> str:
    """What a person reads of a manual page, as far as words go."""
    return page.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")


@EACH_LANGUAGE
def test_the_manual_names_every_verb_and_every_option_with_what_they_do(language: str) -> None:
    page = shown(manual.page(language, EPOCH))
    for command in commands.commands(language):
        for option in command.options:
            assert " ".join(option.summary.split()) in page, (command.name, option.flags)
            assert all(flag in page for flag in option.flags)
    assert {name for name in VERBS if f'.SS "{name}' not in page} == set()


@EACH_LANGUAGE
def test_the_manual_explains_every_exit_code(language: str) -> None:
    codes = {value for name, value in vars(exit_codes).items() if name.isupper() and name[0] != "_"}
    assert set(manual_words.WORDS[language].codes) == codes


def test_the_two_languages_of_the_manual_tell_the_same() -> None:
    english, portuguese = manual_words.WORDS[ENGLISH], manual_words.WORDS[PORTUGUESE]
    for name in ("codes", "paths", "tries"):
        assert list(getattr(english, name)) == list(getattr(portuguese, name))
    assert len(english.story) == len(portuguese.story)
    left = {
        name
        for name, said in english._asdict().items()
        if isinstance(said, str) and said == getattr(portuguese, name)
    }
    assert left == set()


def test_no_word_of_a_page_is_taken_for_a_command_of_roff() -> None:
    assert manual._plain(".so /etc/passwd") == "\\&.so /etc/passwd"
    assert manual._plain("a\\fBb") == "a\\efBb"
    assert manual._quoted('say "yes"') == '"say \\(dqyes\\(dq"'
    for language in LANGUAGES:
        lines = manual.page(language, EPOCH).splitlines()
        known = re.compile(r"\.(TH|SH|SS|TP|PP|B|BR|br)( |$)|'\\\" ")
        assert [line for line in lines if line[:1] in {".", "'"} and not known.match(line)] == []


@EACH_LANGUAGE
def test_man_shows_the_page_without_a_complaint(tmp_path: Path, language: str) -> None:
    linux_builders.require(["man"])
    path = tmp_path / "configure587.1.gz"
    path.write_bytes(papers.packed(manual.page(language, EPOCH)))
    done = subprocess.run(
        ["man", "--warnings", "-l", str(path)],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    assert manual_words.WORDS[language].exit_status in done.stdout


def test_the_papers_are_the_same_at_every_hour() -> None:
    one, two = papers.papers(EPOCH), papers.papers(EPOCH)
    assert one == two
    assert gzip.decompress(one["man/man1/configure587.1.gz"]).startswith(b"'\\\"")


# --- bash ----------------------------------------------------------------------------------------


_ASK: Final = """
source "$0"; COMP_WORDS=(configure587 "$@"); COMP_CWORD=$#
_configure587
printf '%s\\n' "${COMPREPLY[@]}"
"""


def offered(tmp_path: Path, *words: str) -> set[str]:
    """What bash offers for the last of these words, behind the program's name."""
    script = tmp_path / "completion.bash"
    script.write_text(completions.bash(), encoding="utf-8")
    done = subprocess.run(
        [
            *("bash", "--norc", "-c"),
            _ASK,
            *(str(script), *words),
        ],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    return set(done.stdout.split("\n")) - {""}


def test_bash_offers_the_verbs(tmp_path: Path) -> None:
    assert offered(tmp_path, "") == set(VERBS)
    assert offered(tmp_path, "--lang", "en", "ro") == {"rollback"}


@pytest.mark.parametrize("verb", VERBS)
def test_bash_offers_the_options_that_the_parser_understands(tmp_path: Path, verb: str) -> None:
    (command,) = (each for each in commands.commands(ENGLISH) if each.name == verb)
    flags = {flag for option in command.options for flag in option.flags}
    assert offered(tmp_path, verb, "-") == flags


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("plan", "--probe", ""), {"require", "warn", "off"}),
        (("--lang", ""), {"pt-BR", "en"}),
        (("backups", "p"), {"prune"}),
        (("backups", "--lang", "en", "v"), {"verify"}),
        (("rollback", ""), set()),
        (("apply", "pl"), {"plan one.c587plan"}),
        (("plan", "-o", "pl"), {"plan one.c587plan"}),
        (("scan", "--image", ""), {"folder"}),
    ],
)
def test_bash_offers_what_can_follow(
    tmp_path: Path, words: tuple[str, ...], answer: set[str]
) -> None:
    work = tmp_path / "work"
    (work / "folder").mkdir(parents=True)
    (work / "plan one.c587plan").touch()
    assert offered(work, *words) - {"completion.bash"} == answer
