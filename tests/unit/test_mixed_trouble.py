"""Trouble in one place of a set that has many: the others still go back, and nothing crashes."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING

import pytest

from builders import ROOT, a_machine, bytes_of, offline, state_of, thunderbird
from configure587 import engine, vault
from configure587.clients import outlook as outlook_client
from configure587.errors import Refused
from configure587.formats import oeaccount as lens
from configure587.formats import prefs_js
from configure587.machine import memory
from configure587.machine.memory_registry import MemoryRegistry
from configure587.model import (
    SUBMISSION,
    SUBMISSIONS,
    Change,
    Entry,
    Group,
    Place,
    Profile,
    Result,
    State,
)
from outlook_builders import (
    ACCOUNT_FILE,
    LIVE_MAIL,
    a_live_mail_machine,
    a_windows_machine,
    oeaccount,
    outlook,
    pop3,
    registry,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.machine import Machine
    from configure587.model import Value


POLICY = offline(targets=(SUBMISSIONS, SUBMISSION))
ONE, TWO = (f"{LIVE_MAIL}/Exemplo {number}/{ACCOUNT_FILE}" for number in (1, 2))


def files(machine: Machine) -> dict[str, bytes]:
    assert isinstance(machine.files, memory.MemoryFiles)
    return machine.files.contents


def changed(machine: Machine) -> str:
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert {each.result for each in receipt.outcomes} == {Result.CHANGED}
    assert receipt.backup is not None
    return receipt.backup


def two_accounts() -> Machine:
    return a_live_mail_machine(oeaccount(SMTP_Port=25), oeaccount(SMTP_Port=25, SMTP_Timeout=60))


def test_a_damaged_account_file_keeps_no_other_from_going_back() -> None:
    machine = two_accounts()
    before = files(machine)[ONE]
    backup = changed(machine)
    whole = files(machine)[TWO]
    files(machine)[TWO] = whole[:-40]
    [outcome] = engine.rollback(machine, backup).outcomes
    assert outcome.result is Result.UNREADABLE
    [why] = outcome.reasons
    assert (why.code, dict(why.fields)["path"]) == ("account_file_damaged", TWO)
    assert files(machine)[ONE] == before
    assert vault.load(machine, backup).state is State.APPLIED
    assert engine.recover(machine) == []
    files(machine)[TWO] = whole
    [outcome] = engine.rollback(machine, backup).outcomes
    assert outcome.result is Result.UNDONE
    assert vault.load(machine, backup).state is State.ROLLED_BACK
    assert lens.read(files(machine)[TWO])["SMTP_Port"] == 25


@pytest.mark.parametrize("spelling", ["1D1", "000001D1", "1d1"])
def test_a_number_that_the_program_spells_in_its_own_way_is_still_ours(spelling: str) -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25))
    before = files(machine)[ONE]
    backup = changed(machine)
    now = files(machine)[ONE].decode("utf-16-le")
    assert now.count(">000001d1<") == 1
    files(machine)[ONE] = now.replace(">000001d1<", f">{spelling}<").encode("utf-16-le")
    [outcome] = engine.rollback(machine, backup).outcomes
    assert outcome.result is Result.UNDONE
    assert files(machine)[ONE] == before


def test_an_old_number_in_another_spelling_was_changed_by_nobody() -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25))
    backup = changed(machine)
    now = files(machine)[ONE].decode("utf-16-le").replace(">000001d1<", ">19<")
    files(machine)[ONE] = now.encode("utf-16-le")
    [outcome] = engine.rollback(machine, backup).outcomes
    assert outcome.result is Result.UNDONE
    values = lens.read(files(machine)[ONE])
    assert (lens.number(values["SMTP_Port"]), "SMTP_Secure_Connection" in values) == (25, False)


def test_an_interrupted_run_waits_for_an_account_file_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = two_accounts()
    before = dict(files(machine))
    with monkeypatch.context() as patch:
        patch.setattr(vault, "settle", lambda *_words: sys.exit())  # the power went
        with pytest.raises(SystemExit):
            changed(machine)
    whole = files(machine)[TWO]
    files(machine)[TWO] = whole[:-40]
    assert [each.result for each in engine.recover(machine)] == [Result.UNREADABLE]
    assert files(machine)[ONE] == before[ONE]
    [backup] = vault.ids(machine)
    assert vault.load(machine, backup).state is State.PREPARED
    files(machine)[TWO] = whole
    assert [each.result for each in engine.recover(machine)] == [Result.UNDONE]
    assert files(machine)[TWO] == before[TWO]
    assert engine.recover(machine) == []


def test_two_files_of_one_name_have_a_copy_each() -> None:
    machine = two_accounts()
    backup = vault.load(machine, changed(machine))
    copies = [saved.copy for entry in backup.entries for saved in entry.files]
    assert len(set(copies)) == len(copies) == 2
    assert vault.check(machine, backup) == []


def test_a_file_that_is_gone_comes_back_as_a_whole_without_its_passwords() -> None:
    machine = two_accounts()
    machine = machine.but(registry=MemoryRegistry(registry(outlook(pop3(port=25)))))
    before = state_of(machine)
    backup = changed(machine)
    del files(machine)[ONE]
    files(machine)[TWO] = b"junk"
    receipt = engine.rollback(machine, backup, whole_file=True)
    assert {each.result for each in receipt.outcomes} == {Result.UNDONE}
    told = [reason.code for each in receipt.outcomes for reason in each.reasons]
    assert told == ["passwords_again"]
    after = state_of(machine)
    assert [path for path in before if before[path] != after.get(path)] == [ONE, TWO]
    assert lens.read(files(machine)[ONE])["SMTP_Server"] == "smtp.exemplo.com.br"


def test_half_a_pair_in_the_name_of_a_profile_is_no_trouble() -> None:
    machine = a_windows_machine(outlook(pop3(port=25), name="Z\ud800"))
    before = state_of(machine)
    backup = changed(machine)
    engine.rollback(machine, backup)
    assert state_of(machine) == before


def test_the_method_of_signing_in_is_a_mask_of_bits() -> None:
    values = pop3(port=25, SMTP_Auth_Method=3, SMTP_User="envio")
    [finding] = engine.inspect(a_windows_machine(outlook(values)), POLICY)
    assert finding.reasons[0].code == "outlook_pop_first"
    assert finding.server is not None
    assert finding.server.username == "envio"


def test_an_outlook_that_was_started_meanwhile_puts_the_change_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = a_windows_machine(outlook(pop3(port=25)))
    before = state_of(machine)
    plan = engine.plan(machine, POLICY)
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    save = vault.save

    def start_it(*words: object, **more: object) -> object:
        processes.programs.add("outlook.exe")
        return save(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(vault, "save", start_it)
    receipt = engine.apply(machine, plan, POLICY)
    assert [each.result for each in receipt.outcomes] == [Result.DEFERRED]
    assert receipt.backup is None
    assert state_of(machine) == before


class StartsOnce(memory.MemoryProcesses):
    """Outlook is started between our look and the write, and closed soon after."""

    glances = 0

    def running(self, programs: Sequence[str]) -> bool:
        """See Processes.running."""
        self.glances += "OUTLOOK.EXE" in programs
        return self.glances == 2  # 1 is the lock, 2 just before the write


def put_off_once() -> tuple[Machine, MemoryRegistry]:
    machine = a_windows_machine(outlook(pop3(port=25)))
    assert isinstance(machine.registry, MemoryRegistry)
    return machine.but(processes=StartsOnce()), machine.registry


WAITING = POLICY._replace(wait=5.0)


def test_a_profile_put_off_at_the_write_stands_once_in_its_backup() -> None:
    machine, _ = put_off_once()
    before = state_of(machine)
    plan = engine.plan(machine.but(processes=memory.MemoryProcesses()), WAITING)
    receipt = engine.apply(machine, plan, WAITING)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]
    assert receipt.backup is not None
    assert len(vault.load(machine, receipt.backup).entries) == 1
    undone = engine.rollback(machine, receipt.backup)
    assert [each.result for each in undone.outcomes] == [Result.UNDONE]
    assert state_of(machine) == before


def test_a_run_cut_short_after_a_profile_was_put_off_is_put_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine, registry_ = put_off_once()
    before = state_of(machine)
    plan = engine.plan(machine.but(processes=memory.MemoryProcesses()), WAITING)
    swap = registry_.swap

    def dying(changes: Sequence[Change], *, there_and_back: bool = True) -> None:
        swap(changes, there_and_back=there_and_back)
        raise SystemExit  # as if the power went: nothing of ours runs any more

    monkeypatch.setattr(registry_, "swap", dying)
    with pytest.raises(SystemExit):
        engine.apply(machine, plan, WAITING)
    monkeypatch.setattr(registry_, "swap", swap)
    assert state_of(machine) != before
    assert [each.result for each in engine.recover(machine)] == [Result.UNDONE]
    assert state_of(machine) == before


def test_an_open_program_is_told_only_where_something_is_to_be_changed() -> None:
    profile = outlook(pop3(port=25), pop3(port=587, secure=2))
    machine = a_windows_machine(profile, running=True)
    due, fine = engine.inspect(machine, POLICY)
    assert "running" in [reason.code for reason in due.reasons]
    assert "running" not in [reason.code for reason in fine.reasons]
    assert outlook_client.key == due.profile.client
    assert dataclasses.is_dataclass(engine.plan(machine, POLICY))


def test_a_value_changed_since_the_plan_keeps_no_other_file_changed() -> None:
    machine = two_accounts()
    plan = engine.plan(machine, POLICY)
    first = files(machine)[ONE]
    files(machine)[TWO] = oeaccount(SMTP_Port=26, SMTP_Timeout=60)
    receipt = engine.apply(machine, plan, POLICY)
    assert [each.result for each in receipt.outcomes] == [Result.STALE]
    assert files(machine)[ONE] == first
    assert files(machine)[TWO] == oeaccount(SMTP_Port=26, SMTP_Timeout=60)


def test_an_undo_that_fails_never_writes_over_what_a_person_put_back() -> None:
    machine = two_accounts()
    first = files(machine)[ONE]
    backup = changed(machine)
    ours = files(machine)[TWO]
    files(machine)[ONE] = first  # put back by hand

    class Failing(memory.MemoryFiles):
        def swap(self, path: str, expect: bytes, data: bytes) -> None:
            if path == TWO:
                raise OSError(5, "the disk is dead", path)
            super().swap(path, expect, data)

    failing = machine.but(files=Failing(files(machine)))
    [outcome] = engine.rollback(failing, backup).outcomes
    assert outcome.result is Result.FAILED
    assert files(failing)[ONE] == first
    assert files(failing)[TWO] == ours


def test_a_profile_that_cannot_be_backed_up_keeps_no_other_from_changing() -> None:
    bad, good = f"{ROOT}/abcd1234.default/prefs.js", f"{ROOT}/efgh5678.second/prefs.js"
    machine = a_machine(thunderbird(port=25), thunderbird(name="efgh5678.second", port=25))
    before = bytes_of(machine)
    plan = engine.plan(machine, offline())

    class Failing(memory.MemoryFiles):
        reads = 0

        def read(self, path: str, limit: int | None = None) -> bytes:
            """See Files.read; the second reading, for the backup, fails."""
            self.reads += path == bad
            if path == bad and self.reads > 1:
                raise OSError(5, "the disk is dead", path)
            return super().read(path, limit)

    failing = machine.but(files=Failing(files(machine)))
    receipt = engine.apply(failing, plan, offline())
    assert [each.result for each in receipt.outcomes] == [Result.FAILED, Result.CHANGED]
    assert files(failing)[bad] == before[bad]
    assert files(failing)[good] != before[good]
    assert receipt.backup is not None
    assert [each.result for each in engine.rollback(failing, receipt.backup).outcomes] == [
        Result.UNDONE
    ]
    assert files(failing)[good] == before[good]


def test_a_whole_restore_of_a_lost_file_promises_nothing_that_was_not_kept() -> None:
    secret = {"mail.server.server1.password": "canary-587"}
    machine = a_machine(thunderbird(port=25, more=secret))
    receipt = engine.apply(machine, engine.plan(machine, offline()), offline())
    assert receipt.backup is not None
    path = f"{ROOT}/abcd1234.default/prefs.js"
    machine.files.remove(path)
    restored = engine.rollback(machine, receipt.backup, whole_file=True)
    assert [each.result for each in restored.outcomes] == [Result.UNDONE]
    assert [why.code for each in restored.outcomes for why in each.reasons] == ["passwords_again"]
    assert restored.backup is None
    assert vault.ids(machine) == [receipt.backup]
    assert vault.load(machine, receipt.backup).state is State.ROLLED_BACK
    assert prefs_js.read(machine.files.read(path))["mail.smtpserver.smtp1.port"] == 25


def test_a_lost_file_beside_another_profile_is_no_part_of_what_can_be_undone() -> None:
    lost, other = f"{ROOT}/abcd1234.default/prefs.js", f"{ROOT}/efgh5678.second/prefs.js"
    machine = a_machine(thunderbird(port=25), thunderbird(name="efgh5678.second", port=25))
    receipt = engine.apply(machine, engine.plan(machine, offline()), offline())
    assert receipt.backup is not None
    new = files(machine)[other]
    machine.files.remove(lost)
    restored = engine.rollback(machine, receipt.backup, whole_file=True)
    assert [each.result for each in restored.outcomes] == [Result.UNDONE, Result.UNDONE]
    assert restored.backup is not None
    [entry] = vault.load(machine, restored.backup).entries
    assert [saved.path for saved in entry.files] == [other]
    [again] = engine.rollback(machine, restored.backup).outcomes
    assert again.result is Result.UNDONE
    assert files(machine)[other] == new
    assert lost in files(machine)


class Closed(MemoryRegistry):
    """A registry in which one key may not be looked at."""

    closed = ""

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        if self.closed and self.closed in key:
            raise PermissionError(13, "no", key)
        return super().read(key, names)


def test_a_key_that_is_closed_is_named_and_keeps_no_other_from_a_whole_restore() -> None:
    bad, good = outlook(pop3(port=25), name="bad"), outlook(pop3(port=25), name="good")
    keys = Closed(registry(bad, good))
    machine = a_windows_machine().but(registry=keys)
    backup = changed(machine)
    keys.closed = r"\bad"
    receipt = engine.rollback(machine, backup, whole_file=True)
    assert [each.result for each in receipt.outcomes] == [Result.DENIED, Result.UNDONE]
    [why] = receipt.outcomes[0].reasons
    assert (why.code, dict(why.fields)["path"]) == ("no_permission", bad.account(1))
    assert keys.read(good.account(1), ["SMTP Port"])["SMTP Port"] == 25


def test_a_whole_restore_is_refused_before_anything_is_changed() -> None:
    machine = a_machine(*(thunderbird(name=f"p{n:02d}.x", port=25) for n in range(40)))
    receipt = engine.apply(machine, engine.plan(machine, offline()), offline())
    assert receipt.backup is not None
    last = vault.load(machine, receipt.backup).entries[-1].files[0]
    machine.files.remove(f"{machine.backups_folder}/{receipt.backup}/{last.copy}")
    before = bytes_of(machine)
    with pytest.raises(Refused, match="copy_damaged"):
        engine.rollback(machine, receipt.backup, whole_file=True)
    assert bytes_of(machine) == before


def test_the_note_in_a_backup_gives_every_path_one_line() -> None:
    path = "/image/home/a\nb -> /etc/passwd/prefs.js"
    machine = memory.machine({path: b""}, home="/image/home")
    place = Place("prefs.js", path)
    profile = Profile("thunderbird", "Thunderbird", "a", path[:-9], place, in_use=True)
    change = Change(place, "mail.smtpserver.smtp1.port", None, 587)
    [entry] = vault.save(machine, "20261124-060000", [Entry(profile, (Group("x", (change,)),))])
    note = f"{machine.backups_folder}/20261124-060000/{vault.README}"
    lines = machine.files.read(note).decode().splitlines()
    assert entry.files[0].path == path
    assert [line for line in lines if "/etc/passwd" in line] == [
        "      -> /image/home/a\N{REPLACEMENT CHARACTER}b -> /etc/passwd/prefs.js"
    ]
