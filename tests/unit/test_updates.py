"""A newer version is told of when its makers say so, and nobody else can say so."""

from __future__ import annotations

import base64
import os
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

import configure587
import update_builders as a
from builders import a_machine
from configure587 import updates
from configure587.errors import Refused
from configure587.machine import guards
from configure587.updates import announcement, kept, pinned
from update_builders import CHANNEL, DAY, HOUR, NOW, Postman, signed, text

if TYPE_CHECKING:
    from configure587.machine import Machine

OTHER: Final = SigningKey(bytes(32))


@pytest.fixture
def machine() -> Machine:
    """Give a computer that was never asked."""
    return a_machine()


def news(machine: Machine, data: bytes | Exception) -> updates.News:
    """What comes of a look when this is brought."""
    return updates.look(machine, CHANNEL, Postman(data).fetch)


def refusal(machine: Machine, data: bytes | Exception) -> str:
    """Why nothing is known when this is brought."""
    with pytest.raises(Refused) as refused:
        news(machine, data)
    return refused.value.code


# --- what is told --------------------------------------------------------------------------------


def test_a_newer_version_is_told_of_with_what_changed_and_where_it_is(machine: Machine) -> None:
    found = news(machine, signed(text()))
    assert found.is_newer
    assert found.announcement.version == "9.9"
    assert found.announcement.link == a.LINK
    assert found.announcement.changes_in("pt-BR") == "Encontra mais programas."
    assert found.announcement.changes_in("en") == "Finds more programs."


@pytest.mark.parametrize(
    ("announced", "own", "is_newer"),
    [
        ("1.2", "1.1.9", True),
        ("1.10", "1.9", True),
        ("2.0.1", "2.0", True),
        ("1.2", "1.2.0", False),
        ("1.2.0", "1.2", False),
        ("1.1.9", "1.2", False),
        ("0.0", "0.1.0", False),
    ],
)
def test_only_a_higher_version_is_newer(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, announced: str, own: str, *, is_newer: bool
) -> None:
    monkeypatch.setattr(updates, "__version__", own)
    assert news(machine, signed(text(version=announced))).is_newer is is_newer


def test_a_language_without_words_is_told_in_english(machine: Machine) -> None:
    found = news(machine, signed(text(changes={"en": "Faster."})))
    assert found.announcement.changes_in("pt-BR") == "Faster."


def test_one_of_two_keys_is_enough(machine: Machine) -> None:
    both = CHANNEL._replace(keys=(bytes(OTHER.verify_key), *CHANNEL.keys))
    for key in (a.KEY, OTHER):
        found = updates.look(machine, both, Postman(signed(text(), key)).fetch)
        assert found.is_newer


# --- what is not believed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        signed(text(), OTHER),
        signed(text(), prefix=b""),
        signed(text()).replace(b"9.9", b"9.8"),
        a.envelope(text(), ""),
        a.envelope(text(), "no base64"),
        a.envelope(text(), base64.b64encode(bytes(63)).decode()),
        a.envelope(text(), base64.b64encode(bytes(64)).decode()),
        a.envelope(text(), "é" * 88),
        a.envelope({"version": "9.9"}, "AAAA"),
        signed(text()).replace(b'"format": 1', b'"format": 2'),
        b"",
        b"\xff\xfe",
        b"<html>You are not connected</html>",
        b"[" * 60_000,
        b'{"format": 1, "x": ' + b'{"a":' * 20_000,
        text().encode(),
    ],
    ids=range(16),
)
def test_what_bears_no_signature_of_ours_is_not_believed(machine: Machine, data: bytes) -> None:
    assert refusal(machine, data) == "updates_not_genuine"
    assert kept.read(machine).made == 0


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_no_bit_of_an_announcement_can_be_changed(place: int, bit: int) -> None:
    good = signed(text())
    data = bytearray(good)
    data[place % len(data)] ^= 1 << bit
    try:
        found = announcement.read(bytes(data), [a.PUBLIC], now=NOW)
    except Refused:
        return
    assert found == announcement.read(
        good, [a.PUBLIC], now=NOW
    )  # a space, or the case of an escape


