"""Made-up names that stay: the same person has the same one in every report of this computer.

They are keyed hashes (HMAC-SHA-256). The key is made by chance, lies in our data folder where only
its owner can read it, and is never passed on: without it nobody can try names until one fits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from configure587.machine import Machine

_FILE = "pseudonyms.key"
_SIZE = 32  # bytes
_SHOWN = 6  # characters of a token in a name


def key(machine: Machine) -> bytes:
    """This person's key, made when first asked for; one for this run alone if it cannot be kept."""
    path = os.path.join(machine.data_folder, _FILE)
    kept = _kept(machine, path)
    if kept is not None:
        return kept
    new = secrets.token_bytes(_SIZE)
    try:
        if machine.files.look(path) is not None:
            machine.files.remove(path)  # damaged: it was no key of ours
        machine.files.create({path: new})
    except OSError:
        return _kept(machine, path) or new  # another run was faster, or nothing can be kept
    return new


def _kept(machine: Machine, path: str) -> bytes | None:
    try:
        found = machine.files.read(path, _SIZE)
    except OSError:
        return None
    return found if len(found) == _SIZE else None


def token(secret: bytes, kind: str, name: str) -> str:
    """What stands for a name under this key, always the same: small letters and digits."""
    spelled = f"{kind}\0{name.strip().casefold()}".encode(errors="surrogatepass")
    digest = hmac.new(secret, spelled, hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode().lower()


class Pseudonyms:
    """Names of one report: counted as they come, so that people can speak of them."""

    def __init__(self, secret: bytes) -> None:
        """`secret` is what key() gave."""
        self._secret = secret
        self._numbers: dict[tuple[str, str], int] = {}

    def of(self, kind: str, name: str) -> str:
        """Such as "account-1-k7q2mx": the number counts within the report, the rest stays."""
        stable = token(self._secret, kind, name)[:_SHOWN]
        fresh = 1 + sum(other == kind for other, _ in self._numbers)
        number = self._numbers.setdefault((kind, stable), fresh)
        return f"{kind}-{number}-{stable}"
