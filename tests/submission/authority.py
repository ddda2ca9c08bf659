"""Certificates of every kind, made when a test asks for them, by authorities that nobody knows."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "smtp.exemplo.test"


@dataclass
class Authority:
    """One authority; its own certificate stands in `path`, those that it issues beside it."""

    folder: str
    name: str = "Configure 587! test authority"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def __post_init__(self) -> None:
        """Write the authority's own certificate."""
        self.subject = _name(self.name, "Exemplo Ltda.")
        builder = _builder(self.subject, self.key, self.subject, days=(-10, 30))
        certificate = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ).sign(self.key, hashes.SHA256())
        self.path = self._write("authority", certificate)

    def issue(
        self, *names: str, days: tuple[int, int] = (-1, 30), self_signed: bool = False
    ) -> str:
        """Make a server's certificate and key in one PEM file; its validity in days from now."""
        names = names or (HOST,)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(names[0][:64])
        issuer, signer = (subject, key) if self_signed else (self.subject, self.key)
        certificate = (
            _builder(subject, key, issuer, days)
            .add_extension(x509.SubjectAlternativeName(list(map(_general, names))), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(signer, hashes.SHA256())
        )
        return self._write(f"server-{certificate.serial_number}", certificate, key)

    def _write(
        self,
        name: str,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> str:
        path = os.path.join(self.folder, f"{name}.pem")
        pem = serialization.Encoding.PEM
        with open(path, "wb") as file:
            file.write(certificate.public_bytes(pem))
            if key is not None:
                pkcs8, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                file.write(key.private_bytes(pem, pkcs8, bare))
        return path


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


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, days: tuple[int, int]
) -> x509.CertificateBuilder:
    today = dt.datetime.now(dt.UTC).replace(microsecond=0)
    since, until = (today + dt.timedelta(days=each) for each in days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )
