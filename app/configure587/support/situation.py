"""Where a person stands: what a support code tells, as a value without anything personal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from configure587 import __version__
from configure587.model import Result, State, Verdict
from configure587.support import numbers
from configure587.support.numbers import Last, Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from configure587.machine import Platform
    from configure587.model import Finding, Outcome, Reason

COMMAND_LINE = 0  # the page number of a code that was made without a window
MOST_REASONS = 3

# Most in need of a person first: the first that occurs decides what an agent says.
SEVERITY = (
    *(Verdict.UNPROVEN, Verdict.DUE, Verdict.HALF_WAY, Verdict.STUCK, Verdict.UNREADABLE),
    *(Verdict.BLOCKED, Verdict.GUIDED, Verdict.LEFT_ALONE, Verdict.FINE),
)


class Situation(NamedTuple):
    """What a code tells. `page` is a number of pages.Page, or 0 for the command line.

    `version` is major, minor, patch; `verdicts` are kinds and how many accounts have each, most
    pressing first; `more` is true when something was left out for want of room.
    """

    page: int
    version: tuple[int, int, int]
    platform: Platform
    programs: tuple[str, ...] = ()
    verdicts: tuple[tuple[Verdict, int], ...] = ()
    reasons: tuple[str, ...] = ()
    last: Last = Last.NONE
    picture: Picture = Picture.UNKNOWN
    more: bool = False


def of(  # noqa: PLR0913 - a situation has this many sides
    page: int,
    platform: Platform,
    findings: Sequence[Finding] = (),
    *,
    reasons: Iterable[Reason] = (),
    last: Last = Last.NONE,
    looked: bool = False,
    version: str = __version__,
) -> Situation:
    """The situation on a page; `reasons` are what concerns the run as a whole, and come first.

    Of the findings only the most pressing ones give reasons: an agent speaks of one thing first.
    `looked` is whether servers were looked at, so that no trouble means a good network.
    """
    ranked = sorted(findings, key=lambda each: SEVERITY.index(each.verdict))
    general = [each.code for each in reasons]
    pressing = [
        each.code
        for finding in ranked
        if finding.verdict is ranked[0].verdict
        for each in finding.reasons
    ]
    counts: dict[Verdict, int] = {}
    for finding in ranked:
        counts[finding.verdict] = counts.get(finding.verdict, 0) + 1
    return Situation(
        page,
        release(version),
        platform,
        _programs(findings),
        tuple(counts.items()),
        _telling([*general, *pressing]),
        last,
        picture_of([*general, *pressing], looked=looked),
    )


def release(version: str) -> tuple[int, int, int]:
    """Major, minor and patch of a version's name."""
    found = [int(part) for part in re.findall(r"\d{1,9}", version)[:3]]
    major, minor, patch = [*found, 0, 0, 0][:3]
    return major, minor, patch


def _programs(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The programs met, by their numbers; one that nobody uses is not met."""
    met = {
        each.profile.program
        for each in findings
        if not any(why.code == "program_unused" for why in each.reasons)
    }
    return tuple(dict.fromkeys(program_of(number) for number in sorted(map(program_number, met))))


def program_number(name: str) -> int:
    """The number of a program; those of the classic Outlook share one."""
    known = numbers.PROGRAMS.get(name)
    if known is not None:
        return known
    return numbers.PROGRAMS["Outlook"] if name.startswith("Outlook 2") else numbers.OTHER_PROGRAM


def program_of(number: int) -> str:
    """The program of a number; "" for one that has no number of its own."""
    return numbers.PROGRAM_OF.get(number, "")


def _telling(codes: Iterable[str]) -> tuple[str, ...]:
    """The first few reasons that tell more than the verdict does."""
    known = (each for each in codes if each in numbers.REASONS)
    return tuple(dict.fromkeys(each for each in known if each not in numbers.SAID_BY_THE_VERDICT))[
        :MOST_REASONS
    ]


_PICTURES = {
    "proof_tampered": Picture.SLIPS_TEXT_IN,
    "proof_stripped": Picture.TAKES_PROTECTION_AWAY,
    "proof_not_mail": Picture.SIGN_IN_FIRST,
    "proof_blocked_587": Picture.CLOSES_587,
    "proof_offline": Picture.OFFLINE,
    "clock_wrong": Picture.CLOCK,
    "certificate_not_yet_valid": Picture.CLOCK,
    "proof_refused_here": Picture.REFUSED,
    "proof_certificate_issuer": Picture.READS_ALONG,
    "local_root": Picture.READS_ALONG,
    "proof_intercepted_25": Picture.ANSWERS_FOR_25,
    "local_proxy_25": Picture.ANSWERS_FOR_25,
    "blocked_25": Picture.CLOSES_25,
    "blocked_25_likely": Picture.CLOSES_25,
    "forbidden_25": Picture.CLOSES_25,
}
"""What a reason says of the network, most pressing first."""


def picture_of(codes: Iterable[str], *, looked: bool) -> Picture:
    """Whether it is the network, by the most pressing of these reasons."""
    met = set(codes)
    worst = next((picture for code, picture in _PICTURES.items() if code in met), None)
    if worst is not None:
        return worst
    return Picture.GOOD if looked else Picture.UNKNOWN


_DONE = {Result.CHANGED}
_UNDONE = {Result.UNDONE, Result.KEPT}
_NOTHING = {Result.UNCHANGED}


def last_of(outcomes: Sequence[Outcome]) -> Last:
    """What came of a run, by its outcomes: one failure makes it failed."""
    results = {each.result for each in outcomes} - _NOTHING
    if results - _DONE - _UNDONE:
        return Last.FAILED
    if results & _UNDONE:
        return Last.UNDONE
    return Last.DONE if results else Last.NONE


def last_of_backup(state: State | None) -> Last:
    """What came of the last change, by its backup set; None when there is no set."""
    if state is None:
        return Last.NONE
    known = {State.APPLIED: Last.DONE, State.ROLLED_BACK: Last.UNDONE}
    known |= {State.KEPT_IN_PART: Last.UNDONE}
    return known.get(state, Last.FAILED)
