"""One person's part of a run: what it tells, what it keeps quiet, what it leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import pytest

from builders import CANARY, a_machine, bytes_of, offline, profiles_ini, thunderbird
from configure587 import engine, errors, vault
from configure587.machine import guards, memory
from configure587.policy import Policy
from configure587.report import run_documents
from configure587.rollout import names, one_person
from configure587.seen import Certificate, CertificateTrouble, End
from network_builders import HOST, Network, only, ready
from outlook_builders import a_windows_machine, outlook, pop3

if TYPE_CHECKING:
    from configure587.machine import Files, Machine
    from configure587.report.run_documents import PersonJson

MADE_UP = names.MadeUp(b"k" * 32)
DUE = thunderbird(port=25, try_ssl=0)


def person(
    machine: Machine,
    run: Literal["scan", "apply", "rollback"] = "apply",
    policy: Policy | None = None,
    **more: Any,  # noqa: ANN401 - the words of carried_out
) -> PersonJson:
    words = {"dry_run": False, "names": MADE_UP, "stop": lambda: False, **more}
    return one_person.carried_out(machine, policy or offline(), run, **words)


def doors(answer: PersonJson) -> list[tuple[int | None, int | None]]:
    return [
        (each["before"] and each["before"]["port"], each["now"] and each["now"]["port"])
        for each in answer["accounts"]
    ]


def test_a_change_is_told_with_before_and_now() -> None:
    answer = person(a_machine(DUE))
    [account] = answer["accounts"]
    assert (answer["state"], answer["reason"], answer["exit_code"]) == ("done", None, 0)
    assert account["before"] == {"port": 25, "security": "none"}
    assert account["now"] == {"port": 587, "security": "starttls"}
    assert (account["verdict"], account["result"]) == ("fine", "changed")
    assert len(answer["backups"]) == 1
    msgspec.convert(answer, run_documents.PersonJson, strict=True)


def test_the_second_run_changes_nothing_and_says_so() -> None:
    machine = a_machine(DUE)
    person(machine)
    before = bytes_of(machine)
    answer = person(machine)
    assert bytes_of(machine) == before
    assert answer["backups"] == []
    assert [each["result"] for each in answer["accounts"]] == [None]
    assert doors(answer) == [(587, 587)]
    assert answer["exit_code"] == 0


def test_undoing_brings_every_byte_back_and_says_so() -> None:
    machine = a_machine(DUE, thunderbird(name="efgh5678.second", port=25))
    before = bytes_of(machine)
    person(machine)
    answer = person(machine, "rollback")
    assert bytes_of(machine) == before
    assert [each["result"] for each in answer["accounts"]] == ["undone", "undone"]
    assert doors(answer) == [(587, 25), (587, 25)]
    assert answer["backups"] == vault.ids(machine)
    assert [each["result"] for each in person(machine, "rollback")["accounts"]] == [None, None]


def test_a_scan_writes_nothing_and_tells_what_is_due() -> None:
    machine = a_machine(DUE)
    guarded, writes = guards.journal(machine)
    answer = person(guarded, "scan")
    assert writes == []
    assert answer["exit_code"] == 10
    assert [each["verdict"] for each in answer["accounts"]] == ["due"]


class Noting(memory.MemoryFiles):
    """Files of which each reading is noted."""

    def __init__(self, below: Files) -> None:
        """They lie over `below`."""
        super().__init__(below=below)
        self.read_names: list[str] = []

    def read(self, path: str, limit: int | None = None) -> bytes:
        """See Files.read."""
        self.read_names.append(path.rpartition("/")[2])
        return super().read(path, limit)


def test_a_scan_looks_once_and_what_may_have_changed_is_looked_at_again() -> None:
    files = Noting(a_machine(DUE).files)
    person(a_machine(DUE).but(files=files), "scan")
    assert files.read_names.count("prefs.js") == 1
    files.read_names.clear()
    person(a_machine(DUE).but(files=files), "rollback")
    assert files.read_names.count("prefs.js") == 2


def test_a_rehearsal_tells_what_would_be_and_leaves_every_byte() -> None:
    machine = a_machine(DUE)
    assert isinstance(machine.files, memory.MemoryFiles)
    before = dict(machine.files.contents)
    answer = person(machine, dry_run=True)
    assert machine.files.contents == before
    assert doors(answer) == [(25, 587)]


def test_an_unproven_server_stays_unproven_in_what_holds_after_the_run() -> None:
    machine = a_machine(DUE).but(network=Network({HOST: only(End.REFUSED)}))
    answer = person(machine, policy=Policy())
    assert answer["exit_code"] == 12
    assert (answer["state"], answer["accounts"][0]["verdict"]) == ("done", "unproven")
    assert doors(answer) == [(25, 25)]


def test_a_proven_server_is_looked_at_before_and_after() -> None:
    network = Network({HOST: ready})
    answer = person(a_machine(DUE).but(network=network), policy=Policy())
    assert answer["accounts"][0]["result"] == "changed"
    assert len(network.asked) == 2


def test_an_open_program_is_put_off_and_no_failure() -> None:
    answer = person(a_machine(thunderbird(port=25, running=True)))
    [account] = answer["accounts"]
    assert (answer["state"], answer["exit_code"]) == ("done", 13)
    assert (account["verdict"], account["result"]) == ("due", "deferred")
    assert "running" in account["reasons"]


def test_a_run_that_cannot_keep_a_backup_has_failed_and_still_tells_what_is_found() -> None:
    answer = person(guards.failing(a_machine(DUE), 1))
    assert answer["state"] == "failed"
    assert answer["reason"] in {"data_folder_full", "io_trouble"}
    assert [each["verdict"] for each in answer["accounts"]] == ["due"]


@pytest.mark.parametrize("k", range(12))
def test_whichever_write_fails_the_person_has_an_answer(k: int) -> None:
    machine = a_machine(DUE)
    answer = person(guards.failing(machine, k))
    now = {each["now"]["port"] for each in answer["accounts"] if each["now"]}
    changed = [each for each in answer["accounts"] if each["result"] == "changed"]
    assert now == ({587} if changed else {25})


@pytest.mark.parametrize("lock", ["run.lock", "unattended.lock"])
def test_a_run_that_meets_another_is_refused(lock: str) -> None:
    machine = a_machine(DUE)
    before = bytes_of(machine)
    with machine.processes.keep_out(f"{machine.data_folder}/{lock}"):
        answer = person(machine)
    assert (answer["state"], answer["reason"], answer["exit_code"]) == ("failed", "another_run", 1)
    assert bytes_of(machine) == before


def test_two_runs_do_not_even_plan_side_by_side() -> None:
    machine = a_machine(DUE)
    inner: list[PersonJson] = []

    def stop() -> bool:
        if not inner:
            inner.append(person(machine))
        return False

    assert person(machine, stop=stop)["accounts"][0]["result"] == "changed"
    assert inner[0]["reason"] == "another_run"


def test_a_run_that_is_stopped_says_so() -> None:
    answer = person(a_machine(DUE), stop=lambda: True)
    assert (answer["state"], answer["reason"], answer["exit_code"]) == ("failed", "stopped", 130)


def test_an_account_that_is_not_here_is_refused() -> None:
    answer = person(a_machine(DUE), policy=offline(only=("thunderbird:0000000000:smtp1",)))
    assert answer["reason"] == "unknown_id"


def test_what_an_interrupted_run_left_is_put_back_first() -> None:
    machine = a_machine(DUE)
    before = bytes_of(machine)

    class PowerCut(BaseException):
        pass

    def cut(progress: Any) -> None:  # noqa: ANN401 - Progress
        if progress.stage == "verify":
            raise PowerCut

    made = engine.plan(machine, offline())
    with pytest.raises(PowerCut):
        engine.apply(machine, made, offline(), cut)
    assert bytes_of(machine) != before
    person(machine, "rollback")
    assert bytes_of(machine) == before


def test_no_name_of_a_person_is_told() -> None:
    machine = a_machine(
        thunderbird(
            name="ana.souza", port=25, host="smtp.secreto.example", address="ana@secreto.example"
        )
    )
    told = json.dumps([person(machine, run) for run in ("scan", "apply", "apply", "rollback")])
    for secret in ("ana", "secreto", "/home", CANARY):
        assert secret not in told
    log = b"".join(
        data
        for path, data in machine.files.contents.items()  # type: ignore[attr-defined] # in memory
        if "/logs/" in path
    )
    assert b"secreto" not in log


def test_made_up_names_stay_and_tell_accounts_apart() -> None:
    machine = a_machine(DUE, thunderbird(name="efgh5678.second", port=25, address="bia@x.example"))
    one, two = person(machine)["accounts"], person(machine)["accounts"]
    assert [each["account"] for each in one] == [each["account"] for each in two]
    assert len({each["account"] for each in one}) == 2
    other = names.MadeUp(b"o" * 32)
    assert person(machine, names=other)["accounts"][0]["account"] != one[0]["account"]


def test_addresses_are_told_where_the_policy_wants_them() -> None:
    answer = person(a_machine(DUE), names=names.AsTheyAre())
    assert answer["person"] == "ana"
    assert answer["accounts"][0]["account"] == "ana@exemplo.com.br"
    assert answer["accounts"][0]["finding"].startswith("thunderbird:")


def test_program_version_and_provider_are_told_as_far_as_they_are_known() -> None:
    [thunder] = person(a_machine(thunderbird(port=25, host="smtps.uol.com.br")), "scan")["accounts"]
    assert (thunder["program_version"], thunder["provider"]) == ("153.7.0", "UOL Mail")
    [nobody] = person(a_machine(thunderbird(port=25, version=None)), "scan")["accounts"]
    assert (nobody["program_version"], nobody["provider"]) == ("", None)
    windows = a_windows_machine(outlook(pop3(port=25)))
    assert person(windows, "scan")["accounts"][0]["program_version"] == "16.0"


def test_a_profile_that_cannot_be_read_is_an_account_without_doors() -> None:
    machine = a_machine(thunderbird(raw=b"\xff\xfe nonsense"))
    [account] = person(machine, "scan")["accounts"]
    assert (account["verdict"], account["before"], account["now"]) == ("unreadable", None, None)


def test_no_server_is_taken_whose_name_only_a_strange_certificate_told() -> None:
    certificate = Certificate(
        ("web.exemplo.com.br",), "CA", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
    )
    strange = only(
        End.BAD_CERTIFICATE, trouble=CertificateTrouble.OTHER_NAME, certificate=certificate
    )
    network = Network({HOST: strange, "web.exemplo.com.br": ready})
    machine = a_machine(DUE).but(network=network)
    policy = Policy(accept_hosts=("web.exemplo.com.br",))
    assert len(engine.plan(machine, policy).steps) == 1  # somebody who looks on may take it
    assert person(machine, policy=policy)["accounts"][0]["result"] is None


def test_nobody_could_be_seen_is_an_answer_too() -> None:
    answer = one_person.failed("person-1", errors.NoPermission("not_allowed", path="/home/bia"))
    assert answer == {
        "person": "person-1",
        "state": "failed",
        "reason": "not_allowed",
        "exit_code": 77,
        "backups": [],
        "accounts": [],
    }


def test_a_home_without_mail_programs_is_done_without_accounts() -> None:
    answer = person(memory.machine({"/home/ana/.thunderbird/profiles.ini": profiles_ini()}))
    assert (answer["state"], answer["accounts"], answer["exit_code"]) == ("done", [], 0)
