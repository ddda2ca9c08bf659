"""What is built holds the catalogues and the resources, whichever way it is built."""

from __future__ import annotations

import gettext
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Final

import pytest

from installers import build_backend

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = ("app", "installers", "locales", "resources", "pyproject.toml", "MANIFEST.in")
PAPERS: Final = ("README.md", "LICENSE")
SENTENCE: Final = ("undo a change", "desfaz uma mudança")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clean copy of what a build needs, with one sentence translated for sure."""
    copy = tmp_path_factory.mktemp("build") / "source"
    copy.mkdir()
    for name in SOURCES:
        unwanted = shutil.ignore_patterns("*.mo", "__pycache__", "*.egg-info")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=unwanted)
        else:
            shutil.copy(ROOT / name, copy)
    for name in PAPERS:
        (copy / name).write_text("paper\n", encoding="utf-8")
    (copy / "resources/__pycache__").mkdir()
    (copy / "resources/__pycache__/__init__.cpython-311.pyc").write_bytes(b"left by Python")
    (copy / "locales/pt_BR/LC_MESSAGES/configure587.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        f'msgid "{SENTENCE[0]}"\nmsgstr "{SENTENCE[1]}"\n',
        encoding="utf-8",
    )
    return copy


def build(kind: str, source: Path, target: Path) -> Path:
    """Build as pip does: the backend of pyproject.toml, in a process of its own."""
    system = tomllib.loads((source / "pyproject.toml").read_text())["build-system"]
    code = f"import {system['build-backend']} as b, sys; b.build_{kind}(sys.argv[1])"
    target.mkdir(exist_ok=True)
    run = subprocess.run(
        [sys.executable, "-c", code, target],
        cwd=source,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(system["backend-path"])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    (built,) = target.iterdir()
    return built


def installed(wheel: Path, folder: Path) -> Path:
    """Unpack a wheel as an installer does."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def says(site: Path) -> list[str]:
    """Ask the program installed in this folder, and no other, where it is and what it says."""
    code = (
        f"import site; site.addsitedir({str(site)!r});"
        "from importlib import resources; from configure587 import i18n; import configure587;"
        "print(configure587.__file__);"
        f"print(i18n.texts('pt-BR').gettext({SENTENCE[0]!r}));"
        "print(*(f.name for f in resources.files('configure587.resources').iterdir()))"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-X", "utf8", "-c", code],
        cwd=os.path.expanduser("~"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_a_wheel_holds_the_compiled_catalogues_and_the_resources(
    source: Path, tmp_path: Path
) -> None:
    site = installed(build("wheel", source, tmp_path / "out"), tmp_path / "site")
    where, sentence, names = says(site)
    assert where.startswith(str(site))
    assert sentence == SENTENCE[1]
    assert "backup" in names.split()
    with open(site / "configure587/locales/pt_BR/LC_MESSAGES/configure587.mo", "rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext(SENTENCE[0]) == SENTENCE[1]
    assert (site / "configure587/py.typed").exists()
    guides = site / "configure587/resources/guides"
    for language in ("pt-BR", "en"):
        kept = {path.name for path in (ROOT / "resources/guides" / language).iterdir()}
        assert {path.name for path in (guides / language).iterdir()} == kept != set()
    assert not list(site.rglob("__pycache__"))
    assert [top.name for top in site.iterdir() if not top.name.endswith(".dist-info")] == [
        "configure587"
    ]


def test_a_compiled_catalogue_does_not_say_when_it_was_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "xx/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "configure587.po").write_text('msgid "a"\nmsgstr "b"\n', encoding="utf-8")
    build_backend.compile_catalogues(tmp_path)
    with (folder / "configure587.mo").open("rb") as compiled:
        said = gettext.GNUTranslations(compiled).info()
    assert {said["pot-creation-date"][:4], said["po-revision-date"][:4]} <= {"1970", "YEAR"}


def test_an_editable_install_finds_them_in_the_source_tree(source: Path, tmp_path: Path) -> None:
    site = installed(build("editable", source, tmp_path / "out"), tmp_path / "site")
    where, sentence, names = says(site)
    assert Path(where).is_relative_to(source)
    assert sentence == SENTENCE[1]
    assert "backup" in names.split()


def test_a_source_archive_builds_the_same_wheel(source: Path, tmp_path: Path) -> None:
    archive = build("sdist", source, tmp_path / "sdist")
    with tarfile.open(archive) as packed:
        packed.extraction_filter = getattr(tarfile, "data_filter", None)  # Python >= 3.11.4
        packed.extractall(tmp_path / "unpacked")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert not list(unpacked.rglob("*.mo"))
    wheels = [
        build("wheel", tree, tmp_path / name)
        for name, tree in {"direct": source, "indirect": unpacked}.items()
    ]
    contents = []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as files:
            contents.append({info.filename: info.CRC for info in files.infolist()})
    assert contents[0] == contents[1]
