"""Two deeds in turn, A B A B …, and the ratio of their medians: what every benchmark prints."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


# As on people's computers: byte code is kept between runs.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}


@dataclass(frozen=True)
class Aim:
    """What is compared with which floor, and how far apart we want them."""

    what: str
    floor: str
    ratio: float
    faster: bool = False  # True: the floor takes at least `ratio` times as long as we do


def compare(aim: Aim, ours: Callable[[], None], floor: Callable[[], None], rounds: int) -> float:
    """Run both in turn and print one line; seconds are medians of the same run."""
    ours()
    floor()
    times: list[tuple[float, float]] = [(_timed(ours), _timed(floor)) for _ in range(rounds)]
    mine = statistics.median(one for one, _ in times)
    other = statistics.median(two for _, two in times)
    ratio = statistics.median((two / one) if aim.faster else (one / two) for one, two in times)
    sign = ">=" if aim.faster else "<="
    word = "x faster than" if aim.faster else "x the time of"
    met = "met" if (ratio >= aim.ratio if aim.faster else ratio <= aim.ratio) else "NOT MET"
    print(
        f"{aim.what}: {ratio:.2f}{word} {aim.floor} "
        f"(aim {sign} {aim.ratio:g}: {met}; {mine * 1e3:.2f} ms against {other * 1e3:.2f} ms)"
    )
    return ratio


def _timed(deed: Callable[[], None]) -> float:
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


def command(
    words: Sequence[str], env: Mapping[str, str] | None = None, codes: Sequence[int] = (0,)
) -> Callable[[], None]:
    """A whole process as a deed; its output is thrown away, its exit code is checked."""

    def run() -> None:
        done = subprocess.run(
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # GNU grep stops at the first match when this is /dev/null
            stderr=subprocess.DEVNULL,
            env={**_ENVIRONMENT, **(env or {})},
            check=False,
        )
        if done.returncode not in codes:
            raise RuntimeError(f"{words} ended with {done.returncode}")

    return run


def peak_of(deed: Callable[[], None]) -> float:
    """The peak memory in MiB of the largest child process so far; run it in a fresh process."""
    deed()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def peak_of_words(words: Sequence[str], code: int) -> float:
    """The same of a command, measured in a process that has no other children."""
    program = (
        "import ratios, sys;"
        "deed = ratios.command(sys.argv[2:], None, (int(sys.argv[1]),));"
        "print(ratios.peak_of(deed))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(code), *words],
        cwd=os.path.dirname(os.path.abspath(__file__)),
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(done.stdout)
