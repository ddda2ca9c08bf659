"""The wheel and the .deb as files: what is in them, what they ask for, the same bytes each time."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from installers.linux import deb, libraries, pruning, tree, vendored, wheel

import linux_builders
from installers import build, icons, jobs
from linux_builders import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = [pytest.mark.xdist_group("packages for Linux"), pytest.mark.timeout(600)]
LIB: Final = tree.LIB
QT: Final = f"{LIB}/PySide6/"
LINTIAN: Final = (
    *("lintian", "--allow-root", "--pedantic", "--display-info"),
    *("--tag-display-limit", "0"),
)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder with the packages of this run."""
    return linux_builders.shared_folder(tmp_path_factory)


@pytest.fixture(scope="session")
def package(shared: Path) -> Path:
    """Give the .deb."""
    return linux_builders.built("deb", shared)


@pytest.fixture(scope="session")
def unpacked(package: Path, shared: Path) -> Path:
    """Give what the .deb holds, with its control files in DEBIAN."""
    root = shared / "unpacked"
    with linux_builders.locked(shared / "unpacked.lock"):
        if not root.exists():
            output("dpkg-deb", "--raw-extract", str(package), str(root))
    return root


@pytest.fixture(scope="session")
def control(package: Path) -> Mapping[str, str]:
    """Give the fields of the .deb."""
    fields = re.split(r"\n(?! )", output("dpkg-deb", "--field", str(package)))
    return dict(field.split(": ", 1) for field in fields if field)


# --- the wheel -----------------------------------------------------------------------------------


def test_two_builds_of_the_wheel_are_the_same(shared: Path) -> None:
    one = linux_builders.built("wheel", shared)
    two = linux_builders.built("wheel", shared, again=2)
    assert one.read_bytes() == two.read_bytes()


def test_the_rights_and_times_of_the_sources_do_not_reach_the_wheel(tmp_path: Path) -> None:
    for name, mode in (("one.whl", 0o600), ("two.whl", 0o777)):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            entry = zipfile.ZipInfo("a.py", (2026, 1, 1 + mode % 7, 0, 0, 0))
            entry.external_attr = mode << 16
            archive.writestr(entry, "pass")
        wheel.write_evenly(str(tmp_path / name), str(tmp_path / f"even-{name}"), 1_795_400_000)
    assert (tmp_path / "even-one.whl").read_bytes() == (tmp_path / "even-two.whl").read_bytes()


def test_the_wheel_holds_the_catalogue_and_no_bytecode(shared: Path) -> None:
    with zipfile.ZipFile(linux_builders.built("wheel", shared)) as archive:
        names = archive.namelist()
    assert "configure587/locales/pt_BR/LC_MESSAGES/configure587.mo" in names
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []


# --- what is carried along -----------------------------------------------------------------------


