"""Row 13 and its kin: another server of the same provider, proven, and taken only on a yes."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from builders import an_image, thunderbird
from configure587 import cli
from submission.hostile_server import GOOD, SCENARIOS, Manners
from submission.world import FILTERED

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator, Mapping

    from submission.person import Person
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


def test_another_server_is_found_where_the_only_one_swallows_every_connection(
    world: World, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swallowed = {587: FILTERED, 465: FILTERED, 25: FILTERED}
    words = ["apply", "--yes", "--image", str(image), "--lang", "en", "--accept-host", NEW]
    with world.has(OLD, swallowed), servers(world, GONE):
        assert cli.main(words) == 0
    assert f'smtp1.hostname", "{NEW}")'.encode() in prefs(image)
    capsys.readouterr()


@pytest.mark.parametrize("name", ["smtp exemplo", "..", "smtp", "127.0.0.1", "\N{GRINNING FACE}.a"])
def test_an_impossible_server_cannot_be_accepted(
    name: str, image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["apply", "--yes", "--image", str(image), "--lang", "en", "--accept-host", name])
    assert ended.value.code == 2
    assert "name a server, such as smtp.example.com" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "yes"), [("en", "y"), ("pt-BR", "s")])
def test_on_a_terminal_each_other_server_is_asked_for_by_name(  # noqa: PLR0913, PLR0917 - fixtures
    language: str,
    yes: str,
    world: World,
    image: pathlib.Path,
    person: Person,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = prefs(image)
    words = ["apply", "--image", str(image), "--lang", language]
    with servers(world, RENAMED):
        assert cli.main(words) == 12  # nothing is typed, and that is no yes
        [question] = person.asked
        assert OLD in question
        assert NEW in question
        assert prefs(image) == before
        said = " ".join(capsys.readouterr().out.split())
        for part in (ADDRESS, "exemplo.com.br", "Configure 587! test authority"):
            assert part in said
        person.types, person.asked = [yes, "n"], []
        assert cli.main(words) == 1
        assert (len(person.asked), prefs(image)) == (2, before)
        person.types, person.asked = [yes, yes], []
        assert cli.main(words) == 0
        assert person.asked[0] == question
    assert f'smtp1.hostname", "{NEW}")'.encode() in prefs(image)


@pytest.mark.parametrize("more", [["--yes"], ["--dry-run"], ["--json"], ["--silent"]])
def test_nobody_is_asked_where_nobody_is_to_be_asked(
    more: list[str],
    world: World,
    image: pathlib.Path,
    person: Person,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = prefs(image)
    with servers(world, RENAMED):
        assert cli.main(["apply", "--image", str(image), "--lang", "en", *more]) == 12
    assert (person.asked, prefs(image)) == ([], before)
    capsys.readouterr()


def test_who_has_accepted_a_server_is_not_asked_for_it_again(
    world: World, image: pathlib.Path, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    person.types = ["y"]
    with servers(world, RENAMED):
        words = ["apply", "--image", str(image), "--lang", "en", "--accept-host", NEW]
        assert cli.main(words) == 0
    assert len(person.asked) == 1
    capsys.readouterr()


def test_in_silence_a_name_that_only_a_certificate_told_is_not_taken(
    world: World, image: pathlib.Path
) -> None:
    before, told = prefs(image), "web.exemplo.com.br"
    words = ["apply", "--yes", "--image", str(image), "--accept-host", told]
    with servers(world, {OLD: (GOOD, told), told: (GOOD, told)}):
        assert cli.main([*words, "--silent"]) == 12
        assert (prefs(image), world.servers[told, 587].connections) == (before, 0)
        assert cli.main(words) == 0
    assert f'smtp1.hostname", "{told}")'.encode() in prefs(image)


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
