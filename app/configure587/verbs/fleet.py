"""configure587 fleet: what a provider or a company sees of everybody."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from configure587.errors import Cancelled, Refused
from configure587.fleet import options
from configure587.report import exit_codes
from configure587.verbs.output import write_file

if TYPE_CHECKING:
    from configure587.fleet.inventory import Inventory
    from configure587.fleet.progress import Fleet
    from configure587.fleet.senders import LogSeen, Senders, Tally
    from configure587.session import Session


def run(session: Session) -> int:
    """Do what the first word says; any word that is none of ours is a folder."""
    if (option := options.misplaced(session.args)) is not None:
        raise Refused("option_not_here", option=option)
    actions = {options.FROM_LOGS: _from_logs}
    return actions.get(session.args.action, _reports)(session)


def _reports(session: Session) -> int:
    """Tell how many computers have moved."""
    from configure587.report import fleet_table, fleet_text

    args = session.args
    listed = _inventory(args.inventory)
    fleet = _counted(session, listed)
    files = []
    if args.csv is not None:
        files.append((args.csv, fleet_table.csv_file(session.style, fleet)))
    if args.html is not None:
        from configure587.report import fleet_page

        files.append((args.html, fleet_page.page(session.style, fleet)))
    for path, data in files:
        write_file(path, data)
    session.say(fleet_text.listed(session.style, fleet))
    if session.json:
        session.document(fleet_table.document(fleet))
    session.say(fleet_text.written(session.style, path) for path, _ in files)
    return exit_codes.of_fleet(reached=fleet.reached, whole=fleet.whole, certain=fleet.certain)


def _inventory(path: str | None) -> Inventory | None:
    """The list, if there is one."""
    from configure587.fleet import inventory

    return None if path is None else inventory.read(path)


def _counted(session: Session, listed: Inventory | None) -> Fleet:
    from configure587.fleet import computers, progress, report_folder

    args = session.args
    tally = computers.Tally(dt.datetime.fromtimestamp(session.machine.clock.now(), tz=dt.UTC))
    for folder in (args.action, *args.files):
        report_folder.read(folder, tally, session.stop)
    return progress.settled(tally, options.GOAL if args.goal is None else args.goal, listed)


def _from_logs(session: Session) -> int:
    """List who still sends through port 25 or without encryption."""
    from configure587.fleet import senders
    from configure587.report import senders as words

    args = session.args
    domains = frozenset(name for group in args.domains for name in group)
    found = _read(session, senders.Tally(senders.Wanted(args.since, domains)))
    if args.csv is not None:
        write_file(args.csv, words.csv_file(session.style, found))
    session.say(words.listed(session.style, found))
    session.document(words.document(found))
    if args.csv is not None:
        session.say([words.written(session.style, args.csv)])
    certain = found.whole and not found.unknown
    return exit_codes.of_senders(due=bool(found.due), certain=certain)


def _read(session: Session, tally: Tally) -> Senders:
    """A wrong name is told before the first file is read, for that may take minutes."""
    from configure587.fleet import log_files, senders

    for path in session.args.files:
        log_files.check(path)
    return senders.ordered(tally, [_log(session, tally, path) for path in session.args.files])


def _log(session: Session, tally: Tally, path: str) -> LogSeen:
    from configure587.fleet import log_files, senders
    from configure587.fleet.mail_logs import MailLog

    log, damaged = MailLog(_today(session), dict(session.args.port_of)), None
    try:
        with log_files.opened(path) as source:
            for text in log_files.lines(log_files.blocks(source)):
                if session.stop():
                    raise Cancelled
                tally.add(log.read(text))
    except log_files.Damaged as error:
        damaged = str(error)
    tally.add(log.end())
    return senders.LogSeen(
        path, log.lines, log.recognized, log.unclear, log.too_long, log.cut, damaged
    )


def _today(session: Session) -> dt.date:
    """The day before which every line was written: of the computer, or the end of --year."""
    if session.args.year is not None:
        return dt.date(session.args.year, 12, 30)  # and "tomorrow" is the 31st
    return dt.datetime.fromtimestamp(session.machine.clock.now(), tz=dt.UTC).date()
