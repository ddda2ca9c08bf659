"""What we did not change, and what to do now: an honest page for each, with the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from configure587.gui import sentences
from configure587.gui.pages.page import PageView
from configure587.gui.routes import could_use_465, other_server, typed_domain
from configure587.gui.widgets.card import Card, stacked
from configure587.gui.widgets.controls import button, small
from configure587.gui.widgets.field import Field
from configure587.report import guides, text

if TYPE_CHECKING:
    from configure587.model import Finding


_KNOWN = {"port_25", "due_port", "not_protected"}
"""Why the account needs the change: its card said so; here it is about what is in the way."""


class _OfOne(PageView):
    """A page about one account that we did not change."""

    def finding(self) -> Finding:
        """The account."""
        assert self.session.subject is not None
        return self.session.subject

    def name(self) -> str:
        """Its address."""
        return sentences.account(self.view.texts, self.finding())

    def reasons(self) -> None:
        """Everything that is known, and buttons for what can be done."""
        texts = self.view.texts
        told = [each for each in self.finding().reasons if each.code not in _KNOWN]
        lines = [sentences.explain(texts, each) for each in told or self.finding().reasons]
        self.add(Card(self.view, stacked(self.view, dict.fromkeys(lines))))

    def following(self) -> None:
        """A button to the next account that needs the person, if there is one."""
        if self.session.next_subject() is not None:
            self.secondary(self._("&Next account"), self.go_to_next)


class ServerTroublePage(_OfOne):
    """Page 10: the server could not be proven."""

    def heading(self) -> str:
        """See PageView."""
        return self._("We left {account} alone").format(account=self.name())

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "Its server did not pass our checks, so a change might have stopped your mail. Your "
            "settings are as they were."
        )

    def fill(self) -> None:
        """See PageView."""
        self.reasons()
        server = self.finding().server
        if server is not None:
            question = self._(
                "Question for your mail provider: which is the outgoing server on port 587, with "
                "STARTTLS, for {account}? My program uses {host}."
            ).format(account=self.name(), host=server.hostname)
            copy = button(self.view, self._("&Copy the question"), "secondary", self._copy)
            self._question = question
            self.add(Card(self.view, stacked(self.view, [question]), copy))
        self.whom_to_ask()
        if self.session.may("change") and could_use_465(self.finding()):
            described = self._("Just as well protected.")
            self.choice("targets", self._("&Use port 465"), self.use_465, described)
        if any(each.code == "wait_more" for each in self.finding().reasons):
            self.secondary(self._("&Wait longer"), self._wait)
        if not self.session.policy.online:
            self.paragraph(
                self._(
                    "We can also ask the internet which server is the right one: your provider's "
                    "own site, the database of Thunderbird and the name system learn your mail "
                    "domain then, and nothing else. Whatever is found has to pass the same checks."
                )
            )
            self.choice("online", self._("&Search on the internet"), self._search)
        self.following()
        self.primary(self._("&Try again"), self.look_again)

    def _wait(self) -> None:
        self.intended.emit(self.session.wait_longer)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._question)

    def _search(self) -> None:
        self.intended.emit(self.session.search_online)


class NoNetworkPage(_OfOne):
    """Page 11: no server could be reached at all."""

    def heading(self) -> str:
        """See PageView."""
        return self._("The internet does not answer")

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "Without it we cannot check your server, and without that check we change nothing. "
            "Connect to the internet and try again."
        )

    def fill(self) -> None:
        """See PageView."""
        self.reasons()
        self.whom_to_ask()
        self.following()
        self.primary(self._("&Try again"), self.look_again)


class OtherServerPage(_OfOne):
    """Page 12: another server passes; only the person can say that it is their provider's."""

    def heading(self) -> str:
        """See PageView."""
        return self._("Is this your provider's server?")

    def sentence(self) -> str:
        """See PageView."""
        server = self.finding().server
        return self._(
            "Today {account} sends through {host}, which did not pass our checks. {other} passes "
            "them all. We use it only if you know it as your provider's."
        ).format(
            account=self.name(),
            host=server.hostname if server is not None else "",
            other=other_server(self.finding()),
        )

    def fill(self) -> None:
        """See PageView."""
        self.reasons()
        self.paragraph(
            self._(
                "If you are not sure, ask your mail provider first. As long as you do not say yes, "
                "everything stays as it is."
            )
        )
        self.whom_to_ask()
        self.following()
        words = self._("&Yes, use {other}").format(other=other_server(self.finding()))
        self.choice("accept-hosts", words, self._accept)
        self._yes = self._sides[-1]
        self._domain = typed_domain(self.finding())
        if self._domain and not self.session.is_fixed("accept-hosts"):
            question = self._("To say yes, type the domain of your mail provider: {domain}")
            field = Field(self.view, question.format(domain=self._domain))
            field.typed.connect(self._typed)
            field.entered.connect(self._yes.click)  # which does nothing until it is right
            self.add(field)
            self._yes.setEnabled(False)
        self.primary(self._("&No, leave it as it is"), self.going_back)

    def _typed(self, text: str) -> None:
        self._yes.setEnabled(text.strip().casefold() == self._domain.casefold())

    def _accept(self) -> None:
        self.intended.emit(self.session.take_offer)


