"""The decision table: each row from what a server showed, and what it explains."""

from __future__ import annotations

import pytest

from configure587.model import Security
from configure587.seen import Certificate, CertificateTrouble, Door, End, HostSeen, Question, Seen
from configure587.submission import verdict
from configure587.submission.verdict import Around, Deed
from network_builders import CERTIFICATE, HOST, bad, good, host_seen, plain_25

ON_587 = Door(HOST, 587, Security.STARTTLS)
ON_465 = Door(HOST, 465, Security.TLS)
ALONE = Around()
OTHERS = Around(others_answer=True)
NOBODY = Around(others_silent=True)
KNOWN = Around(starttls_known=True)
GOOD_465 = good(ON_465)
CLOSED_465 = bad(ON_465, End.TIMEOUT)
OAUTH = ("AUTH XOAUTH2 OAUTHBEARER",)
MASKED = ("XXXXXXXA", "AUTH LOGIN")


def refused_certificate(trouble: CertificateTrouble) -> Seen:
    return bad(ON_587, End.BAD_CERTIFICATE, trouble=trouble, certificate=CERTIFICATE)


ROWS = {
    1: (host_seen(good(ON_587)), ALONE),
    2: (host_seen(good(ON_587, after=OAUTH)), ALONE),
    4: (host_seen(good(ON_587, after=("PIPELINING",))), ALONE),
    5: (host_seen(bad(ON_587, End.NO_STARTTLS), GOOD_465), ALONE),
    6: (host_seen(bad(ON_587, End.NO_STARTTLS)), ALONE),
    7: (host_seen(bad(ON_587, End.NO_STARTTLS, before=MASKED)), ALONE),
    8: (host_seen(bad(ON_587, End.STARTTLS_LATER, code=454)), ALONE),
    9: (host_seen(bad(ON_587, End.TAMPERED), GOOD_465), ALONE),
    10: (host_seen(bad(ON_587, End.OLD_TLS)), ALONE),
    11: (host_seen(refused_certificate(CertificateTrouble.EXPIRED)), ALONE),
    12: (host_seen(refused_certificate(CertificateTrouble.SELF_SIGNED)), ALONE),
    14: (host_seen(refused_certificate(CertificateTrouble.OTHER_NAME)), ALONE),
    15: (host_seen(bad(ON_587, End.TIMEOUT), GOOD_465), ALONE),
    16: (host_seen(bad(ON_587, End.TIMEOUT), CLOSED_465, plain_25()), ALONE),
    17: (host_seen(bad(ON_587, End.TIMEOUT), CLOSED_465), OTHERS),
    18: (host_seen(bad(ON_587, End.TIMEOUT), CLOSED_465), NOBODY),
    19: (host_seen(bad(ON_587, End.BUSY, code=421, said="later")), ALONE),
    20: (host_seen(bad(ON_587, End.REJECTED, code=554, said="go away")), ALONE),
    21: (host_seen(bad(ON_587, End.NOT_SMTP)), ALONE),
    22: (host_seen(good(ON_587), None, plain_25(banner="****** ESMTP")), ALONE),
}


@pytest.mark.parametrize("number", ROWS)
def test_what_a_server_showed_leads_to_its_row(number: int) -> None:
    seen, around = ROWS[number]
    judged = verdict.judge(seen, around)
    assert judged.row.number == number
    assert judged.reasons[0].code == f"proof_{judged.row.code}"
    if judged.row.deed is Deed.REWRITE:
        assert judged.door is not None
        assert judged.door.door.port == 587
    elif judged.row.deed is Deed.LEAVE or judged.row.deed is Deed.LATER:
        assert judged.door is None


