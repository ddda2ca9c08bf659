"""Who still sends through port 25 or without encryption, in words, JSON and a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.report import text, wire

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from configure587.fleet.senders import LogSeen, Sender, Senders
    from configure587.report.fleet_documents import SenderJson, SendersJson
    from configure587.report.style import Style

PORTS = {
    "exact": N_("{name}: port {port}, as the log says."),
    "told": N_("{name}: port {port}, as you said with --port-of."),
    "convention": N_("{name}: port {port}, going by the name; --port-of can say otherwise."),
    "unknown": N_("{name}: the log does not tell the port."),
}

NEITHER = N_(
    "The log does not tell through which port, or whether encrypted, these accounts send. With "
    "--port-of you can name the port of a service; Exim logs it with log_selector = "
    "+incoming_interface."
)

SIGN_INS = N_(
    "Dovecot logs sign-ins and no messages: its numbers are sign-ins. A connection that it calls "
    "secured counts as encrypted."
)

DATES = N_("Dates are those of the log, in the time of the server that wrote it.")

NO_SIGN_IN = N_(
    "Only who signed in is counted. Whoever may send without signing in cannot be told apart from "
    "the mail of strangers."
)

DAMAGED = {
    "EOF": N_("{path}: it breaks off. What came before is counted."),
    "GZIP": N_("{path}: it is damaged. What came before the damage is counted."),
}
UNREAD = N_("{path}: it could not be read to its end ({detail}). What came before is counted.")
STRANGE = N_("{path}: no line of Postfix, Exim or Dovecot submission was recognized.")


def listed(style: Style, found: Senders) -> Iterator[str]:
    """The accounts first, then how certain all of it is."""
    yield from _summary(style, found)
    if found.due:
        yield from _due(style, found.due)
    if found.unknown:
        yield from () if style.plain else [""]
        yield from text.sentence(style, style.texts.gettext(NEITHER))
        yield from _unknown(style, found.unknown)
    yield from () if style.plain else [""]
    yield from _certainty(style, found)


def _summary(style: Style, found: Senders) -> Iterator[str]:
    """Nobody is said to be left over only when that is certain."""
    _, ngettext = style.texts.gettext, style.texts.ngettext
    if found.due:
        line = ngettext(
            "{count} account of {all} still sends through port 25 or without encryption.",
            "{count} accounts of {all} still send through port 25 or without encryption.",
            len(found.due),
        )
        yield line.format(count=len(found.due), all=found.accounts)
    elif found.whole and not found.unknown:
        yield _("Nobody in these logs still sends through port 25 or without encryption.")
    else:
        yield _("No account was found that is certain to send through port 25 or unencrypted.")


def _due(style: Style, senders: Sequence[Sender]) -> Iterator[str]:
    _ = style.texts.gettext
    if style.plain:
        line = _(
            "{account}: {due} to change, {port_25} of them through port 25 and {unencrypted} "
            "without encryption, last on {last}; {good} as they should be."
        )
        for each in senders:
            yield line.format(
                account=text.shown(each.account),
                due=each.due,
                port_25=each.port_25,
                unencrypted=each.unencrypted,
                last=_day(each.last),
                good=each.good,
            )
        return
    yield ""
    heads = (_("Account"), _("Due"), _("Port 25"), _("Clear"), _("Last"), _("Good"))
    yield from columns([heads, *map(_cells, senders)])


def _cells(each: Sender) -> tuple[str, ...]:
    numbers = (str(each.due), str(each.port_25), str(each.unencrypted))
    return (text.shown(each.account), *numbers, _day(each.last), str(each.good))


def columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows of a table: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([name.ljust(widths[0]), *cells])


def _unknown(style: Style, senders: Sequence[Sender]) -> Iterator[str]:
    _ = style.texts.gettext
    line = _("{account}: {count} that cannot be judged, {good} as they should be.")
    for each in senders:
        name = text.shown(each.account)
        yield from text.sentence(
            style, line.format(account=name, count=each.unknown, good=each.good)
        )


def _certainty(style: Style, found: Senders) -> Iterator[str]:
    _ = style.texts.gettext
    for name, port in found.services:
        line = _(PORTS[port.known.value]).format(name=name, port=port.number)
        yield from text.sentence(style, line)
    for log in found.logs:
        for line in _log(style, log):
            yield from text.sentence(style, line)
    for line in (SIGN_INS,) * found.counts_sign_ins + (NO_SIGN_IN, DATES):
        yield from text.sentence(style, _(line))


def _log(style: Style, log: LogSeen) -> Iterator[str]:
    """What was not as it should be."""
    _, ngettext = style.texts.gettext, style.texts.ngettext
    path = log.path
    if log.damaged is not None:
        yield _(DAMAGED.get(log.damaged, UNREAD)).format(path=path, detail=log.damaged)
    if not log.recognized:
        yield _(STRANGE).format(path=path)
    if strange := log.unclear + log.too_long:
        line = ngettext(
            "{path}: {count} line could not be understood for certain and is not counted.",
            "{path}: {count} lines could not be understood for certain and are not counted.",
            strange,
        )
        yield line.format(path=path, count=strange)
    if log.cut:
        line = ngettext(
            "{path}: the end of {count} conversation is not in the log; whether it was encrypted "
            "is not known.",
            "{path}: the end of {count} conversations is not in the log; whether they were "
            "encrypted is not known.",
            log.cut,
        )
        yield line.format(path=path, count=log.cut)


def _day(moment: dt.datetime | None) -> str:
    return "" if moment is None else moment.date().isoformat()


def written(style: Style, path: str) -> str:
    """That the file for a spreadsheet is there."""
    return style.texts.gettext("The accounts are in {path}.").format(path=text.shown(path))


def csv_file(style: Style, found: Senders) -> bytes:
    """The accounts for a spreadsheet: UTF-8 with its mark, for Excel takes it for Latin-1 else."""
    _ = style.texts.gettext
    target = io.StringIO(newline="")
    rows = csv.writer(target)
    heads = (_("Account"), _("Due"), _("Port 25"), _("Clear"), _("Last"), _("Good"), _("Unknown"))
    rows.writerow(heads)
    for each in (*found.due, *found.unknown):
        name, *others = _cells(each)
        rows.writerow([harmless(name), *others, each.unknown])
    return target.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(("=", "+", "-", "@", "|", "%")) else cell


def document(found: Senders) -> SendersJson:
    """Everything, for JSON."""
    return {
        "schema": wire.SCHEMA,
        "kind": "senders",
        "since": None if found.since is None else found.since.isoformat(),
        "accounts": found.accounts,
        "due": [_sender(each) for each in found.due],
        "unknown": [_sender(each) for each in found.unknown],
        "services": [
            {"name": name, "port": port.number, "known": port.known.value, "messages": count}
            for (name, port), count in found.services.items()
        ],
        "logs": [
            {
                "path": each.path,
                "lines": each.lines,
                "recognized": each.recognized,
                "unclear": each.unclear,
                "too_long": each.too_long,
                "cut": each.cut,
                "damaged": each.damaged,
            }
            for each in found.logs
        ],
    }


def _sender(each: Sender) -> SenderJson:
    return {
        "account": each.account,
        "due": each.due,
        "port_25": each.port_25,
        "unencrypted": each.unencrypted,
        "unknown": each.unknown,
        "good": each.good,
        "last": None if each.last is None else each.last.isoformat(),
        "last_good": None if each.last_good is None else each.last_good.isoformat(),
    }
