"""Packages for tests: each is built once for a whole run of the tests, by the one command for it.

    shared = linux_builders.shared_folder(tmp_path_factory)
    path = linux_builders.built("deb", shared)

What takes long to fetch lies in a cache between runs; C587_PACKAGES_CACHE chooses its folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import pytest

from installers import build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[1]


def cache_folder() -> str:
    """Where it lies between runs; HOME is not asked, for a test has another one."""
    home = pwd.getpwuid(os.getuid()).pw_dir
    chosen = os.environ.get("C587_PACKAGES_CACHE")
    return chosen or os.path.join(home, ".cache", "configure587-packages")


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run of the tests share."""
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "packages"
    folder.mkdir(exist_ok=True)
    return folder


def require(programs: Sequence[str]) -> None:
    """Go on only where these are; where they are missing, CI fails and others are told."""
    if absent := [program for program in programs if shutil.which(program) is None]:
        leave(f"not installed here: {', '.join(absent)}")


def leave(why: str) -> NoReturn:
    """A test cannot be done here: CI fails, and others are told."""
    if os.environ.get("CI") and sys.platform == "linux":
        pytest.fail(why)
    pytest.skip(why)


def built(target: str, shared: Path, *, again: int = 0) -> Path:
    """The package of this target; `again` makes a second one of the same sources."""
    require([need.program for need in build.target(target).NEEDS])
    out = shared / (f"{target}-{again}" if again else target)
    with locked(shared / f"{out.name}.lock"):
        if not out.is_dir():
            making = shared / f"{out.name}.making"
            shutil.rmtree(making, ignore_errors=True)
            run_build(target, making)
            making.rename(out)
    (path,) = (each for each in out.iterdir() if each.suffix.lower() in {f".{target}", ".whl"})
    return path


def run_build(target: str, out: Path) -> None:
    """What a person types, with the cache of the tests."""
    command = [sys.executable, "-m", "installers.build", target, "--out", str(out)]
    done = subprocess.run(
        [*command, "--work", cache_folder()],
        cwd=ROOT,
        env={**os.environ, "C587_XZ_LEVEL": "1"},  # a fifth of the time; packed as in earnest
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other workers out until the block ends."""
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def output(*command: str) -> str:
    """What a program prints; an error of it is an error of the test."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout
