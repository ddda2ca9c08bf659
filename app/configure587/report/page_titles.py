"""What each page of the window is called, for the window itself and for whoever supports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.pages import Page

if TYPE_CHECKING:
    import gettext

TITLES = {
    Page.START: N_("Welcome"),
    Page.LOOKING: N_("Looking at your mail programs"),
    Page.FOUND: N_("What we found"),
    Page.CHANGES: N_("What will change"),
    Page.CLOSE_PROGRAM: N_("Close the mail program"),
    Page.CHANGING: N_("Making the change"),
    Page.DONE: N_("Done"),
    Page.ALL_GOOD: N_("Nothing has to change"),
    Page.NO_PROGRAM: N_("No mail program found"),
    Page.SERVER_TROUBLE: N_("The server could not be confirmed"),
    Page.NO_NETWORK: N_("No connection to the internet"),
    Page.OTHER_SERVER: N_("A server with another name"),
    Page.MODERN_SIGN_IN: N_("Sign-in in your provider's window"),
    Page.ORGANIZATION: N_("Managed by your organisation"),
    Page.NOT_CHANGED: N_("Nothing was changed"),
    Page.UNDOING: N_("Undoing the change"),
    Page.UNDONE: N_("The change was undone"),
    Page.CANNOT_GO_ON: N_("We cannot go on yet"),
    Page.LEARN: N_("Learn"),
    Page.GLOSSARY: N_("What the words mean"),
    Page.GUIDE: N_("Step by step"),
    Page.HISTORY: N_("History"),
    Page.WHOLE_FILE: N_("Put a whole file back"),
    Page.HELP: N_("Help and support"),
    Page.REPORT: N_("Report for support"),
    Page.CRASH: N_("A fault of ours"),
}
_NO_PAGE = N_("Command line, without a window")
_NEW_PAGE = N_("A page that this version does not know")
_KNOWN = {page.value: title for page, title in TITLES.items()}


def title(texts: gettext.NullTranslations, number: int) -> str:
    """The title of a page by its number; 0 is the command line."""
    return texts.gettext(_KNOWN.get(number, _NEW_PAGE if number else _NO_PAGE))
