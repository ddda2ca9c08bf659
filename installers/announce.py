"""Makes the signed announcement of this version, which the update check of the program believes.

    python -m installers.announce --key KEY --link URL --changes en=FILE --changes pt-BR=FILE

KEY is an Ed25519 private key (PEM); its public half has to be one of those pinned in
app/configure587/updates/pinned.py. What is made is read again as the program reads it, and goes to
the pinned address. docs/releasing.md tells the rest.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT, Trouble

from configure587.errors import Refused
from configure587.updates import announcement, pinned
from installers import build, signing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LANGUAGES: Final = ("en", "pt-BR")
DAYS: Final = 100  # then every program says that what it hears is out of date
LIMIT: Final = 64 * 1024  # what the program reads at most


def text(version: str, link: str, changes: Mapping[str, str], made: int, days: int = DAYS) -> str:
    """What is signed: everything that the program may say of this version."""
    if missing := [each for each in LANGUAGES if not changes.get(each, "").strip()]:
        raise Trouble(f"what has changed is not told in {', '.join(missing)}")
    told = {
        "product": "configure587",
        "version": version,
        "made": _moment(made),
        "expires": _moment(made + days * 86400),
        "link": link,
        "changes": {language: changes[language].strip() for language in LANGUAGES},
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _moment(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).isoformat()


def sealed(said: str, key: str, password_file: str | None = None) -> bytes:
    """The announcement as a file, signed with this key."""
    signature = signing.signature(announcement.PREFIX + said.encode(), key, password_file)
    envelope = {
        "format": 1,
        "text": said,
        "signature": base64.b64encode(signature).decode("ascii"),
    }
    return json.dumps(envelope, ensure_ascii=False, indent=1).encode() + b"\n"


def checked(data: bytes, keys: Sequence[bytes], made: int) -> bytes:
    """The same bytes, if a program with these keys would believe them; else Trouble."""
    if len(data) > LIMIT:
        raise Trouble(f"the announcement has {len(data)} bytes; the program reads {LIMIT}")
    try:
        announcement.read(data, keys, now=float(made))
    except Refused as error:
        raise Trouble(f"the program would not believe this announcement: {error.code}") from error
    return data


def main(words: Sequence[str], keys: Sequence[str] = pinned.KEYS) -> int:
    """Write the announcement that the words ask for."""
    parser = argparse.ArgumentParser(
        prog="python -m installers.announce",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--key", required=True, help="an Ed25519 private key (PEM)")
    add("--password-file", help="a file with its password")
    add("--link", required=True, help="the https page where a person gets this version")
    add("--changes", action="append", required=True, metavar="LANGUAGE=FILE", help="what is new")
    add("--days", type=int, default=DAYS, help=f"how long it is good (default: {DAYS})")
    add("--out", default=os.path.join(ROOT, "dist", "updates.json"), help="the file to write")
    args = parser.parse_args(words)
    made = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    try:
        changes = {language: _read(path) for language, _, path in _pairs(args.changes)}
        said = text(build.version(), args.link, changes, made, args.days)
        sure = checked(
            sealed(said, args.key, args.password_file), [bytes.fromhex(each) for each in keys], made
        )
        with open(args.out, "wb") as target:
            target.write(sure)
    except (Trouble, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(args.out)
    return 0


def _pairs(words: Sequence[str]) -> list[tuple[str, str, str]]:
    return [word.partition("=") for word in words]


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as source:
        return source.read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
