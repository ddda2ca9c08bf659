"""What a policy says about servers and accounts is what happens to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from builders import a_machine, an_image, offline, state_of, thunderbird
from configure587 import cli, engine
from configure587.model import SUBMISSION, SUBMISSIONS, Result, Security, Transport, Verdict
from configure587.policy import HostMove
from outlook_builders import a_windows_machine, outlook, pop3

if TYPE_CHECKING:
    from pathlib import Path

    from configure587.machine import Machine
    from configure587.model import Finding

OLD = "mail.antigo.example"
NEW = "smtp.novo.example"
MOVE = (HostMove(OLD, NEW),)


def found(machine: Machine, **wishes: Any) -> Finding:  # noqa: ANN401 - the words of Policy
    """The one finding."""
    (finding,) = engine.inspect(machine, offline(**wishes))
    return finding


def codes(finding: Finding) -> list[str]:
    return [each.code for each in finding.reasons]


def one(**server: Any) -> Machine:  # noqa: ANN401 - the words of thunderbird()
    return a_machine(thunderbird(**{"host": OLD, "address": "ana@antigo.example", **server}))


@pytest.mark.parametrize(
    "wishes",
    [
        {"exclude_hosts": (OLD,)},
        {"exclude_domains": ("antigo.example",)},
        {"include_hosts": (NEW,)},
        {"include_domains": ("novo.example",)},
        {"leave_alone": ("ANA@antigo.example",)},
    ],
    ids=str,
)
def test_whom_a_policy_leaves_alone_is_left_alone(wishes: dict[str, tuple[str, ...]]) -> None:
    finding = found(one(port=25), **wishes)
    assert (finding.verdict, finding.target) == (Verdict.LEFT_ALONE, None)
    assert codes(finding)[-1] == "left_by_policy"


@pytest.mark.parametrize(
    "wishes",
    [
        {"exclude_hosts": (NEW,)},
        {"exclude_domains": ("novo.example",)},
        {"include_hosts": (OLD,)},
        {"include_domains": ("antigo.example",)},
        {"leave_alone": ("outra@antigo.example",)},
        {},
    ],
    ids=str,
)
def test_whom_a_policy_does_not_leave_alone_is_due(wishes: dict[str, tuple[str, ...]]) -> None:
    assert found(one(port=25), **wishes).verdict is Verdict.DUE


def test_an_id_is_left_alone_as_an_address_is() -> None:
    machine = one(port=25)
    name = found(machine).id
    assert found(machine, leave_alone=(name,)).verdict is Verdict.LEFT_ALONE
    assert found(machine, leave_alone=(name.rpartition(":")[0],)).verdict is Verdict.LEFT_ALONE


def test_what_a_policy_leaves_alone_does_not_come_back_by_name() -> None:
    machine = one(port=25)
    name = found(machine).id
    wishes = {"only": (name,), "exclude_hosts": (OLD,)}
    assert found(machine, **wishes).verdict is Verdict.LEFT_ALONE


def test_a_good_account_is_good_even_when_it_is_to_be_left_alone() -> None:
    machine = one(port=587, try_ssl=2)
    assert found(machine, exclude_hosts=(OLD,)).verdict is Verdict.FINE


def test_a_server_without_addresses_is_not_in_any_wanted_domain() -> None:
    machine = one(port=25, address="", incoming=None, username="ana")
    assert found(machine, include_domains=("antigo.example",)).verdict is Verdict.LEFT_ALONE


def test_the_spelling_of_a_server_does_not_matter() -> None:
    machine = one(port=25, host="Mail.Antigo.Example.")
    assert found(machine, exclude_hosts=(OLD,)).verdict is Verdict.LEFT_ALONE
    assert found(machine, host_map=MOVE).target is not None


@pytest.mark.parametrize(
    ("server", "wanted"),
    [
        ({"port": 25}, SUBMISSION),
        ({"port": 587, "try_ssl": 0}, SUBMISSION),
        ({"port": 587, "try_ssl": 2}, SUBMISSION),
        ({"port": 465, "try_ssl": 3}, SUBMISSIONS),
    ],
    ids=str,
)
def test_a_server_with_a_new_name_is_moved_there_and_back(
    server: dict[str, int], wanted: Transport
) -> None:
    machine = one(**server)
    before = state_of(machine)
    wishes = offline(host_map=MOVE)
    finding = found(machine, host_map=MOVE)
    assert finding.verdict is Verdict.DUE
    assert "host_mapped" in codes(finding)
    receipt = engine.apply(machine, engine.plan(machine, wishes), wishes)
    assert [each.result for each in receipt.outcomes] == [Result.CHANGED]
    after = found(machine, host_map=MOVE)
    assert after.server is not None
    assert (after.server.hostname, after.server.transport) == (NEW, wanted)
    assert after.verdict is Verdict.FINE
    assert not engine.plan(machine, wishes).steps
    assert receipt.backup is not None
    engine.rollback(machine, receipt.backup)
    assert state_of(machine) == before


@pytest.mark.parametrize(
    ("form", "name"),
    [("keep", "velha"), ("address", "ana@antigo.example"), ("local-part", "ana")],
)
def test_the_name_to_sign_in_with_is_as_the_policy_says(form: str, name: str) -> None:
    machine = one(port=25, username="velha", authMethod=3)
    wishes = offline(host_map=(HostMove(OLD, NEW, form),))
    engine.apply(machine, engine.plan(machine, wishes), wishes)
    (after,) = engine.inspect(machine, wishes)
    assert after.server is not None
    assert (after.server.hostname, after.server.username) == (NEW, name)
    assert after.server.auth == "password"


def test_who_signs_in_by_a_token_keeps_that_and_its_name() -> None:
    machine = one(port=25, username="velha", authMethod=10)
    before = found(machine).server
    wishes = offline(host_map=(HostMove(OLD, NEW, "address"),))
    engine.apply(machine, engine.plan(machine, wishes), wishes)
    (after,) = engine.inspect(machine, wishes)
    assert before is not None
    assert after.server is not None
    assert (after.server.auth, after.server.username) == (before.auth, "velha")


def test_a_new_name_to_sign_in_with_that_nobody_knows_needs_a_person() -> None:
    machine = one(port=25, address="", username="velha", authMethod=3)
    finding = found(machine, host_map=(HostMove(OLD, NEW, "address"),))
    assert finding.verdict is Verdict.GUIDED
    assert not engine.plan(machine, offline(host_map=(HostMove(OLD, NEW, "address"),))).steps


def test_a_protection_is_not_lowered_by_a_new_name() -> None:
    machine = one(port=465, try_ssl=3)
    wishes = offline(host_map=MOVE, targets=(SUBMISSION,))
    (step,) = engine.plan(machine, wishes).steps
    assert step.finding.target is not None
    assert step.finding.target.security is Security.TLS


def test_an_outlook_account_with_a_new_server_is_shown_as_steps() -> None:
    machine = a_windows_machine(outlook(pop3(host=OLD, port=25)))
    finding = found(machine, host_map=MOVE)
    assert finding.verdict is Verdict.GUIDED
    assert codes(finding)[-1] == "other_host_by_hand"


def test_an_organisation_that_wants_no_look_for_versions_is_heeded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('updates = "off"', encoding="utf-8")
    image = an_image(tmp_path / "computer", thunderbird(port=25))
    words = ["--image", str(image), "--policy", str(file), "--json", "update", "check"]
    assert cli.main(words) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "updates_by_policy"


def test_what_the_computer_s_policy_fixes_a_command_line_cannot_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = an_image(tmp_path / "computer", thunderbird(port=25))
    folder = image / "etc" / "configure587" / "policy.d"
    folder.mkdir(parents=True)
    (folder / "acme.toml").write_text('probe = "off"\ntargets = ["465/tls"]\n', encoding="utf-8")
    words = ["--image", str(image), "--json", "plan", "--target", "587", "--probe", "require"]
    assert cli.main(words) == 10
    (step,) = json.loads(capsys.readouterr().out)["steps"]
    assert step["finding"]["target"]["port"] == 465


def test_a_broken_policy_stops_a_change_and_never_its_undoing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = an_image(tmp_path / "computer", thunderbird(port=25))
    prefs = image / "home" / ".thunderbird" / "abcd1234.default" / "prefs.js"
    before = prefs.read_bytes()
    assert cli.main(["--image", str(image), "apply", "--yes", "--probe", "off"]) == 0
    assert prefs.read_bytes() != before
    folder = image / "etc" / "configure587" / "policy.d"
    folder.mkdir(parents=True)
    (folder / "acme.toml").write_text("prob = 1", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["--image", str(image), "--json", "apply", "--yes"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "policy_key_unknown"
    assert cli.main(["--image", str(image), "rollback"]) == 0
    assert prefs.read_bytes() == before


def test_a_silent_run_under_a_broken_policy_says_so_in_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = an_image(tmp_path / "computer", thunderbird(port=25))
    folder = image / "etc" / "configure587" / "policy.d"
    folder.mkdir(parents=True)
    (folder / "acme.toml").write_text("prob = 1", encoding="utf-8")
    assert cli.main(["--image", str(image), "apply", "--silent", "--yes"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
    (log,) = image.rglob("*-apply-*.log")
    assert "refused: policy_key_unknown" in log.read_text(encoding="utf-8")
    assert "acme.toml:1" in log.read_text(encoding="utf-8")
