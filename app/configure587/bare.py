"""A window that is asked for without options, as by a double click: known without argparse."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import argparse


def window() -> argparse.Namespace:
    """What arguments.parser would tell of `configure587 window`; building it takes its time."""
    found = SimpleNamespace(
        verb="window",
        image=None,
        client=[],
        lang=None,
        json=False,
        plain=False,
        verbose=False,
        policy=None,
        data_dir=None,
        probe=None,
        online=False,
        wait_more=False,
        accept_host=[],
        demo=False,
    )
    return cast("argparse.Namespace", found)
