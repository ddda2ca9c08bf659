"""What a stranger writes into a log accuses nobody; what is junk harms nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_log_builders import (
    ANA,
    CLIENT,
    VICTIM,
    conversation,
    counts,
    dovecot,
    exim,
    left,
    read,
    smtpd,
    taken,
)

POSTFIX_LINE = smtpd(taken(VICTIM))[0]
FORGED = "H=(x) [192.0.2.9]:1 I=[192.0.2.1]:25 P=esmtpa A=plain:" + VICTIM


@pytest.mark.parametrize(
    "sender",
    [
        f'"x {FORGED} S=1"@evil.example',
        f'"x\\" {FORGED} S=1"@evil.example',
        f'a."x {FORGED} S=1"@evil.example',
    ],
)
def test_a_sender_that_looks_like_a_line_accuses_nobody(sender: str) -> None:
    found, log = read([exim(None, sender=sender), exim(ANA, sender=sender)])
    assert counts(found.due) == {ANA: (1, 1, 1)}
    assert log.unclear == 0


@pytest.mark.parametrize(
    "line",
    [
        exim(None, helo=f"x) [192.0.2.9] P=esmtpa A=plain:{VICTIM} S=1 (y"),
        exim(None, sender=f"x {FORGED} S=1"),
        exim(None, sender=f'"x {FORGED} S=1'),
        exim(None).replace(" P=", f" U=x P=esmtpa A=plain:{VICTIM} S=1 P="),
    ],
)
def test_what_can_be_read_in_two_ways_is_told_and_accuses_nobody(line: str) -> None:
    found, log = read([line])
    assert (found.accounts, log.unclear) == (0, 1)


@pytest.mark.parametrize("user", [None, ANA])
@pytest.mark.parametrize(
    "word", ['DN="x" A=plain:{} S=1 "', 'SNI="x" A=plain:{} S=1 "', "SNI=x A=plain:{} S=1"]
)
def test_a_certificate_or_name_in_tls_that_brings_a_sign_in_accuses_nobody(
    user: str | None, word: str
) -> None:
    line = exim(user, tls=True).replace(" CV=no", f" CV=no {word.format(VICTIM)}")
    found, log = read([line])
    assert (found.accounts, log.unclear) == (0, 1)


def test_an_honest_certificate_name_in_tls_and_ident_do_no_harm() -> None:
    line = exim(tls=True).replace(" CV=no", ' CV=no DN="CN=a b" SNI="mx.exemplo.com.br"')
    found, log = read([line.replace(" P=", " U=ana P=")])
    assert (counts(found.due), log.unclear) == ({ANA: (1, 1, 0)}, 0)


def test_what_stands_behind_the_size_is_the_letters_and_not_exims() -> None:
    tail = f' id=x T="S=1 A=plain:{VICTIM} S=1" from <x> for y'
    found, log = read([exim(None, tail=tail), exim(ANA, tail=tail)])
    assert (counts(found.due), log.unclear) == ({ANA: (1, 1, 1)}, 0)


@pytest.mark.parametrize(
    "text",
    [
        f"NOQUEUE: reject: RCPT from {CLIENT}: 554 5.7.1 no; helo=<{taken(VICTIM)}>",
        f"warning: {CLIENT}: {POSTFIX_LINE}",
        f"NOQUEUE: reject: helo=<x: client={CLIENT}, sasl_method=PLAIN, sasl_username={VICTIM}>",
        f"9DFC3290A61: client=x, sasl_username={VICTIM}[192.0.2.1], sasl_method=PLAIN",
    ],
)
def test_a_text_within_a_line_of_postfix_accuses_nobody(text: str) -> None:
    assert read(smtpd(text, left()))[0].accounts == 0


@pytest.mark.parametrize(
    "tail", [f", sasl_sender={VICTIM}", f", sasl_sender=x, sasl_username={VICTIM}"]
)
def test_the_clients_own_word_behind_the_user_name_is_not_the_user_name(tail: str) -> None:
    found, _ = read(smtpd(taken() + tail, left()))
    assert counts(found.due) == {ANA: (1, 1, 1)}


def test_a_subject_that_is_a_whole_line_accuses_nobody_and_is_told() -> None:
    tail = f' id=x T="S=1 {FORGED} S=1" from <x> for y'
    found, log = read([exim(None, tail=tail), exim(ANA, tail=tail)])
    assert (found.accounts, log.unclear) == (0, 1)


def test_a_carriage_return_begins_no_line() -> None:
    line = f"Nov 24 12:57:02 mx postfix/qmgr[1]: x\r{POSTFIX_LINE}"
    assert read([line])[0].accounts == 0


@pytest.mark.parametrize(
    "line",
    [
        f"Nov 24 12:57:02 mx evil[1]: {POSTFIX_LINE}",
        f"Nov 24 12:57:02 mx evil[1]: {exim(VICTIM)}",
        f"Nov 24 12:57:02 mx evil[1]: {dovecot(VICTIM)}",
        f"Nov 24 12:57:02 mx postfix/smtp[1]: to=<x>, said: {exim(VICTIM)} {POSTFIX_LINE}",
        dovecot("").replace("user=<>", f"user=<x>, user=<{VICTIM}>").replace("Login:", "Aborted:"),
    ],
)
def test_a_line_of_another_program_that_quotes_one_of_ours_is_not_ours(line: str) -> None:
    assert read([line])[0].accounts == 0


@pytest.mark.parametrize(
    "line",
    [
        f"Nov 24 12:57:02 mx evil[1]: {POSTFIX_LINE}",
        f"192.0.2.7 - - [24/Nov/2026] GET {POSTFIX_LINE}",
        f"Tue 2026-11-24 12:57:02 UTC mx postfix/smtpd[1]: connect from {CLIENT}",
        "mx postfix/smtpd[1]: connect from x",
    ],
)
def test_a_log_with_no_line_that_could_count_is_not_taken_for_a_mail_servers(line: str) -> None:
    assert read([line])[1].recognized == 0


@pytest.mark.parametrize(
    "name", ["", "x" * 321, "um\x1b[31mdois", "um\x00dois", "um\u202edois", "\u200b"]
)
def test_a_name_that_can_be_no_account_is_told_and_never_shown(name: str) -> None:
    found, log = read([*smtpd(taken(name), left()), dovecot(name)])
    assert found.accounts == 0
    assert log.unclear == 2


def test_a_name_in_an_old_encoding_is_kept() -> None:
    line = smtpd(taken("joão@exemplo.com.br"))[0].encode("latin-1")
    assert list(counts(read([line])[0].due)) == ["joão@exemplo.com.br"]


def test_a_debug_log_gives_nothing_away() -> None:
    secret = "AGFuYUBleGVtcGxvLmNvbS5icgBjYW5hcnktNTg3"
    lines = [
        *smtpd(f"< {CLIENT}: AUTH PLAIN {secret}", f"xsasl_dovecot: {secret} sasl_username=x"),
        f"2026-11-24 12:57:04 SMTP<< AUTH PLAIN {secret} <= x",
    ]
    found, _ = read(lines)
    assert secret not in repr(found)
    assert found.accounts == 0


_PARTS = [line.encode() for line in (*conversation(), exim(), exim(tls=True), dovecot())]


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.tuples(st.sampled_from(_PARTS), st.integers(0, 200), st.binary(max_size=9)).map(
                lambda each: each[0][: each[1]] + each[2] + each[0][each[1] :]
            ),
        )
    )
)
def test_no_line_whatever_stops_the_reading(lines: list[bytes]) -> None:
    found, log = read([line.replace(b"\n", b"") for line in lines])
    assert log.lines == len(lines)
    assert log.recognized <= len(lines)
    assert all(each.account.isprintable() for each in found.due)


@pytest.mark.parametrize("piece", ['"', "\\", ' "x" ', " A=x", "a:", " S=1", "(", "[1]", " X=x"])
def test_a_long_odd_line_takes_no_longer_than_its_length(piece: str) -> None:
    line = exim(ANA, sender=piece * (60_000 // len(piece)))
    read([line, line.replace(" H=", " "), line[:-4]])  # the time limit of the tests is the assert
