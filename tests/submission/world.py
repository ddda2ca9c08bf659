"""A world on loopback: names, the servers behind them, and whom to believe.

Nothing of ours is replaced but the look-up of names, the authority that is believed, and the
patience; the servers are real sockets that misbehave on purpose.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import re
import socket
from typing import TYPE_CHECKING

from configure587.submission import probe
from configure587.submission.patience import Limits
from submission.hostile_server import HostileServer, Manners

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

    from certificates import Authority

PATIENCE = Limits(
    total=6.0, names=1.0, connect=0.6, greeting=1.0, reply=1.0, handshake=2.0, again=0.1
)

_BELOW = f"127.{58 + os.getpid() % 190}.{os.getpid() // 190 % 250 + 1}"
_addresses = (f"{_BELOW}.{last}" for last in itertools.cycle(range(1, 255)))
"""One network for each worker; who had an address before is long gone when it comes again."""


class Filtered:
    """Stands for a port that swallows every connection."""


FILTERED = Filtered()


@contextlib.contextmanager
def filtered(address: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Give a port that swallows connections: its backlog is full, as on Linux."""
    with contextlib.ExitStack() as stack:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname()[:2])
        yield listener.getsockname()[1]


class World:
    """Names, their servers, and the network that leads there."""

    def __init__(self, authority: Authority, patch: pytest.MonkeyPatch) -> None:
        """Nobody is there yet."""
        self.authority = authority
        self.names: dict[str, str] = {}
        self.servers: dict[tuple[str, int], HostileServer] = {}
        made = functools.partial(
            probe.SocketNetwork, limits=PATIENCE, resolve=self.resolve, cafile=authority.path
        )
        patch.setattr(probe, "SocketNetwork", made)

    def resolve(self, name: str) -> list[str]:
        """The one address of a name, or that there is no such name."""
        if name not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [self.names[name]]

    def address(self, name: str) -> str:
        """The address of a name, from now on."""
        if name not in self.names:
            self.names[name] = next(_addresses)
        return self.names[name]

    @contextlib.contextmanager
    def has(
        self, name: str, doors: Mapping[int, Manners | Filtered | None], certificate: str = ""
    ) -> Iterator[None]:
        """What stands on the ports of a host; without a certificate, one for its own name."""
        pem = certificate or self.authority.issue(name)
        with contextlib.ExitStack() as stack:
            for port, manners in doors.items():
                address = self.address(name)
                if isinstance(manners, Filtered):
                    stack.enter_context(filtered(address, port))
                elif manners is not None:
                    server = HostileServer(manners, pem, address, port)
                    self.servers[name, port] = stack.enter_context(server)
            yield


def sentence(code: str, language: str) -> re.Pattern[str]:
    """A sentence as it may stand in a text: fields filled in, lines broken anywhere."""
    from configure587 import i18n
    from configure587.report import proofs, sentences

    words = proofs.PROOFS.get(code) or sentences.REASONS[code]
    translated = i18n.texts(language).gettext(words)
    parts = [re.escape(part) for part in re.split(r"\{\w+\}", translated)]
    return re.compile(".*?".join(parts).replace(r"\ ", r"\s+"), re.DOTALL)


def told(said: str, code: str, language: str) -> bool:
    """Whether a text says this sentence."""
    return sentence(code, language).search(re.sub(r"\n +", " ", said)) is not None