@pytest.mark.parametrize(
    ("seen", "around", "number"),
    [
        (host_seen(bad(ON_587, End.NO_STARTTLS)), KNOWN, 7),
        (host_seen(bad(ON_587, End.NO_STARTTLS, banner="220 *****")), ALONE, 7),
        (host_seen(bad(ON_587, End.STARTTLS_REFUSED), GOOD_465), ALONE, 8),
        (host_seen(bad(ON_587, End.NOT_TLS), GOOD_465), ALONE, 10),
        (host_seen(bad(ON_587, End.TLS_FAILED)), ALONE, 10),
        (host_seen(refused_certificate(CertificateTrouble.NOT_YET_VALID)), ALONE, 11),
        (host_seen(refused_certificate(CertificateTrouble.UNKNOWN_ISSUER)), ALONE, 12),
        (host_seen(refused_certificate(CertificateTrouble.OTHER)), ALONE, 12),
        (host_seen(bad(ON_587, End.SILENT), GOOD_465), ALONE, 15),
        (host_seen(bad(ON_587, End.SILENT)), ALONE, 19),
        (host_seen(bad(ON_587, End.SLOW)), ALONE, 19),
        (host_seen(bad(ON_587, End.BROKEN)), ALONE, 19),
        (host_seen(bad(ON_587, End.REFUSED), GOOD_465), ALONE, 15),
        (host_seen(bad(ON_587, End.UNKNOWN_NAME), bad(ON_465, End.UNKNOWN_NAME)), ALONE, 17),
        (host_seen(bad(ON_587, End.BAD_NAME), bad(ON_465, End.BAD_NAME)), ALONE, 17),
        (host_seen(bad(ON_587, End.NO_DNS), bad(ON_465, End.NO_DNS)), ALONE, 18),
        (host_seen(bad(ON_587, End.REFUSED), None, plain_25()), ALONE, 17),
        (host_seen(bad(ON_587, End.TIMEOUT), None, plain_25()), ALONE, 17),
        (host_seen(bad(ON_587, End.GARBLED)), ALONE, 21),
        (host_seen(bad(ON_587, End.CANCELLED)), ALONE, 18),
        (host_seen(bad(ON_587, End.TIMEOUT), CLOSED_465, bad(ON_587, End.TIMEOUT)), NOBODY, 18),
    ],
)
def test_other_ways_to_the_same_rows(seen: HostSeen, around: Around, number: int) -> None:
    assert verdict.judge(seen, around).row.number == number


@pytest.mark.parametrize("number", [5, 8, 10, 15])
def test_465_is_named_where_it_is_proven(number: int) -> None:
    end = {
        5: End.NO_STARTTLS,
        8: End.STARTTLS_LATER,
        10: End.OLD_TLS,
        15: End.TIMEOUT,
    }[number]
    judged = verdict.judge(host_seen(bad(ON_587, end), GOOD_465), ALONE)
    assert (judged.row.number, judged.row.deed) == (number, Deed.OFFER_465)
    assert judged.door == GOOD_465
    alone = verdict.judge(host_seen(bad(ON_587, End.OLD_TLS)), ALONE)
    assert alone.door is None


@pytest.mark.parametrize("number", [9, 11, 12, 14])
def test_what_smells_of_an_attack_is_not_helped_by_465(number: int) -> None:
    first = ROWS[number][0].doors[0]
    assert verdict.judge(host_seen(first, GOOD_465), ALONE).door is None


def test_where_465_is_wanted_that_door_decides() -> None:
    seen = host_seen(bad(ON_587, End.TAMPERED), GOOD_465)
    assert verdict.judge(seen, ALONE, 465).row.number == 1
    closed = host_seen(good(ON_587), CLOSED_465)
    assert verdict.judge(closed, ALONE, 465).row.number == 17
    single = HostSeen(Question(HOST, (ON_465,)), (GOOD_465,))
    assert verdict.judge(single, ALONE).door == GOOD_465


OTHER = Certificate(("mail.outra.example",), "X", "", "")


