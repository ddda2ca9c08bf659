"""configure587 backups: list, show, verify or prune them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import engine, vault
from configure587.report import exit_codes, text, wire
from configure587.rollout import retention

if TYPE_CHECKING:
    from configure587.report.documents import BackupJson
    from configure587.session import Session


def run(session: Session) -> int:
    """List, show, verify or prune the backups."""
    session.tell_notices()
    recovered = engine.recover(session.machine)
    session.tell_recovered(recovered)
    args = session.args
    names = vault.ids(session.machine)
    if args.action == "prune":
        return _prune(session)
    if args.backup is not None:
        names = [args.backup]
    elif args.action == "show":
        names = names[-1:]
    found = [vault.load(session.machine, name) for name in names]
    damage = {
        each.id: vault.check(session.machine, each) if args.action == "verify" else ()
        for each in found
    }
    for each in found:
        session.say(text.backup(session.style, each, damage[each.id]))
        if args.action == "show":
            session.say(text.backup_details(session.style, each))
    _ = session.style.texts.gettext
    if not found:
        session.say([_("There are no backups yet.")])
    elif args.action == "verify" and not any(damage.values()):
        session.say([_("Every copy is complete and unaltered.")])
    _document_backups(session, [wire.backup(each, damage[each.id]) for each in found], [])
    return exit_codes.REFUSED if any(damage.values()) else exit_codes.DONE


def _document_backups(session: Session, values: list[BackupJson], removed: list[str]) -> None:
    session.document(
        {
            "schema": wire.SCHEMA,
            "kind": "backups",
            "notices": wire.reasons(session.machine.notices),
            "backups": values,
            "removed": removed,
        }
    )


def _prune(session: Session) -> int:
    """Remove all but the newest sets; never one by which a run can still be put right."""
    removed = retention.prune(session.machine, session.args.keep)
    ngettext = session.style.texts.ngettext
    line = ngettext("{count} backup was removed.", "{count} backups were removed.", len(removed))
    session.say([line.format(count=len(removed))])
    _document_backups(session, [], removed)
    return exit_codes.DONE
