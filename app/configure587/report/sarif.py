"""Findings as a SARIF 2.1.0 log, for the programs in which others collect what scanners found.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. What is handed in may be shown as
it is: whoever hides names did so before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from configure587 import __version__
from configure587.i18n import N_, PORTUGUESE, language_of
from configure587.machine.sheets import REGISTRY
from configure587.model import Verdict
from configure587.report import sentences, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configure587.model import Finding, Place
    from configure587.report.style import Style

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "HOME"
_DRIVE = re.compile(r"[A-Za-z]:")
_WINDOWS = re.compile(r"~\\|\\\\|[A-Za-z]:\\")
FINGERPRINT = "configure587Finding/v1"

MEANINGS = {
    Verdict.DUE: N_("This account sends through a port that is to be left behind."),
    Verdict.HALF_WAY: N_(
        "The port is the right one, but the connection is not protected for certain."
    ),
    Verdict.FINE: N_("This account sends through the right port with a protected connection."),
    Verdict.LEFT_ALONE: N_(
        "This account does not need the change, or somebody chose its settings on purpose."
    ),
    Verdict.STUCK: N_("This account needs the change, and only a person can make it."),
    Verdict.BLOCKED: N_(
        "The organisation decides over this account's settings, so only its administrator can "
        "change them."
    ),
    Verdict.GUIDED: N_(
        "No other program can see or change these settings safely. A person can look, step by step."
    ),
    Verdict.UNREADABLE: N_("The settings could not be read, so nothing is known of them."),
    Verdict.UNPROVEN: N_("This account needs the change, and its server could not be confirmed."),
}

# Sections 3.27.9 (kind) and 3.27.10 (level) of the standard: only what fails has a level.
_KINDS = {
    Verdict.DUE: ("fail", "error"),
    Verdict.HALF_WAY: ("fail", "warning"),
    Verdict.FINE: ("pass", "none"),
    Verdict.LEFT_ALONE: ("notApplicable", "none"),
    Verdict.STUCK: ("fail", "warning"),
    Verdict.BLOCKED: ("fail", "warning"),
    Verdict.GUIDED: ("review", "none"),
    Verdict.UNREADABLE: ("fail", "warning"),
    Verdict.UNPROVEN: ("fail", "warning"),
}

_SUBMISSION = "https://www.rfc-editor.org/rfc/rfc6409"  # what port 587 is for
_PROTECTION = "https://www.rfc-editor.org/rfc/rfc8314"  # why clear text is not enough
_ABOUT_PORTS = {Verdict.DUE, Verdict.STUCK, Verdict.BLOCKED, Verdict.LEFT_ALONE, Verdict.GUIDED}


class Run(NamedTuple):
    """What a scan was: which system, from when to when (ISO 8601, UTC), and its exit code."""

    platform: str
    started: str
    ended: str
    exit_code: int


def log(style: Style, run: Run, found: Sequence[tuple[str, Finding]]) -> dict[str, Any]:
    """The whole log; each finding comes with a fingerprint that stays between runs."""
    plain = style._replace(plain=True, color=False, ids=False)
    results = [_result(plain, fingerprint, finding) for fingerprint, finding in found]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(plain, run, results)]}


def _run(style: Style, run: Run, results: list[dict[str, Any]]) -> dict[str, Any]:
    _ = style.texts.gettext
    return {
        "tool": {
            "driver": {
                "name": "Configure587",
                "fullName": f"Configure 587! {__version__}",
                "version": __version__,
                "language": _language(style),
                "rules": [_rule(style, verdict) for verdict in Verdict],
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": run.exit_code,
                "startTimeUtc": run.started,
                "endTimeUtc": run.ended,
            }
        ],
        "language": _language(style),
        "originalUriBaseIds": {
            HOME: {"description": {"text": _("The person's home folder; its path is not told.")}}
        },
        "columnKind": "unicodeCodePoints",
        "properties": {"platform": run.platform},
        "results": results,
    }


def _language(style: Style) -> str:
    return "pt-BR" if language_of(style.texts) == PORTUGUESE else "en-US"


def _result(style: Style, fingerprint: str, finding: Finding) -> dict[str, Any]:
    """One finding; its rule is its verdict, and the first reason tells it from others of it."""
    kind, level = _KINDS[finding.verdict]
    return {
        "ruleId": "/".join([finding.verdict.value, *[each.code for each in finding.reasons[:1]]]),
        "ruleIndex": list(Verdict).index(finding.verdict),
        "kind": kind,
        "level": level,
        "message": {"text": _message(style, finding)},
        "locations": [location(finding.profile.place)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "properties": _properties(finding),
    }


def _message(style: Style, finding: Finding) -> str:
    """What the card of this finding says, but for its place, which stands beside it."""
    _ = style.texts.gettext
    verdict, account = _(sentences.VERDICTS[finding.verdict]), text.account(style, finding)
    said = [_("{account}: {verdict}.").format(account=account, verdict=verdict)]
    if finding.server is not None and finding.verdict is not Verdict.UNREADABLE:
        said.append(text.sends(style, finding.server))
    if finding.target is not None:
        said.append(text.goes(style, finding.target))
    return " ".join([*said, *text.reasons(style, finding.reasons)])


def _rule(style: Style, verdict: Verdict) -> dict[str, Any]:
    """A verdict as a rule; those of a verdict and a reason are its parts (section 3.5.4)."""
    _ = style.texts.gettext
    word, meaning = _(sentences.VERDICTS[verdict]), _(MEANINGS[verdict])
    return {
        "id": verdict.value,
        "name": "Outgoing" + "".join(part.capitalize() for part in verdict.value.split("_")),
        "shortDescription": {"text": f"{word}."},
        "fullDescription": {"text": meaning},
        "help": {"text": meaning},
        "helpUri": _SUBMISSION if verdict in _ABOUT_PORTS else _PROTECTION,
        "defaultConfiguration": {"level": _KINDS[verdict][1]},
    }


def _properties(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {
        "client": finding.profile.client,
        "program": finding.profile.program,
        "verdict": finding.verdict.value,
        "reasons": [each.code for each in finding.reasons],
    }
    if finding.server is not None:
        door = finding.server.transport
        found |= {"port": door.port, "security": door.security.value}
    return found


def location(place: Place) -> dict[str, Any]:
    """A file below the home, a file elsewhere, or a key of the registry."""
    if place.kind == REGISTRY:
        name = place.path.rpartition("\\")[2]
        key = {"name": name, "fullyQualifiedName": place.path, "kind": "resource"}
        return {"logicalLocations": [key]}
    return {"physicalLocation": {"artifactLocation": _artifact(place.path)}}


def _artifact(path: str) -> dict[str, str]:
    """The path as a URI (RFC 8089); "~" stands for the home, and Windows is told by its paths."""
    if _WINDOWS.match(path):
        path = path.replace("\\", "/")
    if path.startswith("~/"):
        return {"uri": _quoted(path[2:]), "uriBaseId": HOME}
    if path.startswith("//"):  # \\computer\share
        return {"uri": "file:" + _quoted(path)}
    return {"uri": "file:///" + _quoted(path.lstrip("/"))}


def _quoted(path: str) -> str:
    """Each part as a URI spells it; a drive keeps its colon."""
    drive = path[:2] if _DRIVE.match(path) else ""
    return drive + quote(path[len(drive) :], errors="surrogateescape")
