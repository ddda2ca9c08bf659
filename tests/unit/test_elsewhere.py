"""Another server in place of today's: whom we ask, what a person is told, and how a yes is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from builders import a_machine, bytes_of, thunderbird
from configure587 import elsewhere, engine
from configure587.errors import Cancelled
from configure587.model import Plan, Progress, Reason, Result, Verdict
from configure587.policy import Policy, Probe
from configure587.report import exit_codes
from configure587.seen import Certificate, CertificateTrouble, End
from network_builders import Network, only, ready, then
from submission_builders import FakeOnline, config, outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

    from configure587.machine import Machine
    from configure587.model import Finding
    from configure587.seen import HostSeen, Question

OLD = "mail.exemplo.com.br"
NEW = "smtp.exemplo.com.br"
BY_NAME = "web.exemplo.com.br"
HOSTER = "saida.hospedagem.example"
DOMAIN = "exemplo.com.br"
AUTOCONFIG = f"https://autoconfig.{DOMAIN}/mail/config-v1.1.xml"
GONE = only(End.UNKNOWN_NAME)


def shows(*names: str) -> Callable[[Question], HostSeen]:
    """A host with somebody else's certificate."""
    certificate = Certificate(names, "Autoridade", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
    other = CertificateTrouble.OTHER_NAME
    return only(End.BAD_CERTIFICATE, trouble=other, certificate=certificate)


def a_person(
    hosts: dict[str, Callable[[Question], HostSeen]],
    online: FakeOnline | None = None,
    incoming: str = f"imap.{DOMAIN}",
    profiles: int = 1,
) -> tuple[Machine, Network]:
    """Somebody whose profiles send through the old name."""
    network = Network(hosts, online)
    made = [
        thunderbird(
            name=f"abcd000{number}.default",
            host=OLD,
            port=25,
            try_ssl=0,
            address=f"ana{number}@{DOMAIN}",
            more={"mail.server.server1.hostname": incoming},
        )
        for number in range(profiles)
    ]
    return a_machine(*made).but(network=network), network


def why(finding: Finding, code: str) -> Reason | None:
    return next((each for each in finding.reasons if each.code == code), None)


def offered(plan: Plan) -> list[str]:
    return [each.finding.target.hostname for each in plan.offers if each.finding.target]


ONLINE = Policy(online=True)


# --- whom we ask ---------------------------------------------------------------------------------


@pytest.mark.parametrize("old", [GONE, shows(BY_NAME)])
def test_nobody_is_asked_while_a_server_that_we_know_of_is_good(
    old: Callable[[Question], HostSeen],
) -> None:
    online = FakeOnline({AUTOCONFIG: config(outgoing(HOSTER))})
    machine, _ = a_person({OLD: old, NEW: ready, BY_NAME: ready, HOSTER: ready}, online)
    assert offered(engine.plan(machine, ONLINE)) == [NEW]
    assert online.asked == []


def test_the_network_is_asked_when_no_server_that_we_know_of_is_good() -> None:
    online = FakeOnline({AUTOCONFIG: config(outgoing(HOSTER))})
    machine, network = a_person({OLD: GONE, HOSTER: ready}, online)
    assert offered(engine.plan(machine, ONLINE)) == [HOSTER]
    assert online.asked[0] == AUTOCONFIG
    looked = [question.host for question in network.asked]
    assert len(looked) == len(set(looked))
    assert offered(engine.plan(machine, Policy())) == []


def test_each_question_is_put_once_for_all_accounts() -> None:
    online = FakeOnline()
    machine, _ = a_person({OLD: GONE}, online, profiles=3)
    assert len(engine.plan(machine, ONLINE).untouched) == 3
    assert len(online.asked) == len(set(online.asked)) > 0


def test_the_person_may_stop_while_the_network_is_asked() -> None:
    online = FakeOnline()
    machine, _ = a_person({OLD: GONE}, online)

    def stop(progress: Progress) -> None:
        if progress.stage == "prove" and len(online.asked) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.plan(machine, ONLINE, stop)
    assert len(online.asked) == 2


def test_where_nobody_is_there_no_name_is_taken_that_others_could_forge() -> None:
    online = FakeOnline(
        exchanges={DOMAIN: ["mx.core.locaweb.com.br."]},
        services={f"_submission._tcp.{DOMAIN}": [(HOSTER, 587)]},
    )
    hosts = {OLD: shows(BY_NAME), BY_NAME: ready, HOSTER: ready, "email-ssl.com.br": ready}
    machine, network = a_person(hosts, online, incoming="imap.outra.example")
    accepted = ONLINE._replace(accept_hosts=tuple(hosts))
    assert len(engine.plan(machine, accepted).steps) == 1
    network.asked.clear()
    online.asked.clear()
    silent = engine.plan(machine, accepted._replace(tamper_proof_only=True))
    assert silent.steps == ()
    assert silent.offers == ()
    assert [question.host for question in network.asked] == [OLD]
    assert not [each for each in online.asked if not each.startswith("https://")]


def test_where_nobody_is_there_the_table_is_believed() -> None:
    hosts = {"smtp.uol.com.br": GONE, "smtps.uol.com.br": ready}
    profile = thunderbird(host="smtp.uol.com.br", port=25, try_ssl=0, address="ana@uol.com.br")
    machine = a_machine(profile).but(network=Network(hosts))
    silent = Policy(tamper_proof_only=True, accept_hosts=("smtps.uol.com.br",))
    assert len(engine.plan(machine, silent).steps) == 1
    assert engine.plan(machine, silent._replace(accept_hosts=())).steps == ()


# --- what a front end reads ----------------------------------------------------------------------


def test_a_finding_names_both_hosts_and_whose_certificate_it_was() -> None:
    machine, _ = a_person({OLD: GONE, NEW: ready})
    [finding] = engine.plan(machine, Policy()).untouched
    assert finding.verdict is Verdict.UNPROVEN
    found = why(finding, "other_host_found")
    assert found is not None
    assert dict(found.fields) == {
        "other": NEW,
        "host": OLD,
        "domain": DOMAIN,
        "names": NEW,
        "issuer": "Autoridade de Teste",
    }
    assert why(finding, "other_host_by_dns") is None


@pytest.mark.parametrize(("host", "told"), [(HOSTER, True), (BY_NAME, False)])
def test_a_strangers_name_from_dns_says_so(host: str, *, told: bool) -> None:
    online = FakeOnline(services={f"_submission._tcp.{DOMAIN}": [(host, 587)]})
    machine, _ = a_person({OLD: GONE, host: ready}, online)
    [finding] = engine.plan(machine, ONLINE).untouched
    assert (why(finding, "other_host_by_dns") is not None) == told


# --- the yes -------------------------------------------------------------------------------------


def test_a_yes_is_kept_in_the_plan_and_nobody_is_looked_at_again() -> None:
    machine, network = a_person({OLD: GONE, NEW: ready}, profiles=2)
    before = bytes_of(machine)
    plan = engine.plan(machine, Policy())
    first, second = plan.offers
    looked = len(network.asked)
    made = engine.accept(plan, [first.finding.id])
    assert len(network.asked) == looked
    assert made.steps == (first,)
    assert [each.id for each in made.untouched] == [second.finding.id]
    assert made.offers == (second,)
    receipt = engine.apply(machine, made, Policy())
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]
    after = bytes_of(machine)
    assert [path for path in before if before[path] != after[path]] == [
        first.finding.profile.place.path
    ]
    assert f'hostname", "{NEW}"'.encode() in after[first.finding.profile.place.path]


