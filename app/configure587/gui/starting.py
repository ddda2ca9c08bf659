"""The session with which the window begins: on this computer, in an image, or on the sample."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeAlias

from configure587 import updates
from configure587.gui.session import Session
from configure587.gui.tidings import Tidings
from configure587.policy import Policy, Probe

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from configure587.errors import Refused
    from configure587.machine import Machine
    from configure587.policies.settling import Wishes
    from configure587.submission.probe import SocketNetwork

Settled: TypeAlias = "tuple[Machine, Wishes | None, Refused | None]"
"""A computer, what policies wish there, and why that cannot be known."""

Again: TypeAlias = "Callable[[], Settled]"


@contextlib.contextmanager
def opened(args: argparse.Namespace, begun: Settled, again: Again) -> Iterator[Session]:
    """The session to begin with; a sample computer is gone when the window has been closed."""
    if not args.demo:
        yield session(args, *begun, again)
        return
    import tempfile

    with tempfile.TemporaryDirectory(
        prefix="configure587-demo-", ignore_cleanup_errors=True
    ) as folder:
        yield sample(folder)


def session(
    args: argparse.Namespace,
    machine: Machine,
    wishes: Wishes | None = None,
    broken: Refused | None = None,
    again: Again | None = None,
) -> Session:
    """What the command line and any policy ask for; a `broken` one lets nothing be changed.

    `again` reads the policy once more.
    """
    if broken is not None:
        once_more = None if again is None else lambda: session(args, *again(), again)
        return Session(machine, broken=broken, again=once_more)
    policy = Policy(
        clients=tuple(args.client),
        probe=Probe(args.probe or "require"),
        online=args.online,
        accept_hosts=tuple(args.accept_host),
    )
    if wishes is not None:
        from configure587.policies import settling

        policy = settling.policy(wishes, policy)
    if policy.probe is Probe.OFF:
        return Session(machine, policy, wishes=wishes)
    found = Session(machine, policy, connect=_connected, wishes=wishes)
    found.patient = args.wait_more
    may = policy.updates == "ask"
    found.tidings = Tidings(machine, updates.channel(), _messenger, allowed=may)
    return found


def sample(folder: str) -> Session:
    """A sample computer, built into an empty folder; its servers do not exist, so none is asked."""
    from configure587.machine import here
    from configure587.verbs import demo

    demo.build(folder)
    machine = next(iter(here.machines(folder)))
    return Session(machine, Policy(probe=Probe.OFF), sample=folder)


def _connected(machine: Machine, patient: bool) -> Machine:
    """The same computer, able to look at servers."""
    from configure587.submission.probe import SocketNetwork

    return machine.but(network=SocketNetwork(wait_more=patient))


def _messenger() -> SocketNetwork:
    """Who asks for new versions."""
    from configure587.submission.probe import SocketNetwork

    return SocketNetwork()
