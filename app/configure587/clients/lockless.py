"""What the Windows programs have in common that know no lock and keep each account by itself."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from configure587.errors import Busy
from configure587.model import OutgoingServer, Remark, Security, Transport, Verdict, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.machine import Machine
    from configure587.model import Profile, Reason

_SECURE_PORT = {"IMAP": 993, "POP3": 995}  # RFC 8314, sections 3.1 and 3.2
_NO_PORT = 25  # for a server of which nothing is known: the port that promises nothing


def hindrances(machine: Machine, profile: Profile, programs: Sequence[str]) -> Iterator[Reason]:
    """See Client.hindrances: any of these programs runs."""
    if machine.processes.running(programs):
        yield reason("running", program=profile.program)


@contextlib.contextmanager
def exclusive(machine: Machine, programs: Sequence[str]) -> Iterator[None]:
    """See Client.exclusive: without a lock, all that can be done is to look."""
    if machine.processes.running(programs):
        raise Busy(programs[0])
    yield


def incoming_security(kind: str, port: int | None, secure: int | None) -> Security | None:
    """How mail is fetched, where it is certain: "secure" on the port that was made for it.

    On other ports nobody documents what these programs do, nor what a missing value means to them.
    """
    return Security.TLS if secure == 1 and port == _SECURE_PORT[kind] else None


def unreadable(profile: Profile, key: str, why: Reason) -> OutgoingServer:
    """The server of an account that cannot be read."""
    return OutgoingServer(
        profile=profile,
        key=key,
        hostname="",
        transport=Transport(_NO_PORT, Security.NONE),
        auth="none",
        username="",
        remarks=(Remark(why, Verdict.UNREADABLE),),
    )
