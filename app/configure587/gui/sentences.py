"""What the window says of accounts: one sentence a card, without options of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.model import Result, Security, Verdict
from configure587.report import sentences, text
from configure587.report.style import Style

if TYPE_CHECKING:
    import gettext
    from collections.abc import Sequence

    from configure587.model import Finding, Outcome, OutgoingServer, Profile, Reason

# The window's own words where the command line's speak of its options.
_HERE = {
    "odd_port": N_("It sends through port {port}, which somebody must have chosen on purpose."),
    "local_host": N_(
        "The outgoing server {host} belongs to this computer or its own network: an antivirus, "
        "a program in between or an office server."
    ),
    "starttls_unsure": N_(
        "Nobody documents whether this program can protect the connection on port 587. Port 465 is "
        "the safer way where your provider offers it."
    ),
    "proof_only_465_encrypts": N_(
        "{host} offers no protection on port {port}, but port 465 is protected from the first "
        "moment."
    ),
    "proof_only_465": N_(
        "{host} does not answer on port {port}, but port 465 is protected from the first moment."
    ),
    "other_host_found": N_("The server {other} passes every check."),
    "port_465_good": N_("Port 465 of {host} is protected from the first moment."),
    "wait_more": N_(
        "Some servers pause on purpose before they greet. It may help to try again later."
    ),
    "changed_since": N_(
        "Somebody changed this account's settings after us, so we left them as they are."
    ),
    "running": N_("{program} is open. While it is open, the change would be lost."),
}

# What is wrong, by the protection that there is; for accounts that need the change.
_DUE = {
    Security.NONE: N_(
        "It sends through port {port}, without protection. Many home networks close that port, "
        "and others could read your password on the way."
    ),
    Security.OPPORTUNISTIC: N_(
        "It sends through port {port}, which many home networks close, and the connection is "
        "protected only if nobody in between objects."
    ),
    Security.STARTTLS: N_(
        "It sends through port {port}, which many home networks close. The protection is right; "
        "only the port is not."
    ),
    Security.TLS: N_("It sends through port {port}, which is to be left behind."),
}
_ALL = {
    Verdict.HALF_WAY: N_(
        "It already uses port {port}, but the connection is not protected for certain."
    ),
    Verdict.FINE: N_(
        "It sends through port {port} with a protected connection. There is nothing to do."
    ),
}

RESULTS_GOOD = {Result.CHANGED, Result.UNDONE, Result.UNCHANGED}


def style(texts: gettext.NullTranslations) -> Style:
    """Text of the report room, one sentence a line."""
    return Style(texts, plain=True)


def account(texts: gettext.NullTranslations, finding: Finding) -> str:
    """An account by its address."""
    return text.account(style(texts), finding)


def program(texts: gettext.NullTranslations, profile: Profile) -> str:
    """The mail program, in the reader's language."""
    return text.program(style(texts), profile)


def state(texts: gettext.NullTranslations, verdict: Verdict) -> str:
    """The word for a state."""
    return texts.gettext(sentences.VERDICTS[verdict])


def summary(texts: gettext.NullTranslations, finding: Finding) -> str:
    """The one sentence of a card: in plain words what is the matter."""
    server = finding.server
    if server is not None and finding.verdict is Verdict.DUE:
        return _filled(texts, _DUE[server.transport.security], server)
    if server is not None and finding.verdict in _ALL:
        return _filled(texts, _ALL[finding.verdict], server)
    for reason in reversed(finding.reasons):
        if reason.code.startswith("proof_") or reason.code == "left_by_policy":
            return explain(texts, reason)
    return explain(texts, finding.reasons[0]) if finding.reasons else ""


def why(finding: Finding) -> str:
    """Which entry of Learn says why."""
    from configure587 import awareness

    return awareness.why(finding.verdict, [each.code for each in finding.reasons])


def details(texts: gettext.NullTranslations, finding: Finding) -> list[str]:
    """Everything else that is known, one sentence each: where it is, what it is set to, why."""
    lines = [text.where(style(texts), finding.profile)]
    if finding.server is not None and finding.verdict is not Verdict.UNREADABLE:
        lines.append(text.sends(style(texts), finding.server))
    return [*lines, *(explain(texts, each) for each in finding.reasons)]


def explain(texts: gettext.NullTranslations, reason: Reason) -> str:
    """A reason as a whole sentence."""
    own = _HERE.get(reason.code)
    if own is not None:
        return text.shown(sentences.filled(texts, own, dict(reason.fields)))
    return text.shown(sentences.explain(texts, reason))


def result(texts: gettext.NullTranslations, outcome: Outcome) -> str:
    """How it went with one profile, in a word or two."""
    if outcome.result is Result.BROKEN:  # the command's words tell people to start it again
        return texts.gettext("Not put back yet")
    return texts.gettext(sentences.RESULTS[outcome.result])


def who(texts: gettext.NullTranslations, outcome: Outcome) -> str:
    """Whose profile it is: its addresses, else its name."""
    if outcome.accounts:
        return ", ".join(text.shown(each) for each in outcome.accounts)
    line = texts.gettext("Profile {name}")
    return line.format(name=text.shown(outcome.profile.name))


def together(texts: gettext.NullTranslations, names: Sequence[str]) -> str:
    """Names as a list in a sentence."""
    if len(names) < 2:
        return "".join(names)
    line = texts.gettext("{first} and {last}")
    return line.format(first=", ".join(names[:-1]), last=names[-1])


def _filled(texts: gettext.NullTranslations, sentence: str, server: OutgoingServer) -> str:
    return texts.gettext(sentence).format(port=server.transport.port)
