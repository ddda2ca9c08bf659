"""Signs what was built: Authenticode for Windows files, Ed25519 for lists and announcements.

A key is named by its path, a password by a file that holds it: neither is ever a word of a command,
where every user of the computer could read it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from typing import TYPE_CHECKING, Final

from installers.jobs import Need, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from installers.jobs import Signing

NEEDS: Final = (Need("osslsigncode", "osslsigncode"),)
NAME: Final = "Configure 587!"
SECONDS: Final = 300
ED25519: Final = bytes.fromhex("302a300506032b6570032100")
"""How the public key begins in DER (RFC 8410, section 4); its 32 bytes follow."""


def sign(path: str, signing: Signing | None, epoch: int) -> None:
    """Sign an .exe, .dll or .msi in its place; nothing happens without a key.

    Without a time stamp the signature bears the date of the commit, and its bytes are always the
    same; with one it stays good when the certificate has run out.
    """
    if signing is None:
        return
    signed = f"{path}.signed"
    words = ["-certs", signing.certificate, "-key", signing.key, "-h", "sha256", "-n", NAME]
    words += ["-time", str(epoch)]
    words += ["-readpass", signing.password_file] if signing.password_file else []
    words += ["-ts", signing.timestamp] if signing.timestamp else []
    try:
        _call(["osslsigncode", "sign", *words, "-in", path, "-out", signed])
        os.replace(signed, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(signed)


def signature(data: bytes, key: str, password_file: str | None = None) -> bytes:
    """The Ed25519 signature (RFC 8032) of some bytes, by a private key in a PEM file."""
    with _written(data) as path:
        words = ["-rawin", "-in", path, "-inkey", key]
        return _call(["openssl", "pkeyutl", "-sign", *words, *_password(password_file)])


def detach(path: str, key: str, password_file: str | None = None) -> str:
    """Write the Ed25519 signature of a file beside it; its path."""
    with open(path, "rb") as source:
        signed = signature(source.read(), key, password_file)
    with open(f"{path}.sig", "wb") as target:
        target.write(signed)
    return f"{path}.sig"


def public_key(key: str, password_file: str | None = None) -> bytes:
    """The 32 bytes of the public key that belongs to a private Ed25519 key."""
    words = ["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"]
    try:
        found = _call([*words, *_password(password_file)])
    except Trouble as error:
        password = f"{password_file} has not its password" if password_file else "it is locked"
        raise Trouble(f"{key} cannot be opened: it is no key (PEM), or {password}") from error
    if not found.startswith(ED25519):
        raise Trouble(f"{key} is no Ed25519 key")
    return found.removeprefix(ED25519)


def _password(file: str | None) -> list[str]:
    return ["-passin", f"file:{file}"] if file else []


@contextlib.contextmanager
def _written(data: bytes) -> Iterator[str]:
    """A file with these bytes, for as long as it is used."""
    with tempfile.TemporaryDirectory(prefix="configure587-") as folder:
        path = os.path.join(folder, "data")
        with open(path, "wb") as target:
            target.write(data)
        yield path


def _call(command: Sequence[str]) -> bytes:
    """What a step prints; Trouble with what it says when it fails. It can ask nobody anything."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            start_new_session=True,  # without a terminal, or it would ask there for the password
        )
    except FileNotFoundError as error:
        raise Trouble(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise Trouble(f"{command[0]} has not ended in {SECONDS} s") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise Trouble(f"{command[0]} {command[1]} failed ({done.returncode}): {said[-2000:]}")
    return done.stdout
