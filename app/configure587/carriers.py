"""What carries an account to a phone: a code for Thunderbird to scan, a profile for Apple's Mail.

Neither has a place for a password: the phone asks for it. Both always name port and protection of
either server, and both add an account; none can change one that is there. The code is
Thunderbird's "Export for Mobile", format version 1 (thunderbird-android, qr-code-format.md), the
profile Apple's com.apple.mail.managed.
"""

from __future__ import annotations

import enum
import io
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from configure587 import clients
from configure587.errors import Unsure
from configure587.machine import sheets
from configure587.model import Security, reason
from configure587.report import guides
from configure587.submission.hostnames import canonical, domain_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.machine import Machine
    from configure587.model import Finding, Incoming, OutgoingServer, Reason

PROFILE_TYPE = "application/x-apple-aspen-config"
PROFILE_ENDING = ".mobileconfig"

_FORMAT, _WHOLE, _SMTP = 1, [1, 1], 0
_PROTOCOLS = {"imap": 0, "pop3": 1}
_SECURITY = {Security.STARTTLS: 2, Security.TLS: 3}  # 0 is plain, 1 is reserved
_SCANNED_AUTH = {"password": 1, "cram-md5": 2, "oauth2": 6}
_LONGEST_CODE = 1000  # characters; beyond that Thunderbird itself warns (QRExport.sys.mjs)

_KINDS = {"imap": "EmailTypeIMAP", "pop3": "EmailTypePOP"}
_APPLE_AUTH = {"password": "EmailAuthPassword", "cram-md5": "EmailAuthCRAMMD5"}
_OURS = "configure587.mail"

_LOCAL = re.compile(r"[!-?A-~]+")  # visible ASCII without a second @


class Carrier(enum.Enum):
    """How an account gets to a phone."""

    CODE = "code"  # thunderbird_qr
    PROFILE = "profile"  # apple_profile


OF_GUIDE = {
    "thunderbird-android": Carrier.CODE,
    "iphone": Carrier.PROFILE,
    "apple-mail": Carrier.PROFILE,
}
"""By the names of guides: what can be offered beside their steps."""


class Door(NamedTuple):
    """One server as a phone has to know it."""

    hostname: str
    port: int
    security: Security
    auth: str
    username: str


class Account(NamedTuple):
    """One account as a phone has to know it; a password has no place here."""

    address: str
    name: str
    protocol: str
    incoming: Door
    outgoing: Door


def accounts(machine: Machine, finding: Finding) -> tuple[Account | Reason, ...]:
    """The accounts that send through a finding's server; for one that cannot be carried, why."""
    server = finding.server
    if server is None:
        return (reason("carrier_nothing_known"),)
    try:
        found = [*clients.CLIENTS[server.profile.client].receives(machine, server)]
    except (OSError, Unsure) as error:
        return (sheets.why(error, server.profile.place),)
    carried = tuple(_account(finding, server, incoming) for incoming in found)
    return carried or (reason("carrier_nothing_known"),)


def thunderbird_qr(account: Account) -> str | Reason:
    """What Thunderbird for Android or K-9 Mail scans to add this account; or why there is none."""
    doors = (account.incoming, account.outgoing)
    if not all(door.auth in _SCANNED_AUTH for door in doors):
        return reason("carrier_sign_in", address=account.address)
    for name in (account.name, account.address):
        text = _code(account, name or account.address)
        if len(text.encode()) <= _LONGEST_CODE:
            return text
    return reason("carrier_too_long")


def apple_profile(account: Account) -> bytes | Reason:
    """The profile that adds this account to a Mac, iPhone or iPad; or why there is none.

    The same account always gives the same bytes, and a newer profile takes the place of an older.
    """
    import plistlib

    doors = (account.incoming, account.outgoing)
    if any(door.auth == "oauth2" for door in doors):
        return reason("carrier_oauth", address=account.address)
    if not all(door.auth in _APPLE_AUTH for door in doors):
        return reason("carrier_sign_in", address=account.address)
    return plistlib.dumps(
        {
            **_payload("Configuration", account, "profile"),
            "PayloadContent": [
                {**_payload("com.apple.mail.managed", account, "account"), **_mail(account)}
            ],
        }
    )


