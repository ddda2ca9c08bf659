"""A fleet of real computers: what a silent run reports is what the fleet counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from configure587 import cli
from configure587.verbs import demo

if TYPE_CHECKING:
    import pathlib

    import pytest


def test_what_a_silent_run_leaves_on_a_share_is_counted(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    share, image = tmp_path / "share", tmp_path / "computer"
    share.mkdir()
    for name, data in demo.sample().items():
        path = image / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    common = ["--image", str(image), "--report", str(share)]
    cli.main(["apply", "--silent", "--yes", "--no-network", *common])
    capsys.readouterr()
    assert len(list(share.glob("*.json"))) == 1
    assert cli.main(["fleet", str(share), "--json"]) == 10
    found = json.loads(capsys.readouterr().out)
    assert found["reports"]["counted"] == 1
    assert found["reports"]["aside"] == {}
    assert found["known"] == 1
    done = {row["name"]: row["done"] for row in found["tables"]["verdict"]}
    assert done["fine"] > 0
    assert found["computers"][0]["not_done"] > 0  # the sample has an account for each verdict
