"""Rare situations in clients, engine and vault, each of which must still end well."""

from __future__ import annotations

import json
import plistlib
from typing import TYPE_CHECKING

import pytest

from builders import (
    ROOT,
    a_machine,
    account,
    bytes_of,
    contents,
    offline,
    prefs,
    profiles_ini,
    thunderbird,
)
from configure587 import engine, undo, vault
from configure587.errors import Busy, Cancelled, Refused, Unsure
from configure587.formats import prefs_js
from configure587.machine import Machine, Platform, guards, memory
from configure587.model import (
    Finding,
    Progress,
    Receipt,
    Result,
    Security,
    State,
    Transport,
    Verdict,
)

if TYPE_CHECKING:
    from configure587.policy import Policy

POLICY = offline()
FOLDER = f"{ROOT}/abcd1234.default"
PREFS = f"{FOLDER}/prefs.js"
USR = "/usr/lib/thunderbird"
SERVER = "mail.smtpserver.smtp1."
ETC = "/etc/thunderbird/policies/policies.json"
AUTOCONFIG = (
    b'pref("general.config.filename", "f.cfg");\npref("general.config.obscure_value", 0);\n'
)


def finding(machine: Machine, policy: Policy = POLICY) -> Finding:
    [found] = engine.inspect(machine, policy)
    return found


def do(machine: Machine) -> Receipt:
    return engine.apply(machine, engine.plan(machine, POLICY), POLICY)


def edit(machine: Machine, path: str, new: bytes) -> None:
    machine.files.swap(path, machine.files.read(path), new)


# What decides a value


def test_a_default_that_prefs_js_sets_for_the_session_counts_until_the_next_save() -> None:
    raw = prefs(account(try_ssl=2)) + b'pref("mail.smtpserver.smtp1.port", 25);\n'
    machine = a_machine(thunderbird(raw=raw))
    assert finding(machine).verdict is Verdict.DUE
    do(machine)
    assert finding(machine).verdict is Verdict.FINE


def test_a_default_of_the_installation_counts_where_the_person_says_nothing() -> None:
    files = {f"{USR}/defaults/pref/x.js": b'pref("mail.smtpserver.smtp1.port", 25);\n'}
    machine = a_machine(thunderbird(), files=files)
    found = finding(machine)
    assert found.server is not None
    assert found.server.transport.port == 25
    assert found.verdict is Verdict.DUE


def test_settings_from_the_network_are_left_to_the_administrator() -> None:
    files = {f"{USR}/defaults/pref/x.js": b'pref("autoadmin.global_config_url", "x");\n'}
    assert finding(a_machine(thunderbird(port=25), files=files)).verdict is Verdict.BLOCKED


def test_a_call_without_a_value_decides_nothing() -> None:
    files = {
        f"{USR}/defaults/pref/x.js": AUTOCONFIG,
        f"{USR}/f.cfg": b'//\nunlockPref("mail.smtpserver.smtp1.port");\n',
    }
    assert finding(a_machine(thunderbird(port=25), files=files)).verdict is Verdict.DUE


def test_an_autoconfig_file_that_is_named_but_missing_decides_nothing() -> None:
    files = {f"{USR}/defaults/pref/x.js": AUTOCONFIG, f"{USR}/defaults/pref/readme.txt": b"x"}
    assert finding(a_machine(thunderbird(port=25), files=files)).verdict is Verdict.DUE


@pytest.mark.parametrize(
    "wanted",
    [
        {"mail.smtpserver.smtp1.port": {"Value": 25, "Status": "clear"}},
        {"mail.smtpserver.smtp1.port": {"Value": [25], "Status": "locked"}},
        {"app.update.auto": False},
        {"mail.smtpserver.smtp1.port": {"Value": 25}},
        [],
        "[]",
        3,
    ],
)
def test_a_policy_that_locks_nothing_of_ours_does_not_block(wanted: object) -> None:
    document = json.dumps({"policies": {"Preferences": wanted}}).encode()
    assert finding(a_machine(thunderbird(port=25), files={ETC: document})).verdict is Verdict.DUE


def test_two_identities_of_one_account_offer_one_user_name() -> None:
    more = {"mail.account.account1.identities": "id1,id2", "mail.identity.id2.useremail": "x@y.z"}
    machine = a_machine(thunderbird(port=25, authMethod=1, username=None, more=more))
    assert finding(machine).verdict is Verdict.DUE


def test_a_news_account_offers_no_user_name() -> None:
    more = {
        "mail.accountmanager.accounts": "account1,account2",
        "mail.account.account2.identities": "id2",
        "mail.account.account2.server": "server2",
        "mail.server.server2.type": "nntp",
        "mail.server.server2.userName": "other",
    }
    machine = a_machine(thunderbird(port=25, authMethod=1, username=None, more=more))
    assert finding(machine).verdict is Verdict.DUE


