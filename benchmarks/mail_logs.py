"""fleet from-logs of a gigabyte of Postfix's log against zgrep -c and grep -c; and its memory.

python benchmarks/mail_logs.py [MEGABYTES]
"""

from __future__ import annotations

import gzip
import os
import random
import sys
import tempfile
from typing import TYPE_CHECKING

import ratios

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTES = 1000
ACCOUNTS = 5_000
ROUNDS = 3


def main(megabytes: int) -> None:
    """Print the ratios, and the peak memory for a hundredth of the log and for all of it."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = os.path.join(folder, "few"), os.path.join(folder, "many")
        for path, size in ((few, megabytes // 100 or 1), (many, megabytes)):
            lines = _make(path, size)
        print(f"{os.path.getsize(many) / 1e6:.0f} MB, {lines} lines, {ACCOUNTS} accounts")
        ours = [os.path.join(os.path.dirname(sys.executable), "configure587"), "fleet"]
        ours += ["from-logs", "--json"]
        for name, floor, end in (("packed", "zgrep", ".gz"), ("plain", "grep", "")):
            ratios.compare(
                ratios.Aim(f"{megabytes} MB of Postfix's log, {name}", f"{floor} -c", 4),
                ratios.command([*ours, many + end], codes=(10,)),
                ratios.command([floor, "-c", "sasl_username=", many + end]),
                rounds=ROUNDS,
            )
        for path in (few, many):
            peak = ratios.peak_of_words([*ours, path], 10)
            print(f"peak memory for {os.path.getsize(path) >> 20} MB: {peak:.1f} MiB")


def _make(path: str, megabytes: int) -> int:
    """The same log plain and packed; gives its number of lines."""
    size = lines = 0
    with open(path, "wb") as plain, gzip.open(f"{path}.gz", "wb", 1) as packed:
        for block in _blocks():
            plain.write(block)
            packed.write(block)
            size += len(block)
            lines += block.count(b"\n")
            if size >= megabytes * 1_000_000:
                return lines
    return lines


def _blocks() -> Iterator[bytes]:
    """A day of a server again and again: half of it strangers' mail, half of it customers'."""
    dice = random.Random(587)
    some = [_stranger(dice) if dice.random() < 0.5 else _customer(dice) for _ in range(20_000)]
    while True:
        yield "".join(dice.choices(some, k=2_000)).encode()


def _stranger(dice: random.Random) -> str:
    at, client = f"Nov 24 {dice.randrange(24):02}:57:02 mx postfix", f"x{dice.random()}.example"
    smtpd = f"{at}/smtpd[{dice.randrange(9000)}]:"
    where = f"{client}[192.0.2.{dice.randrange(256)}]"
    return (
        f"{smtpd} connect from {where}\n"
        f"{smtpd} NOQUEUE: reject: RCPT from {where}: 450 4.7.25 Client host rejected: cannot find "
        f"your hostname; from=<a@{client}> to=<b@exemplo.com.br> proto=ESMTP helo=<{client}>\n"
        f"{smtpd} disconnect from {where} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4\n"
    )


def _customer(dice: random.Random) -> str:
    at = f"Nov 24 {dice.randrange(24):02}:57:02 mx postfix"
    name = dice.choice(("", "/submission", "/submission", "/submissions"))
    smtpd, queue_id = f"{at}{name}/smtpd[{dice.randrange(9000)}]:", f"{dice.getrandbits(44):011X}"
    user, where = f"u{dice.randrange(ACCOUNTS)}@exemplo.com.br", "unknown[192.0.2.7]"
    starttls = " starttls=1" if dice.random() < 0.8 else ""
    return (
        f"{smtpd} connect from {where}\n"
        f"{smtpd} {queue_id}: client={where}, sasl_method=PLAIN, sasl_username={user}\n"
        f"{at}/cleanup[77]: {queue_id}: message-id=<{dice.random()}@exemplo.com.br>\n"
        f"{at}/qmgr[78]: {queue_id}: from=<{user}>, size=4711, nrcpt=1 (queue active)\n"
        f"{smtpd} disconnect from {where} ehlo=2{starttls} auth=1 mail=1 rcpt=1 data=1 quit=1 "
        "commands=8\n"
        f"{at}/smtp[79]: {queue_id}: to=<rui@example.org>, relay=mx.example.org[192.0.2.9]:25, "
        "delay=0.4, delays=0.1/0/0.1/0.2, dsn=2.0.0, status=sent (250 2.0.0 OK)\n"
        f"{at}/qmgr[78]: {queue_id}: removed\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES)
