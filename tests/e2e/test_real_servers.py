"""The real servers are what the tests of the probe take them for, and nothing of them stays."""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from certificates import Authority, Fault
from e2e import real_servers
from e2e.real_servers import MX, SUBMISSION, SUBMISSIONS, Programs, Rules, Server
from e2e.real_thunderbird import ADDRESS, PASSWORD, REPOSITORY, wait_for
from e2e.real_thunderbird import HOSTNAME as NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

KINDS: Final = {"postfix": real_servers.postfix, "exim": real_servers.exim}
PROGRAM: Final = {"postfix": "postfix/usr/lib/postfix/sbin/master", "exim": "exim/usr/sbin/exim4"}
SECONDS: Final = 10.0
LITERAL: Final = "[127.0.0.1]"
IDN: Final = "smtp.xn--correio-so-paulo-fib.example"

VERIFY_CODES: Final = {
    Fault.EXPIRED: 10,
    Fault.FUTURE: 9,
    Fault.OTHER_HOST: 62,
    Fault.SELF_SIGNED: 18,
    Fault.UNKNOWN_ISSUER: 20,
}
"""X509_V_ERR_…, openssl/x509_vfy.h."""

OLD_TLS: Final = {
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",  # GnuTLS, when it shares no cipher with the client either
}
"""What OpenSSL may say about a server that has nothing newer than TLS 1.1."""