MANAGED = "/Library/Managed Preferences/org.mozilla.thunderbird.plist"


def on_a_mac(managed: bytes) -> Machine:
    files = contents(thunderbird(port=587, try_ssl=0), root="/home/ana/Library/Thunderbird")
    return memory.machine({**files, MANAGED: managed}, platform=Platform.MACOS)


@pytest.mark.parametrize(
    "settings",
    [
        {"Preferences": {"mail.smtpserver.smtp1.port": {"Value": 25, "Status": "locked"}}},
        {"Preferences__mail.smtpserver.smtp1.port": {"Value": 25, "Status": "locked"}},
    ],
)
def test_a_port_that_a_companys_mac_preferences_lock_is_blocked(
    settings: dict[str, dict[str, object]],
) -> None:
    for kind in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        found = finding(on_a_mac(plistlib.dumps(settings, fmt=kind)))
        assert found.verdict is Verdict.BLOCKED
        assert found.server is not None
        assert found.server.transport.port == 25


def test_policies_at_the_usual_place_on_windows_bind_without_compatibility_ini() -> None:
    root = "/i/home/AppData/Roaming/Thunderbird"
    policies = json.dumps({"policies": {"Preferences": {SERVER + "port": 25}}}).encode()
    files = {
        **contents(thunderbird(port=25, version=None), root=root),
        "/i/C/Program Files/Mozilla Thunderbird/distribution/policies.json": policies,
    }
    machine = memory.machine(files, platform=Platform.WINDOWS, home="/i/home").but(root="/i")
    assert finding(machine).verdict is Verdict.BLOCKED


def test_damaged_mac_preferences_leave_it_to_the_administrator() -> None:
    assert finding(on_a_mac(b"junk")).verdict is Verdict.BLOCKED
    assert finding(on_a_mac(b"<?xml version='1.0'?><plist>")).verdict is Verdict.BLOCKED
    assert finding(on_a_mac(plistlib.dumps([1]))).verdict is Verdict.HALF_WAY


# What the program has words for


def test_the_next_target_is_taken_when_the_program_has_no_words_for_the_first() -> None:
    odd = Transport(587, Security.OPPORTUNISTIC)
    machine = a_machine(thunderbird(port=25))
    policy = offline(targets=(odd, Transport(465, Security.TLS)))
    found = finding(machine, policy)
    assert found.target is not None
    assert found.target.port == 465
    assert finding(machine, offline(targets=(odd,))).verdict is Verdict.STUCK


def test_a_target_that_would_lower_the_protection_is_passed_over() -> None:
    machine = a_machine(thunderbird(port=25, try_ssl=2))
    policy = offline(targets=(Transport(587, Security.NONE),))
    assert finding(machine, policy).verdict is Verdict.STUCK


def test_another_due_port_can_be_wished_for() -> None:
    machine = a_machine(thunderbird(port=2525))
    assert finding(machine, offline(due_ports=(25, 2525))).verdict is Verdict.DUE


# Backups


def many(count: int) -> Machine:
    return a_machine(*(thunderbird(name=f"p{n:07d}.x", port=25) for n in range(count)))


def test_every_copy_is_named_in_a_readme_even_in_large_sets() -> None:
    machine = many(40)
    receipt = do(machine)
    assert receipt.backup is not None
    backup = vault.load(machine, receipt.backup)
    names = machine.files.names(backup.folder)
    told = "".join(
        machine.files.read(f"{backup.folder}/{name}").decode()
        for name in names
        if name.endswith(vault.README)
    )
    copies = [saved.copy for entry in backup.entries for saved in entry.files]
    assert len(copies) == 40
    assert all(copy in told for copy in copies)


def test_two_sets_of_one_second_have_two_names() -> None:
    machine = a_machine(thunderbird(port=25))
    first, clock = do(machine), machine.clock.now()
    assert first.backup is not None
    engine.rollback(machine, first.backup)
    second, third = do(machine), None
    assert second.backup is not None
    engine.rollback(machine, second.backup)
    third = do(machine)
    assert machine.clock.now() == clock
    assert vault.ids(machine) == [first.backup, second.backup, third.backup]
    assert second.backup == f"{first.backup}-2"


def test_what_is_read_back_differently_is_no_backup() -> None:
    machine = a_machine(thunderbird(port=25))
    before = bytes_of(machine)
    below = machine.files
    assert isinstance(below, memory.MemoryFiles)

    class Lossy(memory.MemoryFiles):
        def create(self, files: object) -> None:
            assert isinstance(files, dict)
            super().create({path: data[:-1] for path, data in files.items()})

    lossy = machine.but(files=Lossy(below.contents))
    receipt = do(lossy)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.FAILED]
    assert bytes_of(lossy) == before


