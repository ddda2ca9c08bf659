"""The announcement of a version: a signed text, read as a stranger's until the signature is good.

{"format": 1, "text": "…", "signature": "…"}: the signature (base64) is over PREFIX and the very
bytes of the text, which is JSON itself; so nobody has to spell JSON twice in the same way.
"""

from __future__ import annotations

import binascii
import datetime as dt
import re
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from configure587.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PREFIX = b"Configure 587! announcement 1\n"
"""What is signed begins so: a signature for anything else is none for this."""

_TOLERANCE = 86400.0  # seconds that a computer's clock may be slow
_VERSION = r"^[0-9]{1,4}(\.[0-9]{1,4}){1,3}\Z"
_Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class _Envelope(msgspec.Struct):
    format: Literal[1]
    text: str
    signature: str


class _Text(msgspec.Struct):
    product: Literal["configure587"]
    version: Annotated[str, msgspec.Meta(pattern=_VERSION)]
    made: _Moment
    expires: _Moment
    link: Annotated[str, msgspec.Meta(max_length=300)]
    changes: dict[str, Annotated[str, msgspec.Meta(max_length=4000)]]


class Announcement(NamedTuple):
    """One version; `changes` is plain text by language, `link` an https address for a person."""

    version: str
    made: float
    expires: float
    link: str
    changes: Mapping[str, str]

    def changes_in(self, language: str) -> str:
        """What is new, in this language or else in English."""
        return self.changes.get(language) or self.changes.get("en", "")


def read(
    data: bytes, keys: Sequence[bytes], *, now: float, not_before: float = 0.0
) -> Announcement:
    """An announcement that may be believed now; Refused for every other."""
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
        signature = binascii.a2b_base64(envelope.signature.encode("ascii"), strict_mode=True)
        signed = envelope.text.encode()
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused("updates_not_genuine") from error
    if not any(_is_good(PREFIX + signed, signature, key) for key in keys):
        raise Refused("updates_not_genuine")
    found = _understood(signed)
    if found.made < not_before or found.expires <= now or found.made > now + _TOLERANCE:
        raise Refused("updates_out_of_date")
    return found


def _is_good(data: bytes, signature: bytes, key: bytes) -> bool:
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(key).verify(data, signature)
    except (CryptoError, ValueError):  # a signature of another length is a ValueError
        return False
    return True


def _understood(text: bytes) -> Announcement:
    """What the signed text says; one that we do not understand is for a newer program than us."""
    try:
        found = msgspec.json.decode(text, type=_Text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused("updates_not_understood") from error
    if not _is_link(found.link):
        raise Refused("updates_not_understood")
    changes = {language: _plain(words) for language, words in found.changes.items()}
    made, expires = found.made.timestamp(), found.expires.timestamp()
    return Announcement(found.version, made, expires, found.link, changes)


def _is_link(text: str) -> bool:
    """An https address without a password in it, in letters that look like nothing else."""
    if not re.fullmatch(r"https://[!-~]+", text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.username is None and (parts.port or 443) > 0
    except ValueError:
        return False


def _plain(text: str) -> str:
    """Lines of plain text: no control characters, no marks that turn the direction of reading."""
    lines = text.splitlines()
    return "\n".join("".join(c for c in line if c.isprintable()).strip() for line in lines).strip()
