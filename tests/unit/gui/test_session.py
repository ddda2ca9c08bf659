"""Where the window is in the story: every way through it, without Qt."""

from __future__ import annotations

import argparse
import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gui_builders as at
from builders import CANARY, HOME, a_machine, bytes_of, thunderbird
from configure587 import engine, i18n, vault
from configure587.errors import Cancelled, Refused
from configure587.gui import starting
from configure587.gui.routes import as_it_is, other_server, page_of
from configure587.gui.session import BESIDE, Session
from configure587.gui.trail import AT_WORK
from configure587.machine import guards, here, memory
from configure587.model import Progress, Reason, Result, State, Verdict
from configure587.pages import Page
from configure587.policy import Policy
from configure587.seen import End
from faults.harness import an_image
from gui_builders import OTHER, UNPROVED, carry_out
from network_builders import HOST, Network, only, ready

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from builders import ProfileFiles
    from configure587.machine import Machine
    from configure587.seen import HostSeen, Question

OUTLOOKS = Path(__file__).parents[2] / "corpora" / "outlook"
ONLINE = Policy()
PREFS = f"{HOME}/.thunderbird/abcd1234.default/prefs.js"


def two() -> Machine:
    """Two accounts in two profiles, both on port 25."""
    return a_machine(
        thunderbird(name="aaaa0001.casa", port=25, try_ssl=0),
        thunderbird(name="aaaa0002.loja", port=25, try_ssl=0),
    )


def results(session: Session) -> list[Result]:
    return [each.result for each in session.outcomes]


# --- from the start to the end ------------------------------------------------------------------


def test_the_whole_way_leads_from_the_start_to_done_and_back_to_every_byte() -> None:
    machine = two()
    before = bytes_of(machine)
    session = Session(machine, UNPROVED)
    pages = [session.page]
    for intention in (session.check, session.go_on, session.change, session.undo):
        carry_out(session, intention)
        pages.append(session.page)
        if at.where(session) is Page.DONE:
            assert bytes_of(machine) != before
            assert results(session) == [Result.CHANGED, Result.CHANGED]
    assert pages == [Page.START, Page.FOUND, Page.CHANGES, Page.DONE, Page.UNDONE]
    assert results(session) == [Result.UNDONE, Result.UNDONE]
    assert bytes_of(machine) == before
    carry_out(session, session.undo)
    assert bytes_of(machine) == before, "there is nothing left to undo"


def test_a_policy_that_was_put_right_is_read_again() -> None:
    machine = two()
    args = argparse.Namespace(
        client=[], probe="off", online=False, accept_host=[], wait_more=False, demo=False
    )
    session = starting.session(args, machine, None, at.BROKEN, lambda: (machine, None, None))
    assert session.check() is None
    carry_out(session, session.read_policy_again)
    carry_out(session, session.check)
    assert at.where(session) is Page.FOUND


def test_the_sample_computer_is_changed_and_every_byte_comes_back(tmp_path: pathlib.Path) -> None:
    session = starting.sample(str(tmp_path))

    def files() -> dict[str, bytes]:
        return {
            str(each): each.read_bytes()
            for each in tmp_path.rglob("*")
            if each.is_file() and "/.local/" not in str(each)
        }

    before = files()
    for intention in (session.check, session.go_on, session.change):
        carry_out(session, intention)
    assert at.where(session) is Page.DONE
    assert files() != before
    carry_out(session, session.undo)
    assert at.where(session) is Page.UNDONE
    assert files() == before


def test_a_folder_that_stands_for_a_computer_is_changed_like_one(tmp_path: pathlib.Path) -> None:
    an_image(tmp_path, thunderbird(port=25, try_ssl=0))
    prefs = tmp_path / "home/.thunderbird/abcd1234.default/prefs.js"
    before = prefs.read_bytes()
    [machine] = here.machines(str(tmp_path))
    session = at.changed(machine)
    assert at.where(session) is Page.DONE
    assert b'"mail.smtpserver.smtp1.port", 587' in prefs.read_bytes()
    carry_out(session, session.undo)
    assert prefs.read_bytes() == before


