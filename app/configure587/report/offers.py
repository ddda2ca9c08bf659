"""The questions that a plan leaves open: whether a proven server of another name may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configure587.report import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.model import Finding, Plan, Reason
    from configure587.report.style import Style


class Question(NamedTuple):
    """What to show, what to ask, and the findings that a yes is for.

    Where `answer` is not "", only that word is a yes, for then a mere y would be too easily said.
    """

    lines: tuple[str, ...]
    words: str
    answer: str
    ids: tuple[str, ...]


def questions(style: Style, made: Plan) -> Iterator[Question]:
    """One for each server that another one could replace, whichever accounts it is for."""
    offered = {step.finding.id for step in made.offers}
    asked: dict[Reason, list[Finding]] = {}
    for finding in (*(step.finding for step in made.steps), *made.untouched):
        why = _why(finding, "other_host_found")
        if why is not None and finding.id in offered:
            asked.setdefault(why, []).append(finding)
    for why, findings in asked.items():
        yield _question(style, {name: text.shown(str(each)) for name, each in why.fields}, findings)


def _question(style: Style, fields: dict[str, str], findings: list[Finding]) -> Question:
    _ = style.texts.gettext
    first = findings[0]
    by_dns = _why(first, "other_host_by_dns")
    words = _("Use {other} in place of {host}? Say yes only if it is your mail provider's. [y/N] ")
    if by_dns is not None:
        words = _("To use {other} in place of {host}, type {domain}: ")
    accounts = ", ".join(dict.fromkeys(text.account(style, each) for each in findings))
    could_not = _("{accounts}: the outgoing server {host} could not be confirmed.")
    passes = _(
        "The server {other}, of {domain}, passes every check. Its certificate is for {names} and "
        "was issued by {issuer}."
    )
    lines = (
        could_not.format(accounts=accounts, **fields),
        *text.reasons(style, filter(_explains, first.reasons)),
        *text.sentence(style, passes.format(**fields)),
        *text.reasons(style, filter(None, [by_dns])),
    )
    answer = fields["domain"] if by_dns is not None else ""
    return Question(lines, words.format(**fields), answer, tuple(each.id for each in findings))


def _why(finding: Finding, code: str) -> Reason | None:
    return next((each for each in finding.reasons if each.code == code), None)


def _explains(why: Reason) -> bool:
    """Whether a reason tells what is wrong with today's server, or what to mind with the other."""
    return why.code.startswith(("proof_", "certificate_", "server_said", "user_name_"))
