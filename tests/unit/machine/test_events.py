"""Events reach the logs of each system as these take them, and never a person's own log in a test.

The sockets are real ones, made by the test; the functions of Windows and macOS are stood in for.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
import syslog
import threading
from typing import TYPE_CHECKING, Any, Final

import pytest

from configure587.machine import Platform, here, unix_events, windows_events
from configure587.machine.events import Event, Level, MemoryEvents
from configure587.machine.unix_events import MacEvents, UnixEvents
from configure587.machine.windows_events import WindowsEvents
from real_world import Guard, RealWorldTouched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENT: Final = Event(
    110,
    "account_moved",
    "1c51d2d9160a43b6b93fde3b440eae2f",
    Level.WARNING,
    "A sentence.",
    (("account", "account-1-k7q2mx"), ("from_port", "25")),
)


@contextlib.contextmanager
def listening(path: Path, kind: int = socket.SOCK_DGRAM) -> Iterator[socket.socket]:
    """Give a socket that stands for the one of a log."""
    with socket.socket(socket.AF_UNIX, kind) as door:
        door.bind(str(path))
        door.settimeout(5)
        if kind == socket.SOCK_STREAM:
            door.listen()
        yield door


def understood(entry: bytes) -> dict[str, str]:
    """An entry as journald reads it: lines NAME=value, or NAME, a length, that many bytes."""
    found = {}
    while entry:
        name, separator, rest = entry.partition(b"\n")
        if b"=" in name:
            name, _, value = name.partition(b"=")
        else:
            assert separator
            (length,) = struct.unpack_from("<Q", rest)
            value, rest = rest[8 : 8 + length], rest[8 + length + 1 :]
        found[name.decode()] = value.decode()
        entry = rest
    return found


def test_journald_gets_an_entry_with_fields(tmp_path: Path) -> None:
    with listening(tmp_path / "journal") as journal:
        UnixEvents(str(tmp_path / "journal"), str(tmp_path / "none")).write(EVENT)
        assert understood(journal.recv(65536)) == {
            "MESSAGE": "A sentence.",
            "MESSAGE_ID": "1c51d2d9160a43b6b93fde3b440eae2f",
            "PRIORITY": "4",
            "SYSLOG_IDENTIFIER": "configure587",
            "CONFIGURE587_EVENT": "110",
            "CONFIGURE587_CODE": "account_moved",
            "CONFIGURE587_ACCOUNT": "account-1-k7q2mx",
            "CONFIGURE587_FROM_PORT": "25",
        }


def test_a_line_break_in_a_value_makes_no_field_of_its_own(tmp_path: Path) -> None:
    odd = EVENT._replace(fields=(("account", "x\nPRIORITY=0"),))
    with listening(tmp_path / "journal") as journal:
        UnixEvents(str(tmp_path / "journal")).write(odd)
        found = understood(journal.recv(65536))
    assert (found["PRIORITY"], found["CONFIGURE587_ACCOUNT"]) == ("4", "x\nPRIORITY=0")


def test_syslog_is_told_only_where_no_journal_listens(tmp_path: Path) -> None:
    with listening(tmp_path / "journal") as journal, listening(tmp_path / "log") as log:
        UnixEvents(str(tmp_path / "journal"), str(tmp_path / "log")).write(EVENT)
        assert journal.recv(65536)
        assert waiting(log) == []


@pytest.mark.parametrize("stale", [False, True], ids=["no socket", "a socket of a dead journald"])
def test_syslog_takes_the_place_of_a_journal(tmp_path: Path, stale: bool) -> None:
    if stale:
        with listening(tmp_path / "journal"):
            pass
    with listening(tmp_path / "log") as log:
        UnixEvents(str(tmp_path / "journal"), str(tmp_path / "log")).write(EVENT)
        assert log.recv(65536).decode() == (
            f"<12>configure587[{os.getpid()}]: 110 account_moved: A sentence. "
            "account=account-1-k7q2mx from_port=25"
        )


def test_an_old_syslog_that_listens_for_streams_is_told_too(tmp_path: Path) -> None:
    heard: list[bytes] = []

    def hear(door: socket.socket) -> None:
        connection, _ = door.accept()
        with connection:
            heard.extend(iter(lambda: connection.recv(4096), b""))

    with listening(tmp_path / "log", socket.SOCK_STREAM) as log:
        listener = threading.Thread(target=hear, args=(log,))
        listener.start()
        UnixEvents(str(tmp_path / "none"), str(tmp_path / "log")).write(EVENT)
        listener.join(5)
    assert b"".join(heard).endswith(b" from_port=25\0")


def test_without_any_log_a_run_goes_on(tmp_path: Path) -> None:
    UnixEvents(str(tmp_path / "none"), str(tmp_path / "neither")).write(EVENT)


def test_a_text_longer_than_a_datagram_may_be_is_cut(tmp_path: Path) -> None:
    with listening(tmp_path / "journal") as journal:
        UnixEvents(str(tmp_path / "journal")).write(EVENT._replace(text="x" * 1_000_000))
        assert len(understood(journal.recv(65536))["MESSAGE"]) == 8192


def waiting(door: socket.socket) -> list[bytes]:
    """Take all that waits at this socket."""
    door.setblocking(False)
    found = []
    with contextlib.suppress(BlockingIOError):
        while True:
            found.append(door.recv(65536))
    return found


def fill(path: Path) -> None:
    """Send until the socket has no room."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.setblocking(False)
        other.connect(str(path))
        with contextlib.suppress(BlockingIOError):
            while True:
                other.send(b"x")


