"""A plan that was written to a file is a plan that can be applied, whatever its values are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from configure587 import cli, story
from configure587.formats import oeaccount as lens
from configure587.formats import reg_text
from outlook_builders import ACCOUNT_FILE, oeaccount

if TYPE_CHECKING:
    import pathlib

STORE = "home/AppData/Local/Microsoft/Windows Live Mail"


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder that stands for a computer with a Live Mail account whose port is spelled "19"."""
    folder = tmp_path / "image" / STORE / "Exemplo"
    folder.mkdir(parents=True)
    (folder / ACCOUNT_FILE).write_bytes(oeaccount(SMTP_Port="19"))
    (tmp_path / "image" / "registry.reg").write_bytes(reg_text.write({}))
    return tmp_path / "image"


def run(*words: str, image: pathlib.Path) -> int:
    return cli.main([*words, "--probe", "off", "--image", str(image), "--lang", "en"])


def planned(image: pathlib.Path) -> pathlib.Path:
    path = image.parent / "plan.json"
    run("plan", "--target", "465", "-o", str(path), image=image)
    return path


def resealed(path: pathlib.Path, base64: object) -> None:
    plan = story.unseal(path.read_bytes())
    before = plan["steps"][0]["changes"][0]["before"]
    assert before == {"type": "DWORD", "base64": "MTk="}
    before["base64"] = base64
    path.write_bytes(story.seal(plan))


def test_a_plan_with_a_number_in_another_spelling_can_be_applied(image: pathlib.Path) -> None:
    assert run("apply", str(planned(image)), "--yes", image=image) == 0
    [account] = (image / STORE).rglob("*.oeaccount")
    assert lens.read(account.read_bytes())["SMTP_Port"] == 465


@pytest.mark.parametrize("base64", ["M", "*", "MTk=\n", 25, None])
def test_a_value_that_is_no_base64_is_refused(
    image: pathlib.Path, base64: object, capsys: pytest.CaptureFixture[str]
) -> None:
    path = planned(image)
    resealed(path, base64)
    capsys.readouterr()
    assert run("apply", str(path), "--yes", "--json", image=image) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "plan_damaged"


def test_a_plan_for_another_value_than_is_there_is_refused(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = planned(image)
    resealed(path, "MWE=")
    capsys.readouterr()
    assert run("apply", str(path), "--yes", "--json", image=image) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "plan_stale"
