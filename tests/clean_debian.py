"""A clean Debian 12 in a folder, as small as debootstrap makes it: what a package is tried on.

    with clean_debian.a_copy(packages) as debian:
        debian.run("apt-get", "install", "--yes", "/tmp/configure587.deb")

The first one takes half a minute and is kept in the cache of linux_builders, with apt's lists and
the packages that will be asked for, so that the next ones need no network. Needs root.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import linux_builders
from builders import account, prefs, profiles_ini

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SUITE: Final = "bookworm"
MIRROR: Final = "http://deb.debian.org/debian"
SOURCES: Final = f"""\
deb {MIRROR} {SUITE} main
deb {MIRROR} {SUITE}-updates main
deb http://deb.debian.org/debian-security {SUITE}-security main
"""
APT: Final = ("apt-get", "--quiet=2", "--yes", "--no-install-recommends", "install")
PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
UNSYNCED: Final = "force-unsafe-io"  # no power is cut in a test
PATIENCE: Final = 300  # seconds
LAST_LINES: Final = {
    "en": "Compared file by file: every byte is back.",
    "pt-BR": "Comparamos arquivo por arquivo: tudo voltou, byte por byte.",
}
"""Language -> what the demo says at its end."""


class Debian(NamedTuple):
    """One that is ours to change."""

    root: Path

    def command(self, *words: str) -> list[str]:
        """What runs a program in it."""
        return ["chroot", str(self.root), *words]

    def environment(self, **more: str) -> dict[str, str]:
        """What a program in it is told; nothing of ours."""
        own = {"PATH": PATH, "HOME": "/tmp", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        return {**own, "DEBIAN_FRONTEND": "noninteractive", **more}

    def tried(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """What a program in it says, and how it ends."""
        return subprocess.run(
            self.command(*words),
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    def run(self, *words: str, **variables: str) -> str:
        """What a program in it says; an error of it is an error of the test."""
        done = self.tried(*words, **variables)
        assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def put(self, path: Path) -> str:
        """Have a file of ours in its /tmp; where it is there."""
        shutil.copy(path, self.root / "tmp")
        return f"/tmp/{path.name}"

    def files(self) -> dict[str, bytes]:
        """Every file of ours or of a person's in it -> its SHA-256."""
        found = {}
        for top in ("etc", "home", "opt", "root", "usr", "var"):
            for folder, _, names in os.walk(self.root / top):
                for path in (Path(folder, name) for name in names):
                    place = str(path.relative_to(self.root))
                    mine = "configure587" in place or place.startswith(("home/", "root/"))
                    if mine and path.is_file() and not path.is_symlink():
                        found[place] = hashlib.sha256(path.read_bytes()).digest()
        return found

    def has_thunderbird(self, home: str) -> Path:
        """Have somebody's Thunderbird in it, which sends through port 25; their prefs.js."""
        folder = self.root / home.lstrip("/") / ".thunderbird/abcd1234.default"
        folder.mkdir(parents=True)
        (folder.parent / "profiles.ini").write_bytes(profiles_ini("abcd1234.default"))
        (folder / "prefs.js").write_bytes(prefs(account(port=25)))
        (folder / ".parentlock").touch()
        return folder / "prefs.js"

    def homes(self) -> dict[str, bytes]:
        """The files that are people's own, root's among them."""
        own = ("home/", "root/")
        return {path: seen for path, seen in self.files().items() if path.startswith(own)}


def require() -> None:
    """Go on only where one can be had."""
    linux_builders.require(["debootstrap", "chroot", "mount"])
    if os.geteuid() != 0:
        linux_builders.leave("a clean Debian needs root: chroot")


def base(packages: Sequence[str]) -> str:
    """The folder in the cache that every one is copied from, made if it is not there."""
    told = " ".join((SUITE, SOURCES, UNSYNCED, *packages))
    cache = linux_builders.cache_folder()
    done = os.path.join(cache, f"debian-{hashlib.sha256(told.encode()).hexdigest()[:16]}")
    with linux_builders.locked(Path(tempfile.gettempdir(), "configure587-debian.lock")):
        if not os.path.isdir(done):
            making = f"{done}.making"
            subprocess.run(["rm", "-rf", making], check=True)
            subprocess.run(["mkdir", "-p", cache], check=True)
            make(making, packages)
            subprocess.run(["mv", making, done], check=True)
    return done


def make(folder: str, packages: Sequence[str]) -> None:
    """Debian itself, and what will be asked for in its cache, not installed."""
    output = linux_builders.output
    output("debootstrap", "--variant=minbase", "--arch=amd64", SUITE, folder, MIRROR)
    script = f'printf %s "{SOURCES}" >/etc/apt/sources.list && apt-get --quiet=2 update'
    output("chroot", folder, "sh", "-c", script)
    Path(folder, "etc/dpkg/dpkg.cfg.d/quick").write_text(f"{UNSYNCED}\n", encoding="utf-8")
    output("chroot", folder, *APT, "--download-only", *packages)


@contextlib.contextmanager
def a_copy(source: str) -> Iterator[Debian]:
    """One that a test may change, gone at the end."""
    folder = tempfile.mkdtemp(prefix="c587-debian-")
    try:
        subprocess.run(["cp", "-a", f"{source}/.", folder], check=True)
        yield Debian(Path(folder))
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def running(
    debian: Debian, *words: str, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Have a program run in it until the block ends."""
    with subprocess.Popen(
        debian.command(*words),
        env=debian.environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as child:
        try:
            yield child
        finally:
            child.kill()