def test_without_a_yes_nothing_is_taken() -> None:
    machine, _ = a_person({OLD: GONE, NEW: ready})
    plan = engine.plan(machine, Policy())
    assert engine.accept(plan, []) == plan
    assert engine.accept(plan, ["thunderbird:0000000000:smtp1"]) == plan
    assert engine.apply(machine, plan, Policy()).outcomes == ()


def test_who_wants_only_to_be_warned_is_told_of_the_other_server_too() -> None:
    machine, _ = a_person({OLD: GONE, NEW: ready})
    plan = engine.plan(machine, Policy(probe=Probe.WARN))
    [step], [offer] = plan.steps, plan.offers
    assert why(step.finding, "other_host_found") is not None
    assert engine.accept(plan, [offer.finding.id]).steps == (offer,)


def test_a_taken_server_that_gets_worse_takes_its_change_back() -> None:
    machine, _ = a_person({OLD: GONE, NEW: then(ready, only(End.TIMEOUT))})
    before = bytes_of(machine)
    plan = engine.plan(machine, Policy())
    made = engine.accept(plan, [each.finding.id for each in plan.offers])
    [outcome] = engine.apply(machine, made, Policy()).outcomes
    assert (outcome.result, outcome.reasons[0].code) == (Result.FAILED, "proof_lost")
    assert bytes_of(machine) == before


# --- sign-in: rows 2 and 3 -----------------------------------------------------------------------


def oauth(question: Question) -> HostSeen:
    """A server that takes no password."""
    seen = ready(question)
    words = ("AUTH XOAUTH2",)
    return seen._replace(doors=tuple(each._replace(after=words) for each in seen.doors))