def test_a_log_that_hangs_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unix_events, "_PATIENCE", 0.05)
    with listening(tmp_path / "journal") as journal, listening(tmp_path / "log") as log:
        fill(tmp_path / "journal")
        events = UnixEvents(str(tmp_path / "journal"), str(tmp_path / "log"))
        events.write(EVENT)
        assert set(waiting(journal)) == {b"x"}
        events.write(EVENT)  # there is room again, but nobody waits for it a second time
        assert (waiting(journal), waiting(log)) == ([], [])


def test_macos_gets_one_line_by_syslog() -> None:
    said: list[tuple[int, str]] = []
    MacEvents(lambda *words: said.append(words)).write(
        EVENT._replace(level=Level.ERROR, fields=(("account", "a\n\0b"),))
    )
    assert said == [(syslog.LOG_ERR, "110 account_moved: A sentence. account=a b")]


class FakeAdvapi:
    """The three functions of advapi32.dll, and what they were called with."""

    def __init__(self, source: int = 587) -> None:
        """`source` is the handle that is given out."""
        self.calls: list[tuple[Any, ...]] = []
        self._source = source

    def RegisterEventSourceW(self, *words: Any) -> int:  # noqa: ANN401, N802 - as Windows names it
        """Take a source's name."""
        self.calls.append(("open", *words))
        return self._source

    def ReportEventW(self, *words: Any) -> int:  # noqa: ANN401, N802 - as Windows names it
        """Take an event; its strings are read as Windows reads them."""
        strings = words[7]
        assert isinstance(strings, ctypes.Array)
        self.calls.append(("report", *words[:7], list(strings), words[8]))
        return 1

    def DeregisterEventSource(self, *words: Any) -> int:  # noqa: ANN401, N802 - as Windows names it
        """Take the handle back."""
        self.calls.append(("close", *words))
        return 1


def test_windows_gets_the_sentence_first_and_every_field_as_a_string_of_its_own() -> None:
    advapi = FakeAdvapi()
    WindowsEvents(advapi).write(EVENT)
    strings = ["A sentence.", "code=account_moved", "account=account-1-k7q2mx", "from_port=25"]
    assert advapi.calls == [
        ("open", None, "Configure587"),
        ("report", 587, 2, 0, 110, None, 4, 0, strings, None),
        ("close", 587),
    ]


@pytest.mark.parametrize(("level", "kind"), [(Level.INFO, 4), (Level.WARNING, 2), (Level.ERROR, 1)])
def test_windows_tells_levels_apart(level: Level, kind: int) -> None:
    advapi = FakeAdvapi()
    WindowsEvents(advapi).write(EVENT._replace(level=level))
    assert advapi.calls[1][2] == kind


def test_where_windows_opens_no_log_nothing_is_reported() -> None:
    advapi = FakeAdvapi(source=0)
    WindowsEvents(advapi).write(EVENT)
    assert [name for name, *_ in advapi.calls] == ["open"]


def test_a_zero_or_an_endless_text_cannot_cut_an_event_of_windows() -> None:
    advapi = FakeAdvapi()
    WindowsEvents(advapi).write(EVENT._replace(text="a\0b" + "x" * 40_000))
    text = advapi.calls[1][8][0]
    assert (text[:3], len(text)) == ("a b", 31_839)


def test_the_source_is_registered_with_a_file_that_is_a_part_of_windows() -> None:
    key, values = windows_events.REGISTRATION
    assert key.endswith(rf"\EventLog\Application\{windows_events.SOURCE}")
    assert ("EventMessageFile", "REG_EXPAND_SZ") in {(name, kind) for name, kind, _ in values}


@pytest.mark.parametrize(
    ("platform", "kind"),
    [
        (Platform.LINUX, UnixEvents),
        (Platform.MACOS, MacEvents),
        (Platform.WINDOWS, WindowsEvents),
    ],
)
def test_every_system_has_its_log(platform: Platform, kind: type) -> None:
    assert isinstance(here.events(platform), kind)


def test_a_computer_has_no_log_until_an_unattended_run_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    assert [machine.events for machine in here.machines()] == [None]
    assert [machine.events for machine in here.machines(str(tmp_path))] == [None]


def test_a_log_in_memory_keeps_what_was_written() -> None:
    log = MemoryEvents()
    log.write(EVENT)
    assert log.written == [EVENT]


def test_a_test_that_writes_to_the_real_log_is_an_error(real_world: Guard) -> None:
    for log in (UnixEvents(), UnixEvents(syslog=unix_events.JOURNAL), MacEvents()):
        with pytest.raises(RealWorldTouched, match="the log of this computer"):
            log.write(EVENT)
    with pytest.raises(RealWorldTouched, match="the log of this computer"):
        _ = ctypes.CDLL(None).ReportEventW
    real_world.complaints.clear()
