"""The small parts of a look: names, addresses by turns, DER, what a failed handshake means."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from typing import TYPE_CHECKING, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from configure587.seen import Certificate, CertificateTrouble, End
from configure587.submission import der
from configure587.submission.certificates import failure, precisely
from configure587.submission.connecting import interleaved
from configure587.submission.names import BadName, ascii_name

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY: Final = ec.generate_private_key(ec.SECP256R1())


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SMTP.Exemplo.com.br", "smtp.exemplo.com.br"),
        (" smtp.exemplo.com.br. ", "smtp.exemplo.com.br"),
        ("straße.test", "xn--strae-oqa.test"),
        ("correio.são.br", "correio.xn--so-sia.br"),
        ("smtp。exemplo。test", "smtp.exemplo.test"),
        ("mail_1.lan", "mail_1.lan"),
        ("ab--cd.test", "ab--cd.test"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("\uff11\uff12\uff17.0.0.1", "127.0.0.1"),
    ],
)
def test_a_name_is_meant_in_a_labels(written: str, meant: str) -> None:
    assert ascii_name(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", " ", "..", "a b", "a..b", "-a", "a-", "😀.test", "x" * 64, "é" * 70, "a." * 130, "1.2.3"],
)
def test_what_no_host_can_be_called(written: str) -> None:
    with pytest.raises(BadName):
        ascii_name(written)


@given(st.text(max_size=300))
def test_any_text_is_a_name_or_none(text: str) -> None:
    try:
        name = ascii_name(text)
    except BadName:
        return
    assert name.isascii()
    assert 0 < len(name) <= 253
    assert ascii_name(name) == name
    assert name.encode("idna").decode() == name  # what ssl will make of it


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "tried"),
    [
        ([], []),
        (["1.1.1.1"], ["1.1.1.1"]),
        (["a::", "b::", "1.1.1.1", "2.2.2.2", "3.3.3.3"], None),
        (["1.1.1.1", "2.2.2.2", "a::"], ["1.1.1.1", "a::", "2.2.2.2"]),
    ],
)
def test_the_families_take_turns(found: list[str], tried: list[str] | None) -> None:
    expected = ["a::", "1.1.1.1", "b::", "2.2.2.2", "3.3.3.3"] if tried is None else tried
    assert interleaved(found) == expected


# --- certificates --------------------------------------------------------------------------------


def a_certificate(
    names: Sequence[x509.GeneralName],
    common: str,
    issuer: Sequence[tuple[x509.ObjectIdentifier, str]],
    since: dt.datetime,
    until: dt.datetime,
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)]))
        .issuer_name(x509.Name([x509.NameAttribute(*part) for part in issuer]))
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


SINCE: Final = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
UNTIL: Final = dt.datetime(2051, 6, 7, 8, 9, 10, tzinfo=dt.UTC)  # GeneralizedTime from 2050
ISSUER: Final = [(NameOID.ORGANIZATION_NAME, "Antivírus S.A."), (NameOID.COMMON_NAME, "Escudo")]


def test_a_certificate_is_read_as_it_is_written() -> None:
    names = [
        x509.DNSName("smtp.exemplo.test"),
        x509.RFC822Name("ana@exemplo.test"),
        x509.DNSName("*.exemplo.test"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
    ]
    assert der.certificate(a_certificate(names, "x", ISSUER, SINCE, UNTIL)) == Certificate(
        ("smtp.exemplo.test", "*.exemplo.test", "192.0.2.1", "2001:db8::1"),
        "Escudo, Antivírus S.A.",
        "2026-01-02T03:04:05Z",
        "2051-06-07T08:09:10Z",
    )


def test_without_other_names_the_common_name_is_shown() -> None:
    shown = der.certificate(a_certificate([], "roteador", ISSUER[:1], SINCE, UNTIL))
    assert shown is not None
    assert (shown.names, shown.issuer) == (("roteador",), "Antivírus S.A.")


def test_an_issuer_with_neither_name_is_called_by_what_it_has() -> None:
    parts = [(NameOID.COUNTRY_NAME, "BR"), (NameOID.LOCALITY_NAME, "Recife")]
    shown = der.certificate(a_certificate([], "x", parts, SINCE, UNTIL))
    assert shown is not None
    assert shown.issuer == "BR, Recife"


def test_a_certificate_with_a_thousand_names_is_shown_in_part() -> None:
    names = [x509.DNSName(f"mx{number}.exemplo.test") for number in range(1000)]
    shown = der.certificate(a_certificate(names, "x", ISSUER, SINCE, UNTIL))
    assert shown is not None
    assert len(shown.names) == 200


@given(
    st.lists(st.from_regex(r"[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){1,4}", fullmatch=True), max_size=5),
    st.text(
        st.characters(categories=["L", "N", "P"], exclude_characters="\N{NULL}"),
        min_size=1,
        max_size=16,  # 64 bytes at most
    ),
    st.datetimes(dt.datetime(1951, 1, 1), dt.datetime(2400, 1, 1)),  # noqa: DTZ001
)
def test_any_certificate_is_read_as_cryptography_wrote_it(
    names: list[str], common: str, since: dt.datetime
) -> None:
    since = since.replace(microsecond=0)
    parts = [(NameOID.COMMON_NAME, common)]
    general = [x509.DNSName(name) for name in names]
    until = since + dt.timedelta(days=90)
    shown = der.certificate(a_certificate(general, common, parts, since, until))
    assert shown is not None
    assert shown.names == (tuple(names) or shown.names)
    assert shown.issuer == common
    assert dt.datetime.fromisoformat(shown.not_before.rstrip("Z")) == since
    assert dt.datetime.fromisoformat(shown.not_after.rstrip("Z")) == until


WHOLE: Final = a_certificate([x509.DNSName("a.test")], "a.test", ISSUER, SINCE, UNTIL)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_certificate_are_none_or_text(data: bytes) -> None:
    assert_harmless(der.certificate(data))


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_damaged_certificate_is_none_or_text(place: int, byte: int) -> None:
    assert_harmless(der.certificate(WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :]))
    assert_harmless(der.certificate(WHOLE[:place]))


def assert_harmless(shown: Certificate | None) -> None:
    if shown is not None:
        assert all(text.isprintable() for text in (*shown.names, *shown[1:]))


# --- what a failed handshake means ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        *((10, CertificateTrouble.EXPIRED), (9, CertificateTrouble.NOT_YET_VALID)),
        *((18, CertificateTrouble.SELF_SIGNED), (19, CertificateTrouble.SELF_SIGNED)),
        *((code, CertificateTrouble.UNKNOWN_ISSUER) for code in (2, 20, 21)),
        *((62, CertificateTrouble.OTHER_NAME), (64, CertificateTrouble.OTHER_NAME)),
        *((26, CertificateTrouble.OTHER), (0x800B010F, CertificateTrouble.OTHER_NAME)),
        *((-67602, CertificateTrouble.OTHER_NAME), (-67818, CertificateTrouble.EXPIRED)),
    ],
)
def test_a_verify_code_has_a_kind(code: int, trouble: CertificateTrouble) -> None:
    error = ssl.SSLCertVerificationError("no")
    error.verify_code = code
    assert failure(error) == (End.BAD_CERTIFICATE, trouble)


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("TLSV1_ALERT_PROTOCOL_VERSION", End.OLD_TLS),
        ("UNSUPPORTED_PROTOCOL", End.OLD_TLS),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", End.TLS_FAILED),
        (None, End.TLS_FAILED),
    ],
)
def test_a_failed_handshake_has_a_reason(reason: str | None, end: End) -> None:
    error = ssl.SSLError("no")
    if reason is not None:
        error.reason = reason
    assert failure(error) == (end, None)


@pytest.mark.parametrize(
    ("not_before", "trouble"),
    [
        ("2027-01-01T00:00:00Z", CertificateTrouble.NOT_YET_VALID),
        ("2020-01-01T00:00:00Z", CertificateTrouble.EXPIRED),
    ],
)
def test_expired_and_not_yet_valid_are_told_apart_by_the_date(
    not_before: str, trouble: CertificateTrouble
) -> None:
    shown = Certificate((), "", not_before, "2030-01-01T00:00:00Z")
    assert precisely(CertificateTrouble.EXPIRED, shown, "2026-11-24T00:00:00Z") is trouble
