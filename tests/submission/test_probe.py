"""What SocketNetwork sees of servers, good and hostile ones, on loopback; always in its time."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import time
from typing import TYPE_CHECKING, Final

import certifi
import pytest

from certificates import HOST, Authority
from configure587.machine import Platform, here
from configure587.model import Security
from configure587.seen import (
    CertificateTrouble,
    Door,
    End,
    HostSeen,
    Question,
    Seen,
    Step,
)
from configure587.submission.patience import Limits
from configure587.submission.probe import SocketNetwork
from submission.hostile_server import (
    GOOD,
    GOOD_PASSWORD,
    GOOD_USER,
    HALF_A_RECORD,
    NOISE_INSIDE,
    SCENARIOS,
    HostileServer,
    Manners,
    late,
)
from submission.world import filtered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMITS: Final = Limits(
    total=2.0,
    names=0.4,
    connect=0.5,
    stagger=0.05,
    greeting=0.5,
    reply=0.5,
    handshake=0.5,
    sign_in=0.5,
    farewell=0.1,
    again=0.1,
)
SLACK: Final = 1.0  # seconds, for a computer that is busy with other tests
TLS, STARTTLS, NONE = Security.TLS, Security.STARTTLS, Security.NONE


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> str:
    """Give a good certificate."""
    return authority.issue()


def network(
    authority: Authority | None, *addresses: str, limits: Limits = LIMITS, second: str = ""
) -> SocketNetwork:
    return SocketNetwork(
        limits,
        lambda _name: addresses or ("127.0.0.1",),
        cafile=authority.path if authority else "",
        second_opinion=second or (authority.path if authority else ""),
    )


def ipv6_here() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not ipv6_here(), reason="this computer has no IPv6 of its own")


def never() -> bool:
    return False


def ask(host: str, port: int, security: Security = STARTTLS) -> Question:
    return Question(host, (Door(host, port, security),))


def look(net: SocketNetwork, port: int, security: Security = STARTTLS, host: str = HOST) -> Seen:
    (found,) = net.look([ask(host, port, security)], never)
    return found.doors[0]


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds + SLACK


# --- what each server shows ----------------------------------------------------------------------

EXPECTED: Final[dict[str, tuple[End, Step]]] = {
    "good": (End.COMPLETE, Step.DONE),
    "tls first": (End.COMPLETE, Step.DONE),
    "multi-line greeting": (End.COMPLETE, Step.DONE),
    "address literal refused": (End.COMPLETE, Step.DONE),
    "no answer to QUIT": (End.COMPLETE, Step.DONE),
    "AUTH before TLS too": (End.COMPLETE, Step.DONE),
    "no AUTH after TLS": (End.COMPLETE, Step.DONE),
    "OAuth only": (End.COMPLETE, Step.DONE),
    "injected": (End.TAMPERED, Step.STARTTLS),
    "injected late": (End.NOT_TLS, Step.HANDSHAKE),
    "stripped": (End.NO_STARTTLS, Step.STARTTLS),
    "masked": (End.NO_STARTTLS, Step.STARTTLS),
    "starred banner": (End.NO_STARTTLS, Step.STARTTLS),
    "refused for now": (End.STARTTLS_LATER, Step.STARTTLS),
    "refused once": (End.COMPLETE, Step.DONE),
    "refused": (End.STARTTLS_REFUSED, Step.STARTTLS),
    "answers in the clear": (End.NOT_TLS, Step.HANDSHAKE),
    "closed at TLS": (End.BROKEN, Step.HANDSHAKE),
    "garbage": (End.NOT_SMTP, Step.GREETING),
    "garbage without end": (End.NOT_SMTP, Step.GREETING),
    "HTTP": (End.NOT_SMTP, Step.GREETING),
    "silent": (End.SILENT, Step.GREETING),
    "silent after EHLO": (End.SLOW, Step.EHLO),
    "silent inside": (End.SLOW, Step.PROTECTED_EHLO),
    "dripping": (End.SLOW, Step.GREETING),
    "rejected": (End.REJECTED, Step.GREETING),
    "busy": (End.BUSY, Step.GREETING),
    "endless": (End.GARBLED, Step.GREETING),
    "endless line": (End.GARBLED, Step.GREETING),
    "mixed codes": (End.GARBLED, Step.EHLO),
    "HELO only": (End.NO_STARTTLS, Step.EHLO),
    "late": (End.COMPLETE, Step.DONE),
    "reset": (End.BROKEN, Step.EHLO),
    "closed": (End.BROKEN, Step.GREETING),
    "old TLS": (End.OLD_TLS, Step.HANDSHAKE),
}
PASSED_BY: Final = {"injected late": {End.TAMPERED}}  # as fast as in the same segment, if it can


def test_every_scenario_has_an_expected_end() -> None:
    assert EXPECTED.keys() == SCENARIOS.keys()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_server_is_seen_as_it_is_and_in_time(
    authority: Authority, certificate: str, name: str
) -> None:
    manners = SCENARIOS[name]
    net = network(authority)
    with HostileServer(manners, certificate) as server, within(LIMITS.total):
        seen = look(net, server.port, TLS if manners.tls_first else STARTTLS)
    assert seen.end in {EXPECTED[name][0], *PASSED_BY.get(name, set())}
    assert seen.step is EXPECTED[name][1] or seen.end is not EXPECTED[name][0]
    assert (seen.after == ()) == (seen.end is not End.COMPLETE)
    assert seen.address == "127.0.0.1"
    assert 0 <= seen.connect_seconds <= seen.seconds
    assert not any(line.startswith(("AUTH", "MAIL")) for line in server.heard)
    assert [each for each in net.ledger if not each.outcome] == []
    gc.collect()  # a socket left open would be an error


def test_a_good_server_is_seen_in_full(authority: Authority, certificate: str) -> None:
    with HostileServer(GOOD, certificate) as server:
        seen = look(network(authority), server.port)
    assert seen.banner == "smtp.exemplo.test ESMTP"
    assert seen.before == ("smtp.exemplo.test", "SIZE 10485760", "starttls")
    assert seen.mechanisms == ("PLAIN", "LOGIN")
    assert seen.tls in {"TLSv1.2", "TLSv1.3"}
    assert seen.certificate is not None
    assert seen.certificate.names == (HOST,)
    assert seen.certificate.issuer == "Configure 587! test authority, Exemplo Ltda."
    assert seen.certificate.not_before < seen.certificate.not_after
    assert (seen.trouble, seen.local_root, seen.code, seen.said) == (None, "", 0, "")
    hello = ["EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]", "QUIT"]
    assert server.heard[:4] == hello


@needs_ipv6
def test_an_ipv6_connection_calls_itself_by_an_ipv6_literal(
    authority: Authority, certificate: str
) -> None:
    with HostileServer(GOOD, certificate, address="::1") as server:
        seen = look(network(authority, "::1"), server.port)
    assert (seen.end, seen.address) == (End.COMPLETE, "::1")
    assert server.heard[0] == "EHLO [IPv6:::1]"


def test_a_refused_literal_is_tried_once_by_another_name(
    authority: Authority, certificate: str
) -> None:
    with HostileServer(SCENARIOS["address literal refused"], certificate) as server:
        look(network(authority), server.port)
    assert server.heard[:2] == ["EHLO [127.0.0.1]", "EHLO localhost.localdomain"]


def test_what_was_offered_before_tls_does_not_count(authority: Authority, certificate: str) -> None:
    with HostileServer(SCENARIOS["no AUTH after TLS"], certificate) as server:
        seen = look(network(authority), server.port)
    assert "AUTH PLAIN" in seen.before
    assert seen.mechanisms == ()


@pytest.mark.parametrize("name", ["masked", "starred banner"])
def test_a_firewall_that_rewrites_is_recognized(
    authority: Authority, certificate: str, name: str
) -> None:
    with HostileServer(SCENARIOS[name], certificate) as server:
        assert look(network(authority), server.port).masked


def test_the_refusal_is_kept_in_the_words_of_the_server(
    authority: Authority, certificate: str
) -> None:
    with HostileServer(SCENARIOS["rejected"], certificate) as server:
        seen = look(network(authority), server.port)
    assert (seen.code, seen.said) == (554, "5.7.1 Your address is on a list")


def test_texts_of_a_server_are_printable_and_short(authority: Authority, certificate: str) -> None:
    rude = GOOD.but(banner=b"554 \x1b[2J\xe2\x80\xae" + b"y" * 3000 + b"\r\n")
    with HostileServer(rude, certificate) as server:
        seen = look(network(authority), server.port)
    assert seen.banner.isprintable()
    assert len(seen.banner) == len(seen.said) == 512


def test_a_refusal_for_now_is_tried_once_more(authority: Authority, certificate: str) -> None:
    with HostileServer(SCENARIOS["refused for now"], certificate) as server:
        look(network(authority), server.port)
    assert server.connections == 2


def test_a_greeting_later_than_the_limit_is_silence(authority: Authority, certificate: str) -> None:
    with HostileServer(GOOD.but(greet=late(5)), certificate) as server, within(LIMITS.greeting):
        assert look(network(authority), server.port).end is End.SILENT


def test_plain_smtp_behind_a_tls_door_is_not_tls(authority: Authority, certificate: str) -> None:
    with HostileServer(GOOD, certificate) as server:
        seen = look(network(authority), server.port, TLS)
    assert (seen.end, seen.step) == (End.NOT_TLS, Step.HANDSHAKE)
    assert seen.said == "220 smtp.exemplo.test ESMTP"


def test_silence_behind_a_tls_door_is_silence(authority: Authority, certificate: str) -> None:
    with HostileServer(SCENARIOS["silent"], certificate) as server, within(LIMITS.handshake):
        assert look(network(authority), server.port, TLS).end is End.SILENT


@pytest.mark.parametrize(
    ("manners", "end", "step"),
    [
        (HALF_A_RECORD, End.SLOW, Step.HANDSHAKE),
        (NOISE_INSIDE, End.BROKEN, Step.GREETING),
        (GOOD.but(tls_first=True, greet=SCENARIOS["silent"].greet), End.SILENT, Step.GREETING),
    ],
)
def test_trouble_behind_a_tls_door(
    authority: Authority, certificate: str, manners: Manners, end: End, step: Step
) -> None:
    with HostileServer(manners, certificate) as server:
        seen = look(network(authority), server.port, TLS)
    assert (seen.end, seen.step) == (end, step)


# --- certificates --------------------------------------------------------------------------------


def make_expired(authority: Authority) -> str:
    return authority.issue(days=(-5, -1))


def make_future(authority: Authority) -> str:
    return authority.issue(days=(1, 5))


def make_other_name(authority: Authority) -> str:
    return authority.issue("mail.outro.test", "*.outro.test")


def make_self_signed(authority: Authority) -> str:
    return authority.issue(self_signed=True)


@pytest.mark.parametrize("first", [False, True], ids=["starttls", "tls"])
@pytest.mark.parametrize(
    ("make", "trouble", "names"),
    [
        (make_expired, CertificateTrouble.EXPIRED, (HOST,)),
        (make_future, CertificateTrouble.NOT_YET_VALID, (HOST,)),
        (make_other_name, CertificateTrouble.OTHER_NAME, ("mail.outro.test", "*.outro.test")),
        (make_self_signed, CertificateTrouble.SELF_SIGNED, (HOST,)),
    ],
)
def test_a_bad_certificate_is_refused_by_its_kind_and_shown(
    authority: Authority,
    make: Callable[[Authority], str],
    trouble: CertificateTrouble,
    names: tuple[str, ...],
    *,
    first: bool,
) -> None:
    net = network(authority)
    with HostileServer(GOOD.but(tls_first=first), make(authority)) as server:
        seen = look(net, server.port, TLS if first else STARTTLS)
    assert (seen.end, seen.step, seen.trouble) == (End.BAD_CERTIFICATE, Step.HANDSHAKE, trouble)
    assert seen.certificate is not None
    assert seen.certificate.names == names
    assert seen.after == ()
    assert [each.why for each in net.ledger] == ["look", "certificate"]
    commands = server.heard.count("EHLO [127.0.0.1]"), server.heard.count("QUIT")
    assert commands == ((0, 0) if first else (2, 0))  # nothing was said inside TLS


@pytest.mark.parametrize("platform", [Platform.LINUX, Platform.MACOS])  # OpenSSL, truststore
def test_a_name_in_the_old_form_only_is_no_name(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, platform: Platform
) -> None:
    monkeypatch.setattr(here, "platform", lambda: platform)
    with HostileServer(GOOD, authority.issue(old_form=True)) as server:
        seen = look(network(authority), server.port)
    assert (seen.end, seen.trouble) == (End.BAD_CERTIFICATE, CertificateTrouble.OTHER_NAME)
    assert seen.certificate is not None
    assert seen.certificate.names == (HOST,)


def test_an_unknown_issuer_is_named(
    certificate: str, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with HostileServer(GOOD, certificate) as server:
        seen = look(network(None), server.port)
    assert (seen.end, seen.trouble) == (End.BAD_CERTIFICATE, CertificateTrouble.UNKNOWN_ISSUER)
    assert seen.certificate is not None
    assert seen.certificate.issuer.startswith("Configure 587!")


def test_an_issuer_that_only_this_computer_knows_is_named(
    authority: Authority, certificate: str
) -> None:
    net = network(authority, second=certifi.where())
    with HostileServer(GOOD, certificate) as server:
        seen = look(net, server.port)
    assert seen.end is End.COMPLETE
    assert seen.local_root == "Configure 587! test authority, Exemplo Ltda."
    assert [each.why for each in net.ledger] == ["look", "second_opinion"]


def test_the_environment_may_name_the_authorities(
    authority: Authority, certificate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", authority.path)
    with HostileServer(GOOD, certificate) as server:
        assert look(network(None), server.port).end is End.COMPLETE


def test_where_the_system_judges_the_same_is_seen(
    authority: Authority, certificate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here, "platform", lambda: Platform.MACOS)  # truststore, not OpenSSL alone
    with HostileServer(GOOD, certificate) as server:
        assert look(network(authority), server.port).end is End.COMPLETE
        assert look(network(None), server.port).trouble is CertificateTrouble.UNKNOWN_ISSUER


def test_a_name_with_accents_is_meant_by_its_a_label(authority: Authority) -> None:
    path = authority.issue("xn--strae-oqa.test")
    asked: list[str] = []

    def resolve(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"]

    net = SocketNetwork(LIMITS, resolve, authority.path)
    with HostileServer(GOOD, path) as server:
        seen = look(net, server.port, host=" straße.test. ")
    assert seen.end is End.COMPLETE
    assert asked == ["xn--strae-oqa.test"]
    assert seen.door.host == " straße.test. "  # as the mail program has it


def test_an_address_is_compared_with_the_addresses_in_the_certificate(
    authority: Authority, certificate: str
) -> None:
    with HostileServer(GOOD, authority.issue("127.0.0.1")) as server:
        assert look(network(authority), server.port, host="127.0.0.1").end is End.COMPLETE
    with HostileServer(GOOD, certificate) as server:
        seen = look(network(authority), server.port, host="127.0.0.1")
    assert (seen.end, seen.trouble) == (End.BAD_CERTIFICATE, CertificateTrouble.OTHER_NAME)


def test_no_opinion_is_no_error_when_the_second_handshake_fails(
    authority: Authority, certificate: str
) -> None:
    once = GOOD.but(greet=lambda guest: guest.reset() if guest.server.connections > 1 else None)
    with HostileServer(once, certificate) as server:
        seen = look(network(authority), server.port)
    assert (seen.end, seen.local_root) == (End.COMPLETE, "")


# --- names and ports -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["", "  ", ".", "a b.test", "😀.test", "x" * 300, "a..b", "-a.test", "127.1", "fe80::1%lo"],
)
def test_what_cannot_be_a_host_is_not_looked_for(authority: Authority, host: str) -> None:
    net = network(authority)
    assert look(net, 587, host=host).end is End.BAD_NAME
    assert net.ledger == []


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_cannot_be_a_port_is_not_looked_for(authority: Authority, port: int) -> None:
    net = network(authority)
    assert look(net, port).end is End.BAD_NAME
    assert net.ledger == []


@pytest.mark.parametrize(
    ("number", "end"),
    [
        (socket.EAI_NONAME, End.UNKNOWN_NAME),
        (socket.EAI_AGAIN, End.NO_DNS),
        (socket.EAI_FAIL, End.NO_DNS),
    ],
)
def test_a_name_without_address(number: int, end: End) -> None:
    def resolve(_name: str) -> list[str]:
        raise socket.gaierror(number, "no")

    seen = look(SocketNetwork(LIMITS, resolve), 587)
    assert (seen.end, seen.step) == (end, Step.RESOLVE)


def test_a_name_that_is_looked_up_for_ever_has_its_limit() -> None:
    over = threading.Event()

    def resolve(_name: str) -> list[str]:
        over.wait(10)
        return []

    with within(LIMITS.names):
        assert look(SocketNetwork(LIMITS, resolve), 587).end is End.NO_DNS
    over.set()


# --- ways to a server ----------------------------------------------------------------------------


@pytest.fixture
def closed_port() -> int:
    """Give a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_a_closed_port_refuses(authority: Authority, closed_port: int) -> None:
    net = network(authority)
    with within(0):
        seen = look(net, closed_port)
    assert (seen.end, seen.step) == (End.REFUSED, Step.CONNECT)
    assert [each.outcome for each in net.ledger] == ["refused"]


