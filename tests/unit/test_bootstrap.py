"""What the README's two commands would do, asked of their pure parts."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from e2e import desktop
from installers import bootstrap, build, signing

SCRIPT: Final = Path(bootstrap.__file__)
VENV_PACKAGE: Final = f"python3.{sys.version_info[1]}-venv"
TEST_PROGRAMS: Final = bootstrap.PROGRAMS["test"]
ALL_THERE: Final = dict.fromkeys(TEST_PROGRAMS.values(), True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a repository as far as an install looks at it."""
    (tmp_path / "installers").mkdir()
    for name in ("bootstrap.py", "build_backend.py"):
        (tmp_path / "installers" / name).write_text(name)
    (tmp_path / "pyproject.toml").write_text("[project]")
    folder = tmp_path / "locales" / "pt_BR" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "configure587.po").write_text('msgid ""')
    return tmp_path


def ready(tree: Path, extras: str = "") -> dict[str, str]:
    """Give the stamp of a finished install."""
    return bootstrap.wanted_stamp(extras, str(tree))


# --- old Pythons -----------------------------------------------------------------------------


def test_an_old_python_can_read_the_script_as_far_as_its_message() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    futures = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert "__future__" not in {node.module for node in futures}
    too_new = (ast.Match, ast.NamedExpr, ast.TryStar)
    assert not [node for node in ast.walk(tree) if isinstance(node, too_new)]
    docstring, first, check, *_ = tree.body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(first, ast.Import)
    assert isinstance(check, ast.If)
    assert [alias.name for alias in first.names] == ["sys"]


def test_an_old_python_is_told_which_one_is_needed_and_nothing_is_set_up(tmp_path: Path) -> None:
    script = tmp_path / "installers" / "bootstrap.py"
    script.parent.mkdir()
    shutil.copy(SCRIPT, script)
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0);"
        f"sys.argv = ['bootstrap.py', 'demo']; runpy.run_path({str(script)!r}, run_name='__main__')"
    )
    command = [sys.executable, "-X", "utf8", "-c", code]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.9." in run.stderr
    assert "precisa do Python 3.11 ou mais novo; este é o Python 3.9." in run.stderr
    assert "Traceback" not in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["installers"]


# --- what is missing ---------------------------------------------------------------------------


def test_a_complete_system_needs_no_package() -> None:
    assert bootstrap.missing_packages("demo", has_pip=True, exists={}) == []
    assert bootstrap.missing_packages("test", has_pip=True, exists=ALL_THERE) == []


def test_a_bare_debian_needs_only_the_virtual_environment_for_the_demo() -> None:
    assert bootstrap.missing_packages("demo", has_pip=False, exists={}) == [VENV_PACKAGE]


@pytest.mark.parametrize(("package", "file"), TEST_PROGRAMS.items())
def test_the_tests_need_the_package_whose_program_is_missing(package: str, file: str) -> None:
    exists = {**ALL_THERE, file: False}
    assert bootstrap.missing_packages("test", has_pip=True, exists=exists) == [package]


def test_only_the_tests_need_a_desktop() -> None:
    assert set(desktop.NEEDED.values()) <= TEST_PROGRAMS.keys()
    assert not bootstrap.PROGRAMS["demo"]
    assert "gui" not in bootstrap.EXTRAS["demo"]


def test_the_tests_bring_what_every_package_is_built_and_checked_with() -> None:
    there = [name for name, module in build.TARGETS.items() if has_recipe(module)]
    needs = [*signing.NEEDS, *(need for name in there for need in build.target(name).NEEDS)]
    assert {need.package for need in needs} - {""} <= TEST_PROGRAMS.keys()


def has_recipe(module: str) -> bool:
    """Whether the file of a target's module is there."""
    return SCRIPT.parents[1].joinpath(*module.split(".")).with_suffix(".py").exists()


def test_no_package_is_asked_for_twice() -> None:
    groups = [
        *(bootstrap.MAIL_PROGRAMS, bootstrap.HOSTILE_DISKS, bootstrap.WINDOWS_LAB),
        *(bootstrap.DESKTOP, bootstrap.PACKAGING, bootstrap.FLEETS, bootstrap.QT_FILES),
    ]
    assert sum(map(len, groups)) == len(TEST_PROGRAMS)


