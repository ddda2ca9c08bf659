"""Who has an account on a Linux or a Mac, and who of them is a person."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if sys.platform == "win32":
    pytest.skip("people by number", allow_module_level=True)

import pwd

from configure587.machine import posix_people
from configure587.machine.posix_people import Mount, Sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def account(name: str, uid: int, home: str = "", shell: str = "/bin/bash") -> pwd.struct_passwd:
    """A line of the password database."""
    return pwd.struct_passwd((name, "x", uid, uid + 7, "", home or f"/home/{name}", shell))


def everyone(
    *accounts: pwd.struct_passwd,
    unlisted: Sequence[pwd.struct_passwd] = (),
    mounts: Sequence[Mount] = (),
    homes: Sequence[str] = (),
) -> dict[str, str | None]:
    """Name -> why nothing is done; `unlisted` are known by their number only."""
    by_number = {each.pw_uid: each for each in (*accounts, *unlisted)}
    sources = Sources(lambda: accounts, by_number.__getitem__, 1000, mounts, homes)
    return {each.name: each.left_out for each in posix_people.everyone(sources)}


@pytest.mark.parametrize(
    ("uid", "shell", "left_out"),
    [
        (1000, "/bin/bash", None),
        (1000, "", None),  # passwd(5): then it is /bin/sh
        (60_001, "/bin/zsh", None),  # systemd-homed
        (1_587_001_113, "/bin/bash", None),  # a domain's
        (0, "/bin/bash", "administrator_account"),
        (999, "/bin/bash", "service_account"),
        (65_534, "/bin/bash", "service_account"),
        (2**32 - 1, "/bin/bash", "service_account"),
        (61_184, "/bin/bash", "service_account"),
        (65_519, "/bin/bash", "service_account"),
        (1000, "/usr/sbin/nologin", "account_closed"),
        (1000, "/bin/false", "account_closed"),
    ],
)
def test_a_number_and_a_shell_tell_people_from_services(
    uid: int, shell: str, left_out: str | None
) -> None:
    assert everyone(account("ana", uid, shell=shell)) == {"ana": left_out}


def test_a_home_that_is_no_path_is_none() -> None:
    assert everyone(account("ana", 1000, home="home")) == {"ana": "home_missing"}


def test_whoever_is_listed_twice_is_one_person_and_aliases_are_not_done_twice() -> None:
    twice = account("ana", 1000), account("ana2", 1000, home="/home/ana")
    assert everyone(*twice) == {"ana": None}


def test_whoever_a_directory_does_not_list_is_found_by_the_owner_of_a_home(tmp_path: Path) -> None:
    (tmp_path / "ana").mkdir()
    (tmp_path / "note").write_bytes(b"")
    (tmp_path / "link").symlink_to("ana")
    known = account("ana", os.geteuid() or 4242, home=str(tmp_path / "ana"))
    if os.geteuid() == 0:
        os.chown(tmp_path / "ana", 4242, 4242)
        (tmp_path / "DOMAIN" / "bia").mkdir(parents=True)
        os.chown(tmp_path / "DOMAIN" / "bia", 4243, 4243)
        (tmp_path / "DOMAIN" / "strange").mkdir()
        os.chown(tmp_path / "DOMAIN" / "strange", 4999, 4999)
    bia = account("bia", 4243)
    found = everyone(unlisted=[known, bia], homes=[str(tmp_path), str(tmp_path / "not there")])
    assert found == ({"ana": None, "bia": None} if os.geteuid() == 0 else {"ana": None})


@pytest.mark.parametrize(
    ("mounts", "left_out"),
    [
        ([], None),
        ([Mount("/", "ext4")], None),
        ([Mount("/", "ext4"), Mount("/home", "autofs")], "home_not_mounted"),
        ([Mount("/home", "autofs"), Mount("/home/ana", "nfs4")], None),
        ([Mount("/home", "autofs"), Mount("/home/anabel", "nfs4")], "home_not_mounted"),
        ([Mount("/home/ana", "autofs")], "home_not_mounted"),
        ([Mount("/home/ana", "autofs"), Mount("/home/ana", "nfs4")], None),  # systemd.automount
    ],
)
def test_a_home_that_would_be_mounted_for_us_is_left_alone(
    mounts: list[Mount], left_out: str | None
) -> None:
    assert everyone(account("ana", 1000), mounts=mounts) == {"ana": left_out}


def test_the_list_of_mounts_is_read_as_the_kernel_writes_it() -> None:
    text = "auto.home /home/com\\040espaco autofs rw,fd=7 0 0\n\nbroken\n/dev/sda1 / ext4 rw 0 0\n"
    assert posix_people.mounts(text) == [Mount("/home/com espaco", "autofs"), Mount("/", "ext4")]


@pytest.mark.parametrize(
    ("platform", "text", "least"),
    [
        ("linux", "", 1000),
        ("macos", "", 500),
        ("linux", "# UID_MIN 5\nUID_MAX 60000\n\tUID_MIN\t\t 500 \nSYS_UID_MIN 100\n", 500),
        ("linux", "UID_MIN many\n", 1000),
    ],
)
def test_the_first_number_of_a_person_is_that_of_the_system(
    platform: str, text: str, least: int
) -> None:
    assert posix_people.uid_min(platform, text) == least
