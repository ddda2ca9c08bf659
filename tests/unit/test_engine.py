"""The story on a computer in memory: find, plan, change, verify, undo."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest

from builders import ROOT, a_machine, account, bytes_of, offline, prefs, thunderbird
from configure587 import applying, engine, vault
from configure587.errors import Cancelled, Refused
from configure587.formats import prefs_js
from configure587.machine import Machine, guards, memory
from configure587.model import (
    Approval,
    Change,
    Finding,
    Place,
    Plan,
    Progress,
    Receipt,
    Result,
    Security,
    State,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configure587.policy import Policy

POLICY = offline()
PREFS = f"{ROOT}/abcd1234.default/prefs.js"
PORT = "mail.smtpserver.smtp1.port"
TRY_SSL = "mail.smtpserver.smtp1.try_ssl"


def only_finding(machine: Machine, policy: Policy = POLICY) -> Finding:
    [finding] = engine.inspect(machine, policy)
    return finding


def do(machine: Machine, policy: Policy = POLICY) -> Receipt:
    return engine.apply(machine, engine.plan(machine, policy), policy)


def values(machine: Machine, path: str = PREFS) -> dict[str, object]:
    return dict(prefs_js.read(machine.files.read(path)))


def test_a_server_on_25_is_moved_to_587_with_starttls() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    receipt = do(machine)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.CHANGED]
    assert values(machine)[PORT] == 587
    assert values(machine)[TRY_SSL] == 2
    assert only_finding(machine).verdict is Verdict.FINE


def test_only_port_and_protection_differ_after_the_change() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    before = values(machine)
    do(machine)
    after = values(machine)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        PORT,
        TRY_SSL,
    }


def test_rollback_gives_every_byte_back() -> None:
    machine = a_machine(
        thunderbird(port=25, user_js={PORT: 25}),
        thunderbird(name="efgh5678.second", port=25, try_ssl=1),
    )
    before = bytes_of(machine)
    receipt = do(machine)
    assert bytes_of(machine) != before
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert bytes_of(machine) == before
    assert vault.load(machine, receipt.backup).state is State.ROLLED_BACK


def test_a_second_apply_changes_nothing_and_makes_no_backup() -> None:
    machine = a_machine(thunderbird(port=25))
    do(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    before = dict(files.contents)
    receipt = do(machine)
    assert receipt.backup is None
    assert files.contents == before


def test_inspecting_and_planning_write_nothing() -> None:
    machine, writes = guards.journal(a_machine(thunderbird(port=25)))
    list(engine.inspect(machine, POLICY))
    engine.plan(machine, POLICY)
    assert writes == []


def test_a_dry_run_writes_nothing_and_reports_what_would_happen() -> None:
    machine, writes = guards.journal(a_machine(thunderbird(port=25)))
    rehearsal = guards.dry_run(machine)
    receipt = engine.apply(rehearsal, engine.plan(machine, POLICY), POLICY)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.CHANGED]
    assert writes == []


def test_a_running_program_defers_its_profile_and_spares_the_others() -> None:
    machine = a_machine(
        thunderbird(port=25, running=True), thunderbird(name="efgh5678.second", port=25)
    )
    receipt = do(machine)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.DEFERRED, Result.CHANGED]
    assert values(machine)[PORT] == 25


def test_waiting_goes_on_by_itself_once_the_program_has_closed() -> None:
    machine = a_machine(thunderbird(port=25, running=True))
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    seen: list[str] = []

    def close_after_three(progress: Progress) -> None:
        seen.append(progress.stage)
        if seen.count("wait") == 3:
            processes.locks.clear()

    policy = offline(wait=60)
    receipt = engine.apply(machine, engine.plan(machine, policy), policy, close_after_three)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.CHANGED]
    assert machine.clock.monotonic() - memory.MemoryClock().time < 60


def test_waiting_ends_when_the_time_is_up() -> None:
    machine = a_machine(thunderbird(port=25, running=True))
    policy = offline(wait=5)
    receipt = engine.apply(machine, engine.plan(machine, policy), policy)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.DEFERRED]
    assert receipt.backup is None


def test_waiting_can_be_stopped() -> None:
    machine = a_machine(thunderbird(port=25, running=True))

    def stop(progress: Progress) -> None:
        if progress.stage == "wait":
            raise Cancelled

    policy = offline(wait=5)
    receipt = engine.apply(machine, engine.plan(machine, policy), policy, stop)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.STOPPED]


def test_the_programs_own_lock_is_held_during_the_write() -> None:
    machine = a_machine(thunderbird(port=25))
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    held: dict[str, set[str]] = {}

    def note(progress: Progress) -> None:
        held[progress.stage] = set(processes.held)

    engine.apply(machine, engine.plan(machine, POLICY), POLICY, note)
    lock = f"{ROOT}/abcd1234.default/.parentlock"
    assert lock in held["write"]
    assert lock in held["verify"]
    assert not processes.held


@pytest.mark.parametrize("stage", ["write", "verify"])
def test_stopping_undoes_the_profile_at_work(stage: str) -> None:
    machine = a_machine(
        thunderbird(port=25, user_js={PORT: 25}), thunderbird(name="efgh5678.second", port=25)
    )
    before = bytes_of(machine)

    def stop(progress: Progress) -> None:
        if progress.stage == stage:
            raise Cancelled

    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY, stop)
    assert {outcome.result for outcome in receipt.outcomes} == {Result.STOPPED}
    assert bytes_of(machine) == before
    assert vault.unfinished(machine) == []


def test_a_value_changed_after_the_plan_is_not_overwritten() -> None:
    machine = a_machine(thunderbird(port=25))
    plan = engine.plan(machine, POLICY)
    edited = prefs_js.edit(machine.files.read(PREFS), {PORT: 2525})
    machine.files.swap(PREFS, machine.files.read(PREFS), edited)
    receipt = engine.apply(machine, plan, POLICY)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.STALE]
    assert machine.files.read(PREFS) == edited


def test_a_fault_in_our_own_code_is_put_back_and_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = a_machine(thunderbird(port=25))
    before = bytes_of(machine)
    plan = engine.plan(machine, POLICY)

    def broken(self: object, unit: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(applying._Run, "_verify", broken)
    receipt = engine.apply(machine, plan, POLICY)
    [outcome] = receipt.outcomes
    assert outcome.result is Result.FAILED
    assert [reason.code for reason in outcome.reasons] == ["our_bug"]
    assert bytes_of(machine) == before


def test_what_others_changed_since_stays_when_we_undo() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    data = machine.files.read(PREFS)
    edited = prefs_js.edit(data, {"mail.server.server2.hostname": "imap.new.example"})
    machine.files.swap(PREFS, data, edited)
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert values(machine)[PORT] == 25
    assert values(machine)["mail.server.server2.hostname"] == "imap.new.example"


def test_a_server_that_somebody_changed_since_is_left_whole() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    receipt = do(machine)
    data = machine.files.read(PREFS)
    machine.files.swap(PREFS, data, prefs_js.edit(data, {PORT: 465, TRY_SSL: 3}))
    assert receipt.backup is not None
    undone = engine.rollback(machine, receipt.backup)
    assert [outcome.result for outcome in undone.outcomes] == [Result.KEPT]
    assert values(machine)[PORT] == 465
    assert values(machine)[TRY_SSL] == 3
    assert vault.load(machine, receipt.backup).state is State.KEPT_IN_PART


def test_protection_is_not_lowered_when_only_the_port_was_changed_since() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=0))
    receipt = do(machine)
    data = machine.files.read(PREFS)
    machine.files.swap(PREFS, data, prefs_js.edit(data, {PORT: 2525}))
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert values(machine)[TRY_SSL] == 2


def test_rollback_waits_for_nobody_and_can_be_repeated_later() -> None:
    machine = a_machine(thunderbird(port=25))
    before = bytes_of(machine)
    receipt = do(machine)
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    processes.locks.add(f"{ROOT}/abcd1234.default/.parentlock")
    assert receipt.backup is not None
    undone = engine.rollback(machine, receipt.backup)
    assert [outcome.result for outcome in undone.outcomes] == [Result.DEFERRED]
    assert vault.load(machine, receipt.backup).state is State.APPLIED
    processes.locks.clear()
    engine.rollback(machine, receipt.backup)
    assert bytes_of(machine) == before


def test_undoing_twice_is_undoing_once() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    before = bytes_of(machine)
    again = engine.rollback(machine, receipt.backup)
    assert again.outcomes == ()
    assert bytes_of(machine) == before


def test_a_whole_file_restore_brings_yesterdays_bytes_and_can_be_undone() -> None:
    machine = a_machine(thunderbird(port=25))
    original = machine.files.read(PREFS)
    receipt = do(machine)
    data = machine.files.read(PREFS)
    edited = prefs_js.edit(data, {"mail.server.server2.hostname": "imap.new.example"})
    machine.files.swap(PREFS, data, edited)
    assert receipt.backup is not None
    restored = engine.rollback(machine, receipt.backup, whole_file=True)
    assert machine.files.read(PREFS) == original
    assert restored.backup is not None
    engine.rollback(machine, restored.backup, whole_file=True)
    assert machine.files.read(PREFS) == edited


def test_undoing_a_whole_file_restore_needs_no_word_about_files() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    changed = machine.files.read(PREFS)
    assert receipt.backup is not None
    restored = engine.rollback(machine, receipt.backup, whole_file=True)
    assert restored.backup is not None
    assert [outcome.result for outcome in restored.outcomes] == [Result.UNDONE]
    engine.rollback(machine, restored.backup)
    assert machine.files.read(PREFS) == changed


def test_a_whole_file_restore_of_a_damaged_copy_is_refused() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    assert receipt.backup is not None
    backup = vault.load(machine, receipt.backup)
    [saved] = backup.entries[0].files
    copy = f"{backup.folder}/{saved.copy}"
    machine.files.swap(copy, machine.files.read(copy), b"damaged")
    before = bytes_of(machine)
    with pytest.raises(Refused, match="copy_damaged"):
        engine.rollback(machine, receipt.backup, whole_file=True)
    assert bytes_of(machine) == before
    assert vault.check(machine, vault.load(machine, receipt.backup)) == [saved.copy]
    engine.rollback(machine, receipt.backup)
    assert values(machine)[PORT] == 25


def test_a_backup_whose_story_was_altered_is_refused() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    assert receipt.backup is not None
    story = f"{machine.backups_folder}/{receipt.backup}/0001-saved.json"
    data = machine.files.read(story)
    machine.files.swap(story, data, data.replace(b" 25,", b" 26,"))
    before = bytes_of(machine)
    with pytest.raises(Refused, match="backup_damaged"):
        engine.rollback(machine, receipt.backup)
    assert bytes_of(machine) == before


def test_an_approved_plan_is_confirmed_only_while_we_would_make_it_ourselves() -> None:
    machine = a_machine(thunderbird(port=25))
    made = engine.plan(machine, POLICY)
    approved = approval(made)
    assert engine.confirm(machine, approved, POLICY).steps == made.steps
    forged = Change(Place("prefs.js", PREFS), "mail.server.server1.hostname", None, "evil.example")
    [(name, changes)] = approved.steps
    for altered in (
        Approval(approved.computer, ((name, (*changes, forged)),)),
        Approval(approved.computer, ((name + "x", changes),)),
        Approval(approved.computer, ((name, changes[:1]),)),
    ):
        with pytest.raises(Refused, match="plan_stale"):
            engine.confirm(machine, altered, POLICY)
    with pytest.raises(Refused, match="plan_of_another_computer"):
        engine.confirm(machine, dataclasses.replace(approved, computer="other"), POLICY)


def test_a_plan_that_was_carried_out_before_has_nothing_left_to_do() -> None:
    machine = a_machine(thunderbird(port=25))
    made = engine.plan(machine, POLICY)
    engine.apply(machine, made, POLICY)
    assert engine.confirm(machine, approval(made), POLICY).steps == ()


def approval(plan: Plan) -> Approval:
    return Approval(plan.computer, tuple((step.finding.id, step.changes) for step in plan.steps))


def test_skip_and_only_choose_among_the_findings() -> None:
    machine = a_machine(thunderbird(port=25), thunderbird(name="efgh5678.second", port=25))
    first, second = (finding.id for finding in engine.inspect(machine, POLICY))
    skipped = engine.plan(machine, offline(skip=(first,)))
    assert [step.finding.id for step in skipped.steps] == [second]
    chosen = engine.plan(machine, offline(only=(first.rpartition(":")[0],)))
    assert [step.finding.id for step in chosen.steps] == [first]


def test_two_runs_at_once_are_refused() -> None:
    machine = a_machine(thunderbird(port=25))
    plan = engine.plan(machine, POLICY)
    with vault.exclusive(machine), pytest.raises(Refused, match="another_run"):
        engine.apply(machine, plan, POLICY)


def test_an_unreadable_profile_is_a_finding_and_spares_the_others() -> None:
    machine = a_machine(thunderbird(port=25), thunderbird(name="efgh5678.second", raw=b"", port=25))
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    del files.contents[f"{ROOT}/efgh5678.second/prefs.js"]
    files.contents[f"{ROOT}/efgh5678.second/prefs.js/inside"] = b""
    verdicts = [finding.verdict for finding in engine.inspect(machine, POLICY)]
    assert verdicts == [Verdict.DUE, Verdict.UNREADABLE]


def test_a_sign_in_that_did_not_take_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from configure587.machine import sheets

    machine = a_machine(thunderbird(port=25, authMethod=1, username=None, incoming="ana"))
    before = bytes_of(machine)
    plan = engine.plan(machine, POLICY)
    write = sheets.write

    def forgetful(
        machine: Machine, changes: Sequence[Change], *, there_and_back: bool = True
    ) -> None:
        kept = [change for change in changes if "username" not in change.name]
        write(machine, kept, there_and_back=there_and_back)

    monkeypatch.setattr(sheets, "write", forgetful)
    receipt = engine.apply(machine, plan, POLICY)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.FAILED]
    assert bytes_of(machine) == before


def test_no_password_like_value_reaches_the_backup() -> None:
    secret = prefs({**account(port=25), "extensions.sync.password": "canary-587"})
    machine = a_machine(thunderbird(raw=secret))
    before = bytes_of(machine)
    receipt = do(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    ours = {path: data for path, data in files.contents.items() if machine.data in path}
    assert ours
    assert not [path for path, data in ours.items() if b"canary-587" in data]
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup, whole_file=True)
    assert bytes_of(machine) == before


def test_security_compares_by_strength() -> None:
    ranks = [security.strength for security in Security]
    assert ranks == sorted(ranks)
    assert Security.NONE.strength < Security.OPPORTUNISTIC.strength < Security.STARTTLS.strength


@pytest.mark.parametrize(
    "key", ["smtp 1", "it's", 'a"b', "é", "a:b", "$HOME", "a\x1bb", "~20", "\n"]
)
def test_an_id_is_one_word_that_every_shell_and_terminal_keeps(key: str) -> None:
    profile = only_finding(a_machine(thunderbird(port=25))).profile
    name = engine.finding_id(profile, profile.folder, key)
    assert re.fullmatch(r"thunderbird:[0-9a-f]{10}:[A-Za-z0-9._~-]+", name)
    assert engine.finding_id(profile, profile.folder, "smtp1").endswith(":smtp1")
    others = {engine.finding_id(profile, profile.folder, each) for each in (f"{key}x", " ", "20")}
    assert name not in others


def test_an_account_with_an_odd_key_is_changed_by_its_id() -> None:
    machine = a_machine(thunderbird(key="smtp 1'\u00e9", port=25))
    name = only_finding(machine).id
    assert [each.finding.id for each in engine.plan(machine, offline(only=(name,))).steps] == [name]
