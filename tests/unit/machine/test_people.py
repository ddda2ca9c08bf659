"""Acting as each of the people of a computer, for real: who one is then, and what can go wrong."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("people by number", allow_module_level=True)

from everyone_builders import IS_ROOT, TESTS, WHY
from unit.machine import people_cases

pytestmark = pytest.mark.skipif(not IS_ROOT, reason=WHY)


@pytest.mark.parametrize("at_once", [2, 0], ids=["forks", "programs"])
@pytest.mark.parametrize("case", sorted(people_cases.CASES))
def test_each_part_is_done_by_that_person_and_apart(case: str, at_once: int) -> None:
    code = "from unit.machine import people_cases; people_cases.main()"
    done = subprocess.run(
        [sys.executable, "-c", code, case, str(at_once)],
        env={**os.environ, "PYTHONPATH": TESTS},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
