"""configure587 forget: remove the passwords that `check --remember` stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import secrets
from configure587.report import exit_codes, wire

if TYPE_CHECKING:
    from configure587.session import Session


def run(session: Session) -> int:
    """Remove them all, and say for which servers they were."""
    names = secrets.forget(session.machine)
    _ = session.style.texts.gettext
    for host, user in names:
        session.say(
            [_("The password of {user} for {host} was removed.").format(user=user, host=host)]
        )
    if not names:
        session.say([_("No password was stored.")])
    session.document(wire.forgotten(names))
    return exit_codes.DONE
