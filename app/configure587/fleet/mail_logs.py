"""Logs of mail servers, of whatever kind, as they come: lines in, messages of accounts out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from configure587.fleet import dovecot_log, exim_log, postfix_log
from configure587.fleet.log_files import TOO_LONG
from configure587.fleet.sent import Known, Port

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from configure587.fleet.sent import Sent


class _Log(Protocol):
    unclear: int

    def read(self, line: bytes) -> Sequence[Sent] | None: ...


class MailLog:
    """One log from its first line to its last; kinds may be mixed in it."""

    def __init__(self, today: dt.date, told: Mapping[str, int]) -> None:
        """`today` gives a year to stamps without; `told` names the ports of services."""
        self._ports = told
        self._postfix = postfix_log.PostfixLog(today, told)
        self._kinds: tuple[tuple[bytes, _Log], ...] = (
            (postfix_log.MARK, self._postfix),
            (exim_log.MARK, exim_log.EximLog(today)),
            (dovecot_log.MARK, dovecot_log.DovecotLog(today)),
        )
        self.lines = 0
        self.recognized = 0
        self.too_long = 0

    @property
    def unclear(self) -> int:
        """Lines of messages that could not be understood for certain."""
        return sum(log.unclear for _, log in self._kinds)

    @property
    def cut(self) -> int:
        """Conversations whose end is not in the log."""
        return self._postfix.cut

    def read(self, lines: list[bytes]) -> Iterator[Sent]:
        """The messages that some more lines tell of."""
        self.lines += len(lines)
        text = b"\n".join(lines)
        if b"\r" in text:
            lines = [line.rstrip(b"\r") for line in lines]
        if b"\0" in text:
            self.too_long += lines.count(TOO_LONG)
        for mark, log in self._kinds:
            if mark in text:  # most logs are of one kind
                for found in self._told(log.read, [line for line in lines if mark in line]):
                    yield from map(self._as_told, found) if self._ports else found

    def _told(
        self, read: Callable[[bytes], Sequence[Sent] | None], lines: list[bytes]
    ) -> Iterator[Sequence[Sent]]:
        for line in lines:
            found = read(line)
            if found is not None:
                self.recognized += 1
                if found:
                    yield found

    def _as_told(self, sent: Sent) -> Sent:
        """What stands in the line is more certain than what somebody says of all lines."""
        number = None if sent.port.known is Known.EXACT else self._ports.get(sent.service)
        return sent if number is None else sent._replace(port=Port(number, Known.TOLD))

    def end(self) -> Sequence[Sent]:
        """What was still going on when the log ended."""
        return self._postfix.end()
