"""Logs of mail servers, of whatever kind, as they come: lines in, messages of accounts out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from configure587.fleet import dovecot_log, exim_log, postfix_log
from configure587.fleet.log_files import TOO_LONG
from configure587.fleet.sent import Known, Port

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from configure587.fleet.sent import Sent


_ENDS = re.compile(rb"\r+\n")


class _Log(Protocol):
    unclear: int

    def read(self, line: bytes) -> Sequence[Sent] | None: ...


class MailLog:
    """One log from its first line to its last; kinds may be mixed in it."""

    def __init__(self, today: dt.date, told: Mapping[str, int]) -> None:
        """`today` gives a year to stamps without; `told` names the ports of services."""
        self._ports = told
        self._postfix = postfix_log.PostfixLog(today, told)
        self._others: tuple[tuple[bytes, _Log], ...] = (
            (exim_log.MARK, exim_log.EximLog(today)),
            (dovecot_log.MARK, dovecot_log.DovecotLog(today)),
        )
        self._recognized = 0
        self.lines = 0
        self.too_long = 0

    @property
    def recognized(self) -> int:
        """Lines of a mail server."""
        return self._recognized + self._postfix.recognized

    @property
    def unclear(self) -> int:
        """Lines of messages that could not be understood for certain."""
        return self._postfix.unclear + sum(log.unclear for _, log in self._others)

    @property
    def cut(self) -> int:
        """Conversations whose end is not in the log."""
        return self._postfix.cut

    def read(self, text: bytes) -> Iterator[Sent]:
        """The messages that some more lines tell of; each line has its end."""
        self.lines += text.count(b"\n")
        if b"\r" in text:
            text = _ENDS.sub(b"\n", text)
        if TOO_LONG in text:
            self.too_long += text.split(b"\n").count(TOO_LONG)
        if postfix_log.MARK in text:  # most logs are of one kind
            yield from self._as_told(self._postfix.read(text))
        for mark, log in self._others:
            if mark in text:
                lines = [line for line in text.split(b"\n") if mark in line]
                yield from self._as_told(self._of_others(log, lines))

    def _of_others(self, log: _Log, lines: list[bytes]) -> Iterator[Sent]:
        for line in lines:
            found = log.read(line)
            if found is not None:
                self._recognized += 1
                yield from found

    def _as_told(self, messages: Iterable[Sent]) -> Iterable[Sent]:
        """What stands in the line is more certain than what somebody says of all lines."""
        return map(self._with_port, messages) if self._ports else messages

    def _with_port(self, sent: Sent) -> Sent:
        number = None if sent.port.known is Known.EXACT else self._ports.get(sent.service)
        return sent if number is None else sent._replace(port=Port(number, Known.TOLD))

    def end(self) -> Sequence[Sent]:
        """What was still going on when the log ended."""
        return self._postfix.end()
