"""What goes through which door, with and without port-25 management; values only, no Qt.

After the two pictures of the campaign, "como é hoje" and "como vai ficar" (fact sheet "The
campaign", section 1).
"""

from __future__ import annotations

from typing import NamedTuple

MAIL_PROGRAM = "mail-program"
INFECTED = "infected"
PROVIDER = "provider"
SERVERS = "servers"
ACTORS = (MAIL_PROGRAM, INFECTED, PROVIDER, SERVERS)
AT_HOME = {MAIL_PROGRAM, INFECTED}


class Flow(NamedTuple):
    """Mail on its way from one actor to another, by which port, and whether it gets through."""

    source: str
    goal: str
    port: int
    spam: bool
    passes: bool

    @property
    def leaves_home(self) -> bool:
        """Whether it has to go through a door of the home network."""
        return self.source in AT_HOME


def flows(*, managed: bool) -> tuple[Flow, ...]:
    """The three ways of mail, in the order in which they are told."""
    return (
        Flow(MAIL_PROGRAM, PROVIDER, 587 if managed else 25, spam=False, passes=True),
        Flow(INFECTED, SERVERS, 25, spam=True, passes=not managed),
        Flow(PROVIDER, SERVERS, 25, spam=False, passes=True),
    )


class Scene(NamedTuple):
    """What the diagram shows: the state of the network, and how many flows have been told."""

    managed: bool = False
    told: int = 0

    @property
    def shown(self) -> tuple[Flow, ...]:
        """The flows that have been told."""
        return flows(managed=self.managed)[: self.told]

    @property
    def last(self) -> Flow | None:
        """The flow that is being told."""
        return self.shown[-1] if self.told else None

    def forward(self) -> Scene:
        """One flow more; after the last, all over again."""
        return self._replace(told=(self.told + 1) % (len(flows(managed=self.managed)) + 1))

    def backward(self) -> Scene:
        """One flow less."""
        return self._replace(told=max(0, self.told - 1))

    def switched(self) -> Scene:
        """The same moment of the story in the other state of the network."""
        return self._replace(managed=not self.managed)

    @property
    def key(self) -> str:
        """The name of its caption: the state, and the flow that is being told."""
        state = "on" if self.managed else "off"
        return f"{state}-{self.last.source}" if self.last is not None else state
