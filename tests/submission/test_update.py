"""`configure587 update check` on a real connection: what is brought, and what is not followed."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, ClassVar

import jsonschema
import pytest

import configure587
import update_builders as a
from configure587 import cli, updates
from configure587.report import schema
from configure587.updates import Channel
from submission import web
from submission.web import Visitor

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

    from submission.world import World

HOST = "updates.configure587.test"
SCHEMAS = {name: json.loads(words) for name, words in schema.schemas().items()}


class Site(Visitor):
    """A site with the announcement, and ways to it that must not be gone."""

    seen: ClassVar[list[dict[str, str]]] = []
    brings: ClassVar[bytes] = b""

    def visit(self) -> None:
        """Answer as the path says."""
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        if self.path == "/moved":
            self.answer(302, location="/good")
        elif self.path == "/large":
            self.answer(200, a.signed(a.text()) + b" " * 70_000)
        elif self.path == "/missing":
            self.answer(404)
        else:
            self.answer(200, self.brings)


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of that site, which this computer knows and believes."""
    monkeypatch.setattr(Site, "brings", current())
    monkeypatch.setattr(Site, "seen", [])
    address, pem = world.address(HOST), world.authority.issue(HOST)
    with web.site(Site, pem, address) as port:
        yield f"https://{HOST}:{port}"


def current(**other: object) -> bytes:
    """An announcement that is good today."""
    now = time.time()
    dates = {"made": a.moment(now - 60), "expires": a.moment(now + 86400)}
    return a.signed(a.text(**{**dates, **other}))


def check(
    address: str, data: pathlib.Path, patch: pytest.MonkeyPatch, *words: str, lang: str = "en"
) -> int:
    """What the command ends with, when this address is pinned."""
    patch.setattr(updates, "channel", lambda: Channel(address, (a.PUBLIC,)))
    return cli.main(["update", "check", "--lang", lang, "--data-dir", str(data), *words])


def test_a_newer_version_is_told_of_in_words(
    site: str,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check(f"{site}/good", data, monkeypatch, lang="pt-BR") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Já existe a versão 9.9 do Configure 587!. Você tem a {configure587.__version__}.",
        "    Encontra mais programas.",
        f"    Ela está aqui: {a.LINK}",
        "    Nada foi instalado: isso é com você, quando for a hora.",
    ]


def test_without_a_newer_version_one_line_says_so(
    site: str,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Site, "brings", current(version=configure587.__version__))
    assert check(f"{site}/good", data, monkeypatch) == 0
    said = f"There is no newer version. You have {configure587.__version__}.\n"
    assert capsys.readouterr().out == said


def test_programs_are_told_too(
    site: str,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check(f"{site}/good", data, monkeypatch, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMAS["update.schema.json"])
    assert (found["newest"], found["is_newer"], found["link"]) == ("9.9", True, a.LINK)


def test_hostile_words_reach_no_terminal(
    site: str,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Site, "brings", current(changes={"en": "\x1b]0;owned\x07 \x9b2J new"}))
    assert check(f"{site}/good", data, monkeypatch) == 0
    said = capsys.readouterr().out
    assert "new" in said
    assert all(char.isprintable() or char == "\n" for char in said)


@pytest.mark.parametrize("path", ["/moved", "/large", "/missing"])
def test_what_moves_is_too_large_or_missing_is_not_followed(
    site: str,
    path: str,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check(site + path, data, monkeypatch) == 1
    assert "We could not find out whether there is a new version" in capsys.readouterr().err
    assert len(Site.seen) == 1


def test_a_connection_without_protection_is_not_made(
    data: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with web.site(Site) as port:
        monkeypatch.setattr(Site, "seen", [])
        assert check(f"http://127.0.0.1:{port}/good", data, monkeypatch) == 1
    assert Site.seen == []
    assert "not an https address" in capsys.readouterr().err


def test_without_a_network_nothing_else_happens(
    world: World,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del world  # knows no name
    assert check(f"https://{HOST}/good", data, monkeypatch, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMAS["error.schema.json"])
    assert found["code"] == "updates_not_reached"


def test_a_site_with_another_certificate_is_not_asked(
    world: World,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pem = world.authority.issue("another.configure587.test")
    monkeypatch.setattr(Site, "seen", [])
    with web.site(Site, pem, world.address(HOST)) as port:
        assert check(f"https://{HOST}:{port}/good", data, monkeypatch) == 1
    assert Site.seen == []


def test_this_edition_says_that_it_looks_for_nothing(
    capsys: pytest.CaptureFixture[str], data: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates, "channel", lambda: None)
    assert cli.main(["update", "--lang", "en", "--data-dir", str(data)]) == 1
    assert capsys.readouterr().err.startswith("This edition of Configure 587! looks for no new")
    assert not data.exists()


def test_the_request_says_nothing_of_this_computer(
    site: str, data: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(f"{site}/good", data, monkeypatch)
    (headers,) = Site.seen
    assert headers.keys() == {"host", "accept-encoding", "user-agent"}
    assert headers["user-agent"] == f"configure587/{configure587.__version__}"


def test_the_connection_is_shown_when_asked_for_even_if_it_brought_nothing(
    site: str,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    check(f"{site}/missing", data, monkeypatch, "--verbose")
    said = " ".join(capsys.readouterr().out.split())
    assert f": {HOST} (" in said
    assert "update; 404" in said


def test_a_second_look_refuses_what_is_older(
    site: str,
    data: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check(f"{site}/good", data, monkeypatch) == 0
    monkeypatch.setattr(Site, "brings", current(made=a.moment(time.time() - 7200)))
    assert check(f"{site}/good", data, monkeypatch) == 1
    assert "out of date" in capsys.readouterr().err
