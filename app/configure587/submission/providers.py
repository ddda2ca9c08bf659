"""What we know of mail providers: the rows of resources/providers.toml, and which one applies."""

from __future__ import annotations

import enum
import functools
from typing import TYPE_CHECKING, NamedTuple

from configure587.model import SUBMISSION, SUBMISSIONS, Transport
from configure587.submission.hostnames import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.model import Security

DOORS = (SUBMISSION, SUBMISSIONS)
"""The only doors that a table, a file or the network may name."""

PLACE_OF_DOMAIN = "{domain}"
"""In a server's name: the domain of the person's own address."""


def server_name(text: str) -> str | None:
    """A server's name in its one spelling, in which "{domain}" may stand for whole labels."""
    labels = text.split(".")
    if labels.count(PLACE_OF_DOMAIN) != 1 and PLACE_OF_DOMAIN in text:
        return None
    stands_in = "place-of-domain.example"
    found = canonical(".".join(stands_in if each == PLACE_OF_DOMAIN else each for each in labels))
    if found is None or PLACE_OF_DOMAIN not in labels:
        return found
    return found.replace(stands_in, PLACE_OF_DOMAIN, 1)


class UserForm(enum.Enum):
    """What a provider takes for a user name."""

    ADDRESS = "address"  # the whole address
    LOCAL = "local"  # the part before the @
    OTHER = "other"  # something else, or nobody knows


class SignIn(enum.Enum):
    """How a provider lets its people sign in to send."""

    PASSWORD = "password"  # noqa: S105 - a word of the table, no secret
    APP_PASSWORD = "app_password"  # noqa: S105
    OAUTH2 = "oauth2"
    OAUTH2_OR_APP_PASSWORD = "oauth2_or_app_password"  # noqa: S105
    BRIDGE = "bridge"


class Rewrite(enum.Enum):
    """Whether anything may be changed for this provider at all."""

    PROVEN = "proven"
    NEVER = "never"


