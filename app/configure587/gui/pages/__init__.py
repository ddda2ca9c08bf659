"""One module for each page or family of pages; VIEWS says which shows what."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from configure587.pages import Page

if TYPE_CHECKING:
    from configure587.gui.pages.page import PageView
    from configure587.gui.session import Session
    from configure587.gui.view import View

VIEWS = {
    Page.START: ("start", "StartPage"),
    Page.LOOKING: ("working", "LookingPage"),
    Page.FOUND: ("found", "FoundPage"),
    Page.CHANGES: ("changes", "ChangesPage"),
    Page.CLOSE_PROGRAM: ("working", "CloseProgramPage"),
    Page.CHANGING: ("working", "ChangingPage"),
    Page.DONE: ("ended", "DonePage"),
    Page.ALL_GOOD: ("found", "AllGoodPage"),
    Page.NO_PROGRAM: ("found", "NoProgramPage"),
    Page.SERVER_TROUBLE: ("trouble", "ServerTroublePage"),
    Page.NO_NETWORK: ("trouble", "NoNetworkPage"),
    Page.OTHER_SERVER: ("trouble", "OtherServerPage"),
    Page.MODERN_SIGN_IN: ("trouble", "ModernSignInPage"),
    Page.ORGANIZATION: ("trouble", "OrganizationPage"),
    Page.NOT_CHANGED: ("ended", "NotChangedPage"),
    Page.UNDOING: ("working", "UndoingPage"),
    Page.UNDONE: ("ended", "UndonePage"),
    Page.CANNOT_GO_ON: ("trouble", "CannotGoOnPage"),
    Page.LEARN: ("learn", "LearnPage"),
    Page.GLOSSARY: ("learn", "GlossaryPage"),
    Page.GUIDE: ("guide", "GuidePage"),
    Page.HISTORY: ("history", "HistoryPage"),
    Page.WHOLE_FILE: ("history", "WholeFilePage"),
    Page.HELP: ("support", "HelpPage"),
    Page.REPORT: ("support", "ReportPage"),
    Page.CRASH: ("trouble", "CrashPage"),
}
"""Page -> module, class; a module is loaded when its page is first shown."""


def show(view: View, session: Session) -> PageView:
    """The page that the session is at, built anew."""
    module, name = VIEWS[session.page]
    found = getattr(importlib.import_module(f"configure587.gui.pages.{module}"), name)
    page: PageView = found(view, session)
    return page
