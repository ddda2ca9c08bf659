"""New versions, as far as this person wants to hear of them. It knows no Qt and no sentences."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from configure587 import updates
from configure587.errors import Configure587Error, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configure587.gui.session import Task
    from configure587.gui.work import Notify
    from configure587.machine import Machine
    from configure587.seen import Connection
    from configure587.updates import Ask, Channel, News


class Messenger(Protocol):
    """Who goes and asks; submission.probe.SocketNetwork is one."""

    @property
    def ledger(self) -> Sequence[Connection]:
        """Every connection that was made."""

    def news(self, cancelled: Callable[[], bool]) -> Fetcher:
        """A way to the announcement."""


class Fetcher(Protocol):
    """What fetches one file."""

    @property
    def fetch(self) -> Ask:
        """See updates.Ask."""


class Tidings:
    """What is known of new versions, and whether it may be asked for."""

    def __init__(
        self,
        machine: Machine,
        channel: Channel | None = None,
        messenger: Callable[[], Messenger] | None = None,
        *,
        allowed: bool = True,
    ) -> None:
        """Without a channel or a messenger nothing is ever asked; `allowed` is a policy's word."""
        self._machine, self._channel, self._messenger = machine, channel, messenger
        self.allowed = allowed
        self.connections: tuple[Connection, ...] = ()
        self.result: News | Configure587Error | None = None
        self.leaving = False  # the window closes: whoever asks comes back at once

    @property
    def is_possible(self) -> bool:
        """Whether this edition can ask at all."""
        return self._channel is not None and self._messenger is not None

    @property
    def address(self) -> str:
        """Where it asks."""
        return self._channel.address if self._channel is not None else ""

    @property
    def wanted(self) -> bool:
        """Whether the person lets the window ask by itself; no, until they say so."""
        from configure587.updates import kept

        return kept.read(self._machine).wanted

    @property
    def is_due(self) -> bool:
        """Whether the window should ask now, without being told to."""
        from configure587.updates import kept

        now = self._machine.clock.now()
        return self.allowed and self.is_possible and kept.read(self._machine).is_due(now)

    @property
    def newer(self) -> News | None:
        """A newer version, if one is known."""
        found = self.result
        return found if isinstance(found, updates.News) and found.is_newer else None

    def want(self, *, on: bool) -> None:
        """The person's wish, from now on."""
        from dataclasses import replace

        from configure587.updates import kept

        kept.write(self._machine, replace(kept.read(self._machine), wanted=on))

    def look(self) -> Task:
        """Ask once."""
        from configure587.gui.session import Task

        return Task(partial(_ask, self), self._heard)

    def _heard(self, answer: tuple[News | Configure587Error, Sequence[Connection]]) -> None:
        self.result, connections = answer
        self.connections = (*self.connections, *connections)

    def ask(self) -> tuple[News | Configure587Error, Sequence[Connection]]:
        """What there is to know, or why nothing is; in the worker's thread."""
        messenger = self._messenger() if self._messenger is not None else None
        fetch = messenger.news(lambda: self.leaving).fetch if messenger is not None else _nowhere
        try:
            found: News | Configure587Error = updates.look(
                self._machine, self._channel, fetch, allowed=self.allowed
            )
        except Refused as error:
            found = Refused(error.code, **error.fields)  # a traceback would keep its callers alive
        return found, messenger.ledger if messenger is not None else ()


def _ask(tidings: Tidings, notify: Notify) -> object:
    """What a worker runs; there is no progress to tell of."""
    del notify
    return tidings.ask()


def _nowhere(url: str) -> bytes:
    """Where nobody can be asked."""
    raise OSError(url)