@pytest.mark.parametrize("registry", sorted(OUTLOOKS.iterdir()), ids=lambda path: path.stem)
def test_every_outlook_of_the_corpora_is_changed_and_undone(
    tmp_path: pathlib.Path, registry: pathlib.Path
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "image.toml").write_text('platform = "windows"\n', encoding="utf-8")
    copy = tmp_path / "registry.reg"
    copy.write_bytes(registry.read_bytes())
    [machine] = here.machines(str(tmp_path))
    session = at.looked(machine)
    if session.plan is None or not session.plan.steps:
        assert at.where(session) in {Page.FOUND, Page.ALL_GOOD}
        return
    carry_out(session, session.go_on)
    carry_out(session, session.change)
    assert at.where(session) is Page.DONE
    assert copy.read_bytes() != registry.read_bytes()
    carry_out(session, session.undo)
    assert at.where(session) is Page.UNDONE
    assert copy.read_bytes() == registry.read_bytes()


def test_nothing_is_written_before_the_person_says_so() -> None:
    machine = two()
    before = dict(bytes_of(machine))
    watched = guards.Watch()
    session = Session(guards.watched(machine, watched), UNPROVED)
    carry_out(session, session.check)
    carry_out(session, session.go_on)
    assert at.where(session) is Page.CHANGES
    assert watched.writes == []
    assert bytes_of(machine) == before


def test_only_what_is_ticked_is_changed() -> None:
    machine = two()
    before = bytes_of(machine)
    session = at.at_changes(machine)
    first, second = session.chosen
    session.tick(first.finding.id, on=False)
    assert session.chosen == (second,)
    carry_out(session, session.change)
    after = bytes_of(machine)
    assert [path for path in before if before[path] != after[path]] == [
        f"{HOME}/.thunderbird/aaaa0002.loja/prefs.js"
    ]


def test_a_tick_can_be_taken_away_and_set_again() -> None:
    session = at.at_changes(two())
    every = session.ticked
    [one, _] = session.chosen
    session.tick(one.finding.id, on=False)
    session.tick(one.finding.id, on=True)
    assert session.ticked == every


def test_with_nothing_ticked_nothing_begins() -> None:
    session = at.at_changes(two())
    for step in session.chosen:
        session.tick(step.finding.id, on=False)
    assert session.change() is None
    assert at.where(session) is Page.CHANGES


# --- which page comes first ----------------------------------------------------------------------


def test_without_a_mail_program_a_page_says_so() -> None:
    assert at.looked(memory.machine({})).page is Page.NO_PROGRAM


def test_what_is_fine_or_left_alone_is_all_good() -> None:
    fine = thunderbird(name="aaaa0001.certo", port=587, try_ssl=2)
    proxy = thunderbird(name="aaaa0002.proxy", host="127.0.0.1", port=25)
    session = at.looked(a_machine(fine, proxy))
    assert {each.verdict for each in session.findings} == {Verdict.FINE, Verdict.LEFT_ALONE}
    assert at.where(session) is Page.ALL_GOOD


def test_one_account_that_cannot_be_read_is_not_all_good() -> None:
    fine = thunderbird(name="aaaa0001.certo", port=587, try_ssl=2)
    damaged = thunderbird(name="aaaa0002.mau", raw=b'user_pref("mail.smtpservers", "smtp1')
    assert at.looked(a_machine(fine, damaged)).page is Page.FOUND


def test_what_needs_the_person_most_comes_first() -> None:
    verdicts = [each.verdict for each in at.looked(at.several()).findings]
    assert verdicts[0] is Verdict.DUE
    assert verdicts.index(Verdict.HALF_WAY) < verdicts.index(Verdict.STUCK)
    assert verdicts.index(Verdict.STUCK) < verdicts.index(Verdict.UNREADABLE)
    assert verdicts.index(Verdict.UNREADABLE) < verdicts.index(Verdict.FINE)
    assert verdicts.index(Verdict.FINE) < verdicts.index(Verdict.LEFT_ALONE)


