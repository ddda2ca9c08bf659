"""configure587 policy: what an organisation wishes here, and whether a file says it rightly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from configure587.errors import Refused
from configure587.machine.disk import DiskFiles
from configure587.policies import layers, schema, settling
from configure587.policies.layers import Rank
from configure587.report import exit_codes
from configure587.report import policies as words

if TYPE_CHECKING:
    from configure587.session import Session


def run(session: Session) -> int:
    """Do what the first word says."""
    return {"show": _show, "check": _check, "schema": _schema}[session.args.action](session)


def _show(session: Session) -> int:
    """Every setting that counts here, and whose word it is."""
    wishes = settling.settled(session.machine, session.said(), session.args.policy, DiskFiles())
    session.say(words.shown(session.style, wishes))
    session.document(words.document(wishes))
    return exit_codes.DONE


def _check(session: Session) -> int:
    """Whether a file is a policy; what is wrong in it is refused."""
    path = session.args.file
    if path is None:
        raise Refused("policy_not_named")
    found = layers.toml(DiskFiles(), path, Rank.FILE)
    session.say(words.checked(session.style, path, found))
    session.document(words.document(settling.Wishes({each.key: each for each in found})))
    return exit_codes.DONE


def _schema(session: Session) -> int:
    """The JSON Schema of a policy, for editors and other tools."""
    session.write(json.dumps(schema.document(), indent=2) + "\n")
    return exit_codes.DONE