class ModernSignInPage(_OfOne):
    """Page 13: the server takes no password."""

    def heading(self) -> str:
        """See PageView."""
        return self._("{account} needs another way to sign in").format(account=self.name())

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "The server is ready, but it accepts no password: you sign in through a window of your "
            "provider. That has to be set in the mail program itself, so we left it alone."
        )

    def fill(self) -> None:
        """See PageView."""
        self.reasons()
        if self.session.offered:
            self.paragraph(
                self._(
                    "If you choose OAuth2 for this account in the mail program yourself, we can "
                    "change the port already now."
                )
            )
            self.secondary(self._("&Change the port all the same"), self._change)
        if guides.has_modern_sign_in(self.finding()):
            self.secondary(self._("&Show the steps"), self._steps, self._("Step by step by hand"))
        self.whom_to_ask()
        self.following()
        self.primary(self._("&Try again"), self.look_again)

    def _change(self) -> None:
        self.intended.emit(self.session.take_offer)

    def _steps(self) -> None:
        self.intended.emit(self.session.show_steps)


class OrganizationPage(_OfOne):
    """Page 14: only an administrator can change it."""

    def heading(self) -> str:
        """See PageView."""
        return self._("Managed by your organisation")

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "The settings of {account} are decided by the organisation that looks after this "
            "computer. Show this page to your administrator."
        ).format(account=self.name())

    def fill(self) -> None:
        """See PageView."""
        self.reasons()
        self.whom_to_ask()
        self.following()
        if self.session.may("report"):
            self.primary(self._("&Report for the administrator"), self.make_report)
        else:
            self.primary(self._("Look a&gain"), self.look_again)


class CannotGoOnPage(PageView):
    """Page 18: what stops a run, in plain words."""

    def heading(self) -> str:
        """See PageView."""
        if self._is_policy():
            return self._("The settings of your organisation have a mistake")
        return self._trouble()[0]

    def sentence(self) -> str:
        """See PageView."""
        if self._is_policy():
            return self._(
                "We could not understand what your organisation set for this program, so nothing "
                "is changed. Show this page to whoever looks after this computer. What was changed "
                "before can still be undone, under History."
            )
        return self._trouble()[1]

    def fill(self) -> None:
        """See PageView."""
        if self._is_policy():
            lines = [text.shown(each) for each in self._trouble()]
            self.add(Card(self.view, stacked(self.view, lines)))
            self.secondary(self._("&Open the History"), self._history)
            if self.session.again is not None:
                self.primary(self._("&Try again"), self._try_again)
            return
        self.whom_to_ask()
        self.primary(self._("Back to the &start"), self.go_home)

    def _is_policy(self) -> bool:
        return self.session.broken is not None and self.session.trouble is self.session.broken

    def _try_again(self) -> None:
        self.intended.emit(self.session.read_policy_again)

    def _history(self) -> None:
        self.intended.emit(self.session.history)

    def _trouble(self) -> tuple[str, str]:
        from configure587.gui.troubles import title_and_advice

        assert self.session.trouble is not None
        return title_and_advice(self.view.texts, self.session.trouble)


class CrashPage(PageView):
    """Page 60: our bug."""

    def heading(self) -> str:
        """See PageView."""
        return self._("Something went wrong here, and that is our fault")

    def sentence(self) -> str:
        """See PageView."""
        return self._(
            "If a change had begun, it is put back the next time Configure 587! starts. Your "
            "messages are not affected."
        )

    def fill(self) -> None:
        """See PageView."""
        path = self.session.crash_file
        if path is not None:
            line = self._(
                "What happened is in this file; it holds no passwords and no addresses. Pass it on "
                "to whoever gave you this program:"
            )
            self.add(Card(self.view, stacked(self.view, [line]), small(self.view, path)))
        self.whom_to_ask()
        self.primary(self._("Back to the &start"), self.go_home)
