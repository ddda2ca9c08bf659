"""configure587 forget: remove stored passwords, and what waits for the next sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587 import secrets
from configure587.report import exit_codes, wire
from configure587.rollout import next_sign_in

if TYPE_CHECKING:
    from configure587.session import Session


def run(session: Session) -> int:
    """Remove all of it, and say for which servers the passwords were."""
    waited = next_sign_in.cancel(next_sign_in.of(session.machine))
    names = secrets.forget(session.machine)
    _ = session.style.texts.gettext
    if waited:
        session.say([_("What was left for the next sign-in will not be done.")])
    for host, user in names:
        session.say(
            [_("The password of {user} for {host} was removed.").format(user=user, host=host)]
        )
    if not names:
        session.say([_("No password was stored.")])
    session.document(wire.forgotten(names))
    return exit_codes.DONE