def test_a_filtered_port_is_a_timeout(authority: Authority) -> None:
    net = network(authority)
    with filtered() as port, within(LIMITS.connect):
        assert look(net, port).end is End.TIMEOUT
    assert [each.outcome for each in net.ledger] == ["timeout"]


@needs_ipv6
def test_a_dead_ipv6_does_not_hold_up_ipv4(authority: Authority, certificate: str) -> None:
    net = network(authority, "::1", "127.0.0.1")
    with HostileServer(GOOD, certificate) as server, filtered("::1", server.port):
        seen = look(net, server.port)
    assert (seen.end, seen.address) == (End.COMPLETE, "127.0.0.1")
    assert LIMITS.stagger <= seen.connect_seconds < LIMITS.connect
    assert [(each.address, each.outcome) for each in net.ledger][:2] == [
        ("::1", "slower"),
        ("127.0.0.1", "complete"),
    ]


def test_a_refusing_address_gives_way_at_once(authority: Authority, certificate: str) -> None:
    limits = LIMITS._replace(stagger=5.0, connect=5.0, total=10.0)
    net = network(authority, "127.0.0.2", "127.0.0.3", "127.0.0.1", limits=limits)
    with HostileServer(GOOD, certificate) as server, within(1):
        assert look(net, server.port).address == "127.0.0.1"


