"""configure587 support: a code to read aloud, what a code tells, a report to look through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import engine
from configure587.report import exit_codes, page_titles, wire
from configure587.support import codes, explaining, passing_on, sayings, situation, spoken
from configure587.verbs.output import write_file

if TYPE_CHECKING:
    from configure587.model import Finding
    from configure587.report.support_documents import (
        RepairJson,
        SituationJson,
        SupportCodeJson,
        SupportDecodeJson,
        SupportReportJson,
    )
    from configure587.session import Session
    from configure587.support.codes import Reading
    from configure587.support.situation import Situation


def run(session: Session) -> int:
    """Make a code or a report of a fresh scan, or tell what a code says; changes nothing."""
    actions = {"code": _code, "decode": _decode, "report": _report}
    return actions[session.args.action](session)


def _scanned(session: Session) -> tuple[list[Finding], str]:
    """What is found on this computer now, and the code for it."""
    machine = session.machine
    findings = list(engine.inspect(machine, session.policy(), session.notify))
    session.done_showing()
    value = situation.of(
        situation.COMMAND_LINE,
        machine.platform,
        findings,
        reasons=machine.notices,
        last=passing_on.last_change(machine),
    )
    return findings, codes.code(value)


def _code(session: Session) -> int:
    _, code = _scanned(session)
    hints = spoken.hints(session.style.texts, code)
    _ = session.style.texts.gettext
    lines = [_("Your code: {code}").format(code=code), _("Read it aloud, group by group:"), *hints]
    session.say([*lines, _("It tells the program and its verdicts, and nothing about you.")])
    document: SupportCodeJson = {
        "schema": wire.SCHEMA,
        "kind": "support_code",
        "code": code,
        "spoken": hints,
    }
    session.document(document)
    return exit_codes.DONE


def _decode(session: Session) -> int:
    reading = codes.read(" ".join(session.args.code))
    session.say(explaining.lines(session.style.texts, reading))
    session.document(_document(session, reading))
    return exit_codes.DONE if reading.trouble is None else exit_codes.REFUSED


def _document(session: Session, reading: Reading) -> SupportDecodeJson:
    texts, told = session.style.texts, reading.situation
    repairs: list[RepairJson] = [
        {"code": each.code, "group": each.group, "typed": each.typed, "meant": each.meant}
        for each in reading.repairs
    ]
    return {
        "schema": wire.SCHEMA,
        "kind": "support_decode",
        "code": reading.code,
        "trouble": reading.trouble.value if reading.trouble is not None else None,
        "repairs": repairs,
        "newer": reading.newer,
        "situation": None if told is None else _situation(session, told),
        "say": [] if told is None else sayings.next_to_say(texts, told),
    }


def _situation(session: Session, told: Situation) -> SituationJson:
    return {
        "page": told.page,
        "title": page_titles.title(session.style.texts, told.page),
        "version": ".".join(map(str, told.version)),
        "platform": told.platform.value,
        "programs": list(told.programs),
        "verdicts": {verdict.value: count for verdict, count in told.verdicts},
        "reasons": list(told.reasons),
        "last": told.last.name.lower(),
        "network": told.picture.name.lower(),
        "more": told.more,
    }


def _report(session: Session) -> int:
    findings, code = _scanned(session)
    lines = passing_on.lines(
        session.style._replace(color=False, ids=False),
        session.machine,
        findings,
        code,
        reasons=session.machine.notices,
        addresses=session.args.addresses,
    )
    session.say(lines)
    document: SupportReportJson = {
        "schema": wire.SCHEMA,
        "kind": "support_report",
        "code": code,
        "lines": lines,
    }
    session.document(document)
    path = session.args.output
    if path is not None:
        write_file(path, "".join(f"{line}\n" for line in lines).encode(errors="replace"))
        _ = session.style.texts.gettext
        session.say(["", _("These lines are in {path}; nothing was sent.").format(path=path)])
    return exit_codes.DONE
