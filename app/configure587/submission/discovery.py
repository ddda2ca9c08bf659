"""Where else to look for an outgoing server, cheapest and safest first. It only lists."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from configure587.model import SUBMISSION, SUBMISSIONS, Transport
from configure587.submission import autoconfig, providers
from configure587.submission.hostnames import canonical, domain_of, registrable, same_owner
from configure587.submission.providers import DOORS, Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configure587.machine.seams import Online
    from configure587.model import Security
    from configure587.submission.providers import Provider, Table

ISPDB = "https://autoconfig.thunderbird.net/v1.1/{name}"

# Sections 1.1 and 1.2 of the draft, the first without the address that it allows.
_AT_PROVIDER = (
    "https://autoconfig.{name}/mail/config-v1.1.xml",
    "https://{name}/.well-known/autoconfig/mail/config-v1.1.xml",
)
_READING = ("imap", "imaps", "imap4", "pop", "pop3", "pops", "pop3s")  # first labels
_SENDING = "smtp"
_SRV = (("_submissions._tcp.", SUBMISSIONS), ("_submission._tcp.", SUBMISSION))


class Where(enum.Enum):
    """Where a candidate comes from, in the order in which they are listed."""

    SAME_HOST = "same_host"
    TABLE = "table"
    INCOMING = "incoming"  # beside the account's own incoming server
    CERTIFICATE = "certificate"  # named in the certificate that the old host showed
    AUTOCONFIG = "autoconfig"  # the provider says so over https
    ISPDB = "ispdb"  # Thunderbird's database says so over https
    MX = "mx"  # the hoster to which DNS sends this domain's mail, as any of the above knows it
    SRV = "srv"  # DNS says so

    @property
    def tamper_proof(self) -> bool:
        """Whether nobody between us and the provider can put a candidate there.

        A certificate that names another host, and DNS, come from whoever answers.
        """
        return self not in {Where.CERTIFICATE, Where.MX, Where.SRV}


class Candidate(NamedTuple):
    """A door worth a look; it wins by nothing but the look.

    `row` is the id of the table's row, `user_form` what the source says of the user name; both are
    "" where the source says nothing.
    """

    host: str
    port: int
    security: Security
    where: Where
    tamper_proof: bool
    row: str = ""
    user_form: str = ""

    @property
    def transport(self) -> Transport:
        """Port and security together."""
        return Transport(self.port, self.security)


class Account(NamedTuple):
    """What is known of an account: names in their one spelling, None where there is none."""

    domain: str | None
    host: str | None
    incoming: str | None
    certificate: tuple[str, ...]


def candidates(  # noqa: PLR0913 - what is known of an account has this many parts
    address: str,
    hostname: str,
    incoming_host: str = "",
    certificate_names: Sequence[str] = (),
    online: Online | None = None,
    *,
    table: Table | None = None,
    tamper_proof_only: bool = False,
) -> Iterator[Candidate]:
    """Every door worth a look, each once, cheapest and safest first.

    Nothing is asked of the network before the candidates that need none have been taken; without
    `online` nothing ever is. With `tamper_proof_only` other steps are not even taken.
    """
    known = table or providers.load()
    account = Account(
        domain_of(address),
        canonical(hostname),
        canonical(incoming_host),
        tuple(certificate_names),
    )
    if providers.untouchable(known, account.domain, hostname):
        return
    seen: set[tuple[str, int]] = set()
    for found in _every(account, known, online, tamper_proof_only=tamper_proof_only):
        if (found.host, found.port) not in seen:
            seen.add((found.host, found.port))
            yield found


def _every(
    account: Account, table: Table, online: Online | None, *, tamper_proof_only: bool
) -> Iterator[Candidate]:
    yield from _same_host(account)
    yield from _table(account, table)
    yield from _incoming(account)
    if not tamper_proof_only:
        yield from _certificate(account, table)
    if online is not None and account.domain is not None:
        yield from _configured(online, _AT_PROVIDER, account.domain, Where.AUTOCONFIG)
        yield from _configured(online, (ISPDB,), account.domain, Where.ISPDB)
        if not tamper_proof_only:
            yield from _mx(online, account.domain, table)
            yield from _srv(online, account.domain)


def _same_host(account: Account) -> Iterator[Candidate]:
    if account.host is not None:
        yield from _both_doors(account.host, Where.SAME_HOST)


def _both_doors(host: str, where: Where) -> Iterator[Candidate]:
    for door in DOORS:
        yield Candidate(host, door.port, door.security, where, where.tamper_proof)


def _table(account: Account, table: Table) -> Iterator[Candidate]:
    hosts = tuple(host for host in (account.host, account.incoming) if host is not None)
    for row, server in providers.candidates(table, account.domain, hosts):
        yield _of_row(row, server, Where.TABLE)


def _of_row(row: Provider, server: Server, where: Where) -> Candidate:
    return Candidate(*server, where, where.tamper_proof, row.id, row.user.value)


def _incoming(account: Account) -> Iterator[Candidate]:
    """The incoming server's own name, and the same with smtp in front, if it is in the family."""
    if account.incoming is None or not _in_family(account, account.incoming):
        return
    first, _, rest = account.incoming.partition(".")
    if first in _READING and registrable(rest):
        yield from _both_doors(f"{_SENDING}.{rest}", Where.INCOMING)
    yield from _both_doors(account.incoming, Where.INCOMING)


