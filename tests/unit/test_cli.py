"""The command as people and programs meet it: words, exit codes, JSON, silence."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from builders import account, contents, prefs, thunderbird
from configure587 import arguments, bare, cli, i18n, story
from configure587.machine import here
from configure587.model import reason
from configure587.report import (
    documents,
    fleet_documents,
    guides,
    looks,
    proofs,
    schema,
    sentences,
    troubles,
)
from configure587.seen import CertificateTrouble, End
from configure587.submission import verdict
from configure587.verbs import demo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.machine import Machine

SCHEMAS = {name: json.loads(text) for name, text in schema.schemas().items()}


@pytest.fixture
def image(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder that stands for a computer with one profile on 25."""
    return an_image(tmp_path, {**contents(thunderbird(port=25, try_ssl=0))})


def an_image(folder: pathlib.Path, files: dict[str, bytes]) -> pathlib.Path:
    for name, data in files.items():
        path = folder / name.replace("/home/ana/", "home/").lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def run(*words: str, image: pathlib.Path) -> int:
    return cli.main([*words, "--image", str(image), "--lang", "en"])


def document(capsys: pytest.CaptureFixture[str], kind: str) -> dict[str, Any]:
    captured = capsys.readouterr()
    assert captured.err == ""
    found: dict[str, Any] = json.loads(captured.out)
    jsonschema.validate(found, SCHEMAS[f"{kind}.schema.json"])
    return found


def prefs_of(image: pathlib.Path) -> bytes:
    return (image / "home/.thunderbird/abcd1234.default/prefs.js").read_bytes()


