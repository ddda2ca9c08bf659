"""The conversation without a network: what is said, what is concluded, whatever comes."""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from configure587.model import Security
from configure587.seen import End, Step
from configure587.submission import protocol, replies
from configure587.submission.protocol import Conversation, Ended, Say, Upgrade
from configure587.submission.replies import Garbled, Replies

if TYPE_CHECKING:
    from configure587.submission.protocol import Event

LITERAL: Final = "[127.0.0.1]"
HELLO: Final = Say(b"EHLO [127.0.0.1]\r\n")
QUIT: Final = Say(b"QUIT\r\n")
GREETING: Final = b"220 smtp.exemplo.test\r\n"
OFFER: Final = b"250-smtp.exemplo.test\r\n250-SIZE 1\r\n250 StartTLS\r\n"
INSIDE: Final = b"250-smtp.exemplo.test\r\n250 AUTH PLAIN LOGIN\r\n"
GO: Final = b"220 go\r\n"


def a_talk(security: Security = Security.STARTTLS) -> Conversation:
    return Conversation(security, LITERAL)


def before_tls() -> Conversation:
    talk = a_talk()
    talk.feed(GREETING + OFFER + GO)
    return talk


def inside_tls() -> Conversation:
    talk = before_tls()
    assert talk.may_upgrade(readable=False) == []
    assert talk.upgraded() == [HELLO]
    return talk


# --- the story -----------------------------------------------------------------------------------


def test_a_good_conversation_goes_from_greeting_to_quit() -> None:
    talk = a_talk()
    assert talk.begin() == []
    assert talk.feed(GREETING) == [HELLO]
    assert talk.feed(OFFER) == [Say(b"STARTTLS\r\n")]
    assert talk.feed(GO) == [Upgrade()]
    assert talk.may_upgrade(readable=False) == []
    assert talk.upgraded() == [HELLO]
    assert talk.feed(INSIDE) == [QUIT, Ended(End.COMPLETE)]
    assert talk.step is Step.DONE
    assert talk.before == ("smtp.exemplo.test", "SIZE 1", "StartTLS")
    assert talk.after == ("smtp.exemplo.test", "AUTH PLAIN LOGIN")
    assert talk.feed(b"221 bye\r\n") == []


def test_where_tls_comes_first_the_greeting_comes_inside() -> None:
    talk = a_talk(Security.TLS)
    assert talk.begin() == [Upgrade()]
    assert talk.may_upgrade(readable=True) == []  # the handshake will show what that is
    assert talk.upgraded() == []
    assert talk.feed(GREETING) == [HELLO]
    assert talk.feed(INSIDE) == [QUIT, Ended(End.COMPLETE)]
    assert (talk.before, talk.banner) == ((), "smtp.exemplo.test")


def test_if_available_is_no_way_of_asking() -> None:
    talk = a_talk(Security.OPPORTUNISTIC)
    assert talk.feed(GREETING + b"250 smtp.exemplo.test\r\n")[-1] == Ended(End.NO_STARTTLS)


def test_an_unprotected_door_is_left_after_ehlo() -> None:
    talk = a_talk(Security.NONE)
    assert talk.feed(GREETING + b"250 x\r\n") == [HELLO, QUIT, Ended(End.COMPLETE)]


@pytest.mark.parametrize("end", [End.NOT_TLS, End.SLOW, End.BROKEN, End.OLD_TLS])
def test_an_unprotected_door_that_fails_at_tls_was_seen_all_the_same(end: End) -> None:
    talk = a_talk(Security.NONE)
    talk.feed(GREETING + OFFER + GO)
    talk.may_upgrade(readable=False)
    assert talk.stop(end) == [Ended(End.COMPLETE)]


def test_nothing_is_said_inside_an_unprotected_door() -> None:
    talk = a_talk(Security.NONE)
    assert talk.feed(GREETING + OFFER + GO)[-1] == Upgrade()
    assert talk.may_upgrade(readable=False) == []
    assert talk.upgraded() == [Ended(End.COMPLETE)]


