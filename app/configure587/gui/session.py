"""Where the window is in the story, and what comes next. It knows no Qt and no sentences.

A page emits an intention: a method of Session without arguments left. Some answer with a Task, a
plain function for the worker and what to do with its result; the rest happens at once.
"""

from __future__ import annotations

import dataclasses
import itertools
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from configure587.gui import routes
from configure587.model import SUBMISSION, SUBMISSIONS, Verdict
from configure587.pages import Page
from configure587.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configure587.carriers import Account
    from configure587.errors import Configure587Error
    from configure587.machine import Machine
    from configure587.model import BackupSet, Finding, Outcome, Plan, Progress, Reason, Step

Notify: TypeAlias = "Callable[[Progress], None]"


class Task(NamedTuple):
    """Work for another thread, and what to do with its result in the window's own."""

    work: Callable[[Notify], Any]
    then: Callable[[Any], None]


Intention: TypeAlias = "Callable[[], Task | None]"

BESIDE = {Page.LEARN, Page.GLOSSARY, Page.HISTORY, Page.HELP, Page.REPORT, Page.WHOLE_FILE}
"""Pages that a person looks at on the side, and comes back from."""
AT_WORK = {Page.LOOKING, Page.CHANGING, Page.UNDOING}
_ORDER = (
    *(Verdict.DUE, Verdict.HALF_WAY, Verdict.UNPROVEN, Verdict.STUCK, Verdict.GUIDED),
    *(Verdict.UNREADABLE, Verdict.BLOCKED, Verdict.FINE, Verdict.LEFT_ALONE),
)


class _Stop(NamedTuple):
    """A place on the way, to go back to: the page and what it was about."""

    page: Page
    subject: Finding | None = None
    topic: str = ""


