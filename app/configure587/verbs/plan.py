"""configure587 plan: what would change, before and after; changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import engine, story
from configure587.machine import here
from configure587.model import Verdict
from configure587.report import exit_codes, text, wire
from configure587.verbs.output import write_file

if TYPE_CHECKING:
    from configure587.model import Plan
    from configure587.session import Session


def run(session: Session) -> int:
    """The changes as before and after; with -o as a file that can be approved and applied."""
    session.tell_notices()
    recovered = engine.recover(session.machine)
    session.tell_recovered(recovered)
    session = session.networked()
    made = engine.chosen(session.machine, session.policy(), session.notify)
    session.done_showing()
    sealed = story.seal(wire.plan(made, session.ledger), indent=1)
    if session.json:
        session.write(sealed.decode())
    say_plan(session, made)
    if session.args.output is not None:
        write_file(session.args.output, sealed)
        _ = session.style.texts.gettext
        line = _("The plan is in {path}. To apply it: {command} apply {file}")
        path = session.args.output
        fields = {"command": session.style.command, "file": here.spelled([path])}
        session.say([line.format(path=path, **fields)])
    session.tell_ledger()
    left = [finding for finding in made.untouched if finding.target is None]
    found = [*(step.finding for step in made.steps), *left]
    return exit_codes.of_verdicts((each.verdict for each in found), exit_codes.of_unproven(left))


def say_plan(session: Session, made: Plan) -> None:
    """Show every change as before and after, then what stays."""
    session.say(text.remarks(session.style, made.remarks))
    for step in made.steps:
        session.say(text.step(session.style, step))
    told: set[text.GuideText] = set()
    for finding in made.untouched:
        session.say(text.finding(session.style, finding, told))
    _ = session.style.texts.gettext
    if not made.steps and any(each.verdict is Verdict.UNPROVEN for each in made.untouched):
        session.say([_("Nothing can be changed just now: no server was confirmed.")])
    elif not made.steps:
        session.say([_("There is nothing to change.")])
