"""Exit codes: documented, stable, and derived from values only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.model import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from configure587.model import Outcome

DONE = 0
REFUSED = 1
USAGE = 2
DUE = 10
NEEDS_A_PERSON = 11
DEFERRED = 13
IN_PART = 14
FAILED = 20
OUR_BUG = 70
NO_PERMISSION = 77
STOPPED = 130

_DUE = {Verdict.DUE, Verdict.HALF_WAY}
_PERSON = {Verdict.STUCK, Verdict.BLOCKED, Verdict.GUIDED, Verdict.UNREADABLE}
_ALONE = {
    Result.DEFERRED: DEFERRED,
    Result.DENIED: NO_PERMISSION,
    Result.STALE: REFUSED,
    Result.FAILED: FAILED,
    Result.BROKEN: FAILED,
}
_WELL = {Result.CHANGED, Result.UNDONE, Result.UNCHANGED}


def of_verdicts(verdicts: Iterable[Verdict]) -> int:
    """What scan and plan end with: 10 when changes are due, else 11 when a person is needed."""
    found = set(verdicts)
    if found & _DUE:
        return DUE
    return NEEDS_A_PERSON if found & _PERSON else DONE


def of_outcomes(outcomes: Sequence[Outcome], left: Iterable[Verdict] = ()) -> int:
    """What apply and rollback end with; `left` are the verdicts of what was not to be changed."""
    results = {outcome.result for outcome in outcomes}
    bad = results - _WELL
    if not bad:
        return NEEDS_A_PERSON if not results - {Result.UNCHANGED} and set(left) & _PERSON else DONE
    if Result.STOPPED in bad:
        return STOPPED
    if results & {Result.CHANGED, Result.UNDONE, Result.KEPT}:
        return IN_PART
    worst = bad - {Result.DEFERRED} or {Result.DEFERRED}
    return _ALONE[worst.pop()] if len(worst) == 1 else FAILED