@given(data=st.binary(max_size=200))
def test_noise_is_refused_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(Refused):
        announcement.read(data, [a.PUBLIC], now=NOW)


def test_an_older_announcement_cannot_be_played_again(machine: Machine) -> None:
    old, new = (text(version=v, made=a.moment(NOW - n * HOUR)) for v, n in (("9.8", 2), ("9.9", 1)))
    assert news(machine, signed(old)).announcement.version == "9.8"
    assert news(machine, signed(new)).announcement.version == "9.9"
    assert refusal(machine, signed(old)) == "updates_out_of_date"
    assert news(machine, signed(new)).announcement.version == "9.9"


@pytest.mark.parametrize(
    "dates",
    [
        {"expires": a.moment(NOW)},
        {"expires": a.moment(NOW - 1)},
        {"made": a.moment(NOW + 2 * DAY)},
    ],
    ids=["now", "a second ago", "not made yet"],
)
def test_what_has_run_out_or_is_still_to_be_made_is_out_of_date(
    machine: Machine, dates: dict[str, str]
) -> None:
    assert refusal(machine, signed(text(**dates))) == "updates_out_of_date"
    assert kept.read(machine).made == 0


def test_a_clock_that_is_an_hour_slow_does_no_harm(machine: Machine) -> None:
    assert news(machine, signed(text(made=a.moment(NOW + HOUR)))).is_newer


def test_a_date_that_a_wrong_clock_left_behind_does_not_stop_us_for_ever(machine: Machine) -> None:
    kept.write(machine, kept.Kept(made=NOW + 1000 * DAY))
    assert news(machine, signed(text())).is_newer


@pytest.mark.parametrize(
    "odd",
    [
        {"product": "another"},
        {"version": "9.9beta"},
        {"version": "9"},
        {"version": "9.9\n"},
        {"version": "٩.٩"},
        {"version": 9.9},
        {"link": "http://downloads.configure587.test/"},
        {"link": "https://"},
        {"link": "https://ana:587@downloads.configure587.test/"},
        {"link": "https://downloads.configure587.test/\x1b[2J"},
        {"link": "https://düwnloads.configure587.test/"},
        {"link": "https://downloads.configure587.test:99999/"},
        {"link": "javascript:alert(587)"},
        {"link": "https://x.test/" + "x" * 300},
        {"made": "yesterday"},
        {"made": "2026-11-24T12:00:00"},
        {"expires": None},
        {"changes": "Faster."},
        {"changes": {"en": "x" * 5000}},
        {"changes": {"en": None}},
    ],
    ids=repr,
)
def test_what_is_ours_but_of_another_form_is_not_understood(
    machine: Machine, odd: dict[str, Any]
) -> None:
    assert refusal(machine, signed(text(**odd))) == "updates_not_understood"


def test_hostile_words_become_plain_lines(machine: Machine) -> None:
    words = "One\x1b[31m\x07\r\n  Two\N{RIGHT-TO-LEFT OVERRIDE}\u200b \n\n<b>Three</b>\x00"
    found = news(machine, signed(text(changes={"en": words})))
    assert found.announcement.changes_in("en") == "One[31m\nTwo\n\n<b>Three</b>"


# --- when nothing is asked -----------------------------------------------------------------------


def test_a_policy_keeps_us_from_asking(machine: Machine) -> None:
    postman = Postman(signed(text()))
    with pytest.raises(Refused, match="updates_by_policy"):
        updates.look(machine, CHANNEL, postman.fetch, allowed=False)
    assert postman.asked == []


def test_an_edition_without_a_key_asks_nobody(machine: Machine) -> None:
    postman = Postman(signed(text()))
    with pytest.raises(Refused, match="updates_none"):
        updates.look(machine, None, postman.fetch)
    assert postman.asked == []


