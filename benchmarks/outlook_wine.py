"""Scanning 50 Outlook profiles in Wine's registry against `reg query /s` of the same tree.

Both are whole processes on Wine, so both pay its start-up; ours pays that of Python as well, which
is measured besides. Needs what the Windows lab needs (installers/windows/lab.py).
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from installers.windows import cpython, lab

import ratios
from configure587.formats import reg_text
from configure587.model import Opaque, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from installers.windows.wine import Wine

PROFILES = 50
ACCOUNTS = 4
OFFICE = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook"
SECTION = "9375CFF0413111d3B88A00104B2A6676"
PYTHON = r"C:\Python311\python.exe"


def sample() -> bytes:
    """A registry with 50 profiles, each with four accounts and what else Outlook keeps there."""
    keys: dict[str, dict[str, Value]] = {OFFICE: {"DefaultProfile": "Perfil 0"}}
    for number in range(PROFILES):
        profile = rf"{OFFICE}\Profiles\Perfil {number}"
        for other in range(12):
            keys[rf"{profile}\{other:032x}"] = {"001f3001": Opaque("REG_BINARY", bytes(120))}
        for account in range(ACCOUNTS):
            address = f"ana{number}-{account}@exemplo.com.br"
            keys[rf"{profile}\{SECTION}\{account + 1:08x}"] = {
                "clsid": "{ED475411-B0D6-11D2-8C3B-00104B2A6676}",
                "Account Name": address,
                "Email": address,
                "POP3 Server": "pop.exemplo.com.br",
                "POP3 User": address,
                "POP3 Password": Opaque("REG_BINARY", bytes(200)),
                "SMTP Server": "smtp.exemplo.com.br",
                "SMTP Port": 25,
                "SMTP Use Auth": 1,
                "Delivery Store EntryID": Opaque("REG_BINARY", bytes(220)),
            }
    return reg_text.write(keys)


def command(wine: Wine, *words: str, code: int = 0) -> Callable[[], None]:
    """One program on Wine, as a deed; its output goes through a pipe."""

    def run() -> None:
        done = subprocess.run(
            ["wine", *words],
            env=wine.environment,
            cwd=wine.drive,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != code:
            raise RuntimeError(f"{words} ended with {done.returncode}")

    return run


def main() -> None:
    """Print the ratios."""
    library, version = cpython.standard_library()
    with lab.fresh_copy(lab.cache_folder(), library, version) as wine:
        lab.put_program(wine)
        with open(os.path.join(wine.drive, "sample.reg"), "wb") as target:
            target.write(sample())
        command(wine, "reg", "import", r"C:\sample.reg")()
        query = command(wine, "reg", "query", rf"{OFFICE}\Profiles", "/s")
        scan = command(wine, PYTHON, "-m", "configure587", "scan", "--json", code=10)
        start = command(wine, PYTHON, "-I", "-c", "import argparse, json")
        floor = f"reg query /s of {PROFILES} profiles"
        ratios.compare(ratios.Aim("starting Python on Wine", floor, 1), start, query, 7)
        ratios.compare(ratios.Aim("scan, whole process", floor, 1), scan, query, 7)


if __name__ == "__main__":
    main()
