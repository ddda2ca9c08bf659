"""Row 13 and its kin: another server of the same provider, proven, and taken only on a yes."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from builders import an_image, thunderbird
from configure587 import cli
from submission.hostile_server import GOOD, SCENARIOS, Manners

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator, Mapping

    from submission.world import World

OLD = "mail.exemplo.com.br"
NEW = "smtp.exemplo.com.br"
STRANGER = "smtp.outra.example"
ADDRESS = "ana@exemplo.com.br"


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    """Give a computer whose Thunderbird sends through the old name, on port 25."""
    profile = thunderbird(
        host=OLD,
        port=25,
        try_ssl=0,
        address=ADDRESS,
        more={"mail.server.server1.hostname": "imap.exemplo.com.br"},
    )
    return an_image(tmp_path / "computer", profile)


@contextlib.contextmanager
def servers(world: World, hosts: Mapping[str, tuple[Manners, str]]) -> Iterator[None]:
    """Servers on 587 by their names: how they behave, and for whom their certificate is."""
    with contextlib.ExitStack() as stack:
        for name, (manners, certified) in hosts.items():
            stack.enter_context(world.has(name, {587: manners}, world.authority.issue(certified)))
        yield


def prefs(image: pathlib.Path) -> bytes:
    return next(image.rglob("prefs.js")).read_bytes()


RENAMED = {OLD: (GOOD, NEW), NEW: (GOOD, NEW)}
GONE = {NEW: (GOOD, NEW)}
STRIPPED = {OLD: (SCENARIOS["stripped"], OLD), NEW: (GOOD, NEW)}
MX = {OLD: (SCENARIOS["no AUTH after TLS"], OLD), NEW: (GOOD, NEW)}


@pytest.mark.parametrize("hosts", [RENAMED, GONE, STRIPPED, MX])
def test_another_server_is_found_told_and_taken_only_on_a_yes(
    hosts: dict[str, tuple[Manners, str]],
    world: World,
    image: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = prefs(image)
    words = ["apply", "--yes", "--image", str(image), "--lang", "en"]
    with servers(world, hosts):
        assert cli.main(words) == 12
        said = " ".join(capsys.readouterr().out.split())
        assert f"--accept-host {NEW}" in said
        assert "Nothing was changed, because no server was confirmed." in said
        if hosts is RENAMED:
            assert "its name seems to have changed" in said
        assert prefs(image) == before
        assert cli.main([*words, "--accept-host", NEW.upper()]) == 0
    assert f'smtp1.hostname", "{NEW}")'.encode() in prefs(image)
    assert b'smtp1.port", 587)' in prefs(image)
    assert cli.main(["rollback", "--yes", "--image", str(image)]) == 0
    assert prefs(image) == before


def test_another_server_wins_by_the_look_alone(
    world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prefs(image)
    hosts = {OLD: (GOOD, NEW), NEW: (SCENARIOS["stripped"], NEW)}
    with servers(world, hosts):
        words = ["apply", "--yes", "--image", str(image), "--lang", "en", "--accept-host", NEW]
        assert cli.main(words) == 12
    assert "--accept-host" not in capsys.readouterr().out
    assert prefs(image) == before


def test_a_stranger_in_the_certificate_is_never_offered(
    world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts = {OLD: (GOOD, STRANGER), STRANGER: (GOOD, STRANGER)}
    with servers(world, hosts):
        assert cli.main(["plan", "--image", str(image), "--lang", "en"]) == 12
        assert world.servers[STRANGER, 587].connections == 0
    assert "--accept-host" not in capsys.readouterr().out


def test_nobody_else_is_asked_while_todays_server_is_good(
    world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with servers(world, {OLD: (GOOD, OLD), NEW: (GOOD, NEW)}):
        assert cli.main(["plan", "--image", str(image), "--lang", "en"]) == 10
        assert world.servers[NEW, 587].connections == 0
    capsys.readouterr()


def test_an_approved_plan_with_another_server_is_a_yes(
    world: World, image: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = str(tmp_path / "plan.json")
    with servers(world, RENAMED):
        words = ["plan", "--image", str(image), "--accept-host", NEW, "-o", plan]
        assert cli.main(words) == 10
        assert cli.main(["apply", plan, "--yes", "--image", str(image)]) == 0
    capsys.readouterr()
    assert f'smtp1.hostname", "{NEW}")'.encode() in prefs(image)


def test_check_finds_the_server_of_an_address_in_the_table(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    host = "smtps.uol.com.br"
    with servers(world, {host: (GOOD, host)}):
        assert cli.main(["check", "ana@uol.com.br", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["proven"]["host"] == host
    assert cli.main(["check", "ana@nao-existe.example", "--lang", "en"]) == 1
    assert "know nothing about the mail provider" in capsys.readouterr().err
