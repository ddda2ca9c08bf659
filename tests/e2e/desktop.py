"""A desktop of a test's own: a screen, a window manager, a keyboard, and a screen reader's ear.

    with a_desktop() as desktop, desktop.screen_reader() as reader:
        ...                                    # start a program with desktop.variables
        desktop.press("Return")
        reader.hears("Pronto")

Everything is started for the test and ends with it; no display or session bus of the machine's is
used. Nothing here waits blindly: each wait is for a state, with a deadline.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from e2e.real_servers import watched
from e2e.real_thunderbird import OutOfPatience, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PATIENCE: Final = 60.0  # seconds, on a machine that is shared with others
SCREEN: Final = "1024x600x24"  # the smallest that we promise
SYSTEM_PYTHON: Final = "/usr/bin/python3"
LAUNCHER: Final = "/usr/libexec/at-spi-bus-launcher"
NEEDED: Final[Mapping[str, str]] = {  # file -> the Debian package that has it
    "/usr/bin/Xvfb": "xvfb",
    "/usr/bin/openbox": "openbox",
    "/usr/bin/xdotool": "xdotool",
    "/usr/bin/dbus-daemon": "dbus-daemon",
    LAUNCHER: "at-spi2-core",
    "/usr/lib/python3/dist-packages/pyatspi": "python3-pyatspi",
}
EAR: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ear.py")
TITLE: Final = "^Configure 587!$"


def hindrance() -> str | None:
    """Why no desktop can be had here, in one sentence; None when it can."""
    absent = [package for file, package in NEEDED.items() if not os.path.exists(file)]
    return f"a desktop for tests needs: apt-get install {' '.join(absent)}" if absent else None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on the screen, as a screen reader tells of it."""

    role: str
    name: str
    description: str = ""
    states: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    @classmethod
    def told(cls, told: Mapping[str, Any]) -> Self:
        """From what the ear says."""
        states, actions = tuple(told["states"]), tuple(told["actions"])
        return cls(told["role"], told["name"], told["description"], states, actions)


