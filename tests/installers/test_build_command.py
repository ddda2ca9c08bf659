"""One command builds every package: it says what it lacks, and lists what it made."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest
from installers.jobs import Need, Trouble

import configure587
from installers import build, jobs, sums
from package_builders import VERSION, FakeTarget, a_job, a_wheel

ROOT: Final = Path(__file__).resolve().parents[2]
LOCKED_OR_MADE: Final = re.compile(r"requirements\.txt$|\.egg-info/|/__pycache__/|\.mo$")
ABSENT: Final = Need("configure587-no-such-program", "some-package")


@pytest.fixture
def one_target(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeTarget:
    """Give a target "thing" that can be built here; no other is known."""
    return known(monkeypatch, FakeTarget([a_wheel(tmp_path)]))


def known(monkeypatch: pytest.MonkeyPatch, target: FakeTarget) -> FakeTarget:
    """Make this the only target."""
    monkeypatch.setattr(build, "TARGETS", {"thing": "thing"})
    monkeypatch.setitem(sys.modules, "thing", target)
    return target


def test_a_build_writes_the_package_its_list_and_the_sums(
    one_target: FakeTarget, tmp_path: Path
) -> None:
    made = build.build("thing", a_job(tmp_path))
    name = f"thing_{VERSION}.bin"
    assert [os.path.basename(path) for path in made] == [name, f"{name}.cdx.json", "SHA256SUMS"]
    assert all(os.path.isfile(path) for path in made)


def test_the_sums_are_those_of_all_files_and_sha256sum_agrees(
    one_target: FakeTarget, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "earlier package.deb").write_bytes(b"of an earlier build")
    build.build("thing", a_job(tmp_path))
    lines = [line.split("  ", 1) for line in (out / sums.NAME).read_text().splitlines()]
    told = {name: digest for digest, name in lines}
    assert set(told) == {path.name for path in out.iterdir()} - {sums.NAME}
    assert told["earlier package.deb"] == hashlib.sha256(b"of an earlier build").hexdigest()
    check = subprocess.run(["sha256sum", "--check", "--strict", sums.NAME], cwd=out, check=False)
    assert check.returncode == 0


def test_sums_that_were_written_before_are_not_summed(tmp_path: Path) -> None:
    for name in ("SHA256SUMS", "SHA256SUMS.sig", "package"):
        (tmp_path / name).write_bytes(b"")
    text = Path(sums.write(str(tmp_path))).read_text()
    assert re.findall(r"  (.*)", text) == ["package"]


def test_what_is_lacking_is_named_with_its_package_before_anything_is_begun(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known(monkeypatch, FakeTarget(needs=[ABSENT, Need("sh", "dash"), ABSENT._replace(package="")]))
    with pytest.raises(Trouble) as trouble:
        build.build("thing", a_job(tmp_path))
    assert str(trouble.value) == (
        "thing needs configure587-no-such-program, configure587-no-such-program: "
        "sudo apt-get install --yes some-package"
    )
    assert not (tmp_path / "out").exists()


def test_signing_needs_its_program_too(
    one_target: FakeTarget, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    job = a_job(tmp_path)
    assert build.lacking("thing", job) == []
    signed = job._replace(signing=jobs.Signing("key", "certificate"))
    assert [need.program for need in build.lacking("thing", signed)] == ["osslsigncode"]


def test_without_a_target_it_lists_them_and_what_each_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known(monkeypatch, FakeTarget(needs=[ABSENT]))
    assert build.main([]) == 0
    assert capsys.readouterr().out == (
        "thing      needs configure587-no-such-program: sudo apt-get install --yes some-package\n"
    )


def test_the_command_prints_what_it_made(
    one_target: FakeTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["thing", "--out", str(tmp_path / "out"), "--work", str(tmp_path / "work")]
    assert build.main(words) == 0
    made = capsys.readouterr().out.splitlines()
    assert [os.path.exists(path) for path in made] == [True, True, True]


@pytest.mark.parametrize(
    "option", ["--sums-key", "--sums-password-file", "--python", "--sign-password-file"]
)
def test_a_file_that_is_not_there_is_named(
    one_target: FakeTarget, option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "missing")
    assert build.main(["thing", "--out", str(tmp_path / "out"), option, missing]) == 1
    assert capsys.readouterr().err == f"{missing} is not there\n"


def test_a_key_without_its_certificate_is_refused(one_target: FakeTarget) -> None:
    with pytest.raises(SystemExit) as ended:
        build.main(["thing", "--sign-key", "key.pem"])
    assert ended.value.code == 2


def test_a_commit_dates_the_packages_unless_the_environment_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert build.epoch() == 86400
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(build, "ROOT", str(tmp_path))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(Trouble, match="SOURCE_DATE_EPOCH"):
        build.epoch()


# --- the version ---------------------------------------------------------------------------------


def test_the_package_says_its_version_and_everything_else_reads_it() -> None:
    assert build.version() == configure587.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "configure587.__version__"
    }


def test_no_recipe_spells_the_version_itself() -> None:
    spelled = re.compile(rf"(?<![\w.]){re.escape(configure587.__version__)}(?![\w.])")
    recipes = [
        path
        for folder in ("installers", "resources", ".github", ".ci", "app")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not LOCKED_OR_MADE.search(path.as_posix())
    ]
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in recipes
        if spelled.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert wrong == ["app/configure587/__init__.py"]
