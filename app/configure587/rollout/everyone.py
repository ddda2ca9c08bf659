"""Everybody with an account on this computer: each one's part, done apart, and how it went."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from configure587 import crash
from configure587.errors import Busy, NoPermission, Refused, detail
from configure587.machine import memory
from configure587.machine.people import Errand
from configure587.policy import Policy, Probe
from configure587.report import exit_codes
from configure587.report.run_documents import PersonJson
from configure587.rollout import one_person
from configure587.rollout.names import MadeUp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from configure587.machine import Machine
    from configure587.machine.people import Answer, People, Someone, Stop
    from configure587.machine.seams import Network
    from configure587.report.run_documents import PersonWord, RunWord
    from configure587.rollout.names import Names
    from configure587.submission.probe import SocketNetwork

SECONDS = 600.0
"""How long one person's part may take, besides the wait for an open program."""

# Loaded before anybody becomes somebody else, who may not be able to read where we are installed:
# what a rehearsal in memory does not load. The codecs are those of files that programs leave.
_MODULES = (
    *("configure587.clients.guided", "configure587.elsewhere", "configure587.formats.prefs_tokens"),
    *("configure587.submission.provider_table", "configure587.whole_files", "configure587.secrets"),
    "configure587.machine.spread",
    *("encodings.ascii", "encodings.latin_1", "encodings.cp1252", "encodings.utf_8_sig"),
    *("encodings.utf_16", "encodings.utf_16_le", "encodings.idna", "encodings.unicode_escape"),
)
_FOR_A_LOOK = (
    *("configure587.submission.verdict", "configure587.submission.discovery"),
    *("configure587.submission.autoconfig", "configure587.submission.online"),
)
_SAMPLE = b"""user_pref("mail.identity.id1.smtpServer", "smtp1");
user_pref("mail.smtpserver.smtp1.hostname", "smtp.example.com.br");
user_pref("mail.smtpserver.smtp1.port", 25);
user_pref("mail.smtpservers", "smtp1");
"""


class Prepared:
    """A network that is ready to look before anybody becomes somebody else.

    Handed on as bytes, to a process that is no fork of ours, it is made anew there.
    """

    def __init__(self, make: Callable[[], SocketNetwork]) -> None:
        """`make` has to be something that can be named, or a partial of it."""
        self._make = make
        self._ready = make()
        self._ready.prepare()

    def __call__(self) -> Network:
        """The network."""
        return self._ready

    def __reduce__(self) -> tuple[type[Prepared], tuple[Callable[[], SocketNetwork]]]:
        """How to make it anew."""
        return Prepared, (self._make,)


@dataclass(frozen=True, slots=True)
class Task:
    """What is done for each person, as people.Work wants it; fields as of carried_out."""

    policy: Policy
    run: RunWord
    dry_run: bool
    names: Names
    network: Callable[[], Network] | None

    def ready(self) -> None:
        """See Work.ready."""
        for name in (*_MODULES, *(_FOR_A_LOOK if self.network is not None else ())):
            importlib.import_module(name)
        _rehearse()

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """See Work."""
        if self.network is not None:
            machine = machine.but(network=self.network())
        try:
            entry = one_person.carried_out(
                machine, self.policy, self.run, dry_run=self.dry_run, names=self.names, stop=stop
            )
        except BaseException as error:
            crash.write_for(machine, error)
            raise
        return _encoded(entry)


class Part(NamedTuple):
    """How it went for one account; `entry` is what a report tells of it.

    `place` is that in the list of accounts: parts come as they are done.
    """

    place: int
    someone: Someone
    entry: PersonJson


def carried_out(  # noqa: PLR0913 - as one_person.carried_out, and for whom
    people: People,
    policy: Policy,
    run: RunWord,
    *,
    dry_run: bool,
    names: Names,
    stop: Stop,
    network: Callable[[], Network] | None = None,
) -> Iterator[Part]:
    """The parts of all people, as they are done; NoPermission when we may not act for others.

    `network` is called in each person's process, and made so that it can be handed there.
    """
    if not people.allowed():
        raise NoPermission("not_administrator")
    task = Task(policy, run, dry_run, names, network)
    errand = Errand(task, SECONDS + policy.wait, stop)
    try:
        with people.alone():
            someones = _listed(people)
            places = {someone: place for place, someone in enumerate(someones)}
            for someone, answer in people.each(someones, errand):
                yield Part(places[someone], someone, told(someone, answer, names))
    except Busy as error:
        raise Refused("another_run") from error


def told(someone: Someone, answer: Answer, names: Names) -> PersonJson:
    """A person's entry, of what their process said; what it cannot have meant is a failure."""
    person = _plain(names.of("person", someone.name))
    if answer.state == "skipped":
        return _without_accounts(person, "skipped", answer.code, exit_codes.DONE)
    if answer.state == "failed":
        code = exit_codes.STOPPED if answer.code == "stopped" else exit_codes.FAILED
        return _without_accounts(person, "failed", answer.code, code)
    try:
        entry = msgspec.json.decode(answer.data, type=PersonJson)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        entry = None
    if entry is None or entry["person"] != person:
        return _without_accounts(person, "failed", "answer_bad", exit_codes.FAILED)
    return entry


def exit_code(entries: Sequence[PersonJson]) -> int:
    """What a run for all of them ends with: the worst, or "in part" where only some failed."""
    codes = {each["exit_code"] for each in entries if each["state"] != "skipped"}
    failures = [code for code in _FAILURES if code in codes]
    if exit_codes.STOPPED in codes:
        return exit_codes.STOPPED
    if failures:
        return exit_codes.IN_PART if codes - set(failures) else failures[0]
    return next((code for code in _WORST if code in codes), exit_codes.DONE)


_FAILURES = (
    exit_codes.OUR_BUG,
    exit_codes.FAILED,
    exit_codes.NO_PERMISSION,
    exit_codes.REFUSED,
)
_WORST = (
    *(exit_codes.IN_PART, exit_codes.NOT_PROVEN, exit_codes.OTHER_SIGN_IN, exit_codes.DEFERRED),
    *(exit_codes.NEEDS_A_PERSON, exit_codes.DUE),
)


def _listed(people: People) -> Sequence[Someone]:
    try:
        return people.everyone()
    except OSError as error:
        raise Refused("people_unknown", detail=detail(error)) from error


def _rehearse() -> None:
    """Do all of it once in memory, so that all that is read on the way has been read."""
    folder = "/home/ana/.thunderbird"
    files = {
        f"{folder}/profiles.ini": b"[Profile0]\nIsRelative=1\nPath=p\n",
        f"{folder}/p/prefs.js": _SAMPLE,
        f"{folder}/p/compatibility.ini": b"[Compatibility]\nLastVersion=140.0_1/1\n",
        "/home/ana/.config/configure587/policy.toml": b'exclude-hosts = ["mail.example"]\n',
    }
    sample = memory.machine(files)
    policy = Policy(probe=Probe.OFF, own_keys=("exclude-hosts",))
    for run in _RUNS:
        one_person.carried_out(
            sample, policy, run, dry_run=False, names=MadeUp(b""), stop=lambda: False
        )


_RUNS: tuple[RunWord, ...] = ("apply", "scan", "rollback")


def _encoded(entry: PersonJson) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode(errors="replace")


def _plain(text: str) -> str:
    """The text as it comes out of _encoded."""
    return text.encode(errors="replace").decode()


def _without_accounts(person: str, state: PersonWord, reason: str, code: int) -> PersonJson:
    return {
        "person": person,
        "state": state,
        "reason": reason,
        "exit_code": code,
        "backups": [],
        "accounts": [],
    }