def test_two_filtered_addresses_and_a_good_one(authority: Authority, certificate: str) -> None:
    net = network(authority, "127.0.0.2", "127.0.0.3", "127.0.0.1")
    with (
        HostileServer(GOOD, certificate) as server,
        filtered("127.0.0.2", server.port),
        filtered("127.0.0.3", server.port),
    ):
        seen = look(net, server.port)
    assert seen.end is End.COMPLETE
    assert 2 * LIMITS.stagger <= seen.connect_seconds < LIMITS.connect


def test_a_refusal_of_one_address_says_more_than_the_silence_of_another(
    authority: Authority,
) -> None:
    with filtered("127.0.0.2") as port:
        assert look(network(authority, "127.0.0.2", "127.0.0.3"), port).end is End.REFUSED


def test_a_connection_that_is_gone_again_at_once_is_broken(
    authority: Authority, certificate: str
) -> None:
    with HostileServer(GOOD.but(greet=lambda guest: guest.reset()), certificate) as server:
        for _ in range(5):  # the reset is seen while connecting, or just after
            assert look(network(authority), server.port).end is End.BROKEN


def test_an_address_that_cannot_be_used_is_unreachable(authority: Authority) -> None:
    net = network(authority, "::1%nowhere")
    assert look(net, 587).end is End.UNREACHABLE
    assert [each.outcome for each in net.ledger] == ["unreachable"]


