"""What the lines of a mail server's log say of accounts, and what they do not."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configure587.fleet import postfix_log, stamps
from configure587.fleet.mail_logs import MailLog
from configure587.fleet.postfix_log import port_of
from configure587.fleet.senders import Tally, Wanted, ordered
from configure587.fleet.sent import Known, Port
from mail_log_builders import (
    ANA,
    BIA,
    CLIENT,
    TODAY,
    conversation,
    counts,
    dovecot,
    exim,
    left,
    read,
    secured,
    smtpd,
    taken,
)

# --- Postfix -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "starttls", "due"),
    [
        ("postfix", False, (1, 1, 1)),
        ("postfix", True, (1, 1, 0)),
        ("postfix-out", True, (1, 1, 0)),
        ("postfix/submission", False, (1, 0, 1)),
        ("postfix/submission", True, None),
        ("postfix-out/submission", True, None),
        ("postfix/587", True, None),
        ("postfix/smtps", False, None),
        ("postfix/submissions", False, None),
    ],
)
def test_a_message_is_judged_by_its_service_and_by_what_the_end_says(
    name: str, starttls: bool, due: tuple[int, int, int] | None
) -> None:
    found, _ = read(conversation(name=name, starttls=starttls))
    assert counts(found.due) == ({} if due is None else {ANA: due})
    assert found.unknown == ()
    assert found.accounts == 1


@pytest.mark.parametrize("trust", ["Anonymous", "Untrusted", "Trusted", "Verified"])
def test_a_handshake_before_a_message_encrypts_it_even_if_the_end_is_missing(trust: str) -> None:
    found, log = read(smtpd(secured(trust=trust), taken(), name="postfix/submission"))
    assert (found.due, found.accounts, log.cut) == ((), 1, 0)


def test_what_was_sent_before_the_handshake_was_sent_in_the_clear() -> None:
    texts = (taken(), secured(), taken(BIA, queue_id="4bXQ2n0sZ9z1"), left(starttls=True))
    found, _ = read(smtpd(*texts, name="postfix/submission"))
    assert counts(found.due) == {ANA: (1, 0, 1)}


def test_a_handshake_of_one_client_says_nothing_of_the_next_in_the_same_process() -> None:
    other = "unknown[192.0.2.99]"
    texts = (secured(other), taken(client=CLIENT), left())
    found, _ = read(smtpd(*texts, name="postfix/submission"))
    assert counts(found.due) == {ANA: (1, 0, 1)}


@pytest.mark.parametrize("between", [f"connect from {CLIENT}", left()])
def test_a_handshake_ends_with_its_conversation(between: str) -> None:
    found, _ = read(smtpd(secured(), between, taken(), left(), name="postfix/submission"))
    assert counts(found.due) == {ANA: (1, 0, 1)}


def test_processes_of_two_computers_and_of_two_services_are_not_mixed() -> None:
    lines = [
        *smtpd(taken(), host="a"),
        *smtpd(left(starttls=True), host="b"),
        *smtpd(left(starttls=True), host="a", name="postfix/submission"),
        *smtpd(left(), host="a"),
    ]
    assert counts(read(lines)[0].due) == {ANA: (1, 1, 1)}


def test_a_conversation_without_an_end_is_judged_by_its_port_only() -> None:
    on_25, log = read(smtpd(taken()))
    assert counts(on_25.due) == {ANA: (1, 1, 0)}
    assert log.cut == 1
    on_587, _ = read(smtpd(taken(), name="postfix/submission"))
    assert (on_587.due, on_587.unknown) == ((), ())


def test_an_old_postfix_that_does_not_tell_is_not_believed_to_encrypt() -> None:
    texts = (taken(), f"disconnect from {CLIENT}")
    found, _ = read(smtpd(*texts, name="postfix/submission"))
    assert [each.account for each in found.unknown] == [ANA]


def test_a_starttls_that_failed_encrypts_nothing() -> None:
    end = left().replace("auth=1", "starttls=0/1 auth=1")
    found, _ = read(smtpd(taken(), end, name="postfix/submission"))
    assert counts(found.due) == {ANA: (1, 0, 1)}


def test_a_service_of_unknown_name_is_unknown_until_somebody_says_its_port() -> None:
    lines = conversation(name="postfix/clientes", starttls=True)
    assert [each.unknown for each in read(lines)[0].unknown] == [1]
    for name in ("postfix/clientes", "postfix/clientes/smtpd", "clientes"):
        found, _ = read(lines, told={name: 25})
        assert counts(found.due) == {ANA: (1, 1, 0)}
        assert list(found.services) == [("postfix/clientes/smtpd", Port(25, Known.TOLD))]


@pytest.mark.parametrize(
    ("service", "port"),
    [
        ("postfix", 25),
        ("postfix-2", 25),
        ("correio", None),
        ("postfixsubmission", None),
        ("postfix/smtp", 25),
        ("postfix/10025", 10025),
        ("postfix/999999", None),
        ("postfix/\N{SUPERSCRIPT TWO}", None),
        ("a/b/submission", 587),
    ],
)
def test_a_name_stands_for_a_port_only_if_that_is_usual(service: str, port: int | None) -> None:
    known = Known.UNKNOWN if port is None else Known.CONVENTION
    assert port_of(service, {}) == Port(port, known)


def test_a_refused_sign_in_and_a_message_without_sign_in_do_not_count() -> None:
    texts = (
        f"warning: {CLIENT}: SASL LOGIN authentication failed: VGVzdGU6, sasl_username={ANA}",
        f"9DFC3290A61: client={CLIENT}",
        left(),
    )
    found, log = read(smtpd(*texts))
    assert (found.accounts, log.unclear) == (0, 0)


def test_a_message_that_went_through_a_filter_before_the_queue_counts_once() -> None:
    texts = (taken(queue_id="NOQUEUE"), left())
    again = f"9DFC3290A61: client=localhost[127.0.0.1], orig_queue_id=NOQUEUE, orig_client={CLIENT}"
    found, _ = read([*smtpd(*texts), *smtpd(again, name="postfix/10025")])
    assert counts(found.due) == {ANA: (1, 1, 1)}


def test_conversations_that_are_remembered_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postfix_log, "WINDOW", 3)
    log = postfix_log.PostfixLog(TODAY, {})
    sent = [
        each
        for pid in range(50)
        for line in smtpd(taken(f"conta{pid}@exemplo.com.br"), pid=pid)
        for each in log.read(f"{line}\n".encode())
    ]
    assert len(log._talks) == 3
    assert [each.account for each in sent] == [f"conta{pid}@exemplo.com.br" for pid in range(47)]
    assert all(each.cut for each in sent)


def test_messages_of_one_endless_conversation_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postfix_log, "WINDOW", 3)
    log = postfix_log.PostfixLog(TODAY, {})
    for line in smtpd(*[taken()] * 50):
        log.read(f"{line}\n".encode())
    assert sum(len(talk.messages) for talk in log._talks.values()) <= 3
    assert log.cut == 16


# --- Exim and Dovecot ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("port", "tls", "due", "unknown"),
    [
        (25, False, (1, 1, 1), 0),
        (25, True, (1, 1, 0), 0),
        (587, False, (1, 0, 1), 0),
        (587, True, None, 0),
        (None, False, (1, 0, 1), 0),
        (None, True, None, 1),
    ],
)
def test_exim_names_the_port_when_told_to(
    port: int | None, tls: bool, due: tuple[int, int, int] | None, unknown: int
) -> None:
    found, _ = read([exim(port=port, tls=tls)])
    assert counts(found.due) == ({} if due is None else {ANA: due})
    assert sum(each.unknown for each in found.unknown) == unknown


@pytest.mark.parametrize(
    "line",
    [
        exim().replace(" H=(casa) ", " H=mail.exemplo.com.br (casa) "),
        exim().replace(" H=(casa) [192.0.2.7]:4711", " H=casa [2001:db8::7]"),
        exim().replace(" P=", " U=ana P="),
        exim().replace(" S=", ":ana@exemplo.com.br M8S=0 K S="),
        exim(sender="<>").replace(" H=", " R=1xVq52-0001Mq-1C H="),
        exim(stamp="2026-11-24 12:57:04.123 +0000 [4711]"),
        exim(tail=' RT=0.1s id=um@dois T="A=plain:x" from <ana@exemplo.com.br> for z@example.org'),
        exim(stamp="Nov 24 12:57:04 mx exim[99]:"),
        exim(stamp="2026-11-24T12:57:04.1-03:00 mx exim4[99]: 2026-11-24 12:57:04"),
        exim().replace("1xVq52-0001Mq-1D", "1xVq52-00000001Mq2-1D4f"),
        exim().replace("P=esmtpa", "P=utf8esmtpa L*"),
        f"{exim()}\r",
    ],
)
def test_every_form_of_exims_line_is_understood(line: str) -> None:
    found, log = read([line])
    assert (counts(found.due), log.unclear) == ({ANA: (1, 1, 1)}, 0)


def test_mail_of_strangers_does_not_count() -> None:
    found, log = read([exim(None), exim(None, tls=True)])
    assert (found.accounts, log.recognized) == (0, 2)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ((), (1, 0, 1)),
        (("TLS",), None),
        (("TLS", "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"), None),
        (("secured",), None),
        (("lport=25", "TLS"), (1, 1, 0)),
        (("lport=587", "TLS"), None),
    ],
)
def test_dovecot_tells_of_sign_ins(
    words: tuple[str, ...], due: tuple[int, int, int] | None
) -> None:
    found, _ = read([dovecot(ANA, *words)])
    assert counts(found.due) == ({} if due is None else {ANA: due})
    assert found.counts_sign_ins
    assert found.accounts == 1


def test_dovecots_own_file_is_understood_and_its_other_services_are_not() -> None:
    own = dovecot(stamp="Nov 24 12:57:02").replace("login: Login", "login: Info: Login")
    newer = dovecot(stamp="2026-11-24 12:57:02").replace("Login:", "Logged in:")
    other = dovecot(BIA).replace("submission-login", "imap-login")
    refused = dovecot(BIA).replace("Login:", "Disconnected: auth failed:")
    found, _ = read([own, newer, other, refused])
    assert counts(found.due) == {ANA: (2, 0, 2)}


def test_what_somebody_says_of_a_port_yields_to_what_stands_in_the_line() -> None:
    told = {"exim": 587, "submission-login": 465}
    found, _ = read([exim(port=None, tls=True), exim(BIA, port=25, tls=True)], told)
    assert counts(found.due) == {BIA: (1, 1, 0)}
    assert found.unknown == ()


# --- adding up -----------------------------------------------------------------------------------


def test_whoever_sends_most_stands_first_and_spellings_are_one() -> None:
    found, _ = read(
        [exim(BIA), exim("ANA@exemplo.com.br"), exim(ANA), exim(ANA, port=587, tls=True)]
    )
    assert list(counts(found.due).items()) == [(ANA, (2, 2, 2)), (BIA, (1, 1, 1))]
    assert found.due[0].good == 1


def test_kinds_may_be_mixed_in_one_log() -> None:
    found, log = read([*conversation(), exim(), "nada", dovecot()])
    assert counts(found.due) == {ANA: (3, 2, 3)}
    assert (log.lines, log.recognized) == (6, 5)


def test_only_what_is_wanted_counts() -> None:
    lines = [exim(stamp="2026-11-01 12:00:00"), exim(BIA), exim("x@outro.example"), exim("root")]
    wanted = Wanted(dt.date(2026, 11, 2), frozenset({"exemplo.com.br"}))
    assert counts(read(lines, wanted=wanted)[0].due) == {BIA: (1, 1, 1)}


def test_the_last_message_is_the_newest_and_not_the_one_that_stands_last() -> None:
    lines = [exim(), exim(stamp="2025-01-01 00:00:00"), exim(port=587, tls=True)]
    [sender] = read(lines)[0].due
    assert sender.last == sender.last_good == dt.datetime(2026, 11, 24, 12, 57, 4)  # noqa: DTZ001


@given(st.lists(st.integers(0, 40), max_size=8))
def test_it_does_not_matter_where_a_block_ends(cuts: list[int]) -> None:
    lines = [
        *conversation(pid=1),
        *smtpd(taken(), taken(BIA), pid=2),
        *conversation(BIA, name="postfix/submission", starttls=True, pid=3),
        exim(),
        "nada",
        *smtpd(secured(), taken(), pid=2),
        dovecot(ANA, "TLS", "lport=25"),
        *smtpd(left(), pid=2),
    ]
    log, tally = MailLog(TODAY, {}), Tally()
    for begin, end in itertools.pairwise(sorted({0, *cuts, len(lines)})):
        tally.add(log.read("".join(f"{line}\n" for line in lines[begin:end]).encode()))
    tally.add(log.end())
    whole, at_once = read(lines)
    assert ordered(tally, []) == whole
    assert (log.lines, log.recognized, log.cut) == (len(lines), at_once.recognized, at_once.cut)


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "today", "day"),
    [
        (b"Nov 24 12:57:02", TODAY, "2026-11-24"),
        (b"Nov 25 12:57:02", TODAY, "2026-11-25"),
        (b"Nov 26 12:57:02", TODAY, "2025-11-26"),
        (b"Jan  1 00:00:00", dt.date(2026, 12, 31), "2027-01-01"),
        (b"Dec 31 00:00:00", dt.date(2027, 1, 1), "2026-12-31"),
        (b"Feb 29 00:00:00", TODAY, "2024-02-29"),
        (b"2026-11-24T12:57:02", TODAY, "2026-11-24"),
        (b"2026-11-24 12:57:02.123456", TODAY, "2026-11-24"),
    ],
)
def test_a_year_that_is_missing_is_the_last_possible(
    stamp: bytes, today: dt.date, day: str
) -> None:
    found = stamps.when(stamp, today)
    assert found is not None
    assert found.date().isoformat() == day


@pytest.mark.parametrize(
    "stamp", [b"Foo 24 12:57:02", b"Nov 31 12:57:02", b"Nov 24 25:00:00", b"2026-13-01 00:00:00"]
)
def test_what_is_no_moment_is_none(stamp: bytes) -> None:
    assert stamps.when(stamp, TODAY) is None


@pytest.mark.parametrize(
    "stamp",
    ["2026-11-24T12:57:02.123456-03:00", "2026-11-24T12:57:02Z", "2026-11-24T12:57:02+0000"],
)
def test_stamps_with_a_zone_are_taken_as_they_stand(stamp: str) -> None:
    [sender] = read([*smtpd(taken(), left(), stamp=stamp)])[0].due
    assert sender.last == dt.datetime(2026, 11, 24, 12, 57, 2)  # noqa: DTZ001


def test_a_line_with_an_impossible_date_is_told_and_not_counted() -> None:
    lines = [exim(stamp="2026-02-30 12:00:00"), *smtpd(taken(), left(), stamp="Feb 30 12:00:00")]
    found, log = read(lines)
    assert (found.accounts, log.unclear) == (0, 2)
