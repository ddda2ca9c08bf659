"""fleet FOLDER of 10,000 reports against jq -s length over the same files; and its memory.

PYTHONPATH=tests python benchmarks/fleet_reports.py [REPORTS]
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys
import tempfile
from typing import TYPE_CHECKING

import ratios
from fleet_builders import NOON, a_person, a_report, an_account

if TYPE_CHECKING:
    from configure587.report.run_documents import RunJson

REPORTS = 10_000
ROUNDS = 5
PROVIDERS = ("Locaweb", "Terra", "UOL", None)
VERSIONS = ("102.15.1", "115.18.0", "128.9.0", "140.5.0")


def main(reports: int) -> None:
    """Print the ratio, and the peak memory for a hundredth of the reports and for all of them."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = os.path.join(folder, "few"), os.path.join(folder, "many")
        for path, count in ((few, reports // 100), (many, reports)):
            size = _make(path, count)
        print(f"{reports} reports, {size / 1e6:.0f} MB")
        ours = [os.path.join(os.path.dirname(sys.executable), "configure587"), "fleet"]
        html = os.path.join(folder, "page.html")
        paths = [os.path.join(many, name) for name in sorted(os.listdir(many))]
        for what, more in (("", []), (", with its page", ["--html", html])):
            ratios.compare(
                ratios.Aim(f"fleet of {reports} reports{what}", "jq -s length", 2),
                ratios.command([*ours, many, *more], codes=(10,)),
                ratios.command(["jq", "-s", "length", *paths]),
                rounds=ROUNDS,
            )
        for path in (few, many):
            peak = ratios.peak_of_words([*ours, path, "--html", html], 10)
            print(f"peak memory for {len(os.listdir(path))} reports: {peak:.1f} MiB")


def _make(folder: str, count: int) -> int:
    """Computers with one to four accounts, each of which reported up to three times."""
    os.mkdir(folder)
    dice, size = random.Random(587), 0
    for number in range(count):
        data = json.dumps(_report(dice, number * 2 // 3), indent=1)
        size += len(data)
        with open(os.path.join(folder, f"PC-{number:06}.json"), "w", encoding="utf-8") as file:
            file.write(data)
    return size


def _report(dice: random.Random, computer: int) -> RunJson:
    people = [
        a_person(
            *(
                an_account(
                    *dice.choice((("fine",), ("fine",), ("due", "port_25"))),
                    provider=dice.choice(PROVIDERS),
                    version=dice.choice(VERSIONS),
                )
                for _ in range(dice.randrange(1, 3))
            )
        )
        for _ in range(dice.randrange(1, 3))
    ]
    ended = NOON - dt.timedelta(minutes=dice.randrange(20 * 24 * 60))
    return a_report(name=f"PC-{computer:06}", ended=ended, people=people)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS)
