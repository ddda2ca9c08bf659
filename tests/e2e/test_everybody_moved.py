"""A policy file and one command: everybody of a computer is moved, counted, and can go back."""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if sys.platform == "win32":
    pytest.skip("people by number", allow_module_level=True)

from builders import CANARY, thunderbird
from everyone_builders import IS_ROOT, WHY, Place, a_place

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not IS_ROOT, reason=WHY)

POLICY = """\
targets = ["587/starttls", "465/tls"]
probe = "off"  # there is no such server, and the proof is tested elsewhere
report = "{reports}"
language = "en"
"""
APPLY = ("apply", "--silent", "--all-users", "--policy")


@pytest.fixture
def place() -> Iterator[Place]:
    """Give a computer with three people, one of whom sends as they should."""
    with a_place() as found:
        found.person("ana", thunderbird(port=25, password=CANARY))
        found.person("bia", thunderbird(port=25), thunderbird(name="x.second", port=25))
        found.person("caio", thunderbird(port=587, try_ssl=2))
        yield found


def test_one_file_and_one_command_move_everybody_and_back(place: Place) -> None:
    reports, policy = Path(place.folder, "reports"), Path(place.folder, "acme.toml")
    reports.mkdir()
    policy.write_text(POLICY.format(reports=reports), encoding="utf-8")
    before = place.state()

    first = place.run(*APPLY, str(policy))
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    moved = place.state()
    changed = {path for path in before if moved[path] != before[path]}
    assert {path.split("/home/")[1].split("/")[0] for path in changed} == {"ana", "bia"}
    assert all(b'.port", 587)' in moved[path][0] for path in changed)

    second = place.run(*APPLY, str(policy))
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert place.state() == moved

    told = b"".join(path.read_bytes() for path in reports.iterdir())
    assert len(list(reports.glob("*.json"))) == 2
    for secret in (CANARY, "ana@", "exemplo.com.br"):
        assert secret.encode() not in told

    page = Path(place.folder, "fleet.html")
    words = ["fleet", str(reports), "--html", str(page), "--goal", "100", "--json", "--lang", "en"]
    counted = place.run(*words)
    assert counted.returncode == 0
    assert json.loads(counted.stdout)["kind"] == "fleet"
    text = html.unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")))
    assert re.search(r"goal.{0,40}reached|reached.{0,40}goal", text, re.IGNORECASE | re.DOTALL)

    undone = place.run("rollback", "--all-users", "--silent", "--yes")
    assert (undone.returncode, undone.stdout, undone.stderr) == (0, "", "")
    assert place.state() == before
