"""What a provider's configuration file says of sending (draft-ietf-mailmaint-autoconfig-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configure587.model import SUBMISSION, SUBMISSIONS
from configure587.submission.hostnames import canonical
from configure587.submission.providers import (
    PLACE_OF_DOMAIN,
    Server,
    SignIn,
    UserForm,
    server_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

LIMIT = 64 * 1024  # bytes of a file

# "plain", an unknown word, and either word on the other's port are no door of ours.
_DOORS = {("STARTTLS", "587"): SUBMISSION, ("SSL", "465"): SUBMISSIONS}
_DOMAIN = "%EMAILDOMAIN%"
_USERS = {
    "%EMAILADDRESS%": UserForm.ADDRESS,
    "%EMAILLOCALPART%@%EMAILDOMAIN%": UserForm.ADDRESS,
    "%EMAILLOCALPART%": UserForm.LOCAL,
}
_PASSWORDS = {"password-cleartext", "password-encrypted", "plain", "secure"}  # two old words
_OAUTH = {"oauth", "oauth2"}  # the draft's word, and that of the Thunderbird ISP database


class NotAutoconfig(ValueError):
    """These bytes are no such file; says why in one of the words below."""

    TOO_LARGE = "too_large"
    NOT_XML = "not_xml"
    OTHER_XML = "other_xml"


class Outgoing(NamedTuple):
    """A protected way to send; `sign_in` is None where the file names no way that we know."""

    server: Server
    user: UserForm
    sign_in: SignIn | None


class Config(NamedTuple):
    """What we read of a file; names are in their one spelling, those that are none left out."""

    name: str
    domains: tuple[str, ...]
    incoming_hosts: tuple[str, ...]
    outgoing: tuple[Outgoing, ...]


def parse(data: bytes) -> Config:
    """The configuration in these bytes; raises NotAutoconfig."""
    if len(data) > LIMIT:
        raise NotAutoconfig(NotAutoconfig.TOO_LARGE)
    provider = _root(data).find("emailProvider")
    if provider is None:
        raise NotAutoconfig(NotAutoconfig.OTHER_XML)
    doors = (_outgoing(each) for each in provider.findall("outgoingServer"))
    incoming = (_host(each) for each in provider.findall("incomingServer"))
    return Config(
        name=_text(provider, "displayName"),
        domains=_names(canonical(each.text or "") for each in provider.findall("domain")),
        incoming_hosts=_names(host for host in incoming if host and PLACE_OF_DOMAIN not in host),
        outgoing=tuple(dict.fromkeys(door for door in doors if door is not None)),
    )


def _root(data: bytes) -> Element:
    """The root element of bytes from a stranger: no DTD, no entities, nothing from elsewhere."""
    from defusedxml import ElementTree

    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except (SyntaxError, ValueError, LookupError) as error:  # LookupError: an unknown encoding
        raise NotAutoconfig(NotAutoconfig.NOT_XML) from error
    if root.tag != "clientConfig":
        raise NotAutoconfig(NotAutoconfig.OTHER_XML)
    return root


def _outgoing(element: Element) -> Outgoing | None:
    door = _DOORS.get((_text(element, "socketType"), _text(element, "port")))
    host = _host(element)
    if door is None or host is None or element.get("type") != "smtp":
        return None
    server = Server(host, door.port, door.security)
    user = _USERS.get(_text(element, "username"), UserForm.OTHER)
    return Outgoing(server, user, _sign_in(element))


def _sign_in(element: Element) -> SignIn | None:
    words = {(each.text or "").strip().lower() for each in element.findall("authentication")}
    if words & _OAUTH:
        return SignIn.OAUTH2_OR_APP_PASSWORD if words & _PASSWORDS else SignIn.OAUTH2
    return SignIn.PASSWORD if words & _PASSWORDS else None


def _host(element: Element) -> str | None:
    """A server's name; it may depend on the domain of an address, but on nothing else of it."""
    return server_name(_text(element, "hostname").replace(_DOMAIN, PLACE_OF_DOMAIN))


def _text(element: Element, name: str) -> str:
    """The text of the first such child, on one line; "" without one."""
    return " ".join((element.findtext(name) or "").split())


def _names(found: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in found if name))
