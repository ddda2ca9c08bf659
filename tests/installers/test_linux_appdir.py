"""The AppDir, of which appimagetool makes an AppImage: laid out, valid, run where people put it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
from installers.linux import appdir, tree, vendored

import clean_debian
import linux_builders
from clean_debian import APT, LAST_LINES, Debian
from e2e.real_thunderbird import wait_for
from installers import build
from linux_builders import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytestmark = [pytest.mark.xdist_group("packages for Linux"), pytest.mark.timeout(600)]
ODD: Final = "Área de trabalho (é teste)"
PATIENCE: Final = 60.0
UNAVAILABLE: Final = 69
NO_PYTHON: Final = {
    "C.UTF-8": "needs a Python from 3.11 to 3.14, which this computer does not have",
    "pt_BR.UTF-8": "precisa de um Python do 3.11 ao 3.14, que este computador não tem",
}


@pytest.fixture(scope="module")
def made(shared: Path) -> Path:
    """Give the folder as the one command makes it."""
    return linux_builders.built("appdir", shared)


@pytest.fixture(scope="module")
def folder(made: Path, shared: Path) -> Path:
    """Give a copy of it under a name that people give to folders."""
    target = shared / ODD / made.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(made, target, symlinks=True, copy_function=os.link)
    return target


def seen(folder: Path) -> Mapping[str, tuple[int, str]]:
    """What a folder holds: path -> rights, and the sum of a file or the target of a link."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            what = f"-> {os.readlink(path)}"
        else:
            what = "" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
        found[str(path.relative_to(folder))] = (path.lstat().st_mode, what)
    return found


def variables(home: Path, **more: str) -> dict[str, str]:
    """What a program is told: no name of ours, and somebody's empty home."""
    return {"PATH": clean_debian.PATH, "HOME": str(home), "LC_ALL": "C.UTF-8", **more}


