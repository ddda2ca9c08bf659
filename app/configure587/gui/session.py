"""Where the window is in the story, and what comes next. It knows no Qt and no sentences.

A page emits an intention: a method of Session without arguments left. Some answer with a Task, a
plain function for the worker and what to do with its result; the rest happens at once.
"""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from configure587.gui import routes, work
from configure587.gui.shown import Shown
from configure587.model import SUBMISSION, SUBMISSIONS, reason
from configure587.pages import Page

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable, Sequence

    from configure587.carriers import Account
    from configure587.errors import Configure587Error
    from configure587.machine import Machine
    from configure587.model import BackupSet, Finding, Outcome, Plan, Progress, Reason


class Task(NamedTuple):
    """Work for another thread, and what to do with its result in the window's own."""

    work: Callable[[work.Notify], Any]
    then: Callable[[Any], None]


Intention: TypeAlias = "Callable[[], Task | None]"

BESIDE = {Page.LEARN, Page.GLOSSARY, Page.HISTORY, Page.HELP, Page.REPORT, Page.WHOLE_FILE}
"""Pages that a person looks at on the side, and comes back from."""


class Session(Shown):
    """One person's way through the window."""

    # The way through.

    def home(self) -> None:
        """Begin again."""
        self.trail.begin_again()

    def back(self) -> None:
        """One page back; from the first, nowhere."""
        self.trail.back()

    def read_policy_again(self) -> Task | None:
        """The mistake in the policy may have been put right."""
        again = self.again
        return None if again is None else Task(lambda _: again(), self._begin_anew)

    def check(self) -> Task | None:
        """Look at everything, and prove the servers of what should change."""
        if self.broken is not None:
            return None
        self.trail.go(Page.LOOKING)
        self.progress = None
        if self._connect is None:
            return Task(partial(work.look, self.machine, self.policy), self._looked)
        parts = (self.machine, self._connect, self.patient, self.policy)
        return Task(partial(work.look_connected, *parts), self._looked)

    def search_online(self) -> Task | None:
        """Look again, and ask the network where the right server is."""
        if not self.is_fixed("online"):
            self.policy = self.policy._replace(online=True)
        return self.check()

    def wait_longer(self) -> Task | None:
        """Look again, and have more patience with servers that say nothing for long."""
        self.patient = True
        return self.check()

    def take_offer(self) -> None:
        """The person says yes: to the other server, or to a change all the same.

        The yes is for every account that waits for the same answer.
        """
        other = routes.other_server(self.subject) if self.subject is not None else ""
        if not self.offered or (other and not self._may_take(other)):
            return
        ids = [each.id for each in self.findings if routes.same_question(each, self.subject)]
        self.plan = work.accepted(self._plan(), ids)
        self.ticked |= {step.finding.id for step in self.plan.steps if step.finding.id in ids}
        self.trail.leave_work(Page.CHANGES)

    def sign_in_as(self, name: str) -> Task | None:
        """Look again, with the user name that the person gave for this account."""
        assert self.subject is not None
        names = {**dict(self.policy.user_names), self.subject.id: name}
        self.policy = self.policy._replace(user_names=tuple(names.items()))
        return self.check()

    def allow_465(self) -> Task | None:
        """Look again, and take port 465 with TLS where 587 will not do."""
        if not self.is_fixed("targets"):
            self.policy = self.policy._replace(targets=(SUBMISSION, SUBMISSIONS))
        return self.check()

    def show_needy(self) -> None:
        """The first account that we do not change and that the person can do something about."""
        if self.needy:
            self.show(self.needy[0])

    def go_on(self) -> Task | None:
        """From what was found to what can be done about it."""
        if self.plan is not None and self.plan.steps and self.may("change"):
            self.trail.go(Page.CHANGES)
        elif self.needy:
            self.show_needy()
        else:
            self.trail.go(Page.ALL_GOOD)
        return None

    def show(self, finding: Finding) -> None:
        """The page that helps with one account that we do not change."""
        page = routes.page_of(finding)
        if page is Page.OTHER_SERVER and not self.may_take_another_server:
            page = Page.SERVER_TROUBLE
        if page is not None:
            self.trail.go(page, subject=finding)

    def show_steps(self) -> None:
        """The steps of the account's own program, beside the page that says what is the matter."""
        self.trail.go(Page.GUIDE, subject=self.subject)

    def next_subject(self) -> Finding | None:
        """The next account that needs the person, after the one being shown."""
        rest = itertools.dropwhile(lambda each: each is not self.subject, self.needy)
        return next(itertools.islice(rest, 1, None), None)

    def tick(self, finding_id: str, *, on: bool) -> None:
        """Take one account into the change, or out of it."""
        self.ticked = self.ticked | {finding_id} if on else self.ticked - {finding_id}

    def change(self) -> Task | None:
        """Make the changes that are ticked, once no mail program is in the way."""
        self._held_up = None
        return self._ask_who_is_open() if self.chosen and self.may("change") else None

    def poll(self) -> Task | None:
        """While a mail program is in the way: look again whether it is still open."""
        if self.page is not Page.CLOSE_PROGRAM:
            return None
        return self._ask_who_is_open()

    def take_over(self) -> Task | None:
        """What follows of itself: the work begins when nothing is in the way any more."""
        if self.page is Page.UNDOING and self._held_up is not None:
            return self._begin_undoing(self._held_up)
        if self.page is not Page.CHANGING or self.stages:
            return None
        import dataclasses  # loaded with the work, not with the window

        self.stages = ("backup",)
        made = dataclasses.replace(self._plan(), steps=self.chosen)
        return Task(partial(work.change, self.machine, made, self.policy), self._changed)

    def undo(self) -> Task | None:
        """Undo what was just changed."""
        return self._undo(self.backup) if self.backup is not None else None

    def undo_backup(self, backup: BackupSet) -> Task | None:
        """Undo one change of the history, value by value."""
        return self._undo(backup.id)

    def ask_whole_file(self, backup: BackupSet) -> None:
        """The warned choice: put whole files back."""
        if not self.may("undo"):
            return
        self.chosen_backup = backup
        self.trail.go(Page.WHOLE_FILE)

    def put_file_back(self) -> Task | None:
        """Put the whole files of the chosen backup back, after the warning."""
        chosen = self.chosen_backup
        return self._undo(chosen.id, whole_file=True) if chosen else None

    # On the side.

    def learn(self, topic: str = "") -> None:
        """The campaign explained, at one topic."""
        if self.may("learn"):
            self.trail.go(Page.LEARN, topic=topic)

    def look_up(self, term: str) -> None:
        """One word of the glossary."""
        if self.may("learn"):
            self.trail.go(Page.GLOSSARY, topic=term)

    def guide(self, name: str) -> Task | None:
        """The steps for a program that was chosen by its name, and what to carry to a phone."""
        from configure587.report.guides import PHONES

        if name in PHONES and not self.may("phone"):
            return None
        self.trail.go(Page.GUIDE, topic=name)
        found = self.portable if self.may("phone") else ()
        return Task(partial(work.carry, self.machine, found), self._carried) if found else None

    def history(self) -> Task:
        """All backups, newest first."""
        self.trail.go(Page.HISTORY)
        return Task(partial(work.history, self.machine), self._listed)

    def help(self) -> None:
        """Help and support."""
        self.trail.go(Page.HELP)

    def report(self, texts: gettext.NullTranslations, *, addresses: bool = False) -> Task | None:
        """The report in this language, line by line, before it is saved, copied or printed."""
        if not self.may("report"):
            return None
        if self.is_fixed("report-addresses"):
            addresses = self.policy.report_addresses
        self.names_shown = addresses
        self.report_lines, self.saved = (), ""  # what was made another time is not passed on
        self.trail.go(Page.REPORT)
        from configure587.report.style import Style  # loaded with the work

        style = Style(texts, plain=True, contact=self.contact)
        make = partial(work.report, self.machine, style, self.account_of_run(), addresses)
        return Task(make, self._reported)

    def fetch_logo(self) -> Task | None:
        """Read the picture of whoever helps, which may lie on a share that is slow."""
        if not self.contact.logo:
            return None
        return Task(partial(work.logo, self.machine, self.wishes, self.contact.logo), self._dressed)

    def save(self, path: str, data: bytes) -> Task:
        """Write a file where the person wants it."""
        return Task(partial(work.save, path, data), self._saved)

    def account_of_run(self) -> work.Run:
        """What support is told of this run, wherever the person looks at it from."""
        page = self.trail.last_but(BESIDE)
        remarks = self.plan.remarks if self.plan is not None else ()
        stopped = (reason(self.trouble.code),) if page is Page.CANNOT_GO_ON and self.trouble else ()
        return work.Run(page, self.findings, (*stopped, *remarks), self.outcomes)

    def retold(self, texts: gettext.NullTranslations) -> Task | None:
        """What has to be made anew when the language changes on this page."""
        if self.page is not Page.REPORT:
            return None
        return self.report(texts, addresses=self.names_shown)

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
        self.trail.leave_work(Page.CANNOT_GO_ON)

    def crashed(self, crash_file: str | None) -> None:
        """Our bug."""
        self.crash_file = crash_file
        self.trail.leave_work(Page.CRASH)

    def _begin_anew(self, fresh: Session) -> None:
        """As if the window had just been opened."""
        vars(self).update(vars(fresh))

    def _looked(self, result: tuple[Machine, list[Outcome], Plan]) -> None:
        self.machine, recovered, self.plan = result
        self.recovered = tuple(recovered)
        self.ticked = frozenset(step.finding.id for step in self.plan.steps)
        self.trail.finish(routes.first_page(self.findings))

    def _ask_who_is_open(self) -> Task:
        """The answer counts only while the person is still where it was asked."""
        held = self._held_up
        found = held.profiles if held else [step.finding.profile for step in self.chosen]
        ask = partial(work.who_is_open, self.machine, list(dict.fromkeys(found)))
        return Task(ask, partial(self._known_open, self.page))

    def _known_open(self, asked_at: Page, programs: tuple[str, ...]) -> None:
        if self.page is not asked_at:
            return
        self.open_programs = programs
        if programs and self.page is not Page.CLOSE_PROGRAM:
            self.trail.go(Page.CLOSE_PROGRAM)
        elif not programs:
            self.stages = ()
            self.progress = None
            self.trail.leave_work(Page.UNDOING if self._held_up else Page.CHANGING)

    def _changed(self, result: tuple[tuple[Outcome, ...], str | None]) -> None:
        from configure587.model import Result  # loaded with the work, not with the window

        self.outcomes, self.backup = result
        results = {each.result for each in self.outcomes}
        if results == {Result.DEFERRED}:  # it was opened again just before we wrote
            self.open_programs = work.programs(each.profile for each in self.outcomes)
            self.trail.leave_work(Page.CHANGES)
            self.trail.go(Page.CLOSE_PROGRAM)
        elif Result.CHANGED in results:
            self.trail.finish(Page.DONE)
        else:
            self.trail.finish(Page.UNDONE if Result.UNDONE in results else Page.NOT_CHANGED)

    def _may_take(self, other: str) -> bool:
        """Whether a yes to this server counts: the organization may have named those that do."""
        free = other in self.policy.accept_hosts or not self.is_fixed("accept-hosts")
        return free and self.may("other-server")

    def _undo(self, backup: str, *, whole_file: bool = False) -> Task | None:
        if not self.may("undo"):
            return None
        self.trail.go(Page.UNDOING)
        return self._begin_undoing(work.HeldUp(backup, whole_file))

    def _begin_undoing(self, what: work.HeldUp) -> Task:
        self._held_up = None
        undo = partial(work.undo, self.machine, what.backup, what.whole_file)
        return Task(undo, partial(self._undone, what))

    def _undone(self, what: work.HeldUp, outcomes: Sequence[Outcome]) -> None:
        what = what.gone_on(outcomes)
        if what.profiles:  # a program is open, as we asked it to be for a test message
            self._held_up = what
            self.open_programs = work.programs(what.profiles)
            self.trail.leave_work(Page.CLOSE_PROGRAM)
            return
        self.outcomes = what.outcomes
        self.backup = None
        self.trail.finish(Page.UNDONE)

    def _reported(self, lines: Sequence[str]) -> None:
        self.report_lines = tuple(lines)

    def _dressed(self, picture: bytes) -> None:
        self.logo = picture

    def _saved(self, path: str) -> None:
        self.saved = path

    def _carried(self, accounts: tuple[Account | Reason, ...]) -> None:
        self.carried = accounts

    def _listed(self, sets: Sequence[BackupSet]) -> None:
        self.backups, self.listed = tuple(sets), True

    def _plan(self) -> Plan:
        assert self.plan is not None
        return self.plan
