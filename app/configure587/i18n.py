"""Catalogues: which language a person reads, and its sentences."""

from __future__ import annotations

import functools
import gettext
import os
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PORTUGUESE = "pt-BR"
ENGLISH = "en"
LANGUAGES = (PORTUGUESE, ENGLISH)


def choose(preferred: Sequence[str]) -> str:
    """The language of ours that suits these preferences: any Portuguese is Portuguese."""
    for name in preferred:
        if name.lower().startswith("pt"):
            return PORTUGUESE
        if name.lower().startswith("en"):
            return ENGLISH
    return ENGLISH


def texts(language: str) -> gettext.NullTranslations:
    """The sentences of one language; English is the language of the source."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    import importlib

    name = language.replace("-", "_")
    for folder in importlib.import_module("configure587.locales").__path__:
        path = os.path.join(folder, name, "LC_MESSAGES", "configure587.mo")
        try:
            return _catalogue(path)
        except (OSError, ValueError, struct.error):
            continue  # not there, or damaged: English is better than nothing
    return gettext.NullTranslations()


@functools.cache
def _catalogue(path: str) -> gettext.GNUTranslations:
    """What stands in a file; the command and the window ask for the same one."""
    with open(path, "rb") as source:
        return gettext.GNUTranslations(source)


def language_of(texts: gettext.NullTranslations) -> str:
    """The language in which these sentences really are, by their catalogue's own word."""
    name = texts.info().get("language", ENGLISH).replace("_", "-")
    return name if name in LANGUAGES else ENGLISH


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark a sentence for the catalogue; it is translated where it is shown."""
    return message
