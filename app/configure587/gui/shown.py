"""What there is to show: every value of the window's session. It knows no Qt and no sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.gui import routes
from configure587.gui.tidings import Tidings
from configure587.gui.trail import Stop, Trail
from configure587.pages import Page
from configure587.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.carriers import Account
    from configure587.errors import Configure587Error
    from configure587.gui import work
    from configure587.gui.session import Session
    from configure587.machine import Machine
    from configure587.model import BackupSet, Finding, Outcome, Plan, Progress, Reason, Step
    from configure587.policies.settling import Wishes
    from configure587.policy import Contact

_WITH_A_BROKEN_POLICY = {"undo", "learn", "report", "phone"}
"""What is offered then: nobody knows what the organization wants changed, so nothing is."""


class Shown:
    """Every attribute is a value that a page may show; see gui/session.py for what changes them."""

    def __init__(  # noqa: PLR0913 - where a session begins
        self,
        machine: Machine,
        policy: Policy | None = None,
        *,
        connect: work.Connect | None = None,
        sample: str = "",
        wishes: Wishes | None = None,
        broken: Configure587Error | None = None,
        again: Callable[[], Session] | None = None,
    ) -> None:
        """`connect` gives the computer a network; `sample` is a sample computer's folder, or "".

        `wishes` are those that `policy` came from; `broken` says why they could not be known, and
        `again` begins once more, when that may have been put right.
        """
        self.machine = machine
        self._connect = connect
        self.policy = policy or Policy()
        self.sample = sample
        self.wishes = wishes
        self.broken = broken
        self.again = again
        self.patient = False  # with slow servers
        self.tidings = Tidings(machine)
        self.trail = Trail(Stop() if broken is None else Stop(Page.CANNOT_GO_ON))
        self.plan: Plan | None = None
        self.ticked: frozenset[str] = frozenset()
        self.recovered: tuple[Outcome, ...] = ()
        self.outcomes: tuple[Outcome, ...] = ()
        self.backup: str | None = None
        self.open_programs: tuple[str, ...] = ()
        self._held_up: work.HeldUp | None = None  # an undoing that an open program keeps waiting
        self.carried: tuple[Account | Reason, ...] = ()  # accounts for a phone, or why not
        self.names_shown = False  # in the report
        self.report_lines: tuple[str, ...] = ()
        self.saved = ""  # where the report was saved
        self.backups: tuple[BackupSet, ...] = ()
        self.listed = False  # whether we know which backups there are
        self.chosen_backup: BackupSet | None = None
        self.progress: Progress | None = None
        self.stages: tuple[str, ...] = ()  # what the change at work has been seen doing
        self.trouble: Configure587Error | None = broken
        self.logo = b""  # the picture file of whoever helps, once it was read
        self.crash_file: str | None = None

    # What the organization decided.

    def may(self, what: str) -> bool:
        """Whether the window offers this: a word of the policy's `window-offers`."""
        offers = self.policy.window_offers
        if self.broken is not None:
            return what in _WITH_A_BROKEN_POLICY
        return offers is None or what in offers

    def is_fixed(self, key: str) -> bool:
        """Whether the organization has decided what this key of a policy says, once for all."""
        return self.wishes is not None and self.wishes.fixed(key) is not None

    @property
    def contact(self) -> Contact:
        """Whom the person may ask."""
        return self.policy.support

    @property
    def may_take_another_server(self) -> bool:
        """Whether the person may be asked to take a server of another name."""
        return self.may("change") and self.may("other-server")

    # What there is to show.

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.trail.here.page

    @property
    def subject(self) -> Finding | None:
        """What a page about one account is about."""
        return self.trail.here.subject

    @property
    def topic(self) -> str:
        """What Learn, the glossary or a guide shows; "" for whatever comes first."""
        return self.trail.here.topic

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, what needs the person first."""
        return routes.in_order(self.plan) if self.plan is not None else ()

    @property
    def chosen(self) -> tuple[Step, ...]:
        """The steps that the person left ticked."""
        steps = self.plan.steps if self.plan is not None else ()
        return tuple(step for step in steps if step.finding.id in self.ticked)

    @property
    def needy(self) -> tuple[Finding, ...]:
        """What we do not change and a person can do something about, in the order of cards."""
        untouched = self.plan.untouched if self.plan is not None else ()
        return tuple(each for each in self.findings if each in untouched and routes.page_of(each))

    @property
    def offered(self) -> bool:
        """Whether a yes of the person's would let us change the account that a page is about."""
        offers = self.plan.offers if self.plan is not None and self.may("change") else ()
        subject = self.subject
        return subject is not None and any(each.finding.id == subject.id for each in offers)

    @property
    def portable(self) -> tuple[Finding, ...]:
        """The accounts that send as they should, or will: what a phone may be told of."""
        return routes.portable(self.plan) if self.plan is not None else ()

    @property
    def can_go_back(self) -> bool:
        """Whether there is a page to go back to."""
        return self.trail.leads_back