def test_before_a_look_there_is_nothing_to_show() -> None:
    session = Session(two(), UNPROVED)
    assert (session.findings, session.chosen, session.needy) == ((), (), ())


# --- what could not be proven --------------------------------------------------------------------


def asked(answer: Callable[[Question], HostSeen], policy: Policy = ONLINE) -> Session:
    """After a look at one account whose server answers so."""
    return at.looked(
        at.with_servers(HOST, "ok.example", network=Network({HOST: answer, "ok.example": ready})),
        policy,
    )


@pytest.mark.parametrize(
    ("end", "page"),
    [
        (End.TIMEOUT, Page.SERVER_TROUBLE),
        (End.REJECTED, Page.SERVER_TROUBLE),
        (End.TAMPERED, Page.SERVER_TROUBLE),
        (End.NOT_SMTP, Page.NO_NETWORK),
    ],
)
def test_what_the_server_showed_decides_the_page(end: End, page: Page) -> None:
    session = asked(only(end))
    [finding] = session.needy
    assert finding.verdict is Verdict.UNPROVEN
    session.show(finding)
    assert session.page is page


def test_without_any_answer_it_is_the_network() -> None:
    silent = only(End.TIMEOUT)
    network = Network({HOST: silent, OTHER: silent})
    session = at.looked(at.with_servers(HOST, OTHER, network=network), ONLINE)
    assert at.where(session) is Page.FOUND
    carry_out(session, session.go_on)
    assert at.where(session) is Page.NO_NETWORK


def test_a_single_server_that_swallows_connections_is_no_missing_internet() -> None:
    session = at.looked(at.with_servers(network=Network({HOST: only(End.TIMEOUT)})), ONLINE)
    carry_out(session, session.go_on)
    assert at.where(session) is Page.SERVER_TROUBLE


def test_a_server_that_takes_no_password_has_its_own_page() -> None:
    assert at.unproven("proof_oauth_only").page is Page.MODERN_SIGN_IN


def test_every_unproven_account_has_a_page() -> None:
    for reason in at.EVERY_REASON:
        assert at.unproven(reason.code).page in {
            *(Page.SERVER_TROUBLE, Page.NO_NETWORK, Page.OTHER_SERVER, Page.MODERN_SIGN_IN)
        }


def test_every_account_that_needs_the_person_has_a_page() -> None:
    for machine in (at.several(), at.several(Network({}))):
        session = at.looked(machine, ONLINE)
        for finding in session.findings:
            needs = finding.verdict in {
                *(Verdict.UNPROVEN, Verdict.STUCK, Verdict.GUIDED, Verdict.BLOCKED)
            }
            assert (page_of(finding) is not None) is needs, finding


def test_the_next_account_that_needs_the_person_follows_until_there_is_none() -> None:
    network = Network({"ok.example": ready})
    session = at.looked(at.with_servers(HOST, OTHER, "ok.example", network=network), ONLINE)
    first, second = session.needy
    session.show(first)
    assert session.next_subject() is second
    session.show(second)
    assert session.next_subject() is None


def test_back_from_the_next_account_shows_the_account_before() -> None:
    session = at.looked(at.several(Network({HOST: ready})), ONLINE)
    first, *_, last = session.needy
    assert page_of(first) is not page_of(last)
    session.show(first)
    session.show(last)
    session.back()
    assert (session.page, session.subject) == (page_of(first), first)


def test_asking_the_internet_looks_again_with_that_wish() -> None:
    session = asked(only(End.REJECTED))
    session.show(session.needy[0])
    task = session.search_online()
    assert session.policy.online
    assert at.where(session) is Page.LOOKING
    del task