def test_a_server_without_passwords_is_offered_and_has_an_exit_code_of_its_own() -> None:
    profile = thunderbird(host=NEW, port=25, try_ssl=0)
    machine = a_machine(profile).but(network=Network({NEW: oauth}))
    plan = engine.plan(machine, Policy())
    [finding], [offer] = plan.untouched, plan.offers
    assert (plan.steps, finding.verdict) == ((), Verdict.UNPROVEN)
    assert why(finding, "proof_oauth_only") is not None
    assert why(finding, "other_host_found") is None
    assert exit_codes.of_unproven(plan.untouched) == exit_codes.OTHER_SIGN_IN
    made = engine.accept(plan, [offer.finding.id])
    [outcome] = engine.apply(machine, made, Policy()).outcomes
    assert outcome.result is Result.CHANGED


def test_one_server_that_is_not_proven_at_all_outweighs_it() -> None:
    profiles = [
        thunderbird(name=f"abcd000{number}.x", host=host, port=25, try_ssl=0)
        for number, host in enumerate((NEW, OLD))
    ]
    machine = a_machine(*profiles).but(network=Network({NEW: oauth, OLD: only(End.BUSY)}))
    left = engine.plan(machine, Policy()).untouched
    assert exit_codes.of_unproven(left) == exit_codes.NOT_PROVEN


def test_who_signs_in_without_a_password_already_is_at_home_there() -> None:
    profile = thunderbird(host=NEW, port=25, try_ssl=0, authMethod=10)
    answers = then(oauth, oauth, oauth, only(End.TIMEOUT))
    machine = a_machine(profile).but(network=Network({NEW: answers}))
    before = bytes_of(machine)
    for result in (Result.CHANGED, Result.FAILED):  # the second time, it is gone after the change
        plan = engine.plan(machine, Policy())
        [step] = plan.steps
        assert why(step.finding, "proof_ready") is not None
        receipt = engine.apply(machine, plan, Policy())
        assert [each.result for each in receipt.outcomes] == [result]
        assert (bytes_of(machine) == before) == (result is Result.FAILED)
        if result is Result.CHANGED and receipt.backup is not None:
            engine.rollback(machine, receipt.backup)


NOBODY: dict[str, Any] = {"authMethod": 1, "username": None, "incoming": None}


@pytest.mark.parametrize(
    ("answer", "code"),
    [(ready, "proof_login_needed"), (oauth, "proof_oauth_only"), (GONE, "proof_server_gone")],
)
def test_what_lacks_a_user_name_is_told_what_its_server_is_like(
    answer: Callable[[Question], HostSeen], code: str
) -> None:
    profile = thunderbird(host=NEW, port=25, try_ssl=0, **NOBODY)
    network = Network({NEW: answer})
    machine = a_machine(profile).but(network=network)
    plan = engine.plan(machine, Policy())
    [finding] = plan.untouched
    assert (finding.verdict, finding.reasons[0].code) == (Verdict.STUCK, code)
    assert why(finding, "sign_in_needed") is not None
    assert [each.question.host for each in plan.proofs] == [NEW]
    engine.plan(machine, Policy(skip=(finding.id,)))
    engine.plan(machine, Policy(probe=Probe.OFF))
    assert len(network.asked) == 1


def test_a_user_name_that_a_person_gave_is_taken() -> None:
    profile = thunderbird(host=NEW, port=25, try_ssl=0, **NOBODY)
    machine = a_machine(profile).but(network=Network({NEW: ready}))
    [finding] = engine.plan(machine, Policy()).untouched
    told = Policy(user_names=((finding.id, "ana@exemplo.com.br"),))
    plan = engine.plan(machine, told)
    [outcome] = engine.apply(machine, plan, told).outcomes
    assert outcome.result is Result.CHANGED
    written = bytes_of(machine)[finding.profile.place.path]
    assert b'smtp1.username", "ana@exemplo.com.br"' in written
    assert b'smtp1.authMethod", 3)' in written


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("smtps.uol.com.br", True),
        ("SMTPS.uol.com.br.", True),
        ("smtp.ig.com.br", False),  # whether 587 is protected there, no source says
        ("smtp.r7.com", False),  # a guess
        ("smtp.mail.yahoo.com", False),  # 587 is its second port, and not confirmed
        ("smtp.nobody.example", False),
    ],
)
def test_only_what_is_confirmed_is_known_to_offer_starttls(host: str, *, known: bool) -> None:
    assert elsewhere.starttls_known(host) is known
