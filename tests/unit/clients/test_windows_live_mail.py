"""Windows Live Mail as it will act, and 587 only where somebody said yes to what is unsure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from builders import CANARY, bytes_of, offline
from configure587 import engine
from configure587.formats import oeaccount as lens
from configure587.machine import Machine, memory
from configure587.machine.disk import DiskFiles
from configure587.model import (
    SUBMISSION,
    SUBMISSIONS,
    Finding,
    Opaque,
    Result,
    Security,
    Target,
    Transport,
    Value,
    Verdict,
)
from outlook_builders import ACCOUNT_FILE, HKCU, LIVE_MAIL, a_live_mail_machine, oeaccount

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

    from configure587.policy import Policy

POLICY = offline(clients=("windows_live_mail",))
TO_465 = POLICY._replace(targets=(SUBMISSION, SUBMISSIONS))
PATH = f"{LIVE_MAIL}/Exemplo 1/{ACCOUNT_FILE}"


def findings(machine: Machine, policy: Policy = POLICY) -> list[Finding]:
    return list(engine.inspect(machine, policy))


def the_finding(machine: Machine, policy: Policy = POLICY) -> Finding:
    [found] = findings(machine, policy)
    return found


def codes(found: Finding) -> list[str]:
    return [reason.code for reason in found.reasons]


def contents(machine: Machine) -> dict[str, bytes]:
    assert isinstance(machine.files, memory.MemoryFiles)
    return machine.files.contents


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "transport", "verdict"),
    [
        ({}, Transport(25, Security.NONE), Verdict.GUIDED),
        ({"SMTP_Port": "19"}, Transport(25, Security.NONE), Verdict.GUIDED),
        (
            {"SMTP_Port": 25, "SMTP_Secure_Connection": "1"},
            Transport(25, Security.STARTTLS),
            Verdict.GUIDED,
        ),
        ({"SMTP_Port": 587}, Transport(587, Security.NONE), Verdict.GUIDED),
        ({"SMTP_Port": 587, "SMTP_Secure_Connection": 1}, SUBMISSION, Verdict.LEFT_ALONE),
        ({"SMTP_Port": 465, "SMTP_Secure_Connection": 1}, SUBMISSIONS, Verdict.FINE),
        (
            {"SMTP_Port": 2525, "SMTP_Secure_Connection": 1},
            Transport(2525, Security.TLS),
            Verdict.LEFT_ALONE,
        ),
        ({"SMTP_Port": 70_000}, Transport(70_000, Security.NONE), Verdict.STUCK),
    ],
)
def test_port_and_protection_are_read_as_the_program_reads_them(
    numbers: dict[str, Any], transport: Transport, verdict: Verdict
) -> None:
    found = the_finding(a_live_mail_machine(oeaccount(**numbers)))
    assert found.server is not None
    assert (found.server.transport, found.verdict) == (transport, verdict)
    assert found.server.used_by == ("ana@exemplo.com.br",)
    assert (found.server.auth, found.server.username) == ("password", "ana@exemplo.com.br")


@pytest.mark.parametrize(
    "numbers",
    [
        {"SMTP_Port": "fünf"},
        {"SMTP_Secure_Connection": 2},
        {"SMTP_Use_Sicily": 4},
        {"SMTP_Use_Sicily": ""},
    ],
)
def test_numbers_that_the_program_does_not_write_are_not_guessed_at(
    numbers: dict[str, Any],
) -> None:
    found = the_finding(a_live_mail_machine(oeaccount(**numbers)))
    assert (found.verdict, codes(found)[0]) == (Verdict.STUCK, "odd_value")


def test_news_and_directory_accounts_are_no_mail() -> None:
    news = oeaccount().replace("POP3".encode("utf-16-le"), "NNTP".encode("utf-16-le"))
    news = news.replace("SMTP_Server".encode("utf-16-le"), "NNTP_Servex".encode("utf-16-le"))
    assert findings(a_live_mail_machine(news)) == []


def test_an_account_without_an_outgoing_server_sends_nothing() -> None:
    found = the_finding(a_live_mail_machine(oeaccount(host=None)))
    assert (found.verdict, codes(found)[0]) == (Verdict.LEFT_ALONE, "no_hostname")


def test_a_login_of_its_own_and_spa_are_named() -> None:
    own = oeaccount(SMTP_Use_Sicily=3)
    own = own.replace("POP3_User".encode("utf-16-le"), "SMTP_User".encode("utf-16-le"))
    spa = oeaccount(SMTP_Use_Sicily=1)
    one, two = findings(a_live_mail_machine(own, spa))
    assert one.server is not None
    assert two.server is not None
    assert (one.server.auth, one.server.username) == ("password", "ana@exemplo.com.br")
    assert two.server.auth == "spa"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", oeaccount()[:-60], b"x" * 3_000_000])
def test_one_damaged_file_spoils_no_other_account(data: bytes) -> None:
    found = findings(a_live_mail_machine(data, oeaccount(SMTP_Port=25)), TO_465)
    assert [each.verdict for each in found] == [Verdict.UNREADABLE, Verdict.DUE]


# --- where accounts are --------------------------------------------------------------------------


def expand(text: str) -> Opaque:
    return Opaque("REG_EXPAND_SZ", f"{text}\0".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("written", "folder"),
    [
        (expand("%UserProfile%\\AppData\\Local\\Correio\\"), "/image/home/AppData/Local/Correio"),
        (expand("%LOCALAPPDATA%\\Correio"), "/image/home/AppData/Local/Correio"),
        ("%AppData%\\Correio", "/image/home/AppData/Roaming/Correio"),
        ("C:\\Users\\ana\\Correio da Ana\\", "/image/home/Correio da Ana"),
        ("D:\\Correio", "/image/D/Correio"),
        ("C:/Users/ana/Correio", "/image/home/Correio"),
    ],
)
def test_the_store_is_where_the_registry_says(written: Value, folder: str) -> None:
    registry = {rf"{HKCU}\Software\Microsoft\Windows Live Mail": {"Store Root": written}}
    machine = a_live_mail_machine(registry=registry)
    contents(machine)[f"{folder}/Exemplo/{ACCOUNT_FILE}"] = oeaccount()
    found = the_finding(machine)
    assert found.profile.folder == folder
    assert found.server is not None
    assert re.fullmatch("[0-9a-f]{8}-0B1D5F3A-2C4E-4F60-8A9B-1C2D3E4F5A6B", found.server.key)
    assert re.fullmatch("[A-Za-z0-9_:-]+", found.id)


@pytest.mark.parametrize("written", ["", "relative", 25, "\\\\server\\share", "%WINDIR%\\x"])
def test_a_store_that_leads_nowhere_gives_way_to_the_usual_place(written: Value) -> None:
    registry = {rf"{HKCU}\Software\Microsoft\Windows Live Mail": {"Store Root": written}}
    machine = a_live_mail_machine(oeaccount(), registry=registry)
    assert the_finding(machine).profile.folder == LIVE_MAIL


def test_windows_mail_of_vista_is_another_profile() -> None:
    machine = a_live_mail_machine(oeaccount())
    vista = LIVE_MAIL.replace("Windows Live Mail", "Windows Mail")
    contents(machine)[f"{vista}/Local Folders/{ACCOUNT_FILE.upper()}"] = oeaccount()
    assert [each.profile.program for each in findings(machine)] == [
        "Windows Live Mail",
        "Windows Mail",
    ]


def test_messages_and_the_programs_own_copies_are_not_looked_into() -> None:
    machine = a_live_mail_machine(oeaccount())
    contents(machine)[f"{LIVE_MAIL}/Backup/new/{ACCOUNT_FILE}"] = oeaccount()
    contents(machine)[f"{LIVE_MAIL}/Exemplo 1/Inbox/1.eml"] = b""
    contents(machine)[f"{LIVE_MAIL}/a/b/c/d/e/f/g/{ACCOUNT_FILE}"] = oeaccount()
    assert len(findings(machine)) == 1


def test_a_store_that_cannot_be_listed_is_told() -> None:
    class Refusing(memory.MemoryFiles):
        def names(self, path: str) -> list[str]:
            raise PermissionError(13, "no", path)

    machine = a_live_mail_machine(oeaccount())
    found = the_finding(machine.but(files=Refusing(contents(machine))))
    assert (found.verdict, codes(found)) == (Verdict.UNREADABLE, ["no_permission"])


@pytest.fixture
def on_disk(tmp_path: pathlib.Path) -> tuple[Machine, pathlib.Path]:
    """A computer on disk, where links are, and the store of its Live Mail, with one account."""
    home = tmp_path / "home"
    store = home / "AppData" / "Local" / "Microsoft" / "Windows Live Mail"
    (store / "A").mkdir(parents=True)
    (store / "A" / ACCOUNT_FILE).write_bytes(oeaccount(SMTP_Port=25))
    machine = a_live_mail_machine().but(files=DiskFiles(), home=str(home), root="")
    return machine, store


def test_a_file_under_two_paths_is_one_account(on_disk: tuple[Machine, pathlib.Path]) -> None:
    machine, store = on_disk
    (store / "B").symlink_to("A")
    (store / "loop").symlink_to(".")
    (store / "A" / "up").symlink_to("..")
    (store / "C").mkdir()
    (store / "C" / ACCOUNT_FILE).symlink_to(store / "A" / ACCOUNT_FILE)
    assert the_finding(machine).server == the_finding(machine).server


def test_a_store_that_leads_round_and_round_costs_nothing(
    on_disk: tuple[Machine, pathlib.Path],
) -> None:
    listed: list[str] = []

    class Counting(DiskFiles):
        def names(self, path: str) -> Sequence[str]:
            listed.append(path)
            return super().names(path)

    machine, store = on_disk
    for number in range(40):
        (store / f"{number}").symlink_to(".")
        (store / "A" / f"{number}").symlink_to("..")
    assert len(findings(machine.but(files=Counting()))) == 1
    assert len(listed) == 2


def test_no_more_than_some_folders_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configure587.clients.windows_live_mail._FOLDERS", 20)
    machine = a_live_mail_machine(oeaccount())
    for number in range(20):
        contents(machine)[f"{LIVE_MAIL}/Exemplo 1/{number}/x.txt"] = b""
    contents(machine)[f"{LIVE_MAIL}/Z/{ACCOUNT_FILE}"] = oeaccount()
    assert len(findings(machine)) == 1


@pytest.mark.parametrize(
    ("live_mail", "windows_mail"),
    [
        (None, "C:\\Users\\ana\\AppData\\Local\\Microsoft"),
        ("C:\\Users\\ana\\AppData\\Local", None),
    ],
)
def test_of_nested_stores_each_has_its_own_accounts(
    live_mail: str | None, windows_mail: str | None
) -> None:
    roots = {"Windows Live Mail": live_mail, "Windows Mail": windows_mail}
    machine = a_live_mail_machine(
        oeaccount(),
        registry={
            rf"{HKCU}\Software\Microsoft\{program}": {"Store Root": root}
            for program, root in roots.items()
            if root is not None
        },
    )
    vista = LIVE_MAIL.replace("Windows Live Mail", "Windows Mail")
    contents(machine)[f"{vista}/Local Folders/{ACCOUNT_FILE}"] = oeaccount()
    found = findings(machine)
    assert len({each.server.written[0].place for each in found if each.server}) == len(found) == 2


def test_a_store_that_cannot_be_listed_hides_no_other() -> None:
    class Refusing(memory.MemoryFiles):
        def names(self, path: str) -> Sequence[str]:
            if path == LIVE_MAIL:
                raise PermissionError(13, "no", path)
            return super().names(path)

    machine = a_live_mail_machine(oeaccount())
    vista = LIVE_MAIL.replace("Windows Live Mail", "Windows Mail")
    contents(machine)[f"{vista}/Local Folders/{ACCOUNT_FILE}"] = oeaccount(SMTP_Port=2525)
    found = findings(machine.but(files=Refusing(contents(machine))))
    assert [each.verdict for each in found] == [Verdict.UNREADABLE, Verdict.LEFT_ALONE]


# --- changing ------------------------------------------------------------------------------------


def test_without_a_word_nothing_is_changed_and_the_person_is_guided() -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25))
    found = the_finding(machine)
    assert codes(found)[-1] == "starttls_unsure"
    assert engine.plan(machine, POLICY).steps == ()


def test_465_is_taken_where_it_is_allowed_even_as_second_choice() -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port="19"), oeaccount())
    before = bytes_of(machine)
    receipt = engine.apply(machine, engine.plan(machine, TO_465), TO_465)
    values = lens.read(contents(machine)[PATH])
    assert (values["SMTP_Port"], values["SMTP_Secure_Connection"]) == (465, 1)
    assert {each.verdict for each in findings(machine)} == {Verdict.FINE}
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert bytes_of(machine) == before


def test_587_is_taken_on_an_explicit_yes_only() -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25), oeaccount(SMTP_Port=25))
    before = bytes_of(machine)
    chosen = POLICY._replace(only=(findings(machine)[0].id,))
    plan = engine.plan(machine, chosen)
    [step] = plan.steps
    assert step.finding.target is not None
    assert step.finding.target.transport == SUBMISSION
    assert "starttls_unsure" in [reason.code for reason in step.finding.reasons]
    receipt = engine.apply(machine, plan, chosen)
    assert [each.verdict for each in findings(machine)] == [Verdict.LEFT_ALONE, Verdict.GUIDED]
    assert codes(findings(machine)[0]) == ["starttls_unsure_today"]
    assert engine.plan(machine, chosen).steps == ()
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert bytes_of(machine) == before


def test_naming_the_profile_alone_is_no_explicit_yes() -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25))
    profile = the_finding(machine).id.rpartition(":")[0]
    assert engine.plan(machine, POLICY._replace(only=(profile,))).steps == ()


def test_sign_in_as_for_incoming_mail_is_switched_on() -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25, SMTP_Use_Sicily=0))
    engine.apply(machine, engine.plan(machine, TO_465), TO_465)
    assert lens.read(contents(machine)[PATH])["SMTP_Use_Sicily"] == 2
    assert the_finding(machine).verdict is Verdict.FINE


def test_the_copy_in_the_backup_holds_no_password_and_can_be_restored_as_a_whole() -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25))
    before = bytes_of(machine)
    receipt = engine.apply(machine, engine.plan(machine, TO_465), TO_465)
    ours = {p: data for p, data in contents(machine).items() if p.startswith(machine.data)}
    secret = CANARY.encode().hex().encode("utf-16-le")
    assert any(path.endswith(".oeaccount") for path in ours)
    assert not [path for path, data in ours.items() if secret in data]
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup, whole_file=True)
    assert bytes_of(machine) == before


def test_a_file_that_names_a_value_twice_is_left_and_keeps_no_other_from_changing() -> None:
    port = '\t<SMTP_Port type="DWORD">00000019</SMTP_Port>\r\n'.encode("utf-16-le")
    end = "</MessageAccount>".encode("utf-16-le")
    twice = oeaccount(SMTP_Port=25).replace(end, port + end)
    machine = a_live_mail_machine(twice, oeaccount(SMTP_Port=25))
    stuck, due = engine.inspect(machine, TO_465)
    assert (stuck.verdict, codes(stuck)[-1]) == (Verdict.STUCK, "odd_value_kept")
    assert dict(stuck.reasons[-1].fields) == {"name": "SMTP_Port", "path": PATH}
    assert stuck.target is None
    assert due.verdict is Verdict.DUE
    receipt = engine.apply(machine, engine.plan(machine, TO_465), TO_465)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]
    assert contents(machine)[PATH] == twice
    assert [each.verdict for each in engine.inspect(machine, TO_465)] == [
        Verdict.STUCK,
        Verdict.FINE,
    ]


def test_a_running_program_puts_the_change_off() -> None:
    machine = a_live_mail_machine(oeaccount(SMTP_Port=25), running=True)
    receipt = engine.apply(machine, engine.plan(machine, TO_465), TO_465)
    assert [each.result for each in receipt.outcomes] == [Result.DEFERRED]


def test_there_are_no_words_for_protection_from_the_first_moment_on_587() -> None:
    from configure587.clients import windows_live_mail as client

    server = the_finding(a_live_mail_machine(oeaccount(SMTP_Port=25))).server
    assert server is not None
    host = server.hostname
    assert client.settings(server, Target(host, 587, Security.TLS)) is None
    assert client.settings(server, Target("other.example", 465, Security.TLS)) is None
    assert client.settings(server, Target(host, 465, Security.TLS, "somebody")) is None


def test_a_plan_for_465_is_confirmed_by_a_run_that_prefers_587() -> None:
    from configure587.model import Approval

    machine = a_live_mail_machine(oeaccount(SMTP_Port=25))
    plan = engine.plan(machine, TO_465)
    steps = tuple((step.finding.id, step.changes) for step in plan.steps)
    confirmed = engine.confirm(machine, Approval(engine.computer(machine), steps), POLICY)
    assert confirmed.steps == plan.steps
