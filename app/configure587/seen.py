"""What a look at a server's doors has shown: frozen values, without judgment and without words."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from configure587.model import Security


class Door(NamedTuple):
    """One port of one server, and how protection begins there.

    `host` is the name as the mail program has it. NONE is only ever used for a look at port 25,
    which explains and proves nothing.
    """

    host: str
    port: int
    security: Security


class Question(NamedTuple):
    """What to look at for one host: the doors that may be proven, and one that only explains.

    `old` is the door that the person's own program is configured to use, looked at last.
    """

    host: str
    doors: tuple[Door, ...]
    old: Door | None = None


class Step(enum.Enum):
    """How far a conversation had come."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    HANDSHAKE = "handshake"
    PROTECTED_EHLO = "protected_ehlo"
    SIGN_IN = "sign_in"
    DONE = "done"


class End(enum.Enum):
    """How a conversation ended."""

    COMPLETE = "complete"  # to the EHLO inside TLS (or the sign-in); without TLS, the first EHLO
    BAD_NAME = "bad_name"  # no possible host name, or an impossible port
    UNKNOWN_NAME = "unknown_name"  # the name does not exist
    NO_DNS = "no_dns"  # names cannot be looked up now
    TIMEOUT = "timeout"  # no connection in time
    REFUSED = "refused"  # refused at once
    UNREACHABLE = "unreachable"  # no way there, or forbidden by a router or firewall
    SILENT = "silent"  # connected, and no greeting in time
    SLOW = "slow"  # time was up in the middle of the conversation
    BROKEN = "broken"  # closed or reset in the middle
    BUSY = "busy"  # greeted with 421 or another 4xx
    REJECTED = "rejected"  # greeted with 554 or another 5xx
    NOT_SMTP = "not_smtp"  # HTTP, noise
    GARBLED = "garbled"  # replies against the grammar, or beyond the limits
    NO_STARTTLS = "no_starttls"  # not offered
    STARTTLS_LATER = "starttls_later"  # offered, then 454 or another 4xx
    STARTTLS_REFUSED = "starttls_refused"  # offered, then 5xx
    TAMPERED = "tampered"  # something stood between "220" and the handshake
    NOT_TLS = "not_tls"  # the handshake was answered by something else
    OLD_TLS = "old_tls"  # nothing newer than TLS 1.1
    TLS_FAILED = "tls_failed"  # any other failure of the handshake
    BAD_CERTIFICATE = "bad_certificate"  # see CertificateTrouble
    NO_SIGN_IN = "no_sign_in"  # a sign-in was asked for, and no way with a password is offered
    SIGN_IN_REFUSED = "sign_in_refused"  # 535, 534, 530 or another 5xx
    SIGN_IN_LATER = "sign_in_later"  # 454 or another 4xx
    CANCELLED = "cancelled"


class CertificateTrouble(enum.Enum):
    """Why a certificate was not accepted (OpenSSL's verify codes)."""

    EXPIRED = "expired"  # 10
    NOT_YET_VALID = "not_yet_valid"  # 9
    SELF_SIGNED = "self_signed"  # 18, 19
    UNKNOWN_ISSUER = "unknown_issuer"  # 20, 21, 2
    OTHER_NAME = "other_name"  # 62, 64
    OTHER = "other"


class Certificate(NamedTuple):
    """What a certificate says of itself; times are ISO 8601 in UTC, names as they are written."""

    names: tuple[str, ...]
    issuer: str
    not_before: str
    not_after: str


class Seen(NamedTuple):
    """What one conversation with one door has shown.

    `before` and `after` are the lines of the EHLO replies outside and inside TLS, without their
    codes; only `after` counts. `said` and `code` are the reply at which it ended, if one did.
    `local_root` names the issuer when only this computer trusts it (an antivirus, a proxy).
    Texts of the server are printable and at most 512 characters long.
    """

    door: Door
    end: End
    step: Step = Step.RESOLVE
    address: str = ""
    connect_seconds: float = 0.0
    seconds: float = 0.0
    banner: str = ""
    code: int = 0
    said: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    tls: str = ""
    certificate: Certificate | None = None
    trouble: CertificateTrouble | None = None
    local_root: str = ""

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The ways to sign in that were offered inside TLS, in capitals (RFC 4954)."""
        return mechanisms(self.after)

    @property
    def masked(self) -> bool:
        """Whether a firewall seems to rewrite the conversation: XXXX for a word, *** for a name."""
        words = [line.split()[0] for line in self.before if line.split()]
        return "***" in self.banner or any(_MASKED.fullmatch(word) for word in words)


_MASKED = re.compile("X{4,}[A-D]?", re.IGNORECASE)
_AUTH = re.compile(r"AUTH[ =](.*)", re.IGNORECASE)  # "AUTH=LOGIN" is an old form


def mechanisms(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The ways to sign in that the lines of an EHLO reply name, in capitals."""
    found = [match[1] for line in lines if (match := _AUTH.fullmatch(line.strip()))]
    return tuple(dict.fromkeys(word.upper() for text in found for word in text.split()))


class HostSeen(NamedTuple):
    """All that was seen of one host: the doors in the order of the question, then the old one."""

    question: Question
    doors: tuple[Seen, ...]
    old: Seen | None = None

    def at(self, port: int) -> Seen | None:
        """What was seen at a port that may be proven."""
        return next((seen for seen in self.doors if seen.door.port == port), None)


class Connection(NamedTuple):
    """One line of the ledger: a connection that this run made, why, and what came of it.

    `at` is the time in ISO 8601, UTC.
    """

    at: str
    host: str
    address: str
    port: int
    why: str
    outcome: str
