"""Changing 500 profiles against a loop that reads, copies, fsyncs and renames the same bytes."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile

import ratios
import sample_home
from configure587 import cli

COUNT = 500


def loop(home: str, copies: str) -> None:
    """The least that anybody careful would do, without looking at a single value."""
    os.mkdir(copies)
    root = os.path.join(home, ".thunderbird")
    for name in sorted(os.listdir(root)):
        path = os.path.join(root, name, "prefs.js")
        if not os.path.exists(path):
            continue
        with open(path, "rb") as source:
            data = source.read()
        _write(os.path.join(copies, name), data)
        _write(path + ".new", data)
        os.replace(path + ".new", path)


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as target:
        target.write(data)
        target.flush()
        os.fsync(target.fileno())


def main() -> None:
    """Print one ratio; both sides start from freshly made homes, the making is not timed."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        homes = iter(range(10_000))

        def fresh() -> str:
            image = os.path.join(folder, str(next(homes)))
            sample_home.make(os.path.join(image, "home"), COUNT)
            os.sync()
            return image

        prepared = [fresh() for _ in range(12)]

        def ours() -> None:
            os.environ["HOME"] = os.path.join(prepared.pop(), "home")
            with contextlib.redirect_stdout(io.StringIO()):
                code = cli.main(["apply", "--no-network", "--yes", "--json"])
            if code != 0:
                raise RuntimeError(f"apply ended with {code}")

        def floor() -> None:
            image = prepared.pop()
            loop(os.path.join(image, "home"), os.path.join(image, "copies"))

        ratios.compare(
            ratios.Aim(f"apply to {COUNT} profiles", "read, copy, fsync, rename", 1.5),
            ours,
            floor,
            rounds=5,
        )
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
