"""What stops a run, in the window's own words where the command line's speak of its options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.report import sentences, troubles

if TYPE_CHECKING:
    import gettext

    from configure587.errors import Configure587Error

_HERE = {
    "copy_damaged": N_("Undo only our own change instead. The backup's folder is {folder}."),
    "copy_withheld": N_("Undo only our own change instead."),
    "data_folder_denied": N_("Without a backup nothing is changed. Nothing was changed."),
    "data_folder_full": N_("Without a backup nothing is changed. Make room, then try again."),
    "another_run": N_("Wait until it has finished and try again."),
    "no_such_backup": N_("Look at the History again: it shows which there are."),
}


def title_and_advice(texts: gettext.NullTranslations, error: Configure587Error) -> tuple[str, str]:
    """What happened, and what to do."""
    title, advice = troubles.title_and_advice(texts, error, "configure587")
    own = _HERE.get(error.code)
    return title, advice if own is None else sentences.filled(texts, own, error.fields)
