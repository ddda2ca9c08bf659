"""Where the window changes nothing: what it offers instead, and that it offers nothing harmful."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gui_builders
from configure587.pages import Page
from gui.walking import Showing, every_language, session_in, settle, texts_of, the_button

if TYPE_CHECKING:
    from configure587.gui.session import Session


@every_language
def test_who_needs_a_modern_sign_in_is_led_to_the_steps_and_back(
    show: Showing, language: str
) -> None:
    session = gui_builders.unproven("proof_oauth_only")
    window = show(session, language)
    words = {"en": "Show the steps", "pt-BR": "Mostrar os passos"}[language]
    the_button(window, words).click()
    settle()
    assert gui_builders.where(session) is Page.GUIDE
    told = " ".join(texts_of(window))
    assert "smtp.exemplo.com.br" in told, "the steps of this account's own program and server"
    assert "OAuth2" in told
    assert "Thunderbird" in told
    carried_back(session)
    assert gui_builders.where(session) is Page.MODERN_SIGN_IN


def carried_back(session: Session) -> None:
    gui_builders.carry_out(session, session.back)


def test_steps_that_would_lead_to_a_password_are_not_offered_for_a_modern_sign_in() -> None:
    from configure587.report import guides

    finding = gui_builders.unproven("proof_oauth_only").subject
    assert finding is not None
    assert guides.has_modern_sign_in(finding)
    outlook = finding._replace(
        profile=finding.profile._replace(client="outlook", program="Outlook")
    )
    assert not guides.has_modern_sign_in(outlook)


@every_language
def test_an_account_that_steps_would_break_gets_none(show: Showing, language: str) -> None:
    session = session_in("guide, without steps")
    told = texts_of(show(session, language))
    assert not any(each == "1" for each in told), "a numbered step"
    assert any("ana@exemplo.com.br" in each for each in told)
