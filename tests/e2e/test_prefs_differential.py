"""Our reader and Thunderbird's own parser are given the same thousands of files."""

from __future__ import annotations

import os
import random
import secrets
from typing import TYPE_CHECKING, Final

import pytest

from configure587.formats import mozilla_ini, prefs_js
from e2e import thunderbird_parser
from e2e.real_thunderbird import Thunderbird, require_thunderbird

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

COUNT: Final = int(os.environ.get("CONFIGURE587_FUZZ_COUNT", "6000"))


@pytest.fixture(scope="module")
def thunderbird_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thunderbird]:
    """Give a Thunderbird with a home of its own; its absence is a failure."""
    require_thunderbird()
    with Thunderbird(str(tmp_path_factory.mktemp("parser-home"))) as thunderbird:
        yield thunderbird


@pytest.fixture
def rng() -> random.Random:
    """Give randomness whose seed is printed; CONFIGURE587_FUZZ_SEED repeats a run."""
    seed = int(os.environ.get("CONFIGURE587_FUZZ_SEED") or secrets.randbits(32))
    print(f"CONFIGURE587_FUZZ_SEED={seed}")
    return random.Random(seed)


def errors(problems: tuple[prefs_js.Problem, ...]) -> list[str]:
    """Write errors as Thunderbird does."""
    return [f"{problem.line}: prefs parse error: {problem.message}" for problem in problems]


def test_default_prefs_are_read_as_thunderbird_reads_them(
    thunderbird_running: Thunderbird, rng: random.Random
) -> None:
    inputs = thunderbird_parser.inputs(rng, COUNT)
    answers = thunderbird_parser.read_as_defaults(thunderbird_running, inputs)
    for data, answer in zip(inputs, answers, strict=True):
        statements, problems = prefs_js.parse(data, defaults=True)
        ours = [
            ("User" if s.kind == "user_pref" else "Default", s.name, s.value, s.sticky, s.locked)
            for s in statements
        ]
        assert (errors(problems), ours) == (answer.errors, answer.statements), data
        assert list(map(type, (s[2] for s in ours))) == list(
            map(type, (s[2] for s in answer.statements))
        ), data


def test_a_prefs_js_is_read_as_thunderbird_reads_it(
    thunderbird_running: Thunderbird, rng: random.Random
) -> None:
    inputs = thunderbird_parser.inputs(rng, COUNT // 2)
    answers = thunderbird_parser.read_as_user(thunderbird_running, inputs)
    for data, answer in zip(inputs, answers, strict=True):
        values, defaults = prefs_js.read(data), prefs_js.read_defaults(data)
        _, problems = prefs_js.parse(data)
        assert errors(problems) == answer.errors, data
        # A name with both kinds of value is decided by types and stickiness: Gecko's business.
        both = values.keys() & defaults.keys()
        assert typed(values, both) == typed(answer.values, both), data
        assert typed(defaults, both) == typed(answer.defaults, both), data


def test_an_ini_file_is_read_as_thunderbird_reads_it(
    thunderbird_running: Thunderbird, rng: random.Random
) -> None:
    inputs = [thunderbird_parser.ini(rng) for _ in range(COUNT // 3)]
    answers = thunderbird_parser.read_ini(thunderbird_running, inputs)
    for data, answer in zip(inputs, answers, strict=True):
        assert mozilla_ini.read(data) == answer, data


def typed(
    values: dict[str, prefs_js.PrefValue], without: set[str]
) -> dict[str, tuple[type, prefs_js.PrefValue]]:
    """Tell 1 from true."""
    return {name: (type(value), value) for name, value in values.items() if name not in without}
