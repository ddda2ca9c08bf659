"""A scan of 2,000 profiles of 54 KB against grep -rc over the same tree; and its memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import ratios
import sample_home

COUNT = 2_000


def main() -> None:
    """Print the ratio, and the peak memory for 20 and for 2,000 profiles."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = os.path.join(folder, "few"), os.path.join(folder, "many")
        sample_home.make(few, COUNT // 100)
        sample_home.make(many, COUNT)
        scan = [os.path.join(os.path.dirname(sys.executable), "configure587"), "scan", "--json"]
        ratios.compare(
            ratios.Aim(f"scan of {COUNT} profiles", "grep -rc mail.smtpserver", 4),
            ratios.command(scan, {"HOME": many}, codes=(10,)),
            ratios.command(["grep", "-rc", "mail.smtpserver", many], codes=(0, 1)),
            rounds=9,
        )
        for home, count in ((few, COUNT // 100), (many, COUNT)):
            print(f"peak memory for {count} profiles: {_peak(scan, home):.1f} MiB (aim <= 60)")


def _peak(scan: list[str], home: str) -> float:
    """In a process of its own, for the system keeps only the largest child's figure."""
    code = (
        "import ratios, sys; "
        "print(ratios.peak_of(ratios.command(sys.argv[2:], {'HOME': sys.argv[1]}, (10,))))"
    )
    words = [sys.executable, "-c", code, home, *scan]
    folder = os.path.dirname(os.path.abspath(__file__))
    done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    main()
