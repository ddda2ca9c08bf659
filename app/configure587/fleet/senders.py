"""Who still sends through port 25 or without encryption: messages added up by account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from configure587.fleet.sent import Port, Sent

OLD_PORT = 25
MANY = 1_000  # services that are named in a report; a server has a handful


@dataclass(slots=True)
class Sender:
    """One account: how many of its messages went which way, and when the last ones did."""

    account: str
    due: int = 0
    """Through port 25, or without encryption, or both."""
    port_25: int = 0
    unencrypted: int = 0
    unknown: int = 0
    """Neither is certain."""
    good: int = 0
    last: dt.datetime | None = None
    """Of those that are due."""
    last_good: dt.datetime | None = None

    def add(self, sent: Sent) -> None:
        """Count one more."""
        old = sent.port.number == OLD_PORT
        self.port_25 += old
        self.unencrypted += sent.encrypted is False
        if old or sent.encrypted is False:
            self.due += 1
            if self.last is None or self.last < sent.when:
                self.last = sent.when
        elif sent.encrypted is None or sent.port.number is None:
            self.unknown += not sent.cut
        else:
            self.good += 1
            if self.last_good is None or self.last_good < sent.when:
                self.last_good = sent.when


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages count: from a day on, of which domains (none: of all)."""

    since: dt.date | None = None
    domains: frozenset[str] = frozenset()

    def holds(self, sent: Sent) -> bool:
        """Whether this one does."""
        if self.since is not None and sent.when.date() < self.since:
            return False
        return not self.domains or sent.account.rpartition("@")[2] in self.domains


@dataclass(slots=True)
class Tally:
    """Everything that was counted; as large as there are accounts, however long the logs are."""

    wanted: Wanted = Wanted()
    senders: dict[str, Sender] = field(default_factory=dict)
    services: dict[tuple[str, Port], int] = field(default_factory=dict)

    def add(self, messages: Iterable[Sent]) -> None:
        """Count those that are wanted."""
        all_of_them = self.wanted == Wanted()
        for sent in messages:
            if all_of_them or self.wanted.holds(sent):
                sender = self.senders.get(sent.account)
                if sender is None:
                    sender = self.senders[sent.account] = Sender(sent.account)
                sender.add(sent)
                service = (sent.service, sent.port)
                if service in self.services or len(self.services) < MANY:
                    self.services[service] = self.services.get(service, 0) + 1


@dataclass(frozen=True, slots=True)
class LogSeen:
    """One file: how much of it was there, and how much of that was a mail server's."""

    path: str
    lines: int = 0
    recognized: int = 0
    unclear: int = 0
    too_long: int = 0
    cut: int = 0
    damaged: str | None = None
    """Why it could not be read to its end."""


@dataclass(frozen=True, slots=True)
class Senders:
    """The whole answer."""

    due: tuple[Sender, ...]
    unknown: tuple[Sender, ...]
    """Of these, no message is certain to be due, and of some the log does not tell."""
    accounts: int
    services: Mapping[tuple[str, Port], int]
    logs: tuple[LogSeen, ...]
    since: dt.date | None = None

    @property
    def whole(self) -> bool:
        """Whether every log was read to its end and was one of a mail server."""
        return not any(log.damaged or not log.recognized for log in self.logs)

    @property
    def counts_sign_ins(self) -> bool:
        """Whether some of the numbers are sign-ins and not messages."""
        return any(name == "submission-login" for name, _ in self.services)


def ordered(tally: Tally, logs: Iterable[LogSeen]) -> Senders:
    """Whoever sends most stands first; whoever sends as much, by name."""
    found = tally.senders.values()
    return Senders(
        due=tuple(sorted((x for x in found if x.due), key=lambda x: (-x.due, x.account))),
        unknown=tuple(
            sorted(
                (x for x in found if x.unknown and not x.due),
                key=lambda x: (-x.unknown, x.account),
            )
        ),
        accounts=sum(1 for x in found if x.due or x.good or x.unknown),
        services=dict(sorted(tally.services.items(), key=lambda pair: (-pair[1], pair[0][0]))),
        logs=tuple(logs),
        since=tally.wanted.since,
    )