def test_no_address_is_an_unknown_name(authority: Authority) -> None:
    assert look(SocketNetwork(LIMITS, lambda _name: []), 587).end is End.UNKNOWN_NAME


# --- several doors, several hosts ----------------------------------------------------------------


def test_each_door_is_looked_at_once_however_many_ask(
    authority: Authority, certificate: str
) -> None:
    net = network(authority)
    with HostileServer(GOOD, certificate) as server:
        spellings = [HOST, HOST.upper(), f" {HOST}. "]
        found = list(net.look([ask(each, server.port) for each in spellings * 5], never))
    assert [each.why for each in net.ledger] == ["look", "second_opinion"]
    assert len(found) == 15
    assert {each.doors[0].end for each in found} == {End.COMPLETE}
    assert all(each.doors[0].door == each.question.doors[0] for each in found)


def test_the_doors_of_a_host_are_looked_at_side_by_side(
    authority: Authority, certificate: str, closed_port: int
) -> None:
    slow = GOOD.but(greet=late(0.3))
    with HostileServer(slow, certificate) as one, HostileServer(slow, certificate) as two:
        doors = tuple(Door(HOST, port, STARTTLS) for port in (one.port, two.port, closed_port))
        net = network(authority)
        begun = time.monotonic()
        (found,) = net.look([Question(HOST, doors)], never)
        assert time.monotonic() - begun < 1.1  # one after the other would take 1.2
    assert [each.end for each in found.doors] == [End.COMPLETE, End.COMPLETE, End.REFUSED]
    assert found.at(closed_port) == found.doors[2]


