"""A line to a server: it waits no longer than it may, and sees what stands in the socket."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Final

import pytest

from configure587.errors import Cancelled
from configure587.submission.connecting import resolve
from configure587.submission.line import Line
from configure587.submission.patience import Limits, Patience, TimeUp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MUCH: Final = b"x" * 10_000_000  # more than any buffer of the system holds


def never() -> bool:
    return False


@contextlib.contextmanager
def a_line(
    stopped: Callable[[], bool] = never, total: float = 5
) -> Iterator[tuple[Line, socket.socket, Patience]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    patience = Patience(Limits(total=total), stopped)
    line = Line(near, patience)
    with far:
        yield line, far, patience
        line.close()


def test_sending_to_one_who_does_not_read_has_its_limit() -> None:
    with a_line() as (line, _, patience), pytest.raises(TimeUp):
        line.send(MUCH, patience.until(0.1))


def test_much_is_sent_in_pieces() -> None:
    heard: list[int] = []

    def read(far: socket.socket) -> None:
        while sum(heard) < len(MUCH):
            heard.append(len(far.recv(1 << 20)))

    with a_line() as (line, far, patience):
        reader = threading.Thread(target=read, args=(far,))
        reader.start()
        line.send(MUCH, patience.until(5))
        reader.join()
    assert sum(heard) == len(MUCH)


def test_bytes_that_nobody_read_are_seen_and_stay() -> None:
    with a_line() as (line, far, patience):
        assert not line.readable()
        far.sendall(b"250 forged\r\n")
        assert line.readable()
        assert line.receive(patience.until(1)) == b"250 forged\r\n"


def test_the_end_of_a_connection_is_not_a_byte() -> None:
    with a_line() as (line, far, patience):
        far.shutdown(socket.SHUT_RDWR)
        assert not line.readable()
        assert line.receive(patience.until(1)) == b""


def test_a_total_is_shorter_than_its_parts() -> None:
    begun = time.monotonic()
    with a_line(total=0.1) as (line, _, patience), pytest.raises(TimeUp):
        line.receive(patience.until(60))
    assert time.monotonic() - begun < 1


def test_a_stop_is_heard_while_waiting() -> None:
    begun = time.monotonic()
    with (
        a_line(lambda: time.monotonic() - begun > 0.1, total=60) as (line, _, patience),
        pytest.raises(Cancelled),
    ):
        line.receive(patience.until(60))
    assert time.monotonic() - begun < 1


def test_a_pause_that_does_not_fit_is_not_begun() -> None:
    begun = time.monotonic()
    with pytest.raises(TimeUp):
        Patience(Limits(total=1), never).pause(2)
    assert time.monotonic() - begun < 0.5


def test_a_closed_line_leaves_no_descriptor() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with a_line():
        pass
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_system_resolves_each_address_once() -> None:
    found = resolve("localhost")
    assert found
    assert set(found) <= {"127.0.0.1", "::1"}
    assert len(found) == len(set(found))
