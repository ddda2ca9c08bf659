"""The .deb on a clean Debian 12: upgraded, broken, removed; people keep what is theirs."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
from installers.linux import tree

from clean_debian import LAST_LINES
from e2e.real_thunderbird import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clean_debian import Debian

pytestmark = [pytest.mark.xdist_group("packages for Linux"), pytest.mark.timeout(600)]
LIB: Final = f"/{tree.LIB}"
PATIENCE: Final = 60.0


def works(debian: Debian) -> bool:
    """Whether the program does its whole story."""
    said = debian.run("configure587", "demo", "--lang", "en")
    return said.splitlines()[-1] == LAST_LINES["en"]


def state(debian: Debian) -> str:
    """What dpkg thinks of the package."""
    done = debian.tried("dpkg-query", "--show", "--showformat=${db:Status-Abbrev}", "configure587")
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def a_person(debian: Debian) -> None:
    """Have somebody there whose Thunderbird sends through port 25, and change that."""
    prefs_js = debian.has_thunderbird("/home/ana")
    debian.run("configure587", "apply", "--yes", "--no-network", HOME="/home/ana")
    assert b'port", 587)' in prefs_js.read_bytes()


# --- upgraded, removed ---------------------------------------------------------------------------


def test_removing_leaves_the_mail_settings_and_the_backups_and_nothing_of_ours(
    another: Debian,
) -> None:
    a_person(another)
    policy = another.root / "etc/configure587/policy.d/office.toml"
    policy.write_text("# an administrator's\n")
    persons = another.homes()
    assert any("backups" in path for path in persons)
    another.run("apt-get", "--quiet=2", "--yes", "remove", "configure587")
    after_remove = another.homes()
    another.run("dpkg", "--purge", "configure587")
    left = another.files()
    administrators = {"etc/configure587/policy.d/office.toml"}
    own = {path for path in left if not path.startswith("var/cache/man/")}  # man's, who tidies it
    assert own - persons.keys() == administrators
    assert after_remove == another.homes() == persons
    assert not (another.root / tree.LIB).exists()
    assert state(another) in {"unknown", "un"}


def test_purging_without_policies_leaves_no_folder_either(another: Debian) -> None:
    another.run("apt-get", "--quiet=2", "--yes", "purge", "configure587")
    script = "find / -xdev -name '*configure587*' -not -path '/proc/*' -not -path '/tmp/*'"
    found = another.run("sh", "-c", script).splitlines()
    assert [path for path in found if not path.startswith(("/var/log", "/var/cache"))] == []


def test_an_upgrade_keeps_the_backups_and_forgets_what_is_gone(
    another: Debian, package: Path, older: Path
) -> None:
    another.run("dpkg", "--install", "--force-downgrade", another.put(older))
    assert (another.root / tree.LIB / "gone_since.py").exists()
    a_person(another)
    persons = another.homes()
    another.run("dpkg", "--install", another.put(package))
    assert not (another.root / tree.LIB / "gone_since.py").exists()
    assert another.homes() == persons
    assert another.run("configure587", "rollback", "--yes", HOME="/home/ana")
    prefs_js = another.root / "home/ana/.thunderbird/abcd1234.default/prefs.js"
    assert b'port", 25)' in prefs_js.read_bytes()


# --- what goes wrong -----------------------------------------------------------------------------


def test_a_broken_older_install_is_mended_by_the_new_one(
    another: Debian, package: Path, older: Path
) -> None:
    another.run("dpkg", "--install", "--force-downgrade", another.put(older))
    shutil.rmtree(another.root / tree.LIB / "PySide6")
    (another.root / "usr/bin/configure587").write_text("#!/bin/sh\nexit 3\n")
    listing = another.root / "var/lib/dpkg/info/configure587.list"
    listing.write_text("/.\n")  # dpkg has forgotten what it installed
    status = another.root / "var/lib/dpkg/status"
    broken = re.sub(
        r"(Package: configure587\nStatus: install ok) installed",
        r"\1 half-configured",
        status.read_text(encoding="utf-8"),
    )
    status.write_text(broken, encoding="utf-8")
    assert state(another) == "iF"
    another.run("dpkg", "--install", another.put(package))
    assert state(another) == "ii"
    assert works(another)


@contextlib.contextmanager
def small_disk(at: Path, size: str) -> Iterator[None]:
    """Have little room in a folder."""
    at.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", str(at)]
    subprocess.run(words, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def test_a_full_disk_stops_the_install_and_more_room_mends_it(
    another: Debian, package: Path
) -> None:
    another.run("dpkg", "--remove", "configure587")
    with small_disk(another.root / tree.LIB, "40m"):
        done = another.tried("dpkg", "--install", another.put(package))
        assert done.returncode != 0
        assert "No space left on device" in done.stdout
        assert state(another) in {"rc", "ri", "un", "in", "unknown"}
    another.run("dpkg", "--install", "/tmp/" + package.name)
    assert works(another)


def test_an_upgrade_on_a_full_disk_leaves_the_old_version_working(
    another: Debian, package: Path, older: Path
) -> None:
    another.run("dpkg", "--install", "--force-downgrade", another.put(older))
    place = another.root / tree.LIB / "PySide6/Qt/lib"
    kept = another.root / "tmp/kept"
    shutil.copytree(place, kept)
    with small_disk(place, "80m"):
        shutil.copytree(kept, place, dirs_exist_ok=True)
        done = another.tried("dpkg", "--install", another.put(package))
        assert done.returncode != 0
        assert "No space left on device" in done.stdout
        assert state(another) == "ii"
        assert works(another)
    another.run("dpkg", "--install", "/tmp/" + package.name)
    assert works(another)


def test_of_two_installs_at_once_one_waits_or_says_so_and_all_is_well(
    another: Debian, package: Path
) -> None:
    path = another.put(package)
    first = subprocess.Popen(
        another.command("dpkg", "--install", path),
        env=another.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    begun = another.root / tree.LIB
    with first:
        new = "**/*.dpkg-new"

        def at_work() -> object:
            try:
                return next(begun.glob(new), None)
            except FileNotFoundError:  # a folder came and went while we looked
                return None

        wait_for("the first is at work", at_work, PATIENCE)
        second = another.tried("dpkg", "--install", path)
    assert first.returncode == 0
    assert second.returncode == 0 or "locked by another process" in second.stdout
    assert state(another) == "ii"
    assert works(another)
