"""The scripts for Windows: those of PowerShell are read, the start-up script runs under Wine.

No PowerShell can be had where these tests run, so its scripts are parsed with a grammar of the
language; what they would do is left to docs/windows-manual-checks.md. Wine's own fc compares
nothing, so one of ours stands in for it.
"""

from __future__ import annotations

import gettext
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import pytest

if sys.platform == "win32":
    pytest.skip("reads and runs them elsewhere", allow_module_level=True)

import tree_sitter
import tree_sitter_powershell
from installers.windows.wine import Wine

from configure587 import arguments
from configure587.fleet import stages
from configure587.model import Verdict
from configure587.report import exit_codes
from configure587.rollout import everyone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.report.run_documents import PersonJson

KIT: Final = Path(__file__).resolve().parents[2] / "installers" / "rollout"
WINDOWS: Final = KIT / "windows"
SCRIPTS: Final = ("detect.ps1", "remediate.ps1", "discover.ps1")
EXITS: Final = {
    "detect.ps1": {"0", "1", "$LASTEXITCODE"},
    "remediate.ps1": {"0", "1", "$LASTEXITCODE"},
    "discover.ps1": {"0", "$LASTEXITCODE"},
}
COMMANDS: Final = {
    *("Get-ItemProperty", "Join-Path", "Test-Path", "Write-Output", "Out-Null"),
    *("$program", "$shell"),
}
"""What may be called: nothing that writes to the stream of errors, or to the host."""

_LANGUAGE: Final = tree_sitter.Language(tree_sitter_powershell.language())
_COMPILER: Final = "x86_64-w64-mingw32-gcc"

PROGRAM: Final = r"""
#include <stdio.h>
#include <string.h>
int main(int count, char **words) {
    int code = 0, n;
    FILE *file = fopen("C:\\said.txt", "a");
    for (n = 1; n < count; n++) fprintf(file, "%s%c", words[n], n + 1 < count ? ' ' : '\n');
    fclose(file);
    fputs("noise\n", stderr);
    if (count > 1 && strcmp(words[1], "--version") == 0) {
        char line[64] = "";
        if ((file = fopen("C:\\version.txt", "r"))) { fgets(line, 64, file); fclose(file); }
        puts(line);
        return 0;
    }
    if ((file = fopen("C:\\code.txt", "r"))) { fscanf(file, "%d", &code); fclose(file); }
    return code;
}
"""
FC: Final = r"""
#include <stdio.h>
int main(int count, char **words) {
    FILE *one = fopen(words[2], "rb"), *other = fopen(words[3], "rb");
    int a, b;
    if (!one || !other) return 2;
    do { a = getc(one); b = getc(other); } while (a == b && a != EOF);
    return a != b;
}
"""


def text(name: str) -> str:
    """A script for Windows."""
    return (WINDOWS / name).read_text(encoding="ascii")


def tree(name: str) -> tree_sitter.Node:
    """A script of PowerShell as a tree."""
    return tree_sitter.Parser(_LANGUAGE).parse(text(name).encode()).root_node


def nodes(node: tree_sitter.Node, kind: str) -> Iterator[tree_sitter.Node]:
    """Every node of a kind, from the top."""
    if node.type == kind:
        yield node
    for each in node.children:
        yield from nodes(each, kind)


def spelled(node: tree_sitter.Node | None) -> str:
    """How it stands in the script."""
    assert node is not None
    assert node.text is not None
    return node.text.decode()


