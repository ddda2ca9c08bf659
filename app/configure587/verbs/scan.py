"""configure587 scan: what was found; changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from configure587 import engine
from configure587.report import exit_codes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from configure587.machine import Machine
    from configure587.model import Finding, Outcome, Verdict
    from configure587.policy import Policy
    from configure587.report.text import GuideText
    from configure587.session import Session

Rendered = TypeVar("Rendered")


def run(session: Session) -> int:
    """Findings, one at a time: memory does not grow with the number of profiles."""
    if session.args.all_users:
        from configure587.verbs import everyone

        return everyone.run(session, "scan")
    session.tell_notices()
    recovered = engine.recover(session.machine)
    session.tell_recovered(recovered)
    damaged = engine.damaged(session.machine)
    _ = session.style.texts.gettext
    for name in damaged:
        line = _(
            "The backup {backup} is damaged, and the run that made it was interrupted. "
            "What to do: {command} backups verify {backup}"
        )
        session.say([line.format(backup=name, command=session.style.command), ""])
    counts: dict[Verdict, int] = {}
    kept = _Kept(session) if session.args.sarif is not None or session.args.report else None

    def show() -> None:
        if session.json:
            _write(session, _JsonList(session, recovered, damaged), counts, kept)
        else:
            _write(session, _TextList(session), counts, kept)

    if session.args.report and kept is not None:
        _reported(session, recovered, kept, show)
    else:
        show()
    code = exit_codes.of_verdicts(counts)
    if session.args.sarif is not None and kept is not None:
        kept.write(code)
    return code


def _reported(
    session: Session, recovered: Sequence[Outcome], kept: _Kept, show: Callable[[], None]
) -> None:
    """Show what is found, and report the same: nothing is looked at twice."""
    from configure587.rollout.one_person import Went
    from configure587.verbs import unattended

    def deed(*_: object) -> Went:
        show()
        found = tuple(kept.findings)
        code = exit_codes.of_verdicts(each.verdict for each in found)
        before = {each.id: each for each in found}
        return Went((), tuple(recovered), before, code=code, now=found)

    unattended.run(session, "scan", deed, lambda _: None)


def _write(
    session: Session, write: _List[Rendered], counts: dict[Verdict, int], kept: _Kept | None
) -> None:
    """Write one finding after the other, and count them."""
    survey = engine.survey if kept is None else kept.survey
    for verdict, rendered in survey(
        session.machine, session.policy(), write.render, session.notify
    ):
        counts[verdict] = counts.get(verdict, 0) + 1
        session.done_showing()
        write.item(rendered)
    session.done_showing()
    write.end(counts)


class _Kept:
    """Every finding, for a file that needs them all: this costs memory, and one processor only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._started = session.machine.stamp()
        self.findings: list[Finding] = []

    def survey(
        self,
        machine: Machine,
        policy: Policy,
        render: Callable[[Finding], Rendered],
        notify: engine.Notify,
    ) -> Iterator[tuple[Verdict, Rendered]]:
        """As engine.survey, and keeps what was found."""
        for finding in engine.inspect(machine, policy, notify):
            self.findings.append(finding)
            yield finding.verdict, render(finding)

    def write(self, code: int) -> None:
        """Write the SARIF log: made-up names, unless addresses were asked for."""
        import json

        from configure587.report import sarif
        from configure587.support import passing_on, pseudonyms, redaction
        from configure587.verbs.output import write_file

        session, machine = self._session, self._session.machine
        key = pseudonyms.key(machine)
        hidden = passing_on.veil(
            session.style, machine, self.findings, addresses=session.args.addresses
        )
        found = [
            (pseudonyms.token(key, "finding", each.id), redaction.finding(hidden, each))
            for each in self.findings
        ]
        run = sarif.Run(machine.platform.value, self._started, machine.stamp(), code)
        log = sarif.log(session.style, run, found)
        write_file(session.args.sarif, json.dumps(log, indent=1).encode())


class _List(Protocol[Rendered]):
    """Where findings are written: each is rendered where it was found, and written here."""

    def render(self, finding: Finding) -> Rendered: ...

    def item(self, rendered: Rendered) -> None: ...

    def end(self, counts: dict[Verdict, int]) -> None: ...


class _TextList:
    """Findings as cards for people, and how many of what."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: set[GuideText] = set()

    def render(self, finding: Finding) -> tuple[str, GuideText]:
        from configure587.report import text

        style = self._session.style
        return "\n".join(text.card(style, finding)), text.guide_of(style, finding)

    def item(self, rendered: tuple[str, GuideText]) -> None:
        from configure587.report import text

        card, guide = rendered
        self._session.say([card, *text.guide(self._session.style, guide, self._told)])

    def end(self, counts: dict[Verdict, int]) -> None:
        from configure587.report import text

        self._session.say(text.summary(self._session.style, counts))


class _JsonList:
    """A ScanJson document, written as the findings come."""

    def __init__(
        self, session: Session, recovered: Sequence[Outcome], damaged: Sequence[str]
    ) -> None:
        import json

        from configure587.report import wire

        self._write = session.write
        self._finding = wire.finding
        self._encode = json.JSONEncoder().encode
        self._separator = "\n"
        head = {
            "schema": wire.SCHEMA,
            "kind": "scan",
            "computer": engine.computer(session.machine),
            "notices": wire.reasons(session.machine.notices),
            "recovered": [wire.outcome(each) for each in recovered],
            "damaged_backups": list(damaged),
        }
        self._write(self._encode(head)[:-1] + ', "findings": [')

    def render(self, finding: Finding) -> str:
        return self._encode(self._finding(finding))

    def item(self, rendered: str) -> None:
        self._write(self._separator + rendered)
        self._separator = ",\n"

    def end(self, counts: dict[Verdict, int]) -> None:
        summary = {verdict.value: count for verdict, count in counts.items()}
        self._write(f'\n], "summary": {self._encode(summary)}}}\n')
