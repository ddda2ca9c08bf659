"""Every event that an unattended run leaves in the system's log: docs/events.md for people.

A number, a code and a message id are promises: never changed, never used again.
"""

from __future__ import annotations

from typing import NamedTuple

from configure587.machine.events import Event, Level


class Kind(NamedTuple):
    """What events of one number have in common; the text names their fields in braces."""

    number: int
    code: str
    message_id: str
    level: Level
    text: str

    def event(self, **fields: str | int) -> Event:
        """One such event; a field that the text does not name is told besides."""
        values = {name: str(value) for name, value in fields.items()}
        text = self.text.format(**values)
        told = tuple((name, value) for name, value in values.items() if value)
        return Event(self.number, self.code, self.message_id, self.level, text, told)


RUN_BEGAN = Kind(
    100,
    "run_began",
    "0e11b3c9028648b6aab8dabed6819fdf",
    Level.INFO,
    "A run of {run} began.",
)
RUN_ENDED = Kind(
    101,
    "run_ended",
    "c94d572b21a64c70bd22649fc15eb8cb",
    Level.INFO,
    "A run of {run} ended: {changed} of {accounts} accounts changed, {left} still to be done.",
)
RUN_ENDED_IN_PART = Kind(
    102,
    "run_ended_in_part",
    "fcd2701c0f6f435a9c4531a96e3a3678",
    Level.WARNING,
    "A run of {run} ended with exit code {exit_code}: "
    "{changed} of {accounts} accounts changed, {left} still to be done.",
)
RUN_FAILED = Kind(
    103,
    "run_failed",
    "bbba6d24c1884470bf937bca11196f8c",
    Level.ERROR,
    "A run of {run} failed with exit code {exit_code}: "
    "{changed} of {accounts} accounts changed, {left} still to be done.",
)
ACCOUNT_MOVED = Kind(
    110,
    "account_moved",
    "1c51d2d9160a43b6b93fde3b440eae2f",
    Level.INFO,
    "{account} of {person} in {program} now sends through port {to_port} ({to_security}), "
    "checked; before through port {from_port} ({from_security}).",
)
ACCOUNT_NOT_MOVED = Kind(
    111,
    "account_not_moved",
    "d104990a557f49a3a5b835194abc966f",
    Level.WARNING,
    "{account} of {person} in {program} was not moved: {verdict}, {why}.",
)
ACCOUNT_FAILED = Kind(
    112,
    "account_failed",
    "03585b128ec743c68daf460843a0a8ad",
    Level.ERROR,
    "{account} of {person} in {program} could not be changed: {result}, {why}. "
    "What was begun is put back, at the latest when we next start.",
)
ACCOUNT_UNDONE = Kind(
    120,
    "account_undone",
    "ae8e287084fa44d59ddf721cc9fd3f93",
    Level.INFO,
    "The change of {account} of {person} in {program} was undone.",
)
ACCOUNT_NOT_UNDONE = Kind(
    121,
    "account_not_undone",
    "bcd1be955b864bd1b924c7003f3e04db",
    Level.WARNING,
    "The change of {account} of {person} in {program} was not undone: {result}, {why}.",
)
PERSON_SKIPPED = Kind(
    130,
    "person_skipped",
    "05a924138d4f4a6f9dc5f043b974f9b4",
    Level.INFO,
    "{person} was skipped: {why}.",
)
PERSON_FAILED = Kind(
    131,
    "person_failed",
    "30b5014c41234fb5a3d53e84d6cad4ba",
    Level.ERROR,
    "The run for {person} failed: {why}. The other people are not affected.",
)
HELD = Kind(
    140,
    "held",
    "1ce7c9333561460893a67a28a51c894b",
    Level.INFO,
    "A run of {run} did not begin here: {why}.",
)
HELD_BY_BRAKE = Kind(
    141,
    "held_by_brake",
    "24315a8feb9b40df851d5d3697a064cb",
    Level.WARNING,
    "A run of {run} did not begin here: too many other computers failed.",
)
REPORT_SENT = Kind(
    150,
    "report_sent",
    "fd98f39ccb6d4c72bba94b628bd768f0",
    Level.INFO,
    "The report of this run is in the report folder, and so are all that were kept before.",
)
REPORT_KEPT = Kind(
    151,
    "report_kept",
    "2e071f3e1a2f43b4946914389db039b6",
    Level.WARNING,
    "The report folder could not be reached; the report is kept here and goes with the next run.",
)
POLICY_REFUSED = Kind(
    160,
    "policy_refused",
    "3f1588d1195c41f5a6dceaa557c1b920",
    Level.ERROR,
    "The policy was refused, and nothing was done: {why}.",
)
RUN_REFUSED = Kind(
    161,
    "run_refused",
    "173bff78ffff420ea98f5ef15ff3f24e",
    Level.ERROR,
    "A run of {run} was refused or stopped with exit code {exit_code}: {why}.",
)
OUR_BUG = Kind(
    170,
    "our_bug",
    "2c9cdc5a9a50411580e9dbe4f982e488",
    Level.ERROR,
    "A fault of Configure 587! ended a run of {run} ({kind}). A crash file tells where.",
)
RECOVERED = Kind(
    180,
    "recovered",
    "9a5bac027c1e4b05a4c71fdb95e8857d",
    Level.WARNING,
    "An earlier run had been cut short; {count} profiles were put right.",
)

KINDS = (
    *(RUN_BEGAN, RUN_ENDED, RUN_ENDED_IN_PART, RUN_FAILED),
    *(ACCOUNT_MOVED, ACCOUNT_NOT_MOVED, ACCOUNT_FAILED, ACCOUNT_UNDONE, ACCOUNT_NOT_UNDONE),
    *(PERSON_SKIPPED, PERSON_FAILED, HELD, HELD_BY_BRAKE, REPORT_SENT, REPORT_KEPT),
    *(POLICY_REFUSED, RUN_REFUSED, OUR_BUG, RECOVERED),
)
