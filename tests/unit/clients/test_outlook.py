"""Outlook as it will act: every generation's tree, and only numbers of an account are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from builders import offline
from configure587 import engine
from configure587.clients import outlook as client
from configure587.formats import reg_text
from configure587.machine import Machine, guards
from configure587.machine.memory import MemoryProcesses
from configure587.machine.memory_registry import MemoryRegistry
from configure587.model import (
    SUBMISSION,
    Finding,
    Opaque,
    Result,
    Security,
    State,
    Target,
    Transport,
    Value,
    Verdict,
)
from outlook_builders import (
    ADDRESS_BOOK,
    EXCHANGE,
    HKCU,
    HKLM,
    HOTMAIL,
    OFFICE,
    SECRET,
    SECTION,
    SUBSYSTEM,
    Values,
    a_windows_machine,
    binary,
    imap,
    outlook,
    pop3,
    registry,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outlook_builders import OutlookProfile

POLICY = offline(clients=("outlook",))


def findings(machine: Machine) -> list[Finding]:
    return list(engine.inspect(machine, POLICY))


def the_finding(machine: Machine) -> Finding:
    [found] = findings(machine)
    return found


def everything(machine: Machine) -> dict[str, dict[str, Value]]:
    assert isinstance(machine.registry, MemoryRegistry)
    return machine.registry.everything()


def codes(found: Finding) -> list[str]:
    return [reason.code for reason in found.reasons]


# --- where profiles are --------------------------------------------------------------------------

GENERATIONS = [
    ("16.0", False, "Outlook"),
    ("15.0", False, "Outlook 2013"),
    ("14.0", True, "Outlook 2010"),
    ("12.0", True, "Outlook 2007"),
]


@pytest.mark.parametrize(("version", "old", "program"), GENERATIONS)
def test_every_generation_is_found_and_changed(version: str, old: bool, program: str) -> None:
    machine = a_windows_machine(outlook(pop3(old=old), version=version))
    found = the_finding(machine)
    assert found.verdict is Verdict.DUE
    assert found.profile.program == program
    assert found.profile.in_use
    assert found.server is not None
    assert found.server.transport == Transport(25, Security.NONE)
    assert found.server.hostname == "smtp.exemplo.com.br"
    assert found.server.used_by == ("ana@exemplo.com.br",)
    assert found.server.username == "ana@exemplo.com.br"
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert the_finding(machine).verdict is Verdict.FINE


def test_profiles_with_accents_and_spaces_are_found_and_the_default_is_known() -> None:
    names = ["João e família", "Outlook", "日本 ✉", "Trabalho (novo)"]
    machine = a_windows_machine(*(outlook(pop3(port=25), name=name) for name in names))
    found = findings(machine)
    assert [each.profile.name for each in found] == names
    assert [each.profile.in_use for each in found] == [True, False, False, False]
    assert len({each.id for each in found}) == 4


def test_of_two_generations_only_the_installed_one_is_live() -> None:
    old = outlook(pop3(old=True), version="14.0")
    new = outlook(pop3(port=25), version="16.0")
    contents = registry(old, new)
    del contents[rf"{HKLM}\SOFTWARE\Microsoft\Office\14.0\Outlook\InstallRoot"]
    machine = a_windows_machine(more=contents)
    live, dead = findings(machine)
    assert (live.verdict, live.profile.program) == (Verdict.DUE, "Outlook")
    assert dead.verdict is Verdict.LEFT_ALONE
    assert codes(dead)[0] == "outlook_not_current"
    assert not dead.profile.in_use


def test_with_nothing_known_to_be_installed_only_the_newest_tree_is_started_with() -> None:
    trees = [outlook(pop3(port=25), version=each) for each in ("14.0", "15.0", "16.0")]
    known, unknown = a_windows_machine(*trees), a_windows_machine(*trees, installed=False)
    assert [each.profile.in_use for each in findings(unknown)] == [True, False, False]
    assert [each.profile.in_use for each in findings(known)] == [True, True, True]
    assert {each.verdict for each in findings(unknown)} == {Verdict.DUE}
    older = a_windows_machine(*trees[:2], installed=False)
    assert [each.profile.in_use for each in findings(older)] == [True, False]


def test_two_installed_generations_are_both_live() -> None:
    old = outlook(pop3(old=True), version="14.0")
    machine = a_windows_machine(old, outlook(pop3(port=25), version="16.0"))
    assert [each.verdict for each in findings(machine)] == [Verdict.DUE, Verdict.DUE]


CLICK_TO_RUN = rf"{HKLM}\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
APP_PATHS = rf"{HKLM}\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\OUTLOOK.EXE"
OUTLOOK_16 = "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE"


@pytest.mark.parametrize(
    "more",
    [
        {CLICK_TO_RUN: {"ProductReleaseIds": "O365ProPlusRetail"}},
        {APP_PATHS: {"": OUTLOOK_16}},
        {rf"{HKLM}\SOFTWARE\WOW6432Node\Microsoft\Office\16.0\Outlook\InstallRoot": {"Path": "C:"}},
    ],
)
def test_an_installed_version_is_known_by_any_of_its_marks(more: dict[str, Values]) -> None:
    old = outlook(pop3(old=True), version="14.0")
    machine = a_windows_machine(
        old, outlook(pop3(port=25), version="16.0"), more=more, installed=False
    )
    assert [each.verdict for each in findings(machine)] == [Verdict.DUE, Verdict.LEFT_ALONE]


def test_an_install_root_without_outlook_in_it_installs_nothing() -> None:
    profile = outlook(pop3(port=25), version="16.0")
    old = outlook(pop3(port=25, old=True), version="14.0")
    machine = a_windows_machine(
        profile, old, files={"C:\\Program Files\\Microsoft Office\\WORD.EXE": b""}
    ).but(root="")
    # nothing proves what is installed, so both trees count
    assert [each.verdict for each in findings(machine)] == [Verdict.DUE, Verdict.DUE]


@pytest.mark.parametrize("version", ["11.0", "10.0"])
def test_outlook_2002_and_2003_need_a_person(version: str) -> None:
    machine = a_windows_machine(outlook(pop3(old=True, SMTP_Use_SSL=0), version=version))
    found = the_finding(machine)
    assert (found.verdict, codes(found)[0]) == (Verdict.STUCK, "outlook_too_old")


def test_outlook_2003_that_sends_on_465_is_fine() -> None:
    machine = a_windows_machine(outlook(pop3(port=465, SMTP_Use_SSL=1), version="11.0"))
    assert the_finding(machine).verdict is Verdict.FINE


def test_a_profile_of_an_unknown_version_is_left_unless_its_values_tell() -> None:
    contents = registry(outlook(pop3(old=True), version="14.0"), installed=False)
    del contents[rf"{OFFICE}\14.0\Outlook"]
    found = the_finding(a_windows_machine(more=contents))
    assert (found.verdict, codes(found)[0]) == (Verdict.STUCK, "outlook_version_unknown")
    assert found.profile.program == "Outlook"
    key = next(key for key in contents if key.endswith("00000001"))
    contents[key]["SMTP Secure Connection"] = 0
    assert the_finding(a_windows_machine(more=contents)).verdict is Verdict.DUE


def test_a_profile_in_corporate_mode_is_told_and_left() -> None:
    profile = rf"{SUBSYSTEM}\Profiles\MS Exchange Settings"
    section = rf"{profile}\0123456789abcdef0123456789abcdef"
    values: Values = {"001e1428": "smtp.exemplo.com.br", "00031428": 25}
    machine = a_windows_machine(more={profile: {}, section: values})
    found = the_finding(machine)
    assert (found.verdict, codes(found)) == (Verdict.STUCK, ["outlook_corporate"])
    other = a_windows_machine(more={profile: {}, section: {"001e3001": "x"}})
    assert findings(other) == []


def test_outlook_from_the_store_is_not_trusted_with_a_change() -> None:
    folder = "/image/home/AppData/Local/Packages/Microsoft.Office.Desktop_8wekyb3d8bbwe/x"
    machine = a_windows_machine(outlook(pop3(port=25)), files={folder: b""}, installed=False)
    found = the_finding(machine)
    assert (found.verdict, codes(found)[0]) == (Verdict.STUCK, "outlook_from_store")
    both = a_windows_machine(outlook(pop3(port=25)), files={folder: b""})
    assert the_finding(both).verdict is Verdict.DUE


# --- what is an account --------------------------------------------------------------------------


def test_exchange_http_and_address_books_are_no_accounts() -> None:
    profile = outlook(ADDRESS_BOOK, pop3(port=25), EXCHANGE, HOTMAIL, imap(port=587, secure=2))
    found = findings(a_windows_machine(profile))
    assert [each.server.key for each in found if each.server] == ["00000002", "00000005"]
    assert [each.verdict for each in found] == [Verdict.DUE, Verdict.FINE]


def test_gaps_in_the_numbers_of_accounts_do_not_matter() -> None:
    profile = outlook(pop3(port=25), first=0x1F)
    assert the_finding(a_windows_machine(profile)).id.endswith(":0000001f")


def test_two_hundred_accounts_are_changed_and_undone() -> None:
    accounts = [pop3(port=25, address=f"ana{n}@exemplo.com.br") for n in range(200)]
    machine = a_windows_machine(outlook(*accounts))
    before = everything(machine)
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert {each.verdict for each in findings(machine)} == {Verdict.FINE}
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert everything(machine) == before


@pytest.mark.parametrize(
    ("port", "secure", "transport", "verdict"),
    [
        (None, None, Transport(25, Security.NONE), Verdict.DUE),
        (25, 0, Transport(25, Security.NONE), Verdict.DUE),
        (25, 2, Transport(25, Security.STARTTLS), Verdict.DUE),
        (25, 3, Transport(25, Security.OPPORTUNISTIC), Verdict.DUE),
        (587, None, Transport(587, Security.NONE), Verdict.HALF_WAY),
        (587, 3, Transport(587, Security.OPPORTUNISTIC), Verdict.HALF_WAY),
        (587, 2, SUBMISSION, Verdict.FINE),
        (465, 1, Transport(465, Security.TLS), Verdict.FINE),
        (25, 1, Transport(25, Security.TLS), Verdict.LEFT_ALONE),
        (2525, 0, Transport(2525, Security.NONE), Verdict.LEFT_ALONE),
        (25, 4, Transport(25, Security.NONE), Verdict.STUCK),
        (0, 0, Transport(0, Security.NONE), Verdict.STUCK),
        (70_000, 0, Transport(70_000, Security.NONE), Verdict.STUCK),
    ],
)
def test_port_and_protection_are_read_as_outlook_reads_them(
    port: int | None, secure: int | None, transport: Transport, verdict: Verdict
) -> None:
    found = the_finding(a_windows_machine(outlook(pop3(port=port, secure=secure))))
    assert found.server is not None
    assert (found.server.transport, found.verdict) == (transport, verdict)


def test_an_absent_port_is_told_to_mean_25() -> None:
    assert "absent_means_25" in codes(the_finding(a_windows_machine(outlook(pop3()))))


# --- signing in ----------------------------------------------------------------------------------


def test_an_account_without_sign_in_gets_it_with_the_incoming_name() -> None:
    profile = outlook(pop3(port=25, use_auth=None))
    machine = a_windows_machine(profile)
    [step] = engine.plan(machine, POLICY).steps
    assert step.finding.target == Target(
        "smtp.exemplo.com.br", 587, Security.STARTTLS, "ana@exemplo.com.br"
    )
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    after = everything(machine)[profile.account(1)]
    assert after["SMTP Use Auth"] == 1
    assert the_finding(machine).verdict is Verdict.FINE


def test_an_account_with_a_login_of_its_own_keeps_it() -> None:
    values = pop3(port=25, use_auth=0, SMTP_Auth_Method=1, SMTP_User="envio")
    [step] = engine.plan(a_windows_machine(outlook(values)), POLICY).steps
    assert step.finding.target is not None
    assert step.finding.target.sign_in_as == "envio"


@pytest.mark.parametrize(
    "more",
    [
        {"POP3_User": None},
        {"SMTP_Auth_Method": 2},
        {"SMTP_Use_Sicily": 1},
        {"SMTP_Use_SPA": 1},
        {"SMTP_Auth_Method": 1},
    ],
)
def test_sign_in_that_numbers_alone_cannot_give_needs_a_person(more: dict[str, Any]) -> None:
    found = the_finding(a_windows_machine(outlook(pop3(port=25, use_auth=0, **more))))
    assert (found.verdict, codes(found)[-1]) == (Verdict.STUCK, "sign_in_needed")


def test_pop_before_smtp_does_not_work_on_587() -> None:
    found = the_finding(a_windows_machine(outlook(pop3(port=25, SMTP_Auth_Method=2))))
    assert (found.verdict, codes(found)[0]) == (Verdict.STUCK, "outlook_pop_first")


def test_spa_is_named_and_kept() -> None:
    found = the_finding(a_windows_machine(outlook(pop3(port=25, SMTP_Use_Sicily=1))))
    assert found.server is not None
    assert (found.server.auth, found.verdict) == ("spa", Verdict.DUE)


# --- what is left alone --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("port", "secure", "verdict"),
    [
        (25, 0, Verdict.STUCK),
        (25, None, Verdict.STUCK),
        (587, 0, Verdict.STUCK),
        (587, 2, Verdict.LEFT_ALONE),
        (465, 1, Verdict.FINE),
        (465, 0, Verdict.STUCK),
        (465, None, Verdict.STUCK),
    ],
)
def test_the_old_ssl_value_beside_the_new_one_is_never_guessed_at(
    port: int, secure: int | None, verdict: Verdict
) -> None:
    values = pop3(port=port, secure=secure, SMTP_Use_SSL=1)
    assert the_finding(a_windows_machine(outlook(values))).verdict is verdict


def test_what_the_old_ssl_value_means_alone_is_known_of_old_versions_only() -> None:
    values = pop3(port=465, old=True, SMTP_Use_SSL=1)
    for version, verdict in (("14.0", Verdict.STUCK), ("11.0", Verdict.FINE)):
        found = the_finding(a_windows_machine(outlook(values, version=version)))
        assert found.verdict is verdict
    contents = registry(outlook(values, version="14.0"), installed=False)
    contents = {key: more for key, more in contents.items() if not key.endswith("Outlook")}
    unknown = the_finding(a_windows_machine(more=contents))
    assert (unknown.verdict, codes(unknown)) == (Verdict.STUCK, ["outlook_ssl_old_only"])


def test_the_old_ssl_value_switched_off_does_not_matter_and_stays() -> None:
    profile = outlook(pop3(port=25, SMTP_Use_SSL=0))
    machine = a_windows_machine(profile)
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert everything(machine)[profile.account(1)]["SMTP Use SSL"] == 0
    assert the_finding(machine).verdict is Verdict.FINE


@pytest.mark.parametrize(
    "name", ["IMAP Use OAuth", "Auth Manager Identity UID", "OAUTH Token", "auth identity uid"]
)
def test_an_account_with_a_mark_of_oauth_is_not_touched(name: str) -> None:
    values = {**imap(port=25), name: Opaque("REG_BINARY", b"x")}
    found = the_finding(a_windows_machine(outlook(values)))
    assert (found.verdict, codes(found)[0]) == (Verdict.STUCK, "outlook_oauth")
    fine = {**imap(port=587, secure=2), name: Opaque("REG_BINARY", b"x")}
    assert the_finding(a_windows_machine(outlook(fine))).verdict is Verdict.FINE


@pytest.mark.parametrize("hive", [HKCU, HKLM])
@pytest.mark.parametrize("below", ["", r"\more"])
def test_an_organization_that_rules_the_set_up_is_respected(hive: str, below: str) -> None:
    key = rf"{hive}\Software\Policies\Microsoft\Office\16.0\Outlook\setup"
    machine = a_windows_machine(
        outlook(pop3(port=25), imap(port=587, secure=2)), more={key + below: {"x": 1}}
    )
    due, fine = findings(machine)
    assert (due.verdict, codes(due)[-1]) == (Verdict.BLOCKED, "decided_elsewhere")
    assert fine.verdict is Verdict.FINE
    other = rf"{hive}\Software\Policies\Microsoft\Office\15.0\Outlook\setup"
    free = a_windows_machine(outlook(pop3(port=25)), more={other: {"x": 1}})
    assert the_finding(free).verdict is Verdict.DUE


# --- odd values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "port", ["25", Opaque("REG_BINARY", b"\x19\0\0\0"), Opaque("REG_DWORD", b"\x19")]
)
def test_a_port_of_another_type_is_not_guessed_at(port: Value) -> None:
    found = the_finding(a_windows_machine(outlook(pop3(port=port))))
    assert (found.verdict, codes(found)[0]) == (Verdict.STUCK, "odd_value")


def test_strings_are_read_by_the_type_found() -> None:
    values = pop3(port=25)
    values["SMTP Server"] = Opaque("REG_BINARY", "smtp.sem-nul.com.br".encode("utf-16-le"))
    values["Email"] = binary("joão@exemplo.com.br")
    found = the_finding(a_windows_machine(outlook(values)))
    assert found.server is not None
    assert found.server.hostname == "smtp.sem-nul.com.br"
    assert found.server.used_by == ("joão@exemplo.com.br",)


@pytest.mark.parametrize(
    "host", [Opaque("REG_BINARY", b"s\0m"), 25, Opaque("REG_MULTI_SZ", b"x\0\0\0\0\0")]
)
def test_a_damaged_name_of_the_server_is_told_and_left(host: Value) -> None:
    found = the_finding(a_windows_machine(outlook({**pop3(port=25), "SMTP Server": host})))
    assert (found.verdict, codes(found)[0]) == (Verdict.STUCK, "odd_value")


def test_an_account_without_a_server_sends_nothing() -> None:
    values = pop3(port=25)
    del values["SMTP Server"]
    found = the_finding(a_windows_machine(outlook(values)))
    assert (found.verdict, codes(found)[0]) == (Verdict.LEFT_ALONE, "no_hostname")


class Denied(MemoryRegistry):
    """A registry in which keys whose path holds a word may not be looked at."""

    word = ""

    def keys(self, key: str) -> Sequence[str]:
        """See Registry.keys."""
        self._refuse(key)
        return super().keys(key)

    def names(self, key: str) -> Sequence[str]:
        """See Registry.names."""
        self._refuse(key)
        return super().names(key)

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        self._refuse(key)
        return super().read(key, names)

    def _refuse(self, key: str) -> None:
        if self.word and self.word in key:
            raise PermissionError(13, "access denied", key)


def denied(word: str, *profiles: OutlookProfile) -> Machine:
    machine = a_windows_machine(*profiles)
    refusing = Denied(registry(*profiles))
    refusing.word = word
    return machine.but(registry=refusing)


def test_one_key_that_may_not_be_read_spoils_no_other_account() -> None:
    found = findings(denied("00000001", outlook(pop3(port=25), pop3(port=25))))
    assert [each.verdict for each in found] == [Verdict.UNREADABLE, Verdict.DUE]
    assert codes(found[0]) == ["no_permission"]


def test_a_section_that_may_not_be_read_spoils_no_other_profile() -> None:
    one, two = outlook(pop3(port=25), name="eins"), outlook(pop3(port=25), name="zwei")
    found = findings(denied(rf"eins\{SECTION}", one, two))
    assert [each.verdict for each in found] == [Verdict.UNREADABLE, Verdict.DUE]


def test_trees_that_may_not_be_read_are_told_once() -> None:
    found = findings(denied("Profiles", outlook(pop3(port=25))))
    assert [(each.verdict, codes(each)) for each in found] == [
        (Verdict.UNREADABLE, ["no_permission"])
    ]


def test_policies_that_may_not_be_read_are_respected() -> None:
    found = the_finding(denied("Policies", outlook(pop3(port=25))))
    assert found.verdict is Verdict.BLOCKED


@pytest.mark.parametrize("word", ["InstallRoot", "App Paths", "Office\\14.0\\Outlook"])
def test_marks_that_may_not_be_read_mark_nothing(word: str) -> None:
    found = findings(denied(word, outlook(pop3(port=25, secure=0), version="14.0")))
    assert len(found) == 1


# --- what is written -----------------------------------------------------------------------------


def test_only_the_two_numbers_are_written_and_undoing_deletes_what_was_absent() -> None:
    profile = outlook(pop3(old=True), ADDRESS_BOOK, version="14.0")
    machine = a_windows_machine(profile)
    before = everything(machine)
    watched, writes = guards.journal(machine)
    receipt = engine.apply(watched, engine.plan(machine, POLICY), POLICY)
    account = profile.account(1)
    assert [path for verb, path in writes if verb == "set"] == [
        f"{account}: SMTP Port",
        f"{account}: SMTP Secure Connection",
    ]
    after = everything(machine)
    assert after[account] == {
        **before[account],
        "SMTP Port": 587,
        "SMTP Secure Connection": 2,
    }
    del after[account]
    assert after == {key: values for key, values in before.items() if key != account}
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert everything(machine) == before
    assert "SMTP Port" not in everything(machine)[account]


def copies(machine: Machine) -> dict[str, bytes]:
    files = machine.files
    folder = machine.backups_folder
    [set_id] = files.names(folder)
    return {
        name: files.read(f"{folder}/{set_id}/{name}") for name in files.names(f"{folder}/{set_id}")
    }


def test_the_backup_holds_the_named_values_only_as_a_file_for_regedit() -> None:
    profile = outlook(pop3(port=25), imap(), name="João")
    machine = a_windows_machine(profile)
    engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    made = copies(machine)
    assert not [name for name, data in made.items() if b"canary" in data]
    assert not [name for name, data in made.items() if SECRET.data.hex(",").encode() in data]
    [name] = [name for name in made if name.endswith(".reg")]
    assert made[name] == reg_text.fragment(
        {
            profile.account(1): {"SMTP Port": 25, "SMTP Secure Connection": None},
            profile.account(2): {"SMTP Port": None, "SMTP Secure Connection": None},
        }
    )
    assert '"SMTP Port"=-\r\n'.encode("utf-16-le") in made[name]


class Listening(MemoryRegistry):
    """A registry that notes which values were asked for."""

    asked: set[str]

    def read(self, key: str, names: Sequence[str]) -> Mapping[str, Value]:
        """See Registry.read."""
        self.asked = {*getattr(self, "asked", set()), *names}
        return super().read(key, names)


def test_no_password_is_ever_asked_for() -> None:
    listening = Listening(registry(outlook(pop3(port=25), imap(use_auth=0))))
    machine = a_windows_machine().but(registry=listening)
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert listening.asked
    assert not [name for name in listening.asked if "password" in name.lower()]


def test_a_profile_whose_name_no_backup_can_hold_keeps_no_other_from_changing() -> None:
    odd, good = outlook(pop3(port=25), name="a\r\nb"), outlook(pop3(port=25), name="good")
    machine = a_windows_machine(odd, good)
    stuck, due = findings(machine)
    assert (stuck.verdict, codes(stuck)[-1]) == (Verdict.STUCK, "odd_key")
    assert due.verdict is Verdict.DUE
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]
    assert everything(machine)[odd.account(1)] == odd.accounts[1]


def test_a_running_outlook_puts_the_change_off() -> None:
    machine = a_windows_machine(outlook(pop3(port=25)), running=True)
    before = everything(machine)
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert [each.result for each in receipt.outcomes] == [Result.DEFERRED]
    assert everything(machine) == before


def test_the_spooler_of_an_old_outlook_puts_the_change_off_too() -> None:
    machine = a_windows_machine(outlook(pop3(port=25)))
    processes = machine.processes
    assert isinstance(processes, MemoryProcesses)
    processes.programs.add("mapisp32.exe")
    before = everything(machine)
    assert "running" in codes(the_finding(machine))
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert [each.result for each in receipt.outcomes] == [Result.DEFERRED]
    assert everything(machine) == before


def test_a_rehearsal_changes_nothing() -> None:
    machine = a_windows_machine(outlook(pop3(port=25)))
    before = everything(machine)
    rehearsal = guards.dry_run(machine)
    receipt = engine.apply(rehearsal, engine.plan(machine, POLICY), POLICY)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]
    assert everything(machine) == before


def test_what_somebody_changed_since_stays() -> None:
    profile = outlook(pop3(port=25), pop3(port=25))
    machine = a_windows_machine(profile)
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert isinstance(machine.registry, MemoryRegistry)
    changed = {**everything(machine)[profile.account(1)], "SMTP Port": 465}
    registry_now = {**everything(machine), profile.account(1): changed}
    machine = machine.but(registry=MemoryRegistry(registry_now))
    assert receipt.backup is not None
    undone = engine.rollback(machine, receipt.backup)
    assert [each.result for each in undone.outcomes] == [Result.KEPT]
    assert everything(machine)[profile.account(1)] == changed
    assert everything(machine)[profile.account(2)]["SMTP Port"] == 25
    # by an explicit choice the values go back whoever changed them, and that can be undone too
    whole = engine.rollback(machine, receipt.backup, whole_file=True)
    assert [each.result for each in whole.outcomes] == [Result.UNDONE]
    assert everything(machine)[profile.account(1)] == profile.accounts[1]
    assert whole.backup is not None
    engine.rollback(machine, whole.backup)
    assert everything(machine)[profile.account(1)] == changed


def test_a_whole_restore_of_what_is_as_it_was_changes_nothing() -> None:
    machine = a_windows_machine(outlook(pop3(port=25)))
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    again = engine.rollback(machine, receipt.backup, whole_file=True)
    assert [each.result for each in again.outcomes] == [Result.UNCHANGED]


def test_a_profile_that_was_removed_meanwhile_is_told() -> None:
    machine = a_windows_machine(outlook(pop3(port=25)))
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    empty = machine.but(registry=MemoryRegistry({}))
    assert receipt.backup is not None
    undone = engine.rollback(empty, receipt.backup)
    assert [each.result for each in undone.outcomes] == [Result.KEPT]


def test_an_interrupted_run_is_put_right_at_the_next_start() -> None:
    from configure587 import vault
    from configure587.model import Entry, Group

    profile = outlook(pop3(port=25))
    machine = a_windows_machine(profile)
    before = everything(machine)
    [step] = engine.plan(machine, POLICY).steps
    set_id = vault.begin(machine)
    entry = Entry(step.finding.profile, (Group(step.finding.id, step.changes),))
    vault.save(machine, set_id, [entry])
    machine.registry.swap(step.changes[:1])
    assert vault.load(machine, set_id).state is State.PREPARED
    [outcome] = engine.recover(machine)
    assert outcome.result is Result.UNDONE
    assert everything(machine) == before
    assert engine.recover(machine) == []


def test_an_interrupted_run_of_a_profile_that_is_gone_is_closed() -> None:
    from configure587 import vault
    from configure587.model import Entry, Group

    machine = a_windows_machine(outlook(pop3(port=25)))
    [step] = engine.plan(machine, POLICY).steps
    entry = Entry(step.finding.profile, (Group(step.finding.id, step.changes),))
    vault.save(machine, vault.begin(machine), [entry])
    [outcome] = engine.recover(machine.but(registry=MemoryRegistry({})))
    assert [each.code for each in outcome.reasons] == ["profile_gone"]


# --- words for targets ---------------------------------------------------------------------------


def test_outlook_has_no_words_for_another_server_or_a_maybe() -> None:
    [server] = [
        each.server for each in findings(a_windows_machine(outlook(pop3(port=25)))) if each.server
    ]
    assert client.settings(server, Target("other.exemplo.com.br", 587, Security.STARTTLS)) is None
    host = server.hostname
    assert client.settings(server, Target(host, 587, Security.OPPORTUNISTIC)) is None
    assert client.settings(server, Target(host, 587, Security.NONE)) is None
    assert client.settings(server, Target(host, 587, Security.STARTTLS, "somebody")) is None