def test_a_yes_to_another_server_makes_a_plan_with_it() -> None:
    session = at.unproven("proof_server_gone", Reason("other_host_found", (("other", OTHER),)))
    assert at.where(session) is Page.OTHER_SERVER
    assert session.subject is not None
    assert other_server(session.subject) == OTHER
    carry_out(session, session.take_offer)
    assert at.where(session) is Page.CHANGES
    assert [step.finding.id for step in session.chosen] == [session.subject.id]


def test_a_yes_is_for_every_account_that_waits_for_the_same_answer() -> None:
    why = Reason("other_host_found", (("host", HOST), ("other", OTHER)))
    session = at.unproven("proof_server_gone", why)
    assert session.plan is not None
    [found], [offer] = session.plan.untouched, session.plan.offers
    same = found._replace(id="thunderbird:1:smtp1")
    other = found._replace(id="thunderbird:2:smtp1", reasons=(Reason("proof_server_gone"),))
    offers = [replace(offer, finding=offer.finding._replace(id=each.id)) for each in (same, other)]
    session.plan = replace(session.plan, untouched=(found, same, other), offers=(offer, *offers))
    session.take_offer()
    assert {step.finding.id for step in session.chosen} == {found.id, same.id}
    assert session.plan.untouched == (other,)


def test_no_other_server_is_accepted_where_none_was_offered() -> None:
    session = at.unproven("proof_server_gone")
    carry_out(session, session.take_offer)
    assert at.where(session) is Page.SERVER_TROUBLE
    assert session.chosen == ()


# --- the mail program is open --------------------------------------------------------------------


def open_program() -> tuple[Machine, set[str]]:
    machine = a_machine(thunderbird(port=25, try_ssl=0, running=True))
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    return machine, processes.locks


def test_an_open_program_is_waited_for_and_then_it_goes_on_by_itself() -> None:
    machine, running = open_program()
    session = at.changed(machine)
    assert (session.page, session.open_programs) == (Page.CLOSE_PROGRAM, ("Thunderbird",))
    carry_out(session, session.poll)
    assert at.where(session) is Page.CLOSE_PROGRAM
    running.clear()
    carry_out(session, session.poll)
    assert at.where(session) is Page.DONE


def test_who_goes_away_while_a_program_is_open_is_not_called_back() -> None:
    machine, running = open_program()
    session = at.changed(machine)
    task = session.poll()
    assert task is not None
    session.help()
    running.clear()
    before = bytes_of(machine)
    task.then(task.work(session.seen))
    assert at.where(session) is Page.HELP
    assert session.take_over() is None
    assert bytes_of(machine) == before
    assert session.poll() is None
    session.back()
    carry_out(session, session.poll)
    assert at.where(session) is Page.DONE


def test_who_goes_back_while_we_look_again_has_not_said_yes() -> None:
    machine, running = open_program()
    session = at.changed(machine)
    task = session.poll()
    assert task is not None
    session.back()
    running.clear()
    task.then(task.work(session.seen))
    assert at.where(session) is Page.CHANGES
    assert session.take_over() is None


def test_a_second_press_begins_no_second_change() -> None:
    session = at.at_changes(two())
    first, second = session.change(), session.change()
    assert first is not None
    assert second is not None
    first.then(first.work(session.seen))
    change = session.take_over()
    assert change is not None
    second.then(second.work(session.seen))
    assert session.take_over() is None
    change.then(change.work(session.seen))
    second.then(second.work(session.seen))
    assert at.where(session) is Page.DONE
    assert session.take_over() is None


def test_a_program_opened_just_before_the_write_is_waited_for() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    session = at.at_changes(machine)
    task = session.change()
    assert task is not None
    task.then(task.work(session.seen))
    assert at.where(session) is Page.CHANGING
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    processes.locks.add(f"{HOME}/.thunderbird/abcd1234.default/.parentlock")
    carry_out(session, session.take_over)
    assert at.where(session) is Page.CLOSE_PROGRAM
    processes.locks.clear()
    carry_out(session, session.poll)
    assert at.where(session) is Page.DONE


