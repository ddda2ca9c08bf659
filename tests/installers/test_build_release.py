"""The workflow for maintainers calls what is there, and decides nothing by itself."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from installers import bootstrap, build

ROOT: Final = Path(__file__).resolve().parents[2]
WORKFLOW: Final = ROOT / ".github" / "workflows" / "release.yml"
WHOLE: Final[dict[str, Any]] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
JOBS: Final[dict[str, dict[str, Any]]] = WHOLE["jobs"]
COMMANDS: Final = [
    line
    for job in JOBS.values()
    for step in job["steps"]
    for line in step.get("run", "").splitlines()
]


def targets() -> set[str]:
    """Every target that it builds."""
    named = {found for line in COMMANDS for found in re.findall(r"installers\.build (\w+)", line)}
    return named | {each for job in JOBS.values() for each in matrix(job)}


def matrix(job: dict[str, Any]) -> list[str]:
    """The targets that a job builds one by one."""
    found: list[str] = job.get("strategy", {}).get("matrix", {}).get("target", [])
    return found


def test_it_builds_every_package_and_nothing_that_is_none() -> None:
    folders = {"windows", "appdir"}  # one is inside two others; of the other one nobody made a file
    assert targets() == build.TARGETS.keys() - folders


def test_every_job_waits_only_for_jobs_that_are_there() -> None:
    for job in JOBS.values():
        needs = job.get("needs", [])
        assert {*([needs] if isinstance(needs, str) else needs)} <= JOBS.keys()


def test_every_file_that_a_command_starts_is_there() -> None:
    started = {found for line in COMMANDS for found in re.findall(r"installers/[\w/]+\.py", line)}
    modules = {found for line in COMMANDS for found in re.findall(r"-m (installers\.\w+)", line)}
    started |= {each.replace(".", "/") + ".py" for each in modules}
    assert started == {"installers/bootstrap.py", "installers/build.py"}
    assert all((ROOT / each).is_file() for each in started)


def test_every_word_for_the_bootstrap_is_one_of_its_own() -> None:
    words = {found for line in COMMANDS for found in re.findall(r"bootstrap\.py (\w+)", line)}
    assert words <= bootstrap.EXTRAS.keys()
    assert words


@pytest.mark.parametrize("line", [each for each in COMMANDS if "installers.build" in each])
def test_every_build_has_words_that_the_command_knows(line: str) -> None:
    words = line.partition("installers.build ")[2].replace("${{ matrix.target }}", "deb").split()
    args = build.parser().parse_args(words)
    assert args.target in build.TARGETS
    assert args.out == "dist"


def test_on_windows_the_program_is_started_where_the_setup_puts_it() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    [folder] = re.findall(r"'/D=([^']+)'", text)
    program_files = re.findall(r'"\$env:ProgramFiles\\(\w+)"', text)
    product = (ROOT / "installers" / "windows" / "product.wxs").read_text(encoding="utf-8")
    assert f'<Directory Id="INSTALLDIR" Name="{program_files[0]}">' in product
    started = re.findall(r"& ([^\s\"]+)\\configure587c\.exe", text)
    setup = (ROOT / "installers" / "windows" / "setup.nsi").read_text(encoding="utf-8")
    [below] = set(re.findall(r'"\$INSTDIR\\(\w+)\\Configure587\.exe"', setup))
    assert set(started) == {f"{folder}\\{below}"}


def test_on_windows_a_step_that_fails_ends_the_job() -> None:
    for step in JOBS["on-windows"]["steps"]:
        lines = [each.strip() for each in step.get("run", "").splitlines()]
        for line, after in pairwise([*lines, ""]):
            if line.startswith("& "):  # PowerShell goes on after a program that has failed
                assert after == "if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }"
            if "-PassThru" in line:
                assert after.startswith("if ($done.ExitCode -ne 0) {")


def test_no_secret_stands_in_it_and_it_may_write_nowhere() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    assert "secrets." not in text
    assert WHOLE["permissions"] == {"contents": "read"}


def test_it_says_that_nobody_of_us_has_run_it() -> None:
    assert "Not run by us" in WORKFLOW.read_text(encoding="utf-8").splitlines()[0]