def run(program: Path, home: Path, *words: str, **more: str) -> str:
    """What a program out of the folder says; an error of it is an error of the test."""
    done = subprocess.run(
        [str(program), *words],
        env=variables(home, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


# --- laid out ------------------------------------------------------------------------------------


def test_two_builds_of_the_folder_are_the_same(made: Path, shared: Path) -> None:
    assert seen(linux_builders.built("appdir", shared, again=2)) == seen(made)


def test_desktops_take_the_entry_and_the_metadata(made: Path) -> None:
    linux_builders.require(["desktop-file-validate", "appstreamcli"])
    entries = [made / "configure587.desktop", made / appdir.DESKTOP]
    for path in entries:
        assert output("desktop-file-validate", str(path)) == ""
    assert entries[0].read_bytes() == entries[1].read_bytes()
    output("appstreamcli", "validate-tree", "--no-net", str(made))  # appimagetool asks it too


def test_the_entry_names_one_icon_and_one_program_of_the_folder(made: Path) -> None:
    (entry,) = made.glob("*.desktop")
    said = dict(re.findall(r"(?m)^(Exec|Icon)=(.+)$", entry.read_text(encoding="utf-8")))
    assert os.access(made / "usr/bin" / said["Exec"], os.X_OK)
    icon = (made / f"{said['Icon']}.png").read_bytes()
    assert icon.startswith(b"\x89PNG")
    assert icon[16:24] == bytes((0, 0, 1, 0)) * 2  # 256 by 256
    assert (made / ".DirIcon").read_bytes() == icon


def test_every_place_inside_is_meant_relative_to_the_folder(made: Path) -> None:
    for path in (made / name for name in (*appdir.PLACES.values(), appdir.DESKTOP)):
        text = path.read_text(encoding="utf-8")
        assert f"/{tree.LIB}" not in text.replace(f"$here/{tree.LIB}", "")
        assert re.search(r"@[A-Z]+@", text) is None


# --- run -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LAST_LINES)
def test_the_demo_runs_to_its_last_line(folder: Path, tmp_path: Path, language: str) -> None:
    said = run(folder / "AppRun", tmp_path, "demo", "--lang", language)
    assert said.splitlines()[-1] == LAST_LINES[language]


@pytest.mark.parametrize("name", ["AppRun", "usr/bin/configure587"])
def test_words_are_those_of_the_command(folder: Path, tmp_path: Path, name: str) -> None:
    assert run(folder / name, tmp_path, "--version") == f"configure587 {build.version()}\n"


@pytest.mark.parametrize(
    "words", [("AppRun",), ("AppRun", "window", "--demo"), ("usr/bin/configure587-gui", "--demo")]
)
def test_the_window_opens_off_screen(folder: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    name, *more = words
    own = tmp_path / "run"
    own.mkdir(mode=0o700)
    told = variables(tmp_path, QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=str(own))
    with subprocess.Popen(
        [str(folder / name), *more], env=told, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as window:
        try:
            (lock,) = wait_for("it opens", lambda: list(own.glob("*.lock")) or None, PATIENCE)
            call = lock.with_suffix(".call")
            call.touch()
            wait_for("the window answers", lambda: not call.exists(), PATIENCE)
            assert window.poll() is None
        finally:
            window.kill()


def test_a_start_writes_nothing_into_the_folder(folder: Path, made: Path, tmp_path: Path) -> None:
    run(folder / "AppRun", tmp_path, "demo")
    assert seen(folder).keys() == seen(made).keys()  # an AppImage could not take it anyway


def test_what_a_person_is_told_to_type_is_the_appimage(folder: Path, tmp_path: Path) -> None:
    image = "/home/ana/configure587-x86_64.AppImage"
    said = run(folder / "AppRun", tmp_path, "demo", APPIMAGE=image, APPDIR=str(folder))
    assert f"$ {image} apply --image" in said
    said = run(folder / "AppRun", tmp_path, "demo", APPIMAGE=image, APPDIR="/tmp/.mount_another")
    assert image not in said


# --- where something is not there ----------------------------------------------------------------


@pytest.fixture(scope="module")
def bare(clean: str) -> Iterator[Debian]:
    """Give a Debian that has no Python at all."""
    with clean_debian.a_copy(clean) as debian:
        assert not (debian.root / "usr/bin/python3").exists()
        yield debian


@pytest.fixture(scope="module")
def there(bare: Debian, made: Path) -> str:
    """Give the path of the start of the folder in that Debian."""
    target = bare.root / "srv" / ODD
    shutil.copytree(made, target, symlinks=True)
    return f"/srv/{ODD}/AppRun"


@pytest.mark.parametrize("language", NO_PYTHON)
def test_where_there_is_no_python_one_sentence_says_so(
    bare: Debian, there: str, language: str
) -> None:
    done = bare.tried(there, "demo", LC_ALL=language)
    assert (done.returncode, done.stdout.count("\n")) == (UNAVAILABLE, 1)
    assert NO_PYTHON[language] in done.stdout


def test_a_python_that_is_too_old_or_too_new_is_as_good_as_none(bare: Debian, there: str) -> None:
    python = bare.root / "usr/local/bin/python3"
    for version in ("3.9", "3.10", "3.1", "3.15", "4.0"):
        assert version not in vendored.PYTHONS
        python.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
        python.chmod(0o755)
        assert NO_PYTHON["C.UTF-8"] in bare.tried(there, "demo").stdout
    python.unlink()


def test_with_a_python_alone_the_command_works_and_the_window_names_what_it_lacks(
    bare: Debian, there: str
) -> None:
    bare.run(*APT, "python3")
    assert bare.run(there, "demo", "--lang", "en").splitlines()[-1] == LAST_LINES["en"]
    done = bare.tried(there)
    assert (done.returncode, done.stdout.count("\n")) == (UNAVAILABLE, 1)
    assert "libxcb-cursor.so.0" in done.stdout
    assert "libc.so.6" not in done.stdout


def test_who_came_by_a_double_click_is_told_in_a_window_of_the_desktop(
    folder: Path, tmp_path: Path
) -> None:
    shown = tmp_path / "shown"
    dialog = tmp_path / "zenity"
    dialog.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{shown}\n', encoding="utf-8")
    dialog.chmod(0o755)
    words = ("One <sentence>.", "Uma <frase>.")
    path = f"{tmp_path}:{clean_debian.PATH}"
    run(folder / tree.LIB / "tell", tmp_path, *words, PATH=path)
    assert not shown.exists()
    said = run(folder / tree.LIB / "tell", tmp_path, *words, PATH=path, DISPLAY=":587", LC_ALL="pt")
    assert said == "Uma <frase>.\n"
    assert "--text=Uma <frase>." in shown.read_text(encoding="utf-8").splitlines()
