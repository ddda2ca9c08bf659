"""Announcements of versions as a test wants them, signed by a key that nobody else has."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import TYPE_CHECKING, Final

from nacl.signing import SigningKey

from configure587.updates import Channel
from configure587.updates.announcement import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configure587.seen import Connection

KEY: Final = SigningKey(b"587" + bytes(29))
PUBLIC: Final = bytes(KEY.verify_key)
NOW: Final = 1_795_500_000.0  # as the clock in memory has it
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
ADDRESS: Final = "https://updates.configure587.test/updates.json"
CHANNEL: Final = Channel(ADDRESS, (PUBLIC,))
LINK: Final = "https://downloads.configure587.test/9.9"
CHANGES: Final = {"en": "Finds more programs.", "pt-BR": "Encontra mais programas."}


def moment(seconds: float) -> str:
    """A time as an announcement says it."""
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).isoformat()


def text(**other: object) -> str:
    """What an announcement says; `other` says it differently."""
    told = {
        "product": "configure587",
        "version": "9.9",
        "made": moment(NOW - HOUR),
        "expires": moment(NOW + 30 * DAY),
        "link": LINK,
        "changes": CHANGES,
    }
    return json.dumps({**told, **other})


def signed(said: str, key: SigningKey = KEY, prefix: bytes = PREFIX) -> bytes:
    """This text as a file with its signature."""
    signature = key.sign(prefix + said.encode("utf-8", "surrogatepass")).signature
    return envelope(said, base64.b64encode(signature).decode("ascii"))


def envelope(said: object, signature: object) -> bytes:
    """A file with a text and what is said to be its signature."""
    return json.dumps({"format": 1, "text": said, "signature": signature}).encode()


class Postman:
    """Brings one file, or the trouble that there was; `asked` says where it went."""

    def __init__(self, brings: bytes | Exception, ledger: Sequence[Connection] = ()) -> None:
        """`brings` is what there is."""
        self.brings = brings
        self.ledger = ledger
        self.asked: list[str] = []

    def __call__(self) -> Postman:
        """Begin the way."""
        return self

    def news(self, cancelled: Callable[[], bool]) -> Postman:
        """See SocketNetwork.news."""
        del cancelled
        return self

    def fetch(self, url: str) -> bytes:
        """Bring it."""
        self.asked.append(url)
        if isinstance(self.brings, Exception):
            # a new one each time: one that is kept would keep the frames of whoever asked, and
            # with them widgets that Qt has long deleted
            raise type(self.brings)(*self.brings.args)
        return self.brings
