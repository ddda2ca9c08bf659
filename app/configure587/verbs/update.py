"""configure587 update check: whether there is a newer version; installs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import updates
from configure587.report import exit_codes
from configure587.report import updates as words

if TYPE_CHECKING:
    from configure587.session import Session


def run(session: Session) -> int:
    """Ask once, and say what was announced."""
    from configure587.submission.probe import SocketNetwork

    network = SocketNetwork()
    session = session.with_network(network)
    try:
        ask = network.news(session.stop).fetch
        may = session.policy().updates == "ask"
        news = updates.look(session.machine, updates.channel(), ask, allowed=may)
    finally:
        session.tell_ledger()
    session.say(words.lines(session.style, news))
    session.document(words.document(news))
    return exit_codes.DONE
