"""How each sign of a code is read aloud, so that it cannot be misheard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_

if TYPE_CHECKING:
    import gettext

SIGNS = {
    "0": N_("zero"),
    "2": N_("two"),
    "3": N_("three"),
    "4": N_("four"),
    "7": N_("seven"),
    "9": N_("nine"),
    # Translators: a letter as people spell it on the phone in your language.
    "F": N_("F as in Foxtrot"),
    "H": N_("H as in Hotel"),
    "J": N_("J as in Juliett"),
    "L": N_("L as in Lima"),
    "M": N_("M as in Mike"),
    "P": N_("P as in Papa"),
    "R": N_("R as in Romeo"),
    "W": N_("W as in Whiskey"),
    "X": N_("X as in X-ray"),
    "Y": N_("Y as in Yankee"),
}


def hints(texts: gettext.NullTranslations, code: str) -> list[str]:
    """One line for each group of a code: every sign as it is said, a comma between two."""
    return [
        ", ".join(texts.gettext(SIGNS[sign]) if sign in SIGNS else sign for sign in group)
        for group in code.split("-")
    ]
