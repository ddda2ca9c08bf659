"""Whom to believe: the system's list of authorities, Mozilla's as a second opinion, and nobody."""

from __future__ import annotations

import functools
import ssl
import threading
from typing import TYPE_CHECKING, NamedTuple

from configure587.machine import Platform, here
from configure587.seen import CertificateTrouble, End

if TYPE_CHECKING:
    from configure587.seen import Certificate

_TROUBLES = {
    # OpenSSL's X509_V_ERR_...
    10: CertificateTrouble.EXPIRED,
    9: CertificateTrouble.NOT_YET_VALID,
    **dict.fromkeys((18, 19), CertificateTrouble.SELF_SIGNED),
    **dict.fromkeys((2, 20, 21), CertificateTrouble.UNKNOWN_ISSUER),
    **dict.fromkeys((62, 64), CertificateTrouble.OTHER_NAME),
    # Windows' CERT_E_...: EXPIRED (both kinds), UNTRUSTEDROOT, CHAINING, UNTRUSTEDCA, CN_NO_MATCH
    0x800B0101: CertificateTrouble.EXPIRED,
    **dict.fromkeys((0x800B0109, 0x800B010A, 0x800B0112), CertificateTrouble.UNKNOWN_ISSUER),
    0x800B010F: CertificateTrouble.OTHER_NAME,
    # macOS' errSec...: CertificateExpired, NotTrusted, HostNameMismatch
    -67818: CertificateTrouble.EXPIRED,
    -67843: CertificateTrouble.UNKNOWN_ISSUER,
    -67602: CertificateTrouble.OTHER_NAME,
}
NOT_KNOWN = {CertificateTrouble.SELF_SIGNED, CertificateTrouble.UNKNOWN_ISSUER}
"""Only the issuer is not believed."""

_OLD = {"TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW"}


class Failure(NamedTuple):
    """What a failed handshake means."""

    end: End
    trouble: CertificateTrouble | None = None


def failure(error: ssl.SSLError) -> Failure:
    """What OpenSSL, or the system behind it, has against this server."""
    if isinstance(error, ssl.SSLCertVerificationError):
        code = getattr(error, "verify_code", 0)
        return Failure(End.BAD_CERTIFICATE, _TROUBLES.get(code, CertificateTrouble.OTHER))
    reason = getattr(error, "reason", None)  # truststore makes errors of its own, without one
    return Failure(End.OLD_TLS if reason in _OLD else End.TLS_FAILED)


def precisely(
    trouble: CertificateTrouble | None, certificate: Certificate | None, now: str
) -> CertificateTrouble | None:
    """Windows and macOS call a certificate expired that is not valid yet; `now` is ISO 8601."""
    early = certificate is not None and certificate.not_before > now
    if trouble is CertificateTrouble.EXPIRED and early:
        return CertificateTrouble.NOT_YET_VALID
    return trouble


class Trust:
    """The three minds with which a server's certificate can be looked at."""

    def __init__(self, cafile: str = "", second: str = "") -> None:
        """`cafile` holds authorities to be believed too, `second` replaces Mozilla's list."""
        self._cafile = cafile
        self._second = second
        self._locks = threading.Lock(), threading.Lock()

    def prepare(self) -> None:
        """Read both lists, while others still look up names and wait for greetings."""
        self.system()
        self.second_opinion()

    def system(self) -> ssl.SSLContext:
        """As this computer believes; on Linux SSL_CERT_FILE and SSL_CERT_DIR have their say.

        A context of truststore holds a lock while the system judges, so each look has its own;
        where OpenSSL judges, one serves all, for reading the list takes long (measured: 35 ms).
        """
        with self._locks[0]:
            return self._openssl if self._openssl is not None else self._truststore()

    def second_opinion(self) -> ssl.SSLContext:
        """As Mozilla believes."""
        with self._locks[1]:
            return self._mozilla

    def nobody(self) -> ssl.SSLContext:
        """Takes any certificate, to show it and to hang up; never to say anything."""
        context = _context(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    @functools.cached_property
    def _openssl(self) -> ssl.SSLContext | None:
        """A context that believes as truststore would on this Linux, if OpenSSL finds the list."""
        paths = ssl.get_default_verify_paths()
        if here.platform() is not Platform.LINUX or not (paths.cafile or paths.capath):
            return None
        context = _context(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        context.set_default_verify_paths()
        return self._with_own(context)

    def _truststore(self) -> ssl.SSLContext:
        import truststore

        return self._with_own(_context(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)))

    @functools.cached_property
    def _mozilla(self) -> ssl.SSLContext:
        import certifi

        context = _context(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        context.load_verify_locations(self._second or certifi.where())
        return context

    def _with_own(self, context: ssl.SSLContext) -> ssl.SSLContext:
        if self._cafile:
            context.load_verify_locations(self._cafile)
        return context


def _context(context: ssl.SSLContext) -> ssl.SSLContext:
    """PROTOCOL_TLS_CLIENT verifies chain and name; the floor is that of RFC 8997.

    A name that stands in the common name only does not count (RFC 9525, section 2): mail programs
    refuse it, and so would every message after a change. OpenSSL would take it.
    """
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    return context
