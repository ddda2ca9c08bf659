"""Real servers note what real clients did, and we read exactly that in their logs."""

from __future__ import annotations

import gzip
import json
import smtplib
import ssl
from typing import TYPE_CHECKING, Final

import pytest

from configure587 import cli
from e2e import real_servers
from e2e.real_servers import MX, SUBMISSION, SUBMISSIONS, Programs, Rules, Server
from e2e.real_thunderbird import HOSTNAME as NAME
from e2e.real_thunderbird import PASSWORD, wait_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from certificates import Authority

pytestmark = pytest.mark.e2e

Way = tuple[int, bool]  # port, whether STARTTLS is asked for

WAYS: Final[Mapping[str, tuple[Way, ...]]] = {
    "velha@exemplo.com.br": ((MX, False), (MX, False), (MX, True)),
    "meia@exemplo.com.br": ((MX, True),),
    "aberta@exemplo.com.br": ((SUBMISSION, False), (SUBMISSION, True)),
    "mudou@exemplo.com.br": ((MX, False), (SUBMISSION, True), (SUBMISSIONS, False)),
    "certa@exemplo.com.br": ((SUBMISSION, True), (SUBMISSIONS, False)),
}
FOUND: Final = {  # due, through port 25, unencrypted, good
    "velha@exemplo.com.br": (3, 3, 2, 0),
    "meia@exemplo.com.br": (1, 1, 0, 0),
    "aberta@exemplo.com.br": (1, 0, 1, 1),
    "mudou@exemplo.com.br": (1, 1, 1, 2),
}
FORGED: Final = '"x H=(x) [192.0.2.9] P=esmtpa A=plain:certa@exemplo.com.br S=1"@exemplo.com.br'
STRANGER: Final = "estranho@exemplo.com.br"
RULES: Final = {
    "postfix": Rules(old_ways=True, users=tuple(WAYS)),
    "postfix-tls": Rules(old_ways=True, users=tuple(WAYS), logs_tls=True),
    "exim": Rules(old_ways=True, users=tuple(WAYS)),
}


def send(server: Server, authority: Authority, user: str, way: Way, sender: str = "") -> None:
    """One letter, in a conversation of its own."""
    port, starttls = way
    context = ssl.create_default_context(cafile=authority.path)
    context.check_hostname = False
    client: smtplib.SMTP
    if port == SUBMISSIONS:
        client = smtplib.SMTP_SSL(server.address, port, "[127.0.0.1]", context=context, timeout=10)
    else:
        client = smtplib.SMTP(server.address, port, "[127.0.0.1]", timeout=10)
    with client:
        if starttls:
            client.starttls(context=context)
        client.login(user, PASSWORD)
        client.sendmail(sender or user, ["rui@example.org"], "Subject: <= A=plain:x\r\n\r\nsegredo")


def refused(server: Server) -> None:
    """Somebody guesses a password; somebody sends without signing in."""
    with smtplib.SMTP(server.address, MX, "[127.0.0.1]", timeout=10) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("certa@exemplo.com.br", "canary-587-wrong")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(STRANGER, ["rui@example.org"], "Subject: x\r\n\r\nx")


def run(capsys: pytest.CaptureFixture[str], words: Sequence[str]) -> tuple[int, str]:
    code = cli.main(["fleet", "from-logs", *words, "--json"])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("kind", RULES)
def test_exactly_those_who_sent_the_old_way_are_found(
    kind: str,
    programs: Programs,
    authority: Authority,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    start = {"exim": real_servers.exim}.get(kind, real_servers.postfix)
    address = real_servers.own_address()
    with start(programs, authority.issue(NAME, address), RULES[kind], [address]) as server:
        for user, ways in WAYS.items():
            for way in ways:
                send(server, authority, user, way)
        send(server, authority, "velha@exemplo.com.br", (MX, False), FORGED)
        refused(server)
        wait_for("the last word is noted", lambda: STRANGER in server.log() or None, 10)
        log = server.log()
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(log.encode()))

    code, answer = run(capsys, [str(path)])

    document = json.loads(answer)
    expected = FOUND | {"velha@exemplo.com.br": (4, 4, 3, 0)}
    assert code == 10, log
    assert {
        each["account"]: (each["due"], each["port_25"], each["unencrypted"], each["good"])
        for each in document["due"]
    } == expected, log
    assert document["unknown"] == []
    assert document["accounts"] == len(WAYS)
    assert [each["unclear"] for each in document["logs"]] == [0]
    assert {(each["port"], each["known"]) for each in document["services"]} == {
        (port, "exact" if kind == "exim" else "convention")
        for port in (MX, SUBMISSION, SUBMISSIONS)
    }
    assert not [word for word in ("canary", "segredo", "rui@", "127.") if word in answer]
