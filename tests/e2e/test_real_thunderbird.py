"""What we promise, asked of the real Thunderbird: it is the judge, not our reading of its files."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from e2e.mail_server import LOOPBACK, SUBMISSION_DOOR, MailServer
from e2e.real_thunderbird import (
    ADDRESS,
    HOSTNAME,
    LOG,
    PASSWORD,
    PASSWORD_CLEARTEXT,
    PLAIN,
    STARTTLS,
    USERNAME,
    Outgoing,
    Thunderbird,
    our_lock_held,
    read_bytes,
    snapshot,
    start_in_vain,
    write,
)

if TYPE_CHECKING:
    from e2e.mail_server import Certificates
    from e2e.real_thunderbird import Configure587, Home, Run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(150)]

PORT: Final = "mail.smtpserver.smtp1.port"
SECURITY: Final = "mail.smtpserver.smtp1.try_ssl"

AT_25: Final = Outgoing("smtp1", HOSTNAME, 25, PLAIN, PASSWORD_CLEARTEXT, USERNAME)
AT_587: Final = replace(AT_25, port=587, socket_type=STARTTLS)

DONE, DUE, BLOCKED, DEFERRED = 0, 10, 11, 13  # exit codes


def the_finding(run: Run) -> dict[str, object]:
    """Give the only finding of a scan."""
    findings = run.json()["findings"]
    assert isinstance(findings, list)
    (finding,) = (found for found in findings if found["server"] is not None)
    assert isinstance(finding, dict)
    return finding


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Name the files that came, went or changed."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_the_mail_server_takes_nothing_on_587_before_starttls_and_sign_in(
    mail_server: MailServer, certificates: Certificates
) -> None:
    context = ssl.create_default_context(cadata=certificates.authority_pem)
    context.check_hostname = False  # we say 127.0.0.1 here
    letter = (ADDRESS, ["bia@exemplo.com.br"], "Subject: too early\r\n\r\n")
    with smtplib.SMTP(LOOPBACK, 587, timeout=10) as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="STARTTLS"):
            client.sendmail(*letter)
        client.starttls(context=context)
        with pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"):
            client.sendmail(*letter)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(USERNAME, "wrong")
        client.login(USERNAME, PASSWORD)
        client.sendmail(*letter)
    (taken,) = mail_server.letters
    assert (taken.tls, taken.signed_in_as) == (True, USERNAME)


def test_thunderbird_sends_through_587_after_us_and_through_25_after_the_rollback(
    home: Home, ours: Configure587, mail_server: MailServer
) -> None:
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_25
        before = thunderbird.smtp_prefs()

    scan = ours("scan", "--json")
    finding = the_finding(scan)
    assert (scan.code, finding["verdict"]) == (DUE, "due")
    assert isinstance(finding["target"], dict)
    assert finding["target"]["hostname"] == HOSTNAME
    assert (finding["target"]["port"], finding["target"]["security"]) == (587, "starttls")
    applied = ours("apply", "--no-network", "--yes", "--json")
    assert applied.code == DONE, applied

    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_587
        after = thunderbird.smtp_prefs()
        sent = thunderbird.send("After the change")
        assert (sent.status, sent.dialogs) == (0, ()), mail_server.heard
    (letter,) = mail_server.letters
    assert (letter.port, letter.tls, letter.signed_in_as) == (587, True, USERNAME)
    assert "Subject: After the change\r\n" in letter.text
    assert {
        name: (before.get(name), after.get(name))
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    } == {PORT: (25, 587), SECURITY: (PLAIN, STARTTLS)}

    undone = ours("rollback", "--last", "--yes")
    assert undone.code == DONE, undone
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_25
        assert thunderbird.smtp_prefs() == before


def test_after_us_thunderbird_gives_neither_letter_nor_password_to_a_587_without_starttls(
    home: Home, ours: Configure587, certificates: Certificates
) -> None:
    assert ours("apply", "--no-network", "--yes", "--json").code == DONE
    stripped = replace(SUBMISSION_DOOR, offers_starttls=False, demands_starttls=False)
    with (
        MailServer(certificates, USERNAME, PASSWORD, [stripped]) as mail_server,
        Thunderbird(home.path) as thunderbird,
    ):
        sent = thunderbird.send("In the clear")
    assert sent.status != 0
    assert "STARTTLS" in sent.dialogs[-1]
    assert not [line for line in mail_server.heard if "AUTH" in line or "MAIL" in line]
    assert mail_server.letters == []


def test_apply_and_rollback_leave_every_byte_of_the_profile_as_it_was(
    home: Home, ours: Configure587
) -> None:
    before = snapshot(home.profile)
    assert ours("apply", "--no-network", "--yes", "--json").code == DONE
    assert changed(before, snapshot(home.profile)) == {"prefs.js"}
    assert ours("rollback", "--last", "--yes").code == DONE
    assert changed(before, snapshot(home.profile)) == set()


def test_a_user_js_that_says_25_is_changed_with_prefs_js_and_given_back(
    home: Home, ours: Configure587
) -> None:
    text = f'// mine\nuser_pref("{PORT}", 25);\n'
    write(home.profile, "user.js", text)
    assert ours("apply", "--no-network", "--yes", "--json").code == DONE
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_587
    assert ours("rollback", "--last", "--yes").code == DONE
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_25
    assert read_bytes(home.user_js) == text.encode()


LOCKS: Final = {
    "policies.json": {
        "distribution/policies.json": json.dumps(
            {"policies": {"Preferences": {PORT: {"Value": 25, "Status": "locked"}}}}
        )
    },
    "autoconfig": {
        "thunderbird.cfg": f'// the first line is not read\nlockPref("{PORT}", 25);\n',
        "defaults/pref/autoconfig.js": (
            'pref("general.config.filename", "thunderbird.cfg");\n'
            'pref("general.config.obscure_value", 0);\n'
        ),
    },
    "defaults": {"defaults/pref/zz-office.js": f'pref("{PORT}", 25, locked);\n'},
}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_port_that_an_administrator_locked_is_named_and_left(
    home: Home, ours: Configure587, installation: str, lock: str
) -> None:
    deciding, *_ = [write(installation, name, text) for name, text in LOCKS[lock].items()]
    with Thunderbird(
        home.path, installation=installation, profile=home.profile
    ) as thunderbird:  # it notes in compatibility.ini which installation the profile belongs to
        assert thunderbird.is_locked(PORT)
        assert thunderbird.outgoing() == AT_25
    before = snapshot(home.profile)

    scan = ours("scan", "--json")
    finding = the_finding(scan)
    assert (scan.code, finding["verdict"]) == (BLOCKED, "blocked")
    assert deciding in json.dumps(finding["reasons"])
    assert ours("apply", "--no-network", "--yes", "--json").code == BLOCKED
    assert changed(before, snapshot(home.profile)) == set()


def test_a_running_thunderbird_is_left_alone(home: Home, ours: Configure587) -> None:
    with Thunderbird(home.path) as thunderbird:
        with thunderbird.held_still():
            before = snapshot(home.profile)
            refused = ours("apply", "--no-network", "--yes", "--json")
            after = snapshot(home.profile)
        assert refused.code == DEFERRED, refused
        assert changed(before, after) == set()
        assert thunderbird.outgoing() == AT_25


def test_a_change_that_waits_for_thunderbird_is_made_when_it_closes(
    home: Home, ours: Configure587
) -> None:
    with Thunderbird(home.path) as thunderbird:
        waiting = ours.start("apply", "--no-network", "--yes", "--when-running", "wait=60")
        ours("scan", "--json")  # takes longer than the other one needs to see the lock
        assert waiting.poll() is None
        assert thunderbird.outgoing() == AT_25
    done = ours.finish(waiting)
    assert done.code == DONE, done
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_587


def test_thunderbird_stays_out_while_we_hold_its_lock_and_comes_in_afterwards(
    home: Home,
) -> None:
    before = snapshot(home.profile)
    with our_lock_held(home):
        refused = start_in_vain(home)
        after = snapshot(home.profile)
    assert refused.returncode == 0
    assert "already running" in refused.stderr
    # Thunderbird's own count of such starts is the one thing that it writes.
    assert changed(before, after) <= {"Telemetry.FailedProfileLocks.txt"}
    with Thunderbird(home.path) as thunderbird:
        assert thunderbird.outgoing() == AT_25


def test_we_write_only_prefs_js_and_our_own_folder_and_no_secret_is_in_it(
    home: Home, ours: Configure587
) -> None:
    before = snapshot(home.path)
    assert ours("scan", "--json").code == DUE
    assert ours("plan", "--no-network").code == DUE
    assert ours("apply", "--no-network", "--yes", "--json").code == DONE
    assert ours("rollback", "--last", "--yes").code == DONE
    assert ours("apply", "--no-network", "--yes").code == DONE
    written = changed(before, snapshot(home.path)) - {LOG}
    prefs_js = os.path.relpath(home.prefs_js, home.path)
    folder = os.path.relpath(home.ours, home.path) + os.sep
    assert prefs_js in written
    assert {name for name in written if not name.startswith(folder)} == {prefs_js}
    assert any(name.startswith(folder) for name in written)
    assert ours.leaks() == []
