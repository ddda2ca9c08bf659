"""Proving a real Postfix on 587 against swaks and openssl, and 200 accounts on 20 servers.

    PYTHONPATH=.:tests .venv/bin/python benchmarks/probing.py

Needs root and the unpacked servers, as the end-to-end tests do (installers/servers.py), and swaks.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile

import ratios
from certificates import Authority
from configure587.model import SUBMISSION
from configure587.seen import Door, Question
from configure587.submission.probe import SocketNetwork
from e2e import real_servers
from e2e.real_thunderbird import HOSTNAME as NAME
from submission.hostile_server import GOOD, HostileServer, late

SERVERS = 20
ACCOUNTS = 200
SLOWEST = 1.0  # seconds that the slowest server lets one wait for its greeting


def one_server(folder: str) -> None:
    """Whole processes: ours looks at 587 alone, as the others do."""
    authority = Authority(folder)
    address = real_servers.own_address()
    with (
        real_servers.copied_programs() as programs,
        real_servers.postfix(programs, authority.issue(NAME), addresses=(address,)),
    ):
        world = real_servers.world(programs, folder, {NAME: (address,)}, authority)
        ours = [sys.executable, "-m", "configure587", "check", NAME, "--port", "587", "--json"]
        swaks = ["swaks", "--server", NAME, "--port", "587", "--quit-after", "TLS", "--tls"]
        openssl = ["openssl", "s_client", "-starttls", "smtp", "-connect", f"{NAME}:587"]
        openssl += ["-verify_return_error", "-quiet", "-no_ign_eof"]
        mine = ratios.command(ours, world)
        for name, words in (("swaks --quit-after TLS", swaks), ("openssl s_client", openssl)):
            aim = ratios.Aim("check of a real Postfix, whole process", name, 1)
            ratios.compare(aim, mine, ratios.command(words, world), 9)


def many_servers(folder: str) -> None:
    """200 accounts on 20 servers, one of which is slow, against that one alone."""
    authority = Authority(folder)
    names = [f"smtp{number}.exemplo.test" for number in range(SERVERS)]
    addresses = {name: real_servers.own_address() for name in names}
    with contextlib.ExitStack() as stack:
        for name in names:
            manners = GOOD.but(greet=late(SLOWEST)) if name == names[-1] else GOOD
            server = HostileServer(manners, authority.issue(name), addresses[name], 587)
            stack.enter_context(server)
        questions = [_question(names[number % SERVERS]) for number in range(ACCOUNTS)]

        def look(asked: list[Question]) -> None:
            network = SocketNetwork(resolve=lambda name: [addresses[name]], cafile=authority.path)
            if len(list(network.look(asked, lambda: False))) != len(asked):
                raise RuntimeError("a server was not looked at")

        slowest = questions[SERVERS - 1 : SERVERS]
        aim = ratios.Aim(f"{ACCOUNTS} accounts on {SERVERS} servers", "the slowest alone", 1.2)
        ratios.compare(aim, lambda: look(questions), lambda: look(slowest), 5)


def _question(name: str) -> Question:
    return Question(name, (Door(name, *SUBMISSION),))


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        one_server(folder)
        many_servers(folder)


if __name__ == "__main__":
    main()
