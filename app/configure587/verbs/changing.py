"""What the words that change something have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from configure587.errors import about_backups
from configure587.report import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configure587.model import Outcome, Receipt
    from configure587.runlog import RunLog
    from configure587.session import Session


def with_backup_errors(run: Callable[[], Receipt]) -> Receipt:
    """The data folder's own trouble stops the run before anything is changed."""
    try:
        return run()
    except OSError as error:
        raise about_backups(error) from error


def write_log(log: RunLog, receipt: Receipt, code: int) -> None:
    """Keep what the run did, by codes and names, in a log file."""
    for outcome in receipt.outcomes:
        log.outcome(outcome)
    log.add(f"exit code {code}")
    log.write()


def document(
    session: Session,
    kind: Literal["apply", "rollback"],
    receipts: Sequence[Receipt],
    recovered: Sequence[Outcome],
    code: int,
) -> None:
    """Answer in JSON, when that was asked for."""
    dry = bool(session.args.dry_run)
    session.document(
        wire.receipt(
            kind,
            receipts,
            recovered,
            notices=session.machine.notices,
            ledger=session.ledger,
            dry_run=dry,
            exit_code=code,
        )
    )
