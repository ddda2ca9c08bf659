"""The pages that people read say what the program does, and lead where they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import pytest

from configure587 import arguments, cli, i18n
from configure587.model import Result, State, Verdict
from configure587.report import exit_codes, sentences
from pages import FENCE, HEADING, blocks, levels, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
COMMAND_LINE: Final = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
ENGLISH: Final = (ROOT / "README.md").read_text(encoding="utf-8")
PORTUGUESE: Final = (ROOT / "README.pt-BR.md").read_text(encoding="utf-8")
LEFT_OUT: Final = "…"
WIDTH: Final = 100

CODES: Final = {
    name: value
    for name, value in vars(exit_codes).items()
    if name.isupper() and not name.startswith("_") and type(value) is int
}

BUILT: Final = {"build", "dist"}  # by installers.build
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Every page of ours, no page of a package in a hidden folder or in the cache of builds."""
    found = [path.relative_to(ROOT) for path in ROOT.rglob("*.md")]
    hidden = [any(part.startswith(".") for part in path.parts) for path in found]
    return sorted(
        path
        for path, out in zip(found, hidden, strict=True)
        if not out and path.parts[0] not in BUILT
    )


def anchors(text: str) -> set[str]:
    """What a link can name in a page, spelled as the usual hosts spell it."""
    titles = [title.replace("`", "") for _, title in HEADING.findall(prose(text))]
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def links() -> Iterator[tuple[Path, str]]:
    """Every link of every page that leads to another page or file of ours."""
    for page in pages():
        for target in LINK.findall(prose((ROOT / page).read_text(encoding="utf-8"))):
            if not re.match(r"[a-z]+:", target):
                yield page, target


def help_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command says about itself."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", "en", *words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def verbs(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The words of the command line, as its help lists them."""
    return re.findall(r"^ {4}([a-z]+)(?: |$)", help_of(capsys), re.MULTILINE)


@pytest.mark.parametrize("name", CODES)
def test_every_exit_code_stands_in_the_table(name: str) -> None:
    assert re.search(rf"^\| {CODES[name]} \| \S", COMMAND_LINE, re.MULTILINE)


def test_the_table_has_no_exit_code_that_the_program_lacks() -> None:
    found = re.findall(r"^\| (\d+) \|", COMMAND_LINE, re.MULTILINE)
    assert sorted(map(int, found)) == sorted(CODES.values())


def test_every_verb_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    found = verbs(capsys)
    assert "scan" in found
    assert [verb for verb in found if f"\n| `{verb}` | " not in COMMAND_LINE] == []


def test_the_verbs_that_first_end_what_was_cut_short_are_those_that_the_page_names() -> None:
    [told] = re.findall(r"^(.+) first bring an earlier run to its end", COMMAND_LINE, re.MULTILINE)
    modules = ROOT.joinpath("app", "configure587", "verbs").glob("*.py")
    found = {each.stem for each in modules if "engine.recover(" in each.read_text("utf-8")}
    assert set(re.findall(r"`(\w+)`", told)) == found


def test_every_option_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    texts = [help_of(capsys), *(help_of(capsys, verb) for verb in verbs(capsys))]
    found = {option for text in texts for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text)}
    assert "--when-running" in found
    missing = [option for option in sorted(found) if f"`{option}" not in COMMAND_LINE]
    assert missing == []


def test_no_option_is_described_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    known = help_of(capsys) + "".join(help_of(capsys, verb) for verb in verbs(capsys))
    described = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", COMMAND_LINE))
    assert [option for option in sorted(described) if option not in known] == []


@pytest.mark.parametrize("word", [each.value for kind in (Result, State) for each in kind])
def test_every_result_and_state_in_the_json_is_explained(word: str) -> None:
    text = COMMAND_LINE + (ROOT / "docs" / "backups.md").read_text(encoding="utf-8")
    assert f"`{word}`" in text


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_explained(verdict: Verdict) -> None:
    text = COMMAND_LINE + (ROOT / "docs" / "thunderbird.md").read_text(encoding="utf-8")
    assert verdict.value.replace("_", " ") in text.replace("half-way", "half way")


def test_no_reason_is_explained_that_the_program_does_not_know() -> None:
    text = (ROOT / "docs" / "thunderbird.md").read_text(encoding="utf-8")
    table = text.partition("\n## Verdicts\n")[2].partition("\n## ")[0]
    codes = set(re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", table)) - {"authMethod"}
    assert codes
    assert codes - set(sentences.REASONS) == set()


def test_every_link_to_a_page_of_ours_leads_somewhere() -> None:
    found = list(links())
    assert found
    broken = []
    for page, target in found:
        file, _, anchor = unquote(target).partition("#")
        path = (ROOT / page).parent / file if file else ROOT / page
        if not path.exists() or (anchor and anchor not in anchors(path.read_text("utf-8"))):
            broken.append(f"{page}: {target}")
    assert broken == []


@pytest.mark.parametrize("page", pages(), ids=str)
def test_a_heading_has_an_empty_line_before_and_after_it(page: Path) -> None:
    """Where it has none, two changes of the page were merged carelessly."""
    text = prose((ROOT / page).read_text(encoding="utf-8"))
    assert re.findall(r"^.+\n##+ .+$|^##+ .+\n.+$", text, re.MULTILINE) == []


@pytest.mark.parametrize("page", pages(), ids=str)
def test_lines_are_wrapped(page: Path) -> None:
    lines = prose((ROOT / page).read_text(encoding="utf-8")).splitlines()
    unwrapped = ("|", "![")  # rows of tables and pictures
    assert [line for line in lines if len(line) > WIDTH and not line.startswith(unwrapped)] == []


def test_both_readmes_have_the_same_headings() -> None:
    assert levels(ENGLISH) == levels(PORTUGUESE)


def test_both_readmes_give_the_same_commands() -> None:
    """What the program answers is `text`, and is in the reader's language."""
    blocks = [
        [(kind, body if kind != "text" else body.count("\n")) for kind, body in FENCE.findall(text)]
        for text in (ENGLISH, PORTUGUESE)
    ]
    assert blocks[0] == blocks[1]


def test_every_command_of_ours_in_the_readme_is_understood() -> None:
    lines = "".join(blocks(ENGLISH, "sh")).splitlines()
    found = [
        each.partition("configure587 ")[2].split() for each in lines if "configure587 " in each
    ]
    assert ["scan"] in found
    for words in found:
        assert arguments.parser(i18n.texts("en"), words).parse_args(words).verb == words[0]


def test_the_policy_of_the_readme_is_one(tmp_path: Path) -> None:
    [example] = blocks(ENGLISH, "toml")
    (tmp_path / "policy.toml").write_text(example, encoding="utf-8")
    assert cli.main(["policy", "check", str(tmp_path / "policy.toml")]) == 0


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (PORTUGUESE, "pt-BR")])
def test_the_readme_shows_what_the_demo_really_says(
    text: str, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [shown] = [body for kind, body in FENCE.findall(text) if kind == "text"]
    assert cli.main(["demo", str(tmp_path / "computer"), "--lang", language]) == 0
    said = iter(capsys.readouterr().out.splitlines())
    wanted = [line for line in shown.splitlines() if line != LEFT_OUT]
    missing = [line for line in wanted if line not in said]  # goes on behind the last one found
    assert missing == []
