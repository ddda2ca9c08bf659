"""The computers of a fleet for a spreadsheet and for other programs."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

from configure587.report import fleet_troubles as troubles
from configure587.report import fleet_words as words
from configure587.report import text, wire
from configure587.report.senders import harmless

if TYPE_CHECKING:
    from configure587.fleet.computers import Seen
    from configure587.fleet.progress import Fleet, Share
    from configure587.report.fleet_documents import FleetComputerJson, FleetJson, FleetShareJson
    from configure587.report.run_documents import TroubleJson
    from configure587.report.style import Style


def csv_file(style: Style, fleet: Fleet) -> bytes:
    """A row for each computer: UTF-8 with its mark, for Excel takes it for Latin-1 else."""
    _ = style.texts.gettext
    target = io.StringIO(newline="")
    rows = csv.writer(target)
    heads = (_("Computer"), _("Id"), _("Where it stands"), _("Code"), _("Last report"))
    more = (_("People"), _("Skipped"), _("Accounts"), _("Not done"), _("Ring"), _("Version"))
    rows.writerow((*heads, *more, _("System"), _("Reasons"), _("What stopped the run")))
    for each in fleet.computers:
        cells = (each.name, each.id, _(words.STAGES[each.stage.value]), each.stage.value)
        counts = (each.people, each.skipped, len(each.kinds), each.left)
        last = (each.ring or "", each.version, each.platform, ", ".join(reasons(each)))
        stopped = "" if each.trouble is None else troubles.sentence(style.texts, each.trouble)
        row = (*cells, stamp(each.ended) or "", *counts, *last, stopped)
        rows.writerow([harmless(text.shown(str(cell))) for cell in row])
    return target.getvalue().encode("utf-8-sig")


def stamp(moment: dt.datetime | None) -> str | None:
    """A time in ISO 8601, UTC."""
    return None if moment is None else moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def reasons(each: Seen) -> list[str]:
    """The codes of what keeps a computer from counting as moved, and why people were left out."""
    of_accounts = {code for kind in each.kinds if kind.in_the_way for code in kind.reasons}
    return sorted({*of_accounts, *each.reasons})


def document(fleet: Fleet) -> FleetJson:
    """Everything, for JSON."""
    return {
        "schema": wire.SCHEMA,
        "kind": "fleet",
        "made": fleet.made.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "goal": fleet.goal,
        "reached": fleet.reached,
        "certain": fleet.certain,
        "known": fleet.known,
        "moved": fleet.moved,
        "missing": fleet.missing,
        "stages": {stage.value: count for stage, count in fleet.stages.items()},
        "listed": fleet.listed,
        "strangers": fleet.strangers,
        "same_names": list(fleet.same_names),
        "reports": {
            "counted": fleet.counted,
            "duplicates": fleet.duplicates,
            "unfinished": fleet.unfinished,
            "folders": fleet.folders,
            "broken_off": [{"path": path, "detail": why} for path, why in fleet.broken_off],
            "aside": {why.value: count for why, count in fleet.aside.items()},
            "examples": [{"path": path, "why": why.value} for path, why in fleet.examples],
        },
        "tables": {name: [_share(row) for row in rows] for name, rows in fleet.tables.items()},
        "days": [{"day": each.day.isoformat(), "moved": each.moved} for each in fleet.days],
        "computers": [_computer(each) for each in fleet.computers],
    }


def _share(row: Share) -> FleetShareJson:
    return {"name": row.name, "accounts": row.accounts, "done": row.done}


def _computer(each: Seen) -> FleetComputerJson:
    return {
        "name": each.name,
        "id": each.id,
        "stage": each.stage.value,
        "ended": stamp(each.ended),
        "odd_clock": each.doubtful,
        "platform": each.platform,
        "version": each.version,
        "ring": each.ring,
        "people": each.people,
        "skipped": each.skipped,
        "accounts": len(each.kinds),
        "not_done": each.left,
        "reasons": reasons(each),
        "trouble": _trouble(each),
    }


def _trouble(each: Seen) -> TroubleJson | None:
    found = each.trouble
    return None if found is None else {"code": found.code, "fields": found.fields}
