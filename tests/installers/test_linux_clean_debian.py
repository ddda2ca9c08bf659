"""The .deb on a clean Debian 12: installed and used."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from installers.linux import commands, tree

import clean_debian
import linux_builders
from clean_debian import LAST_LINES, Debian, running
from configure587.i18n import ENGLISH
from e2e import desktop as desktops
from e2e.real_thunderbird import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.xdist_group("packages for Linux"), pytest.mark.timeout(600)]
LIB: Final = f"/{tree.LIB}"
PATIENCE: Final = 60.0


# --- used ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LAST_LINES)
def test_the_demo_runs_to_its_last_line(installed: Debian, language: str) -> None:
    said = installed.run("configure587", "demo", "--lang", language)
    assert said.splitlines()[-1] == LAST_LINES[language]


def test_every_library_that_is_required_is_found(installed: Debian) -> None:
    script = f"find {LIB} -name '*.so*' -exec ldd {{}} + | grep -e ':$' -e 'not found'"
    lines = installed.run("sh", "-c", f"({script}) || true").splitlines()
    owner, missing = "", set()
    for line in lines:
        if line.endswith(":"):
            owner = line
        elif not re.search(r"wayland|printsupport|WaylandClient|libqwayland", owner):
            missing.add(line.strip())
    assert missing == set()
    assert len(lines) > 30


def test_every_module_that_is_carried_along_can_be_imported(installed: Debian) -> None:
    code = (
        f"import sys; sys.path.append({LIB!r}); import importlib, os;"
        f"names = [each.removesuffix('.abi3.so') for each in os.listdir({LIB + '/PySide6'!r})"
        " if each.startswith('Qt') and each.endswith('.so')];"
        "[importlib.import_module('PySide6.' + name) for name in names];"
        "[importlib.import_module(name) for name in ('msgspec', 'dns.resolver', 'keyring', 'segno',"
        " 'jinja2',"
        " 'certifi', 'defusedxml', 'idna', 'publicsuffixlist', 'truststore')]; print(len(names))"
    )
    assert int(installed.run("/usr/bin/python3", "-IS", "-c", code)) >= 5


def test_a_persons_own_python_packages_do_not_get_in_the_way(installed: Debian) -> None:
    own = installed.root / "tmp/own"
    (own / "configure587").mkdir(parents=True)
    (own / "configure587/__init__.py").write_text("raise SystemExit('not this one')")
    (own / "json.py").write_text("raise SystemExit('nor this one')")
    said = installed.run("configure587", "scan", "--json", PYTHONPATH="/tmp/own")
    shutil.rmtree(own)
    assert '"kind": "scan"' in said


def test_bytecode_is_ready_so_that_nothing_is_compiled_at_a_start(installed: Debian) -> None:
    said = installed.run("/usr/bin/python3", "-ISv", "/usr/bin/configure587", "--version")
    assert f"from '{LIB}/configure587/__pycache__/cli.cpython-" in said
    assert "# wrote" not in said


def test_the_window_opens_off_screen(installed: Debian) -> None:
    folder = installed.root / "tmp/run"
    folder.mkdir(mode=0o700, exist_ok=True)
    own = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": "/tmp/run"}
    with running(installed, "configure587-gui", "--demo", variables=own) as window:
        (lock,) = wait_for(
            "the window opens", lambda: list(folder.glob("*.lock")) or None, PATIENCE
        )
        call = lock.with_suffix(".call")
        call.touch()
        wait_for("the window answers", lambda: not call.exists(), PATIENCE)
        assert window.poll() is None
        window.kill()
        assert window.stdout is not None
        assert window.stdout.read() == b""


@pytest.fixture(scope="module")
def desktop() -> Iterator[desktops.Desktop]:
    """Give a screen with a window manager."""
    if (hindrance := desktops.hindrance()) is not None:
        linux_builders.leave(hindrance)
    with desktops.a_desktop() as desktop:
        yield desktop


_LOOK: Final = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication([])
sys.exit(not application.primaryScreen().grabWindow(0).save(sys.argv[1]))
"""


