"""The house stands as docs/architecture.md draws it: rooms, doors, sizes, and a light scan."""

from __future__ import annotations

import ast
import fnmatch
import functools
import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from configure587.verbs import demo

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "app" / "configure587"

STEPS: Final = (
    {"__init__"},
    {"model", "records", "errors", "seen", "pages"},
    {"formats"},
    {"machine"},
    {"clients"},
    {"submission", "policy", "story", "vault", "undo", "whole_files", "recovering", "verdicts"},
    {"elsewhere", "proving"},
    {"engine", "applying"},
    {
        *("report", "carriers", "support", "fleet", "i18n", "awareness", "secrets", "updates"),
        *("runlog", "crash", "policies"),
    },
    {"rollout"},
    {"session", "verbs"},
    {"bare", "typed", "options", "arguments", "terminal", "cli"},
    {"gui"},
    {"__main__"},
)
"""The rooms from left to right: a room imports from its own step and from its left."""

MAY_OPEN_THE_WINDOW: Final = ("cli", "gui")
LOOKS_AT_THE_SYSTEM: Final = "machine/here.py"
CATCHES_BROADLY: Final = {"cli.py", "applying.py", "gui/worker.py"}

PURE: Final = {
    *("model", "records", "errors", "seen", "formats"),
    *(
        "policy",
        "verdicts",
        "undo",
        "whole_files",
        "recovering",
        "elsewhere",
        "proving",
        "engine",
        "applying",
    ),
}
WORLDLY: Final = {"os", "io", "pathlib", "shutil", "socket", "subprocess", "tempfile", "time"}
"""Modules that reach the computer behind the Machine's back."""

MODULE_LINES: Final = 400
FUNCTION_LINES: Final = 60
LONG_FOR_A_REASON: Final[dict[str, str]] = {}
"""File, or file:function -> why it may be longer."""

TOP_LEVEL: Final = {
    *("pyproject.toml", "README.md", "README.pt-BR.md", "CHANGELOG.md", "CONTRIBUTING.md"),
    *("LICENSE", "MANIFEST.in", ".ci", ".git", ".github", ".gitignore"),
    *("app", "locales", "resources", "tests", "installers", "docs", "benchmarks"),
}
HEAVY: Final = {
    *("PySide6", "shiboken6", "babel", "msgspec", "hypothesis", "jsonschema"),
    *("ssl", "http", "urllib.request", "asyncio", "smtplib", "email", "xml", "sqlite3"),
    *("defusedxml", "dns", "idna", "publicsuffixlist", "configure587.submission"),
    *("jinja2", "markupsafe", "configure587.fleet"),
    *("segno", "plistlib", "configure587.carriers"),
    *("nacl", "configure587.updates"),
    *("curses", "rich", "blessed", "multiprocessing", "concurrent"),
}
"""What a scan has no use for; msgspec was measured at 12 ms, a sixth of what a scan may take."""

NOT_FOR_THE_SAMPLE: Final = {
    "configure587.clients.guided",  # none of its programs runs on Linux
    "configure587.report.documents",
    *("configure587.report.guides", "importlib.resources"),  # no finding of the sample needs one
}
"""Modules of ours that a scan of the sample computer has no use for."""


@dataclass(frozen=True, slots=True)
class Import:
    """One import of one of our modules."""

    path: str
    line: int
    target: str  # such as machine.here
    inside: bool  # in a function
    typing_only: bool

    @property
    def rooms(self) -> tuple[str, str]:
        """From which room to which."""
        own = self.path.removesuffix(".py").partition("/")[0]
        return own, self.target.partition(".")[0]

    def __str__(self) -> str:
        """Name the place as editors do."""
        return f"{self.path}:{self.line} imports {self.target}"


@functools.cache
def trees() -> dict[str, ast.Module]:
    """Path below the package -> syntax tree."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def room_of(path: str) -> str:
    """The room that a module lies in: the first folder, or the module itself."""
    return path.removesuffix(".py").partition("/")[0]


def imported(node: ast.AST) -> list[str]:
    """The dotted names that an import statement may load."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports name the whole path here"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def statements(
    node: ast.AST, *, inside: bool = False, typing_only: bool = False
) -> Iterator[tuple[ast.AST, bool, bool]]:
    """Every node below this one, with whether it is in a function and under TYPE_CHECKING."""
    for child in ast.iter_child_nodes(node):
        deeper = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        guarded = typing_only or (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        )
        yield child, deeper, guarded
        yield from statements(child, inside=deeper, typing_only=guarded)


def imports() -> Iterator[Import]:
    """Every import of ours by ours."""
    for path, tree in trees().items():
        for node, inside, typing_only in statements(tree):
            for name in imported(node):
                if name.partition(".")[0] == "configure587":
                    target = name.removeprefix("configure587").removeprefix(".")
                    if not is_module(target.partition(".")[0]):
                        target = "__init__"
                    line = getattr(node, "lineno", 0)
                    yield Import(path, line, target, inside, typing_only)


def is_module(name: str) -> bool:
    """Whether this is a room: a module or a folder of the package."""
    return (
        f"{name}.py" in trees()
        or f"{name}/__init__.py" in trees()
        or name
        in {
            "locales",
            "resources",
        }
    )


def step_of(room: str) -> int:
    """How far to the right a room stands; data (locales, resources) may be read from anywhere."""
    return next((place for place, rooms in enumerate(STEPS) if room in rooms), 0)


# --- rooms and doors -----------------------------------------------------------------------------


def test_every_module_stands_in_a_room_of_the_plan() -> None:
    planned = set().union(*STEPS)
    assert {room_of(path) for path in trees()} <= planned