class Session:
    """One person's way through the window; every attribute is a value that a page may show."""

    def __init__(
        self,
        machine: Machine,
        policy: Policy | None = None,
        *,
        connect: Callable[[Machine], Machine] | None = None,
        sample: str = "",
    ) -> None:
        """`connect` gives the computer a network, when servers are first looked at.

        `sample` is the folder of the sample computer, "" on a real one.
        """
        self.machine = machine
        self._connect = connect
        self.policy = policy or Policy()
        self.sample = sample
        self.page = Page.START
        self.plan: Plan | None = None
        self.ticked: frozenset[str] = frozenset()
        self.subject: Finding | None = None  # what a page about one account is about
        self.topic = ""  # what Learn shows
        self.recovered: tuple[Outcome, ...] = ()
        self.outcomes: tuple[Outcome, ...] = ()
        self.backup: str | None = None
        self.open_programs: tuple[str, ...] = ()
        self.carried: tuple[Account | Reason, ...] = ()  # accounts for a phone, or why not
        self.backups: tuple[BackupSet, ...] = ()
        self.chosen_backup: BackupSet | None = None
        self.progress: Progress | None = None
        self.stages: tuple[str, ...] = ()  # what the change at work has been seen doing
        self.trouble: Configure587Error | None = None
        self.crash_file: str | None = None
        self._trail: list[_Stop] = []

    # What there is to show.

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, what needs the person first."""
        if self.plan is None:
            return ()
        found = [*(step.finding for step in self.plan.steps), *self.plan.untouched]
        return tuple(sorted(found, key=lambda each: _ORDER.index(each.verdict)))

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
    def portable(self) -> tuple[Finding, ...]:
        """The accounts that send as they should, or will: what a phone may be told of."""
        planned = {step.finding.id for step in self.plan.steps} if self.plan is not None else set()
        return tuple(
            each for each in self.findings if each.verdict is Verdict.FINE or each.id in planned
        )

    @property
    def can_go_back(self) -> bool:
        """Whether there is a page to go back to."""
        return bool(self._trail) and self.page not in AT_WORK

    # The way through.

    def home(self) -> None:
        """Begin again."""
        self._trail.clear()
        self.page = Page.START

    def back(self) -> None:
        """One page back; from the first, nowhere."""
        if self.can_go_back:
            self.page, self.subject, self.topic = self._trail.pop()

    def check(self) -> Task:
        """Look at everything, and prove the servers of what should change."""
        self._go(Page.LOOKING)
        self.progress = None
        policy, machine, connect = self.policy, self.machine, self._connect

        def work(notify: Notify) -> tuple[Machine, list[Outcome], Plan]:
            from configure587 import engine

            online = machine if connect is None else connect(machine)
            return online, engine.recover(online), engine.plan(online, policy, notify)

        return Task(work, self._looked)

    def search_online(self) -> Task:
        """Look again, and ask the network where the right server is."""
        self.policy = self.policy._replace(online=True)
        return self.check()

    def accept_server(self) -> Task:
        """The person says that the other server is their provider's."""
        name = routes.other_server(self.subject) if self.subject is not None else ""
        accepted = (*self.policy.accept_hosts, name) if name else self.policy.accept_hosts
        self.policy = self.policy._replace(accept_hosts=accepted)
        return self.check()

    def allow_465(self) -> Task:
        """Look again, and take port 465 with TLS where 587 will not do."""
        self.policy = self.policy._replace(targets=(SUBMISSION, SUBMISSIONS))
        return self.check()

    def show_needy(self) -> None:
        """The first account that we do not change and that the person can do something about."""
        if self.needy:
            self.show(self.needy[0])

    def go_on(self) -> Task | None:
        """From what was found to what can be done about it."""
        if self.plan is not None and self.plan.steps:
            self._go(Page.CHANGES)
        elif self.needy:
            self.show_needy()
        else:
            self._go(Page.ALL_GOOD)
        return None

    def show(self, finding: Finding) -> None:
        """The page that helps with one account that we do not change."""
        page = routes.page_of(finding)
        if page is not None:
            self._go(page, subject=finding)

    def next_subject(self) -> Finding | None:
        """The next account that needs the person, after the one being shown."""
        rest = itertools.dropwhile(lambda each: each is not self.subject, self.needy)
        return next(itertools.islice(rest, 1, None), None)

    def tick(self, finding_id: str, *, on: bool) -> None:
        """Take one account into the change, or out of it."""
        self.ticked = self.ticked | {finding_id} if on else self.ticked - {finding_id}

    def change(self) -> Task | None:
        """Make the changes that are ticked, once no mail program is in the way."""
        if not self.chosen:
            return None
        return self._ask_who_is_open()

    def poll(self) -> Task | None:
        """While a mail program is in the way: look again whether it is still open."""
        if self.page is not Page.CLOSE_PROGRAM:
            return None
        return self._ask_who_is_open()

    def take_over(self) -> Task | None:
        """What follows of itself: the change begins when nothing is in the way any more."""
        if self.page is not Page.CHANGING or self.stages:
            return None
        self.stages = ("backup",)
        made = dataclasses.replace(self._plan(), steps=self.chosen)
        policy, machine = self.policy, self.machine

        def work(notify: Notify) -> tuple[tuple[Outcome, ...], str | None]:
            from configure587 import engine
            from configure587.model import Result

            receipt = engine.apply(machine, made, policy, notify)
            stopped = any(each.result is Result.STOPPED for each in receipt.outcomes)
            if not stopped or receipt.backup is None:
                return receipt.outcomes, receipt.backup
            back = engine.rollback(machine, receipt.backup)  # to cancel is to undo
            undone = {each.profile.folder: each for each in back.outcomes}
            return tuple(undone.get(each.profile.folder, each) for each in receipt.outcomes), None

        return Task(work, self._changed)

    def undo(self) -> Task | None:
        """Undo what was just changed."""
        return self._undo(self.backup) if self.backup is not None else None

    def undo_backup(self, backup: BackupSet) -> Task:
        """Undo one change of the history, value by value."""
        return self._undo(backup.id)

    def ask_whole_file(self, backup: BackupSet) -> None:
        """The warned choice: put whole files back."""
        self.chosen_backup = backup
        self._go(Page.WHOLE_FILE)

    def put_file_back(self) -> Task | None:
        """Put the whole files of the chosen backup back, after the warning."""
        chosen = self.chosen_backup
        return self._undo(chosen.id, whole_file=True) if chosen is not None else None

    # On the side.

    def learn(self, topic: str = "") -> None:
        """The campaign explained, at one topic."""
        self._go(Page.LEARN, topic=topic)

    def look_up(self, term: str) -> None:
        """One word of the glossary."""
        self._go(Page.GLOSSARY, topic=term)

    def guide(self, name: str) -> Task | None:
        """The steps for a program that was chosen by its name, and what to carry to a phone."""
        self._go(Page.GUIDE, topic=name)
        machine, findings = self.machine, self.portable

        def work(notify: Notify) -> tuple[Account | Reason, ...]:
            del notify
            from configure587 import carriers

            return tuple(a for each in findings for a in carriers.accounts(machine, each))

        return Task(work, self._carried) if findings else None

    def history(self) -> Task:
        """All backups, newest first."""
        self._go(Page.HISTORY)
        machine = self.machine

        def work(notify: Notify) -> list[BackupSet]:
            del notify
            from configure587 import engine, vault
            from configure587.model import State

            engine.recover(machine)
            sets = [vault.load(machine, name) for name in reversed(vault.ids(machine))]
            return [each for each in sets if each.state is not State.NOTHING]

        return Task(work, self._listed)

    def help(self) -> None:
        """Help and support."""
        self._go(Page.HELP)

    def report(self) -> None:
        """The report, line by line, before it is saved or copied."""
        self._go(Page.REPORT)

    # What comes back from the worker.

    def seen(self, progress: Progress) -> None:
        """How far the work has come."""
        self.progress = progress
        if progress.stage not in self.stages:
            self.stages = (*self.stages, progress.stage)

    def cancelled(self) -> None:
        """The person stopped us before anything was changed."""
        self.home()

    def failed(self, error: Configure587Error) -> None:
        """Something stops the run, and has words."""
        self.trouble = error
        self._leave_work(Page.CANNOT_GO_ON)

    def crashed(self, crash_file: str | None) -> None:
        """Our bug."""
        self.crash_file = crash_file
        self._leave_work(Page.CRASH)

    def _looked(self, result: tuple[Machine, list[Outcome], Plan]) -> None:
        self.machine, recovered, self.plan = result
        self._connect = None
        self.recovered = tuple(recovered)
        self.ticked = frozenset(step.finding.id for step in self.plan.steps)
        self._finish(routes.first_page(self.findings))

    def _ask_who_is_open(self) -> Task:
        """The answer counts only while the person is still where it was asked."""
        machine, asked_at = self.machine, self.page
        profiles = list(dict.fromkeys(step.finding.profile for step in self.chosen))

        def work(notify: Notify) -> tuple[str, ...]:
            del notify
            return routes.open_programs(machine, profiles)

        return Task(work, partial(self._known_open, asked_at))

    def _known_open(self, asked_at: Page, programs: tuple[str, ...]) -> None:
        if self.page is not asked_at:
            return
        self.open_programs = programs
        if programs and self.page is not Page.CLOSE_PROGRAM:
            self._go(Page.CLOSE_PROGRAM)
        elif not programs:
            self.stages = ()
            self.progress = None
            self._leave_work(Page.CHANGING)

    def _changed(self, result: tuple[tuple[Outcome, ...], str | None]) -> None:
        from configure587.model import Result  # loaded with the work, not with the window

        self.outcomes, self.backup = result
        results = {each.result for each in self.outcomes}
        if results == {Result.DEFERRED}:  # it was opened again just before we wrote
            self._leave_work(Page.CHANGES)
            self._go(Page.CLOSE_PROGRAM)
        elif Result.CHANGED in results:
            self._finish(Page.DONE)
        else:
            self._finish(Page.UNDONE if Result.UNDONE in results else Page.NOT_CHANGED)

    def _undo(self, backup: str, *, whole_file: bool = False) -> Task:
        self._go(Page.UNDOING)
        machine = self.machine

        def work(notify: Notify) -> tuple[Outcome, ...]:
            del notify  # an undo that has begun is brought to its end
            from configure587 import engine

            return engine.rollback(machine, backup, whole_file=whole_file).outcomes

        return Task(work, self._undone)

    def _undone(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = tuple(outcomes)
        self.backup = None
        self._finish(Page.UNDONE)

    def _carried(self, accounts: tuple[Account | Reason, ...]) -> None:
        self.carried = accounts

    def _listed(self, sets: Sequence[BackupSet]) -> None:
        self.backups = tuple(sets)

    # The trail.

    def _go(self, page: Page, *, subject: Finding | None = None, topic: str = "") -> None:
        same = subject is None or subject == self.subject
        if (page, topic) == (self.page, self.topic) and same:
            return
        if self.page not in AT_WORK:
            self._trail.append(_Stop(self.page, self.subject, self.topic))
        self.page, self.topic = page, topic
        self.subject = subject or self.subject

    def _leave_work(self, page: Page) -> None:
        """The page after work; one goes back to before the work, and never to a page twice."""
        while any(stop.page is page for stop in self._trail):
            self._trail.pop()
        self.page = page

    def _finish(self, page: Page) -> None:
        """What is done is done: from here one goes back to the start."""
        self._trail = [_Stop(Page.START)]
        self.page = page

    def _plan(self) -> Plan:
        assert self.plan is not None
        return self.plan