def test_many_hosts_take_as_long_as_the_slowest(authority: Authority) -> None:
    names = [f"mx{number}.exemplo.test" for number in range(20)]
    slow = GOOD.but(greet=late(0.4))
    net = network(authority)
    with HostileServer(slow, authority.issue(*names)) as server:
        alone, _ = timed(net, [ask(names[0], server.port)])
        together, found = timed(net, [ask(name, server.port) for name in names * 10])
    assert len(found) == 200
    assert {each.doors[0].end for each in found} == {End.COMPLETE}
    assert together < alone * 1.2 + SLACK


def timed(net: SocketNetwork, questions: list[Question]) -> tuple[float, list[HostSeen]]:
    begun = time.monotonic()
    found = list(net.look(questions, never))
    return time.monotonic() - begun, found


def test_one_slow_host_does_not_hold_up_the_answers_of_others(
    authority: Authority, certificate: str
) -> None:
    net = SocketNetwork(LIMITS, lambda _name: ["127.0.0.1"], authority.path)
    with (
        HostileServer(SCENARIOS["silent"], certificate) as slow,
        HostileServer(GOOD, certificate) as fast,
    ):
        answers = net.look([ask("lento.test", slow.port), ask(HOST, fast.port)], never)
        assert [each.question.host for each in answers] == [HOST, "lento.test"]