def colors(path: Path, desktop: desktops.Desktop) -> int:
    """Take a picture of the whole screen; how many colours are in it."""
    from PySide6.QtGui import QImage

    own = {**os.environ, **desktop.variables, "QT_QPA_PLATFORM": "xcb"}
    subprocess.run([sys.executable, "-c", _LOOK, str(path)], env=own, check=True)
    picture = QImage(str(path))
    every = (
        picture.pixel(x, y)
        for x in range(0, picture.width(), 3)
        for y in range(0, picture.height(), 3)
    )
    return len(set(every))


@pytest.mark.parametrize("language", LAST_LINES)
def test_the_window_is_painted_on_a_screen(
    installed: Debian, desktop: desktops.Desktop, shared: Path, language: str
) -> None:
    own = {"DISPLAY": desktop.variables["DISPLAY"], "QT_QPA_PLATFORM": "xcb"}
    words = ("configure587-gui", "--demo", "--lang", language)
    picture = shared / f"window-{language}.png"
    blank = colors(picture, desktop)
    with running(installed, *words, variables=own) as window:
        number = desktop.window()
        wait_for("a painted window", lambda: colors(picture, desktop) > 40 or None, PATIENCE)
        assert window.poll() is None
        kind = linux_builders.output(
            "env", f"DISPLAY={own['DISPLAY']}", "xprop", "-id", number, "WM_CLASS"
        )
    entry = tree.read("configure587.desktop").decode()
    (said,) = re.findall(r"^StartupWMClass=(.+)$", entry, re.MULTILINE)
    assert f'"{said}"' in kind
    assert blank < 40
    wait_for("the window is gone", lambda: not desktop.windows() or None, PATIENCE)


def a_plan(debian: Debian, home: str) -> str:
    """Have somebody there who sends through port 25, and a plan for that; its path."""
    debian.has_thunderbird(home)
    path = f"{home}/Plano do João (é teste).c587plan"
    done = debian.tried("configure587", "plan", "--no-network", "-o", path, HOME=home)
    assert done.returncode == 10, done.stdout
    return path


def test_a_plan_that_is_opened_is_shown_and_changes_nothing(another: Debian) -> None:
    plan = a_plan(another, "/home/ana")
    before = another.homes()
    done = another.tried(f"{LIB}/open-plan", plan, HOME="/home/ana", LC_ALL="pt_BR.UTF-8")
    assert "porta 25" in done.stdout
    assert f"Nada mudou.\nPara fazer estas mudanças, digite:\n  configure587 apply '{plan}'\n" in (
        done.stdout
    )
    assert another.homes().items() >= before.items()


def test_a_plan_that_is_refused_is_no_command_to_type(another: Debian) -> None:
    plan = a_plan(another, "/home/ana")
    done = another.tried(f"{LIB}/open-plan", plan, HOME="/home/bia")
    assert done.returncode == 1
    assert done.stdout.endswith("\nNothing was changed.\n")
    assert "apply" not in done.stdout


_TERMINAL: Final = """#!/usr/bin/python3
import os, pty, sys
os.dup2(os.open("/tmp/keys", os.O_RDWR), 0)  # what is typed

def shown(terminal):
    data = os.read(terminal, 4096)
    with open("/tmp/shown", "ab") as screen:
        screen.write(data)
    return data

code = os.waitstatus_to_exitcode(pty.spawn(sys.argv[2:], shown))  # behind -e
with open("/tmp/closed", "w") as said:
    said.write(str(code))
"""


@pytest.fixture
def desk(useful: Debian) -> Iterator[Debian]:
    """Give a copy of that Debian in which programs can open terminals."""
    with clean_debian.a_copy(str(useful.root)) as debian:
        place = str(debian.root / "dev/pts")
        words = ["mount", "-t", "devpts", "-o", "newinstance,ptmxmode=666", "none", place]
        subprocess.run(words, check=True)
        terminal = debian.root / "usr/local/bin/xterm"
        terminal.write_text(_TERMINAL, encoding="utf-8")
        terminal.chmod(0o755)
        os.mkfifo(debian.root / "tmp/keys")
        try:
            yield debian
        finally:
            subprocess.run(["umount", "-l", place], check=True)


