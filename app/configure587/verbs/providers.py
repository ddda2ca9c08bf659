"""configure587 providers: what is known of mail providers; lists, shows, imports."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from configure587.errors import Refused
from configure587.report import exit_codes
from configure587.report import providers as words
from configure587.submission import hostnames, ispdb, providers
from configure587.submission.provider_table import short
from configure587.verbs.output import write_file

if TYPE_CHECKING:
    from configure587.session import Session
    from configure587.submission.providers import Provider, Table


def run(session: Session) -> int:
    """List or show rows of the table, or make rows of a copy of the Thunderbird ISP database."""
    actions = {"list": _list, "show": _show, "import": _import}
    actions[session.args.action](session)
    return exit_codes.DONE


def _table(session: Session) -> Table:
    path = session.args.table
    return providers.load() if path is None else providers.load_file(path)


def _list(session: Session) -> None:
    rows = _table(session).rows
    session.say(words.listed(session.style, rows))
    session.document(words.document(rows))


def _show(session: Session) -> None:
    asked = session.args.what.strip()
    name = hostnames.canonical(asked.rpartition("@")[2])
    if name is None:
        raise Refused("not_a_domain", domain=short(asked))
    rows = _known(_table(session), name)
    if not rows:
        raise Refused("provider_unknown", domain=name)
    for row in rows:
        session.say(words.shown(session.style, row))
    session.document(words.document(rows))


def _known(table: Table, name: str) -> tuple[Provider, ...]:
    """The provider of a mail domain, else those to whom a server of that name belongs."""
    row = table.for_domain(name)
    return table.for_host(name) if row is None else (row,)


def _import(session: Session) -> None:
    folder, path = session.args.what, session.args.output
    if not folder:
        raise Refused("folder_not_named")
    today = dt.datetime.fromtimestamp(session.machine.clock.now(), tz=dt.UTC).date()
    found = ispdb.read(folder, today.isoformat())
    skipped = words.skipped(session.style, found.skipped)
    if path is not None:
        write_file(path, found.text.encode())
        session.say(skipped)
        session.say([words.written(session.style, len(found.rows), path)])
    elif not session.json:
        session.write(found.text)
        session.err.write("".join(f"{line}\n" for line in skipped))
    session.document(words.document(found.rows, found.skipped, ispdb.NOTICE))