@pytest.mark.parametrize(
    ("old", "is_so"),
    [
        (plain_25(), False),
        (plain_25(before=MASKED), True),
        (plain_25(certificate=OTHER), True),
        (plain_25(certificate=None, before=(), banner="mx7.exemplo.com.br ESMTP"), False),
        (plain_25(certificate=None, before=(), banner="proxy.outra.example ESMTP"), True),
        (plain_25(certificate=None, banner="proxy.outra.example ESMTP"), False),
        (bad(ON_587, End.TIMEOUT), False),
        (bad(ON_587, End.BUSY, banner=""), False),
    ],
)
def test_interception_is_claimed_on_good_grounds_only(old: Seen, *, is_so: bool) -> None:
    assert verdict.intercepted(old, good(ON_587)) is is_so


def codes(seen: HostSeen) -> list[str]:
    return [reason.code for reason in verdict.judge(seen, ALONE).reasons]


def test_a_certificate_that_was_refused_is_explained() -> None:
    seen = ROWS[11][0]
    explained = verdict.judge(seen, ALONE).reasons[1]
    assert explained.code == "certificate_expired"
    assert dict(explained.fields)["until"] == "2027-01-01"


def test_a_name_that_is_not_found_may_also_be_a_network_that_is_not_there() -> None:
    unknown = host_seen(bad(ON_587, End.UNKNOWN_NAME), bad(ON_465, End.UNKNOWN_NAME))
    assert codes(unknown) == ["proof_server_gone", "name_unknown"]
    assert "name_unknown" not in codes(ROWS[17][0])


@pytest.mark.parametrize(
    ("end", "around", "code"),
    [
        (End.TIMEOUT, ALONE, "server_gone"),
        (End.TIMEOUT, OTHERS, "server_gone"),
        (End.TIMEOUT, NOBODY, "offline"),
        (End.REFUSED, NOBODY, "server_gone"),  # whoever refuses is there
        (End.REFUSED, ALONE, "server_gone"),
        (End.NO_DNS, ALONE, "offline"),
        (End.UNREACHABLE, ALONE, "offline"),
        (End.NO_DNS, OTHERS, "server_gone"),
        (End.TIMEOUT, KNOWN, "offline"),  # its name is no old one
        (End.REFUSED, KNOWN, "offline"),
        (End.TIMEOUT, KNOWN._replace(others_answer=True), "server_gone"),
    ],
)
def test_a_single_silent_server_is_no_missing_internet(end: End, around: Around, code: str) -> None:
    seen = host_seen(bad(ON_587, end), bad(ON_465, end))
    assert verdict.judge(seen, around).row.code == code


STRANGER = "smtp.outra.example"


def of(host: str, end: End) -> HostSeen:
    doors = tuple(bad(door, end) for door in verdict.doors(host))
    return HostSeen(Question(host, verdict.doors(host)), doors)


@pytest.mark.parametrize(
    ("others", "silent"),
    [
        ([], False),
        ([of(HOST, End.TIMEOUT)], False),
        ([of("mail.exemplo.com.br", End.TIMEOUT)], False),  # the same provider's
        ([of(STRANGER, End.TIMEOUT)], True),
        ([of(STRANGER, End.NO_DNS)], True),
        ([of(STRANGER, End.UNKNOWN_NAME)], False),
        ([of(STRANGER, End.TIMEOUT), of("smtp.third.example", End.REFUSED)], False),
    ],
)
def test_only_strangers_tell_that_everybody_is_silent(
    others: list[HostSeen], *, silent: bool
) -> None:
    assert verdict.around(HOST, others).others_silent is silent


@pytest.mark.parametrize("auth", ["password", "none", "oauth2"])
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_port_25_is_never_a_good_place_to_send_through(security: Security, auth: str) -> None:
    door = Door(HOST, 25, security)
    seen = HostSeen(Question(HOST, (door,)), (good(door),))
    judged = verdict.judge(seen, Around(auth=auth), 25)
    assert (judged.row.code, judged.door) == ("old_port", None)
    without = seen._replace(doors=(good(door, after=()),))
    assert verdict.judge(without, Around(auth=auth), 25).row.code == "old_port"


