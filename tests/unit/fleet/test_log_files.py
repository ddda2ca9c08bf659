"""Bytes become lines: packed or not, whole or broken, and never all at once."""

from __future__ import annotations

import gzip
import io
import threading
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configure587.fleet import log_files
from configure587.fleet.log_files import LONGEST_LINE, TOO_LONG, Damaged, ahead, blocks, lines

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

TEXT = b"".join(b"line %d of a log\n" % number for number in range(50_000))


class Slow(io.BytesIO):
    """One that gives as little at a time as a pipe may."""

    def read(self, size: int | None = -1) -> bytes:
        """Give seven bytes at most."""
        return super().read(min(size or 0, 7))


class Broken(io.BytesIO):
    """A disk that fails behind the first block."""

    def read(self, size: int | None = -1) -> bytes:
        """Give it, then fail."""
        if self.tell():
            raise OSError(5, "broken")
        return super().read(size)


def all_lines(source: Iterator[bytes]) -> list[bytes]:
    texts = list(lines(source))
    assert all(text.endswith(b"\n") for text in texts)
    return [line for text in texts for line in text[:-1].split(b"\n")]


@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        gzip.compress(TEXT),
        gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:]),
        gzip.compress(b"") + gzip.compress(TEXT) + b"\0" * 700_000,
        gzip.compress(TEXT, 0),
    ],
    ids=["plain", "packed", "two members", "padded", "stored"],
)
def test_a_log_is_the_same_packed_or_not(data: bytes) -> None:
    assert b"".join(blocks(io.BytesIO(data))) == TEXT


@given(st.lists(st.binary(max_size=30).map(lambda each: each.replace(b"\n", b""))), st.booleans())
def test_lines_are_those_of_the_text_however_it_is_cut(some: list[bytes], end: bool) -> None:
    text = b"\n".join(some) + b"\n" * end
    expected = text.split(b"\n")
    if not expected[-1]:
        expected.pop()
    for size in (1, 2, 7, 1000):
        cut = (text[at : at + size] for at in range(0, len(text), size))
        assert all_lines(cut) == expected


@pytest.mark.parametrize("keep", [0.00002, 0.0001, 0.5, 0.999])
def test_a_packed_log_that_breaks_off_gives_what_came_before(keep: float) -> None:
    packed = gzip.compress(TEXT)
    cut = packed[: max(3, int(len(packed) * keep))]
    got: list[bytes] = []
    with pytest.raises(Damaged, match="EOF"):
        got.extend(blocks(io.BytesIO(cut)))
    assert TEXT.startswith(b"".join(got))
    assert got or len(cut) < 1000


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(TEXT)[:-8] + b"12345678",
        gzip.compress(TEXT) + b"junk",
        b"\x1f\x8b" + b"\xff" * 1000,
    ],
    ids=["checksum", "junk behind", "no gzip at all"],
)
def test_a_packed_log_that_is_damaged_is_told(data: bytes) -> None:
    with pytest.raises(Damaged, match="GZIP"):
        list(blocks(io.BytesIO(data)))


def test_a_disk_that_fails_is_told_by_the_name_of_the_error() -> None:
    with pytest.raises(Damaged, match="EIO"):
        list(blocks(Broken(TEXT * 2)))


def test_a_pipe_may_give_as_little_as_it_likes() -> None:
    assert b"".join(blocks(Slow(TEXT[:999]))) == TEXT[:999]
    assert b"".join(blocks(Slow(gzip.compress(TEXT)))) == TEXT


def test_a_bomb_is_unpacked_in_small_pieces() -> None:
    packed = zlib.compressobj(wbits=31)
    data = b"".join(packed.compress(b"\0" * 1_000_000) for _ in range(200)) + packed.flush()
    sizes = [len(block) for block in blocks(io.BytesIO(data))]
    assert sum(sizes) == 200_000_000
    assert max(sizes) <= 1 << 20
    assert all_lines(blocks(io.BytesIO(data))) == [TOO_LONG]


def test_a_line_of_10_mb_is_dropped_and_its_neighbours_are_kept() -> None:
    text = b"first\n" + b"x" * 10_000_000 + b"\nlast\n"
    assert all_lines(blocks(io.BytesIO(text))) == [b"first", TOO_LONG, b"last"]
    assert LONGEST_LINE < 10_000_000


def test_an_empty_log_has_no_lines() -> None:
    assert all_lines(blocks(io.BytesIO(b""))) == []
    assert all_lines(blocks(io.BytesIO(gzip.compress(b"")))) == []


def test_a_line_of_the_greatest_length_is_kept_and_one_byte_more_is_too_long() -> None:
    longest = b"x" * LONGEST_LINE
    for cut in (1 << 12, 1 << 16, 1 << 20):
        text = b"\n".join([b"first", longest, longest + b"x", b"", b"last"])
        some = (text[at : at + cut] for at in range(0, len(text), cut))
        assert all_lines(some) == [b"first", longest, TOO_LONG, b"", b"last"]


def threads() -> list[str]:
    """Those of ours that are at work."""
    return [each.name for each in threading.enumerate() if "make" in each.name]


def test_a_packed_file_is_unpacked_while_it_is_read_and_is_the_same(
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / "mail.log.gz"
    path.write_bytes(gzip.compress(TEXT))
    with log_files.opened(str(path)) as source:
        some = blocks(source)
        first = next(some)
        assert len(threads()) == 1
        assert first + b"".join(some) == TEXT
    assert threads() == []


def test_a_packed_file_that_breaks_off_gives_what_came_before(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "mail.log.gz"
    packed = gzip.compress(TEXT)
    path.write_bytes(packed[: len(packed) // 2])
    got: list[bytes] = []
    with log_files.opened(str(path)) as source, pytest.raises(Damaged, match="EOF"):
        got.extend(blocks(source))
    assert got
    assert TEXT.startswith(b"".join(got))


def test_no_more_than_a_few_blocks_are_made_ahead() -> None:
    made: list[int] = []

    def source() -> Iterator[bytes]:
        for number in range(1_000):
            made.append(number)
            yield b"%d" % number

    most = max(len(made) - int(block) for block in ahead(source()))
    assert len(made) == 1_000
    assert most <= log_files._AHEAD + 2


def test_whoever_stops_reading_leaves_nobody_at_work() -> None:
    some = ahead(iter([b"block"] * 1_000))
    assert next(some) == b"block"
    some.close()  # type: ignore[attr-defined]  # it is a generator
    assert threads() == []
