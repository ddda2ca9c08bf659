"""Prove, then write: what was not proven stays as it is, and what gets worse goes back."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from builders import a_machine, bytes_of, thunderbird
from configure587 import engine, vault
from configure587.errors import Cancelled
from configure587.model import (
    SUBMISSION,
    SUBMISSIONS,
    Approval,
    Plan,
    Progress,
    Result,
    Security,
    State,
    Verdict,
)
from configure587.policy import Policy, Probe
from configure587.report import exit_codes
from configure587.seen import CertificateTrouble, Door, End, HostSeen, Question
from network_builders import (
    CERTIFICATE,
    HOST,
    Network,
    bad,
    good,
    only,
    only_465,
    plain_25,
    ready,
    then,
)

if TYPE_CHECKING:
    from configure587.machine import Machine

POLICY = Policy()
BOTH = Policy(targets=(SUBMISSION, SUBMISSIONS))
OTHER = "smtp.outra.example"


def with_network(network: Network, *hosts: str, port: int = 25, try_ssl: int = 0) -> Machine:
    """A computer with one profile for each of these hosts."""
    profiles = [
        thunderbird(name=f"abcd000{n}.default", host=host, port=port, try_ssl=try_ssl)
        for n, host in enumerate(hosts or (HOST,))
    ]
    return a_machine(*profiles).but(network=network)


def codes(plan: Plan) -> list[str]:
    every = [step.finding for step in plan.steps] + list(plan.untouched)
    return [reason.code for finding in every for reason in finding.reasons]


def test_a_proven_server_is_changed_and_the_plan_says_what_was_seen() -> None:
    network = Network({HOST: ready})
    machine = with_network(network)
    plan = engine.plan(machine, POLICY)
    [step] = plan.steps
    assert "proof_ready" in codes(plan)
    [seen] = plan.proofs
    assert seen.question.old == Door(HOST, 25, Security.NONE)
    receipt = engine.apply(machine, plan, POLICY)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]
    assert step.finding.target is not None
    [before, after] = network.asked
    assert [door.port for door in before.doors] == [587, 465]
    assert after.doors == (Door(HOST, 587, SUBMISSION.security),)


UNPROVEN = [End.TIMEOUT, End.NO_STARTTLS, End.TAMPERED, End.NOT_SMTP, End.BUSY, End.REJECTED]


@pytest.mark.parametrize("end", UNPROVEN)
def test_a_server_that_is_not_proven_keeps_its_accounts(end: End) -> None:
    machine = with_network(Network({HOST: only(end)}))
    before = bytes_of(machine)
    plan = engine.plan(machine, POLICY)
    assert plan.steps == ()
    [finding] = plan.untouched
    assert (finding.verdict, finding.target) == (Verdict.UNPROVEN, None)
    receipt = engine.apply(machine, plan, POLICY)
    assert bytes_of(machine) == before
    verdicts = [each.verdict for each in receipt.untouched]
    assert exit_codes.of_outcomes(receipt.outcomes, verdicts) == exit_codes.NOT_PROVEN
    assert exit_codes.of_verdicts(verdicts) == exit_codes.NOT_PROVEN


def test_a_certificate_of_another_host_is_told_with_its_names() -> None:
    other = CERTIFICATE._replace(names=(OTHER,))
    answer = only(End.BAD_CERTIFICATE, trouble=CertificateTrouble.OTHER_NAME, certificate=other)
    plan = engine.plan(with_network(Network({HOST: answer})), POLICY)
    assert codes(plan)[-2:] == ["proof_wrong_host", "certificate_other_name"]


def test_one_bad_server_does_not_spoil_the_other() -> None:
    machine = with_network(Network({HOST: ready, OTHER: only(End.TIMEOUT)}), HOST, OTHER)
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]
    left = [each.verdict for each in receipt.untouched]
    assert left == [Verdict.UNPROVEN]
    assert exit_codes.of_outcomes(receipt.outcomes, left) == exit_codes.IN_PART
    assert "proof_server_gone" in [r.code for each in receipt.untouched for r in each.reasons]


def test_each_server_is_asked_once_however_many_accounts_share_it() -> None:
    network = Network({HOST: ready})
    engine.plan(with_network(network, HOST, HOST, HOST), POLICY)
    assert [question.host for question in network.asked] == [HOST]


def test_without_anything_to_change_nobody_is_asked() -> None:
    network = Network({HOST: ready})
    plan = engine.plan(with_network(network, port=587, try_ssl=2), POLICY)
    assert (network.asked, plan.proofs, plan.remarks) == ([], (), ())


def test_port_25_is_only_looked_at_where_a_program_uses_it() -> None:
    network = Network({HOST: ready})
    engine.plan(with_network(network, port=587), POLICY)
    assert [question.old for question in network.asked] == [None]


def test_465_is_taken_where_it_is_wanted_and_587_is_not_good() -> None:
    machine = with_network(Network({HOST: only_465}))
    [finding] = engine.plan(machine, POLICY).untouched
    assert finding.verdict is Verdict.UNPROVEN
    plan = engine.plan(machine, BOTH)
    [step] = plan.steps
    assert step.finding.target is not None
    assert step.finding.target.transport == SUBMISSIONS
    receipt = engine.apply(machine, plan, BOTH)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]


def test_a_change_to_465_says_too_that_the_program_is_open() -> None:
    machine = a_machine(thunderbird(host=HOST, port=25, try_ssl=0, running=True))
    plan = engine.plan(machine.but(network=Network({HOST: only_465})), BOTH)
    assert len(plan.steps) == 1
    assert "running" in codes(plan)


def test_who_wants_only_to_be_warned_is_warned() -> None:
    machine = with_network(Network({HOST: only(End.NO_DNS)}))
    warned = POLICY._replace(probe=Probe.WARN)
    plan = engine.plan(machine, warned)
    assert codes(plan)[-2:] == ["proof_offline", "unproven_all_the_same"]
    receipt = engine.apply(machine, plan, warned)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]


def test_who_wants_no_network_gets_none_and_the_plan_says_so() -> None:
    network = Network({})
    machine = with_network(network)
    plan = engine.plan(machine, POLICY._replace(probe=Probe.OFF))
    assert [reason.code for reason in plan.remarks] == ["not_looked"]
    assert len(plan.steps) == 1
    engine.apply(machine, plan, POLICY._replace(probe=Probe.OFF))
    assert network.asked == []


def test_a_computer_without_a_network_changes_nothing() -> None:
    machine = a_machine(thunderbird(port=25))
    [finding] = engine.plan(machine, POLICY).untouched
    assert finding.verdict is Verdict.UNPROVEN


def test_two_unanswered_ports_25_are_called_closed() -> None:
    def closed(question: Question) -> HostSeen:
        seen = ready(question)
        return seen._replace(old=bad(plain_25().door, End.TIMEOUT))

    machine = with_network(Network({HOST: closed, OTHER: closed}), HOST, OTHER)
    assert [reason.code for reason in engine.plan(machine, POLICY).remarks] == ["blocked_25"]


# --- once more, after the change -----------------------------------------------------------------


def test_a_server_that_got_worse_takes_its_change_back() -> None:
    hosts = {HOST: then(ready, only(End.TIMEOUT)), OTHER: ready}
    machine = with_network(Network(hosts), HOST, OTHER)
    before = bytes_of(machine)
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    lost, kept = receipt.outcomes
    assert (lost.result, kept.result) == (Result.FAILED, Result.CHANGED)
    assert [reason.code for reason in lost.reasons][:2] == ["proof_lost", "proof_server_gone"]
    after = bytes_of(machine)
    assert [path for path in before if before[path] != after[path]] == [
        path for path in before if "abcd0001" in path and path.endswith("prefs.js")
    ]
    assert receipt.backup is not None
    assert vault.load(machine, receipt.backup).state is State.APPLIED
    engine.rollback(machine, receipt.backup)
    assert bytes_of(machine) == before


@pytest.mark.parametrize("bad_port", [587, 465])
def test_of_a_host_with_two_doors_in_use_each_is_looked_at_again(bad_port: int) -> None:
    def half(question: Question) -> HostSeen:
        doors = [
            bad(door, End.TIMEOUT) if door.port == bad_port else good(door)
            for door in question.doors
        ]
        return HostSeen(question, tuple(doors))

    machine = with_network(Network({HOST: then(ready, ready, half)}), HOST, HOST)
    on_587, on_465 = (
        engine.plan(machine, POLICY._replace(targets=(each,))) for each in (SUBMISSION, SUBMISSIONS)
    )
    plan = dataclasses.replace(on_587, steps=(on_587.steps[0], on_465.steps[1]))
    receipt = engine.apply(machine, plan, POLICY)
    results = [Result.FAILED, Result.CHANGED]
    assert [each.result for each in receipt.outcomes] == (
        results if bad_port == 587 else results[::-1]
    )


def test_a_set_whose_every_change_went_back_is_undone() -> None:
    machine = with_network(Network({HOST: then(ready, only(End.NO_STARTTLS))}))
    before = bytes_of(machine)
    receipt = engine.apply(machine, engine.plan(machine, POLICY), POLICY)
    assert bytes_of(machine) == before
    assert receipt.backup is not None
    assert vault.load(machine, receipt.backup).state is State.ROLLED_BACK


def test_a_server_that_was_never_proven_cannot_get_worse() -> None:
    warned = POLICY._replace(probe=Probe.WARN)
    machine = with_network(Network({HOST: only(End.TIMEOUT)}))
    receipt = engine.apply(machine, engine.plan(machine, warned), warned)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]


# --- plan files, and stopping --------------------------------------------------------------------


def approval(machine: Machine, plan: Plan) -> Approval:
    steps = tuple((step.finding.id, step.changes) for step in plan.steps)
    return Approval(engine.computer(machine), steps)


def test_an_approved_plan_is_proven_again() -> None:
    machine = with_network(Network({HOST: then(ready, only(End.TIMEOUT), ready)}))
    plan = engine.plan(machine, POLICY)
    again = engine.confirm(machine, approval(machine, plan), POLICY)
    assert (again.steps, [each.verdict for each in again.untouched]) == ((), [Verdict.UNPROVEN])
    assert engine.confirm(machine, approval(machine, plan), POLICY).steps[0].changes == (
        plan.steps[0].changes
    )


def test_an_approved_change_to_587_never_becomes_one_to_465() -> None:
    machine = with_network(Network({HOST: then(ready, only_465)}))
    plan = engine.plan(machine, BOTH)
    again = engine.confirm(machine, approval(machine, plan), BOTH)
    assert again.steps == ()


def test_an_approved_change_to_465_is_confirmed() -> None:
    machine = with_network(Network({HOST: only_465}))
    plan = engine.plan(machine, BOTH)
    again = engine.confirm(machine, approval(machine, plan), POLICY)
    assert [step.changes for step in again.steps] == [step.changes for step in plan.steps]


def test_the_person_may_stop_while_servers_are_looked_at() -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == "prove":
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.plan(with_network(Network({HOST: ready})), POLICY, stop)


def test_the_person_may_stop_while_an_approved_plan_is_proven() -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == "prove":
            raise Cancelled

    machine = with_network(Network({HOST: ready}))
    approved = approval(machine, engine.plan(machine, POLICY))
    with pytest.raises(Cancelled):
        engine.confirm(machine, approved, POLICY, stop)


def test_who_stops_the_second_look_gets_everything_back() -> None:
    machine = with_network(Network({HOST: ready, OTHER: ready}), HOST, OTHER)
    before = bytes_of(machine)
    plan = engine.plan(machine, POLICY)

    def stop(progress: Progress) -> None:
        if progress.stage == "prove":
            raise Cancelled

    receipt = engine.apply(machine, plan, POLICY, stop)
    assert [each.result for each in receipt.outcomes] == [Result.STOPPED, Result.STOPPED]
    assert exit_codes.of_outcomes(receipt.outcomes, []) == exit_codes.STOPPED
    assert bytes_of(machine) == before
    assert receipt.backup is not None
    assert vault.load(machine, receipt.backup).state is State.ROLLED_BACK


def test_a_plan_is_plain_data() -> None:
    plan = engine.plan(with_network(Network({HOST: ready})), POLICY)
    assert dataclasses.replace(plan) == plan
