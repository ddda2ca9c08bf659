"""People of a computer made for a test: real numbers, real homes, a password database of ours.

Only root can become somebody else, so whoever uses this runs as root. Nothing of this computer's
own people is read.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from builders import HOME, ProfileFiles, contents
from configure587 import cli
from configure587.machine import here
from configure587.machine.posix_locks import PosixLocks
from configure587.machine.posix_people import Mount, PosixPeople, Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = os.path.dirname(os.path.abspath(__file__))
FIRST = 587_000  # numbers that nobody has here
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
_CODE = "import everyone_builders; everyone_builders.main()"
AT_HOME = (  # as that person: an interpreter in root's home cannot be started by anybody else
    "import everyone_builders; from configure587.machine import here;"
    "here._is_of_another = lambda folder: False; everyone_builders.main()"
)
WHY = "only root can become somebody else"


@dataclass
class Place:
    """A computer's people: `folder` holds their homes, and everybody can enter it."""

    folder: str
    accounts: list[dict[str, Any]] = field(default_factory=list)

    def person(self, name: str, *profiles: ProfileFiles, **account: Any) -> str:  # noqa: ANN401
        """Give somebody an account and a home of their own; the path of the home."""
        uid = int(account.get("uid", FIRST + len(self.accounts)))
        home = str(account.get("home", os.path.join(self.folder, "home", name)))
        self.accounts.append(
            {"shell": "/bin/sh", **account, "name": name, "uid": uid, "home": home}
        )
        for path, data in contents(*profiles).items() if profiles else ():
            target = path.replace(HOME, home)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(data)
        os.makedirs(home, exist_ok=True)
        give(home, uid)
        return home

    def run(
        self, *words: str, code: str = _CODE, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run our command as root of this computer."""
        roots = os.path.join(self.folder, "root")
        os.makedirs(roots, mode=0o700, exist_ok=True)
        return subprocess.run(
            [sys.executable, "-c", code, self.folder, json.dumps(self.accounts), *words],
            env={**_environment(), "PYTHONPATH": TESTS, "HOME": roots, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def people(self, at_once: int = 2, mounts: tuple[Mount, ...] = ()) -> PosixPeople:
        """Everybody, as our command finds them."""
        return people(self.folder, self.accounts, at_once, mounts)

    def state(self) -> dict[str, tuple[bytes, int, int, int]]:
        """Every file in the homes but our own: bytes, owner, group, mode."""
        found = {}
        for folder, _, names in os.walk(os.path.join(self.folder, "home")):
            for name in names:
                path = os.path.join(folder, name)
                if "/.local/share/configure587/" not in path and name != ".parentlock":
                    status = os.lstat(path)
                    with open(path, "rb") as file:
                        data = file.read()
                    found[path] = (data, status.st_uid, status.st_gid, status.st_mode)
        return found


def _environment() -> dict[str, str]:
    """Ours, but for what would say where a person's data is."""
    return {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}


def give(folder: str, uid: int) -> None:
    """All that is in a folder belongs to this number."""
    for path, _, names in os.walk(folder):
        os.chown(path, uid, uid)
        for name in names:
            os.chown(os.path.join(path, name), uid, uid, follow_symlinks=False)


@contextlib.contextmanager
def a_place() -> Iterator[Place]:
    """A folder that people can enter, unlike those of pytest, and that is gone afterwards."""
    folder = tempfile.mkdtemp(prefix="everyone-")
    os.chmod(folder, 0o755)
    try:
        yield Place(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def people(
    folder: str, accounts: list[dict[str, Any]], at_once: int = 2, mounts: tuple[Mount, ...] = ()
) -> PosixPeople:
    """These people, their parts done by forks, or with 0 by programs."""
    known = [
        pwd.struct_passwd(
            (each["name"], "x", each["uid"], each["uid"], "", each["home"], each["shell"])
        )
        for each in accounts
    ]
    sources = Sources(
        accounts=lambda: known,
        by_number=lambda uid: {each.pw_uid: each for each in known}[uid],
        uid_min=1000,
        mounts=mounts,
        homes=(),
    )
    lock = os.path.join(folder, "everyone.lock")
    return PosixPeople(sources, here.machine_of, PosixLocks(), lock, at_once)


def main() -> None:
    """Be our command on a computer that has these people."""
    folder, accounts, *words = sys.argv[1:]
    at_once = int(os.environ.get("AT_ONCE", "2"))
    setattr(here, "people", lambda: people(folder, json.loads(accounts), at_once))  # noqa: B010
    sys.exit(cli.main(words))
