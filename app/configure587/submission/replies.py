"""Cutting what a mail server sends into replies, within limits (RFC 5321, section 4.2)."""

from __future__ import annotations

import re
from typing import NamedTuple

LINE_LIMIT = 4096  # bytes; RFC 5321, section 4.5.3.1.5 asks for 512
REPLY_LIMIT = 100  # lines
CONVERSATION_LIMIT = 64 * 1024  # bytes
SHOWN_LIMIT = 512  # characters of a server's text that people get to see

_LINE = re.compile(rb"([0-9]{3})(?:([ -])(.*))?", re.DOTALL)


class Reply(NamedTuple):
    """A whole reply of the server: one code, and its lines without it."""

    code: int
    lines: tuple[str, ...]

    @property
    def said(self) -> str:
        """All its lines as one text."""
        return printable(" ".join(self.lines))


class Garbled(Exception):
    """Not a reply: against the grammar, or beyond a limit. `line` is where it was seen."""

    def __init__(self, line: bytes) -> None:
        """`line` is what could not be understood."""
        super().__init__()
        self.line = line


def printable(text: str) -> str:
    """A text of a stranger, as it may be shown: one line, nothing invisible, not too long."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return shown[:SHOWN_LIMIT]


class Replies:
    """Cuts a stream of bytes into replies; however they come, the replies are the same."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rest = b""
        self._taken = 0
        self._lines: list[str] = []
        self._code = b""

    def add(self, data: bytes) -> None:
        """Take in what came."""
        self.rest += data

    def next(self) -> Reply | None:
        """The next whole reply; None when more bytes are needed; raises Garbled."""
        while (line := self._next_line()) is not None:
            reply = self._read(line)
            if reply is not None:
                return reply
        return None

    def forget(self) -> None:
        """Begin anew; only the limit of the conversation stays what it was."""
        self.rest, self._lines, self._code = b"", [], b""

    def _next_line(self) -> bytes | None:
        size = self.rest.find(b"\n") + 1
        room = min(LINE_LIMIT, CONVERSATION_LIMIT - self._taken)
        if size > room or (size == 0 and len(self.rest) > room):
            raise Garbled(self.rest[:room])
        if size == 0:
            return None
        line, self.rest = self.rest[:size], self.rest[size:]
        self._taken += size
        return line.rstrip(b"\r\n")

    def _read(self, line: bytes) -> Reply | None:
        match = _LINE.fullmatch(line)
        if match is None or match[1] != (self._code or match[1]):
            raise Garbled(line)
        if len(self._lines) == REPLY_LIMIT:
            raise Garbled(line)
        self._code = match[1]
        self._lines.append(printable((match[3] or b"").decode("utf-8", "replace")))
        if match[2] == b"-":
            return None
        reply = Reply(int(self._code), tuple(self._lines))
        self._lines, self._code = [], b""
        return reply