def test_a_file_whose_secret_cannot_be_cut_out_is_changed_without_a_copy() -> None:
    raw = b"// my password is canary-587\n" + prefs(account(port=25))
    machine = a_machine(thunderbird(raw=raw))
    receipt = do(machine)
    assert receipt.backup is not None
    backup = vault.load(machine, receipt.backup)
    assert [saved.copy for entry in backup.entries for saved in entry.files] == [""]
    assert vault.check(machine, backup) == []
    with pytest.raises(Refused, match="copy_withheld"):
        engine.rollback(machine, receipt.backup, whole_file=True)
    engine.rollback(machine, receipt.backup)
    assert machine.files.read(PREFS) == raw


# Undoing


def test_a_whole_file_restore_with_nothing_to_restore_makes_no_backup() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    again = engine.rollback(machine, receipt.backup, whole_file=True)
    assert again.backup is None
    assert [outcome.result for outcome in again.outcomes] == [Result.UNCHANGED]


def test_a_whole_file_restore_brings_back_a_file_that_was_lost() -> None:
    machine = a_machine(thunderbird(port=25))
    before = bytes_of(machine)
    receipt = do(machine)
    machine.files.remove(PREFS)
    assert receipt.backup is not None
    again = engine.rollback(machine, receipt.backup, whole_file=True)
    assert [outcome.result for outcome in again.outcomes] == [Result.UNDONE]
    assert bytes_of(machine) == before


def test_a_profile_that_cannot_be_read_any_more_does_not_spoil_the_others() -> None:
    machine = a_machine(thunderbird(port=25), thunderbird(name="efgh5678.second", port=25))
    plan = engine.plan(machine, POLICY)
    machine.files.remove(PREFS)
    receipt = engine.apply(machine, plan, POLICY)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.FAILED, Result.CHANGED]


def test_a_run_that_changed_nothing_leaves_no_backup_behind() -> None:
    machine = a_machine(thunderbird(port=25))
    plan = engine.plan(machine, POLICY)
    edit(machine, PREFS, prefs_js.edit(machine.files.read(PREFS), {SERVER + "port": 26}))
    receipt = engine.apply(machine, plan, POLICY)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.STALE]
    assert receipt.backup is None
    assert vault.ids(machine) == []


def test_whole_files_of_many_profiles_are_restored_in_batches() -> None:
    machine = many(40)
    before = bytes_of(machine)
    receipt = do(machine)
    assert receipt.backup is not None
    restored = engine.rollback(machine, receipt.backup, whole_file=True)
    assert bytes_of(machine) == before
    assert restored.backup is not None
    assert vault.load(machine, restored.backup).state is State.APPLIED


def test_undoing_leaves_a_profile_that_has_gone_alone() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    for path in [path for path in files.contents if path.startswith(FOLDER)]:
        machine.files.remove(path)
    assert receipt.backup is not None
    undone = engine.rollback(machine, receipt.backup)
    assert [outcome.result for outcome in undone.outcomes] == [Result.KEPT]


def test_stopping_an_undo_leaves_the_change_whole() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    after = bytes_of(machine)

    def stop(progress: Progress) -> None:
        del progress
        raise Cancelled

    assert receipt.backup is not None
    undone = engine.rollback(machine, receipt.backup, notify=stop)
    assert [outcome.result for outcome in undone.outcomes] == [Result.STOPPED]
    assert bytes_of(machine) == after
    assert vault.load(machine, receipt.backup).state is State.APPLIED


def test_recovery_waits_for_a_program_that_runs() -> None:
    machine = interrupted_machine()
    processes = machine.processes
    assert isinstance(processes, memory.MemoryProcesses)
    processes.locks.add(f"{FOLDER}/.parentlock")
    [outcome] = engine.recover(machine)
    assert outcome.result is Result.DEFERRED
    assert vault.unfinished(machine) != []
    processes.locks.clear()
    [outcome] = engine.recover(machine)
    assert outcome.result is Result.UNDONE
    assert vault.unfinished(machine) == []


def test_recovery_passes_over_a_profile_that_has_gone() -> None:
    machine = interrupted_machine()
    files = machine.files
    assert isinstance(files, memory.MemoryFiles)
    for path in [path for path in files.contents if path.startswith(FOLDER)]:
        del files.contents[path]
    [outcome] = engine.recover(machine)
    assert outcome.result is Result.UNCHANGED
    assert vault.unfinished(machine) == []


def test_recovery_does_not_touch_a_run_that_is_at_work() -> None:
    machine = interrupted_machine()
    with vault.exclusive(machine):
        assert engine.recover(machine) == []
    assert vault.unfinished(machine) != []


