"""Step by step by a person's own hand: which guide helps with a finding, and what it says.

A guide is resources/guides/LANGUAGE/NAME.md: its title, what it is for, numbered steps.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from configure587.model import Finding

OF_CLIENT = {
    "thunderbird": "thunderbird",
    "outlook": "outlook",
    "windows_live_mail": "windows-live-mail",
}
OF_PROGRAM = {
    "Outlook (new)": "outlook-new",
    "Mail (Windows 10)": "windows-10-mail",
    "Outlook for Mac": "outlook-mac",
    "Apple Mail": "apple-mail",
}
OF_REASON = {"outlook_too_old": "outlook-old", "outlook_corporate": "outlook-old"}
_SAYS_ALL = {"odd_spelling", "outlook_oauth"}  # reasons whose sentence is the whole advice

_BETWEEN = re.compile(r"\n\n|\n(?=\d+\. )")
_LABEL = re.compile(r"\*\*(.+?)\*\*")


def name_of(finding: Finding) -> str:
    """The guide that helps to do by hand what we cannot; "" when there is none."""
    codes = {reason.code for reason in finding.reasons}
    if codes & _SAYS_ALL:
        return ""
    for code in codes & OF_REASON.keys():
        return OF_REASON[code]
    profile = finding.profile
    return OF_PROGRAM.get(profile.program) or OF_CLIENT.get(profile.client, "")


def steps(language: str, name: str) -> list[str]:
    """What a guide says, as lines of plain text: what it is for, then each step with its number."""
    from importlib import resources

    path = resources.files("configure587.resources").joinpath("guides", language, f"{name}.md")
    _title, *blocks = _BETWEEN.split(path.read_text(encoding="utf-8"))
    return [_LABEL.sub("\u201c\\1\u201d", " ".join(block.split())) for block in blocks]
