"""What test_people.py runs, each in a process of its own: a fork must not meet pytest's threads.

Each case is a function of a Place and of how parts are done: by 2 forks at once, or with 0 by
programs one after the other.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import stat
import sys
import time
from typing import TYPE_CHECKING, ClassVar

from builders import thunderbird
from configure587.machine import children, handing
from configure587.machine.people import LIMIT, Answer, Errand, Someone
from configure587.policy import Policy, Probe
from configure587.rollout import everyone
from configure587.rollout.names import AsTheyAre
from everyone_builders import FIRST, Place, a_place

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.machine import Machine
    from configure587.machine.people import Stop

SECRET = "canary-587 of root"


class Work:
    """What every case does, unless it says otherwise: tell who one is."""

    def ready(self) -> None:
        """Nothing."""

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """The name of the person whose machine it is."""
        del stop
        return machine.user.encode()


def answers(place: Place, work: Work, at_once: int, seconds: float = 60.0) -> dict[str, Answer]:
    """Everybody's answer, by name; afterwards nobody is left at work."""
    errand = Errand(work, seconds, lambda: False)
    known = place.people(at_once)
    found = {someone.name: answer for someone, answer in known.each(known.everyone(), errand)}
    with contextlib.suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
        raise AssertionError("a process is left")
    return found


def said(name: str) -> Answer:
    """Somebody's usual answer."""
    return Answer("done", data=name.encode())


class TellAll(Work):
    """Tell what a process is, and what it can see."""

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """Lines for the assertions of `becomes`."""
        del machine, stop
        ways_back = []
        for back in (os.setuid, os.setgid, os.seteuid, os.setegid):
            with contextlib.suppress(PermissionError):
                back(0)
                ways_back.append(back.__name__)
        with open("mine", "wb"):
            pass
        mode = stat.S_IMODE(os.stat("mine").st_mode)
        descriptors = [int(name) for name in os.listdir("/proc/self/fd")]
        open_on = {os.readlink(f"/proc/self/fd/{n}") for n in descriptors if exists(n)}
        return repr(
            {
                "ids": {*os.getresuid(), *os.getresgid()},
                "groups": os.getgroups(),
                "back": ways_back,
                "where": os.getcwd(),
                "environment": sorted(os.environ),
                "home": os.environ["HOME"],
                "mode": oct(mode),
                "leader": os.getsid(0) == os.getpid(),
                "files": sorted(each for each in open_on if each.startswith("/tmp")),
            }
        ).encode()


def exists(descriptor: int) -> bool:
    """Whether a descriptor is open; that of the listing is not, any more."""
    return os.path.lexists(f"/proc/self/fd/{descriptor}")


def becomes(place: Place, at_once: int) -> None:
    """A process is the person, for good, and has nothing of root's."""
    home = place.person("ana")
    os.environ.update(TMPDIR="/root", XDG_DATA_HOME="/root", CANARY=SECRET)
    descriptor = os.open(os.path.join(place.folder, "secret"), os.O_RDWR | os.O_CREAT)
    os.set_inheritable(descriptor, True)
    told = answers(place, TellAll(), at_once)["ana"]
    assert told.state == "done", told
    assert eval(told.data) == {
        "ids": {FIRST},
        "groups": [FIRST],
        "back": [],
        "where": home,
        "environment": ["HOME", "LC_ALL", "LOGNAME", "PATH", "USER"],
        "home": home,
        "mode": "0o600",
        "leader": True,
        "files": [],
    }, told.data


class Trouble(Work):
    """One person's part goes wrong in some way, by name; the others' do not."""

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """What goes wrong."""
        del stop
        deed = {
            "raises": lambda: 1 // 0,
            "dies": lambda: os.kill(os.getpid(), signal.SIGKILL),
            "leaves": lambda: os._exit(0),
            "hangs": hang,
        }.get(machine.user)
        if deed is not None:
            deed()
        return machine.user.encode() * (LIMIT if machine.user == "talks" else 1)