def test_recovery_that_fails_is_tried_again_at_the_next_start() -> None:
    machine = interrupted_machine()
    [outcome] = engine.recover(guards.failing(machine, 0))
    assert outcome.result is Result.FAILED
    assert vault.unfinished(machine) != []
    [outcome] = engine.recover(machine)
    assert outcome.result is Result.UNDONE


def interrupted_machine() -> Machine:
    """A computer whose power went off just after prefs.js was written."""
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    assert receipt.backup is not None
    folder = f"{machine.backups_folder}/{receipt.backup}"
    for name in machine.files.names(folder):
        if name.endswith(("settled.json", "closed.json")):
            machine.files.remove(f"{folder}/{name}")
    return machine


def test_an_interrupted_whole_file_restore_is_put_back() -> None:
    machine = a_machine(thunderbird(port=25))
    receipt = do(machine)
    after = machine.files.read(PREFS)
    assert receipt.backup is not None
    restored = engine.rollback(machine, receipt.backup, whole_file=True)
    folder = f"{machine.backups_folder}/{restored.backup}"
    for name in machine.files.names(folder):
        if name.endswith(("settled.json", "closed.json")):
            machine.files.remove(f"{folder}/{name}")
    [outcome] = engine.recover(machine)
    assert outcome.result is Result.UNDONE
    assert machine.files.read(PREFS) == after


def test_a_whole_file_restore_on_a_dead_disk_is_put_back_at_the_next_start() -> None:
    machine = a_machine(thunderbird(port=25, user_js={"mail.smtpserver.smtp1.port": 25}))
    receipt = do(machine)
    after = bytes_of(machine)
    assert receipt.backup is not None
    watched, writes = guards.journal(machine)
    rehearsal = guards.dry_run(watched)
    engine.rollback(rehearsal, receipt.backup, whole_file=True)
    assert writes == []
    failing = guards.failing(machine, [verb for verb, _ in _writes_of_restore()].index("swap") + 1)
    restored = engine.rollback(failing, receipt.backup, whole_file=True)
    assert [outcome.result for outcome in restored.outcomes] == [Result.FAILED]
    assert bytes_of(machine) == after


def _writes_of_restore() -> list[tuple[str, str]]:
    machine = a_machine(thunderbird(port=25, user_js={"mail.smtpserver.smtp1.port": 25}))
    receipt = do(machine)
    assert receipt.backup is not None
    watched, writes = guards.journal(machine)
    engine.rollback(watched, receipt.backup, whole_file=True)
    return writes


# The rest


def test_a_survey_without_a_listener_says_the_same() -> None:
    machine = a_machine(thunderbird(port=25))
    heard: list[int] = []
    with_listener = list(
        engine.survey(machine, POLICY, lambda f: f.id, lambda step: heard.append(step.done))
    )
    assert list(engine.survey(machine, POLICY, lambda f: f.id)) == with_listener
    assert heard == [1]


def test_a_client_that_loses_its_server_on_the_way_is_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from configure587.clients import thunderbird as client

    machine = a_machine(thunderbird(port=25))
    before = bytes_of(machine)
    plan = engine.plan(machine, POLICY)
    monkeypatch.setattr(client, "servers", lambda *_: iter(()))
    receipt = engine.apply(machine, plan, POLICY)
    assert [outcome.result for outcome in receipt.outcomes] == [Result.FAILED]
    assert bytes_of(machine) == before


def test_an_edit_that_could_not_be_undone_is_refused() -> None:
    with pytest.raises(Unsure, match="edit_not_reversible"):
        prefs_js.edit(b'user_pref("a.b", 1);\n', {"a.b": 2}, {"a.b": 3})


def test_names_with_nothing_in_common_are_edited_all_the_same() -> None:
    data = prefs({"a.b": 1, "c.d": 2})
    assert prefs_js.read(prefs_js.edit(data, {"a.b": 3, "c.d": 4})) == {"a.b": 3, "c.d": 4}


def test_an_undo_of_nothing_is_nothing() -> None:
    assert undo.put_back(a_machine(), []) == []


def test_a_lock_of_ours_is_not_taken_twice() -> None:
    processes = memory.MemoryProcesses()
    with processes.keep_out("/l"), pytest.raises(Busy), processes.keep_out("/l"):
        pass


def test_a_list_of_profiles_that_cannot_be_read_is_a_finding() -> None:
    class Unreadable(memory.MemoryFiles):
        def read(self, path: str, limit: int | None = None) -> bytes:
            if path.endswith("profiles.ini"):
                raise PermissionError(13, "no", path)
            return super().read(path, limit)

    files = {f"{ROOT}/profiles.ini": profiles_ini("a.a"), f"{ROOT}/a.a/prefs.js": b""}
    machine = memory.machine().but(files=Unreadable(files))
    assert finding(machine).verdict is Verdict.UNREADABLE
