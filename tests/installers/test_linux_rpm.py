"""The .rpm as a file: what is in it, what it asks for. It was never installed on Fedora by us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from installers.linux import tree

import linux_builders
from installers import build
from linux_builders import output

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.xdist_group("packages for Linux"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the .rpm."""
    return linux_builders.built("rpm", linux_builders.shared_folder(tmp_path_factory))


def test_the_rpm_holds_the_programs_the_manuals_and_a_folder_for_policies(package: Path) -> None:
    listed = set(output("rpm", "-qpl", str(package)).splitlines())
    wanted = {f"/{place}" for place in tree.PLACES.values()} | {f"/{tree.POLICIES}"}
    wanted |= {f"/usr/share/man/{each}man1/configure587.1.gz" for each in ("", "pt_BR/")}
    wanted |= {"/usr/share/zsh/site-functions/_configure587"}
    assert wanted - listed == set()
    assert [path for path in listed if "DEBIAN" in path or "lintian" in path] == []


def test_the_rpm_asks_for_libraries_by_their_own_names(package: Path) -> None:
    asked = set(output("rpm", "-qp", "--requires", str(package)).splitlines())
    assert {"libxcb-cursor.so.0()(64bit)", "libEGL.so.1()(64bit)", "/usr/bin/python3"} <= asked
    assert {"python(abi) >= 3.11", "python(abi) < 3.15"} <= asked
    assert "libcups.so.2()(64bit)" not in asked
    wished = set(output("rpm", "-qp", "--recommends", str(package)).splitlines())
    assert {"libcups.so.2()(64bit)", "python3-cryptography"} <= wished


def test_the_rpm_says_which_program_it_is(package: Path) -> None:
    said = output("rpm", "-qp", "--queryformat", "%{NAME} %{VERSION} %{ARCH}", str(package))
    assert said == f"configure587 {build.version()} x86_64"


def test_the_scripts_of_the_rpm_reach_for_no_network_and_no_home(package: Path) -> None:
    said = output("rpm", "-qp", "--scripts", str(package))
    assert "compileall" in said
    assert [word for word in ("curl", "http", "pip", "/home", "dnf") if word in said] == []