@pytest.mark.parametrize(
    ("error", "detail"),
    [(OSError("too large"), "too large"), (ConnectionRefusedError(111, "no"), "ECONNREFUSED")],
)
def test_who_cannot_be_reached_is_not_known(machine: Machine, error: OSError, detail: str) -> None:
    with pytest.raises(Refused) as refused:
        news(machine, error)
    assert refused.value.code == "updates_not_reached"
    assert refused.value.fields == {"detail": detail}
    assert kept.read(machine).looked == NOW


@pytest.mark.parametrize(("address", "keys"), [("", ("00" * 32,)), (a.ADDRESS, ()), ("", ())])
def test_a_package_without_address_or_key_has_no_channel(
    monkeypatch: pytest.MonkeyPatch, address: str, keys: tuple[str, ...]
) -> None:
    monkeypatch.setattr(pinned, "ADDRESS", address)
    monkeypatch.setattr(pinned, "KEYS", keys)
    assert updates.channel() is None


def test_a_package_with_both_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinned, "ADDRESS", a.ADDRESS)
    monkeypatch.setattr(pinned, "KEYS", (a.PUBLIC.hex(),))
    assert updates.channel() == CHANNEL


def test_without_the_library_that_checks_signatures_there_is_no_channel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pinned, "ADDRESS", a.ADDRESS)
    monkeypatch.setattr(pinned, "KEYS", (a.PUBLIC.hex(),))
    monkeypatch.setitem(sys.modules, "nacl.signing", None)
    assert updates.channel() is None


def test_what_is_pinned_is_nothing_or_can_be_used() -> None:
    assert bool(pinned.ADDRESS) == bool(pinned.KEYS)
    assert not pinned.ADDRESS or announcement._is_link(pinned.ADDRESS)
    assert all(len(bytes.fromhex(key)) == 32 for key in pinned.KEYS)
    assert a.PUBLIC.hex() not in pinned.KEYS
    assert bytes(OTHER.verify_key).hex() not in pinned.KEYS


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
    ],
)
def test_signatures_are_those_of_rfc_8032(key: str, message: str, signature: str) -> None:
    parts = [bytes.fromhex(each) for each in (message, signature, key)]
    assert announcement._is_good(*parts)
    assert not announcement._is_good(parts[0] + b"x", *parts[1:])


# --- what is remembered --------------------------------------------------------------------------


def test_at_first_nothing_is_wanted_and_nothing_due(machine: Machine) -> None:
    assert kept.read(machine) == kept.Kept()
    assert not kept.read(machine).is_due(NOW)


@pytest.mark.parametrize(
    ("looked", "is_due"),
    [(NOW - HOUR, False), (NOW - DAY - 1, True), (NOW, False), (NOW + DAY, True)],
)
def test_the_window_looks_once_a_day_at_most(looked: float, *, is_due: bool) -> None:
    assert kept.Kept(wanted=True, looked=looked).is_due(NOW) is is_due
    assert not kept.Kept(wanted=False, looked=looked).is_due(NOW)


def test_a_look_keeps_the_person_s_wish(machine: Machine) -> None:
    kept.write(machine, kept.Kept(wanted=True))
    news(machine, signed(text()))
    assert kept.read(machine) == kept.Kept(wanted=True, made=NOW - HOUR, looked=NOW)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"made": "x"}', b"[" * 4000, b"1" * 9999])
def test_a_damaged_memory_is_as_at_first_and_can_be_written(data: bytes) -> None:
    folder = a_machine().data_folder
    machine = a_machine(files={os.path.join(folder, "updates.json"): data})
    assert kept.read(machine) == kept.Kept()
    kept.write(machine, kept.Kept(wanted=True))
    assert kept.read(machine).wanted


def test_where_nothing_can_be_written_a_look_still_answers(machine: Machine) -> None:
    assert news(guards.read_only(machine), signed(text())).is_newer


def test_a_request_tells_no_more_than_the_version(machine: Machine) -> None:
    postman = Postman(signed(text()))
    updates.look(machine, CHANNEL, postman.fetch)
    assert postman.asked == [a.ADDRESS]
    assert configure587.__version__ not in a.ADDRESS
