"""The Ansible role against two real hosts: rehearsed, done, done again, undone.

The hosts answer to ssh. The play is ours, the inventory that of the test; servers are not proven,
for no host has a network.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest

if sys.platform == "win32":
    pytest.skip("namespaces of Linux", allow_module_level=True)

from builders import CANARY, thunderbird
from configure587.report import schema
from real_hosts import Host, hosts, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
ANSIBLE: Final = ROOT / "installers" / "rollout" / "ansible"
BUILT_FROM: Final = ("app", "installers", "locales", "resources", "pyproject.toml", "MANIFEST.in")
PAPERS: Final = ("README.md", "LICENSE")
RECAP: Final = re.compile(r"^(\S+) +: .* changed=(\d+) +unreachable=0 +failed=(\d+)", re.MULTILINE)
POLICY: Final = "/etc/configure587/policy.d/50-ansible.toml"
PREFS: Final = ".thunderbird/abcd1234.default/prefs.js"
SCHEMA: Final = json.loads(schema.schemas()["run.schema.json"])
OLD, NEW = b'"mail.smtpserver.smtp1.port", 25)', b'"mail.smtpserver.smtp1.port", 587)'

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600), pytest.mark.xdist_group("hosts")]

VARIABLES: Final[dict[str, Any]] = {
    "configure587_policy": {
        "probe": "off",
        "support-name": 'Suporte "587" S\xe3o Jo\xe3o \U0001f4ee',
        "due-ports": [25],
        "report-addresses": False,
        "host-map": {"mail.antigo.example": "smtp.novo.example address"},
    },
    "ansible_user": "root",
    "ansible_ssh_common_args": "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null",
}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with our package and with all that it needs."""
    source = tmp_path_factory.mktemp("wheel") / "source"
    source.mkdir()
    for name in (*BUILT_FROM, *PAPERS):
        if (ROOT / name).is_dir():
            unwanted = shutil.ignore_patterns("*.mo", "__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, source / name, ignore=unwanted)
        else:
            shutil.copy(ROOT / name, source)
    made = source.parent / "wheels"
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(made), str(source))
    try:
        _pip("download", "--dest", str(made), *map(str, made.glob("configure587-*.whl")))
    except subprocess.CalledProcessError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"pip finds no packages: {error.stderr[-200:]}")
    return made


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", *words]
    subprocess.run(command, check=True, capture_output=True, text=True)