def test_no_look_is_longer_than_its_total(authority: Authority, certificate: str) -> None:
    limits = LIMITS._replace(total=0.4, greeting=5, reply=5)
    with HostileServer(SCENARIOS["dripping"], certificate) as server, within(limits.total):
        assert look(network(authority, limits=limits), server.port).end is End.SLOW


# --- the old door --------------------------------------------------------------------------------


def look_at_old(net: SocketNetwork, port: int) -> HostSeen:
    (found,) = net.look([Question(HOST, (), Door(HOST, port, NONE))], never)
    return found


def test_the_old_door_is_looked_at_after_the_others(authority: Authority, certificate: str) -> None:
    net = network(authority)
    with (
        HostileServer(GOOD, certificate) as new,
        HostileServer(GOOD.but(before=("SIZE 1",)), certificate) as old,
    ):
        question = Question(HOST, (Door(HOST, new.port, STARTTLS),), Door(HOST, old.port, NONE))
        (found,) = net.look([question], never)
    assert [each.why for each in net.ledger] == ["look", "second_opinion", "explain"]
    assert found.old is not None
    assert (found.old.end, found.old.step) == (End.COMPLETE, Step.DONE)
    assert found.old.before == ("smtp.exemplo.test", "SIZE 1")
    assert old.heard == ["EHLO [127.0.0.1]", "QUIT"]