@dataclass(slots=True)
class Desktop:
    """One that is up."""

    variables: Mapping[str, str]
    folder: str

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as xdotool names them."""
        self._xdotool("key", "--clearmodifiers", *keys)

    def minimize(self, window: str) -> None:
        """What the title bar's button does."""
        self._xdotool("windowminimize", window)

    def windows(self) -> list[str]:
        """Our windows that can be seen."""
        done = self._try("search", "--onlyvisible", "--name", TITLE)
        return done.stdout.split()

    def active(self) -> str:
        """The window to which the keyboard goes; "" for none."""
        return self._try("getactivewindow").stdout.strip()

    def window(self) -> str:
        """Our one window, once it is shown and has the keyboard."""

        def look() -> str | None:
            active = self.active()
            return active if self.windows() == [active] else None

        return wait_for("our window has the keyboard", look, PATIENCE)

    @contextlib.contextmanager
    def screen_reader(self) -> Iterator[ScreenReader]:
        """Have somebody listen, from before a program starts."""
        with subprocess.Popen(
            [SYSTEM_PYTHON, "-I", EAR],
            env={**self.variables, "PATH": os.defpath, "HOME": self.folder, "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as ear:
            try:
                reader = ScreenReader(ear)
                reader.wait_until_ready()
                yield reader
            finally:
                ear.kill()

    def _xdotool(self, *words: str) -> None:
        done = self._try(*words)
        assert done.returncode == 0, done.stderr

    def _try(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/usr/bin/xdotool", *words],
            env=dict(self.variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )


@dataclass(slots=True)
class ScreenReader:
    """What a person hears who does not see, and what such a person can do by names."""

    ear: subprocess.Popen[str]
    announced: list[str] = field(default_factory=list)
    focused: Thing | None = None
    _lines: queue.Queue[dict[str, Any] | None] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._listen, daemon=True).start()

    def wait_until_ready(self) -> None:
        """Until everything that happens from now on is heard."""
        self._until("ready")

    def hears(self, words: str) -> str:
        """The next announcement that has these words in it; those before it are forgotten."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for number, said in enumerate(self.announced):
                if words in said:
                    del self.announced[: number + 1]
                    return said
            self._next(f"hearing {words!r}", deadline)

    def hears_focus_on(self, name: str) -> Thing:
        """What has the focus, once it is on something of this name."""
        deadline = time.monotonic() + PATIENCE
        while self.focused is None or self.focused.name != name:
            self._next(f"the focus on {name!r}", deadline)
        return self.focused

    def hears_focus(self, seconds: float = PATIENCE) -> Thing:
        """Where the focus goes next."""
        self.focused = None
        deadline = time.monotonic() + seconds
        while self.focused is None:
            self._next("the focus on something", deadline)
        return self.focused

    def looks(self) -> list[Thing]:
        """Everything that is on the screen."""
        answer = self._ask("look")
        return [] if answer is None else [Thing.told(each) for each in answer]

    def finds(self, role: str, name: str) -> Thing:
        """What has this role and name, once it is there."""

        def look() -> Thing | None:
            answer = self._ask("find", role, name)
            return None if answer is None else Thing.told(answer)

        return wait_for(f"{role} {name!r} is shown", look, PATIENCE)

    def does(self, action: str, role: str, name: str) -> None:
        """Do something with what has this role and name."""
        self.finds(role, name)
        assert self._ask(action, role, name) is True, (role, name, action)

    def _ask(self, *order: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        assert self.ear.stdin is not None
        self.ear.stdin.write(json.dumps(order) + "\n")
        self.ear.stdin.flush()
        return self._until("answer", "gone").get("answer")

    def _until(self, *keys: str) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while not (line := self._next(" or ".join(keys), deadline)).keys() & set(keys):
            pass
        return line

    def _next(self, what: str, deadline: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            line = None
        if line is None:
            said = "\n".join(self.announced)
            raise OutOfPatience(f"{what}; focus: {self.focused}; announced:\n{said}")
        if line.get("heard") == "announcement":
            self.announced.append(line["name"])
        elif line.get("heard") == "focus":
            self.focused = Thing.told(line)
        return line

    def _listen(self) -> None:
        assert self.ear.stdout is not None
        for line in self.ear.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)


@contextlib.contextmanager
def a_desktop() -> Iterator[Desktop]:
    """A screen with a window manager and the bus of screen readers, until the block ends."""
    folder = tempfile.mkdtemp(prefix="c587-")  # short, for sockets lie in it
    try:
        with contextlib.ExitStack() as running:
            variables = {"DISPLAY": f":{_screen(running)}", "XDG_RUNTIME_DIR": folder}
            variables["DBUS_SESSION_BUS_ADDRESS"] = _bus(running, folder)
            own = {**variables, "HOME": folder, "PATH": os.defpath, "LANG": "C.UTF-8"}
            desktop = Desktop(variables, folder)
            running.enter_context(_process(["/usr/bin/openbox", "--sm-disable"], own))
            running.enter_context(_process([LAUNCHER, "--launch-immediately", "--a11y=1"], own))
            wait_for("a window manager", lambda: _manages(desktop), PATIENCE)
            yield desktop
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def a_window(desktop: Desktop, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program, in Portuguese, in an empty home, until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "configure587", "window", "--lang", "pt-BR", *words],
        env={**os.environ, **desktop.variables, "TMPDIR": desktop.folder, "QT_QPA_PLATFORM": "xcb"},
        stdin=subprocess.DEVNULL,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def _manages(desktop: Desktop) -> bool | None:
    return desktop._try("get_num_desktops").returncode == 0 or None


def _screen(running: contextlib.ExitStack) -> str:
    """Start an X server on a display that is free; its number."""
    reader, writer = os.pipe()
    try:
        command = ["/usr/bin/Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN]
        command += ["-nolisten", "tcp", "-noreset"]
        running.enter_context(_process(command, {"PATH": os.defpath}, pass_fds=(writer,)))
    finally:
        os.close(writer)
    with open(reader, encoding="ascii") as told:
        return told.readline().strip()


def _bus(running: contextlib.ExitStack, folder: str) -> str:
    """Start a session bus; its address."""
    address = f"unix:path={folder}/bus"
    command = ["/usr/bin/dbus-daemon", "--session", "--nofork", "--address", address]
    own = {"PATH": os.defpath, "HOME": folder, "XDG_RUNTIME_DIR": folder}
    running.enter_context(_process(command, own))
    wait_for("a session bus", lambda: os.path.exists(f"{folder}/bus") or None, PATIENCE)
    return address


@contextlib.contextmanager
def _process(
    command: Sequence[str], variables: Mapping[str, str], pass_fds: Sequence[int] = ()
) -> Iterator[None]:
    """Run a program in a session of its own, and end all of that session."""
    with subprocess.Popen(
        command,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=pass_fds,
    ) as child:
        try:
            with watched(child):
                yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(PATIENCE)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