class Confidence(enum.Enum):
    """How certain a row is; a low one is worth a look and proves nothing."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Note(enum.Enum):
    """What a person should know besides; a sentence only in report/providers.py."""

    ACCESS_SWITCH = "access_switch"
    ACCOUNTS_CUT_BACK = "accounts_cut_back"
    ADMINISTRATOR_DECIDES = "administrator_decides"
    APP_PASSWORD_WITH_TWO_STEP = "app_password_with_two_step"  # noqa: S105
    BRIDGE_ITS_OWN = "bridge_its_own"
    CARD_NUMBER = "card_number"
    HOSTER_CERTIFICATE = "hoster_certificate"
    KEEP_SERVER_NAME = "keep_server_name"
    LIMITS = "limits"
    MOVED = "moved"
    NO_MAILBOX = "no_mailbox"
    ONE_NAME_PER_PORT = "one_name_per_port"
    OWN_ADDRESS_ONLY = "own_address_only"
    PAID_ONLY = "paid_only"
    PASSWORD_ENDS = "password_ends"  # noqa: S105
    REGIONS = "regions"
    SECOND_PORT_UNCONFIRMED = "second_port_unconfirmed"
    SISTER_NAMES = "sister_names"
    STARTTLS_UNCONFIRMED = "starttls_unconfirmed"
    STATE_UNKNOWN = "state_unknown"
    UNITS_DIFFER = "units_differ"
    USER_FORM_DISPUTED = "user_form_disputed"


class Server(NamedTuple):
    """One door of a provider; `host` may begin "mail.{domain}" where each domain has its own."""

    host: str
    port: int
    security: Security

    @property
    def transport(self) -> Transport:
        """Port and security together."""
        return Transport(self.port, self.security)

    def at(self, domain: str | None) -> Server | None:
        """This door for one domain; None if it needs a domain and there is none."""
        if PLACE_OF_DOMAIN not in self.host:
            return self
        name = canonical(self.host.replace(PLACE_OF_DOMAIN, domain)) if domain else None
        return None if name is None else self._replace(host=name)


class Provider(NamedTuple):
    """One row of the table; names are in their one spelling (hostnames.canonical).

    `domains`, `incoming_hosts` and `mx` may begin with "*." for whatever lies below; `old_hosts`
    should lead to `servers`. With `own_domains` people bring domains of their own.
    """

    id: str
    name: str
    servers: tuple[Server, ...]
    user: UserForm
    sign_in: SignIn
    source: str
    date: str
    confidence: Confidence
    domains: tuple[str, ...] = ()
    own_domains: bool = False
    old_hosts: tuple[str, ...] = ()
    incoming_hosts: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    rewrite: Rewrite = Rewrite.PROVEN
    notes: tuple[Note, ...] = ()


class Table(NamedTuple):
    """Every row, in the order of the file."""

    rows: tuple[Provider, ...]

    def row(self, id_: str) -> Provider | None:
        """The row of this id."""
        return next((row for row in self.rows if row.id == id_), None)

    def for_domain(self, domain: str) -> Provider | None:
        """The provider of a mail domain: the row that names it, else one that names what is above.

        A domain below a provider's own is not the provider's: ime.usp.br is not usp.br.
        """
        name = canonical(domain)
        if name is None:
            return None
        named = (row for row in self.rows if name in row.domains)
        below = (row for row in self.rows if _covers(row.domains, name))
        return next(named, None) or next(below, None)

    def for_host(self, host: str) -> tuple[Provider, ...]:
        """The providers to which a mail server belongs, those that name it first.

        A host right below a provider's mail domain is the provider's; one further below is not
        (smtp.ime.usp.br belongs to an institute, which has a row of its own or none).
        """
        name = canonical(host)
        if name is None:
            return ()
        parent = name.partition(".")[2]
        exact = (row for row in self.rows if name in _hosts(row))
        below = (row for row in self.rows if _covers(row.incoming_hosts, name))
        owned = (row for row in self.rows if parent in row.domains)
        return tuple(dict.fromkeys((*exact, *below, *owned)))

    def for_mx(self, exchange: str) -> tuple[Provider, ...]:
        """The providers whose incoming mail arrives at this host."""
        name = canonical(exchange)
        return tuple(row for row in self.rows if name and _receives(row, name))


def _hosts(row: Provider) -> Iterator[str]:
    yield from (server.host for server in row.servers)
    yield from row.old_hosts
    yield from row.incoming_hosts


def _covers(patterns: tuple[str, ...], name: str) -> bool:
    """Whether a name lies below one of the patterns that begin with "*."."""
    return any(each.startswith("*.") and name.endswith(each[1:]) for each in patterns)


def _receives(row: Provider, name: str) -> bool:
    return name in row.mx or _covers(row.mx, name)


def candidates(
    table: Table, domain: str | None, hosts: tuple[str, ...] = ()
) -> Iterator[tuple[Provider, Server]]:
    """The doors of the table for a mail domain and the hosts that its account uses now.

    For each host the rows come first that fit the domain; rows with rewrite "never" offer nothing.
    """
    rows = [row for host in hosts for row in _by_fit(table.for_host(host), domain)]
    own = table.for_domain(domain) if domain else None
    for row in dict.fromkeys([*rows, *([own] if own else [])]):
        if row.rewrite is not Rewrite.NEVER:
            doors = (server.at(domain) for server in row.servers)
            yield from ((row, door) for door in doors if door is not None)


def untouchable(table: Table, domain: str | None, host: str) -> bool:
    """Whether everything about this account is to be left alone."""
    own = table.for_domain(domain) if domain else None
    rows = (*table.for_host(host)[:1], *([own] if own else []))
    return any(row.rewrite is Rewrite.NEVER for row in rows)


def _by_fit(rows: tuple[Provider, ...], domain: str | None) -> list[Provider]:
    """Rows that name the domain, then those for people's own domains, then the rest."""

    def distance(row: Provider) -> int:
        if domain and (domain in row.domains or _covers(row.domains, domain)):
            return 0
        return 1 if row.own_domains else 2

    return sorted(rows, key=distance)


@functools.cache
def load() -> Table:
    """Our own table."""
    from importlib import resources

    from configure587.submission import provider_table

    path = resources.files("configure587.resources").joinpath("providers.toml")
    return provider_table.parse(path.read_bytes(), "providers.toml")


def load_file(path: str) -> Table:
    """A table that somebody else made; Refused tells what is wrong with it, and where."""
    from configure587.submission import provider_table

    return provider_table.read(path)
