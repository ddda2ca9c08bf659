"""Which moment of "before and after" is shown; values only, no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from configure587.formats.figures import Diagram, Flow


class Scene(NamedTuple):
    """The state of the network, and how many flows of mail have been told."""

    diagram: Diagram
    managed: bool = False
    told: int = 0

    @property
    def flows(self) -> tuple[Flow, ...]:
        """All flows of this state, in the order in which they are told."""
        return self.diagram.on if self.managed else self.diagram.off

    @property
    def shown(self) -> tuple[Flow, ...]:
        """The flows that have been told."""
        return self.flows[: self.told]

    @property
    def caption(self) -> str:
        """The entry of "before and after" that says what is seen: a state, a flow of it."""
        state = "on" if self.managed else "off"
        return f"{state}.{self.shown[-1].id}" if self.told else state

    def forward(self) -> Scene:
        """One flow more; after the last, all over again."""
        return self._replace(told=(self.told + 1) % (len(self.flows) + 1))

    def backward(self) -> Scene:
        """One flow less."""
        return self._replace(told=max(0, self.told - 1))

    def switched(self) -> Scene:
        """The same moment of the story in the other state of the network."""
        other = self._replace(managed=not self.managed)
        return other._replace(told=min(self.told, len(other.flows)))