def hang() -> None:
    """Go on, whatever one is told."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(60)


def troubles(place: Place, at_once: int) -> None:
    """Who crashes, is killed, hangs, says too much or nothing spoils nobody else's part."""
    for name in ("ana", "raises", "dies", "bia", "leaves", "hangs", "talks", "caio"):
        place.person(name)
    setattr(children, "GRACE", 0.2)  # noqa: B010
    setattr(handing, "GRACE", 0.2)  # noqa: B010
    assert answers(place, Trouble(), at_once, seconds=4.0) == {
        **{name: said(name) for name in ("ana", "bia", "caio")},
        "raises": Answer("failed", "person_crashed"),
        "dies": Answer("failed", "person_crashed"),
        "leaves": Answer("failed", "answer_bad"),
        "hangs": Answer("failed", "person_hung"),
        "talks": Answer("failed", "answer_too_long"),
    }


class Patient(Work):
    """Work until told to stop."""

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """That it was told."""
        del machine
        while not stop():
            time.sleep(0.01)
        return b"put back"


def stopping(place: Place, at_once: int) -> None:
    """Those at work are asked to put things back, and nobody more is begun."""
    for number in range(6):
        place.person(f"p{number}")
    started = time.monotonic()
    known = place.people(at_once)
    errand = Errand(Patient(), 600.0, lambda: time.monotonic() > started + 1.5)
    found = [answer for _, answer in known.each(known.everyone(), errand)]
    assert found.count(Answer("done", data=b"put back")) == max(at_once, 1), found
    assert found.count(Answer("failed", "stopped")) == 6 - max(at_once, 1), found


def too_late(place: Place, at_once: int) -> None:
    """Whose time is over is asked to stop before their process is ended."""
    place.person("ana")
    assert answers(place, Patient(), at_once, seconds=1.5) == {
        "ana": Answer("done", data=b"put back")
    }


class Meeting(Work):
    """Be at work until everybody is, and then until told to stop."""

    def __init__(self, table: str, seats: int) -> None:
        """`table` is a folder in which everybody can leave something."""
        self.table = table
        self.seats = seats

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """Whether all were there before somebody said stop."""
        with open(os.path.join(self.table, machine.user), "wb"):
            pass
        met = False
        while not stop():
            met = met or len(os.listdir(self.table)) == self.seats
            time.sleep(0.01)
        return b"met" if met else b"alone"


def together(place: Place, at_once: int) -> None:
    """As many forks as said are at work at once, and all of them hear the signal that ends us."""
    if not at_once:
        return  # programs are started one after the other
    table = os.path.join(place.folder, "table")
    os.mkdir(table)
    os.chmod(table, 0o777)
    for number in range(6):
        place.person(f"p{number}")
    heard: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))

    def stop() -> bool:
        if len(os.listdir(table)) == 4 and not heard:
            time.sleep(0.2)
            os.kill(os.getpid(), signal.SIGTERM)
        return bool(heard)

    known = place.people(4)
    parts = known.each(known.everyone(), Errand(Meeting(table, 4), 60.0, stop))
    found = [answer for _, answer in parts]
    assert found.count(Answer("done", data=b"met")) == 4, found
    assert found.count(Answer("failed", "stopped")) == 2, found
    assert len(os.listdir(table)) == 4


class Garbage(Work):
    """Tell what a look for garbage leaves alone."""

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """Whether what was there before is looked through: that would copy all of it."""
        del machine, stop
        return b"whole" if gc.get_freeze_count() > 1_000 else b"copied"


def shared(place: Place, at_once: int) -> None:
    """What a fork shares with us is not copied for a look for garbage, and we go on as before."""
    if not at_once:
        return  # a program shares nothing
    place.person("ana")
    assert answers(place, Garbage(), at_once) == {"ana": Answer("done", data=b"whole")}
    assert gc.get_freeze_count() == 0