def test_the_apt_line_can_be_pasted() -> None:
    assert bootstrap.apt_line(["python3.11-venv", "strace"]) == (
        "sudo apt-get update && sudo apt-get install --yes python3.11-venv strace"
    )


@pytest.mark.parametrize("has_pip", [True, False])
@pytest.mark.parametrize("has_apt", [True, False])
@pytest.mark.parametrize("may", [True, False])
def test_nothing_is_said_or_done_when_nothing_is_missing(
    *, has_pip: bool, has_apt: bool, may: bool
) -> None:
    assert bootstrap.system_step([], has_pip=has_pip, has_apt=has_apt, may=may) == "nothing"


@pytest.mark.parametrize(
    ("has_pip", "has_apt", "may", "step"),
    [
        (True, True, True, "install"),
        (False, True, True, "install"),
        (True, True, False, "apt_later"),
        (True, False, False, "programs"),
        (False, True, False, "apt_first"),
        (False, False, False, "no_venv"),
    ],
)
def test_what_is_missing_is_installed_or_named_and_only_a_missing_venv_stops(
    *, has_pip: bool, has_apt: bool, may: bool, step: str
) -> None:
    asked = bootstrap.system_step(["strace"], has_pip=has_pip, has_apt=has_apt, may=may)
    assert asked == step


def test_a_step_that_fails_says_what_it_ran_and_what_that_said() -> None:
    command = [sys.executable, "-c", "import sys; print('no space left'); sys.exit(3)"]
    with pytest.raises(bootstrap.Trouble, match=r"sys\.exit\(3\)\nWhat it said:\nno space left$"):
        bootstrap.run_quietly(command)


# --- the stamp ---------------------------------------------------------------------------------


def test_a_finished_set_up_is_trusted(tree: Path) -> None:
    venv = str(tree / ".venv")
    bootstrap.write_stamp(ready(tree), venv)
    found = bootstrap.read_stamp(venv)
    assert bootstrap.next_step(found, ready(tree), there=True) == "nothing"


def test_a_missing_environment_is_made(tree: Path) -> None:
    assert bootstrap.read_stamp(str(tree / ".venv")) is None
    assert bootstrap.next_step(None, ready(tree), there=False) == "create"


def test_an_environment_of_somebody_else_is_left_alone(tree: Path) -> None:
    (tree / ".venv").mkdir()
    found = bootstrap.read_stamp(str(tree / ".venv"))
    assert bootstrap.next_step(found, ready(tree), there=True) == "refuse"


@pytest.mark.parametrize("content", ["", "{", "[]", "null", json.dumps(bootstrap.UNFINISHED)])
def test_an_interrupted_set_up_is_made_afresh(tree: Path, content: str) -> None:
    (tree / ".venv").mkdir()
    (tree / ".venv" / bootstrap.STAMP).write_text(content)
    found = bootstrap.read_stamp(str(tree / ".venv"))
    assert bootstrap.next_step(found, ready(tree), there=True) == "rebuild"


@pytest.mark.parametrize(
    "name",
    [
        "pyproject.toml",
        "installers/build_backend.py",
        "installers/bootstrap.py",
        "locales/pt_BR/LC_MESSAGES/configure587.po",
    ],
)
def test_a_change_of_what_an_install_reads_is_installed(tree: Path, name: str) -> None:
    before = ready(tree)
    (tree / name).write_text("changed")
    assert bootstrap.next_step(before, ready(tree), there=True) == "install"


def test_a_new_language_is_installed(tree: Path) -> None:
    before = ready(tree)
    (tree / "locales" / "es" / "LC_MESSAGES").mkdir(parents=True)
    (tree / "locales" / "es" / "LC_MESSAGES" / "configure587.po").write_text("")
    assert bootstrap.next_step(before, ready(tree), there=True) == "install"


@pytest.mark.parametrize("key", ["root", "python"])
def test_another_place_or_another_python_is_made_afresh(tree: Path, key: str) -> None:
    found = {**ready(tree), key: "another"}
    assert bootstrap.next_step(found, ready(tree), there=True) == "rebuild"


