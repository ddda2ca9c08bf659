"""kill -9 at every system call that writes; a new start puts everything right.

How: strace traces the real command once and lists every call that can change the disk. Then the
command runs again on a fresh copy for each of these calls, and strace delivers SIGKILL on entry
to that call (`inject=<call>:signal=SIGKILL:when=N`), so that the kernel ends the process before
the call is carried out. Dying before the (n+1)-th call is the same as dying after the n-th, so
every state that a kill can leave on disk is seen. That is every call, not a choice of them:
`openat` counts with O_CREAT only, since other opens change nothing. What a kill leaves in memory
is gone; what a power cut would lose beyond it (unsynced data) is not shown here but by the order
of fsync and rename in tests/unit/machine/test_disk.py.

The first command after each kill is a real new process; the further ones, which only ask whether
the way back still works, run in this process.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from builders import thunderbird
from faults import harness, killing

if TYPE_CHECKING:
    import pathlib

KINDS_OF_APPLY = (
    *("openat", "write", "fsync", "rename", "mkdir"),
    *("fchmod", "fchown", "fsetxattr"),
)
KINDS_OF_ROLLBACK = (
    "openat",
    "write",
    "fsync",
    "rename",
    "fchmod",
    "fchown",
    "fsetxattr",
)


@dataclass(frozen=True)
class Story:
    """One command, an image to begin with, and the two states that a profile may be in.

    A backup names absolute paths, so the image always runs at one place, filled from `kept`.
    """

    words: tuple[str, ...]
    cache: pathlib.Path  # Python's own, so that every run opens the same files
    kept: pathlib.Path
    image: pathlib.Path
    old: dict[str, dict[str, bytes]]
    new: dict[str, dict[str, bytes]]
    calls: list[tuple[str, int, str]]  # kind, its n-th occurrence, the line of strace


def a_computer(folder: pathlib.Path) -> pathlib.Path:
    """Two profiles; one has a user.js with the port, an owner of its own and attributes."""
    image = harness.an_image(
        folder,
        thunderbird(port=25, try_ssl=0, user_js={harness.PORT: 25}),
        thunderbird(name="efgh5678.second", port=25),
    )
    for name in ("prefs.js", "user.js"):
        path = image / harness.HOME / "abcd1234.default" / name
        os.setxattr(path, "user.note", b"kept")
        os.chown(path, 12345, 12345)
    return image


def told(words: tuple[str, ...], folder: pathlib.Path, *, begin_with_apply: bool) -> Story:
    image, kept = a_computer(folder / "image"), folder / "kept"
    old = harness.by_profile(harness.profile_files(image))
    if begin_with_apply:
        assert harness.run_here("apply", "--no-network", "--yes", image=image).code == 0
    new = harness.by_profile(harness.profile_files(image))
    killing.fresh(image, kept)
    cache = killing.warmed(words, image, folder / "cache")
    killing.fresh(kept, image)
    assert killing.traced(words, image, cache, folder / "log") == 0
    ended = harness.by_profile(harness.profile_files(image))
    if begin_with_apply:
        assert ended == old
    else:
        new = ended
    assert all(old[name] != new[name] for name in ("abcd1234.default", "efgh5678.second"))
    return Story(words, cache, kept, image, old, new, killing.writing_calls(folder / "log"))


@pytest.fixture(scope="module")
def an_apply(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Changing two profiles, of which one has two files."""
    return told(
        ("apply", "--no-network", "--yes"), tmp_path_factory.mktemp("apply"), begin_with_apply=False
    )


