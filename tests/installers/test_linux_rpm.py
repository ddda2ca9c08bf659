"""The .rpm: what is in it, what it asks for, and rpm itself installing it into a Debian.

It was never installed on Fedora by us: a Debian has other names for what the package needs, so
rpm is told not to look for that (--nodeps).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from installers.jobs import Job
from installers.linux import rpm, tree

import clean_debian
import linux_builders
from clean_debian import LAST_LINES, Debian
from installers import build
from linux_builders import output
from package_builders import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.xdist_group("packages for Linux"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def rpm_package(shared: Path) -> Path:
    """Give the .rpm."""
    return linux_builders.built("rpm", shared)


# --- as a file -----------------------------------------------------------------------------------


def test_two_builds_of_the_rpm_are_the_same(rpm_package: Path, shared: Path) -> None:
    again = linux_builders.built("rpm", shared, again=2)
    assert again.read_bytes() == rpm_package.read_bytes()


def test_the_rpm_tells_neither_the_hour_nor_the_computer_of_its_build(rpm_package: Path) -> None:
    said = output("rpm", "-qp", "--queryformat", "%{BUILDTIME} %{BUILDHOST}", str(rpm_package))
    assert said == f"{build.epoch()} configure587.invalid"


def test_the_rpm_holds_the_programs_the_manuals_and_a_folder_for_policies(
    rpm_package: Path,
) -> None:
    listed = set(output("rpm", "-qpl", str(rpm_package)).splitlines())
    wanted = {f"/{place}" for place in tree.PLACES.values()} | {f"/{tree.POLICIES}"}
    wanted |= {f"/usr/share/man/{each}man1/configure587.1.gz" for each in ("", "pt_BR/")}
    wanted |= {"/usr/share/zsh/site-functions/_configure587"}
    assert wanted - listed == set()
    assert [path for path in listed if "DEBIAN" in path or "lintian" in path] == []


def test_the_rpm_asks_for_libraries_by_their_own_names(rpm_package: Path) -> None:
    asked = set(output("rpm", "-qp", "--requires", str(rpm_package)).splitlines())
    assert {"libxcb-cursor.so.0()(64bit)", "libEGL.so.1()(64bit)", "/usr/bin/python3"} <= asked
    assert "(python3 >= 3.11 with python3 < 3.15)" in asked  # one Python, that of /usr/bin/python3
    assert [name for name in asked if name.startswith("python(abi)")] == []
    assert "libcups.so.2()(64bit)" not in asked
    wished = set(output("rpm", "-qp", "--recommends", str(rpm_package)).splitlines())
    assert {"libcups.so.2()(64bit)", "python3-cryptography"} <= wished


def test_the_rpm_says_which_program_it_is(rpm_package: Path) -> None:
    said = output("rpm", "-qp", "--queryformat", "%{NAME} %{VERSION} %{ARCH}", str(rpm_package))
    assert said == f"configure587 {build.version()} x86_64"


def test_the_scripts_of_the_rpm_reach_for_no_network_and_no_home(rpm_package: Path) -> None:
    said = output("rpm", "-qp", "--scripts", str(rpm_package))
    assert "compileall" in said
    assert [word for word in ("curl", "http", "pip", "/home", "dnf") if word in said] == []


# --- installed -----------------------------------------------------------------------------------


RPM: Final = ("rpm", "--dbpath", "/var/lib/rpm", "--nodeps")
DATABASE: Final = "var/lib/rpm"


@pytest.fixture(scope="module")
def without(installed: Debian) -> Iterator[Debian]:
    """Give a Debian that has all libraries that the package needs, and no trace of it."""
    with clean_debian.a_copy(str(installed.root)) as debian:
        debian.run("dpkg", "--purge", "configure587")
        yield debian


@pytest.fixture(scope="module")
def older_rpm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give an older version of the package, in which something was that is no more."""
    folder = tmp_path_factory.mktemp("older-rpm")
    root = folder / "root"
    gone = root / tree.LIB / "gone_since"
    gone.mkdir(parents=True)
    (gone / "gone.py").write_text("", encoding="utf-8")
    tree.put(str(root), tree.PLACES["configure587"], tree.read("configure587"))
    packed = tree.Tree(str(root), (), (), {"GLIBC": "2.34"})
    job = Job(str(folder), str(folder), "0.0.9", EPOCH)
    return rpm.pack(packed, job, str(folder))


def everything(debian: Debian) -> set[str]:
    """The path of every file and folder in it, but for rpm's own list."""
    tops = ("etc", "home", "opt", "root", "srv", "usr", "var")
    found = {
        str(path.relative_to(debian.root))
        for top in tops
        for path in (debian.root / top).rglob("*")
    }
    return {path for path in found if not path.startswith(DATABASE)}


def call_rpm(debian: Debian, *words: str) -> None:
    """Have this computer's rpm work on that one."""
    output(*RPM, "--root", str(debian.root), *words)


def has_bytecode(debian: Debian) -> bool:
    """Whether a start has nothing to compile."""
    folder = debian.root / tree.LIB / "configure587/__pycache__"
    return bool(list(folder.glob("cli.cpython-*.pyc")))


def test_rpm_installs_it_the_program_works_and_nothing_is_left_when_it_is_removed(
    without: Debian, rpm_package: Path
) -> None:
    before = everything(without)
    call_rpm(without, "-i", str(rpm_package))
    call_rpm(without, "--verify", "configure587")
    listed = set(output("rpm", "-qpl", str(rpm_package)).split("\n")) - {""}
    assert {path.lstrip("/") for path in listed} <= everything(without)
    assert has_bytecode(without)
    said = without.run("configure587", "demo", "--lang", "en")
    assert said.splitlines()[-1] == LAST_LINES["en"]
    call_rpm(without, "-e", "configure587")
    system = {path for path in everything(without) - before if not path.startswith("usr/share/")}
    assert system == set()
    # those of share are the system's own: Fedora's packages have them, this Debian has not all
    left = {path for path in everything(without) - before if "configure587" in path}
    assert left == set()


def test_an_upgrade_forgets_what_is_gone_and_a_start_has_nothing_to_compile(
    without: Debian, rpm_package: Path, older_rpm: str
) -> None:
    call_rpm(without, "-i", older_rpm)
    assert (without.root / tree.LIB / "gone_since/__pycache__").is_dir()
    call_rpm(without, "-U", str(rpm_package))
    assert not (without.root / tree.LIB / "gone_since").exists()
    assert has_bytecode(without)
    call_rpm(without, "-e", "configure587")
    assert not (without.root / tree.LIB).exists()


def test_removing_the_rpm_leaves_mail_settings_backups_and_policies(
    without: Debian, rpm_package: Path
) -> None:
    prefs_js = without.has_thunderbird("/home/ana")
    call_rpm(without, "-i", str(rpm_package))
    policy = without.root / tree.POLICIES / "office.toml"
    policy.write_text("# an administrator's\n", encoding="utf-8")
    without.run("configure587", "apply", "--yes", "--no-network", HOME="/home/ana")
    kept = without.homes()
    call_rpm(without, "-e", "configure587")
    assert b'port", 587)' in prefs_js.read_bytes()
    assert any("/backups/" in path for path in kept)
    assert without.homes() == kept
    assert policy.exists()
