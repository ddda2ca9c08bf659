"""What accounts and people are called in reports that leave the computer."""

from __future__ import annotations

from typing import Protocol

from configure587.support import pseudonyms

_SHOWN = 12  # characters of a token: ten thousand accounts of one key meet once in 10^10 times


class Names(Protocol):
    """How names are spelled in a report; the same name always in the same way."""

    def of(self, kind: str, name: str) -> str:
        """What stands for a name of this kind."""


class MadeUp:
    """Keyed hashes, such as "account-k7q2mxwzpa3d": without the key nobody can try names."""

    def __init__(self, secret: bytes) -> None:
        """`secret` is what pseudonyms.key gave."""
        self._secret = secret

    def of(self, kind: str, name: str) -> str:
        """See Names.of."""
        return f"{kind}-{pseudonyms.token(self._secret, kind, name)[:_SHOWN]}"


class AsTheyAre:
    """The names themselves, which a policy may want (report-addresses)."""

    def of(self, kind: str, name: str) -> str:
        """See Names.of."""
        del kind
        return name
