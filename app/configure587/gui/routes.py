"""Which page helps with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.model import Verdict
from configure587.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configure587.model import Finding, Outcome, Plan

_ORDER = (
    *(Verdict.DUE, Verdict.HALF_WAY, Verdict.UNPROVEN, Verdict.STUCK, Verdict.GUIDED),
    *(Verdict.UNREADABLE, Verdict.BLOCKED, Verdict.FINE, Verdict.LEFT_ALONE),
)
_FITS_465 = {"proof_only_465", "proof_only_465_encrypts", "starttls_unsure"}
_NETWORK = {"proof_offline", "proof_not_mail"}


def in_order(plan: Plan) -> tuple[Finding, ...]:
    """Everything that was found, what needs the person first."""
    found = [*(step.finding for step in plan.steps), *plan.untouched]
    return tuple(sorted(found, key=lambda each: _ORDER.index(each.verdict)))


def as_it_is(plan: Plan | None, outcomes: Iterable[Outcome]) -> tuple[Finding, ...] | None:
    """The accounts as they send now, after what was changed; None before the first look."""
    if plan is None:
        return None
    from configure587.model import Result  # loaded with the work, not with the window

    changed = {each.profile.folder for each in outcomes if each.result is Result.CHANGED}
    found = in_order(plan)
    return tuple(_after(each) if each.profile.folder in changed else each for each in found)


def _after(finding: Finding) -> Finding:
    if finding.server is None or finding.target is None:
        return finding
    server = finding.server._replace(transport=finding.target.transport)
    return finding._replace(server=server)


def portable(plan: Plan) -> tuple[Finding, ...]:
    """The accounts that send as they should, or will."""
    planned = {step.finding.id for step in plan.steps}
    found = in_order(plan)
    return tuple(each for each in found if each.verdict is Verdict.FINE or each.id in planned)


def page_of(finding: Finding) -> Page | None:
    """The page that helps with an account that we do not change; None when a card says it all."""
    codes = {each.code for each in finding.reasons}
    if finding.verdict is Verdict.UNPROVEN:
        if "proof_oauth_only" in codes:
            return Page.MODERN_SIGN_IN
        if other_server(finding):
            return Page.OTHER_SERVER
        return Page.NO_NETWORK if codes & _NETWORK else Page.SERVER_TROUBLE
    if finding.verdict is Verdict.BLOCKED or "managed_setup" in codes:
        return Page.ORGANIZATION
    return Page.GUIDE if finding.by_hand else None


def other_server(finding: Finding) -> str:
    """The proven server of another name that waits for the person's yes; "" when there is none."""
    return str(_other_host(finding).get("other", ""))


def typed_domain(finding: Finding) -> str:
    """The domain that the person has to type before another server is taken; "" for a mere yes.

    A name that came from DNS needs more than a click (RFC 6186, section 6).
    """
    by_dns = any(each.code == "other_host_by_dns" for each in finding.reasons)
    return str(_other_host(finding).get("domain", "")) if by_dns else ""


def _other_host(finding: Finding) -> dict[str, str | int]:
    """What is known of the other server that was found; nothing when none was."""
    found = (each for each in finding.reasons if each.code == "other_host_found")
    return next((dict(each.fields) for each in found), {})


def needs_user_name(finding: Finding) -> bool:
    """Whether nothing is missing but the name to sign in with."""
    return any(each.code == "sign_in_needed" for each in finding.reasons)


def could_use_465(finding: Finding) -> bool:
    """Whether port 465 with TLS would do where 587 does not; the person decides."""
    return any(each.code in _FITS_465 for each in finding.reasons)


def first_page(findings: Iterable[Finding]) -> Page:
    """The page that shows what was found."""
    verdicts = {each.verdict for each in findings}
    if not verdicts:
        return Page.NO_PROGRAM
    return Page.ALL_GOOD if verdicts <= {Verdict.FINE, Verdict.LEFT_ALONE} else Page.FOUND


def same_question(one: Finding, other: Finding | None) -> bool:
    """Whether a yes for one account is a yes for the other: the same two servers, or itself."""
    if other is None or one.id == other.id:
        return other is not None
    why = [each for each in other.reasons if each.code == "other_host_found"]
    return bool(why) and why[0] in one.reasons
