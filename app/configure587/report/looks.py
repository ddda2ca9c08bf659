"""What was seen of a server's doors as text, for whoever looks closer: `configure587 check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.report import sentences, text
from configure587.seen import End

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.report.style import Style
    from configure587.seen import HostSeen, Seen

ENDS = {
    End.COMPLETE: N_("good"),
    End.BAD_NAME: N_("this is no possible name or port of a server"),
    End.UNKNOWN_NAME: N_("there is no server of this name"),
    End.NO_DNS: N_("the name could not be looked up"),
    End.TIMEOUT: N_("no answer in time"),
    End.REFUSED: N_("nobody listens there"),
    End.UNREACHABLE: N_("there is no way to it from this network"),
    End.SILENT: N_("connected, but the server said nothing in time"),
    End.SLOW: N_("the server was too slow"),
    End.BROKEN: N_("the connection was cut"),
    End.BUSY: N_("the server is busy"),
    End.REJECTED: N_("the server refuses this network"),
    End.NOT_SMTP: N_("what answers is no mail server"),
    End.GARBLED: N_("what was said makes no sense"),
    End.NO_STARTTLS: N_("no protection (STARTTLS) is offered"),
    End.STARTTLS_LATER: N_("protection is not possible just now"),
    End.STARTTLS_REFUSED: N_("protection was refused"),
    End.TAMPERED: N_("text was slipped in before the protection began"),
    End.NOT_TLS: N_("what answered the request for protection was something else"),
    End.OLD_TLS: N_("only outdated protection"),
    End.TLS_FAILED: N_("the protection could not be agreed upon"),
    End.BAD_CERTIFICATE: N_("the certificate was not accepted"),
    End.NO_SIGN_IN: N_("no way to sign in that we know is offered"),
    End.SIGN_IN_REFUSED: N_("signing in was refused"),
    End.SIGN_IN_LATER: N_("signing in is not possible just now"),
    End.CANCELLED: N_("stopped"),
}


def host(style: Style, value: HostSeen) -> Iterator[str]:
    """Each door of a host: how it went, its protection, its certificate, its ways to sign in."""
    for seen in value.doors:
        yield from _door(style, seen)
    if value.old is not None:
        yield from _door(style, value.old)


def _door(style: Style, seen: Seen) -> Iterator[str]:
    _ = style.texts.gettext
    line = _("{host}, port {port}, {protection}: {end}.")
    yield text.shown(
        line.format(
            host=seen.door.host,
            port=seen.door.port,
            protection=_(sentences.PROTECTION[seen.door.security]),
            end=_(ENDS[seen.end]),
        )
    )
    for more in _details(style, seen):
        yield from text.body(style, text.shown(more))


def _details(style: Style, seen: Seen) -> Iterator[str]:
    _ = style.texts.gettext
    if seen.address:
        line = _("Address {address}, {seconds} s in all.")
        yield line.format(address=seen.address, seconds=f"{seen.seconds:.1f}")
    if seen.banner:
        yield _("It greets: {banner}").format(banner=seen.banner)
    if seen.code and seen.end is not End.COMPLETE:
        yield _("The server said: {number} {said}").format(number=seen.code, said=seen.said)
    if seen.tls:
        yield _("Protected with {tls}.").format(tls=seen.tls)
    if seen.certificate is not None:
        line = _("Certificate of {names}, from {since} until {until}, issued by {issuer}.")
        yield line.format(
            names=", ".join(seen.certificate.names),
            since=sentences.date(style.texts, seen.certificate.not_before[:10]),
            until=sentences.date(style.texts, seen.certificate.not_after[:10]),
            issuer=seen.certificate.issuer,
        )
    if seen.mechanisms:
        yield _("Ways to sign in: {names}.").format(names=", ".join(seen.mechanisms))