def _in_family(account: Account, name: str) -> bool:
    """Whether a name has the owner of the outgoing server or of the address."""
    return any(same_owner(name, own) for own in (account.host, account.domain) if own)


def _certificate(account: Account, table: Table) -> Iterator[Candidate]:
    """Names in the certificate that the old host showed, if they are in the family.

    A hoster's certificate on smtp.DOMAIN names the hoster, who is not; then its row may be known.
    """
    for text in account.certificate:
        name = canonical(text.removeprefix("*."))
        if name is None:
            continue
        if _in_family(account, name) and not text.startswith("*."):
            yield from _both_doors(name, Where.CERTIFICATE)
        probe = f"smtp.{name}" if text.startswith("*.") else name
        yield from _hosters(table.for_host(probe), account.domain, Where.CERTIFICATE)


def _hosters(rows: Iterable[Provider], domain: str | None, where: Where) -> Iterator[Candidate]:
    for row in rows:
        if row.own_domains:
            doors = (server.at(domain) for server in row.servers)
            yield from (_of_row(row, door, where) for door in doors if door is not None)


def _configured(
    online: Online, places: Iterable[str], domain: str, where: Where, name: str = ""
) -> Iterator[Candidate]:
    """What the files at these places say; of an address, no more than its domain is ever sent."""
    for place in places:
        try:
            found = autoconfig.parse(online.fetch(place.format(name=name or domain)))
        except (OSError, autoconfig.NotAutoconfig):  # there is none, or none that we would believe
            continue
        for outgoing in found.outgoing:
            server = outgoing.server.at(domain)
            if server is not None:
                form = outgoing.user.value
                yield Candidate(*server, where, where.tamper_proof, user_form=form)


def _mx(online: Online, domain: str, table: Table) -> Iterator[Candidate]:
    """Who hosts this domain's mail, by the best exchange's name without its first label."""
    try:
        exchanges = [name for each in online.mx(domain) if (name := canonical(each))]
    except OSError:
        return
    for exchange in exchanges[:1]:
        yield from _hosters(table.for_mx(exchange), domain, Where.MX)
        whole, base = exchange.partition(".")[2], registrable(exchange)
        names = dict.fromkeys(name for name in (whole, base) if name and registrable(name))
        for name in names:
            if name != domain:
                places = (_AT_PROVIDER[0], ISPDB)
                yield from _configured(online, places, domain, Where.MX, name)


def _srv(online: Online, domain: str) -> Iterator[Candidate]:
    for service, door in _SRV:
        try:
            targets = online.srv(service + domain)
        except OSError:
            continue
        for target, port in targets:
            host = canonical(target)
            if host is not None and port == door.port:
                where = Where.SRV
                yield Candidate(host, port, door.security, where, where.tamper_proof)