# --- nothing between "220" and the handshake -----------------------------------------------------


def test_bytes_after_the_go_ahead_are_tampering() -> None:
    talk = a_talk()
    assert talk.feed(GREETING + OFFER + GO + b"2")[-1] == Ended(End.TAMPERED)
    assert talk.may_upgrade(readable=False) == [Ended(End.TAMPERED)]


def test_bytes_that_wait_in_the_socket_are_tampering() -> None:
    assert before_tls().may_upgrade(readable=True) == [Ended(End.TAMPERED)]


def test_bytes_fed_after_the_go_ahead_are_tampering() -> None:
    assert before_tls().feed(INSIDE) == [Ended(End.TAMPERED)]


def test_tls_cannot_begin_without_asking() -> None:
    with pytest.raises(ValueError, match="nobody asked"):
        before_tls().upgraded()


@given(st.binary(min_size=1))
def test_whatever_is_forged_nothing_of_it_is_learnt(forged: bytes) -> None:
    talk = a_talk()
    talk.feed(GREETING + OFFER)
    events = talk.feed(GO + forged)
    assert events[-1] == Ended(End.TAMPERED)
    assert talk.after == ()
    with pytest.raises(ValueError, match="nobody asked"):
        talk.upgraded()


def test_a_half_reply_from_before_tls_is_thrown_away() -> None:
    talk = inside_tls()
    assert talk.feed(b"250 AUTH XOAUTH2\r\n")[-1] == Ended(End.COMPLETE)
    assert talk.after == ("AUTH XOAUTH2",)


# --- what servers answer -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("banner", "end", "code"),
    [
        (b"421 busy\r\n", End.BUSY, 421),
        (b"450 wait\r\n", End.BUSY, 450),
        (b"554-no\r\n554 never\r\n", End.REJECTED, 554),
        (b"200 OK\r\n", End.NOT_SMTP, 200),
        (b"HTTP/1.1 400 Bad Request\r\n", End.NOT_SMTP, 0),
        (b"+OK POP3\r\n", End.NOT_SMTP, 0),
        (b"\r\n", End.NOT_SMTP, 0),
        (b"220x\r\n", End.GARBLED, 0),
        (b"2200 x\r\n", End.GARBLED, 0),
        (b"220-x\r\n221 x\r\n", End.GARBLED, 0),
    ],
)
def test_a_greeting_may_end_it(banner: bytes, end: End, code: int) -> None:
    talk = a_talk()
    ended = talk.feed(banner)[-1]
    assert isinstance(ended, Ended)
    assert (ended.end, ended.code, talk.step) == (end, code, Step.GREETING)


@pytest.mark.parametrize("code", [b"501", b"550"])
def test_ehlo_is_tried_by_two_names_and_no_more(code: bytes) -> None:
    talk = a_talk()
    talk.feed(GREETING)
    assert talk.feed(code + b" no literal\r\n") == [Say(b"EHLO localhost.localdomain\r\n")]
    assert talk.feed(code + b" no\r\n") == [QUIT, Ended(End.REJECTED, int(code), "no")]


@pytest.mark.parametrize(
    ("reply", "end"),
    [
        (b"502 what\r\n", End.NO_STARTTLS),
        (b"421 bye\r\n", End.BUSY),
        (b"554 no\r\n", End.REJECTED),
        (b"220 what\r\n", End.GARBLED),
        (b"250-STARTTLS\r\n250 SIZE\r\n", End.NO_STARTTLS),  # the first line is a name
        (b"250-x\r\n250-XSTARTTLS\r\n250 STARTTLSX\r\n", End.NO_STARTTLS),
    ],
)
def test_ehlo_may_end_it(reply: bytes, end: End) -> None:
    talk = a_talk()
    talk.feed(GREETING)
    ended = talk.feed(reply)[-1]
    assert isinstance(ended, Ended)
    assert ended.end is end