def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "requirements.txt"
    bad.write_text(f"idna==3.20 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    with pytest.raises(jobs.Trouble, match=r"(?i)do not match"):
        vendored.fetch(str(tmp_path), str(bad), ["3.11"])
    assert [each for each in os.listdir(tmp_path) if each != "requirements.txt"] == []


def test_every_dependency_of_the_program_is_pinned() -> None:
    import tomllib

    project = tomllib.loads((linux_builders.ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["gui"],
    ]
    names = {re.split(r"[<>=\[]", each)[0].lower() for each in wanted}
    with open(vendored.REQUIREMENTS, encoding="utf-8") as source:
        pinned = set(re.findall(r"^([\w.-]+)==", source.read(), re.MULTILINE))
    assert names - pinned == set()
    more = project["project"]["optional-dependencies"]["updates"]
    assert {re.split(r"[<>=\[]", each)[0].lower() for each in more} <= deb.OWN_TO_DEBIAN.keys()


def test_what_is_compiled_for_one_python_comes_for_each(unpacked: Path) -> None:
    found = {path.name for path in (unpacked / LIB).rglob("*.cpython-*.so")}
    numbers = [python.replace(".", "") for python in vendored.PYTHONS]
    names = ("_core", "_speedups")
    assert found == {
        f"{n}.cpython-{number}-x86_64-linux-gnu.so" for n in names for number in numbers
    }


_STRANGERS: Final = """
import sys, zipfile
from installers.linux import libraries, vendored, wheel
root, cache = sys.argv[1:]
known = {
    archive.read(name)
    for path in vendored.wheels(vendored.fetch(cache))
    for archive in [zipfile.ZipFile(path)]
    for name in archive.namelist()
    if ".so" in name
}
own = list(libraries.binaries(root))
strangers = [path for path in own if open(path, "rb").read() not in known]
print(len(own), *strangers)
"""


def test_every_library_is_byte_for_byte_that_of_a_wheel(unpacked: Path) -> None:
    words = [sys.executable, "-c", _STRANGERS, str(unpacked), linux_builders.cache_folder()]
    count, *strangers = subprocess.check_output(
        words, cwd=linux_builders.ROOT, encoding="utf-8"
    ).split()
    assert int(count) > 30
    assert strangers == []


def test_every_module_of_qt_that_we_import_is_there_and_no_other(unpacked: Path) -> None:
    sources = map(str, (linux_builders.ROOT / "app").rglob("*.py"))
    modules = pruning.imported(sources)
    assert "QtWidgets" in modules
    found = {path.name.partition(".")[0] for path in (unpacked / QT).glob("Qt*.abi3.so")}
    assert found == modules


def test_nothing_is_carried_along_that_nothing_needs(unpacked: Path) -> None:
    binaries = list(libraries.binaries(str(unpacked)))
    wanted = {name for path in binaries for name in libraries.needed(path)}
    kept = {path.name for path in (unpacked / QT / "Qt/lib").iterdir()}
    assert kept - wanted == set()


# --- what it asks for ----------------------------------------------------------------------------


def test_the_package_asks_for_every_library_that_it_does_not_bring(
    unpacked: Path, control: Mapping[str, str]
) -> None:
    found = libraries.foreign(libraries.binaries(str(unpacked)))
    newest = libraries.newest(libraries.binaries(str(unpacked)))
    asked = {*control["Depends"].split(", "), *control["Recommends"].split(", ")}
    assert set(libraries.debian_packages(found, newest)) <= asked
    optional = [name for name, users in found.items() if all(map(pruning.OPTIONAL.search, users))]
    assert set(libraries.debian_packages(optional, newest)) <= set(
        control["Recommends"].split(", ")
    )


def test_the_names_of_debian_packages_are_those_that_dpkg_itself_would_find(
    unpacked: Path, control: Mapping[str, str], tmp_path: Path
) -> None:
    linux_builders.require(["dpkg-shlibdeps"])
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text(
        "Source: x\n\nPackage: x\nArchitecture: any\n", encoding="utf-8"
    )
    qt = unpacked / QT
    places = [f"-l{qt}", f"-l{qt / 'Qt/lib'}", f"-l{unpacked / LIB / 'shiboken6'}"]
    required = [
        path for path in libraries.binaries(str(unpacked)) if not pruning.OPTIONAL.search(path)
    ]
    done = subprocess.run(
        ["dpkg-shlibdeps", "-O", "--ignore-missing-info", *places, *required],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    theirs = {each.split(" ")[0] for each in done.stdout.partition("=")[2].split(", ")}
    ours = {each.split(" ")[0] for each in control["Depends"].split(", ")}
    assert {name.strip() for name in theirs} - ours == set()


def test_a_library_that_no_table_knows_stops_the_build() -> None:
    with pytest.raises(jobs.Trouble, match=r"libnew\.so\.1"):
        libraries.debian_packages(["libnew.so.1"], {})
    with pytest.raises(jobs.Trouble, match=r"GLIBCXX 9\.9\.9"):
        libraries.debian_packages(["libstdc++.so.6"], {"GLIBCXX": "9.9.9"})


def test_the_highest_version_is_that_of_numbers_not_of_letters() -> None:
    assert libraries.debian_packages(["libstdc++.so.6"], {"GLIBCXX": "3.4.9"}) == [
        "libstdc++6 (>= 9)"
    ]
    assert libraries.debian_packages(["libstdc++.so.6"], {"GLIBCXX": "3.4.31"}) == [
        "libstdc++6 (>= 13)"
    ]


def test_only_pythons_for_which_everything_is_there_are_let_in(control: Mapping[str, str]) -> None:
    asked = control["Depends"].split(", ")
    assert "python3 (>= 3.11)" in asked
    assert "python3 (<< 3.15)" in asked


def test_the_version_is_that_of_the_program(control: Mapping[str, str]) -> None:
    assert control["Version"] == f"{build.version()}-1"


# --- what Debian and desktops say of it ----------------------------------------------------------


def test_lintian_finds_nothing_but_what_is_overridden_with_a_reason(package: Path) -> None:
    linux_builders.require(["lintian"])
    done = subprocess.run(
        [*LINTIAN, str(package)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert [line for line in done.stdout.splitlines() if not line.startswith("N: ")] == []
    assert done.returncode == 0, done.stderr


def test_every_override_has_its_reason() -> None:
    lines = tree.read("lintian-overrides").decode().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("configure587: "):
            above = lines[number - 1]
            assert above.startswith(("#", "configure587: "))


def test_desktops_take_the_entries_and_the_metadata(unpacked: Path) -> None:
    linux_builders.require(["desktop-file-validate", "appstreamcli", "xmllint"])
    share = unpacked / "usr/share"
    for path in (share / "applications").iterdir():
        assert output("desktop-file-validate", str(path)) == ""
    (metainfo,) = (share / "metainfo").iterdir()
    output("appstreamcli", "validate", "--no-net", str(metainfo))
    output("xmllint", "--noout", str(share / "mime/packages/configure587.xml"))


def test_the_version_and_the_day_reach_the_metadata(unpacked: Path) -> None:
    (metainfo,) = (unpacked / "usr/share/metainfo").iterdir()
    said = metainfo.read_text(encoding="utf-8")
    assert f'<release version="{build.version()}" date="' in said
    assert "@" not in said


def test_what_opens_a_plan_is_there_and_is_said_to_open_plans(unpacked: Path) -> None:
    share = unpacked / "usr/share"
    entry = (share / "applications/configure587-plan.desktop").read_text(encoding="utf-8")
    (kind,) = re.findall(r"MimeType=(.+);", entry)
    assert f'<mime-type type="{kind}">' in (share / "mime/packages/configure587.xml").read_text()
    (program,) = re.findall(r"Exec=/(\S+) %f", entry)
    assert os.access(unpacked / program, os.X_OK)


def test_the_icon_is_there_in_every_size_and_is_not_blank(unpacked: Path) -> None:
    from PySide6.QtGui import QImage

    hicolor = unpacked / "usr/share/icons/hicolor"
    assert (hicolor / "scalable/apps/configure587.svg").exists()
    for size in icons.SIZES:
        picture = QImage(str(hicolor / f"{size}x{size}/apps/configure587.png"))
        assert (picture.width(), picture.height()) == (size, size)
        colors = {picture.pixel(x, y) for x in range(size) for y in range(size)}
        assert len(colors) >= 5


# --- the archive itself --------------------------------------------------------------------------


def test_two_builds_of_the_deb_are_the_same(package: Path, shared: Path) -> None:
    again = linux_builders.built("deb", shared, again=2)
    assert again.name == package.name
    assert again.read_bytes() == package.read_bytes()


def listed(package: Path) -> Iterator[list[str]]:
    """Rights, owner, size, day, hour and name of each thing in a .deb."""
    for line in output("dpkg-deb", "--contents", str(package)).splitlines():
        yield line.split(maxsplit=5)


def test_everything_belongs_to_root_and_nothing_can_be_written_by_others(package: Path) -> None:
    for rights, owner, *_, name in listed(package):
        assert owner == "root/root", name
        expected = {"d": "drwxr-xr-x", "l": "lrwxrwxrwx"}.get(rights[0])
        assert rights == expected or rights in {"-rw-r--r--", "-rwxr-xr-x"}, name
        assert rights != "-rwxr-xr-x" or name[2:] in tree.PROGRAMS | deb.RUNNABLE, name


def test_only_folders_of_ours_are_touched(package: Path) -> None:
    own = re.compile(
        r"\./(usr/bin/configure587(-gui)?|usr/lib/configure587/.*|usr/share/.*configure587[^/]*"
        r"|usr/share/doc/configure587/.*|etc/configure587/policy\.d/)"
    )
    for *_, name in listed(package):
        assert own.fullmatch(name.partition(" -> ")[0]) or name.endswith("/"), name
    folders = {name for *_, name in listed(package) if name.startswith("./etc/")}
    assert folders == {"./etc/", "./etc/configure587/", "./etc/configure587/policy.d/"}


@pytest.mark.parametrize("name", deb.SCRIPTS)
def test_the_scripts_of_the_package_reach_for_no_network_and_no_home(name: str) -> None:
    script = tree.read(name).decode()
    assert re.findall(r"curl|wget|http|apt|pip|/home|HOME|\.thunderbird|sudo", script) == []
    assert output("sh", "-n", os.path.join(tree.FILES, name)) == ""


def test_the_copyright_file_names_every_package_with_its_licence(unpacked: Path) -> None:
    said = (unpacked / tree.DOC / "copyright").read_text(encoding="utf-8")
    with open(vendored.REQUIREMENTS, encoding="utf-8") as source:
        pinned = re.findall(r"^([\w.-]+)==(\S+)", source.read(), re.MULTILINE)
    for name, version in pinned:
        pattern = name.replace("-", "[-_.]")
        assert re.search(rf"(?i)^  {pattern} {re.escape(version)}, https?://", said, re.MULTILINE)
        assert re.search(rf"(?i)^License: \S+ and text of {pattern}$", said, re.MULTILINE), name
    assert "License: see-text" not in said
    assert "LGPL-3" in said


def test_the_icu_that_lies_beside_qt_has_its_licence(unpacked: Path) -> None:
    licences = unpacked / tree.LICENCES
    (library,) = (unpacked / tree.LIB).rglob("libicudata.so.*")
    told = (licences / "README.txt").read_text(encoding="utf-8")
    assert f"\nICU {library.suffix[1:]}: " in told
    assert "Unicode, Inc." in (licences / "ICU" / "icu.txt").read_text(encoding="utf-8")


def test_the_list_of_changes_is_debians(unpacked: Path) -> None:
    linux_builders.require(["dpkg-parsechangelog"])
    path = unpacked / tree.DOC / "changelog.Debian.gz"
    plain = Path(os.environ["HOME"], "changelog")
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    said = output("dpkg-parsechangelog", "-l", str(plain))
    assert f"Version: {build.version()}-1" in said