def test_which_program_was_opened_just_before_the_write_is_known_at_once() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    session = at.at_changes(machine)
    task = session.change()
    assert task is not None
    task.then(task.work(session.seen))
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    processes.locks.add(f"{HOME}/.thunderbird/abcd1234.default/.parentlock")
    carry_out(session, session.take_over)
    assert session.open_programs == ("Thunderbird",)


def opened_after_the_change(*others: ProfileFiles) -> tuple[Session, set[str]]:
    """Done, and Thunderbird is open for the test message that we asked for."""
    machine = a_machine(thunderbird(port=25, try_ssl=0), *others)
    session = at.changed(machine)
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    processes.locks.add(f"{HOME}/.thunderbird/abcd1234.default/.parentlock")
    return session, processes.locks


@pytest.mark.parametrize("way", ["done", "history", "whole file"])
def test_undoing_waits_for_an_open_program_and_then_goes_on_by_itself(way: str) -> None:
    session, running = opened_after_the_change()
    before = bytes_of(session.machine)
    if way != "done":
        carry_out(session, session.history)
        session.ask_whole_file(session.backups[0])
    ways = {
        "done": session.undo,
        "history": lambda: session.undo_backup(session.backups[0]),
        "whole file": session.put_file_back,
    }
    carry_out(session, ways[way])
    assert at.where(session) is Page.CLOSE_PROGRAM
    assert session.open_programs == ("Thunderbird",)
    assert bytes_of(session.machine) == before
    carry_out(session, session.poll)
    assert at.where(session) is Page.CLOSE_PROGRAM
    running.clear()
    carry_out(session, session.poll)
    assert (at.where(session), results(session)) == (Page.UNDONE, [Result.UNDONE])


def test_what_is_undone_already_stays_so_while_another_program_is_waited_for() -> None:
    other = thunderbird(name="zzzz0002.outro", address="bia@outro.example", port=25, try_ssl=0)
    session, running = opened_after_the_change(other)
    carry_out(session, session.undo)
    assert at.where(session) is Page.CLOSE_PROGRAM
    running.clear()
    carry_out(session, session.poll)
    assert (at.where(session), results(session)) == (Page.UNDONE, [Result.UNDONE] * 2)


def test_who_goes_back_while_undoing_waits_may_undo_again_later() -> None:
    session, running = opened_after_the_change()
    carry_out(session, session.undo)
    session.back()
    assert (at.where(session), results(session)) == (Page.DONE, [Result.CHANGED])
    running.clear()
    carry_out(session, session.undo)
    assert (at.where(session), results(session)) == (Page.UNDONE, [Result.UNDONE])


def test_an_undoing_that_was_left_waiting_does_not_replace_a_change() -> None:
    session, running = opened_after_the_change()
    carry_out(session, session.undo)
    session.home()
    for intention in (session.check, session.go_on, session.change):
        carry_out(session, intention)
    assert session.take_over() is None
    running.clear()
    assert at.where(session) is not Page.UNDONE


# --- stopping ------------------------------------------------------------------------------------


def stopping_at(call: int) -> tuple[Callable[[Progress], None], list[Progress]]:
    """A notify that stops at its call-th call (from 0)."""
    calls: list[Progress] = []

    def notify(progress: Progress) -> None:
        calls.append(progress)
        if len(calls) - 1 == call:
            raise Cancelled

    return notify, calls


def counted(machine: Machine, policy: Policy, verb: str) -> int:
    """How often a look or a change may be stopped."""
    session = Session(machine, policy) if verb == "check" else at.at_changes(machine, policy)
    notify, calls = stopping_at(-1)
    carry_out(session, getattr(session, verb), notify)
    return len(calls)


LOOKS = [("unproved", UNPROVED), ("proved", ONLINE)]