def test_scan_ends_with_10_when_a_change_is_due(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("scan", "--json", image=image) == 10
    found = document(capsys, "scan")
    [finding] = found["findings"]
    assert finding["server"] == {
        "key": "smtp1",
        "hostname": "smtp.exemplo.com.br",
        "port": 25,
        "security": "none",
        "auth": "password",
        "username": "ana@exemplo.com.br",
        "used_by": ["ana@exemplo.com.br"],
    }
    assert finding["verdict"] == "due"
    assert (finding["target"]["port"], finding["target"]["security"]) == (587, "starttls")
    assert found["summary"] == {"due": 1}


def test_apply_changes_and_rollback_returns_every_byte(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prefs_of(image)
    assert run("apply", "--no-network", "--yes", "--json", image=image) == 0
    receipt = document(capsys, "receipt")
    assert receipt["exit_code"] == 0
    assert receipt["outcomes"][0]["accounts"] == ["ana@exemplo.com.br"]
    assert prefs_of(image) != before
    assert run("scan", image=image) == 0
    assert run("apply", "--no-network", "--yes", image=image) == 0
    capsys.readouterr()
    assert run("backups", "--json", image=image) == 0
    assert len(document(capsys, "backups")["backups"]) == 1
    assert run("rollback", "--last", "--json", image=image) == 0
    assert document(capsys, "receipt")["outcomes"][0]["result"] == "undone"
    assert prefs_of(image) == before


def test_without_a_terminal_and_without_yes_apply_refuses(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prefs_of(image)
    assert run("apply", "--no-network", image=image) == 1
    assert "nobody is here to say yes" in capsys.readouterr().err
    assert run("apply", "--no-network", "--json", image=image) == 1
    assert document(capsys, "error")["code"] == "not_confirmed"
    assert prefs_of(image) == before


def test_a_rehearsal_changes_nothing(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in image.rglob("*") if path.is_file()}
    assert run("apply", "--no-network", "--dry-run", image=image) == 0
    assert "nothing has been changed" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in image.rglob("*") if path.is_file()} == before


def test_a_plan_file_is_applied_once_and_then_has_nothing_to_do(
    image: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = str(tmp_path / "plan.json")
    assert run("plan", "--no-network", "-o", plan, "--json", image=image) == 10
    document(capsys, "plan")
    assert run("apply", "--no-network", plan, "--yes", image=image) == 0
    assert run("apply", "--no-network", plan, "--yes", image=image) == 0
    assert len(vault_names(image)) == 1


def vault_names(image: pathlib.Path) -> list[str]:
    return os.listdir(image / "home/.local/share/configure587/backups")


def test_an_altered_plan_file_is_refused(
    image: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.json"
    run("plan", "--no-network", "-o", str(plan), image=image)
    plan.write_bytes(plan.read_bytes().replace(b'"after": 587', b'"after": 2525'))
    before = prefs_of(image)
    capsys.readouterr()
    assert run("apply", "--no-network", str(plan), "--yes", image=image) == 1
    assert "damaged or was altered" in capsys.readouterr().err
    assert prefs_of(image) == before


def test_an_altered_plan_with_a_forged_seal_is_refused_all_the_same(
    image: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    plan = tmp_path / "plan.json"
    run("plan", "--no-network", "-o", str(plan), image=image)
    forged = story.unseal(plan.read_bytes())
    forged["steps"][0]["changes"][0]["after"] = 2525
    plan.write_bytes(story.seal(forged))
    before = prefs_of(image)
    assert run("apply", "--no-network", str(plan), "--yes", image=image) == 1
    assert prefs_of(image) == before


def test_a_plan_of_another_computer_is_refused(
    image: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = an_image(tmp_path / "other", {**contents(thunderbird(port=25, try_ssl=0))})
    plan = str(tmp_path / "plan.json")
    run("plan", "--no-network", "-o", plan, image=other)
    capsys.readouterr()
    assert run("apply", "--no-network", plan, "--yes", "--json", image=image) == 1
    assert document(capsys, "error")["code"] == "plan_of_another_computer"


def test_an_id_that_nobody_has_is_refused(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run("apply", "--no-network", "--yes", "--only", "thunderbird:0000000000:smtp1", image=image)
        == 1
    )
    assert "No account here has the id" in capsys.readouterr().err


def test_advice_repeats_the_options_that_name_the_computer(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("scan", image=image)
    assert f"configure587 --image {image} apply" in capsys.readouterr().out
    run("rollback", "20200101-000000", image=image)
    assert f"configure587 --image {image} backups list" in capsys.readouterr().err


def test_a_rehearsal_says_what_would_be_and_not_what_was(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("apply", "--no-network", "--dry-run", image=image)
    out = capsys.readouterr().out
    assert "Would be changed" in out
    assert "Changed and checked" not in out


def test_a_value_that_we_cannot_edit_for_certain_is_told_and_spares_the_rest(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = thunderbird(port=25).files["prefs.js"] + b'user_pref("x", 1)\n'
    image = an_image(
        tmp_path,
        contents(thunderbird(raw=odd), thunderbird(name="efgh5678.second", port=25)),
    )
    assert run("apply", "--no-network", "--yes", image=image) in {0, 14}
    assert run("rollback", "--all", image=image) == 0
    assert prefs_of(image) == odd


def test_a_reason_whose_field_is_missing_still_has_words() -> None:
    import gettext

    from configure587.model import reason

    sentence = sentences.explain(gettext.NullTranslations(), reason("not_verified"))
    assert "(path)" in sentence


def test_what_the_system_says_is_translated() -> None:
    from configure587 import i18n
    from configure587.model import reason

    why = reason("io_trouble", path="/p", detail="ENOSPC")
    assert "no space is left" in sentences.explain(i18n.texts("en"), why)
    assert "ENOSPC" not in sentences.explain(i18n.texts("pt-BR"), why)


def test_silence_is_complete(image: pathlib.Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("apply", "--no-network", "--silent", "--yes", image=image) == 0
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    [log] = (image / "home/.local/share/configure587/logs").iterdir()
    assert "changed" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_silence_without_yes_refuses_without_a_word(
    image: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("apply", "--no-network", "--silent", image=image) == 1
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    [log] = (image / "home/.local/share/configure587/logs").iterdir()
    assert "refused: not_confirmed" in log.read_text()


def test_silence_keeps_a_log_when_there_was_nothing_to_do(image: pathlib.Path) -> None:
    run("apply", "--no-network", "--yes", image=image)
    run("apply", "--no-network", "--silent", "--yes", image=image)
    assert len(list((image / "home/.local/share/configure587/logs").iterdir())) == 2


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["unknown"],
        ["scan", "--nonsense"],
        ["apply", "--no-network", "--when-running", "later"],
        ["apply", "--no-network", "--when-running", "wait=-1"],
        ["rollback", "--last", "--all"],
        ["backups", "prune", "--keep", "-5"],
        ["backups", "prune", "--keep", "many"],
        ["scan", "--image", ""],
        ["scan", "--data-dir", ""],
        ["--lang", "fr", "scan"],
    ],
)
def test_wrong_words_end_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2


def test_options_may_stand_before_the_verb_or_after_it(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--image", str(image), "--json", "--lang=en", "scan"]) == 10
    document(capsys, "scan")


def test_plain_text_has_no_signs_no_indentation_and_no_colors(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("plan", "--no-network", "--plain", image=image)
    lines = capsys.readouterr().out.splitlines()
    assert "ana@exemplo.com.br: Needs the change." in lines
    assert not [line for line in lines if line.startswith((" ", "[", "-", "+"))]
    assert "\033" not in "".join(lines)


def test_control_characters_from_a_file_do_not_reach_the_terminal(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = an_image(tmp_path, contents(thunderbird(port=25, address="ana\x1b]0;x\x07@e.example")))
    run("scan", image=image)
    assert "\x1b" not in capsys.readouterr().out


def test_both_languages_speak(image: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["scan", "--image", str(image), "--lang", "pt-BR"])
    assert "Precisa mudar" in capsys.readouterr().out
    cli.main(["scan", "--image", str(image), "--lang", "en"])
    assert "Needs the change" in capsys.readouterr().out


def test_backups_can_be_listed_shown_verified_and_pruned(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("backups", image=image) == 0
    assert "no backups yet" in capsys.readouterr().out
    run("apply", "--no-network", "--yes", image=image)
    run("rollback", image=image)
    run("apply", "--no-network", "--yes", image=image)
    capsys.readouterr()
    assert run("backups", "show", image=image) == 0
    assert "mail.smtpserver.smtp1.port" in capsys.readouterr().out
    assert run("backups", "verify", image=image) == 0
    capsys.readouterr()
    assert run("backups", "prune", "--keep", "1", "--json", image=image) == 0
    assert len(document(capsys, "backups")["removed"]) == 1
    assert len(vault_names(image)) == 1
    assert run("rollback", "20200101-000000", image=image) == 1
    assert "no backup named" in capsys.readouterr().err
    assert run("rollback", "../../etc", image=image) == 1


def test_nothing_to_undo_is_not_a_failure(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rollback", "--last", image=image) == 0
    assert "nothing to undo" in capsys.readouterr().out


def test_a_fault_of_ours_ends_with_70_and_leaves_a_file_without_values(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("canary-587")

    monkeypatch.setattr("configure587.verbs.scan.run", broken)
    assert run("scan", image=image) == 70
    captured = capsys.readouterr()
    assert "our fault" in captured.err
    [crash] = (image / "home/.local/share/configure587").glob("crash-*.txt")
    text = crash.read_text()
    assert "ZeroDivisionError" in text
    assert "canary-587" not in text + captured.err + captured.out


def test_a_place_that_cannot_be_used_is_told_in_words(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert cli.main(["demo", str(tmp_path / "file" / "below"), "--lang", "en"]) == 1
    assert "not a folder" in capsys.readouterr().err
    assert cli.main(["demo", str(tmp_path / "file"), "--lang", "en", "--json"]) == 1
    assert document(capsys, "error")["code"] == "file_trouble"


def test_the_demo_ends_with_every_byte_back(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", str(tmp_path / "sample"), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert out.rstrip().endswith("every byte is back.")
    assert str(tmp_path / "sample") in out
    assert cli.main(["demo", str(tmp_path / "sample"), "--lang", "en"]) == 1


def test_every_command_that_is_shown_can_be_pasted(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = str(tmp_path / "my tools" / "configure587")
    monkeypatch.setattr("sys.argv", [program])
    folder, plan = str(tmp_path / "a sample"), str(tmp_path / "the plan.json")
    assert cli.main(["demo", folder, "--lang", "en"]) == 0
    shown = [line[2:] for line in capsys.readouterr().out.splitlines() if line[:2] == "$ "]
    assert len(shown) == 6
    for line in shown:
        assert shlex.split(line)[0] == program
        assert shlex.split(line)[-2:] == ["--image", folder]
    words = ["plan", "--no-network", "--image", folder, "--lang", "en", "-o", plan]
    assert cli.main(words) == 10
    advice = capsys.readouterr().out.splitlines()[-1].partition("To apply it: ")[2]
    assert shlex.split(advice) == [program, "--image", folder, "apply", plan]


def test_the_demo_answers_in_one_document(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", str(tmp_path / "sample"), "--json"]) == 0
    found = document(capsys, "demo")
    assert found["identical"] is True
    assert [step["exit_code"] for step in found["steps"]] == [10, 10, 0, 11, 0]
    kinds = [step["answer"]["kind"] for step in found["steps"]]
    assert kinds == ["scan", "plan", "apply", "scan", "rollback"]


def test_a_rehearsal_names_no_backup(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("apply", "--no-network", "--dry-run", "--json", image=image) == 0
    assert document(capsys, "receipt")["backups"] == []
    run("apply", "--no-network", "--yes", image=image)
    capsys.readouterr()
    assert run("rollback", "--last", "--dry-run", "--json", image=image) == 0
    assert document(capsys, "receipt")["backups"] == []


def test_a_damaged_backup_of_an_interrupted_run_is_told_and_can_be_pruned(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("apply", "--no-network", "--yes", image=image)
    [name] = vault_names(image)
    folder = image / "home/.local/share/configure587/backups" / name
    for path in folder.glob("*-settled.json"):
        path.unlink()
    for path in folder.glob("*-closed.json"):
        path.unlink()
    saved = folder / "0001-saved.json"
    saved.write_bytes(saved.read_bytes().replace(b"587", b"588"))
    capsys.readouterr()
    assert run("scan", "--json", image=image) == 0
    assert document(capsys, "scan")["damaged_backups"] == [name]
    run("scan", image=image)
    assert f"The backup {name} is damaged" in capsys.readouterr().out
    assert run("backups", "verify", image=image) == 1
    assert run("backups", "prune", "--keep", "0", image=image) == 0
    assert vault_names(image) == []


def test_a_data_folder_outside_the_image_is_refused(
    image: pathlib.Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outside = str(tmp_path_factory.mktemp("outside"))
    assert run("apply", "--no-network", "--yes", "--data-dir", outside, image=image) == 1
    assert "not inside the folder" in capsys.readouterr().err
    assert (
        run("apply", "--no-network", "--yes", "--data-dir", str(image / "home" / "b"), image=image)
        == 0
    )


def test_a_reader_that_goes_away_does_not_stop_a_change(image: pathlib.Path) -> None:
    command = [
        sys.executable,
        "-m",
        "configure587",
        "apply",
        "--no-network",
        "--yes",
        "--image",
        str(image),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
    assert b'smtp1.port", 587' in prefs_of(image)


def test_the_sample_computer_shows_every_kind_of_verdict(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.build(str(tmp_path / "sample"))
    run("scan", "--json", image=tmp_path / "sample")
    summary = document(capsys, "scan")["summary"]
    assert summary.keys() >= {"due", "half_way", "fine", "left_alone", "blocked"}


def test_an_image_must_stand_for_a_computer(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("scan", image=tmp_path) == 1
    assert 'no folder "home"' in capsys.readouterr().err
    assert run("scan", image=tmp_path / "missing") == 1


def test_a_reader_that_goes_away_is_no_fault_of_ours(image: pathlib.Path) -> None:
    command = [sys.executable, "-m", "configure587", "scan", "--image", str(image)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("output", ["/dev/full", "closed"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_output_that_cannot_be_written_hides_no_exit_code(
    image: pathlib.Path, output: str, options: list[str]
) -> None:
    for verb, code in (
        ("scan", 10),
        ("apply --no-network --yes", 0),
        ("scan", 0),
        ("rollback --last", 0),
    ):
        words = f"{sys.executable} -m configure587 {verb} {' '.join(options)} --image {image}"
        where = ">&-" if output == "closed" else f">{output}"
        done = subprocess.run(["sh", "-c", f"{words} {where}"], stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr) == (code, b""), verb


def test_an_account_that_needs_a_person_is_told_even_without_a_question(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = an_image(
        tmp_path,
        contents(thunderbird(port=25), thunderbird(name="efgh5678.broken", raw=b"")),
    )
    assert run("apply", "--no-network", "--yes", image=image) == 0
    assert "is damaged" in capsys.readouterr().out


def test_a_plan_that_is_no_ordinary_file_is_refused(
    image: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path / "pipe"), "/dev/zero", str(tmp_path)):
        assert run("apply", "--no-network", path, "--yes", image=image) == 1
        assert "could not be read" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_the_window_says_so_and_what_to_use_instead(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert cli.main_gui(["--demo", "--lang", "en"]) == 1
    assert "configure587 scan" in capsys.readouterr().err


# Programs that a person has to change by hand


@pytest.fixture
def by_hand(tmp_path: pathlib.Path) -> pathlib.Path:
    """A Windows computer on which the new Outlook is used."""
    used = {"/home/ana/AppData/Local/Microsoft/Olk/UserSettings.json": b"{}"}
    return an_image(tmp_path, {**used, "/image.toml": b'platform = "windows"\n'})


def test_a_program_of_the_guides_needs_a_person(
    by_hand: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("scan", "--json", image=by_hand) == 11
    [finding] = document(capsys, "scan")["findings"]
    assert (finding["client"], finding["verdict"]) == ("guided", "guided")
    assert finding["guide"] == "outlook-new"
    assert run("apply", "--no-network", "--yes", "--json", image=by_hand) == 11
    [finding] = document(capsys, "receipt")["untouched"]
    assert finding["guide"] == "outlook-new"


@pytest.mark.parametrize(
    "words",
    [
        ["scan"],
        ["plan", "--no-network"],
        ["apply", "--no-network", "--yes"],
        ["apply", "--no-network", "--dry-run"],
    ],
)
def test_the_steps_are_shown_once(
    words: list[str], by_hand: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words, image=by_hand) == 11
    shown = capsys.readouterr().out
    assert "Outlook (new): Follow the steps\n" in shown
    assert shown.count("    Step by step, “New Outlook: change the outgoing port”:\n") == 1
    assert shown.count("    10. Send a test message") == 1
    assert "\n       " in shown.partition("    1. ")[2]
    assert max(map(len, shown.splitlines())) < 80 + len(str(by_hand))


@pytest.mark.parametrize(
    "words",
    [
        ["scan"],
        ["scan", "--verbose"],
        ["plan", "--no-network"],
        ["apply", "--no-network", "--yes"],
        ["apply", "--no-network", "--dry-run"],
    ],
)
@pytest.mark.parametrize("accounts", [3, 40])
def test_the_steps_for_many_accounts_are_shown_once(
    words: list[str], accounts: int, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stuck = [thunderbird(name=f"p{number:02d}.x", port=-1) for number in range(accounts)]
    assert run(*words, image=an_image(tmp_path, contents(*stuck))) == 11
    shown = " ".join(capsys.readouterr().out.split())
    guide = guides.guide("en", "thunderbird")
    title, last = guide.title, guides.plain(guide.steps[-1].text)
    assert shown.count(last) == 1
    assert shown.count(f"Step by step, “{title}”:") == 1
    assert shown.count(f"Step by step: as above, under “{title}”.") == accounts - 1
    assert shown.index(last) < shown.index("as above, under")


def test_plain_steps_are_one_line_each(
    by_hand: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["scan", "--plain", "--lang", "pt-BR", "--image", str(by_hand)]
    assert cli.main(words) == 11
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Outlook (novo): Siga os passos."
    title = guides.guide("pt-BR", "outlook-new").title
    assert f"Passo a passo, “{title}”:" in lines
    numbers = [line.split(". ")[0] for line in lines if line[:1].isdecimal()]
    assert numbers == [str(number) for number in range(1, 11)]


def test_plain_steps_have_no_arrows(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stuck = an_image(tmp_path, contents(thunderbird(port=-1)))
    assert run("scan", "--plain", image=stuck) == 11
    shown = capsys.readouterr().out
    assert "choose “Tools”, “Account Settings”." in shown
    assert "\u203a" not in shown


def test_what_its_reason_explains_wholly_has_no_steps(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = prefs(account(port=25)).replace(b" 25)", b" 0025)")
    stuck = an_image(tmp_path, contents(thunderbird(raw=raw)))
    assert run("scan", image=stuck) == 11
    assert "Step by step" not in capsys.readouterr().out
    assert run("scan", "--json", image=stuck) == 11
    assert document(capsys, "scan")["findings"][0]["guide"] is None


def test_only_the_client_that_was_asked_for_is_looked_for(by_hand: pathlib.Path) -> None:
    assert run("scan", "--client", "thunderbird", image=by_hand) == 0
    assert run("scan", "--client", "guided", image=by_hand) == 11


# What a person should know before anything else


@pytest.fixture
def another_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """We were started as somebody else than who is signed in."""
    real = here.machines
    notice = reason("other_person", person="ana", ran_as="admin")

    def machines(image: str | None = None) -> Iterator[Machine]:
        return (machine.but(notices=(notice,)) for machine in real(image))

    monkeypatch.setattr(here, "machines", machines)


@pytest.mark.parametrize(
    "words",
    [
        *(["scan"], ["plan", "--no-network"], ["apply", "--no-network", "--yes"], ["rollback"]),
        *(["backups"], ["backups", "verify"], ["backups", "prune"]),
    ],
)
@pytest.mark.usefixtures("another_person")
def test_a_notice_comes_first(
    words: list[str], image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(*words, image=image)
    first, blank, *_ = capsys.readouterr().out.splitlines()
    assert first == (
        "You started this as admin, but ana is signed in to this computer. "
        "We look after ana's mail."
    )
    assert blank == ""


@pytest.mark.usefixtures("another_person")
def test_a_notice_stands_in_the_documents_but_not_in_a_plan(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [{"code": "other_person", "person": "ana", "ran_as": "admin"}]
    kinds = {"scan": "scan", "backups": "backups"}
    for words in ["scan"], ["apply", "--no-network", "--yes"], ["rollback"], ["backups"]:
        run(*words, "--json", image=image)
        kind = kinds.get(words[0], "receipt")
        assert document(capsys, kind)["notices"] == told
    run("plan", "--no-network", "--json", image=image)
    assert "notices" not in document(capsys, "plan")


@pytest.mark.usefixtures("another_person")
def test_silence_keeps_a_notice_too(
    image: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("apply", "--no-network", "--yes", "--silent", image=image) == 0
    assert capsys.readouterr().out == ""


def test_the_documented_schemas_are_the_generated_ones() -> None:
    folder = pathlib.Path(__file__).parents[2] / "docs" / "schema"
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert kept == schema.schemas()


def test_every_reason_that_the_code_gives_has_a_sentence() -> None:
    import ast

    source = pathlib.Path(cli.__file__).parent
    codes: set[str] = set()
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id in {"reason", "Unsure"} and isinstance(first, ast.Constant):
                    codes.add(str(first.value))
    known = {*sentences.REASONS, *proofs.PROOFS}
    assert codes - known == set()


def test_every_end_of_a_conversation_has_its_words() -> None:
    assert looks.ENDS.keys() == set(End)


def test_every_row_of_the_decision_table_has_its_sentence() -> None:
    rows = {f"proof_{code}" for code in verdict.ROWS}
    troubles_seen = {f"certificate_{each.value}" for each in CertificateTrouble}
    assert (rows | troubles_seen) - proofs.PROOFS.keys() == set()
    assert [row.number for row in verdict.ROWS.values()] == list(range(1, 30))


def test_every_error_that_the_code_raises_has_words() -> None:
    import ast

    source = pathlib.Path(cli.__file__).parent
    codes: set[str] = set()
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                kinds = {"Refused", "NoPermission", "Stopped", "Held"}
                if node.func.id in kinds and isinstance(first, ast.Constant):
                    codes.add(str(first.value))
    assert codes - troubles.ERRORS.keys() == set()
    assert troubles.ERRORS.keys() - codes == set()


def test_every_document_kind_is_described() -> None:
    kinds = documents.DOCUMENTS.keys() | fleet_documents.DOCUMENTS.keys()
    assert set(SCHEMAS) == {f"{name}.schema.json" for name in kinds}


def test_a_window_without_options_is_what_the_parser_would_tell() -> None:
    parser = arguments.parser(i18n.texts(i18n.ENGLISH), ["window"])
    assert vars(bare.window()) == vars(parser.parse_args(["window"]))


def test_two_bare_windows_share_no_list() -> None:
    bare.window().client.append("outlook")
    assert bare.window().client == []
