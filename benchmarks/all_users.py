"""1,000 people with 2 profiles each against one person with 500, for each profile; and memory.

Only root can become somebody else. The people are those of a folder made for this, by numbers that
nobody has here.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import statistics
import sys
import tempfile
import time

import everyone_builders
import sample_home
from configure587 import cli
from configure587.machine import here
from configure587.policy import Policy, Probe
from configure587.rollout import everyone
from configure587.rollout.names import AsTheyAre

EACH = 2
ONE = 500
AIM = 1.0
ROUNDS = 3


def place(folder: str, people: int) -> everyone_builders.Place:
    """So many people with their profiles."""
    made = everyone_builders.Place(folder)
    for number in range(people):
        home = os.path.join(folder, "home", f"p{number:04d}")
        sample_home.make(home, EACH)
        made.person(f"p{number:04d}")
    os.sync()
    return made


def for_all(made: everyone_builders.Place) -> float:
    """Seconds of a scan and an apply for all, which is undone again."""
    policy = Policy(probe=Probe.OFF)
    start = time.perf_counter()
    for run in ("scan", "apply"):
        parts = list(
            everyone.carried_out(
                made.people(here.at_once(os.cpu_count() or 1)),
                policy,
                run,
                dry_run=False,
                names=AsTheyAre(),
                stop=lambda: False,
            )
        )
        failed = [each for each in parts if each.entry["state"] != "done"]
        if failed:
            raise RuntimeError(f"not done for {failed[0]}")
    return time.perf_counter() - start


def for_one(folder: str) -> float:
    """Seconds of a scan and an apply of one person's profiles."""
    sample_home.make(folder, ONE)
    os.sync()
    os.environ["HOME"] = folder
    start = time.perf_counter()
    for words in (["scan", "--json"], ["apply", "--no-network", "--yes", "--json"]):
        with contextlib.redirect_stdout(io.StringIO()):
            cli.main(words)
    return time.perf_counter() - start


def own_peak() -> float:
    """The peak memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the ratio for each profile, and the peak memory of few and of all people."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    ratios, peaks = [], []
    for _ in range(ROUNDS):
        with everyone_builders.a_place() as few:
            for_all(place(few.folder, people // 20))
            peaks.append(own_peak())
        with everyone_builders.a_place() as all_of_them:
            mine = for_all(place(all_of_them.folder, people)) / (people * EACH)
            peaks.append(own_peak())
        with tempfile.TemporaryDirectory() as folder:
            other = for_one(os.path.join(folder, "home")) / ONE
        ratios.append(mine / other)
    ratio = statistics.median(ratios)
    print(
        f"scan and apply for {people} people x {EACH}, a profile: {ratio:.2f}x the time of one "
        f"person's {ONE} (aim <= {AIM:g}: {'met' if ratio <= AIM else 'NOT MET'})"
    )
    print(f"peak memory: {peaks[0]:.1f} MiB for {people // 20} people, {peaks[1]:.1f} for {people}")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of the largest part: {children:.1f} MiB")


if __name__ == "__main__":
    main()
