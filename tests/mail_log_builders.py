"""Lines of mail servers' logs, as Postfix 3.7, Exim 4.96 and Dovecot 2.3 write them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from configure587.fleet.mail_logs import MailLog
from configure587.fleet.senders import Tally, Wanted, ordered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configure587.fleet.senders import Sender, Senders

TODAY = dt.date(2026, 11, 24)
ANA, BIA, VICTIM = "ana@exemplo.com.br", "bia@exemplo.com.br", "vitima@exemplo.com.br"
CLIENT = "unknown[192.0.2.7]"
EVERYTHING = Wanted()
STAMP = "Nov 24 12:57:02"


def smtpd(
    *texts: str, name: str = "postfix", pid: int = 5242, host: str = "mx", stamp: str = STAMP
) -> list[str]:
    """Lines of one process of Postfix."""
    return [f"{stamp} {host} {name}/smtpd[{pid}]: {text}" for text in texts]


def taken(user: str = ANA, client: str = CLIENT, queue_id: str = "9DFC3290A61") -> str:
    """What Postfix says of a message of somebody who signed in."""
    return f"{queue_id}: client={client}, sasl_method=PLAIN, sasl_username={user}"


def left(client: str = CLIENT, *, starttls: bool = False) -> str:
    """What Postfix says at the end of a conversation."""
    word = " starttls=1" if starttls else ""
    return f"disconnect from {client} ehlo=2{word} auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8"


def secured(client: str = CLIENT, trust: str = "Anonymous") -> str:
    """What Postfix says when a handshake is done, with smtpd_tls_loglevel = 1."""
    return (
        f"{trust} TLS connection established from {client}: TLSv1.3 with cipher "
        "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature ECDSA (P-256)"
    )


def conversation(
    user: str = ANA, *, starttls: bool = False, name: str = "postfix", pid: int = 5242
) -> list[str]:
    """One message, from connect to disconnect."""
    texts = (f"connect from {CLIENT}", taken(user), left(starttls=starttls))
    return smtpd(*texts, name=name, pid=pid)


def exim(  # noqa: PLR0913 - a line has that many parts
    user: str | None = ANA,
    *,
    port: int | None = 25,
    tls: bool = False,
    sender: str = ANA,
    helo: str = "casa",
    tail: str = "",
    stamp: str = "2026-11-24 12:57:04",
) -> str:
    """A message that came in."""
    door = f" I=[192.0.2.1]:{port}" if port else ""
    protocol = f"esmtp{'s' * tls}{'a' * (user is not None)}"
    cipher = " X=TLS1.3:ECDHE_X25519__AES_256_GCM:256 CV=no" if tls else ""
    sign_in = f" A=plain:{user}" if user is not None else ""
    return (
        f"{stamp} 1xVq52-0001Mq-1D <= {sender} H=({helo}) [192.0.2.7]:4711{door} P={protocol}"
        f"{cipher}{sign_in} S=258{tail}"
    )


def dovecot(user: str = ANA, *words: str, stamp: str = f"{STAMP} mx dovecot:") -> str:
    """A sign-in to the submission service."""
    rest = ", ".join(("method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=12", *words))
    return f"{stamp} submission-login: Login: user=<{user}>, {rest}, session=<s0Gx>"


def read(
    lines: Sequence[str | bytes],
    told: Mapping[str, int] | None = None,
    wanted: Wanted = EVERYTHING,
    today: dt.date = TODAY,
) -> tuple[Senders, MailLog]:
    """What a log of these lines says, and what was seen of it."""
    log, tally = MailLog(today, told or {}), Tally(wanted)
    data = [line.encode() if isinstance(line, str) else line for line in lines]
    tally.add(log.read(b"".join(line + b"\n" for line in data)))
    tally.add(log.end())
    return ordered(tally, []), log


def counts(senders: Sequence[Sender]) -> dict[str, tuple[int, int, int]]:
    """Account -> due, through port 25, unencrypted."""
    return {each.account: (each.due, each.port_25, each.unencrypted) for each in senders}
