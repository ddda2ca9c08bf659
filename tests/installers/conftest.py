"""What the tests of packages start from: each is made once for all of them."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Final

import pytest
from installers.jobs import Job
from installers.linux import tree as linux_tree
from installers.windows import msi, setup, tree

import clean_debian
import linux_builders
import windows_builders
from clean_debian import APT, Debian
from e2e import desktop as desktops
from installers import build
from package_builders import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from windows_builders import Windows


OLDER: Final = "0.0.9"
USEFUL: Final = (
    *("fish", "man-db", "python3-cryptography", "python3-nacl", "zsh"),
    *("desktop-file-utils", "libglib2.0-bin", "shared-mime-info"),  # what opens files by their kind
)


@pytest.fixture(scope="session")
def for_windows() -> None:
    """Give nothing; where a program is missing, CI fails and others are told."""
    if (hindrance := windows_builders.hindrance()) is not None:
        if os.environ.get("CI"):
            pytest.fail(hindrance)
        pytest.skip(hindrance)


@pytest.fixture(scope="session")
def windows_fetched(for_windows: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the cache of builds: the packages of others, kept from one run to the next."""
    cache = windows_builders.cache()

    def make(folder: str) -> None:
        with windows_builders.locked(f"{cache}.lock"):
            tree.fetch(Job(folder, cache, build.version(), EPOCH))
            shutil.copytree(cache, folder, dirs_exist_ok=True)

    return windows_builders.shared(tmp_path_factory, "windows-fetched", make)


@pytest.fixture(scope="session")
def windows_tree(windows_fetched: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the folder of the program for Windows."""

    def make(folder: str) -> None:
        tree.build(Job(folder, windows_fetched, build.version(), EPOCH))

    done = windows_builders.shared(tmp_path_factory, "windows-tree", make)
    (name,) = os.listdir(done)
    return os.path.join(done, name)


@pytest.fixture(scope="session")
def setup_exe(windows_tree: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the setup program; packed in the quick way, for lzma takes minutes here."""

    def make(folder: str) -> None:
        job = Job(folder, folder, os.path.basename(windows_tree).split("-")[1], EPOCH)
        setup.pack(windows_tree, job, "zlib")

    done = windows_builders.shared(tmp_path_factory, "setup-exe", make)
    (name,) = os.listdir(done)
    return os.path.join(done, name)


@pytest.fixture(scope="session")
def older_setup_exe(windows_tree: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give that of an older version, in which something was that is no more; it has no window."""

    def make(folder: str) -> None:
        older = os.path.join(folder, "tree")
        shutil.copytree(windows_tree, older, ignore=shutil.ignore_patterns("PySide6", "*.pyi"))
        for name in ("gone.dll", "Lib/configure587/gone.pyc"):
            with open(os.path.join(older, name), "wb") as file:
                file.write(b"of an older version")
        setup.pack(older, Job(folder, folder, OLDER, EPOCH), "zlib")
        shutil.rmtree(older)

    done = windows_builders.shared(tmp_path_factory, "older-setup-exe", make)
    (name,) = os.listdir(done)
    return os.path.join(done, name)


@pytest.fixture(scope="session")
def msi_package(windows_tree: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the package for companies."""

    def make(folder: str) -> None:
        msi.pack(windows_tree, Job(folder, folder, build.version(), EPOCH))

    done = windows_builders.shared(tmp_path_factory, "msi", make)
    (name,) = os.listdir(done)
    return os.path.join(done, name)


@pytest.fixture(scope="session")
def windows_desktop(for_windows: None) -> Iterator[desktops.Desktop]:
    """Give a screen with a window manager; where it is missing, CI fails and others are told."""
    if (hindrance := desktops.hindrance()) is not None:
        if os.environ.get("CI"):
            pytest.fail(hindrance)
        pytest.skip(hindrance)
    with desktops.a_desktop() as desktop:
        yield desktop


@pytest.fixture(scope="session")
def windows_base(for_windows: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the Windows that every test copies."""
    make = windows_builders.make_windows
    return windows_builders.shared(tmp_path_factory, "windows-base", make)


@pytest.fixture
def windows(windows_base: str, tmp_path: Path) -> Iterator[Windows]:
    """Give a fresh Windows without a screen."""
    with windows_builders.a_windows(windows_base, str(tmp_path / "w"), {}) as windows:
        yield windows


# --- for Linux -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder with the packages of this run."""
    return linux_builders.shared_folder(tmp_path_factory)


@pytest.fixture(scope="session")
def package(shared: Path) -> Path:
    """Give the .deb."""
    clean_debian.require()
    return linux_builders.built("deb", shared)


@pytest.fixture(scope="session")
def clean(package: Path) -> str:
    """Give a Debian without the package, with what it depends on in apt's cache."""
    asked = linux_builders.output("dpkg-deb", "--field", str(package), "Depends")
    names = sorted({each.split()[0] for each in asked.split(", ")})
    return clean_debian.base([*names, *USEFUL])


@pytest.fixture(scope="session")
def installed(clean: str, package: Path) -> Iterator[Debian]:
    """Give a Debian on which apt has installed the package and what it depends on, no more."""
    with clean_debian.a_copy(clean) as debian:
        debian.run(*APT, debian.put(package))
        yield debian


@pytest.fixture(scope="session")
def useful(installed: Debian) -> Debian:
    """The same one with shells, the manual, the password store, and kinds of files."""
    installed.run(*APT, *USEFUL)
    return installed


@pytest.fixture
def another(installed: Debian) -> Iterator[Debian]:
    """Give a copy of it that a test may break."""
    with clean_debian.a_copy(str(installed.root)) as debian:
        yield debian


@pytest.fixture(scope="session")
def older(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an older version of the package."""
    folder = tmp_path_factory.mktemp("older")
    root = folder / "root"
    linux_builders.output("dpkg-deb", "--raw-extract", str(package), str(root))
    control = root / "DEBIAN/control"
    said = re.sub(r"(?m)^Version: .*", "Version: 0.0.9-1", control.read_text(encoding="utf-8"))
    control.write_text(said, encoding="utf-8")
    (root / linux_tree.LIB / "gone_since.py").write_text("", encoding="utf-8")
    out = folder / "configure587_0.0.9-1_amd64.deb"
    linux_builders.output("dpkg-deb", "--root-owner-group", "-Znone", "-b", str(root), str(out))
    shutil.rmtree(root)
    return out
