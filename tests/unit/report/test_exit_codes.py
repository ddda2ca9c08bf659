"""What a run ends with, from its values alone."""

from __future__ import annotations

import pytest

from configure587.model import Outcome, Place, Profile, Result, Verdict
from configure587.report import exit_codes

PROFILE = Profile("thunderbird", "Thunderbird", "x", "/p", Place("prefs.js", "/p/prefs.js"), True)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 0),
        ([Verdict.FINE, Verdict.LEFT_ALONE], 0),
        ([Verdict.DUE, Verdict.BLOCKED], 10),
        ([Verdict.HALF_WAY], 10),
        ([Verdict.STUCK, Verdict.FINE], 11),
        ([Verdict.BLOCKED], 11),
        ([Verdict.GUIDED], 11),
        ([Verdict.UNREADABLE], 11),
    ],
)
def test_scan_and_plan_end_with_what_is_due(verdicts: list[Verdict], code: int) -> None:
    assert exit_codes.of_verdicts(verdicts) == code


@pytest.mark.parametrize(
    ("results", "left", "code"),
    [
        ([], [], 0),
        ([], [Verdict.BLOCKED], 11),
        (["changed"], [], 0),
        (["changed"], [Verdict.BLOCKED], 0),
        (["undone"], [], 0),
        (["unchanged"], [Verdict.STUCK], 11),
        (["deferred"], [], 13),
        (["deferred"], [Verdict.BLOCKED], 13),
        (["changed", "deferred"], [], 14),
        (["changed", "failed"], [], 14),
        (["undone", "deferred"], [], 14),
        (["kept"], [], 14),
        (["unreadable"], [], 14),
        (["failed"], [], 20),
        (["failed", "deferred"], [], 20),
        (["broken"], [], 20),
        (["failed", "denied"], [], 20),
        (["denied"], [], 77),
        (["denied", "deferred"], [], 77),
        (["stale"], [], 1),
        (["stopped", "changed"], [], 130),
        (["stopped"], [], 130),
    ],
)
def test_apply_and_rollback_end_with_how_it_went(
    results: list[str], left: list[Verdict], code: int
) -> None:
    outcomes = [Outcome(PROFILE, Result(each)) for each in results]
    assert exit_codes.of_outcomes(outcomes, left) == code