@pytest.mark.parametrize(
    ("reply", "end"),
    [
        (b"454 later\r\n", End.STARTTLS_LATER),
        (b"501 no\r\n", End.STARTTLS_REFUSED),
        (b"250 fine\r\n", End.GARBLED),
    ],
)
def test_starttls_may_be_refused(reply: bytes, end: End) -> None:
    talk = a_talk()
    talk.feed(GREETING + OFFER)
    ended = talk.feed(reply)[-1]
    assert isinstance(ended, Ended)
    assert (ended.end, talk.step) == (end, Step.STARTTLS)


@pytest.mark.parametrize(
    ("fed", "end", "told"),
    [
        (b"", End.SLOW, End.SILENT),
        (b"220-wait\r\n", End.SLOW, End.SLOW),
        (b"22", End.SLOW, End.SLOW),
        (b"<html>", End.SLOW, End.NOT_SMTP),
        (b"<html>", End.BROKEN, End.NOT_SMTP),
        (b"", End.BROKEN, End.BROKEN),
        (GREETING, End.SLOW, End.SLOW),
    ],
)
def test_an_early_end_means_what_was_heard_until_then(fed: bytes, end: End, told: End) -> None:
    talk = a_talk()
    talk.feed(fed)
    (ended,) = talk.stop(end)
    assert isinstance(ended, Ended)
    assert ended.end is told
    assert talk.stop(End.BROKEN) == []


# --- limits --------------------------------------------------------------------------------------


def outcome(data: bytes) -> object:
    reader = Replies()
    reader.add(data)
    try:
        return reader.next()
    except Garbled:
        return Garbled


@pytest.mark.parametrize(
    ("size", "fits"), [(replies.LINE_LIMIT, True), (replies.LINE_LIMIT + 1, False)]
)
def test_a_line_has_a_limit(size: int, *, fits: bool) -> None:
    assert (outcome(b"220 " + b"x" * (size - 6) + b"\r\n") is not Garbled) == fits


@pytest.mark.parametrize(("lines", "fits"), [(100, True), (101, False)])
def test_a_reply_has_a_limit(lines: int, *, fits: bool) -> None:
    assert (outcome(b"220-x\r\n" * (lines - 1) + b"220 x\r\n") is not Garbled) == fits


def test_a_conversation_has_a_limit_that_tls_does_not_lift() -> None:
    reader = Replies()
    line = b"250 " + b"x" * 1018 + b"\r\n"
    for _ in range(63):
        reader.add(line)
        assert reader.next() is not None
    reader.forget()
    reader.add(line)
    assert reader.next() is not None
    reader.add(b"2")
    with pytest.raises(Garbled):
        reader.next()


def test_bare_codes_and_bare_line_feeds_are_understood() -> None:
    assert outcome(b"220-\n220\n") == replies.Reply(220, ("", ""))


# --- laws ----------------------------------------------------------------------------------------

PIECES: Final = st.sampled_from(
    [
        *(GREETING, OFFER, GO, INSIDE, b"\r\n", b"\n", b"220", b"-", b" ", b"250 "),
        *(
            b"454 later\r\n",
            b"501 no\r\n",
            b"334 \r\n",
            b"235 ok\r\n",
            b"x" * 5000,
            b"HTTP/1.1\r\n",
        ),
    ]
)
STREAMS: Final = st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def heard(talk: Conversation, pieces: list[bytes]) -> tuple[list[Event], Step, object]:
    events = [event for piece in pieces for event in talk.feed(piece)]
    return events, talk.step, (talk.banner, talk.before, talk.after)


@given(STREAMS, st.lists(st.integers(min_value=0)), st.booleans())
@example(GREETING + OFFER + GO + INSIDE, [1, 70], False)
def test_however_bytes_are_cut_the_events_are_the_same(
    data: bytes, places: list[int], inside: bool
) -> None:
    make = inside_tls if inside else a_talk
    whole = heard(make(), [data])
    assert heard(make(), cut(data, places)) == whole
    assert heard(make(), [data[at : at + 1] for at in range(len(data))]) == whole


