"""Unpacks real servers for the tests into a cache; nothing is installed, nothing is started.

    python3 installers/servers.py             prints the folder in which they lie
    python3 installers/servers.py --is-ready  only says, by its exit code, whether they do

Postfix, Dovecot, Exim and the name server NSD come from the Debian or Ubuntu of this computer, with
the libraries that it lacks. Debian lets Postfix and Exim exclude each other, and starts what it
installs: so the packages are only unpacked, each server apart. C587_SERVERS_CACHE chooses the
folder of the cache.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TREES: Final[Mapping[str, Sequence[str]]] = {
    "postfix": ("postfix", "dovecot-core", "libnss-wrapper"),
    "exim": ("exim4-daemon-light", "libnss-wrapper"),
    "nsd": ("nsd",),
}
"""Folder -> the Debian packages in it; libnss-wrapper gives the servers users and hosts."""
PROGRAMS: Final = (
    "postfix/usr/lib/postfix/sbin/master",
    "postfix/usr/lib/postfix/sbin/smtpd",
    "postfix/usr/lib/dovecot/auth",
    "postfix/usr/bin/doveconf",
    "postfix/usr/sbin/dovecot",
    "exim/usr/sbin/exim4",
    "nsd/usr/sbin/nsd",
)
NOT_NEEDED: Final = ("etc", "lib/systemd", "usr/include", "usr/share", "var")
NOT_INSTALLED: Final = re.compile(r"^Inst (\S+) \(", re.MULTILINE)  # an upgrade has [1.0] before (
SECONDS: Final = 300
LEFT_AFTER: Final = 3600  # seconds after which unfinished work is surely abandoned
KEPT: Final = 2  # unpackings, for two versions of this file that are at work in turn


class Trouble(Exception):
    """What stops the unpacking, in one sentence."""


def call(command: Sequence[str], folder: str) -> str:
    """What a step prints; Trouble with all of that when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise Trouble(f"{command[0]} is not there: this needs Debian or Ubuntu") from error
    except subprocess.TimeoutExpired as error:
        raise Trouble(f"{' '.join(command)} has not ended in {SECONDS} s") from error
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Trouble(f"{' '.join(command)} failed ({done.returncode}):\n{output[-4000:]}")
    return output


def cache_folder() -> str:
    """Where unpacked servers lie; HOME is not asked, for a test has another one."""
    home = pwd.getpwuid(os.getuid()).pw_dir
    chosen = os.environ.get("C587_SERVERS_CACHE")
    return chosen or os.path.join(home, ".cache", "configure587-servers")


def unpacked(cache: str) -> str:
    """The folder of the servers that this file unpacks on this system, be it there or not."""
    digest = hashlib.sha256(os.uname().machine.encode())
    for path in (__file__, "/etc/os-release"):
        if os.path.exists(path):
            with open(path, "rb") as source:
                digest.update(hashlib.sha256(source.read()).digest())
    return os.path.join(cache, f"servers-{digest.hexdigest()[:16]}")


def missing(folder: str) -> list[str]:
    """The programs that are not in an unpacked folder."""
    return [name for name in PROGRAMS if not os.access(os.path.join(folder, name), os.X_OK)]


def unpack(cache: str) -> str:
    """Have the servers lie in the cache, wholly or not at all; gives their folder."""
    done = unpacked(cache)
    if not missing(done):
        os.utime(done)
        return done
    os.makedirs(cache, exist_ok=True)
    making = tempfile.mkdtemp(prefix="making-", dir=cache)
    try:
        fill(making)
        shutil.rmtree(done, ignore_errors=True)
        os.rename(making, done)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    for path in unused(cache, done):
        shutil.rmtree(path, ignore_errors=True)
    return done


def fill(folder: str) -> None:
    """Download and unpack; if the lists of apt are old or not there, once more with new ones."""
    try:
        download_and_unpack(folder)
    except Trouble:
        if os.geteuid() != 0:
            raise
        call(["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600", "update"], folder)
        download_and_unpack(folder)
    if absent := missing(folder):
        raise Trouble(f"the packages do not hold {', '.join(absent)}")


def download_and_unpack(folder: str) -> None:
    """Put every tree into the folder."""
    for tree, packages in TREES.items():
        archives = os.path.join(folder, f"{tree}.debs")
        os.makedirs(archives, exist_ok=True)
        wanted = sorted({*packages, *not_installed(packages, folder)})
        call(["apt-get", "-qq", "download", *wanted], archives)
        for name in sorted(os.listdir(archives)):
            call(["dpkg-deb", "-x", os.path.join(archives, name), tree], folder)
        for name in NOT_NEEDED:
            shutil.rmtree(os.path.join(folder, tree, name), ignore_errors=True)
        shutil.rmtree(archives)
        take_away_set_uid(os.path.join(folder, tree))


def take_away_set_uid(folder: str) -> None:
    """Exim comes with set-uid root; here nobody has a use for that."""
    for where, _, names in os.walk(folder):
        for path in (os.path.join(where, name) for name in names):
            if not os.path.islink(path):
                os.chmod(path, os.stat(path).st_mode & 0o755)


def not_installed(packages: Sequence[str], folder: str) -> list[str]:
    """What apt would install along with these packages; it is only asked (-s)."""
    command = ["apt-get", "-qq", "-s", "--no-install-recommends", "install", *packages]
    return NOT_INSTALLED.findall(call(command, folder))


def unused(cache: str, current: str) -> Iterator[str]:
    """What may go: abandoned work, and all but the latest unpackings."""
    found = sorted(os.scandir(cache), key=lambda entry: entry.stat().st_mtime, reverse=True)
    old = [entry.path for entry in found if entry.name.startswith("servers-")][KEPT:]
    for entry in found:
        age = time.time() - entry.stat().st_mtime
        abandoned = entry.name.startswith("making-") and age > LEFT_AFTER
        if abandoned or (entry.path in old and entry.path != current):
            yield entry.path


def main(words: Sequence[str]) -> int:
    """Unpack if need be; print where, or what stopped it."""
    if words == ["--is-ready"]:
        return 1 if missing(unpacked(cache_folder())) else 0
    try:
        print(unpack(cache_folder()))
    except (Trouble, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