def lines_of_ours(script: str) -> list[list[str]]:
    """The words of every call of our command."""
    found = re.findall(r'^(?:& \$program|"%PROGRAM%") ([a-z][^|>%\n]*)', script, re.MULTILINE)
    indented = re.findall(
        r"^ +(?:\$report = \()?& \$program ([a-z][^|>)\n]*)", script, re.MULTILINE
    )
    return [each.split() for each in (*found, *indented)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_powershell(name: str) -> None:
    assert not tree(name).has_error
    assert list(nodes(tree(name), "command"))


def test_what_is_no_powershell_is_noticed() -> None:
    broken = text("detect.ps1").replace("{", "(", 1).encode()
    assert tree_sitter.Parser(_LANGUAGE).parse(broken).root_node.has_error


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_calls_nothing_that_could_say_an_error(name: str) -> None:
    found = {re.sub(r"^& ", "", spelled(each)).split()[0] for each in nodes(tree(name), "command")}
    assert found <= COMMANDS
    assert "$program" in found


@pytest.mark.parametrize("name", SCRIPTS)
def test_whatever_happens_a_script_ends_with_a_code_of_its_own(name: str) -> None:
    script = text(name)
    found = set(re.findall(r"^ +exit (\S+)$", script, re.MULTILINE))
    assert found == EXITS[name]
    top = tree(name)
    [whole] = nodes(top, "try_statement")
    assert len(list(nodes(whole, "command"))) == len(list(nodes(top, "command")))
    [caught] = nodes(whole, "catch_clause")
    assert re.search(r"exit [01]\s*}\s*$", spelled(caught))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_that_was_started_as_32_bit_starts_again_as_64_bit(name: str) -> None:
    first = next(nodes(tree(name), "if_statement"))
    assert "$env:PROCESSOR_ARCHITEW6432" in spelled(first)
    assert r"sysnative\WindowsPowerShell" in spelled(first)
    assert "exit $LASTEXITCODE" in spelled(first)


@pytest.mark.parametrize("name", [*SCRIPTS, "start-up.cmd"])
def test_our_command_understands_what_a_script_says_to_it(name: str) -> None:
    found = lines_of_ours(text(name))
    assert found
    for words in found:
        arguments.parser(gettext.NullTranslations(), words).parse_args(words)
        assert "--silent" in words
        assert "--all-users" in words


@pytest.mark.parametrize("name", ["detect.ps1", "discover.ps1"])
def test_a_change_that_is_due_is_seen_beside_somebody_who_needs_help(name: str) -> None:
    assert everyone.exit_code([a_person(Verdict.DUE), a_person(Verdict.GUIDED)]) != exit_codes.DUE
    [seen] = re.findall(r"\$report -match '([^']+)'", text(name))
    assert {each for each in Verdict if re.search(seen, said([a_person(each)]))} == {
        *(Verdict.DUE, Verdict.HALF_WAY)
    }
    assert re.search(seen, said([a_person(Verdict.GUIDED), a_person(Verdict.DUE)]))


def a_person(verdict: Verdict) -> PersonJson:
    """Somebody with one account of that verdict, as a scan tells it."""
    account = {"verdict": verdict.value}
    code = exit_codes.of_verdicts([verdict])
    entry = {"person": "ana", "state": "done", "exit_code": code, "accounts": [account]}
    return cast("PersonJson", entry)


def said(people: list[PersonJson]) -> str:
    """How our command writes the report of a run, and PowerShell joins its lines."""
    printed = json.dumps({"people": people}, indent=1)
    return " ".join(printed.splitlines())


def test_intune_and_ansible_agree_on_what_went_as_it_should() -> None:
    role = (KIT / "ansible/roles/configure587/tasks/run.yml").read_text(encoding="utf-8")
    by_role = re.search(r"configure587_run\.rc not in \[([\d, ]+)\]", role)
    by_script = re.search(r"\$code -in ([\d, ]+)\)", text("remediate.ps1"))
    assert by_role is not None
    assert by_script is not None
    good = {int(each) for each in by_script[1].split(",")}
    assert good | {exit_codes.DUE} == {int(each) for each in by_role[1].split(",")}
    assert not good & {exit_codes.REFUSED, exit_codes.FAILED}


def test_a_look_that_failed_is_not_told_as_nothing_due() -> None:
    [looked] = re.findall(r"\$code -notin ([\d, ]+)\)", text("detect.ps1"))
    good = {int(each) for each in looked.split(",")}
    assert good == {exit_codes.DONE, *range(10, 17)}
    assert not good & stages.FAILURES
    last = text("detect.ps1").rindex("Nothing is due here")
    assert text("detect.ps1").index("Could not look ($code)") < last


def test_the_start_up_script_has_the_line_ends_without_which_cmd_loses_its_labels() -> None:
    data = (WINDOWS / "start-up.cmd").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 0


@dataclass
class Computer:
    """A Windows with a program that notes what it is told, and ends as it is told."""

    wine: Wine

    def start(self, *options: str, version: str = "1.0", code: int = 0) -> list[str]:
        """Start the computer once; what our command was told, without the look at its version."""
        drive = Path(self.wine.drive)
        (drive / "said.txt").unlink(missing_ok=True)
        (drive / "version.txt").write_text(version, encoding="ascii")
        (drive / "code.txt").write_text(str(code), encoding="ascii")
        command = ["wine", "cmd", "/c", "C:\\kit\\start-up.cmd", *options]
        done = subprocess.run(
            command,
            cwd=drive / "kit",
            env=self.wine.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        said = drive / "said.txt"
        lines = said.read_text(encoding="ascii").splitlines() if said.exists() else []
        return [line for line in lines if line != "--version"]

    def log(self) -> str:
        """What the script noted."""
        [path] = Path(self.wine.drive, "windows").glob("[Ll]ogs/Configure587/start-up.log")
        return path.read_text(encoding="ascii")

    def wish(self, name: str, value: str) -> None:
        """Set a value of the policy."""
        key = r"HKLM\Software\Policies\Configure587"
        self.wine.call("reg", "add", key, "/v", name, "/d", value, "/f")


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    """Give a Windows on which the program is installed for all."""
    gone = [each for each in ("wine", _COMPILER) if shutil.which(each) is None]
    if gone:
        assert os.environ.get("CI") != "true", gone
        pytest.skip(f"{', '.join(gone)} is not there")
    wine = Wine(str(tmp_path))
    wine.call("wineboot", "-i")
    kit = Path(wine.drive, "kit")
    kit.mkdir()
    shutil.copy(WINDOWS / "start-up.cmd", kit)
    folder = Path(wine.drive, "Program Files", "Configure587")
    folder.mkdir()
    for source, made in ((PROGRAM, folder / "configure587c.exe"), (FC, kit / "fc.exe")):
        source_file = tmp_path / f"{made.stem}.c"
        source_file.write_text(source, encoding="ascii")
        subprocess.run([_COMPILER, "-o", made, source_file], check=True)
    yield Computer(wine)
    wine.stop()


RUN: Final = "apply --silent --yes --all-users"


@pytest.mark.e2e
def test_a_computer_is_done_once_for_each_version_policy_and_options(computer: Computer) -> None:
    assert computer.start(code=20) == [RUN]
    assert "ended with 20" in computer.log()
    assert computer.start(code=13) == [RUN]
    assert computer.start() == [RUN]
    assert "ended with 0" in computer.log()
    assert computer.start() == []
    assert computer.start(version="1.1") == [RUN]
    assert computer.start(version="1.1") == []
    computer.wish("Probe", "warn")
    assert computer.start(version="1.1") == [RUN]
    assert computer.start(version="1.1") == []
    ring = ("--ring", "early")
    assert computer.start(*ring, version="1.1", code=16) == [f"{RUN} --ring early"]
    assert computer.start(*ring, version="1.1", code=11) == [f"{RUN} --ring early"]
    assert computer.start(*ring, version="1.1") == []


@pytest.mark.e2e
@pytest.mark.parametrize("between", [" ", "="])
def test_a_policy_file_that_was_edited_is_run_again(computer: Computer, between: str) -> None:
    folder = Path(computer.wine.drive, "our policies")
    folder.mkdir()
    policy = folder / "acme.toml"
    named = "C:\\our policies\\acme.toml"
    words = ("--policy", named) if between == " " else (f"--policy={named}",)
    policy.write_text("limit = 1\n", encoding="ascii")
    assert len(computer.start(*words)) == 1
    assert computer.start(*words) == []
    policy.write_text("limit = 2\n", encoding="ascii")
    assert len(computer.start(*words, code=1)) == 1
    assert len(computer.start(*words)) == 1
    assert computer.start(*words) == []


@pytest.mark.e2e
def test_a_policy_file_that_was_away_for_one_start_is_run_again(computer: Computer) -> None:
    policy = Path(computer.wine.drive, "acme.toml")
    words = ("--policy", "C:\\acme.toml")
    policy.write_text("limit = 1\n", encoding="ascii")
    computer.start(*words)
    assert computer.start(*words) == []
    policy.rename(policy.with_suffix(".away"))
    assert len(computer.start(*words, code=1)) == 1
    policy.with_suffix(".away").rename(policy)
    assert len(computer.start(*words)) == 1
    assert computer.start(*words) == []


@pytest.mark.e2e
def test_a_computer_without_the_program_starts_as_ever(computer: Computer) -> None:
    shutil.rmtree(Path(computer.wine.drive, "Program Files", "Configure587"))
    assert computer.start() == []
    assert not list(Path(computer.wine.drive, "windows").glob("[Ll]ogs/Configure587"))


@pytest.mark.e2e
@pytest.mark.parametrize("end", ["", "\\"])
def test_a_program_in_a_folder_of_its_own_is_found(computer: Computer, end: str) -> None:
    drive = Path(computer.wine.drive)
    (drive / "Our programs (all)").mkdir()
    os.rename(drive / "Program Files" / "Configure587", drive / "Our programs (all)" / "587")
    assert computer.start() == []
    key, folder = r"HKLM\Software\Configure587", "C:\\Our programs (all)\\587"
    computer.wine.call("reg", "add", key, "/v", "InstallDir", "/d", folder + end, "/f")
    assert computer.start(code=20) == [RUN]
    assert computer.start() == [RUN]
    assert computer.start() == []


@pytest.mark.parametrize("name", [*SCRIPTS, "start-up.cmd"])
def test_a_script_asks_where_the_package_says_that_it_put_the_program(name: str) -> None:
    package = (KIT.parent / "windows" / "product.wxs").read_text(encoding="utf-8")
    written = re.search(
        r'Key="(\S+)" Name="(InstallDir)" Type="string" Value="\[INSTALLDIR\]"', package
    )
    assert written is not None
    asked = re.search(
        r"HKLM:?\\(Software\\Configure587)\b.*?\b(InstallDir)\b", text(name), re.DOTALL
    )
    assert asked is not None
    assert asked.groups() == written.groups()
