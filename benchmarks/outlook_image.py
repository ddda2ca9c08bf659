"""Scanning and changing 1,000 Outlook accounts in a 50 MB .reg image against reading that file.

The floor is what any Python program pays before it can look at the first line: reading the bytes
and decoding them from UTF-16. Both sides begin with the same file on disk, already in the cache.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile

import ratios
from configure587 import cli
from configure587.formats import reg_text
from configure587.model import Opaque, Value

ACCOUNTS = 1_000
PROFILES = 5
MEGABYTES = 50
OFFICE = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook"
SECTION = "9375CFF0413111d3B88A00104B2A6676"


def account(number: int) -> dict[str, Value]:
    """One POP3 account as Outlook 2016 writes it, with what stands for a password."""
    address = f"ana{number}@exemplo.com.br"
    return {
        "clsid": "{ED475411-B0D6-11D2-8C3B-00104B2A6676}",
        "Mini UID": number,
        "Account Name": address,
        "Email": address,
        "POP3 Server": "pop.exemplo.com.br",
        "POP3 User": address,
        "POP3 Password": Opaque("REG_BINARY", bytes(range(200))),
        "SMTP Server": "smtp.exemplo.com.br",
        "SMTP Port": 25,
        "SMTP Use Auth": 1,
        "Delivery Store EntryID": Opaque("REG_BINARY", bytes(220)),
        "Leave on Server": 0x000E0003,
    }


def sample() -> bytes:
    """A registry of 50 MB: the accounts, and for the rest other programs' settings."""
    keys: dict[str, dict[str, Value]] = {OFFICE: {"DefaultProfile": "Perfil 0"}}
    for number in range(ACCOUNTS):
        profile = rf"{OFFICE}\Profiles\Perfil {number % PROFILES}\{SECTION}"
        keys.setdefault(profile, {"NextAccountID": ACCOUNTS})
        keys[rf"{profile}\{number // PROFILES + 1:08x}"] = account(number)
    size = len(reg_text.write({other(0): VALUES})) - len(reg_text.write({}))
    missing = MEGABYTES * 1_000_000 - len(reg_text.write(keys))
    keys.update({other(number): VALUES for number in range(missing // size)})
    return reg_text.write(keys)


VALUES: dict[str, Value] = {
    "Path": "C:\\Program Files\\Fabricante\\Programa",
    "Size": 42,
    "Window": Opaque("REG_BINARY", bytes(range(160))),
}


def other(number: int) -> str:
    """A key of some other program."""
    return rf"HKEY_CURRENT_USER\Software\Fabricante {number % 97}\Programa {number:06d}\Janela"


def main() -> None:
    """Print the ratios; what has to be made anew for each turn is not timed."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        data = sample()
        path = os.path.join(folder, "registry.reg")
        with open(path, "wb") as target:
            target.write(data)
        print(f"{len(data) / 1e6:.1f} MB, {ACCOUNTS} accounts in {PROFILES} profiles")
        images = iter(range(10_000))

        def fresh() -> str:
            image = os.path.join(folder, str(next(images)))
            os.makedirs(os.path.join(image, "home"))
            shutil.copy(path, os.path.join(image, "registry.reg"))
            os.sync()
            return image

        prepared = [fresh() for _ in range(14)]

        def run(*words: str, image: str, code: int) -> None:
            with contextlib.redirect_stdout(io.StringIO()):
                ended = cli.main(["--image", image, *words, "--json"])
            if ended != code:
                raise RuntimeError(f"{words} ended with {ended}")

        def scan_and_apply() -> None:
            image = prepared.pop()
            run("scan", image=image, code=10)
            run("apply", "--no-network", "--yes", image=image, code=0)

        def scan() -> None:
            run("scan", image=prepared[0], code=10)

        def floor() -> None:
            with open(path, "rb") as source:
                source.read().decode("utf-16")

        reading = "reading and decoding the file"
        ratios.compare(ratios.Aim("scan", reading, 4), scan, floor, 5)
        both = ratios.Aim("scan and apply, two commands", reading, 4)
        ratios.compare(both, scan_and_apply, floor, 5)


if __name__ == "__main__":
    main()