NEEDS_IPV6: Final = pytest.mark.skipif(
    not os.path.exists("/proc/net/if_inet6"), reason="this system has no IPv6"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client that verifies has seen of one door."""

    before: frozenset[str]
    """Keywords of EHLO in the clear."""
    after: frozenset[str]
    """Keywords under TLS."""
    mechanisms: frozenset[str]
    tls: str | None


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Give each server in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def standard(kind: str, programs: Programs, authority: Authority) -> Iterator[Server]:
    """Give a server that does everything right."""
    address = real_servers.own_address()
    certificate = authority.issue(NAME, address)
    with KINDS[kind](programs, certificate, addresses=[address]) as server:
        yield server


def trusting(authority: Authority) -> ssl.SSLContext:
    """Make what verifies against this authority only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # Debian's own Python would take TLS 1.1
    context.load_verify_locations(authority.path)
    return context


class Client(smtplib.SMTP):
    """One that asks an address, and expects the certificate of a name."""

    def __init__(self, address: str, port: int = SUBMISSION, name: str = NAME) -> None:
        """Connect, and say nothing yet."""
        super().__init__(address, port, local_hostname=LITERAL, timeout=SECONDS)
        self._host = name  # what starttls() verifies


def look(server: Server, authority: Authority, port: int = SUBMISSION) -> Seen:
    """See what is offered before and after STARTTLS."""
    with Client(server.address, port) as client:
        client.ehlo()
        before = frozenset(client.esmtp_features)
        assert "AUTH" not in {word.upper() for word in before}
        if "starttls" not in before:
            return Seen(before, frozenset(), frozenset(), None)
        client.starttls(context=trusting(authority))
        client.ehlo()
        assert isinstance(client.sock, ssl.SSLSocket)
        mechanisms = frozenset(client.esmtp_features.get("auth", "").split())
        return Seen(before, frozenset(client.esmtp_features), mechanisms, client.sock.version())


def is_open(address: str, port: int) -> bool:
    """Whether somebody takes the call."""
    try:
        socket.create_connection((address, port), timeout=SECONDS).close()
    except ConnectionRefusedError:
        return False
    return True


# --- a server that does everything right ---------------------------------------------------------


def test_sign_in_is_offered_only_under_tls(standard: Server, authority: Authority) -> None:
    seen = look(standard, authority)
    assert "starttls" in seen.before
    assert "auth" not in seen.before
    assert "starttls" not in seen.after
    assert seen.mechanisms == {"PLAIN", "LOGIN"}
    assert seen.tls in {"TLSv1.2", "TLSv1.3"}


def test_port_25_takes_letters_without_tls_and_knows_no_sign_in(
    standard: Server, authority: Authority
) -> None:
    seen = look(standard, authority, MX)
    assert "starttls" in seen.before
    assert seen.mechanisms == set()


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_the_user_signs_in_and_hands_in_a_letter(
    standard: Server, authority: Authority, mechanism: str
) -> None:
    before = standard.log().count(ADDRESS)
    with Client(standard.address) as client:
        client.starttls(context=trusting(authority))
        client.ehlo()
        client.user, client.password = ADDRESS, PASSWORD
        word = mechanism.removeprefix("auth_").upper()
        assert client.auth(word, getattr(client, mechanism))[0] == 235
        assert client.sendmail(ADDRESS, ["bia@exemplo.net"], "Subject: teste\n\n587\n") == {}
    # the server writes its log a moment later than it answers
    wait_for("the log", lambda: standard.log().count(ADDRESS) > before or None, SECONDS)


def test_a_wrong_password_is_refused(standard: Server, authority: Authority) -> None:
    with Client(standard.address) as client:
        client.starttls(context=trusting(authority))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(ADDRESS, "not-the-canary")


def test_a_letter_without_sign_in_is_refused(standard: Server) -> None:
    with Client(standard.address) as client, pytest.raises(smtplib.SMTPException):
        client.sendmail(ADDRESS, ["bia@exemplo.net"], "Subject: teste\n\n587\n")


def test_port_465_speaks_tls_from_the_start_and_shows_the_address_in_its_certificate(
    standard: Server, authority: Authority
) -> None:
    with smtplib.SMTP_SSL(
        standard.address,
        SUBMISSIONS,
        local_hostname=LITERAL,
        timeout=SECONDS,
        context=trusting(authority),
    ) as client:
        assert client.login(ADDRESS, PASSWORD)[0] == 235


@pytest.mark.parametrize(
    ("port", "words"), [(SUBMISSION, ["-starttls", "smtp"]), (MX, ["-starttls", "smtp"]), (465, [])]
)
def test_openssl_agrees(
    standard: Server, authority: Authority, port: int, words: list[str]
) -> None:
    command = ["openssl", "s_client", *words, "-connect", f"{standard.address}:{port}"]
    command += ["-CAfile", authority.path, "-verify_return_error", "-verify_hostname", NAME]
    run = subprocess.run(
        [*command, "-brief"], input=b"QUIT\r\n", capture_output=True, timeout=SECONDS, check=False
    )
    said = run.stderr.decode()
    assert run.returncode == 0, said
    assert "Verification: OK" in said
    assert f"Verified peername: {NAME}" in said


@NEEDS_IPV6
def test_it_listens_on_ipv6_too(kind: str, programs: Programs, authority: Authority) -> None:
    address = real_servers.own_address()
    rules = Rules(ports=(SUBMISSION,))
    certificate = authority.issue(NAME)
    with KINDS[kind](programs, certificate, rules, addresses=["::1", address]) as server:
        assert look(server, authority).mechanisms == {"PLAIN", "LOGIN"}
        assert is_open(address, SUBMISSION)


# --- what may be wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("fault", VERIFY_CODES)
def test_a_certificate_is_wrong_in_the_way_that_was_asked_for(
    kind: str, programs: Programs, authority: Authority, fault: Fault
) -> None:
    certificate = authority.issue_with(fault, NAME)
    rules = Rules(ports=(SUBMISSION,))
    with KINDS[kind](programs, certificate, rules) as server:
        with Client(server.address) as client, pytest.raises(ssl.SSLCertVerificationError) as seen:
            client.starttls(context=trusting(authority))
        assert seen.value.verify_code == VERIFY_CODES[fault]


def test_a_name_with_accents_is_certified(
    kind: str, programs: Programs, authority: Authority
) -> None:
    with (
        KINDS[kind](programs, authority.issue(IDN), Rules(ports=(SUBMISSION,))) as server,
        Client(server.address, name=IDN) as client,
    ):
        assert client.starttls(context=trusting(authority))[0] == 220


@pytest.mark.parametrize("ports", [(SUBMISSION,), (SUBMISSIONS,), (MX, SUBMISSIONS)])
def test_only_the_ports_that_were_asked_for_are_open(
    kind: str, programs: Programs, authority: Authority, ports: tuple[int, ...]
) -> None:
    with KINDS[kind](programs, authority.issue(NAME), Rules(ports)) as server:
        for port in (MX, SUBMISSION, SUBMISSIONS):
            assert is_open(server.address, port) == (port in ports)


def test_without_starttls_there_is_no_sign_in_but_465_is_as_good_as_ever(
    kind: str, programs: Programs, authority: Authority
) -> None:
    address = real_servers.own_address()
    certificate = authority.issue(NAME, address)
    with KINDS[kind](programs, certificate, Rules(starttls=False), [address]) as server:
        for port in (MX, SUBMISSION):
            seen = look(server, authority, port)
            assert not seen.before & {"starttls", "auth"}
        with Client(address) as client:
            assert client.docmd("STARTTLS")[0] in {502, 503, 554}
        with smtplib.SMTP_SSL(
            address, SUBMISSIONS, LITERAL, timeout=SECONDS, context=trusting(authority)
        ) as client:
            assert client.login(ADDRESS, PASSWORD)[0] == 235


@pytest.mark.parametrize(
    "mechanisms", [(), ("xoauth2",), ("xoauth2", "oauthbearer"), ("cram-md5",)], ids=str
)
def test_sign_in_is_offered_with_these_mechanisms_and_no_other(
    kind: str, programs: Programs, authority: Authority, mechanisms: tuple[str, ...]
) -> None:
    rules = Rules((SUBMISSION,), mechanisms=mechanisms)
    with KINDS[kind](programs, authority.issue(NAME), rules) as server:
        seen = look(server, authority)
    assert seen.mechanisms == {each.upper() for each in mechanisms}
    assert ("auth" in seen.after) == bool(mechanisms)


def test_a_server_with_old_tls_only_is_refused_for_that(
    kind: str, programs: Programs, authority: Authority
) -> None:
    rules = Rules((SUBMISSION,), old_tls=True)
    with KINDS[kind](programs, authority.issue(NAME), rules) as server:
        with Client(server.address) as client, pytest.raises(ssl.SSLError) as seen:
            client.starttls(context=trusting(authority))
        assert seen.value.reason in OLD_TLS
        command = ["openssl", "s_client", "-starttls", "smtp", "-tls1_1", "-brief"]
        command += ["-connect", f"{server.address}:587", "-cipher", "ALL:@SECLEVEL=0"]
        run = subprocess.run(command, input=b"QUIT\r\n", capture_output=True, check=False)
        assert "Protocol version: TLSv1.1" in run.stderr.decode()


# --- names ---------------------------------------------------------------------------------------


def test_a_child_process_resolves_our_names_and_trusts_our_authority(
    standard: Server, programs: Programs, authority: Authority, tmp_path: Path
) -> None:
    code = f"""
import smtplib, ssl
client = smtplib.SMTP("{NAME}", 587, local_hostname="{LITERAL}", timeout={SECONDS})
client.starttls(context=ssl.create_default_context())
print(client.sock.getpeername()[0])
client.quit()
"""
    world = real_servers.world(programs, str(tmp_path), {NAME: standard.addresses}, authority)
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **world},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert (run.stdout.strip(), run.stderr) == (standard.address, "")


