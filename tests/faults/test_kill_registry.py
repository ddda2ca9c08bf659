"""kill -9 at every system call that writes, where a registry.reg stands for the registry.

How it is done stands in test_kill.py. Here both profiles are in one file, which is written whole
for each of them; so after a kill neither of them is changed, or one, or both: each of them wholly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from configure587.formats import reg_text
from faults import harness, killing
from outlook_builders import outlook, pop3, registry

if TYPE_CHECKING:
    import pathlib

FILE = "registry.reg"
APPLY = ("apply", "--no-network", "--yes")
ROLLBACK = ("rollback", "--last")
PROFILES = (
    outlook(pop3(port=25), pop3(use_auth=0), name="Casa"),
    outlook(pop3(port=25, secure=0), name="Trabalho"),
)


@dataclass(frozen=True)
class Story:
    """One command, an image to begin with, and all that its registry may hold."""

    words: tuple[str, ...]
    cache: pathlib.Path
    kept: pathlib.Path
    image: pathlib.Path
    states: tuple[bytes, ...]
    calls: list[tuple[str, int, str]]


def the_registry(image: pathlib.Path) -> bytes:
    return (image / FILE).read_bytes()


def answered(*words: str, image: pathlib.Path, code: int = 0) -> harness.Answer:
    answer = harness.run_here(*words, image=image)
    assert answer.code == code, answer.text
    return answer


def told(words: tuple[str, ...], folder: pathlib.Path) -> Story:
    files = {FILE: reg_text.write(registry(*PROFILES)), "home/x.txt": b""}
    image, kept = harness.write(folder / "image", files), folder / "kept"
    old = the_registry(image)
    found = answered("scan", "--json", image=image, code=10).json["findings"]
    halves = []
    for name in dict.fromkeys(each["id"].rpartition(":")[0] for each in found):
        answered(*APPLY, "--only", name, image=image)
        halves.append(the_registry(image))
        answered("rollback", "--all", "--yes", image=image)
        assert the_registry(image) == old
    answered(*APPLY, image=image)
    new = the_registry(image)
    assert len({old, *halves, new}) == 4
    if words == APPLY:
        answered("rollback", "--all", "--yes", image=image)
    killing.fresh(image, kept)
    cache = killing.warmed(words, image, folder / "cache")
    killing.fresh(kept, image)
    assert killing.traced(words, image, cache, folder / "log") == 0
    assert the_registry(image) == (new if words == APPLY else old)
    return Story(
        words, cache, kept, image, (old, *halves, new), killing.writing_calls(folder / "log")
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("words", [APPLY, ROLLBACK], ids=["apply", "rollback"])
def test_a_registry_file_is_put_right_after_a_kill_at_any_writing_call(
    words: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    story = told(words, tmp_path)
    swaps = [line for kind, _, line in story.calls if kind == "rename" and f'{FILE}"' in line]
    assert len(swaps) == len(PROFILES)
    for call in story.calls:
        _killed_and_put_right(story, tmp_path / "log", call)


def _killed_and_put_right(story: Story, log: pathlib.Path, call: tuple[str, int, str]) -> None:
    image = killing.fresh(story.kept, story.image)
    killing.killed(story.words, image, story.cache, log, call)
    assert the_registry(image) in story.states, call
    code = harness.run("scan", "--json", image=image).code
    now = the_registry(image)
    assert now in story.states, call
    assert code == (0 if now == story.states[-1] else 10), call
    assert not [*image.glob("*.c587-*")], call
    sets = answered("backups", "verify", "--json", image=image).json["backups"]
    assert not [each for each in sets if each["state"] in {"prepared", "damaged"}], call
    answered("rollback", "--all", "--yes", image=image)
    assert the_registry(image) == story.states[0], call
    answered(*APPLY, image=image)
    assert the_registry(image) == story.states[-1], call
