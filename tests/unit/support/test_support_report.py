"""What is passed on names nobody: not the person, not their servers, not their folders."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import CANARY, HOME, a_machine, offline, thunderbird
from configure587 import engine, i18n
from configure587.machine import memory
from configure587.model import (
    Finding,
    Origin,
    OutgoingServer,
    Place,
    Profile,
    Reason,
    Remark,
    Security,
    Target,
    Transport,
    Verdict,
    Written,
    reason,
)
from configure587.report.style import Style
from configure587.support import numbers, passing_on, pseudonyms, redaction
from configure587.support.numbers import Last

if TYPE_CHECKING:
    from configure587.machine import Machine

ENGLISH = Style(i18n.texts(i18n.ENGLISH))
PORTUGUESE = Style(i18n.texts(i18n.PORTUGUESE))
FOLDER = f"{HOME}/.thunderbird/abcd1234.Ana Souza"


def report_of(machine: Machine, style: Style = ENGLISH, **wishes: Any) -> str:  # noqa: ANN401
    findings = list(engine.inspect(machine, offline()))
    return "\n".join(passing_on.lines(style, machine, findings, "2PW0-XHJF", **wishes))


def a_finding(*reasons: Reason, **parts: Any) -> Finding:  # noqa: ANN401 - of the server
    place = Place("prefs.js", f"{FOLDER}/prefs.js")
    profile = Profile("thunderbird", "Thunderbird", "Ana Souza", FOLDER, place, in_use=True)
    server = OutgoingServer(
        profile,
        "smtp1",
        "mail.souza.example",
        Transport(25, Security.NONE),
        "password",
        "anasouza",
        ("ana.souza@souza.example",),
        origins=(Origin("x", CANARY, FOLDER),),
        written=(Written(place, "x", CANARY),),
        remarks=(Remark(reason("odd_value", name=CANARY)),),
    )._replace(**parts)
    target = Target("mail.souza.example", 587, Security.STARTTLS, "anasouza")
    return Finding("thunderbird:1:smtp1", profile, server, Verdict.DUE, reasons, target)


def passed_on(*findings: Finding, addresses: bool = False) -> str:
    lines = passing_on.lines(ENGLISH, a_machine(), findings, "2PW0-XHJF", addresses=addresses)
    return "\n".join(lines)


def test_a_report_names_nobody() -> None:
    said = "554 5.7.1 mail.souza.example: ana.souza@souza.example from 198.51.100.7 (Ana Souza)"
    text = passed_on(
        a_finding(
            reason("server_said", number=554, said=said),
            reason("locked", name="mail.smtpserver.ana.port", path=f"{FOLDER}/user.js"),
            reason("other_person", person="Ana Souza", ran_as="admin-ana"),
            reason("certificate_other_name", names="mail.souza.example, souza.example"),
        )
    )
    for name in ("ana", "anasouza", "admin-ana", "souza", "198.51.100.7", CANARY):
        assert re.search(rf"(?i)\b{name}\b", text) is None
    assert HOME not in text
    assert "554 5.7.1" in text


def test_a_report_in_portuguese_says_conta() -> None:
    text = report_of(a_machine(thunderbird(port=25)), PORTUGUESE)
    assert "conta-1-" in text
    assert "servidor-1-" in text
    assert "ana@exemplo.com.br" not in text


def test_servers_of_the_table_and_of_this_computer_are_shown() -> None:
    text = report_of(a_machine(thunderbird(port=25, host="smtp.gmail.com")))
    assert "smtp.gmail.com" in text
    assert "127.0.0.1" in report_of(a_machine(thunderbird(port=25, host="127.0.0.1")))


def test_addresses_are_shown_when_the_person_wants_it_and_names_never() -> None:
    text = passed_on(a_finding(), addresses=True)
    assert "ana.souza@souza.example" in text
    assert "mail.souza.example" in text
    assert "Ana Souza" not in text
    assert HOME not in text


def test_the_same_person_has_the_same_name_in_every_report() -> None:
    machine = a_machine(thunderbird(port=25))
    assert report_of(machine) == report_of(machine)


def test_another_computer_has_other_names() -> None:
    one, other = (a_machine(thunderbird(port=25)) for _ in range(2))
    assert report_of(one) != report_of(other)


def test_the_key_stays_and_a_damaged_one_is_made_anew() -> None:
    machine = a_machine()
    first = pseudonyms.key(machine)
    assert pseudonyms.key(machine) == first
    path = os.path.join(machine.data_folder, "pseudonyms.key")
    machine.files.remove(path)
    machine.files.create({path: b"short"})
    second = pseudonyms.key(machine)
    assert second not in {first, b"short"}
    assert pseudonyms.key(machine) == second


def test_without_room_for_the_key_there_is_one_for_this_run(monkeypatch: Any) -> None:  # noqa: ANN401
    def full(self: object, files: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(memory.MemoryFiles, "create", full)
    machine = a_machine()
    assert len(pseudonyms.key(machine)) == 32
    assert pseudonyms.key(machine) != pseudonyms.key(machine)


def test_names_are_told_apart_by_kind_and_not_by_case() -> None:
    names = pseudonyms.Pseudonyms(b"k" * 32)
    first = names.of("account", "Ana@Exemplo.com.br")
    assert names.of("account", "ana@exemplo.com.br ") == first
    assert names.of("account", "bia@exemplo.com.br").startswith("account-2-")
    assert names.of("server", "ana@exemplo.com.br").startswith("server-1-")
    assert first.partition("-1-")[2] != names.of("server", "ana@exemplo.com.br")[9:]


def test_a_report_tells_of_the_newest_backup_and_crash() -> None:
    machine = a_machine(thunderbird(port=25))
    assert "no backup yet" in report_of(machine)
    assert passing_on.last_change(machine) is Last.NONE
    receipt = engine.apply(machine, engine.plan(machine, offline()), offline())
    assert receipt.backup is not None
    crash = os.path.join(machine.data_folder, "crash-20261124-120000-7.txt")
    machine.files.create({crash: b"configure587 0.1.0\nValueError\n  cli.py:7 main\n"})
    text = report_of(machine)
    assert f"{receipt.backup}: Changed; can be undone." in text
    assert "  cli.py:7 main" in text
    assert passing_on.last_change(machine) is Last.DONE


# --- whatever is found ---------------------------------------------------------------------------

SECRET = st.text("bcdfghjkqvwxz", min_size=7, max_size=12).map(lambda text: f"qq{text}")
CODES = st.sampled_from(["server_said", "locked", "local_root"]) | st.sampled_from(
    [*numbers.REASONS]
)
FIELDS = (
    "path",
    "host",
    "other",
    "username",
    "person",
    "ran_as",
    "name",
    "said",
    "names",
    "issuer",
)


@st.composite
def anybody(draw: st.DrawFn) -> tuple[Machine, Finding, set[str]]:
    """A computer, a finding on it, and what must not be told."""
    user, local, domain, title = (draw(SECRET) for _ in range(4))
    address, host = f"{local}@{domain}.example", f"mail.{domain}.example"
    home = draw(st.sampled_from(["/home", "/Users"])) + f"/{user}"
    folder = draw(
        st.sampled_from([f"{home}/.thunderbird/x.{title}", f"C:\\Users\\{user}\\{title}"])
    )
    words = [user, address, host, folder, title, home, f"<{address}>: {host}[192.0.2.93] {folder};"]
    reasons = draw(
        st.lists(
            st.builds(
                Reason,
                CODES,
                st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(words)).map(
                    lambda fields: tuple(fields.items())
                ),
            ),
            max_size=4,
        )
    )
    place = Place("prefs.js", f"{folder}/prefs.js")
    profile = Profile(
        "thunderbird", "Thunderbird", title, folder, place, in_use=draw(st.booleans())
    )
    server = OutgoingServer(
        profile,
        draw(st.sampled_from(["smtp1", local])),
        draw(st.sampled_from([host, "", f"{domain}"])),
        Transport(25, Security.NONE),
        "password",
        draw(st.sampled_from([address, local, ""])),
        draw(st.sampled_from([(address,), ()])),
    )
    verdict = draw(st.sampled_from(Verdict))
    nowhere = draw(st.booleans())
    found = Finding("id", profile, None if nowhere else server, verdict, tuple(reasons))
    machine = a_machine().but(user=user, home=home, data=f"{home}/.local/share/configure587")
    return machine, found, {user, local, domain, title, "192.0.2.93"}


@given(anybody())
def test_no_report_tells_who_somebody_is(given: tuple[Machine, Finding, set[str]]) -> None:
    machine, found, told = given
    notices = list(found.reasons)
    lines = passing_on.lines(ENGLISH, machine, [found], "2PW0-XHJF", reasons=notices)
    text = "\n".join(lines).casefold()
    assert [secret for secret in told if secret in text] == []
    hidden = redaction.veil(machine, pseudonyms.Pseudonyms(b"k" * 32), [found], {})
    value = repr(redaction.finding(hidden, found)).casefold()
    assert [secret for secret in told if secret in value] == []


@given(st.text())
def test_anything_that_was_said_can_be_passed_on(text: str) -> None:
    machine = a_machine()
    names = pseudonyms.Pseudonyms(b"k" * 32)
    hidden = redaction.veil(machine, names, [], {})
    for exchanged in (redaction.said, redaction.path, redaction.host, redaction.person):
        assert isinstance(exchanged(hidden, text), str)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("/home/ana/.thunderbird/k3x8p2qa.default-release/prefs.js", None),
        ("/home/ana", "~"),
        ("/home/anabel/.thunderbird", "~/.thunderbird"),
        ("C:\\Users\\Ana\\AppData\\Roaming\\Thunderbird", "~\\AppData\\Roaming\\Thunderbird"),
        ("/etc/thunderbird/policies/policies.json", "/etc/thunderbird/policies/policies.json"),
    ],
)
def test_usual_parts_of_a_path_are_shown(written: str, shown: str | None) -> None:
    names = pseudonyms.Pseudonyms(b"k" * 32)
    hidden = redaction.veil(a_machine(), names, [], {})
    found = redaction.path(hidden, written)
    assert found == (shown or written.replace("/home/ana", "~"))
