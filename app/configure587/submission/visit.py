"""One look at one door: connect, converse, hang up; then perhaps look at its certificate again."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Cancelled
from configure587.seen import End, Seen, Step
from configure587.submission import certificates, connecting
from configure587.submission.call import Call
from configure587.submission.ledger import stamp
from configure587.submission.patience import TimeUp

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from configure587.seen import Door
    from configure587.submission.connecting import Connected
    from configure587.submission.ledger import Ledger
    from configure587.submission.patience import Patience

LOOK, EXPLAIN, SIGN_IN = "look", "explain", "sign_in"
CERTIFICATE, SECOND_OPINION = "certificate", "second_opinion"
"""Why a connection was made, for the ledger."""


class Account(NamedTuple):
    """Who signs in."""

    user: str
    password: str

    def __repr__(self) -> str:
        """Tell nothing."""
        return "Account(***)"


class Visit:
    """A visit to one door, whose host is in A-labels here."""

    def __init__(
        self, door: Door, patience: Patience, trust: certificates.Trust, ledger: Ledger
    ) -> None:
        """Nothing is done yet."""
        self._door = door
        self._patience = patience
        self._trust = trust
        self._ledger = ledger
        self._begun = time.monotonic()

    def look(self, addresses: Sequence[str]) -> Seen:
        """What the door shows; a STARTTLS that is refused for now gets a second chance."""
        seen = self._look_once(addresses)
        if seen.end is End.STARTTLS_LATER:
            with contextlib.suppress(TimeUp, Cancelled):
                self._patience.pause(self._patience.limits.again)
                return self._look_once(addresses)
        return seen

    def explain(self, addresses: Sequence[str]) -> Seen:
        """What a door without protection shows; any certificate there is taken, and only shown.

        Without the time to wait for a connection, silence would mean nothing, so nobody knocks.
        """
        if self._patience.left() < self._patience.limits.connect:
            return self.nothing(End.SLOW, Step.CONNECT)
        return self._hold(addresses, EXPLAIN, self._trust.nobody)

    def sign_in(self, addresses: Sequence[str], account: Account) -> Seen:
        """What comes of one attempt to sign in."""
        return self._hold(addresses, SIGN_IN, self._trust.system, account)

    def nothing(self, end: End, step: Step = Step.RESOLVE) -> Seen:
        """That nothing was seen, and why."""
        return Seen(self._door, end, step, seconds=self._seconds())

    def _look_once(self, addresses: Sequence[str]) -> Seen:
        seen = self._hold(addresses, LOOK, self._trust.system)
        if seen.end is End.BAD_CERTIFICATE:
            return self._with_certificate(seen)
        if seen.end is End.COMPLETE and seen.certificate is not None:
            other = self._glance(seen.address, SECOND_OPINION, self._trust.second_opinion)
            if other is not None and other.trouble in certificates.NOT_KNOWN:
                return seen._replace(local_root=seen.certificate.issuer)
        return seen

    def _with_certificate(self, seen: Seen) -> Seen:
        """With the certificate that was refused, which OpenSSL does not hand out."""
        shown = self._glance(seen.address, CERTIFICATE, self._trust.nobody)
        if shown is None or shown.certificate is None:
            return seen
        trouble = certificates.precisely(seen.trouble, shown.certificate, stamp())
        return seen._replace(certificate=shown.certificate, trouble=trouble)

    def _hold(
        self,
        addresses: Sequence[str],
        why: str,
        trust: Callable[[], ssl.SSLContext],
        account: Account | None = None,
    ) -> Seen:
        try:
            call = self._call(addresses, why)
        except connecting.NoWay as trouble:
            return self.nothing(trouble.end, Step.CONNECT)
        except Cancelled:
            return self.nothing(End.CANCELLED, Step.CONNECT)
        if account is not None:
            call.talk.sign_in(*account)
        call.run(trust)
        return self._seen(call)

    def _glance(self, address: str, why: str, trust: Callable[[], ssl.SSLContext]) -> Call | None:
        """One more handshake with the same server, after which nothing is said."""
        try:
            call = self._call([address], why)
        except (connecting.NoWay, Cancelled):
            return None
        call.run(trust, only_handshake=True)
        return call

    def _call(self, addresses: Sequence[str], why: str) -> Call:
        connected = self._connect(addresses, why)
        return Call(connected, self._door, self._patience)

    def _connect(self, addresses: Sequence[str], why: str) -> Connected:
        host, port, _ = self._door
        return connecting.connect(
            addresses,
            port,
            self._patience,
            lambda address: self._ledger.open(host, address, port, why),
        )

    def _seen(self, call: Call) -> Seen:
        talk, connected = call.talk, call.connected
        assert talk.ended is not None
        return Seen(
            self._door,
            talk.ended.end,
            talk.step,
            connected.address,
            round(connected.seconds, 4),
            self._seconds(),
            talk.banner,
            talk.ended.code,
            talk.ended.said,
            talk.before,
            talk.after,
            call.tls,
            call.certificate,
            call.trouble,
        )

    def _seconds(self) -> float:
        return round(time.monotonic() - self._begun, 4)
