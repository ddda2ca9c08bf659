"""Just enough DER (X.690) to show what a certificate says of itself, one that is refused too.

Python reads only certificates that were accepted, and on Windows and macOS, where the system
judges, not even those. Nothing is decided by what is read here.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import TYPE_CHECKING, NamedTuple

from configure587.seen import Certificate
from configure587.submission.replies import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEQUENCE, _SET, _OBJECT, _OCTETS = 0x30, 0x31, 0x06, 0x04
_VERSION, _EXTENSIONS = 0xA0, 0xA3  # [0] and [3] of TBSCertificate (RFC 5280, section 4.1)
_UTC_TIME = 0x17
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87  # [2] and [7] of GeneralName
_COMMON_NAME, _ORGANIZATION = b"\x55\x04\x03", b"\x55\x04\x0a"  # 2.5.4.3, 2.5.4.10
_ALTERNATIVE_NAMES = b"\x55\x1d\x11"  # 2.5.29.17
_WIDE = {0x1E: "utf-16-be", 0x1C: "utf-32-be"}  # BMPString, UniversalString
_MOST_NAMES = 200


class _Element(NamedTuple):
    tag: int
    data: bytes


def certificate(data: bytes) -> Certificate | None:
    """What a certificate in DER says of itself; None when it cannot be read."""
    try:
        (outer,) = _elements(data)
        fields = list(_elements(next(_elements(outer.data)).data))
        if fields[0].tag == _VERSION:
            del fields[0]
        _serial, _algorithm, issuer, validity, subject = fields[:5]
        extensions = [each for each in fields[5:] if each.tag == _EXTENSIONS]
        names = [name for each in extensions for name in _alternative_names(each.data)]
        since, until = map(_moment, _elements(validity.data))
        common = _attributes(subject.data).get(_COMMON_NAME, "")
        return Certificate(
            tuple(names[:_MOST_NAMES]) or ((common,) if common else ()),
            _called(issuer.data),
            since,
            until,
        )
    except (ValueError, IndexError, StopIteration):  # UnicodeError is a ValueError
        return None


def _elements(data: bytes) -> Iterator[_Element]:
    """The elements that follow each other in these bytes; raises on what is not DER."""
    at = 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 0x7F:  # the next bytes hold the length
            width = size & 0x7F
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
        if size > len(data) - at:
            raise ValueError("longer than what it is in")
        yield _Element(tag, data[at : at + size])
        at += size


def _attributes(name: bytes) -> dict[bytes, str]:
    """The parts of a distinguished name, by the bytes of their OBJECT IDENTIFIER."""
    found: dict[bytes, str] = {}
    for group in _elements(name):
        for pair in _elements(group.data):
            kind, text = _elements(pair.data)
            found.setdefault(kind.data, _text(text))
    return found


def _text(element: _Element) -> str:
    return printable(element.data.decode(_WIDE.get(element.tag, "utf-8"), "replace"))


def _called(name: bytes) -> str:
    """An issuer as people call it: its common name and its organization."""
    parts = _attributes(name)
    spoken = [parts.get(_COMMON_NAME, ""), parts.get(_ORGANIZATION, "")]
    return ", ".join(dict.fromkeys(filter(None, spoken))) or ", ".join(parts.values())


def _moment(element: _Element) -> str:
    """A UTCTime or GeneralizedTime as ISO 8601 (RFC 5280, section 4.1.2.5)."""
    text = element.data.decode("ascii")
    if element.tag == _UTC_TIME:
        text = ("19" if text >= "50" else "20") + text
    return dt.datetime.strptime(text, "%Y%m%d%H%M%SZ").strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007


def _alternative_names(data: bytes) -> Iterator[str]:
    (extensions,) = _elements(data)
    for extension in _elements(extensions.data):
        kind, *_critical, value = _elements(extension.data)
        if kind.data == _ALTERNATIVE_NAMES:
            (names,) = _elements(value.data)
            for name in _elements(names.data):
                if name.tag == _DNS_NAME:
                    yield printable(name.data.decode("ascii", "replace"))
                elif name.tag == _IP_ADDRESS:
                    yield str(ipaddress.ip_address(name.data))