def test_without_time_left_silence_at_the_old_door_means_nothing(
    authority: Authority, certificate: str
) -> None:
    limits = LIMITS._replace(total=3.0, connect=1.5, greeting=1.5)
    with (
        HostileServer(GOOD.but(greet=late(0.85)), certificate) as new,
        filtered() as port,
    ):
        question = Question(HOST, (Door(HOST, new.port, STARTTLS),), Door(HOST, port, NONE))
        (found,) = network(authority, limits=limits).look([question], never)
    assert found.doors[0].end is End.COMPLETE
    assert found.old is not None
    assert found.old.end is End.SLOW


def test_the_certificate_of_the_old_door_is_shown_and_nothing_is_said_inside(
    authority: Authority,
) -> None:
    with HostileServer(GOOD, authority.issue("outro.test", self_signed=True)) as server:
        seen = look_at_old(network(authority), server.port).old
    assert seen is not None
    assert seen.end is End.COMPLETE
    assert seen.certificate is not None
    assert seen.certificate.names == ("outro.test",)
    assert (seen.after, server.heard) == ((), ["EHLO [127.0.0.1]", "STARTTLS"])


@pytest.mark.parametrize("name", ["refused", "answers in the clear", "old TLS"])
def test_an_old_door_that_fails_at_tls_is_still_open(
    authority: Authority, certificate: str, name: str
) -> None:
    with HostileServer(SCENARIOS[name], certificate) as server:
        seen = look_at_old(network(authority), server.port).old
    assert seen is not None
    assert (seen.end, seen.certificate) == (End.COMPLETE, None)


def test_nobody_knocks_at_a_door_that_was_not_asked_for(
    authority: Authority, closed_port: int
) -> None:
    net = network(authority)
    look(net, closed_port)
    assert [each.port for each in net.ledger] == [closed_port]


def test_an_old_door_that_is_one_of_the_others_is_looked_at_once(
    authority: Authority, certificate: str
) -> None:
    net = network(authority)
    with HostileServer(GOOD, certificate) as server:
        door = Door(HOST, server.port, STARTTLS)
        (found,) = net.look([Question(HOST, (door,), door)], never)
    assert [each.why for each in net.ledger] == ["look", "second_opinion"]
    assert found.old == found.doors[0]


# --- stop ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["silent", "dripping", "silent after EHLO", "silent inside"])
def test_a_look_can_be_stopped_at_any_moment(
    authority: Authority, certificate: str, name: str
) -> None:
    limits = Limits(total=30, greeting=30, reply=30)
    net = network(authority, limits=limits)
    begun = time.monotonic()
    with HostileServer(SCENARIOS[name], certificate) as server:
        (found,) = net.look([ask(HOST, server.port)], lambda: time.monotonic() - begun > 0.2)
        assert time.monotonic() - begun < 0.4 + SLACK
    assert found.doors[0].end is End.CANCELLED
    assert [each.outcome for each in net.ledger] == ["cancelled"]


def test_stopping_reaches_connections_and_names_too(authority: Authority) -> None:
    over = threading.Event()

    def resolve(name: str) -> list[str]:
        if name == "nome.test":
            over.wait(10)
        return ["127.0.0.1"]

    begun = time.monotonic()
    with filtered() as port:
        questions = [ask("nome.test", port), ask(HOST, port)]
        found = list(SocketNetwork(Limits(), resolve).look(questions, lambda: True))
    assert time.monotonic() - begun < SLACK
    assert {each.doors[0].end for each in found} == {End.CANCELLED}
    over.set()


def test_who_walks_away_from_the_answers_leaves_nothing_behind(
    authority: Authority, certificate: str
) -> None:
    before = threading.active_count()
    net = network(authority, limits=Limits())
    with (
        HostileServer(SCENARIOS["silent"], certificate) as slow,
        HostileServer(GOOD, certificate) as fast,
    ):
        answers = net.look([ask("lento.test", slow.port), ask(HOST, fast.port)], never)
        with within(0.2), contextlib.closing(answers):
            next(answers)
    assert threading.active_count() == before


# --- signing in ----------------------------------------------------------------------------------


