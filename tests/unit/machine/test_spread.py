"""Readings on all processors: same answers, same order, nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from unit.machine import spread_cases

TESTS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@pytest.mark.parametrize("case", sorted(spread_cases.CASES))
def test_forked_readings_are_as_serial_ones(case: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "unit.machine.spread_cases", case],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