@pytest.fixture(scope="module")
def a_rollback(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Undoing that change."""
    return told(("rollback", "--last"), tmp_path_factory.mktemp("back"), begin_with_apply=True)


def kinds(story: Story) -> set[str]:
    return {kind for kind, _, _ in story.calls}


def test_the_kinds_below_are_all_the_kinds_that_an_apply_makes(an_apply: Story) -> None:
    assert kinds(an_apply) == set(KINDS_OF_APPLY)
    assert len(an_apply.calls) > 60
    assert sum(kind == "rename" for kind, _, _ in an_apply.calls) > 8


def test_the_kinds_below_are_all_the_kinds_that_a_rollback_makes(a_rollback: Story) -> None:
    assert kinds(a_rollback) == set(KINDS_OF_ROLLBACK)
    assert len(a_rollback.calls) > 25


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS_OF_APPLY)
def test_an_apply_killed_at_any_writing_call_is_put_right(
    an_apply: Story, tmp_path: pathlib.Path, kind: str
) -> None:
    for number, line in ((n, line) for name, n, line in an_apply.calls if name == kind):
        _killed_and_put_right(an_apply, tmp_path, kind, number, line)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS_OF_ROLLBACK)
def test_a_rollback_killed_at_any_writing_call_is_put_right(
    a_rollback: Story, tmp_path: pathlib.Path, kind: str
) -> None:
    for number, line in ((n, line) for name, n, line in a_rollback.calls if name == kind):
        _killed_and_put_right(a_rollback, tmp_path, kind, number, line)


def _killed_and_put_right(
    story: Story, tmp_path: pathlib.Path, kind: str, number: int, line: str
) -> None:
    where = f"killed at {kind} number {number}: {line}"
    image, log = killing.fresh(story.kept, story.image), tmp_path / "log"
    killing.killed(story.words, image, story.cache, log, (kind, number, line))
    backups = harness.backup_ids(image)
    dressed = {name: _dress(image, name) for name in story.old}

    scan = harness.run("scan", "--json", image=image)

    now = harness.by_profile(harness.profile_files(image))
    for name, files in now.items():
        whole = (story.old[name], story.new[name])
        assert files in whole, f"{where}: {name} is neither old nor new: {sorted(files)}"
        assert _dress(image, name) == dressed[name], where
    assert now.keys() == story.old.keys(), where
    due = sum(now[name] == story.old[name] for name in now if name != "profiles.ini")
    assert scan.code == (10 if due else 0), where
    assert [path for path in harness.leftovers(image) if harness.HOME in path] == [], where
    _check_that_no_backup_is_lost(story, image, backups, now, where)
    _check_that_all_can_be_undone(story, image, where)


def _dress(image: pathlib.Path, profile: str) -> list[tuple[str, int, int, list[str]]]:
    """Mode, owner and attributes of a profile's files."""
    folder = image / harness.HOME / profile
    if not folder.is_dir():
        return []
    return [
        (path.name, path.stat().st_mode, path.stat().st_uid, os.listxattr(path))
        for path in sorted(folder.iterdir())
        if path.name != ".parentlock" and ".c587-" not in path.name
    ]


def _check_that_no_backup_is_lost(
    story: Story,
    image: pathlib.Path,
    backups: list[str],
    now: dict[str, dict[str, bytes]],
    where: str,
) -> None:
    changed = [name for name in now if now[name] != story.old[name]]
    listed = harness.run_here("backups", "verify", "--json", image=image)
    assert listed.code == 0, where
    known = {each["id"]: each for each in listed.json["backups"]}
    covered = {
        os.path.basename(profile["path"])
        for each in known.values()
        if each["state"] == "applied"
        for profile in each["profiles"]
    }
    assert set(changed) <= covered, f"{where}: a changed profile has no backup"
    assert not [each for each in known.values() if each["state"] in {"prepared", "damaged"}], where
    for name in set(backups) - set(known):
        assert not changed, f"{where}: the backup {name} is gone"


def _check_that_all_can_be_undone(story: Story, image: pathlib.Path, where: str) -> None:
    assert harness.run_here("rollback", "--all", "--yes", image=image).code == 0, where
    assert harness.by_profile(harness.profile_files(image)) == story.old, where
    assert harness.run_here("apply", "--no-network", "--yes", image=image).code == 0, where
    assert harness.by_profile(harness.profile_files(image)) == story.new, where
    assert harness.run_here("rollback", "--all", "--yes", image=image).code == 0, where
    assert harness.by_profile(harness.profile_files(image)) == story.old, where
    assert [path for path in harness.leftovers(image) if harness.HOME in path] == [], where
