"""A headless Chromium that reads one page: its DOM, its picture, and what it asked the network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import pathlib

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""The last keeps the browser's own errands, which no flag stops, from leaving this computer."""
_ITS_OWN = ("google.com", "googleapis.com", "gstatic.com")
DARK = "--blink-settings=preferredColorScheme=0"
SECONDS = 120


def run(page: pathlib.Path, *words: str) -> str:
    """What Chromium prints; each run has a profile of its own."""
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [PROGRAM, *FLAGS, f"--user-data-dir={profile}", *words, page.as_uri()],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            env={**os.environ, "HOME": profile},
            check=True,
        )
    return done.stdout


def dom(page: pathlib.Path, *words: str) -> str:
    """The page as Chromium understood it, scripts run."""
    return run(page, "--dump-dom", *words)


def asked(page: pathlib.Path) -> set[str]:
    """Every address of the web that the page made Chromium ask for."""
    log = page.with_suffix(".netlog")
    dom(page, f"--log-net-log={log}")
    events: list[dict[str, Any]] = json.loads(log.read_text(encoding="utf-8"))["events"]
    urls = {str(each.get("params", {}).get("url", "")) for each in events}
    web = {url for url in urls if url.startswith(("http:", "https:", "ws:", "wss:", "ftp:"))}
    return {url for url in web if not (urlsplit(url).hostname or "").endswith(_ITS_OWN)}