def left_out(place: Place, at_once: int) -> None:
    """A home that is none, or not theirs, is not entered, and the reason is told."""
    place.person("ana")
    os.rmdir(place.person("gone"))
    os.rename(place.person("file"), os.path.join(place.folder, "home", "moved"))
    with open(os.path.join(place.folder, "home", "file"), "wb"):
        pass
    place.person("thief", home=place.accounts[0]["home"], uid=FIRST + 90)
    os.chown(place.accounts[0]["home"], FIRST, FIRST)
    os.makedirs(os.path.join(place.folder, "shut"))
    place.person("shut", home=os.path.join(place.folder, "shut", "home"))
    os.chmod(os.path.join(place.folder, "shut"), 0o700)
    os.chmod(place.person("closed"), 0)
    elsewhere(place, "linked", owner=0)
    elsewhere(place, "sly", owner=FIRST + 95)
    looped = place.person("looped")
    os.rmdir(looped)
    os.symlink("looped", looped)
    with open(os.path.join(place.person("sealed"), "Access-Your-Private-Data.desktop"), "wb"):
        pass
    place.person("service", uid=123)
    place.person("closed-down", shell="/usr/sbin/nologin")
    codes = {name: each.code for name, each in answers(place, Work(), at_once).items()}
    assert codes == {
        "ana": "",
        "gone": "home_missing",
        "file": "home_missing",
        "thief": "home_of_another",
        "shut": "home_locked",
        "closed": "home_locked",
        "linked": "",
        "sly": "home_link",
        "looped": "home_unreachable",
        "sealed": "home_locked",
        "service": "service_account",
        "closed-down": "account_closed",
    }, codes


def elsewhere(place: Place, name: str, owner: int) -> None:
    """Move a home, and leave a link that belongs to this number."""
    home = place.person(name)
    os.rename(home, f"{home}.moved")
    os.symlink(f"{home}.moved", home)
    os.chown(home, owner, owner, follow_symlinks=False)


class Real(everyone.Task):
    """The real work; it tells what had to be read for it that a person may not be able to read."""

    __slots__ = ()
    loaded: ClassVar[set[str]] = set()

    def ready(self) -> None:
        """Note what is loaded by now."""
        super().ready()
        self.loaded.update(sys.modules)

    def __call__(self, machine: Machine, stop: Stop) -> bytes:
        """The modules that were loaded too late."""
        entry = super().__call__(machine, stop)
        assert b'"changed"' in entry, entry
        return repr(sorted(set(sys.modules) - self.loaded)).encode()


def prepared(place: Place, at_once: int) -> None:
    """All that a part needs was read before anybody became somebody else."""
    place.person("ana", thunderbird(port=25))
    work = Real(Policy(probe=Probe.OFF), "apply", False, AsTheyAre(), None)
    told = answers(place, work, at_once)["ana"]  # type: ignore[arg-type]  # a Work in all but name
    assert told == Answer("done", data=b"[]"), told


def cleared(place: Place, at_once: int) -> None:
    """Whoever stops listening leaves nobody at work."""
    for number in range(4):
        place.person(f"p{number}")
    known = place.people(at_once)
    parts = known.each(known.everyone(), Errand(Work(), 60.0, lambda: False))
    next(parts)
    parts.close()  # type: ignore[attr-defined]  # it is a generator
    with contextlib.suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
        raise AssertionError("a process is left")


def not_root(place: Place, at_once: int) -> None:
    """Where the system lets nobody become somebody else, nothing is done as root instead."""
    place.person("ana")
    known = place.people(2)
    someones = known.everyone()
    del at_once
    process = os.fork()
    if not process:
        os.setuid(FIRST + 1)
        found = list(known.each(someones, Errand(Work(), 60.0, lambda: False)))
        os._exit(found != [(someones[0], Answer("failed", "not_become"))])
    assert os.waitpid(process, 0)[1] == 0


def of_root(place: Place, at_once: int) -> None:
    """Somebody with the number of root is never become, whatever a list says."""
    known = place.people(at_once)
    root = Someone("root", place.folder, "0", 0)
    found = [answer for _, answer in known.each([root], Errand(Work(), 60.0, lambda: False))]
    assert found == [Answer("failed", "not_become")]


CASES: dict[str, Callable[[Place, int], None]] = {
    "becomes": becomes,
    "troubles": troubles,
    "stopping": stopping,
    "too_late": too_late,
    "together": together,
    "shared": shared,
    "left_out": left_out,
    "prepared": prepared,
    "cleared": cleared,
    "not_root": not_root,
    "of_root": of_root,
}


def main() -> None:
    """Run one case."""
    with a_place() as place:
        CASES[sys.argv[1]](place, int(sys.argv[2]))
