"""How far a computer has come: the definition of "moved", which docs/fleet.md says in words."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from configure587.model import Verdict
from configure587.records import Result

if TYPE_CHECKING:
    from configure587.fleet.runs import Account, Run

OLD_PORT = 25


class Stage(enum.Enum):
    """Where a computer stands; of several that fit, the first one here counts."""

    FAILED = "failed"
    """The run, a person of this computer or a change failed."""
    DUE = "due"
    UNPROVEN = "unproven"
    NEEDS_A_PERSON = "needs_a_person"
    NOT_SEEN = "not_seen"
    """A person was skipped, so nobody knows how that one sends."""
    HELD = "held"
    """Its turn has not come: a ring, a limit, the brake or another run."""
    SILENT = "silent"
    """It stands in the inventory and never reported."""
    MOVED = "moved"
    NO_ACCOUNT = "no_account"
    """Nobody there sends with a mail program, so closing port 25 touches nobody."""


FAILURES = frozenset({1, 2, 20, 70, 77, 130})
"""Exit codes of a run that was refused, failed or stopped (report/exit_codes.py)."""

NOBODY = frozenset({"service_account", "administrator_account", "account_closed", "home_missing"})
"""Why somebody was skipped who is no person, or cannot sign in, and so sends nothing."""
SENDS_NOTHING = frozenset({"local_host", "no_hostname", "not_smtp"})
"""Why an account on port 25 is no matter of the provider's port 25."""

_NOT_DONE = {Result.FAILED, Result.BROKEN, Result.DENIED, Result.STALE, Result.STOPPED}
_TO_CHANGE = {Verdict.DUE, Verdict.HALF_WAY}
_AS_IT_SHOULD_BE = {Verdict.FINE, Verdict.LEFT_ALONE}


def in_the_way(account: Account) -> bool:
    """Whether this account keeps its computer from counting as moved."""
    if account.verdict not in _AS_IT_SHOULD_BE:
        return True
    on_25 = account.now is not None and account.now.port == OLD_PORT
    return on_25 and SENDS_NOTHING.isdisjoint(account.reasons)


def of_run(run: Run) -> Stage | None:
    """Where a computer stands after this run; None when the run does not tell."""
    if run.held is not None and not run.people:
        return None
    people = [_of_account(account) for person in run.people for account in person.accounts]
    found = {stage for stage in people if stage is not None}
    if run.exit_code in FAILURES or any(each.state == "failed" for each in run.people):
        found.add(Stage.FAILED)
    if any(each.state == "skipped" and each.reason not in NOBODY for each in run.people):
        found.add(Stage.NOT_SEEN)
    order = (stage for stage in Stage if stage in found)
    return next(order, Stage.MOVED if people else Stage.NO_ACCOUNT)


def _of_account(account: Account) -> Stage | None:
    """What an account makes of its computer; None when it is not in the way."""
    if not in_the_way(account):
        return None
    if account.result in _NOT_DONE:
        return Stage.FAILED
    if account.verdict in _TO_CHANGE:
        return Stage.DUE
    return Stage.UNPROVEN if account.verdict is Verdict.UNPROVEN else Stage.NEEDS_A_PERSON
