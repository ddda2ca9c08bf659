"""From a run to its events: codes and made-up names, nothing that tells who somebody is.

Most of them follow from the report of the run, which is why nobody can forget one. The report may
hold addresses, if the policy wants that; an event never does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configure587 import __version__
from configure587.machine.people import NOT_PEOPLE
from configure587.report import exit_codes
from configure587.rollout import event_table as table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from configure587.errors import Configure587Error
    from configure587.machine import Machine
    from configure587.machine.events import Event
    from configure587.report.run_documents import (
        AccountJson,
        DoorJson,
        PersonJson,
        RunJson,
        RunWord,
    )

WITHHELD = "withheld"
_MADE_UP = r"{kind}-[a-z2-7]{{12}}"  # rollout/names.py
_CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
_HARMLESS = re.compile(r"[\w .()+-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{1,64}")

_MOVED = {"changed"}
_FAILED = {"failed", "broken"}
_NOTHING = {None, "unchanged"}
_GOOD = {"fine", "left_alone"}
_IN_PART = range(10, 20)  # docs/command-line.md: something is left over, and nothing went wrong


def tell(machine: Machine, events: Iterable[Event]) -> None:
    """Write them to the log of this computer, where one is at hand."""
    if machine.events is not None:
        for event in events:
            machine.events.write(event)


def began(run: RunWord, *, dry_run: bool = False) -> Event:
    """A run begins."""
    return table.RUN_BEGAN.event(run=run, version=__version__, rehearsal=_yes(dry_run))


def recovered(count: int) -> list[Event]:
    """How many profiles were put right because an earlier run had been cut short."""
    return [table.RECOVERED.event(count=count)] if count else []


def delivered(*, sent: bool) -> Event:
    """What became of the report of a run, and of those that were kept before."""
    return (table.REPORT_SENT if sent else table.REPORT_KEPT).event()


def stopped(run: RunWord, error: Configure587Error) -> list[Event]:
    """What stopped a run; a policy that was refused has its own number.

    A run that was held is no refusal: its report tells of it.
    """
    if error.exit_code == exit_codes.HELD or error.code == "another_run":
        return []
    kind = table.POLICY_REFUSED if error.code.startswith("policy") else table.RUN_REFUSED
    return [kind.event(run=run, exit_code=error.exit_code, why=_code(error.code))]


def our_bug(run: RunWord, error: Exception) -> Event:
    """A fault of ours, by its kind only: messages may hold anything."""
    return table.OUR_BUG.event(run=run, kind=_code(type(error).__name__))


def of_run(document: RunJson, hide: Callable[[str, str], str] | None = None) -> list[Event]:
    """The events of a run, in their order, from its report.

    `hide` gives the made-up name for a kind and a name, where the report has real ones; without
    it such names are withheld. A rehearsal and a scan change no account, so they have none.
    """
    names = hide if hide is not None else _withhold
    found = list(_held(document))
    for person in document["people"]:
        found += _of_person(document, person, names)
    return [*found, _ended(document)]


def _withhold(kind: str, name: str) -> str:
    del kind, name
    return WITHHELD


def _held(document: RunJson) -> Iterator[Event]:
    why = document["held"]
    if why == "brake":
        yield table.HELD_BY_BRAKE.event(run=document["run"])
    elif why is not None:
        yield table.HELD.event(run=document["run"], why=_code(why))


def _of_person(
    document: RunJson, person: PersonJson, hide: Callable[[str, str], str]
) -> Iterator[Event]:
    if person["state"] == "skipped" and person["reason"] in NOT_PEOPLE:
        return  # an account of the system: only the counts tell of it
    who = _made_up("person", person["person"], hide)
    if person["state"] != "done":
        kind = table.PERSON_SKIPPED if person["state"] == "skipped" else table.PERSON_FAILED
        why = _code(person["reason"] or "unknown")
        yield kind.event(person=who, why=why, exit_code=person["exit_code"])
    if document["dry_run"] or document["run"] == "scan":
        return
    for account in person["accounts"]:
        about = _kind(document["run"], account)
        if about is not None:
            yield about.event(person=who, **_about(account, hide))


def _kind(run: RunWord, account: AccountJson) -> table.Kind | None:
    """Which event tells of this account; None when nothing happened and nothing had to."""
    result = account["result"]
    if result in _FAILED:
        return table.ACCOUNT_FAILED
    if run == "rollback":
        if result in _NOTHING:
            return None
        return table.ACCOUNT_UNDONE if result == "undone" else table.ACCOUNT_NOT_UNDONE
    if result in _MOVED:
        return table.ACCOUNT_MOVED
    good = result in _NOTHING and account["verdict"] in _GOOD
    return None if good else table.ACCOUNT_NOT_MOVED


def _about(account: AccountJson, hide: Callable[[str, str], str]) -> dict[str, str]:
    old, new = account["before"], account["now"]
    return {
        "account": _made_up("account", account["account"], hide),
        "finding": _made_up("finding", account["finding"], hide),
        "client": _code(account["client"]),
        "program": _harmless(account["program"]),
        "program_version": _harmless(account["program_version"]),
        "provider": _harmless(account["provider"] or ""),
        "verdict": account["verdict"],
        "result": account["result"] or "untouched",
        "why": ", ".join(map(_code, account["reasons"])) or "no reason",
        **_door("from", old),
        **_door("to", new),
    }


def _door(name: str, door: DoorJson | None) -> dict[str, str]:
    port, security = ("unknown", "unknown") if door is None else (door["port"], door["security"])
    return {f"{name}_port": str(port), f"{name}_security": security}


def _ended(document: RunJson) -> Event:
    code = document["exit_code"]
    return _end(code, held=document["held"] is not None).event(
        run=document["run"],
        exit_code=code,
        **_counts(document),
        held=_code(document["held"] or ""),
        ring=_harmless(document["ring"] or ""),
        policy=document["policy"] if _DIGEST.fullmatch(document["policy"]) else "",
        rehearsal=_yes(document["dry_run"]),
        version=_harmless(document["version"]),
    )


def _end(code: int, *, held: bool) -> table.Kind:
    """How a run ended; one that was held has its own event, which says how much that matters."""
    if code == exit_codes.DONE or held:
        return table.RUN_ENDED
    return table.RUN_ENDED_IN_PART if code in _IN_PART else table.RUN_FAILED


def _counts(document: RunJson) -> dict[str, int]:
    people = document["people"]
    accounts = [account for person in people for account in person["accounts"]]
    done = {"changed", "undone"}
    return {
        "people": len(people),
        "people_skipped": sum(person["state"] == "skipped" for person in people),
        "people_failed": sum(person["state"] == "failed" for person in people),
        "accounts": len(accounts),
        "changed": sum(account["result"] in done for account in accounts),
        "left": sum(account["verdict"] not in _GOOD for account in accounts),
    }


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _made_up(kind: str, name: str, hide: Callable[[str, str], str]) -> str:
    return name if re.fullmatch(_MADE_UP.format(kind=kind), name) else hide(kind, name)


def _code(word: str) -> str:
    return word if not word or _CODE.fullmatch(word) else WITHHELD


def _harmless(word: str) -> str:
    return word if not word or _HARMLESS.fullmatch(word) else WITHHELD