@given(STREAMS, st.sampled_from(list(End)), st.sampled_from(list(Security)))
def test_a_conversation_ends_once_and_says_only_what_it_may(
    data: bytes, end: End, security: Security
) -> None:
    talk = a_talk(security)
    events = talk.begin() + talk.feed(data) + talk.stop(end) + talk.feed(data)
    assert [isinstance(each, Ended) for each in events].count(True) == 1
    said = {each.data for each in events if isinstance(each, Say)}
    assert said <= {HELLO.data, QUIT.data, b"STARTTLS\r\n", b"EHLO localhost.localdomain\r\n"}
    ended = events[-1]
    assert isinstance(ended, Ended)
    assert ended.said.isprintable()
    assert len(ended.said) <= replies.SHOWN_LIMIT
    assert ended.end is not End.COMPLETE or security is Security.NONE or end is End.COMPLETE


# --- signing in ----------------------------------------------------------------------------------


def signing_in(offer: bytes, password: str = "canary-587") -> tuple[Conversation, list[Event]]:
    talk = a_talk()
    talk.sign_in("ana", password)
    talk.feed(GREETING + OFFER + GO)
    talk.may_upgrade(readable=False)
    talk.upgraded()
    return talk, talk.feed(b"250-x\r\n250 AUTH " + offer + b"\r\n")


def test_plain_is_preferred_and_said_at_once() -> None:
    talk, (said,) = signing_in(b"LOGIN PLAIN")
    token = base64.b64encode(b"\0ana\0canary-587")
    assert said == Say(b"AUTH PLAIN " + token + b"\r\n")
    assert talk.step is Step.SIGN_IN
    assert talk.feed(b"235 welcome\r\n") == [QUIT, Ended(End.COMPLETE, 235, "welcome")]


def test_login_answers_two_questions() -> None:
    talk, (said,) = signing_in(b"login")
    assert said == Say(b"AUTH LOGIN\r\n")
    assert talk.feed(b"334 VXNlcm5hbWU6\r\n") == [Say(base64.b64encode(b"ana") + b"\r\n")]
    assert talk.feed(b"334 UGFzc3dvcmQ6\r\n") == [Say(base64.b64encode(b"canary-587") + b"\r\n")]
    assert talk.feed(b"535 no\r\n") == [QUIT, Ended(End.SIGN_IN_REFUSED, 535, "no")]


def test_a_long_token_waits_for_the_question() -> None:
    talk, (said,) = signing_in(b"PLAIN", "x" * protocol.COMMAND_LIMIT)
    assert said == Say(b"AUTH PLAIN\r\n")
    (token,) = talk.feed(b"334 \r\n")
    assert isinstance(token, Say)
    assert base64.b64decode(token.data).startswith(b"\0ana\0xxx")


def test_without_a_way_for_a_password_none_is_sent() -> None:
    assert signing_in(b"XOAUTH2 CRAM-MD5")[1] == [QUIT, Ended(End.NO_SIGN_IN)]


def test_a_question_too_many_is_not_answered() -> None:
    talk, _ = signing_in(b"PLAIN")
    (ended,) = talk.feed(b"334 again\r\n")
    assert ended == Ended(End.GARBLED, 334, "again")


def test_a_password_shows_nowhere() -> None:
    talk, events = signing_in(b"PLAIN")
    assert base64.b64encode(b"\0ana\0canary-587").decode() not in repr(events)
    assert "canary" not in f"{events} {talk!r}"
    assert "canary" not in str(vars(talk))


@pytest.mark.parametrize(("user", "password"), [("a\0b", "canary-587"), ("a", "canary\0-587")])
def test_a_nul_cannot_be_sent(user: str, password: str) -> None:
    with pytest.raises(ValueError, match="NUL") as caught:
        a_talk().sign_in(user, password)
    assert "canary" not in str(caught.value)


def test_no_password_goes_where_tls_was_not_asked_for() -> None:
    with pytest.raises(ValueError, match="without TLS"):
        a_talk(Security.NONE).sign_in("ana", "canary-587")