@pytest.mark.parametrize(("name", "policy"), LOOKS)
def test_a_look_can_be_stopped_at_every_point_and_begins_again(name: str, policy: Policy) -> None:
    def fresh() -> Machine:
        return two().but(network=Network({HOST: ready}))

    points = counted(fresh(), policy, "check")
    assert points >= 2
    for call in range(points):
        machine = fresh()
        before = bytes_of(machine)
        session = Session(machine, policy)
        carry_out(session, session.check, stopping_at(call)[0])
        assert (session.page, session.can_go_back) == (Page.START, False)
        assert bytes_of(machine) == before
        carry_out(session, session.check)
        assert at.where(session) is Page.FOUND


@pytest.mark.parametrize(("name", "policy"), LOOKS)
def test_a_change_stopped_at_any_point_is_undone(name: str, policy: Policy) -> None:
    def fresh() -> Machine:
        return two().but(network=Network({HOST: ready}))

    points = counted(fresh(), policy, "change")
    assert points >= 4
    for call in range(points):
        machine = fresh()
        before = bytes_of(machine)
        session = at.at_changes(machine, policy)
        carry_out(session, session.change, stopping_at(call)[0])
        assert bytes_of(machine) == before, f"stopped at point {call}"
        assert at.where(session) in {Page.NOT_CHANGED, Page.UNDONE}, f"stopped at point {call}"
        assert {*results(session)} <= {Result.STOPPED, Result.UNDONE}
        assert session.undo() is None
        assert vault.unfinished(machine) == []
        states = {vault.load(machine, name).state for name in vault.ids(machine)}
        assert states <= {State.ROLLED_BACK, State.NOTHING}


# --- what can go wrong ---------------------------------------------------------------------------


