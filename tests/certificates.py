"""Certificates of every kind, made while the tests run, by authorities that nobody knows.

A name that is an IP address becomes an address in the certificate, every other one a host name;
names with accents are given as A-labels (``xn--…``).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST: Final = "smtp.exemplo.test"
OTHER_HOST: Final = "mail.outro-provedor.test"

GOOD: Final = (-1, 30)
EXPIRED: Final = (-30, -1)
FUTURE: Final = (1, 30)
"""From which day to which day, counted from now."""


class Fault(Enum):
    """What is wrong with a server's certificate."""

    NONE = auto()
    EXPIRED = auto()
    FUTURE = auto()
    OTHER_HOST = auto()
    SELF_SIGNED = auto()
    UNKNOWN_ISSUER = auto()


@dataclass
class Authority:
    """One authority; its own certificate stands in `path`, those that it issues beside it."""

    folder: str
    name: str = "Configure 587! test authority"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False
    )

    def __post_init__(self) -> None:
        """Write the authority's own certificate."""
        self.subject = _name(self.name, "Exemplo Ltda.")
        certificate = (
            _builder(self.subject, self.key, self.subject, self.key, (-60, 60))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_SIGNS_CERTIFICATES, critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
        self.path = self._write("authority", certificate)

    def issue(
        self,
        *names: str,
        days: tuple[int, int] = GOOD,
        self_signed: bool = False,
        old_form: bool = False,
    ) -> str:
        """Make a server's certificate and key in one PEM file; its validity in days from now.

        In the old form the name stands in the subject's common name and nowhere else.
        """
        names = names or (HOST,)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(names[0][:64])
        issuer, signer = (subject, key) if self_signed else (self.subject, self.key)
        builder = (
            _builder(subject, key, issuer, signer, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        if not old_form:
            own = x509.SubjectAlternativeName(list(map(_general, names)))
            builder = builder.add_extension(own, critical=False)
        certificate = builder.sign(signer, hashes.SHA256())
        return self._write(f"server-{certificate.serial_number}", certificate, key)

    def issue_with(self, fault: Fault, *names: str) -> str:
        """Make the certificate of a server with these names, with one thing wrong."""
        match fault:
            case Fault.EXPIRED:
                return self.issue(*names, days=EXPIRED)
            case Fault.FUTURE:
                return self.issue(*names, days=FUTURE)
            case Fault.OTHER_HOST:
                return self.issue(OTHER_HOST)
            case Fault.SELF_SIGNED:
                return self.issue(*names, self_signed=True)
            case Fault.UNKNOWN_ISSUER:
                folder = os.path.join(self.folder, "unknown")
                os.makedirs(folder, exist_ok=True)
                return Authority(folder, "An authority of somebody else").issue(*names)
            case Fault.NONE:
                return self.issue(*names)

    def _write(
        self,
        name: str,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> str:
        path = os.path.join(self.folder, f"{name}.pem")
        pem = serialization.Encoding.PEM
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            if key is not None:  # first, as Postfix wants it
                pkcs8, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                file.write(key.private_bytes(pem, pkcs8, bare))
            file.write(certificate.public_bytes(pem))
        return path


_SIGNS_CERTIFICATES: Final = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)
"""Python 3.13 demands this of an authority, and the two key identifiers of everyone."""


def _builder(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    days: tuple[int, int],
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    since, until = (now + dt.timedelta(days=each) for each in days)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    other = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(own, critical=False)
        .add_extension(other, critical=False)
    )


def _name(common: str, organization: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organization:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
