"""What the report folder tells of earlier runs, a report at a time, newest first."""

from __future__ import annotations

import errno
import re
import time
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import msgspec

from configure587.report import exit_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.machine import Clock
    from configure587.rollout.share import Share

_NAME = re.compile(r".*-(\d{8}-\d{6})-([0-9a-f]{8})-[0-9a-f]{4,12}\.json")
_LIMIT = 64 * 1024 * 1024  # bytes of a report
_NO_FILE = {errno.EINVAL, errno.EISDIR}  # a folder or a pipe that is called like a report
_DAY = 86_400  # seconds that a clock may be ahead


class _Computer(TypedDict):
    id: str


class _Account(TypedDict):
    result: str | None


class _Person(TypedDict):
    state: str
    accounts: list[_Account]


class _Run(TypedDict):
    """Of a RunJson only what is asked here, so that later versions can be read too."""

    kind: str
    run: str
    computer: _Computer
    dry_run: bool
    held: str | None
    people: list[_Person]
    exit_code: int


class Past(NamedTuple):
    """A run that did something: on which computer, and how it went."""

    computer: str
    failed: bool
    changed: bool


_decoder = msgspec.json.Decoder(_Run)


def of_each(share: Share, clock: Clock) -> Iterator[Iterator[Past]]:
    """For each computer its real runs of apply, newest first, read as they are asked for.

    A report of the future, by a clock that has jumped, comes last. A file that is no report is
    passed over; that the folder cannot be read raises OSError.
    """
    latest = time.strftime("%Y%m%d-%H%M%S", time.gmtime(clock.now() + _DAY))
    computers: dict[str, list[tuple[bool, str, str]]] = {}
    for name in share.names():
        found = _NAME.fullmatch(name)
        if found:
            computers.setdefault(found[2], []).append((found[1] <= latest, found[1], name))
    for files in computers.values():
        yield _runs(share, [name for _, _, name in sorted(files, reverse=True)])


def _runs(share: Share, names: Sequence[str]) -> Iterator[Past]:
    for name in names:
        try:
            run = _decoder.decode(share.read(name, _LIMIT))
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue  # taken away since, or no report
        except OSError as error:
            if error.errno in _NO_FILE:
                continue
            raise
        people = run["people"]
        crashed = run["exit_code"] == exit_codes.OUR_BUG  # it may tell of nobody
        begun = (people or crashed) and not (run["dry_run"] or run["held"])
        if begun and (run["kind"], run["run"]) == ("run", "apply"):
            yield Past(
                run["computer"]["id"],
                failed=crashed or any(each["state"] == "failed" for each in people),
                changed=any(
                    account["result"] == "changed"
                    for each in people
                    for account in each["accounts"]
                ),
            )
