"""The folder of the program for Windows: whole, nothing too much, the same bytes each time."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from installers.jobs import ROOT, Job, Trouble
from installers.windows import cpython, programs, qt, tree

from installers import build
from package_builders import EPOCH

if TYPE_CHECKING:
    from windows_builders import Windows

pytestmark = [pytest.mark.xdist_group("windows packages"), pytest.mark.timeout(600)]

EVERYTHING: Final = Path(__file__).with_name("everything.py")
NOT_FOR_WINDOWS: Final = (  # modules that are there for other systems, or for packages we have not
    "asyncio.unix_events",
    "multiprocessing.popen_fork",
    "multiprocessing.popen_forkserver",
    "multiprocessing.popen_spawn_posix",
    "configure587.machine.(becoming|children|posix_locks|posix_people)",
    "defusedxml.lxml",
    r"dns\.(dnssecalgs|quic)\..*",
    "truststore._macos",
    "keyring.backends.macOS.api",
    "keyring.devpi_client",
    r"win32ctypes\.core\.cffi\..*",
)
PART_OF_WINDOWS: Final = re.compile(
    r"api-ms-win-.*|ucrtbase\.dll|msvcrt\.dll|(kernel|user|gdi|shell|advapi|ole|ws2_|crypt|comdlg|"
    r"iphlp|net|imm|rpcrt|secur|bcrypt|version|winmm|dwmapi|uxtheme|shlwapi|setupapi|userenv|mpr|"
    r"authz|oleaut|wtsapi|d3d|dxgi|d2d|dwrite|dnsapi|winhttp|winspool|shcore|uiautomationcore|"
    r"icuuc|mscms|synchronization|runtimeobject|ntdll|propsys|dcomp|ncrypt|opengl|cfgmgr|"
    r"normaliz|bcryptprimitives|combase|windowscodecs|pdh|powrprof).*\.(dll|drv)",
    re.IGNORECASE,
)


def files(folder: str) -> list[str]:
    """Every file below a folder, as a path in it."""
    return sorted(
        os.path.relpath(os.path.join(below, name), folder)
        for below, _, names in os.walk(folder)
        for name in names
    )


def contents(folder: str) -> dict[str, tuple[float, int, bytes]]:
    """All that two builds could differ in."""
    found = {}
    for name in files(folder):
        path = Path(folder, name)
        found[name] = (path.stat().st_mtime, path.stat().st_mode, path.read_bytes())
    return found


def test_two_builds_give_the_same_bytes(
    windows_tree: str, windows_fetched: str, tmp_path: Path
) -> None:
    work = tmp_path / "work"  # a cache of its own, in which only the packages of others are
    work.mkdir()
    for entry in os.scandir(windows_fetched):
        if entry.name.startswith("requirements.txt-"):
            os.symlink(entry.path, work / entry.name)
    (again,) = tree.build(Job(str(tmp_path / "out"), str(work), build.version(), EPOCH))
    ours, theirs = contents(windows_tree), contents(again)
    assert [
        name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)
    ] == []


def test_everything_that_is_installed_can_be_imported(windows_tree: str, windows: Windows) -> None:
    app = windows.path("C:\\App")
    shutil.copytree(windows_tree, app)
    cpython.put_python_exe(app)
    shutil.copy(EVERYTHING, windows.wine.drive)
    done = windows.run("C:\\App\\python.exe", "-I", "C:\\everything.py")
    *failed, last = done.said.splitlines()
    unexpected = [
        line
        for line in failed
        if not any(re.fullmatch(f"{name}: .*", line) for name in NOT_FOR_WINDOWS)
    ]
    assert unexpected == []
    assert int(last.removeprefix("imported ")) > 800
    assert not (Path(app) / "Lib" / "__pycache__").exists()


def test_every_dll_that_is_needed_is_there_or_is_a_part_of_windows(windows_tree: str) -> None:
    there = {os.path.basename(name).lower() for name in files(windows_tree)}
    lacking = {
        f"{name} needs {need}"
        for name in files(windows_tree)
        if name.endswith((".exe", ".dll", ".pyd"))
        for need in qt.needs(os.path.join(windows_tree, name))
        if need.lower() not in there and not PART_OF_WINDOWS.fullmatch(need)
    }
    assert lacking == set()


def test_no_part_of_qt_is_there_that_the_program_does_not_import(windows_tree: str) -> None:
    imported = qt.modules(os.path.join(ROOT, "app", "configure587"))
    assert {"QtCore", "QtGui", "QtPrintSupport", "QtSvg", "QtWidgets"} == imported
    there = {Path(name).stem for name in files(windows_tree) if re.search(r"Qt\w+\.pyd$", name)}
    assert there == imported


def test_of_the_icons_only_the_one_that_the_window_draws_is_there(windows_tree: str) -> None:
    icons = os.path.join(windows_tree, "Lib", "configure587", "resources", "icons")
    assert os.listdir(icons) == ["configure587.svg"]


def test_there_are_no_sources_and_no_byte_code_that_would_be_written_again(
    windows_tree: str,
) -> None:
    names = files(windows_tree)
    assert [name for name in names if name.endswith(".py") or "__pycache__" in name] == []
    assert "Lib/configure587/cli.pyc" in names


def test_no_path_of_the_computer_that_built_it_is_inside(
    windows_tree: str, windows_fetched: str
) -> None:
    homes = [os.fsencode(path) for path in (ROOT, windows_fetched, sys.prefix)]
    told = [
        name
        for name in files(windows_tree)
        if any(home in Path(windows_tree, name).read_bytes() for home in homes)
    ]
    assert told == []


def test_the_licence_of_every_part_is_there(windows_tree: str) -> None:
    licences = Path(windows_tree, "licenses")
    inside = ("Expat", "XZ", "bzip2", "libffi", "libmpdec", "zlib")  # of Python's own DLLs
    for name in ("Python", "Qt", "Microsoft-Visual-C-Runtime", "keyring", *inside):
        assert any((licences / name).iterdir()), name
    told = (licences / "README.txt").read_text(encoding="utf-8")
    for words in ("Python 3.11", "OpenSSL 3.", "Qt 6.", "certifi 20", "msgspec 0.", "Expat 2."):
        assert words in told


def test_the_lock_pins_what_pyproject_asks_for() -> None:
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["gui"], *extras["updates"]]
    names = {re.split(r"[><=]", each)[0].lower() for each in asked}
    with open(tree.REQUIREMENTS.replace(".txt", ".in"), encoding="utf-8") as source:
        wanted = {line.strip().lower() for line in source if not line.startswith("#")}
    assert wanted == names
    with open(tree.REQUIREMENTS, encoding="utf-8") as lock:
        pinned = re.findall(r"^([\w-]+)==\S+ \\\n    --hash=sha256:", lock.read(), re.MULTILINE)
    assert names <= set(pinned)


def test_another_python_than_311_is_refused(windows_fetched: str, tmp_path: Path) -> None:
    (tmp_path / "python312.dll").write_bytes(b"MZ")
    job = Job(str(tmp_path), windows_fetched, "1.0", EPOCH, str(tmp_path))
    with pytest.raises(Trouble, match=r"no CPython 3\.11 for Windows"):
        tree.compose(str(tmp_path / "tree"), job, tree.OURS)


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.1.0", (0, 1, 0, 0)), ("2.13", (2, 13, 0, 0)), ("1.4.2rc1", (1, 4, 2, 0))],
)
def test_windows_counts_the_numbers_of_a_version(
    version: str, numbers: tuple[int, int, int, int]
) -> None:
    assert programs.numbers(version) == numbers


def test_the_programs_run_as_whoever_starts_them_with_utf_8_and_long_paths(
    windows_tree: str,
) -> None:
    for name in ("Configure587.exe", "configure587c.exe"):
        data = Path(windows_tree, name).read_bytes()
        for words in (
            b'level="asInvoker"',
            b">PerMonitorV2, PerMonitor<",
            b">true</longPathAware>",
            b">UTF-8</activeCodePage>",
            "FileDescription".encode("utf-16-le"),
            f"{build.version()}\0".encode("utf-16-le"),
        ):
            assert words in data, (name, words)


def test_a_program_whose_python_is_gone_says_so_and_does_not_crash(
    windows_tree: str, windows: Windows
) -> None:
    app = Path(windows.path("C:\\App"))
    app.mkdir()
    shutil.copy(os.path.join(windows_tree, "configure587c.exe"), app)
    done = windows.run("C:\\App\\configure587c.exe", "scan")
    assert done.code == 120
    assert "A part of the program is missing" in done.said
    assert "C:\\App\\python311.dll" in done.said


def test_the_program_tells_how_to_call_it_again(windows_tree: str, windows: Windows) -> None:
    folder = "C:\\Olá, João & Cia (ação)"
    shutil.copytree(windows_tree, windows.path(folder))
    program = f"{folder}\\configure587c.exe"
    done = windows.run(program, "demo", "C:\\demo", "--lang", "en")
    assert done.code == 0, done.said
    assert program in done.said


def test_no_other_python_of_the_computer_is_listened_to(
    windows_tree: str, windows: Windows
) -> None:
    shutil.copytree(windows_tree, windows.path("C:\\App"))
    trap = Path(windows.path("C:\\trap"))
    trap.mkdir()
    for name in ("argparse.py", "sitecustomize.py", "configure587.py"):
        (trap / name).write_text("raise SystemExit(99)", encoding="utf-8")
    found = {"PYTHONPATH": "C:\\trap", "PYTHONHOME": "C:\\trap"}
    done = windows.run(
        "C:\\App\\configure587c.exe", "--version", folder="C:\\trap", variables=found
    )
    assert done == (0, f"configure587 {build.version()}\n")
