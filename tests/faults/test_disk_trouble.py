"""Full disks, missing rights, things that vanish, and sizes: the real command on a real disk.

Root may do everything, so rights are tested as another person (setpriv); a full disk is a small
tmpfs. Both need root, which the tests have.
"""

from __future__ import annotations

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from builders import account, prefs, profiles_ini, thunderbird
from faults import harness
from faults.harness import (
    BACKUPS,
    DATA,
    HOME,
    PERSON,
    an_image,
    as_person,
    fill,
    profile_files,
    run,
    small_disk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST, SECOND = "abcd1234.default", "efgh5678.second"
LANGUAGES = pytest.mark.parametrize("lang", ["en", "pt-BR"])


@pytest.fixture
def shared() -> Iterator[pathlib.Path]:
    """A folder that everybody can reach; pytest's own are closed to others."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="configure587-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def two_profiles(folder: pathlib.Path) -> pathlib.Path:
    return an_image(
        folder,
        thunderbird(port=25, try_ssl=0, user_js={harness.PORT: 25}),
        thunderbird(name=SECOND, port=25),
    )


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    """Two profiles on port 25, one of them with a user.js."""
    return two_profiles(tmp_path / "image")


@pytest.fixture
def persons(shared: pathlib.Path) -> pathlib.Path:
    """The same, belonging to a person who is not root."""
    image = two_profiles(shared / "image")
    give(image)
    return image


def give(folder: pathlib.Path, to: int = PERSON) -> None:
    subprocess.run(["chown", "-R", f"{to}:{to}", str(folder)], check=True)


# --- Full disks ---------------------------------------------------------------------------


@LANGUAGES
def test_an_image_on_a_full_disk_is_left_as_it_is(tmp_path: pathlib.Path, lang: str) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        image = two_profiles(disk)
        old = profile_files(image)
        filler = fill(disk)
        answer = run("apply", "--no-network", "--yes", "--lang", lang, image=image)
        assert answer.code in {1, 20}
        assert answer.err or answer.out
        assert profile_files(image) == old
        assert run("scan", "--lang", lang, image=image).code == 10
        filler.unlink()
        _all_is_well_again(image, old)


@pytest.mark.parametrize("pages", range(1, 40, 2))
def test_a_disk_that_fills_up_on_the_way_leaves_each_profile_whole(
    tmp_path: pathlib.Path, pages: int
) -> None:
    """With more and more room the run comes further and further before the disk is full."""
    with small_disk(tmp_path / "disk", "1m") as disk:
        image = two_profiles(disk)
        old = harness.by_profile(profile_files(image))
        filler = fill(disk, pages)
        answer = run("apply", "--no-network", "--yes", "--json", image=image)
        now = harness.by_profile(profile_files(image))
        if answer.code == 0:
            assert all(now[name] != old[name] for name in (FIRST, SECOND))
            for name in (FIRST, SECOND):
                assert b'port", 587' in now[name][f"{name}/prefs.js"]
        else:
            assert answer.code in {1, 14, 20}
            assert now == old
        run("scan", image=image)  # still full
        filler.unlink()
        _all_is_well_again(image, profile_files_of(old))


def profile_files_of(grouped: dict[str, dict[str, bytes]]) -> dict[str, bytes]:
    return {path: data for files in grouped.values() for path, data in files.items()}


def _all_is_well_again(image: pathlib.Path, old: dict[str, bytes]) -> None:
    run("scan", image=image)
    assert harness.leftovers(image) == []
    assert run("rollback", "--all", "--yes", image=image).code == 0
    assert profile_files(image) == old
    assert run("apply", "--no-network", "--yes", image=image).code == 0
    assert profile_files(image) != old
    assert run("backups", "verify", image=image).code == 0
    assert run("rollback", "--last", "--yes", image=image).code == 0
    assert profile_files(image) == old


@LANGUAGES
def test_without_room_for_the_backup_nothing_is_changed(image: pathlib.Path, lang: str) -> None:
    old = profile_files(image)
    with small_disk(image / DATA, "64k") as data:
        fill(data)
        answer = run("apply", "--no-network", "--yes", "--lang", lang, image=image)
        assert answer.code in {1, 20}
        assert DATA in answer.text.replace(" ", "")
    assert profile_files(image) == old


def test_the_message_about_a_full_disk_says_that_nothing_was_changed(
    image: pathlib.Path,
) -> None:
    with small_disk(image / DATA, "64k") as data:
        fill(data)
        answer = run("apply", "--no-network", "--yes", image=image)
    assert "othing is changed" in answer.text or "othing was changed" in answer.text
    assert f"{DATA}" in answer.text


@pytest.mark.parametrize("pages", range(8))
def test_a_profile_on_a_full_disk_of_its_own_spares_the_other(
    image: pathlib.Path, tmp_path: pathlib.Path, pages: int
) -> None:
    old = harness.by_profile(profile_files(image))
    shutil.copytree(image / HOME / FIRST, tmp_path / "copy")
    with small_disk(image / HOME / FIRST, "64k") as disk:
        shutil.copytree(tmp_path / "copy", disk, dirs_exist_ok=True)
        fill(disk, pages)
        answer = run("apply", "--no-network", "--yes", "--json", image=image)
        (disk / "filler").unlink()
        now = harness.by_profile(profile_files(image))
        assert now[SECOND] != old[SECOND]
        assert answer.code in {0, 14}
        assert answer.results in (["failed", "changed"], ["changed", "changed"])
        assert (now[FIRST] == old[FIRST]) == (answer.results[0] == "failed")
        assert not list(disk.glob("*.c587-*"))
        assert run("rollback", "--all", "--yes", image=image).code == 0
        assert harness.by_profile(profile_files(image)) == old


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_a_rollback_on_a_full_disk_can_be_done_later(tmp_path: pathlib.Path, pages: int) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        image = two_profiles(disk)
        old = profile_files(image)
        assert run("apply", "--no-network", "--yes", image=image).code == 0
        filler = fill(disk, pages)
        answer = run("rollback", "--last", "--yes", image=image)
        assert answer.code in {0, 1, 14, 20}
        assert answer.code != 0 or profile_files(image) == old
        filler.unlink()
        assert run("scan", image=image).code in {0, 10}
        assert run("rollback", "--all", "--yes", image=image).code == 0
        assert profile_files(image) == old
        assert harness.leftovers(image) == []


@LANGUAGES
def test_a_start_after_an_interruption_on_a_full_disk_says_so(
    tmp_path: pathlib.Path, lang: str
) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        image = two_profiles(disk)
        old = profile_files(image)
        interrupt_an_apply(image)
        assert profile_files(image) != old
        filler = fill(disk)
        for words in (("scan",), ("apply", "--no-network", "--yes"), ("rollback",), ("backups",)):
            assert run(*words, "--lang", lang, image=image).code in {0, 1, 10, 20}
        filler.unlink()
        run("scan", image=image)
        assert profile_files(image) == old


def interrupt_an_apply(image: pathlib.Path) -> None:
    """Kill an apply after its first file has its new bytes, before the second one does."""
    strace = ["strace", "-f", "-o", os.devnull, "-e", "trace=fchmod"]
    killed = subprocess.run(
        [
            *strace,
            *("-e", "inject=fchmod:signal=SIGKILL:when=2"),
            *harness.command("apply", "--no-network", "--yes", "--image", str(image)),
        ],
        env=harness.environment(),
        capture_output=True,
        check=False,
    )
    assert killed.returncode != 0


# --- Rights -------------------------------------------------------------------------------


@LANGUAGES
def test_a_read_only_profile_folder_ends_with_77(persons: pathlib.Path, lang: str) -> None:
    old = profile_files(persons)
    for name in (FIRST, SECOND):
        (persons / HOME / name).chmod(0o555)
    answer = run(
        "apply", "--no-network", "--yes", "--lang", lang, image=persons, before=as_person()
    )
    assert answer.code == 77
    assert str(persons / HOME / FIRST) in answer.text.replace(" ", "")
    assert profile_files(persons) == old
    _can_be_done_with_rights(persons, old)


def _can_be_done_with_rights(image: pathlib.Path, old: dict[str, bytes]) -> None:
    for name in (FIRST, SECOND):
        (image / HOME / name).chmod(0o700)
        for path in (image / HOME / name).iterdir():
            path.chmod(0o600)
    give(image)
    assert run("apply", "--no-network", "--yes", image=image, before=as_person()).code == 0
    assert profile_files(image) != old
    assert run("rollback", "--all", "--yes", image=image, before=as_person()).code == 0
    assert profile_files(image) == old


def test_one_read_only_profile_folder_spares_the_other(persons: pathlib.Path) -> None:
    old = harness.by_profile(profile_files(persons))
    (persons / HOME / FIRST).chmod(0o555)
    answer = run("apply", "--no-network", "--yes", "--json", image=persons, before=as_person())
    assert answer.code == 14
    assert answer.results == ["denied", "changed"]
    now = harness.by_profile(profile_files(persons))
    assert now[FIRST] == old[FIRST]
    assert now[SECOND] != old[SECOND]


@LANGUAGES
def test_a_prefs_js_that_we_may_not_read_is_a_finding(persons: pathlib.Path, lang: str) -> None:
    for name in (FIRST, SECOND):
        (persons / HOME / name / "prefs.js").chmod(0)
    answer = run("scan", "--json", "--lang", lang, image=persons, before=as_person())
    assert answer.code == 11
    assert answer.verdicts == ["unreadable", "unreadable"]
    codes = {reason["code"] for each in answer.json["findings"] for reason in each["reasons"]}
    assert codes == {"no_permission"}
    text = run("scan", "--lang", lang, image=persons, before=as_person())
    assert "prefs.js" in text.text.replace(" ", "")
    assert (
        run(
            "apply", "--no-network", "--yes", "--lang", lang, image=persons, before=as_person()
        ).code
        == 11
    )


def test_a_prefs_js_without_the_right_to_write_is_changed_as_thunderbird_would(
    persons: pathlib.Path,
) -> None:
    """Replacing needs the folder's rights, not the file's; the file stays read-only."""
    path = persons / HOME / FIRST / "prefs.js"
    path.chmod(0o444)
    old = profile_files(persons)
    assert run("apply", "--no-network", "--yes", image=persons, before=as_person()).code == 0
    assert path.stat().st_mode & 0o777 == 0o444
    assert run("rollback", "--yes", image=persons, before=as_person()).code == 0
    assert path.stat().st_mode & 0o777 == 0o444
    assert profile_files(persons) == old


def test_a_prefs_js_of_somebody_else_is_not_taken_over(persons: pathlib.Path) -> None:
    """The copy would belong to us; that is a change we were not asked for."""
    path = persons / HOME / SECOND / "prefs.js"
    path.chmod(0o644)
    os.chown(path, 0, 0)
    old = path.read_bytes()
    answer = run("apply", "--no-network", "--yes", "--json", image=persons, before=as_person())
    assert answer.code == 14
    assert answer.results == ["changed", "denied"]
    assert path.read_bytes() == old
    assert path.stat().st_uid == 0
    assert harness.leftovers(persons) == []


@LANGUAGES
@pytest.mark.parametrize("place", ["data", "share", "nobody's"])
def test_without_the_right_to_make_a_backup_nothing_is_changed(
    persons: pathlib.Path, lang: str, place: str
) -> None:
    old = profile_files(persons)
    folder = persons / (DATA if place == "data" else "home/.local/share")
    folder.mkdir(parents=True)
    folder.chmod(0o700 if place == "nobody's" else 0o555)
    answer = run(
        "apply", "--no-network", "--yes", "--lang", lang, image=persons, before=as_person()
    )
    assert answer.code == 77
    assert str(folder) in answer.text.replace(" ", "")
    assert profile_files(persons) == old


@LANGUAGES
@pytest.mark.parametrize("verb", ["scan", "plan", "apply", "rollback", "backups"])
def test_a_data_folder_of_somebody_else_is_told(
    persons: pathlib.Path, lang: str, verb: str
) -> None:
    assert run("apply", "--no-network", "--yes", image=persons, before=as_person()).code == 0
    new = profile_files(persons)
    give(persons / DATA, 0)
    answer = run(verb, "--lang", lang, image=persons, before=as_person())
    assert answer.code == 77
    assert DATA in answer.text.replace(" ", "")
    assert profile_files(persons) == new


@pytest.mark.parametrize("verb", ["scan", "plan", "apply", "rollback", "backups"])
def test_one_backup_of_somebody_else_does_not_stop_us(persons: pathlib.Path, verb: str) -> None:
    assert run("apply", "--no-network", "--yes", image=persons, before=as_person()).code == 0
    new = profile_files(persons)
    [backup] = harness.backup_ids(persons)
    give(persons / BACKUPS / backup, 0)
    answer = run(verb, image=persons, before=as_person())
    assert answer.code in {0, 1}
    assert profile_files(persons) == new


@pytest.mark.parametrize(
    "closed", [HOME, f"{HOME}/{FIRST}", "home", f"{HOME}/profiles.ini", "etc/thunderbird"]
)
def test_what_we_may_not_look_into_is_a_finding_and_no_crash(
    persons: pathlib.Path, closed: str
) -> None:
    (persons / "etc/thunderbird/policies").mkdir(parents=True)
    give(persons)
    (persons / closed).chmod(0)
    answer = run("scan", "--json", image=persons, before=as_person())
    if closed == "home":
        assert answer.code in {1, 11, 77}
    else:
        assert answer.code in {10, 11}
        assert {"unreadable", "blocked"} & set(answer.verdicts)
    assert run("scan", image=persons, before=as_person()).text
    run("apply", "--no-network", "--yes", image=persons, before=as_person())


def test_a_folder_that_becomes_read_only_after_the_change_keeps_its_backup(
    persons: pathlib.Path,
) -> None:
    old = profile_files(persons)
    assert run("apply", "--no-network", "--yes", image=persons, before=as_person()).code == 0
    new = profile_files(persons)
    for name in (FIRST, SECOND):
        (persons / HOME / name).chmod(0o555)
    answer = run("rollback", "--yes", image=persons, before=as_person())
    assert answer.code == 77
    assert profile_files(persons) == new
    for name in (FIRST, SECOND):
        (persons / HOME / name).chmod(0o755)
    assert run("rollback", "--yes", image=persons, before=as_person()).code == 0
    assert profile_files(persons) == old


# --- Things that vanish -------------------------------------------------------------------


def while_waiting(image: pathlib.Path, deed: Callable[[], object]) -> harness.Answer:
    """Apply with Thunderbird running; do the deed between plan and change; let it close.

    The run is known to wait once it has made its own lock file, which comes after planning.
    """
    lock = image / HOME / FIRST / ".parentlock"
    with lock.open("wb") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        words = harness.command(
            "apply", "--no-network", "--yes", "--json", "--when-running", "wait=60"
        )
        with subprocess.Popen(
            [*words, "--image", str(image), "--lang", "en"],
            env=harness.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child:
            _until((image / DATA / "run.lock").exists)
            _until(lambda: _other_profile_is_done(image))
            deed()
            held.close()
            out, err = child.communicate(timeout=60)
    return harness.checked(harness.Answer(child.returncode, out, err), words)


def _other_profile_is_done(image: pathlib.Path) -> bool:
    return b"587" in (image / HOME / SECOND / "prefs.js").read_bytes()


def _until(happened: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def test_a_profile_that_vanishes_between_plan_and_change_spares_the_other(
    image: pathlib.Path,
) -> None:
    away = image.parent / "away"
    answer = while_waiting(image, lambda: (image / HOME / FIRST).rename(away))
    assert answer.code == 14
    assert sorted(answer.results) == ["changed", "failed"]
    assert not (image / HOME / FIRST).exists()
    assert run("rollback", "--yes", image=image).code == 0


def test_a_prefs_js_that_vanishes_between_plan_and_change_is_not_made_anew(
    image: pathlib.Path,
) -> None:
    answer = while_waiting(image, (image / HOME / FIRST / "prefs.js").unlink)
    assert answer.code == 14
    assert sorted(answer.results) == ["changed", "failed"]
    assert not (image / HOME / FIRST / "prefs.js").exists()
    assert (image / HOME / FIRST / "user.js").read_bytes() == prefs({harness.PORT: 25})


def test_what_thunderbird_writes_as_it_closes_is_not_overwritten(image: pathlib.Path) -> None:
    path = image / HOME / FIRST / "prefs.js"
    theirs = prefs({**account(port=2525)})
    answer = while_waiting(image, lambda: path.write_bytes(theirs))
    assert answer.code == 14
    assert sorted(answer.results) == ["changed", "stale"]
    assert path.read_bytes() == theirs


def test_a_data_folder_that_vanishes_is_made_again(image: pathlib.Path) -> None:
    old = profile_files(image)
    assert run("apply", "--no-network", "--yes", image=image).code == 0
    new = profile_files(image)
    shutil.rmtree(image / DATA)
    answer = run("rollback", image=image)
    assert answer.code == 0
    assert "nothing to undo" in answer.text
    assert run("backups", image=image).code == 0
    assert run("apply", "--no-network", "--yes", image=image).code == 0
    assert profile_files(image) == new != old


def test_a_profile_that_vanished_after_the_change_is_told_and_spares_the_other(
    image: pathlib.Path,
) -> None:
    old = harness.by_profile(profile_files(image))
    assert run("apply", "--no-network", "--yes", image=image).code == 0
    shutil.rmtree(image / HOME / FIRST)
    answer = run("rollback", "--json", image=image)
    assert answer.code == 14
    assert harness.by_profile(profile_files(image))[SECOND] == old[SECOND]
    assert not (image / HOME / FIRST).exists()
    text = run("rollback", "--all", image=image)
    assert "no longer there" in text.text


def test_a_data_folder_that_is_a_file_is_told(image: pathlib.Path) -> None:
    (image / DATA).parent.mkdir(parents=True)
    (image / DATA).write_bytes(b"")
    old = profile_files(image)
    answer = run("apply", "--no-network", "--yes", image=image)
    assert answer.code == 1
    assert DATA in answer.text.replace(" ", "")
    assert profile_files(image) == old


# --- Links --------------------------------------------------------------------------------


def link_prefs(image: pathlib.Path) -> pathlib.Path:
    """Move a prefs.js to a folder of its own and leave a link."""
    path = image / HOME / FIRST / "prefs.js"
    kept = image / "home/dotfiles"
    kept.mkdir()
    path.rename(kept / "prefs.js")
    path.symlink_to("../../dotfiles/prefs.js")
    return path


def test_a_linked_prefs_js_is_changed_and_undone_through_the_link(image: pathlib.Path) -> None:
    """We write through the link; Thunderbird itself replaces it at its next save."""
    link = link_prefs(image)
    old = profile_files(image)
    assert run("apply", "--no-network", "--yes", image=image).code == 0
    assert os.readlink(link) == "../../dotfiles/prefs.js"
    assert b"587" in (image / "home/dotfiles/prefs.js").read_bytes()
    assert run("rollback", "--yes", image=image).code == 0
    assert os.readlink(link) == "../../dotfiles/prefs.js"
    assert profile_files(image) == old
    assert os.listdir(image / "home/dotfiles") == ["prefs.js"]


def test_a_link_that_thunderbird_replaced_since_can_still_be_undone(
    image: pathlib.Path,
) -> None:
    link = link_prefs(image)
    old = profile_files(image)
    assert run("apply", "--no-network", "--yes", image=image).code == 0
    saved = link.read_bytes()
    link.unlink()
    link.write_bytes(saved)
    assert run("rollback", "--yes", image=image).code == 0
    assert not link.is_symlink()
    assert profile_files(image) == old


def test_a_kill_leaves_nothing_beside_the_target_of_a_link(image: pathlib.Path) -> None:
    link_prefs(image)
    old = profile_files(image)
    strace = ["strace", "-f", "-o", os.devnull, "-e", "trace=fchmod"]
    strace += ["-e", "inject=fchmod:signal=SIGKILL:when=1"]
    words = harness.command("apply", "--no-network", "--yes", "--image", str(image))
    subprocess.run([*strace, *words], env=harness.environment(), capture_output=True, check=False)
    assert harness.leftovers(image) != []
    assert run("scan", image=image).code == 10
    assert harness.leftovers(image) == []
    assert profile_files(image) == old


# --- Sizes --------------------------------------------------------------------------------


@pytest.mark.timeout(300)
def test_a_prefs_js_of_50_megabytes_is_changed_and_undone(tmp_path: pathlib.Path) -> None:
    lines = (
        f'user_pref("extensions.filler.n{number:07}", "{"filler " * 10}");\n'
        for number in range(450_000)
    )
    data = prefs(account(port=25, try_ssl=0)) + "".join(lines).encode()
    assert len(data) > 50_000_000
    image = an_image(tmp_path, thunderbird(raw=data))
    path = image / HOME / FIRST / "prefs.js"
    begin = time.monotonic()
    used = _peak_of("apply", "--no-network", "--yes", image=image)
    assert path.stat().st_size == len(data) + 1
    _peak_of("rollback", "--yes", image=image)
    assert time.monotonic() - begin < 120
    assert path.read_bytes() == data
    assert used < 2_000_000_000


def _peak_of(*words: str, image: pathlib.Path) -> int:
    """Run a command that must succeed; its peak memory in bytes."""
    script = (
        "import resource, sys; from configure587 import cli; code = cli.main(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words, "--image", str(image), "--lang", "en"],
        env=harness.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout.split()[-1]) * 1024


@pytest.mark.timeout(300)
def test_500_profiles_are_changed_and_undone(tmp_path: pathlib.Path) -> None:
    names = [f"{number:08}.profile" for number in range(500)]
    image = an_image(tmp_path, *(thunderbird(name=name, port=25) for name in names))
    (image / HOME / "profiles.ini").write_bytes(profiles_ini(*names))
    old = profile_files(image)
    answer = run("apply", "--no-network", "--yes", "--json", image=image)
    assert answer.code == 0
    assert answer.results == ["changed"] * 500
    now = profile_files(image)
    assert all(now[f"{name}/prefs.js"] != old[f"{name}/prefs.js"] for name in names)
    assert len(harness.backup_ids(image)) == 1
    assert run("backups", "verify", image=image).code == 0
    answer = run("rollback", "--json", image=image)
    assert answer.results == ["undone"] * 500
    assert profile_files(image) == old


def test_more_profiles_than_open_files_allowed_are_changed_and_undone(
    tmp_path: pathlib.Path,
) -> None:
    """Locks are held batch by batch; a rollback holds many at once and must not run dry."""
    names = [f"{number:08}.profile" for number in range(120)]
    image = an_image(tmp_path, *(thunderbird(name=name, port=25) for name in names))
    old = profile_files(image)
    few = ["prlimit", "--nofile=100:100"]
    assert run("apply", "--no-network", "--yes", image=image, before=few).code == 0
    answer = run("rollback", "--json", image=image, before=few)
    assert set(answer.results) == {"undone"}
    assert answer.code == 0
    assert profile_files(image) == old