def test_a_double_click_on_a_plan_shows_it_in_a_terminal_that_waits(desk: Debian) -> None:
    home, kind = "/home/ana", "application/x-configure587-plan"
    plan, tmp = a_plan(desk, home), desk.root / "tmp"
    assert f"content-type: {kind}\n" in desk.run("gio", "info", plan)
    assert "configure587-plan.desktop" in desk.run("gio", "mime", kind).splitlines()[0]
    script = 'gio open "$1" >/dev/null 2>&1'  # as a file manager does
    desk.run("sh", "-c", script, "-", plan, HOME=home)
    screen = tmp / "shown"

    def seen() -> str:
        return screen.read_text("utf-8", errors="replace") if screen.exists() else ""

    wait_for("it is all there", lambda: "Press Enter to close." in seen() or None, PATIENCE)
    assert "port 25" in seen()
    assert f"configure587 apply '{plan}'" in seen()
    assert not (tmp / "closed").exists()
    (tmp / "keys").write_bytes(b"\n")
    wait_for("it is closed", lambda: (tmp / "closed").exists() or None, PATIENCE)


# --- the manual, the shells, the password store --------------------------------------------------


def test_man_shows_the_page_in_both_languages(useful: Debian) -> None:
    english = useful.run("man", "-P", "cat", "configure587")
    assert "EXIT STATUS" in english
    path = "/usr/share/man/pt_BR/man1/configure587.1.gz"
    assert path in useful.run(
        "sh", "-c", "man -L pt_BR.UTF-8 -w configure587 2>/dev/null", LC_ALL=""
    )
    portuguese = useful.run("man", "-P", "cat", path)
    assert "CÓDIGOS DE SAÍDA" in portuguese
    assert "EXIT STATUS" in useful.run("man", "-P", "cat", "configure587-gui")


VERBS: Final = {each.name for each in commands.commands(ENGLISH) if each.name}


def test_fish_offers_the_verbs_and_their_options(useful: Debian) -> None:
    offered = useful.run("fish", "-c", "complete -C 'configure587 '", HOME="/tmp")
    assert {line.split("\t")[0] for line in offered.splitlines()} >= VERBS
    offered = useful.run("fish", "-c", "complete -C 'configure587 plan --pro'", HOME="/tmp")
    assert [line.split("\t")[0] for line in offered.splitlines()] == ["--probe"]
    offered = useful.run("fish", "-c", "complete -C 'configure587 plan --probe '", HOME="/tmp")
    assert {line.split("\t")[0] for line in offered.splitlines()} == {"require", "warn", "off"}


_ZSH: Final = "autoload -U compinit; compinit -u -D; print $_comps[configure587]"


def test_zsh_finds_the_completion_and_can_read_it(useful: Debian) -> None:
    assert useful.run("zsh", "-n", "/usr/share/zsh/vendor-completions/_configure587") == ""
    assert useful.run("zsh", "-f", "-c", _ZSH, HOME="/tmp").strip() == "_configure587"


def test_the_password_store_uses_the_distributions_cryptography(useful: Debian) -> None:
    paths = re.findall(r'^    f?"(/.+)",$', tree.read("configure587").decode(), re.MULTILINE)
    code = (
        f"import sys; sys.path += {paths[:2]!r}; import secretstorage, cryptography;"
        "import keyring.backends.SecretService as store; assert store.secretstorage;"
        "from importlib.metadata import entry_points;"
        "assert any(e.name == 'SecretService' for e in entry_points(group='keyring.backends'));"
        "print(cryptography.__file__, secretstorage.__file__)"
    )
    theirs, ours = useful.run("/usr/bin/python3", "-IS", "-c", code).split()
    assert theirs.startswith("/usr/lib/python3/dist-packages/")
    assert ours.startswith(LIB)


