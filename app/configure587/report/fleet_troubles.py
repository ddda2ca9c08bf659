"""What stopped the run of a computer, as a report tells it: a sentence, whatever the report holds.

A report comes from anywhere, so a code that we do not know, or fields that do not fit it, are no
trouble of ours: then the code is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.errors import Refused
from configure587.i18n import N_
from configure587.report import text, troubles

if TYPE_CHECKING:
    import gettext

    from configure587.fleet.runs import Trouble

SENTENCES = {
    "policy_not_toml": N_("{where}: this is not written as TOML."),
    "policy_value_wrong": N_("{where}: {key} has a value that is not allowed."),
    "policy_contradiction": N_("{where}: {one} and {other} ({there}) cannot both be meant."),
    "our_bug": N_(
        "A fault of Configure 587! ended the run ({kind}, {at}). A crash file on that computer "
        "tells more. Please send it to us."
    ),
}
"""Of what has other words here than where it happened: values stay there."""

_WITH_ADVICE = {"policy_value_wrong"}
_AS_THERE = {"policy_unreadable", "policy_everybodys", "policy_key_unknown"}


def sentence(texts: gettext.NullTranslations, trouble: Trouble) -> str:
    """What stopped a run, safe for a terminal; its code, when that is all that can be said."""
    fields = {
        name: text.shown(value) if isinstance(value, str) else value
        for name, value in trouble.fields.items()
    }
    code = text.shown(trouble.code)
    try:
        return " ".join(_words(texts, code, fields))
    except (LookupError, ValueError, TypeError, AttributeError):
        return code


def _words(texts: gettext.NullTranslations, code: str, fields: dict[str, str | int]) -> list[str]:
    own = texts.gettext(SENTENCES[code]).format(**fields) if code in SENTENCES else None
    if own is not None and code not in _WITH_ADVICE:
        return [own]
    if own is None and code not in _AS_THERE:
        return [code]
    error = Refused(code, **{"value": "", **fields})
    title, advice = troubles.title_and_advice(texts, error, "configure587")
    return [title] if own is None else [own, advice]
