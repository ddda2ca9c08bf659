"""Exit codes: documented, stable, and derived from values only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from configure587.model import Finding, Outcome, Receipt

DONE = 0
REFUSED = 1
USAGE = 2
DUE = 10
NEEDS_A_PERSON = 11
NOT_PROVEN = 12
DEFERRED = 13
IN_PART = 14
OTHER_SIGN_IN = 15
HELD = 16
FAILED = 20
OUR_BUG = 70
NO_PERMISSION = 77
STOPPED = 130

_DUE = {Verdict.DUE, Verdict.HALF_WAY}
_PERSON = {Verdict.STUCK, Verdict.BLOCKED, Verdict.GUIDED, Verdict.UNREADABLE}
_OTHER = {"proof_oauth_only"}


def of_unproven(left: Iterable[Finding]) -> int:
    """12, or 15 when all that their servers lack is a sign-in by password (row 2)."""
    codes = [
        {each.code for each in finding.reasons}
        for finding in left
        if finding.verdict is Verdict.UNPROVEN
    ]
    return OTHER_SIGN_IN if codes and all(_OTHER & each for each in codes) else NOT_PROVEN


def of_verdicts(verdicts: Iterable[Verdict], unproven: int = NOT_PROVEN) -> int:
    """What scan and plan end with: 10 when changes are due, 12 when their servers are not proven.

    Else 11 when a person is needed. `unproven` (of_unproven) takes the place of 12.
    """
    found = set(verdicts)
    if found & _DUE:
        return DUE
    if Verdict.UNPROVEN in found:
        return unproven
    return NEEDS_A_PERSON if found & _PERSON else DONE


def of_senders(*, due: bool, certain: bool) -> int:
    """What fleet from-logs ends with: 0 only if it is certain that nobody is left."""
    if due:
        return DUE
    return DONE if certain else NEEDS_A_PERSON


def of_fleet(*, reached: bool, whole: bool, certain: bool) -> int:
    """What fleet FOLDER ends with: 0 only if it is certain that the goal is reached."""
    if not whole:
        return NEEDS_A_PERSON
    if not reached:
        return DUE
    return DONE if certain else NEEDS_A_PERSON


def of_outcomes(
    outcomes: Sequence[Outcome], left: Iterable[Verdict] = (), unproven: int = NOT_PROVEN
) -> int:
    """What apply and rollback end with; `left` are the verdicts of what was not to be changed."""
    from configure587.model import Result

    left = set(left)
    results = {outcome.result for outcome in outcomes}
    good = {Result.CHANGED, Result.UNDONE}
    bad = results - good - {Result.UNCHANGED}
    if not bad and Verdict.UNPROVEN in left:
        return IN_PART if results & good else unproven
    if not bad:
        return NEEDS_A_PERSON if not results & good and left & _PERSON else DONE
    if Result.STOPPED in bad:
        return STOPPED
    if results & {*good, Result.KEPT, Result.UNREADABLE}:
        return IN_PART
    worst = bad - {Result.DEFERRED} or {Result.DEFERRED}
    alone = {
        Result.DEFERRED: DEFERRED,
        Result.DENIED: NO_PERMISSION,
        Result.STALE: REFUSED,
    }
    return alone.get(worst.pop(), FAILED) if len(worst) == 1 else FAILED


def of_receipt(receipt: Receipt) -> int:
    """What apply ends with."""
    left = [finding.verdict for finding in receipt.untouched if finding.target is None]
    return of_outcomes(receipt.outcomes, left, of_unproven(receipt.untouched))
