"""A silent scan of one profile, whole process, against Python importing six common modules."""

from __future__ import annotations

import os
import sys
import tempfile

import ratios
import sample_home

FLOOR = "import argparse, json, dataclasses, pathlib, tomllib, hashlib"


def main() -> None:
    """Print one ratio."""
    with tempfile.TemporaryDirectory() as home:
        sample_home.make(home, 1)
        scan = os.path.join(os.path.dirname(sys.executable), "configure587")
        ratios.compare(
            ratios.Aim("scan --json of one profile", f'python -I -c "{FLOOR}"', 1.5),
            ratios.command([scan, "scan", "--json"], {"HOME": home}, codes=(10,)),
            ratios.command([sys.executable, "-I", "-c", FLOOR]),
            rounds=25,
        )


if __name__ == "__main__":
    main()