@dataclass
class Fleet:
    """Two hosts and the folder of whoever looks after them."""

    folder: Path
    hosts: list[Host]
    wheels: Path

    def play(self, *words: str, state: str = "moved", **variables: Any) -> Played:  # noqa: ANN401
        """Run the role on both."""
        everything = {
            **VARIABLES,
            "ansible_ssh_private_key_file": f"{self.folder}/key",
            "ansible_python_interpreter": os.path.realpath(sys.executable),
            "configure587_python": os.path.realpath(sys.executable),
            "configure587_package": str(next(self.wheels.glob("configure587-*.whl"))),
            "configure587_wheels": str(self.wheels),
            "configure587_reports": str(self.reports),
            "configure587_state": state,
            **variables,
        }
        (self.folder / "variables.json").write_text(json.dumps(everything), encoding="utf-8")
        lines = [f"{each.name} ansible_host={each.address}" for each in self.hosts]
        inventory = self.folder / "inventory.ini"
        inventory.write_text("\n".join(["[workstations]", *lines, ""]), encoding="utf-8")
        playbook = self.folder / "play.yml"
        play = [{"hosts": "workstations", "gather_facts": False, "roles": ["configure587"]}]
        playbook.write_text(json.dumps(play), encoding="utf-8")
        command = [os.path.join(os.path.dirname(sys.executable), "ansible-playbook")]
        done = subprocess.run(
            [*command, "-i", inventory, "-e", f"@{self.folder}/variables.json", playbook, *words],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "LC_ALL": "C.UTF-8",
                "ANSIBLE_ROLES_PATH": str(ANSIBLE / "roles"),
                "ANSIBLE_PIPELINING": "1",
                "ANSIBLE_NOCOLOR": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Played(done.returncode, done.stdout + done.stderr)

    @property
    def reports(self) -> Path:
        """Where reports are brought to."""
        return self.folder / "reports"

    def state(self) -> list[dict[str, tuple[bytes, int, int]]]:
        """All that the role could change on both."""
        return [each.state("/home", "/etc", "/opt", "/var/cache") for each in self.hosts]

    def homes(self) -> list[dict[str, tuple[bytes, int, int]]]:
        """Every file of everybody, but what ours keeps for them."""
        return [each.state("/home") for each in self.hosts]

    def prefs(self) -> list[bytes]:
        """The settings of everybody."""
        found = []
        for host in self.hosts:
            for name in sorted(os.listdir(host.path("/home"))):
                path = host.path(f"/home/{name}/{PREFS}")
                if os.path.exists(path):
                    found.append(Path(path).read_bytes())
        return found


@dataclass
class Played:
    """How a play went."""

    code: int
    output: str

    @property
    def changed(self) -> dict[str, int]:
        """Host -> how many tasks changed something; none may have failed."""
        assert self.code == 0, self.output
        return {name: int(count) for name, count, _ in RECAP.findall(self.output)}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Iterator[Fleet]:
    """Give two hosts whose people send through port 25."""
    why = lacking()
    if why:
        assert os.environ.get("CI") != "true", why
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("fleet")
    with hosts(str(folder), ("pc-1", "pc-2")) as found:
        found[0].person("ana", thunderbird(port=25, password=CANARY))
        found[0].person("bia", thunderbird(port=25))
        found[1].person("caio", thunderbird(port=25))
        found[1].person("duda")
        yield Fleet(folder, found, wheels)


def test_everybody_is_moved_once_and_comes_back(fleet: Fleet) -> None:
    before, settings = fleet.state(), fleet.prefs()
    homes = fleet.homes()
    assert [OLD in each for each in settings] == [True] * 3

    # a rehearsal, when nothing is installed yet
    assert all(fleet.play("--check").changed.values())
    assert fleet.state() == before

    # for real
    moved = fleet.play()
    assert all(moved.changed.values())
    assert [NEW in each for each in fleet.prefs()] == [True] * 3
    assert CANARY not in moved.output
    reports = [json.loads(path.read_text()) for path in fleet.reports.iterdir()]
    assert sorted(each["computer"]["name"] for each in reports) == ["pc-1", "pc-2"]
    for each in reports:
        jsonschema.validate(each, SCHEMA)
    assert not any(os.listdir(each.path("/var/lib/configure587/reports")) for each in fleet.hosts)

    # again: nothing is left to do
    after, moved_homes = fleet.state(), fleet.homes()
    assert fleet.play().changed == {"pc-1": 0, "pc-2": 0}
    assert fleet.state() == after

    # a policy that is none stays out, and nothing is begun
    refused = fleet.play(state="undone", configure587_policy={"due-ports": [587]})
    assert refused.code == 2
    assert "due-ports" in refused.output
    assert fleet.state() == after

    # a run that fails is reported all the same
    brought = {*fleet.reports.iterdir()}
    assert fleet.play(configure587_options=["--ring", "nobody"]).code == 2
    failed = [json.loads(each.read_text()) for each in {*fleet.reports.iterdir()} - brought]
    assert [each["exit_code"] for each in failed] == [1, 1]
    assert fleet.homes() == moved_homes

    # a rehearsal of the way back, and the way back; a policy of nothing takes ours away
    back: dict[str, Any] = {"state": "undone", "configure587_policy": {}}
    assert fleet.play("--check", **back).changed == {"pc-1": 2, "pc-2": 2}
    assert fleet.state() == after
    assert fleet.play(**back).changed == {"pc-1": 2, "pc-2": 2}
    assert fleet.prefs() == settings
    assert fleet.homes() == homes
    assert not any(os.path.exists(each.path(POLICY)) for each in fleet.hosts)


def test_a_word_that_the_role_does_not_know_is_refused(fleet: Fleet) -> None:
    before = fleet.state()
    played = fleet.play(state="removed")
    assert played.code == 2
    assert "configure587_state" in played.output
    assert fleet.state() == before


def test_the_play_that_we_show_is_one() -> None:
    done = subprocess.run(
        [
            os.path.join(os.path.dirname(sys.executable), "ansible-playbook"),
            "--syntax-check",
            *("-i", "inventory.example.ini", "playbook.example.yml"),
        ],
        cwd=ANSIBLE,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