def qr_svg(text: str, *, dark: str = "#000000", light: str = "#ffffff") -> str:
    """A code as a drawing that scales, with the quiet edge that scanners need."""
    return _drawn(text, "svg", dark=dark, light=light, xmldecl=False).decode()


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """A code as a picture, each of its squares `scale` dots wide."""
    return _drawn(text, "png", scale=scale)


def _account(finding: Finding, server: OutgoingServer, incoming: Incoming) -> Account | Reason:
    address = incoming.address.strip()
    if incoming.port is None or incoming.security is None:
        return reason("carrier_unclear", address=address)
    if incoming.security not in _SECURITY:
        return reason("carrier_unprotected", address=address)
    target = guides.target_of(finding)
    auth = "password" if server.auth == "none" and target.sign_in_as else server.auth
    fetch = _door(incoming.hostname, incoming.username)
    send = _door(target.hostname, target.sign_in_as or "")
    if fetch is None or send is None or not _is_address(address) or not _is_port(incoming.port):
        return reason("carrier_odd_value")
    return Account(
        address=address,
        name=incoming.name.strip() if incoming.name.isprintable() else "",
        protocol=incoming.protocol,
        incoming=Door(fetch[0], incoming.port, incoming.security, incoming.auth, fetch[1]),
        outgoing=Door(send[0], target.port, target.security, auth, send[1]),
    )


def _door(hostname: str, username: str) -> tuple[str, str] | None:
    """Host and user in a form that both formats take; None for what neither takes."""
    host, user = canonical(hostname.strip()), username.strip()
    return (host, user) if host and user and user.isprintable() else None


def _is_address(text: str) -> bool:
    local = text.rpartition("@")[0]
    return text.isascii() and bool(_LOCAL.fullmatch(local)) and domain_of(text) is not None


def _is_port(number: int) -> bool:
    return 0 < number < 65_536


def _code(account: Account, name: str) -> str:
    fetch, send = account.incoming, account.outgoing
    outgoing = [_SMTP, *_scanned(send)]
    value = [
        *(_FORMAT, _WHOLE),
        [_PROTOCOLS[account.protocol], *_scanned(fetch)],
        [[outgoing, [account.address, name]]],
    ]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _scanned(door: Door) -> Iterator[str | int]:
    yield from (door.hostname, door.port, _SECURITY[door.security])
    yield from (_SCANNED_AUTH[door.auth], door.username)


def _mail(account: Account) -> dict[str, str | int | bool]:
    """The account's own keys; without a port, the system would try 25 first."""
    found: dict[str, str | int | bool] = {
        "EmailAccountType": _KINDS[account.protocol],
        "EmailAccountDescription": account.address,
        "EmailAccountName": account.name or account.address,
        "EmailAddress": account.address,
        "OutgoingPasswordSameAsIncomingPassword": (
            account.incoming.username == account.outgoing.username
        ),
    }
    for way, door in (("Incoming", account.incoming), ("Outgoing", account.outgoing)):
        start = f"{way}MailServer"
        found[f"{start}HostName"] = door.hostname
        found[f"{start}PortNumber"] = door.port
        found[f"{start}UseSSL"] = True  # on 587 and 143 Apple's Mail takes it for STARTTLS
        found[f"{start}Username"] = door.username
        found[f"{start}Authentication"] = _APPLE_AUTH[door.auth]
    return found


def _payload(kind: str, account: Account, part: str) -> dict[str, str | int]:
    """What every payload has; its identity comes from the account alone."""
    import uuid

    who = f"{part}:{account.address.lower()}:{account.incoming.hostname}"
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{_OURS}:{who}")).upper()
    return {
        "PayloadType": kind,
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{_OURS}.{identity}",
        "PayloadUUID": identity,
        "PayloadDisplayName": account.address,
    }


def _drawn(text: str, kind: str, **options: str | int | bool) -> bytes:
    import segno

    out = io.BytesIO()
    code = segno.make(text, error="l", micro=False, encoding="utf-8")
    code.save(out, kind=kind, **options)
    return out.getvalue()