def sign_in(net: SocketNetwork, port: int, password: str, security: Security = STARTTLS) -> Seen:
    return net.sign_in(Door(HOST, port, security), GOOD_USER, password)


@pytest.mark.parametrize("after", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH CRAM-MD5 PLAIN"])
@pytest.mark.parametrize("password", [GOOD_PASSWORD, "canary-587-wrong"])
def test_a_sign_in_is_one_attempt(
    authority: Authority, certificate: str, after: str, password: str
) -> None:
    good = password == GOOD_PASSWORD
    end, code = (End.COMPLETE, 235) if good else (End.SIGN_IN_REFUSED, 535)
    net = network(authority)
    with HostileServer(GOOD.but(after=(after,)), certificate) as server:
        seen = sign_in(net, server.port, password)
    assert (seen.end, seen.step, seen.code) == (end, Step.SIGN_IN, code)
    assert sum(line.startswith("AUTH") for line in server.heard) == 1
    assert [(each.why, each.outcome) for each in net.ledger] == [("sign_in", end.value)]
    assert "canary" not in f"{seen!r} {net.ledger!r} {vars(net)!r}"


def test_a_long_password_is_sent_after_the_server_asks(
    authority: Authority, certificate: str
) -> None:
    with HostileServer(GOOD, certificate) as server:
        seen = sign_in(network(authority), server.port, "x" * 600)
    assert seen.code == 535
    assert "AUTH PLAIN" in server.heard


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (b"454 4.7.0 Later\r\n", End.SIGN_IN_LATER),
        (b"534 5.7.9 Too weak\r\n", End.SIGN_IN_REFUSED),
        (b"530 5.7.0 No\r\n", End.SIGN_IN_REFUSED),
        (b"334 \r\n", End.GARBLED),
        (b"", End.SLOW),
    ],
)
def test_a_sign_in_that_fails(
    authority: Authority, certificate: str, answer: bytes, end: End
) -> None:
    rude = GOOD.but(protected_verbs={"AUTH": answer})
    with HostileServer(rude, certificate) as server:
        seen = sign_in(network(authority), server.port, GOOD_PASSWORD)
    assert (seen.end, seen.step) == (end, Step.SIGN_IN)


@pytest.mark.parametrize(
    "manners",
    [
        SCENARIOS["stripped"],
        SCENARIOS["injected"],
        SCENARIOS["old TLS"],
        SCENARIOS["OAuth only"],
        SCENARIOS["no AUTH after TLS"],
    ],
)
def test_a_password_is_never_sent_where_it_should_not(
    authority: Authority, certificate: str, manners: Manners
) -> None:
    with HostileServer(manners, certificate) as server:
        seen = sign_in(network(authority), server.port, GOOD_PASSWORD)
    assert seen.end is not End.COMPLETE
    assert not any(line.startswith("AUTH") for line in server.heard)


def test_a_password_is_never_sent_to_a_server_that_is_not_proven(
    authority: Authority,
) -> None:
    with HostileServer(GOOD, authority.issue("outro.test")) as server:
        seen = sign_in(network(authority), server.port, GOOD_PASSWORD)
    assert seen.end is End.BAD_CERTIFICATE
    assert server.handshakes == 0


@pytest.mark.parametrize(
    ("host", "stopped", "end"),
    [("a b", False, End.BAD_NAME), (HOST, False, End.NO_DNS), (HOST, True, End.CANCELLED)],
)
def test_a_sign_in_that_never_begins(host: str, end: End, *, stopped: bool) -> None:
    def resolve(_name: str) -> list[str]:
        time.sleep(0.1 if stopped else 0)
        raise socket.gaierror(socket.EAI_AGAIN, "no")

    net = SocketNetwork(LIMITS, resolve)
    door = Door(host, 587, STARTTLS)
    assert net.sign_in(door, GOOD_USER, GOOD_PASSWORD, lambda: stopped).end is end
    assert net.ledger == []


def test_a_door_without_tls_takes_no_password(authority: Authority) -> None:
    with pytest.raises(ValueError, match="without TLS") as caught:
        sign_in(network(authority), 25, GOOD_PASSWORD, NONE)
    assert "canary" not in str(caught.value)