def test_the_page_draws_the_same_steps() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = page.partition("from its left:\n\n```text\n")[2].partition("```")[0]
    steps = [{room.strip() for room in step.split(",")} for step in drawn.split("<")]
    assert steps == [step for step in STEPS if not any(room.startswith("__") for room in step)]


def test_a_room_imports_only_from_its_left() -> None:
    wrong = [
        str(each)
        for each in imports()
        if step_of(each.rooms[1]) > step_of(each.rooms[0])
        and not (each.rooms == MAY_OPEN_THE_WINDOW and each.inside)
    ]
    assert wrong == []


def test_no_room_needs_itself_by_a_detour() -> None:
    doors: dict[str, set[str]] = {}
    for each in imports():
        own, other = each.rooms
        if own != other and not each.typing_only and each.rooms != MAY_OPEN_THE_WINDOW:
            doors.setdefault(own, set()).add(other)

    def reachable(room: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        for other in doors.get(room, set()) - seen:
            seen = reachable(other, seen | {other})
        return seen

    assert [room for room in doors if room in reachable(room)] == []


def test_the_window_is_opened_inside_a_function_of_the_command_line_only() -> None:
    openings = [each for each in imports() if each.rooms[1] == "gui" != each.rooms[0]]
    assert [str(each) for each in openings if each.rooms[0] != "cli" or not each.inside] == []


def test_rooms_that_think_reach_the_computer_only_through_the_machine() -> None:
    wrong = [
        f"{path}:{getattr(node, 'lineno', 0)} imports {name}"
        for path, tree in trees().items()
        if room_of(path) in PURE
        for node, _, _ in statements(tree)
        for name in imported(node)
        if name.partition(".")[0] in WORLDLY
    ]
    assert wrong == []


def test_one_module_asks_which_system_this_is() -> None:
    asking = {"sys.platform", "os.name", "platform.system", "platform.platform", "os.uname"}
    wrong = [
        f"{path}:{getattr(node, 'lineno', 0)}"
        for path, tree in trees().items()
        if path != LOOKS_AT_THE_SYSTEM
        for node in ast.walk(tree)
        if {*imported(node), dotted(node)} & (asking | {"platform"})
    ]
    assert wrong == []


def dotted(node: ast.AST) -> str:
    """What an expression like sys.platform spells."""
    plain = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return ast.unparse(node) if plain else ""


def test_at_most_three_places_catch_everything() -> None:
    places = [
        path
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and not raises_again(node)
    ]
    assert set(places) <= CATCHES_BROADLY
    assert len(places) <= 3


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether this catches bugs too."""
    names = ast.unparse(handler.type) if handler.type else "BaseException"
    return bool({"Exception", "BaseException"} & set(names.strip("()").split(", ")))


def raises_again(handler: ast.ExceptHandler) -> bool:
    """Whether this only tidies up on the way out."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


# --- sizes ---------------------------------------------------------------------------------------


def test_no_module_is_longer_than_the_alarm() -> None:
    lines = {
        path: len((PACKAGE / path).read_text(encoding="utf-8").splitlines()) for path in trees()
    }
    long = {path: count for path, count in lines.items() if count > MODULE_LINES}
    assert {path: count for path, count in long.items() if path not in LONG_FOR_A_REASON} == {}


def test_no_function_is_longer_than_the_alarm() -> None:
    long = {
        f"{path}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {
        name: count
        for name, count in long.items()
        if count > FUNCTION_LINES and name not in LONG_FOR_A_REASON
    } == {}


def test_no_excuse_outlives_its_reason() -> None:
    files = {name.partition(":")[0] for name in LONG_FOR_A_REASON}
    assert files <= trees().keys()
    assert all(LONG_FOR_A_REASON.values())


# --- the repository ------------------------------------------------------------------------------


def test_the_packages_that_are_shipped_are_the_folders_that_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {"configure587"} | {
        "configure587." + path.rpartition("/")[0].replace("/", ".")
        for path in trees()
        if "/" in path
    }
    mounted = project["tool"]["setuptools"]["package-dir"]
    assert set(project["tool"]["setuptools"]["packages"]) == folders | mounted.keys()
    assert all((ROOT / folder).is_dir() for folder in mounted.values())


def test_the_top_level_holds_only_what_belongs_there() -> None:
    ignored = [
        line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ]
    strangers = {
        name
        for name in os.listdir(ROOT)
        if name not in TOP_LEVEL and not any(fnmatch.fnmatch(name, each) for each in ignored)
    }
    assert strangers == set()


# --- a light scan --------------------------------------------------------------------------------


@pytest.fixture
def sample_computer(tmp_path: Path) -> Path:
    """Give the folder of the sample computer."""
    for name, data in demo.sample().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("words", [[], ["--image", "."]], ids=["here", "image"])
def test_a_silent_scan_loads_nothing_that_it_does_not_need(
    sample_computer: Path, words: list[str]
) -> None:
    code = (
        "import sys; from configure587.cli import main;"
        f"code = main(['scan', '--json', *{words}]);"
        "print(*sorted(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    home = str(sample_computer / "home")
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=sample_computer,
        env={**os.environ, "HOME": home, "USERPROFILE": home},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    findings = json.loads(run.stdout)["findings"]
    assert len(findings) >= 5 or not words, run.stderr
    loaded = set(run.stderr.split())
    assert "configure587.engine" in loaded
    heavy = {name for name in loaded if {name, name.partition(".")[0]} & HEAVY}
    assert heavy == set()
    assert loaded & NOT_FOR_THE_SAMPLE == set()


@pytest.mark.xdist_group("one worker")
def test_what_belongs_together_stays_on_one_worker(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("loadgroup", default=False):  # else nothing is spread in groups
        assert request.node.nodeid.endswith("@one worker")