# --- nothing stays -------------------------------------------------------------------------------


def test_nothing_runs_and_nothing_lies_there_when_the_block_ends_even_by_an_error(
    kind: str, programs: Programs, authority: Authority
) -> None:
    processes, files = set(programs.processes()), os.listdir(programs.folder)

    def fail() -> None:
        with KINDS[kind](programs, authority.issue(NAME)) as server:
            look(server, authority)
            addresses.append(server.address)
            assert set(programs.processes()) > processes
            raise KeyError("the test fails")

    addresses: list[str] = []
    with pytest.raises(KeyError, match="the test fails"):
        fail()
    assert set(programs.processes()) <= processes
    assert os.listdir(programs.folder) == files
    assert not is_open(addresses[0], SUBMISSION)


def test_a_server_that_does_not_start_says_why(
    kind: str, programs: Programs, authority: Authority, tmp_path: Path
) -> None:
    subprocess.run(["cp", "-a", f"{programs.folder}/.", tmp_path], check=True)
    broken = Programs(str(tmp_path))
    with open(broken.path(PROGRAM[kind]), "w", encoding="utf-8") as program:
        program.write("#!/bin/sh\necho no space left; exit 3\n")
    with (
        pytest.raises(real_servers.ServerEnded, match="3") as seen,
        KINDS[kind](broken, authority.issue(NAME), Rules(mechanisms=())),
    ):
        pass
    assert "no space left" in seen.value.__notes__[0]
    assert broken.processes() == []


def test_the_servers_of_a_test_that_is_killed_end_by_themselves(
    kind: str, programs: Programs, tmp_path: Path
) -> None:
    code = f"""
import os, signal
from certificates import Authority
from e2e.real_servers import Programs, {kind}
certificate = Authority({str(tmp_path)!r}).issue("localhost")
with {kind}(Programs({programs.folder!r}), certificate) as server:
    print(server.address, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    before = set(programs.processes())
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/tests"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert run.returncode == -9
    assert run.stdout.startswith("127.")
    wait_for("they end", lambda: set(programs.processes()) <= before or None, SECONDS)


def traces() -> list[str]:
    """What the machine holds of mail servers, where their packages would put it."""
    names = ("postfix", "exim4", "dovecot", "mail.log")
    places = ("/etc", "/etc/default", "/var/spool", "/var/log", "/var/lib", "/run")
    return [f"{place}/{name}" for place in places for name in names if name in os.listdir(place)]


def test_the_machine_holds_no_trace_of_it(
    kind: str, programs: Programs, authority: Authority
) -> None:
    before = traces()
    with KINDS[kind](programs, authority.issue(NAME)) as server:
        look(server, authority)
        assert traces() == before
    assert traces() == before
