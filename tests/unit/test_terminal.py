"""The command on a real (pseudo) terminal: the one question, and Ctrl+C."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from builders import contents, thunderbird
from certificates import Authority
from submission.hostile_server import GOOD, HostileServer

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

PREFS = "home/.thunderbird/abcd1234.default/prefs.js"
DEADLINE = 60.0


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder that stands for a computer with one profile on 25."""
    for name, data in contents(thunderbird(port=25)).items():
        path = tmp_path / name.replace("/home/ana/", "home/").lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path


class Terminal:
    """One command on a pseudo terminal."""

    def __init__(self, *words: str) -> None:
        """Start it."""
        self.master, slave = pty.openpty()
        os.set_blocking(self.master, False)
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "configure587", *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: _control(slave),  # noqa: PLW1509 - no threads here
        )
        os.close(slave)

    def read_until(self, wanted: str) -> str:
        """Read until some text has come."""
        end = time.monotonic() + DEADLINE
        while wanted not in self.text and time.monotonic() < end and self._read():
            pass
        assert wanted in self.text, self.text
        return self.text

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode())

    def wait(self) -> int:
        """The exit code; whatever is still printed is read."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and self._read():
            pass
        return self.process.wait(DEADLINE)

    def _read(self) -> bool:
        """Read what has come; False once nobody writes any more."""
        if not select.select([self.master], [], [], 0.2)[0]:
            return self.process.poll() is None
        try:
            chunk = os.read(self.master, 65_536)
        except BlockingIOError:  # Ctrl+C empties the queue between the look and the read
            return True
        except OSError:
            return False
        self.text += chunk.decode()
        return bool(chunk)


def _control(descriptor: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


@pytest.fixture
def apply(image: pathlib.Path) -> Iterator[Terminal]:
    """configure587 apply, at its question."""
    terminal = Terminal("apply", "--no-network", "--image", str(image), "--lang", "en")
    terminal.read_until("[y/N] ")
    yield terminal
    terminal.process.kill()
    terminal.process.wait()
    os.close(terminal.master)


def test_the_plan_is_shown_before_the_question(apply: Terminal) -> None:
    assert apply.text.index("mail.smtpserver.smtp1.port = 587") < apply.text.index("[y/N]")


def test_yes_changes(apply: Terminal, image: pathlib.Path) -> None:
    apply.type("y\n")
    assert apply.wait() == 0
    assert b'smtp1.port", 587' in (image / PREFS).read_bytes()
    assert "test message to yourself" in apply.text


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04", "perhaps\n"])
def test_anything_but_yes_changes_nothing(
    apply: Terminal, image: pathlib.Path, answer: str
) -> None:
    before = (image / PREFS).read_bytes()
    apply.type(answer)
    assert apply.wait() == 1
    assert "Nothing was changed, as you wished" in apply.text
    assert (image / PREFS).read_bytes() == before


def test_ctrl_c_at_the_question_stops_with_130(apply: Terminal, image: pathlib.Path) -> None:
    before = (image / PREFS).read_bytes()
    apply.type("\x03")
    assert apply.wait() == 130
    assert "Nothing was left half done" in apply.text
    assert (image / PREFS).read_bytes() == before
    assert not (image / "home/.local").exists()


@pytest.mark.parametrize("politely", [False, True])
def test_at_the_password_one_stops_at_once_and_nothing_is_tried(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, *, politely: bool
) -> None:
    authority = Authority(str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", authority.path)
    with HostileServer(GOOD, authority.issue("localhost")) as server:
        door = ["localhost", "--port", str(server.port), "--data-dir", str(tmp_path)]
        terminal = Terminal("check", *door, "--sign-in", "--user", "ana", "--lang", "en")
        try:
            terminal.read_until("Password (it is not shown): ")
            if politely:
                terminal.process.terminate()
            else:
                terminal.type("\x03")
            assert terminal.wait() == 130
        finally:
            terminal.process.kill()
            terminal.process.wait()
            os.close(terminal.master)
        assert not any(line.startswith("AUTH") for line in server.heard)


def test_a_polite_end_at_the_question_stops_with_130(apply: Terminal) -> None:
    apply.process.terminate()
    assert apply.wait() == 130


def test_ctrl_c_while_waiting_for_the_program_stops_with_130(image: pathlib.Path) -> None:
    lock = image / "home/.thunderbird/abcd1234.default/.parentlock"
    lock.touch()
    hold = (
        "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        words = (
            "apply",
            "--no-network",
            "--yes",
            "--when-running",
            "wait",
            "--image",
            str(image),
            "--lang",
            "en",
        )
        terminal = Terminal(*words)
        terminal.read_until("Waiting until the mail program is closed")
        terminal.type("\x03")
        assert terminal.wait() == 130
        os.close(terminal.master)
        assert other.stdin is not None
        other.stdin.close()
    assert b'smtp1.port", 25' in (image / PREFS).read_bytes()
