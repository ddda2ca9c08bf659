"""Killing the real command at one of its writing calls, by strace."""

from __future__ import annotations

import collections
import re
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

from faults import harness

if TYPE_CHECKING:
    import pathlib

# All calls of Linux that can change what is on a disk.
WRITING = (
    *("openat", "open", "creat", "write", "writev", "pwrite64", "pwritev", "pwritev2"),
    *("fsync", "fdatasync", "sync", "syncfs", "rename", "renameat", "renameat2"),
    *("unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "link", "linkat"),
    *("symlink", "symlinkat", "mknod", "mknodat", "truncate", "ftruncate", "fallocate"),
    *("chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat"),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
    *("utime", "utimes", "utimensat", "futimesat", "copy_file_range", "sendfile", "splice"),
)
_CALL = re.compile(r"^(?:\d+ +)?(?:\[pid +\d+\] +)?(\w+)\(")


def traced(
    words: tuple[str, ...],
    image: pathlib.Path,
    cache: pathlib.Path,
    log: pathlib.Path,
    inject: str = "",
) -> int:
    """Run the command under strace; its end as Popen tells it."""
    strace = ["strace", "-f", "-s", "0", "-o", str(log)]
    strace += ["-e", "trace=" + ",".join("?" + name for name in WRITING)]
    strace += ["-e", f"inject={inject}"] if inject else []
    done = subprocess.run(
        [*strace, *harness.command(*words, "--image", str(image), "--lang", "en")],
        env={**harness.environment(), "PYTHONPYCACHEPREFIX": str(cache)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode


def writing_calls(log: pathlib.Path) -> list[tuple[str, int, str]]:
    """Every call of a strace log that can write, with its number among its kind."""
    seen: collections.Counter[str] = collections.Counter()
    found = []
    for line in log.read_text().splitlines():
        call = _CALL.match(line)
        if call is None:
            continue
        seen[call[1]] += 1
        if call[1] not in {"open", "openat"} or "O_CREAT" in line:
            found.append((call[1], seen[call[1]], line))
    return found


def fresh(kept: pathlib.Path, image: pathlib.Path) -> pathlib.Path:
    """The image as it was kept, with owners, modes and attributes."""
    if image.exists():
        shutil.rmtree(image)
    subprocess.run(["cp", "-a", str(kept), str(image)], check=True)
    return image


def warmed(words: tuple[str, ...], image: pathlib.Path, cache: pathlib.Path) -> pathlib.Path:
    """A cache that holds all that the command imports: other runs and tests do not touch it."""
    subprocess.run(
        harness.command(*words, "--image", str(image), "--lang", "en"),
        env={
            **harness.environment(),
            "PYTHONPYCACHEPREFIX": str(cache),
            "PYTHONDONTWRITEBYTECODE": "",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return cache


def killed(
    words: tuple[str, ...],
    image: pathlib.Path,
    cache: pathlib.Path,
    log: pathlib.Path,
    call: tuple[str, int, str],
) -> None:
    """Run the command and kill it on entry to this call.

    The run before and this one made the same calls, so the number must mean the same call.
    """
    kind, number, line = call
    ended = traced(words, image, cache, log, f"{kind}:signal=SIGKILL:when={number}")
    assert ended in {-signal.SIGKILL, 128 + signal.SIGKILL}, call
    calls = writing_calls(log)
    assert calls, f"the runs differ: killed before anything was written, not at {line}"
    assert calls[-1][:2] == (kind, number), (calls[-1], line)
    assert "killed by SIGKILL" in log.read_text()
