"""The example of a policy is one, shows every key, and each line that it shows may be used."""

from __future__ import annotations

import json
from typing import Any

import pytest

import policy_example
from builders import a_machine
from configure587 import cli
from configure587.policies import layers
from configure587.policies.keys import KEYS
from configure587.policies.layers import Rank


def spelled(name: str, value: Any) -> str:  # noqa: ANN401 - each key has its own type
    """One key as a file has it; JSON's spelling is TOML's too."""
    if not isinstance(value, dict):
        return f"{name} = {json.dumps(value)}"
    return "\n".join([f"[{name}]", *(f'"{k}" = {json.dumps(v)}' for k, v in value.items())])


def test_the_command_takes_it_for_a_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--lang", "en", "policy", "check", str(policy_example.PATH)]) == 0
    assert "everything in it is understood" in capsys.readouterr().out


def test_it_shows_every_key() -> None:
    assert set(policy_example.all_values()) == set(KEYS)
    assert set(policy_example.stated()) < set(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_each_line_that_it_shows_may_be_used(name: str) -> None:
    text = spelled(name, policy_example.all_values()[name])
    machine = a_machine(files={"/p.toml": text.encode()})
    assert [each.key for each in layers.toml(machine.files, "/p.toml", Rank.FILE)] == [name]