@pytest.mark.parametrize(
    ("has", "needs", "step"),
    [("", "dev", "install"), ("dev", "", "nothing"), ("dev", "dev", "nothing")],
)
def test_what_developers_have_serves_the_demo_too(
    tree: Path, has: str, needs: str, step: str
) -> None:
    assert bootstrap.next_step(ready(tree, has), ready(tree, needs), there=True) == step


def test_an_environment_without_its_python_or_a_compiled_catalogue_is_not_whole(
    tree: Path,
) -> None:
    venv, root = str(tree / ".venv"), str(tree)
    python = Path(bootstrap.venv_python(venv))
    python.parent.mkdir(parents=True)
    compiled = tree / "locales/pt_BR/LC_MESSAGES/configure587.mo"
    assert not bootstrap.is_whole(venv, root)
    python.touch()
    assert not bootstrap.is_whole(venv, root)
    compiled.touch()
    assert bootstrap.is_whole(venv, root)


# --- the words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "environment", "system", "portuguese"),
    [
        (["demo"], {}, "", False),
        (["demo"], {"LANG": "pt_BR.UTF-8"}, "", True),
        (["demo"], {"LANG": "pt_BR.UTF-8", "LC_ALL": "C"}, "", False),
        (["demo"], {"LANG": "en_US.UTF-8", "LANGUAGE": "pt:en"}, "", True),
        (["demo", "--lang", "pt-BR"], {"LANG": "en_US.UTF-8"}, "", True),
        (["demo", "--lang=en"], {"LANG": "pt_BR.UTF-8"}, "", False),
        (["demo", "--lang"], {"LANG": "pt_BR.UTF-8"}, "", True),
        ([], {}, "", False),
        (["demo"], {}, "pt_BR", True),
    ],
)
def test_it_speaks_the_language_that_the_person_reads(
    words: list[str], environment: dict[str, str], system: str, *, portuguese: bool
) -> None:
    assert bootstrap.is_portuguese(words, environment, system) is portuguese


def test_both_languages_say_the_same_things_with_the_same_fields() -> None:
    assert bootstrap.ENGLISH.keys() == bootstrap.PORTUGUESE.keys()
    for key, english in bootstrap.ENGLISH.items():
        fields = {part.partition("}")[0] for part in english.split("{")[1:]}
        assert {part.partition("}")[0] for part in bootstrap.PORTUGUESE[key].split("{")[1:]} == (
            fields
        )
        assert "!" not in english.replace("Configure 587!", "")


@pytest.mark.parametrize("words", [[], ["help"]])
def test_an_unknown_job_is_explained(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(words) == 2
    assert "demo" in capsys.readouterr().err


# --- the tests -----------------------------------------------------------------------------------


def test_the_whole_test_run_holds_every_check_and_ends_with_pytest() -> None:
    found = bootstrap.checks("linux", ["app", "tests"])
    assert list(found) == ["ruff check", "ruff format", "mypy", "translations", "pytest"]
    assert found["mypy"][-3:] == ["--strict", "app", "tests"]
    assert "not e2e" not in found["pytest"]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_leave_out_the_real_thunderbird(system: str) -> None:
    assert bootstrap.checks(system, [])["pytest"][-2:] == ["-m", "not e2e"]


@pytest.mark.parametrize(
    ("there", "wanted", "step"),
    [
        ("", "gui", "install"),
        ("gui", "", "nothing"),
        ("gui", "gui", "nothing"),
        ("gui", "dev", "install"),
        ("dev", "gui", "nothing"),
    ],
)
def test_a_set_up_serves_every_job_that_needs_less(there: str, wanted: str, step: str) -> None:
    stamp = {"state": "ready", "root": "/r", "python": "3.11", "inputs": "1"}
    found, asked = {**stamp, "extras": there}, {**stamp, "extras": wanted}
    assert bootstrap.next_step(found, asked, there=True) == step


def test_the_window_brings_what_qt_loads_and_the_demo_does_not() -> None:
    assert set(bootstrap.QT_NEEDS) <= set(bootstrap.PROGRAMS["window"])
    assert bootstrap.PROGRAMS["demo"] == {}