def test_the_look_for_a_newer_version_uses_the_distributions_library(useful: Debian) -> None:
    paths = re.findall(r'^    f?"(/.+)",$', tree.read("configure587").decode(), re.MULTILINE)
    code = (
        f"import sys; sys.path += {paths[:2]!r};"
        "from configure587 import updates; import nacl.signing as signing;"
        "signed = signing.SigningKey.generate().sign(b'x');"
        "print(signing.__file__, signed.message.decode())"
    )
    place, signed = useful.run("/usr/bin/python3", "-IS", "-c", code).split()
    assert place.startswith("/usr/lib/python3/dist-packages/")
    assert signed == "x"


# --- for all people of a computer ----------------------------------------------------------------


def somebody(debian: Debian, name: str) -> Path:
    """Give an account to somebody whose Thunderbird sends through port 25; their prefs.js."""
    debian.run("useradd", "--create-home", "--shell", "/bin/bash", name)
    prefs_js = debian.has_thunderbird(f"/home/{name}")
    debian.run("chown", "--recursive", f"{name}:", f"/home/{name}/.thunderbird")
    return prefs_js


def test_all_people_are_moved_once_and_every_byte_comes_back(another: Debian) -> None:
    people = [somebody(another, name) for name in ("ana", "bia")]
    before = [path.read_bytes() for path in people]
    owners = [path.stat().st_uid for path in people]
    (another.root / "etc/office.toml").write_text('probe = "off"\n', encoding="utf-8")
    words = ("apply", "--silent", "--all-users", "--policy", "/etc/office.toml")
    another.run("mkdir", "/srv/first", "/srv/second")
    another.run("configure587", *words, "--report", "/srv/first")
    moved = [path.read_bytes() for path in people]
    assert all(b'port", 587)' in data for data in moved)
    assert [path.stat().st_uid for path in people] == owners
    kept = another.homes()
    another.run("configure587", *words, "--report", "/srv/second")
    assert [path.read_bytes() for path in people] == moved
    assert {path for path in another.homes().keys() - kept.keys() if "/backups/" in path} == set()
    for folder in ("/srv/first", "/srv/second"):
        told = json.loads(another.run("configure587", "fleet", folder, "--json"))
        assert (told["known"], told["stages"]) == (1, {"moved": 1})
        assert told["reports"]["counted"] == 1
        assert sum(row["done"] for row in told["tables"]["client"]) == len(people)
    another.run("configure587", "rollback", "--all-users", "--yes")
    assert [path.read_bytes() for path in people] == before
    assert [path.stat().st_uid for path in people] == owners


def test_what_is_left_for_the_next_sign_in_starts_the_program_that_is_installed(
    another: Debian,
) -> None:
    prefs_js = somebody(another, "ana")
    (another.root / "etc/office.toml").write_text(
        'probe = "off"\nwhen-running = "next-sign-in"\n', encoding="utf-8"
    )
    hold = (
        "import fcntl, sys, time; file = open(sys.argv[1], 'r+'); fcntl.lockf(file, fcntl.LOCK_EX);"
        "print('held', flush=True); time.sleep(600)"
    )
    lock = "/home/ana/.thunderbird/abcd1234.default/.parentlock"
    as_ana = ("setpriv", "--reuid=ana", "--regid=ana", "--clear-groups")
    words = ("configure587", "apply", "--silent", "--policy", "/etc/office.toml")
    with running(another, *as_ana, "python3", "-c", hold, lock, variables={}) as open_program:
        assert open_program.stdout is not None
        assert open_program.stdout.readline() == b"held\n"
        another.tried(*as_ana, *words, HOME="/home/ana")
    assert b'port", 25)' in prefs_js.read_bytes()
    (entry,) = (another.root / "home/ana/.config/autostart").glob("*.desktop")
    (command,) = re.findall(r"(?m)^Exec=(.+)$", entry.read_text(encoding="utf-8"))
    assert command.split()[0].strip('"') == "/usr/bin/configure587"
    another.run(*as_ana, "sh", "-c", command, HOME="/home/ana")
    assert b'port", 587)' in prefs_js.read_bytes()
    assert not entry.exists()
