"""The rules for Thunderbird's outgoing servers, one situation a test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from builders import ROOT, a_machine, account, contents, offline, prefs, thunderbird
from configure587 import engine
from configure587.clients import CLIENTS
from configure587.clients import thunderbird as client
from configure587.machine import memory
from configure587.model import Finding, Security, Target, Verdict

if TYPE_CHECKING:
    from configure587.machine import Machine
    from configure587.policy import Policy

ETC = "/etc/thunderbird/policies/policies.json"
USR = "/usr/lib/thunderbird"


def findings(machine: Machine, policy: Policy | None = None) -> list[Finding]:
    return list(engine.inspect(machine, policy or offline()))


def finding(machine: Machine, policy: Policy | None = None) -> Finding:
    [found] = findings(machine, policy)
    return found


def codes(found: Finding) -> set[str]:
    return {reason.code for reason in found.reasons}


def on(**server: Any) -> Machine:  # noqa: ANN401 - the words of builders.account
    return a_machine(thunderbird(**server))


def changed(machine: Machine, policy: Policy | None = None) -> dict[str, object]:
    made = engine.plan(machine, policy or offline())
    return {
        change.name.rpartition(".")[2]: change.after for s in made.steps for change in s.changes
    }


@pytest.mark.parametrize(
    ("server", "verdict"),
    [
        ({"port": 25, "try_ssl": 0}, Verdict.DUE),
        ({"port": 25, "try_ssl": 1}, Verdict.DUE),
        ({"port": 25, "try_ssl": 2}, Verdict.DUE),
        ({"port": 25}, Verdict.DUE),
        ({"port": 25, "try_ssl": 3}, Verdict.LEFT_ALONE),
        ({"port": 587, "try_ssl": 0}, Verdict.HALF_WAY),
        ({"port": 587, "try_ssl": 1}, Verdict.HALF_WAY),
        ({"port": 587, "try_ssl": 4}, Verdict.HALF_WAY),
        ({"port": 587, "try_ssl": -1}, Verdict.HALF_WAY),
        ({"port": 587, "try_ssl": "2"}, Verdict.HALF_WAY),
        ({"port": 587}, Verdict.HALF_WAY),
        ({"port": 587, "try_ssl": 2}, Verdict.FINE),
        ({"port": 587, "try_ssl": 3}, Verdict.LEFT_ALONE),
        ({"port": 465, "try_ssl": 3}, Verdict.FINE),
        ({"port": 465, "try_ssl": 2}, Verdict.LEFT_ALONE),
        ({"port": 465, "try_ssl": 0}, Verdict.LEFT_ALONE),
        ({"try_ssl": 3}, Verdict.FINE),
        ({"try_ssl": 2}, Verdict.FINE),
        ({"try_ssl": 0}, Verdict.HALF_WAY),
        ({}, Verdict.HALF_WAY),
        ({"port": 0, "try_ssl": 2}, Verdict.FINE),
        ({"port": "25", "try_ssl": 2}, Verdict.FINE),
        ({"port": True, "try_ssl": 2}, Verdict.FINE),
        ({"port": 24}, Verdict.LEFT_ALONE),
        ({"port": 26}, Verdict.LEFT_ALONE),
        ({"port": 2525}, Verdict.LEFT_ALONE),
        ({"port": -1}, Verdict.STUCK),
        ({"port": 65561}, Verdict.STUCK),
        ({"port": 25, "type": "ews"}, Verdict.LEFT_ALONE),
        ({"port": 25, "type": "graph"}, Verdict.LEFT_ALONE),
        ({"port": 25, "type": "future"}, Verdict.LEFT_ALONE),
        ({"port": 25, "type": "smtp"}, Verdict.DUE),
        ({"port": 25, "hostname": None}, Verdict.LEFT_ALONE),
    ],
)
def test_port_and_protection_decide(server: dict[str, Any], verdict: Verdict) -> None:
    assert finding(on(**server)).verdict is verdict


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "[::1]",
        "10.0.0.5",
        "192.168.1.10",
        "172.16.3.4",
        "169.254.1.1",
        "fe80::1%eth0",
        "fd00::25",
        "correio",
        "mail.local",
        "127.1",
        "localhost.localdomain",
        "mailhost.localdomain",
        "mail.intranet",
        "mail.corp",
        "mail.home",
        "0x7f.1",
        "127.0.0.0x1",
    ],
)
def test_a_host_of_this_computer_or_network_is_left_alone(host: str) -> None:
    found = finding(on(port=25, hostname=host))
    assert found.verdict is Verdict.LEFT_ALONE
    assert codes(found) == {"local_host"}


@pytest.mark.parametrize("host", ["smtp.exemplo.com.br", "8.8.8.8", "2001:4860:4860::8888"])
def test_a_host_of_the_internet_is_not_taken_for_a_local_one(host: str) -> None:
    assert finding(on(port=25, hostname=host)).verdict is Verdict.DUE


@pytest.mark.parametrize("server", [{"port": 2525}, {"port": 25, "hostname": "10.0.0.5"}])
def test_naming_an_odd_port_or_a_local_host_on_purpose_includes_it(server: dict[str, Any]) -> None:
    machine = on(**server)
    name = finding(machine).id
    assert finding(machine, offline(only=(name,))).verdict is Verdict.DUE
    assert changed(machine, offline(only=(name,)))["try_ssl"] == 2


def test_naming_more_than_one_account_includes_nothing_odd() -> None:
    machine = on(port=2525)
    name = finding(machine).id
    assert finding(machine, offline(only=(name.rpartition(":")[0],))).verdict is Verdict.LEFT_ALONE
    assert finding(machine, offline(only=("thunderbird",))).verdict is Verdict.LEFT_ALONE


@pytest.mark.parametrize("number", [0, 1, 2])
def test_465_is_never_moved_to_587_not_even_on_purpose(number: int) -> None:
    machine = on(port=465, try_ssl=number)
    name = finding(machine).id
    assert finding(machine, offline(only=(name,))).verdict is Verdict.LEFT_ALONE


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"\x7fELF" + bytes(range(256)) * 12,
        bytes(4096),
        prefs(account(port=25))[:-1000],
        prefs(account(port=25)).partition(b'"mail.smtpserver.smtp1.port"')[0],
        prefs(account(port=25)).replace(b'smtp1.port", 25', b'smtp1.port", 25x'),
    ],
)
def test_a_damaged_prefs_js_is_told_and_never_changed(raw: bytes) -> None:
    machine = a_machine(thunderbird(raw=raw), thunderbird(name="efgh5678.second", port=25))
    first, second = findings(machine)
    assert first.verdict is Verdict.UNREADABLE
    assert codes(first) >= {"prefs_damaged"}
    assert second.verdict is Verdict.DUE
    [step] = engine.plan(machine, offline()).steps
    assert step.finding.id == second.id


def test_a_mistake_elsewhere_in_the_file_is_told_and_does_not_hinder() -> None:
    raw = b'user_pref("a.b", oops);\n' + prefs(account(port=25))
    found = finding(a_machine(thunderbird(raw=raw)))
    assert found.verdict is Verdict.DUE
    assert "prefs_faulty" in codes(found)


@pytest.mark.parametrize("spelling", [b"0025", b"+25", b"025"])
def test_a_value_that_we_could_not_put_back_needs_a_person_and_spares_its_neighbor(
    spelling: bytes,
) -> None:
    two = account(key="smtp2", number=2, port=25, try_ssl=0)
    values = {**account(port=25, try_ssl=0), **two, "mail.smtpservers": "smtp1,smtp2"}
    values["mail.accountmanager.accounts"] = "account1,account2"
    raw = prefs(values).replace(b'smtp2.port", 25', b'smtp2.port", ' + spelling)
    machine = a_machine(thunderbird(raw=raw))
    good, odd = findings(machine)
    assert (good.verdict, odd.verdict) == (Verdict.DUE, Verdict.STUCK)
    assert "odd_spelling" in codes(odd)
    engine.apply(machine, engine.plan(machine, offline()), offline())
    good, odd = findings(machine)
    assert (good.verdict, odd.verdict) == (Verdict.FINE, Verdict.STUCK)


def test_naming_it_on_purpose_never_lowers_a_protection() -> None:
    machine = on(port=25, try_ssl=3)
    found = finding(machine, offline(only=(finding(machine).id,)))
    assert found.verdict is Verdict.LEFT_ALONE
    assert codes(found) == {"tls_on_odd_port"}


@pytest.mark.parametrize(
    ("version", "port", "verdict"),
    [
        ("153.7.0", 587, Verdict.FINE),
        ("91.0", 587, Verdict.FINE),
        ("89.0", 587, Verdict.FINE),
        ("88.0", 25, Verdict.DUE),
        ("78.14.0", 25, Verdict.DUE),
        ("3.1", 25, Verdict.DUE),
        (None, 587, Verdict.FINE),
    ],
)
def test_an_absent_port_means_what_that_version_dials(
    version: str | None, port: int, verdict: Verdict
) -> None:
    found = finding(on(version=version, try_ssl=2))
    assert found.server is not None
    assert found.server.transport.port == port
    assert found.verdict is verdict
    assert ("version_unknown" in codes(found)) is (version is None)


def test_a_half_way_server_gets_only_the_protection() -> None:
    assert changed(on(try_ssl=0)) == {"try_ssl": 2}


def test_a_starttls_server_on_25_gets_only_the_port() -> None:
    assert changed(on(port=25, try_ssl=2)) == {"port": 587}


def test_the_default_protection_counts_where_the_server_says_nothing() -> None:
    machine = a_machine(thunderbird(port=587, more={"mail.smtpserver.default.try_ssl": 2}))
    assert finding(machine).verdict is Verdict.FINE


def test_a_default_port_is_ignored_as_thunderbird_ignores_it() -> None:
    machine = a_machine(thunderbird(try_ssl=2, more={"mail.smtpserver.default.port": 25}))
    assert finding(machine).verdict is Verdict.FINE


@pytest.mark.parametrize(("version", "told"), [("153.0", True), ("115.0", False), (None, True)])
def test_if_available_is_told_to_mean_nothing_where_it_does(
    version: str | None, told: bool
) -> None:
    found = finding(on(port=587, try_ssl=1, version=version))
    assert found.server is not None
    assert found.server.transport.security is Security.OPPORTUNISTIC
    assert ("opportunistic_is_none" in codes(found)) is told


def test_without_sign_in_the_one_known_user_name_is_offered() -> None:
    machine = on(port=25, authMethod=1, username=None, incoming="ana")
    assert changed(machine) == {"port": 587, "try_ssl": 2, "authMethod": 3, "username": "ana"}
    assert "sign_in_added" in codes(finding(machine))


def test_without_sign_in_a_user_name_that_is_already_there_is_kept() -> None:
    machine = on(port=25, authMethod=1, username="ana", incoming="ana")
    assert changed(machine) == {"port": 587, "try_ssl": 2, "authMethod": 3}


def test_without_sign_in_an_old_user_name_gives_way_to_the_one_known() -> None:
    machine = on(port=25, authMethod=1, username="somebody.else", incoming="ana")
    assert changed(machine)["username"] == "ana"


@pytest.mark.parametrize(
    "server",
    [
        {"incoming": None, "username": None},
        {"incoming": "caf\udce9", "username": None},
    ],
)
def test_without_sign_in_and_without_one_certain_user_name_a_person_is_needed(
    server: dict[str, Any],
) -> None:
    machine = a_machine(thunderbird(raw=prefs_latin(port=25, authMethod=1, **server)))
    found = finding(machine)
    assert found.verdict is Verdict.STUCK
    assert "sign_in_needed" in codes(found)
    assert changed(machine) == {}


def prefs_latin(**server: Any) -> bytes:  # noqa: ANN401 - the words of builders.account
    text = {
        name: value.encode("utf-8", "surrogateescape").decode("latin-1")
        if isinstance(value, str)
        else value
        for name, value in account(**server).items()
    }
    return prefs(text).decode().encode("latin-1")


def test_two_accounts_with_two_user_names_on_one_server_need_a_person() -> None:
    more = {
        "mail.accountmanager.accounts": "account1,account2",
        "mail.account.account2.identities": "id2",
        "mail.account.account2.server": "server2",
        "mail.identity.id2.useremail": "bia@exemplo.com.br",
        "mail.server.server2.type": "pop3",
        "mail.server.server2.userName": "bia",
    }
    found = finding(a_machine(thunderbird(port=25, authMethod=1, username=None, more=more)))
    assert found.verdict is Verdict.STUCK
    assert found.server is not None
    assert found.server.used_by == ("ana@exemplo.com.br", "bia@exemplo.com.br")


@pytest.mark.parametrize("method", [0, 2, 4, 8, 9])
def test_a_method_that_cannot_sign_in_on_587_is_warned_of(method: int) -> None:
    found = finding(on(port=25, authMethod=method))
    assert found.verdict is Verdict.DUE
    assert "sign_in_unlikely" in codes(found)


@pytest.mark.parametrize("method", [3, 5, 6, 7, 10, None])
def test_a_method_that_may_sign_in_is_not_warned_of(method: int | None) -> None:
    assert "sign_in_unlikely" not in codes(finding(on(port=25, authMethod=method)))


def test_user_js_wins_and_is_changed_along() -> None:
    machine = a_machine(
        thunderbird(port=587, try_ssl=2, user_js={"mail.smtpserver.smtp1.port": 25})
    )
    assert finding(machine).verdict is Verdict.DUE
    [step] = engine.plan(machine, offline()).steps
    paths = {(change.place.path.rpartition("/")[2], change.name) for change in step.changes}
    assert paths == {("user.js", "mail.smtpserver.smtp1.port")}
    engine.apply(machine, engine.plan(machine, offline()), offline())
    assert finding(machine).verdict is Verdict.FINE


def test_user_js_and_prefs_js_are_changed_together_when_both_say_25() -> None:
    machine = a_machine(thunderbird(port=25, user_js={"mail.smtpserver.smtp1.port": 25}))
    [step] = engine.plan(machine, offline()).steps
    names = sorted(change.place.path.rpartition("/")[2] for change in step.changes)
    assert names == ["prefs.js", "prefs.js", "user.js"]


def test_a_certificate_exception_for_port_25_is_warned_of() -> None:
    override = b"# PSM\n# gen\nsmtp.exemplo.com.br:25:\tOID.2.16.840.1.101.3.4.2.1\tAB:CD\t\n"
    machine = a_machine(thunderbird(port=25, files={"cert_override.txt": override}))
    assert "certificate_exception" in codes(finding(machine))
    other = override.replace(b"smtp.", b"imap.")
    machine = a_machine(thunderbird(port=25, files={"cert_override.txt": other}))
    assert "certificate_exception" not in codes(finding(machine))


def policies(value: object, name: str = "mail.smtpserver.smtp1.port") -> bytes:
    return json.dumps({"policies": {"Preferences": {name: value}}}).encode()


LOCK = b'pref("mail.smtpserver.smtp1.port", 25, locked);\n'
AUTOCONFIG = {
    f"{USR}/defaults/pref/autoconfig.js": (
        b'pref("general.config.filename", "firm.cfg");\npref("general.config.obscure_value", 0);\n'
    ),
}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({ETC: policies({"Value": 25, "Status": "locked"})}, ETC),
        ({ETC: policies(25)}, ETC),
        ({ETC: policies({"Value": 25, "Status": "user"})}, ETC),
        (
            {f"{USR}/distribution/policies.json": policies({"Value": 25, "Status": "locked"})},
            f"{USR}/distribution/policies.json",
        ),
        ({f"{USR}/defaults/pref/firm.js": LOCK}, f"{USR}/defaults/pref/firm.js"),
        ({"/etc/thunderbird/pref/firm.js": LOCK}, "/etc/thunderbird/pref/firm.js"),
        (
            {
                **AUTOCONFIG,
                f"{USR}/firm.cfg": b'// ignored\nlockPref("mail.smtpserver.smtp1.port", 25);\n',
            },
            f"{USR}/firm.cfg",
        ),
        (
            {
                **AUTOCONFIG,
                f"{USR}/firm.cfg": b'// ignored\npref("mail.smtpserver.smtp1.port", 25);\n',
            },
            f"{USR}/firm.cfg",
        ),
    ],
)
def test_a_port_that_the_organisation_decides_is_blocked_and_names_the_file(
    files: dict[str, bytes], says: str
) -> None:
    machine = a_machine(thunderbird(port=587, try_ssl=0), files=files)
    found = finding(machine)
    assert found.verdict is Verdict.BLOCKED
    assert found.server is not None
    assert found.server.transport.port == 25
    [path] = {dict(each.fields)["path"] for each in found.reasons if each.code == "locked"}
    assert path == says
    assert changed(machine) == {}


def test_a_lock_behind_a_web_address_is_not_taken_for_a_comment() -> None:
    script = (
        b'//\npref("a.url", "http://firm.example/x"); lockPref("mail.smtpserver.smtp1.port", 25);\n'
    )
    files = {**AUTOCONFIG, f"{USR}/firm.cfg": script}
    assert finding(a_machine(thunderbird(port=587), files=files)).verdict is Verdict.BLOCKED


def test_a_rotated_autoconfig_file_is_read() -> None:
    script = b'// first\nlockPref("mail.smtpserver.smtp1.port", 25);\n'
    files = {
        f"{USR}/defaults/pref/autoconfig.js": b'pref("general.config.filename", "firm.cfg");\n',
        f"{USR}/firm.cfg": bytes((byte + 13) % 256 for byte in script),
    }
    assert finding(a_machine(thunderbird(port=25), files=files)).verdict is Verdict.BLOCKED


@pytest.mark.parametrize(
    "script",
    [
        b'//\nvar n = "mail.smtpserver.smtp1.";\nlockPref(n + "port", 25);\n',
        b'//\nvar s = getLDAPAttributes("x"); setSmtp(s);\n',
    ],
)
def test_an_autoconfig_program_that_may_touch_mail_is_left_to_the_administrator(
    script: bytes,
) -> None:
    files = {**AUTOCONFIG, f"{USR}/firm.cfg": script}
    found = finding(a_machine(thunderbird(port=25), files=files))
    assert found.verdict is Verdict.BLOCKED
    assert "decided_elsewhere" in codes(found)


@pytest.mark.parametrize(
    "script",
    [
        b'//\nlockPref("app.a", 0);\n//lockPref("mail.smtpserver.smtp1.port", 25);\n',
        b'//\ndefaultPref("mail.smtpserver.smtp1.port", 25);\n',
        b"//\nvar a = 1;\n",
    ],
)
def test_an_autoconfig_file_that_decides_nothing_of_ours_does_not_block(script: bytes) -> None:
    files = {**AUTOCONFIG, f"{USR}/firm.cfg": script}
    assert finding(a_machine(thunderbird(port=25), files=files)).verdict is Verdict.DUE


def test_a_policy_that_locks_587_and_starttls_makes_it_fine() -> None:
    document = {
        "policies": {
            "Preferences": {
                "mail.smtpserver.smtp1.port": 587,
                "mail.smtpserver.smtp1.try_ssl": {"Value": 2, "Status": "locked"},
            }
        }
    }
    machine = a_machine(thunderbird(port=25), files={ETC: json.dumps(document).encode()})
    assert finding(machine).verdict is Verdict.FINE


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"policies": 1}', b'{"policies": {"Preferences": "x"}}', b"[" * 99_999],
)
def test_a_policy_file_that_thunderbird_ignores_is_ignored(data: bytes) -> None:
    assert finding(a_machine(thunderbird(port=25), files={ETC: data})).verdict is Verdict.DUE


def test_preferences_as_text_inside_json_are_read() -> None:
    inner = json.dumps({"mail.smtpserver.smtp1.port": {"Value": 25, "Status": "locked"}})
    document = json.dumps({"policies": {"Preferences": inner}}).encode()
    assert finding(a_machine(thunderbird(port=25), files={ETC: document})).verdict is (
        Verdict.BLOCKED
    )


def test_an_installation_elsewhere_is_found_through_compatibility_ini() -> None:
    lock = {"/opt/tb/defaults/pref/x.js": LOCK}
    machine = a_machine(thunderbird(port=25, installation="/opt/tb"), files=lock)
    assert finding(machine).verdict is Verdict.BLOCKED
    other = a_machine(thunderbird(port=25, installation="/opt/other"), files=lock)
    assert finding(other).verdict is Verdict.DUE


def test_the_locks_of_a_flatpak_are_found_outside_it() -> None:
    app = "/var/lib/flatpak/app/org.mozilla.thunderbird/current/active/files"
    lock = {f"{app}/lib/thunderbird/defaults/pref/x.js": LOCK}
    machine = a_machine(thunderbird(port=25, installation="/app/lib/thunderbird"), files=lock)
    assert finding(machine).verdict is Verdict.BLOCKED
    other = {name.replace("org.mozilla.thunderbird", "org.other.App"): LOCK for name in lock}
    machine = a_machine(thunderbird(port=25, installation="/app/lib/thunderbird"), files=other)
    assert finding(machine).verdict is Verdict.DUE


def test_thunderbirds_policies_do_not_bind_seamonkey() -> None:
    root = "/home/ana/.mozilla/seamonkey"
    profile = thunderbird(port=25, version=None)
    machine = memory.machine({**contents(profile, root=root), ETC: policies(25)})
    assert finding(machine).verdict is Verdict.DUE


def test_an_orphan_server_is_invisible_and_a_repeated_key_counts_once() -> None:
    more: dict[str, bool | int | str] = {
        "mail.smtpservers": "smtp1,,smtp1",
        "mail.smtpserver.smtp7.hostname": "smtp.other.example",
        "mail.smtpserver.smtp7.port": 25,
    }
    assert len(findings(a_machine(thunderbird(port=25, more=more)))) == 1


def test_the_default_server_serves_identities_without_a_choice() -> None:
    more: dict[str, bool | int | str] = {"mail.smtp.defaultserver": "", "mail.smtpservers": "smtp1"}
    values = {**account(port=25), **more}
    del values["mail.identity.id1.smtpServer"]
    found = finding(a_machine(thunderbird(raw=prefs(values))))
    assert found.server is not None
    assert found.server.used_by == ("ana@exemplo.com.br",)


def test_a_default_server_that_does_not_exist_serves_nobody() -> None:
    values = {**account(port=25), "mail.smtp.defaultserver": "gone"}
    del values["mail.identity.id1.smtpServer"]
    found = finding(a_machine(thunderbird(raw=prefs(values))))
    assert found.server is not None
    assert found.server.used_by == ()


def test_a_profile_that_was_never_used_has_no_findings() -> None:
    machine = a_machine(thunderbird(port=25), thunderbird(name="new00000.default"))
    files = machine.files
    del files.contents[f"{ROOT}/new00000.default/prefs.js"]  # type: ignore[attr-defined]
    assert len(findings(machine)) == 1


def test_ids_are_stable_between_runs_and_differ_between_servers() -> None:
    one = [each.id for each in findings(on(port=25))]
    two = [each.id for each in findings(on(port=587))]
    assert one == two
    both = a_machine(thunderbird(port=25), thunderbird(name="efgh5678.x", port=25))
    ids = [each.id for each in findings(both)]
    assert len(set(ids)) == 2


def test_a_running_program_is_said_in_the_reasons() -> None:
    assert "running" in codes(finding(a_machine(thunderbird(port=25, running=True))))


def test_thunderbird_has_words_for_every_protection_but_if_available() -> None:
    server = finding(on(port=25)).server
    assert server is not None
    for security in Security:
        changes = client.settings(server, Target("h.example", 587, security))
        assert (changes is None) is (security is Security.OPPORTUNISTIC)


def test_another_host_name_is_written_when_the_target_names_one() -> None:
    server = finding(on(port=25)).server
    assert server is not None
    target = Target("smtps.exemplo.com.br", 587, Security.STARTTLS)
    changes = client.settings(server, target)
    assert changes is not None
    assert {change.name.rpartition(".")[2]: change.after for change in changes}["hostname"] == (
        "smtps.exemplo.com.br"
    )


def test_every_listed_client_answers_to_its_key() -> None:
    assert [client.key for client in CLIENTS.values()] == list(CLIENTS)
