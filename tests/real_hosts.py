"""Hosts that answer to ssh, made of namespaces of this kernel: own /etc, homes, name, network.

A host sees this computer's programs, and nothing that it writes is seen outside: its /etc is a
copy, and its /home, /opt, /run and /var are empty when it begins. It ends with its first process.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from builders import HOME, ProfileFiles, contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SSHD: Final = "/usr/sbin/sshd"
NEEDED: Final = ("ip", "unshare", "ssh", "ssh-keygen", SSHD, "useradd")
_SECONDS: Final = 30
_BLOCK: Final = (198 << 24) + (18 << 16)  # for tests of networks (RFC 2544), routed nowhere
_ROOM: Final = 1 << 17  # addresses of that block
_APART: Final = 64  # addresses for the hosts of one process: tests may run side by side

_BEGIN: Final = """\
set -eu
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs {own}
cp -a /etc {own}/etc
mount --bind {own}/etc /etc
for each in /home /opt /run /var/lib /var/cache; do mount -t tmpfs -o mode=755 tmpfs $each; done
mkdir -p /run/sshd /home/root
hostname {name}
sed -i 's#^\\(root:.*\\):/root:#\\1:/home/root:#' /etc/passwd
getent passwd sshd >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin sshd
ip link set lo up
for n in $(seq 100); do ip link show {inside} >/dev/null 2>&1 && break; sleep 0.1; done
ip address add {address}/30 dev {inside}
ip link set {inside} up
touch {folder}/{name}.ready
exec {sshd} -D -e -f {folder}/sshd_config
"""
_SSHD_CONFIG: Final = """\
Port 22
HostKey {folder}/key
AuthorizedKeysFile {folder}/key.pub
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
PrintMotd no
"""


def lacking() -> str:
    """What this computer lacks for such hosts; "" when it can have them."""
    if os.geteuid() != 0:
        return "only root can make namespaces"
    gone = [each for each in NEEDED if shutil.which(each) is None]
    if gone:
        return f"{', '.join(gone)} is not there"
    tried = subprocess.run(["unshare", "--mount", "--net", "--uts", "true"], check=False)
    return "" if tried.returncode == 0 else "this kernel gives no namespaces here"


@dataclass
class Host:
    """One host: `pid` is its first process, by which its files can be seen."""

    name: str
    address: str
    pid: int

    def path(self, path: str) -> str:
        """How this computer calls a file of the host."""
        return f"/proc/{self.pid}/root{path}"

    def run(self, *words: str) -> str:
        """What a command prints there."""
        done = subprocess.run(
            ["nsenter", "--target", str(self.pid), "--all", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def person(self, name: str, *profiles: ProfileFiles) -> None:
        """Give somebody an account there, and profiles of their own."""
        self.run("useradd", "--create-home", "--shell", "/bin/sh", name)
        home = f"/home/{name}"
        for path, data in contents(*profiles).items() if profiles else ():
            target = self.path(path.replace(HOME, home))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(data)
        self.run("chown", "--recursive", f"{name}:{name}", home)

    def state(self, *folders: str) -> dict[str, tuple[bytes, int, int]]:
        """Every file below these folders but our own in homes: bytes, owner and mode."""
        found = {}
        for folder in folders:
            start = self.path(folder)
            for at, _, names in os.walk(start):
                for name in names:
                    path = os.path.join(at, name)
                    shown = folder + path.removeprefix(start)
                    if not _is_left_out(shown):
                        status = os.lstat(path)
                        data = b""
                        if not os.path.islink(path):
                            with open(path, "rb") as file:
                                data = file.read()
                        found[shown] = (data, status.st_uid, status.st_mode)
        return found


def _is_left_out(path: str) -> bool:
    """What every run of Ansible leaves, and what ours keeps for each person."""
    parts = ("/.ansible/", "/.local/share/configure587/", "/.parentlock", "/.cache/")
    return any(part in path for part in parts)


@contextlib.contextmanager
def hosts(folder: str, names: tuple[str, ...]) -> Iterator[list[Host]]:
    """These hosts, reachable by ssh as root with the key `folder`/key; they are gone afterwards."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/key"], check=True
    )
    with open(f"{folder}/sshd_config", "w", encoding="ascii") as file:
        file.write(_SSHD_CONFIG.format(folder=folder))
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(_host(folder, name, place)) for place, name in enumerate(names)]


@contextlib.contextmanager
def _host(folder: str, name: str, place: int) -> Iterator[Host]:
    outside, inside = f"k{os.getpid() % 100_000}o{place}", f"k{os.getpid() % 100_000}i{place}"
    start = _BLOCK + os.getpid() * _APART % _ROOM + place * 4
    here, there = (str(ipaddress.ip_address(start + n)) for n in (1, 2))
    own = f"{folder}/{name}"
    os.mkdir(own)
    script = _BEGIN.format(
        own=own, name=name, inside=inside, address=there, folder=folder, sshd=SSHD
    )
    apart = ("--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--mount-proc")
    with open(f"{own}.log", "wb") as log:
        first = subprocess.Popen(
            ["unshare", *apart, "--kill-child", "sh", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            pid = _child(first.pid)
            link = ["ip", "link", "add", outside, "type", "veth", "peer", "name", inside]
            subprocess.run([*link, "netns", str(pid)], check=True)
            subprocess.run(["ip", "address", "add", f"{here}/30", "dev", outside], check=True)
            subprocess.run(["ip", "link", "set", outside, "up"], check=True)
            _until(lambda: os.path.exists(f"{own}.ready"), f"{own}.log")
            yield Host(name, there, pid)
        finally:
            first.kill()
            first.wait()


def _child(pid: int) -> int:
    """The first process of the host; unshare itself stays outside."""
    path = f"/proc/{pid}/task/{pid}/children"
    _until(lambda: bool(_words(path)), path)
    return int(_words(path)[0])


def _words(path: str) -> list[str]:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().split()


def _until(true: Callable[[], bool], told: str) -> None:
    """Wait for a host, and say what it said when it does not come."""
    end = time.monotonic() + _SECONDS
    while not true():
        assert time.monotonic() < end, " ".join(_words(told))
        time.sleep(0.02)
