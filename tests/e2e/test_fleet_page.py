"""The fleet's page in a real browser: what it shows, asks for and runs, and for whom it is fit."""

from __future__ import annotations

import datetime as dt
import html
import importlib.util
import json
import os
import pathlib
import re
from typing import TYPE_CHECKING, Any

import pytest

from configure587 import cli
from e2e import chromium
from fleet_builders import NOON, Reports, a_person, a_report, an_account, due, moved

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.e2e

NASTY = (
    "<img src=http://evil.example/a onerror=document.title='owned'>",
    "\"><svg onload=document.title='owned'>",
    "</style><script src=http://evil.example/b></script>",
    "javascript:document.title='owned'",
    "</title><link rel=stylesheet href=http://evil.example/c>",
    "{{ 7*7 }}",
    "abc\u202egpj.exe",
    "\x1b[31mred",
    "=cmd|' /C calc'!A0",
)
_MARKUP = re.compile(r"<[^>]*>")


@pytest.fixture(autouse=True)
def _browser() -> None:
    """Give a Chromium; where it is missing, CI fails and others are told."""
    if chromium.PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")


@pytest.fixture
def page(tmp_path: pathlib.Path) -> Callable[[str], pathlib.Path]:
    """Give the page of a fleet with everything in it, in one language."""
    folder = tmp_path / "reports"
    folder.mkdir()
    reports = Reports(folder)
    for number in range(6):
        day = NOON - dt.timedelta(days=number)
        reports.add(moved(f"PC-{number}", ended=day), due(f"OLD-{number}", ended=day))
    reports.add(*(a_report(an_account("due", name, program=name), name=name) for name in NASTY))
    reports.add(a_report(name="F", people=[a_person(state="failed", reason=NASTY[0])]))
    reports.file("cut <b>.json", "{")
    (tmp_path / "list.csv").write_text("Computer\nSILENT\n", encoding="utf-8")

    def written(language: str) -> pathlib.Path:
        target = tmp_path / f"{language}.html"
        words = ["--inventory", str(tmp_path / "list.csv"), "--html", str(target)]
        assert cli.main(["fleet", str(folder), *words, "--lang", language]) == 10
        return target

    return written


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_browser_shows_what_was_written_and_nothing_else(
    language: str, page: Callable[[str], pathlib.Path]
) -> None:
    path = page(language)
    shown, source = chromium.dom(path), path.read_text(encoding="utf-8")
    assert f'lang="{language}"' in shown
    assert _words(shown) == _words(source)
    assert "owned" not in re.findall("<title>(.*?)</title>", shown)[0]
    for tag in ("<script", "<img", "<link", "<iframe", "<object"):
        assert tag not in shown
    for name in NASTY[:6]:
        assert html.escape(name, quote=False) in html.unescape(shown).replace(
            name, html.escape(name, quote=False)
        )
    assert "49" not in re.findall(r"<bdi>\{\{.*?</bdi>", shown)[0]
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def _words(text: str) -> list[str]:
    body = text.partition("<body>")[2]
    return html.unescape(_MARKUP.sub(" ", body)).split()


def test_the_browser_asks_nobody_for_anything(page: Callable[[str], pathlib.Path]) -> None:
    assert chromium.asked(page("en")) == set()


def test_a_page_that_asks_would_be_noticed(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "asks.html"
    path.write_text("<img src=http://127.0.0.1:9/evil>", encoding="utf-8")
    assert chromium.asked(path) == {"http://127.0.0.1:9/evil"}


def test_its_own_policy_stops_a_script_and_lets_its_style_through(
    page: Callable[[str], pathlib.Path],
) -> None:
    path = page("en")
    source = path.read_text(encoding="utf-8")
    script = "<script>document.body.append('it ran')</script>"
    path.write_text(source.replace("</body>", f"{script}</body>"), encoding="utf-8")
    assert "it ran" not in _words_of_body(chromium.dom(path))
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", source)
    probe = "<script>document.body.append('padding ' + getComputedStyle(document.body).padding)"
    path.write_text(free.replace("</body>", f"{probe}</script></body>"), encoding="utf-8")
    assert "padding 24px" in _words_of_body(chromium.dom(path))
    policy = re.search(r"content=\"(default-src[^\"]*)\"", source)
    assert policy is not None
    allowed = html.unescape(policy[1])
    assert allowed.startswith("default-src 'none'; style-src 'sha256-")
    loose = source.replace(policy[1], f"{allowed}; script-src 'unsafe-inline'")
    path.write_text(loose.replace("</body>", f"{probe}</script></body>"), encoding="utf-8")
    assert "padding 24px" in _words_of_body(chromium.dom(path))


def _words_of_body(text: str) -> str:
    body = re.sub(r"<script>.*?</script>", "", text.partition("<body>")[2], flags=re.DOTALL)
    return _MARKUP.sub(" ", body)


@pytest.mark.parametrize("scheme", [(), (chromium.DARK,)], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_nothing_stands_in_anybodys_way(
    language: str, scheme: tuple[str, ...], page: Callable[[str], pathlib.Path]
) -> None:
    found = _axe(page(language), *scheme)
    assert found["violations"] == []
    assert "color-contrast" in found["passes"]


def test_a_page_that_nobody_can_read_would_be_noticed(
    page: Callable[[str], pathlib.Path],
) -> None:
    path = page("en")
    grey = path.read_text(encoding="utf-8").replace("--quiet: #556463", "--quiet: #dddddd")
    path.write_text(grey.replace('lang="en"', ""), encoding="utf-8")
    assert {"color-contrast", "html-has-lang"} <= set(_axe(path)["violations"])


def _axe(path: pathlib.Path, *words: str) -> dict[str, Any]:
    """What axe-core finds, in a copy of the page that lets it run."""
    source = path.read_text(encoding="utf-8")
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", source)
    script = (
        f"<script>{_axe_core()}</script><script>axe.run().then(found => {{"
        "const out = document.createElement('pre'); out.id = 'axe';"
        "out.textContent = JSON.stringify({violations: found.violations.map(x => x.id),"
        "passes: found.passes.map(x => x.id)}); document.body.append(out)})</script>"
    )
    copy = path.with_suffix(".axe.html")
    copy.write_text(free.replace("</body>", f"{script}</body>"), encoding="utf-8")
    shown = chromium.dom(copy, "--virtual-time-budget=30000", *words)
    found = re.search(r'<pre id="axe">(.*?)</pre>', shown, re.DOTALL)
    assert found is not None, "axe-core has not run"
    answer: dict[str, Any] = json.loads(html.unescape(found[1]))
    return answer


def _axe_core() -> str:
    """The script of axe-core; AXE_CORE names a newer one than that of the package."""
    if (named := os.environ.get("AXE_CORE")) is not None:
        return pathlib.Path(named).read_text(encoding="utf-8")
    spec = importlib.util.find_spec("axe_core_python")
    assert spec is not None
    assert spec.origin is not None
    return pathlib.Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def test_it_prints_on_paper(page: Callable[[str], pathlib.Path]) -> None:
    path = page("pt-BR")
    target = path.with_suffix(".pdf")
    chromium.run(path, f"--print-to-pdf={target}", "--no-pdf-header-footer", chromium.DARK)
    data = target.read_bytes()
    assert data.startswith(b"%PDF-")
    assert 1 < data.count(b"/Type /Page\n") < 12