def test_of_a_hundred_names_in_a_certificate_a_few_are_told() -> None:
    certificate = CERTIFICATE._replace(names=tuple(f"a{n}.example" for n in range(100)))
    refused = refused_certificate(CertificateTrouble.OTHER_NAME)._replace(certificate=certificate)
    told = dict(verdict.judge(host_seen(refused), ALONE).reasons[1].fields)["names"]
    assert told == "a0.example, a1.example, a2.example, a3.example, a4.example, a5.example, …"


def test_what_the_server_said_is_told() -> None:
    said = verdict.judge(ROWS[20][0], ALONE).reasons[1]
    assert (said.code, dict(said.fields)) == ("server_said", {"number": 554, "said": "go away"})


def test_a_root_that_only_this_computer_trusts_is_named() -> None:
    seen = host_seen(good(ON_587, local_root="Antivírus Exemplo"))
    assert codes(seen) == ["proof_ready", "local_root"]
    refused = host_seen(bad(ON_587, End.NO_STARTTLS, local_root="x"))
    assert "local_root" not in codes(refused)


OLD = Door(HOST, 25, Security.NONE)


@pytest.mark.parametrize(
    ("old", "code"),
    [
        (bad(OLD, End.TIMEOUT), "blocked_25_likely"),
        (bad(OLD, End.UNREACHABLE), "forbidden_25"),
        (plain_25(connect_seconds=0.0002), "local_proxy_25"),
        (bad(OLD, End.REFUSED), None),
        (plain_25(), None),
    ],
)
def test_port_25_explains_only_what_is_certain(old: Seen, code: str | None) -> None:
    expected = ["proof_ready", *([code] if code else [])]
    assert codes(host_seen(good(ON_587), None, old)) == expected


def test_a_server_next_door_is_no_program_on_this_computer() -> None:
    near = good(ON_587, connect_seconds=0.0011)
    assert codes(host_seen(near, None, plain_25(connect_seconds=0.0009))) == ["proof_ready"]


def test_port_25_explains_nothing_when_no_door_is_good() -> None:
    seen = host_seen(bad(ON_587, End.TIMEOUT), CLOSED_465, bad(OLD, End.TIMEOUT))
    assert codes(seen) == ["proof_server_gone", "nobody_answered"]


def test_several_hosts_make_a_closed_port_certain() -> None:
    one = host_seen(good(ON_587), None, bad(OLD, End.TIMEOUT))
    other = one._replace(question=one.question._replace(host="smtp.outra.example"))
    assert verdict.network([one]) == ()
    assert [reason.code for reason in verdict.network([one, other])] == ["blocked_25"]


def test_several_expired_certificates_make_the_clock_a_suspect() -> None:
    one = ROWS[11][0]
    other = one._replace(question=one.question._replace(host="smtp.outra.example"))
    assert verdict.network([one]) == ()
    assert [reason.code for reason in verdict.network([one, other])] == ["clock_wrong"]


@pytest.mark.parametrize("name", ["smtps.exemplo.com.br", HOST.upper(), f"{HOST}."])
def test_two_names_of_one_provider_make_nothing_certain(name: str) -> None:
    one = host_seen(good(ON_587), None, bad(OLD, End.TIMEOUT))
    two = ROWS[11][0]
    for seen in (one, two):
        other = seen._replace(question=seen.question._replace(host=name))
        assert verdict.network([seen, other]) == ()


def test_worse_is_what_was_proven_and_is_no_longer() -> None:
    assert verdict.worse(good(ON_587), bad(ON_587, End.TIMEOUT))
    assert not verdict.worse(good(ON_587), good(ON_587))
    assert not verdict.worse(bad(ON_587, End.TIMEOUT), bad(ON_587, End.TIMEOUT))


def test_what_a_person_took_on_a_warning_can_get_worse_too() -> None:
    oauth = good(ON_587, after=OAUTH)
    assert verdict.worse(oauth, refused_certificate(CertificateTrouble.OTHER_NAME))
    assert not verdict.worse(oauth, oauth)
