"""--all-users: a word of the command line for all people of this computer, one after the other."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from configure587.errors import Configure587Error, Refused, expected
from configure587.machine import here
from configure587.machine.people import NOT_PEOPLE
from configure587.policy import Probe
from configure587.report import people as report
from configure587.rollout import everyone, reports
from configure587.verbs import unattended

if TYPE_CHECKING:
    from configure587.machine.people import People
    from configure587.policy import Policy
    from configure587.report.run_documents import PersonJson, RunWord
    from configure587.rollout.everyone import Part, Prepared
    from configure587.session import Session

# What names something of one person, which for all of them means nothing.
_FOR_ONE = {
    "image": "--image",
    "data_dir": "--data-dir",
    "planfile": "PLANFILE",
    "only": "--only",
    "skip": "--skip",
    "backup": "BACKUP",
    "last": "--last",
    "whole_file": "--whole-file",
    "sarif": "--sarif",
}


def run(session: Session, word: RunWord, people: People | None = None) -> int:
    """Do it for all, say how it went for each, and report; `people` are those of this computer."""
    _refuse_what_is_for_one(session)
    _ask(session, word)
    reported = unattended.begun(session, word)
    try:
        policy = reported.policy._replace(own_keys=_left_to_people(session, word))
        entries = _carried_out(session, policy, word, people)
    except (Configure587Error, OSError) as error:
        reported.stopped_by(expected(error))
        raise
    code = everyone.exit_code(entries)
    session.say(report.summary(session.style, entries))
    session.document(reported.made(entries, code))
    return reported.end(entries, code)


def _carried_out(
    session: Session, policy: Policy, word: RunWord, people: People | None
) -> list[PersonJson]:
    """Everybody's entry, in the order of their accounts; each is said as soon as it is done."""
    parts = everyone.carried_out(
        people if people is not None else here.people(),
        policy,
        word,
        dry_run=_is_rehearsal(session),
        names=reports.names(session.machine, policy),
        stop=session.stop,
        network=_network(session, policy, word),
    )
    done = []
    for each in parts:
        done.append(each)
        _say(session, each)
    return [each.entry for each in sorted(done, key=lambda part: part.place)]


def _left_to_people(session: Session, word: RunWord) -> tuple[str, ...]:
    """What a policy of each person's own may decide; undoing heeds none."""
    if word == "rollback":
        return ()
    from configure587.policies import settling

    return settling.left_to_people(session.wishes, session.said())


def _say(session: Session, part: Part) -> None:
    if part.entry["reason"] not in NOT_PEOPLE:
        session.say(report.lines(session.style, part.someone.name, part.entry))


def _is_rehearsal(session: Session) -> bool:
    return bool(getattr(session.args, "dry_run", False))


def _network(session: Session, policy: Policy, word: RunWord) -> Prepared | None:
    """How servers are looked at, where anything is going to be changed."""
    if word != "apply" or policy.probe is Probe.OFF:
        return None
    from configure587.submission.probe import SocketNetwork

    wait_more = bool(getattr(session.args, "wait_more", False))
    return everyone.Prepared(functools.partial(SocketNetwork, wait_more=wait_more))


def _refuse_what_is_for_one(session: Session) -> None:
    for name, option in _FOR_ONE.items():
        if getattr(session.args, name, None):
            raise Refused("not_for_all_users", option=option)


def _ask(session: Session, word: RunWord) -> None:
    """One question on a terminal; elsewhere a change needs --yes or --silent."""
    args = session.args
    silent = bool(getattr(args, "silent", False))
    if word == "scan" or _is_rehearsal(session) or silent or getattr(args, "yes", False):
        return
    if not session.interactive or session.json:
        raise Refused("not_confirmed")
    _ = session.style.texts.gettext
    question, declined = {
        "apply": (
            _("Change this now for all people of this computer? Each gets a backup first. [y/N] "),
            "declined",
        ),
        "rollback": (
            _("Undo every change of ours for all people of this computer? [y/N] "),
            "declined_undo",
        ),
    }[word]
    if not session.agrees(question):
        raise Refused(declined)
