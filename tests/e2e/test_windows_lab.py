"""The tests that are marked for Windows, run by a genuine Windows Python under Wine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest
from installers.jobs import ROOT
from installers.windows import lab

if TYPE_CHECKING:
    import pathlib

pytestmark = pytest.mark.e2e

AT_LEAST: Final = 600  # a lab that finds no tests must not pass for a good one
MAY_SKIP: Final = 5
MINUTES: Final = 15


def test_what_is_marked_for_windows_passes_on_a_windows_python(tmp_path: pathlib.Path) -> None:
    junit = tmp_path / "windows.xml"
    run = subprocess.run(
        [sys.executable, "-m", lab.__name__, "--junit", str(junit), "-q"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=MINUTES * 60,
        check=False,
    )
    said = run.stdout.decode(errors="replace")
    assert run.returncode == 0, said
    suites = list(ET.parse(junit).getroot().iter("testsuite"))
    count = {
        what: sum(int(suite.get(what, "0")) for suite in suites)
        for what in ("tests", "failures", "errors", "skipped")
    }
    assert (count["failures"], count["errors"]) == (0, 0), said
    assert count["skipped"] <= MAY_SKIP, said
    assert count["tests"] >= AT_LEAST, said
    ran = {case.get("classname", "") for suite in suites for case in suite.iter("testcase")}
    for path in lab.marked_tests():
        module = path.removesuffix(".py").replace(os.sep, ".")
        assert any(name.startswith(module) for name in ran), f"{path} was not run: {said}"