def test_a_profile_that_vanished_between_two_pages_is_told_by_name() -> None:
    machine = two()
    session = at.at_changes(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    for path in [each for each in files.contents if "aaaa0001.casa" in each]:
        files.remove(path)
    carry_out(session, session.change)
    assert at.where(session) is Page.DONE
    gone, kept = session.outcomes
    assert kept.result is Result.CHANGED
    assert gone.result is not Result.CHANGED
    assert gone.reasons


def test_when_every_profile_vanished_nothing_was_changed() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    session = at.at_changes(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    files.remove(PREFS)
    carry_out(session, session.change)
    assert at.where(session) is Page.NOT_CHANGED
    assert [each.code for outcome in session.outcomes for each in outcome.reasons]


def test_what_somebody_changed_since_the_look_stays() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    session = at.at_changes(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    files.contents[PREFS] = files.contents[PREFS].replace(b'port", 25', b'port", 26')
    before = bytes_of(machine)
    carry_out(session, session.change)
    assert at.where(session) is Page.NOT_CHANGED
    assert results(session) == [Result.STALE]
    assert bytes_of(machine) == before


def full(path: str) -> OSError:
    return OSError(errno.ENOSPC, "No space left on device", path)


class Trouble(memory.MemoryFiles):
    """Files of which some cannot be written, as on a full or a read-only disk."""

    def __init__(self, below: memory.MemoryFiles, part: str, number: int) -> None:
        """Whatever has `part` in its path fails with this errno."""
        super().__init__(below.contents)
        self.contents = below.contents
        self._part = part
        self._number = number

    def _check(self, path: str) -> None:
        if self._part in path:
            kind = PermissionError if self._number == errno.EROFS else OSError
            raise kind(self._number, os.strerror(self._number), path)

    def create(self, files: dict[str, bytes]) -> None:  # type: ignore[override]
        """See Files.create."""
        for path in files:
            self._check(path)
        super().create(files)

    def swap(self, path: str, expect: bytes, data: bytes) -> None:
        """See Files.swap."""
        self._check(path)
        super().swap(path, expect, data)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("part", ["prefs.js", "configure587"])
def test_a_disk_that_takes_nothing_leaves_everything_as_it_was(part: str, number: int) -> None:
    machine = two()
    before = bytes_of(machine)
    session = at.at_changes(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    session.machine = machine.but(files=Trouble(files, part, number))
    carry_out(session, session.change)
    assert at.where(session) in {Page.NOT_CHANGED, Page.CANNOT_GO_ON}
    assert bytes_of(machine) == before
    session.machine = machine
    carry_out(session, session.check)
    assert at.where(session) is Page.FOUND, "one can try again"


def test_every_failing_write_of_a_change_leads_to_a_page_and_leaves_the_bytes() -> None:
    writes = guards.Watch()
    at.changed(guards.watched(two(), writes))
    for number in range(len(writes.writes)):
        machine = two()
        before = bytes_of(machine)
        session = at.at_changes(machine)
        session.machine = guards.watched(machine, guards.Watch(number))
        carry_out(session, session.change)
        assert at.where(session) in {Page.NOT_CHANGED, Page.CANNOT_GO_ON, Page.DONE}, number
        if session.page is not Page.DONE:
            engine.recover(machine)
            assert bytes_of(machine) == before, number


def test_another_run_at_work_is_a_page_and_not_a_crash() -> None:
    machine = two()
    session = at.at_changes(machine)
    with vault.exclusive(machine):
        carry_out(session, session.change)
    assert at.where(session) is Page.CANNOT_GO_ON
    assert session.trouble is not None
    assert session.trouble.code == "another_run"
    session.back()
    assert at.where(session) in {Page.CHANGES, Page.FOUND}
    carry_out(session, session.check)
    assert at.where(session) is Page.FOUND


def test_a_damaged_backup_is_not_used_and_a_page_says_so() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    session = at.changed(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    [name] = [each for each in files.contents if each.endswith("-settled.json")]
    files.contents[name] = b"{"
    before = bytes_of(machine)
    carry_out(session, session.undo)
    assert at.where(session) is Page.CANNOT_GO_ON
    assert session.trouble is not None
    assert session.trouble.code == "backup_damaged"
    assert bytes_of(machine) == before
    carry_out(session, session.history)
    assert [each.state for each in session.backups] == [State.DAMAGED]


def test_our_own_bug_is_a_page_from_which_one_can_begin_again() -> None:
    session = Session(two(), UNPROVED)
    session.check()
    session.crashed("crash.txt")
    assert (session.page, session.crash_file) == (Page.CRASH, "crash.txt")
    session.home()
    carry_out(session, session.check)
    assert at.where(session) is Page.FOUND


def test_what_a_power_cut_left_is_put_back_and_told_at_the_next_look() -> None:
    machine = two()
    before = bytes_of(machine)
    plan = engine.plan(machine, UNPROVED)

    class PowerCut(BaseException):
        pass

    def cut(progress: Progress) -> None:
        if progress.stage == "verify":
            raise PowerCut

    with pytest.raises(PowerCut):
        engine.apply(machine, plan, UNPROVED, cut)
    assert bytes_of(machine) != before
    session = at.looked(machine)
    assert bytes_of(machine) == before
    assert [each.result for each in session.recovered] == [Result.UNDONE] * len(session.recovered)
    assert session.recovered
    assert at.where(session) is Page.FOUND
    assert at.looked(machine).recovered == ()


# --- the history ---------------------------------------------------------------------------------


def test_the_history_holds_every_change_the_newest_first() -> None:
    machine = two()
    session = at.changed(machine)
    carry_out(session, session.undo)
    carry_out(session, session.check)
    carry_out(session, session.go_on)
    carry_out(session, session.change)
    carry_out(session, session.history)
    assert [each.state for each in session.backups] == [State.APPLIED, State.ROLLED_BACK]


def test_a_change_is_undone_out_of_the_history() -> None:
    machine = two()
    before = bytes_of(machine)
    session = at.with_history(machine)
    [backup] = session.backups
    carry_out(session, lambda: session.undo_backup(backup))
    assert at.where(session) is Page.UNDONE
    assert bytes_of(machine) == before


def test_a_whole_file_comes_back_only_after_the_warning() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    before = bytes_of(machine)
    session = at.with_history(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    files.contents[PREFS] += b'user_pref("mail.new", 1);\n'
    assert session.put_file_back() is None, "nothing was chosen yet"
    [backup] = session.backups
    session.ask_whole_file(backup)
    assert at.where(session) is Page.WHOLE_FILE
    session.back()
    assert at.where(session) is Page.HISTORY
    session.ask_whole_file(backup)
    carry_out(session, session.put_file_back)
    assert at.where(session) is Page.UNDONE
    assert bytes_of(machine) == before


def test_what_it_means_for_you_follows_the_change_and_the_undoing() -> None:
    def ports() -> set[int]:
        found = as_it_is(session.plan, session.outcomes)
        assert found is not None
        return {each.server.transport.port for each in found if each.server}

    session = Session(two(), UNPROVED)
    assert as_it_is(session.plan, ()) is None, "we have not looked yet"
    for intention in (session.check, session.go_on):
        carry_out(session, intention)
    assert ports() == {25}
    carry_out(session, session.change)
    assert ports() == {587}
    carry_out(session, session.undo)
    assert ports() == {25}


def test_a_new_report_shows_nothing_of_one_that_was_made_with_addresses() -> None:
    texts = i18n.texts("en")
    session = at.changed(two())
    carry_out(session, lambda: session.report(texts, addresses=True))
    assert any("exemplo" in line for line in session.report_lines)
    session.saved = "/home/ana/with-addresses.txt"
    session.back()
    session.report(texts)
    assert (session.names_shown, session.report_lines, session.saved) == (False, (), "")


def test_without_any_change_the_history_is_empty() -> None:
    session = Session(two(), UNPROVED)
    carry_out(session, session.history)
    assert (session.page, session.backups) == (Page.HISTORY, ())


# --- going back ----------------------------------------------------------------------------------


def test_back_goes_the_way_that_one_came() -> None:
    session = at.at_changes(two())
    session.learn("port-25")
    session.help()
    pages = []
    while session.can_go_back:
        session.back()
        pages.append(session.page)
    assert pages == [Page.LEARN, Page.CHANGES, Page.FOUND, Page.START]
    session.back()
    assert at.where(session) is Page.START


def test_back_to_learn_shows_the_same_topic() -> None:
    session = at.looked(two())
    session.learn("port-25")
    session.help()
    session.learn("proof")
    session.back()
    session.back()
    assert (session.page, session.topic) == (Page.LEARN, "port-25")


def test_after_a_new_look_one_goes_back_to_the_start_and_to_nothing_old() -> None:
    session = asked(only(End.REJECTED))
    session.show(session.needy[0])
    carry_out(session, session.check)
    assert at.where(session) is Page.FOUND
    session.back()
    assert at.where(session) is Page.START
    assert not session.can_go_back


def test_what_is_done_is_not_gone_back_over() -> None:
    session = at.changed(two())
    session.history()
    session.back()
    assert at.where(session) is Page.DONE
    session.back()
    assert at.where(session) is Page.START


def test_while_something_is_at_work_there_is_no_way_back() -> None:
    for name, (page, build) in at.STATES.items():
        session = build()
        assert session.page is page, name
        if page in AT_WORK:
            assert not session.can_go_back, name
            session.back()
            assert session.page is page, name


def test_pages_on_the_side_can_be_left_again() -> None:
    for page in BESIDE:
        session = at.a_session_at(page)
        assert session.can_go_back, page


def test_every_page_has_a_state_in_the_tests() -> None:
    assert {page for page, _ in at.STATES.values()} == set(Page)


def test_no_state_holds_a_secret() -> None:
    session = at.changed(a_machine(thunderbird(port=25, more={"mail.password": CANARY})))
    assert CANARY not in repr([session.plan, session.outcomes, session.backups])


def test_a_refusal_at_work_leads_back_to_before_the_work() -> None:
    session = at.at_changes(two())
    session.failed(Refused("another_run"))
    assert at.where(session) is Page.CANNOT_GO_ON
    session.back()
    assert at.where(session) in {Page.FOUND, Page.CHANGES}
