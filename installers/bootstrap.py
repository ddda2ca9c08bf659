"""The commands of the README: set everything up, then show the program or test it.

    python3 installers/bootstrap.py demo [...]     the main job, on a sample computer
    python3 installers/bootstrap.py window         the window, on a sample computer
    python3 installers/bootstrap.py test           everything that has to hold
    python3 installers/bootstrap.py test ARG...    only pytest, with these arguments

Needs nothing but Python >= 3.11 and works on Linux, macOS and Windows. What it sets up lies in
the folder .venv beside README.md; on Debian and Ubuntu it also asks apt for what is missing. This
file must stay readable for old Pythons, so that they can say that they are too old.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place that has to meet an old Python
    sys.exit(
        "Configure 587! needs Python 3.11 or newer; this is Python %d.%d. "  # noqa: UP031
        "Install a newer Python and run this command with it.\n"
        "O Configure 587! precisa do Python 3.11 ou mais novo; este é o Python %d.%d. "
        "Instale um Python mais novo e rode este comando com ele."
        % (sys.version_info[:2] + sys.version_info[:2])
    )

import hashlib
import importlib.util
import io
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

ROOT: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV: Final = os.path.join(ROOT, ".venv")
STAMP: Final = "configure587.json"  # in VENV: what was installed; "unfinished" until all of it is
UNFINISHED: Final = {"state": "unfinished"}

EXTRAS: Final[Mapping[str, str]] = {
    "demo": "",
    "window": "gui",
    "test": "dev",
}  # each has all before
# What ldd says that the window needs (QtCore, Gui, Widgets, Svg, Network, DBus, and the plug-ins
# offscreen and xcb), and a font; libraries that come with these or with openbox are left out.
QT_NEEDS: Final = (
    *("fonts-dejavu-core", "libegl1", "libfontconfig1", "libfreetype6", "libgl1"),
    *("libgssapi-krb5-2", "libx11-xcb1", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0"),
    *("libxcb-keysyms1", "libxcb-randr0", "libxcb-render-util0", "libxcb-render0"),
    *("libxcb-shape0", "libxcb-shm0", "libxcb-sync1", "libxcb-util1", "libxcb-xfixes0"),
    *("libxcb-xkb1", "libxkbcommon-x11-0", "libxkbcommon0"),
)
# Debian package -> a file that proves it, for each thing that the tests do:
QT_FILES: Final[Mapping[str, str]] = {name: f"/usr/share/doc/{name}/copyright" for name in QT_NEEDS}
MAIL_PROGRAMS: Final[Mapping[str, str]] = {
    "thunderbird": "/usr/lib/thunderbird/thunderbird-bin",
    "openssl": "/usr/bin/openssl",
    "swaks": "/usr/bin/swaks",
    "libnet-ssleay-perl": "/usr/share/doc/libnet-ssleay-perl/copyright",  # swaks and TLS
}
HOSTILE_DISKS: Final[Mapping[str, str]] = {
    "strace": "/usr/bin/strace",
    "attr": "/usr/bin/setfattr",
    "acl": "/usr/bin/setfacl",
}
WINDOWS_LAB: Final[Mapping[str, str]] = {
    "wine": "/usr/bin/wine",
    "wine64": "/usr/lib/wine/wine64",
    "gcc-mingw-w64-x86-64": "/usr/bin/x86_64-w64-mingw32-gcc",
    "mingw-w64-tools": "/usr/bin/gendef",
}
DESKTOP: Final[Mapping[str, str]] = {
    "xvfb": "/usr/bin/Xvfb",
    "openbox": "/usr/bin/openbox",
    "xdotool": "/usr/bin/xdotool",
    "imagemagick": "/usr/bin/convert",
    "dbus-daemon": "/usr/bin/dbus-daemon",
    "at-spi2-core": "/usr/libexec/at-spi-bus-launcher",
    "python3-pyatspi": "/usr/lib/python3/dist-packages/pyatspi/__init__.py",
}
PACKAGING: Final[Mapping[str, str]] = {
    "nsis": "/usr/bin/makensis",
    "msitools": "/usr/bin/msiinfo",
    "wixl": "/usr/bin/wixl",
    "osslsigncode": "/usr/bin/osslsigncode",
    "binutils": "/usr/bin/objdump",
    "dpkg": "/usr/bin/dpkg-deb",
    "dpkg-dev": "/usr/bin/dpkg-shlibdeps",
    "x11-utils": "/usr/bin/xprop",
    "debootstrap": "/usr/sbin/debootstrap",
    "fakeroot": "/usr/bin/fakeroot",
    "rpm": "/usr/bin/rpmbuild",
    "lintian": "/usr/bin/lintian",
    "libxml2-utils": "/usr/bin/xmllint",
    "desktop-file-utils": "/usr/bin/desktop-file-validate",
    "appstream": "/usr/bin/appstreamcli",
    "man-db": "/usr/bin/man",
    "locales": "/usr/share/i18n/locales/pt_BR",  # for a Wine that speaks Portuguese
}
FLEETS: Final[Mapping[str, str]] = {
    "chromium": "/usr/bin/chromium",
    "iproute2": "/usr/bin/ip",
    "jq": "/usr/bin/jq",
    "openssh-client": "/usr/bin/ssh",
    "openssh-server": "/usr/sbin/sshd",  # for a server of the tests own; Debian may start another
}
PROGRAMS: Final[Mapping[str, Mapping[str, str]]] = {
    "demo": {},
    "window": QT_FILES,
    "test": {
        **MAIL_PROGRAMS,
        **HOSTILE_DISKS,
        **WINDOWS_LAB,
        **DESKTOP,
        **PACKAGING,
        **FLEETS,
        **QT_FILES,
    },
}
APT: Final = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600")
INSTALL: Final = ("install", "--yes", "--no-install-recommends")
SERVERS: Final = os.path.join(ROOT, "installers", "servers.py")

ENGLISH: Final[Mapping[str, str]] = {
    "usage": (
        "Say what to do: demo (show the program), window (open its window on a sample computer) or "
        "test (run every test)."
    ),
    "apt": "Installing with apt: {names}",
    "apt_first": """\
Something is missing that only an administrator can install. Run this line, then this command again:
  {line}""",
    "apt_later": """\
Some tests need programs that are not installed here, and will fail. This line installs them:
  {line}""",
    "programs": "Some tests need programs that are not installed here, and will fail: {names}",
    "servers": "Unpacking mail servers for the tests; none is installed",
    "servers_later": """\
The mail servers for the tests cannot be unpacked; the tests that need them will not run.
{output}""",
    "no_venv": """\
This Python cannot make a virtual environment: its modules venv and ensurepip are missing.
Install them the way your system does it, then run this command again.""",
    "foreign": """\
There is a folder {path} that this command did not make.
Move it away or delete it, then run this command again.""",
    "venv": "Making a virtual environment in .venv",
    "again": "The earlier set-up in .venv cannot be used; starting it afresh",
    "pip": "Installing Configure 587! and its packages into .venv",
    "ready": "Set-up is ready ({seconds} s)",
    "failed_step": "This step did not work: {command}\nWhat it said:\n{output}",
    "refused": "The computer refused a step of the set-up: {error}",
    "stopped": "Stopped. Run the command again to go on.",
    "linux_only": "The tests with a real Thunderbird run on Linux only; the others follow.",
    "check": "Checking: {what}",
    "not_passed": "Not passed: {what}",
}
PORTUGUESE: Final[Mapping[str, str]] = {
    "usage": (
        "Diga o que fazer: demo (mostrar o programa), window (abrir a janela num computador de "
        "exemplo) ou test (rodar todos os testes)."
    ),
    "apt": "Instalando com o apt: {names}",
    "apt_first": """\
Falta algo que só um administrador pode instalar. Rode esta linha e depois este comando de novo:
  {line}""",
    "apt_later": """\
Alguns testes precisam de programas que não estão aqui e vão falhar. Esta linha os instala:
  {line}""",
    "programs": "Alguns testes precisam de programas que não estão aqui e vão falhar: {names}",
    "servers": "Desempacotando servidores de e-mail para os testes; nenhum é instalado",
    "servers_later": """\
Não foi possível desempacotar os servidores de e-mail; os testes que precisam deles não vão rodar.
{output}""",
    "no_venv": """\
Este Python não consegue criar um ambiente virtual: faltam os módulos venv e ensurepip.
Instale-os do jeito do seu sistema e depois rode este comando de novo.""",
    "foreign": """\
Há uma pasta {path} que este comando não criou.
Mova-a ou apague-a e depois rode este comando de novo.""",
    "venv": "Criando um ambiente virtual em .venv",
    "again": "A preparação anterior em .venv não serve mais; começando de novo",
    "pip": "Instalando o Configure 587! e seus pacotes em .venv",
    "ready": "Tudo preparado ({seconds} s)",
    "failed_step": "Este passo não funcionou: {command}\nO que ele disse:\n{output}",
    "refused": "O computador recusou um passo da preparação: {error}",
    "stopped": "Parado. Rode o comando de novo para continuar.",
    "linux_only": "Os testes com um Thunderbird de verdade só rodam no Linux; seguem os outros.",
    "check": "Conferindo: {what}",
    "not_passed": "Não passou: {what}",
}


class Trouble(Exception):
    """What stops the set-up, in the person's words."""


def is_portuguese(words: Sequence[str], environment: Mapping[str, str], system: str = "") -> bool:
    """Whether to speak Portuguese: --lang first, then the environment, then the system."""
    asked = [after for word, after in itertools.pairwise(words) if word == "--lang"]
    asked += [word[len("--lang=") :] for word in words if word.startswith("--lang=")]
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    asked += [environment[name] for name in names if environment.get(name)]
    return [*asked, system][0].lower().startswith("pt")


def windows_language() -> str:
    """The language of the Windows desktop, such as pt_BR; empty elsewhere."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")


def text(key: str, **fields: object) -> str:
    """One sentence in the person's language."""
    portuguese = is_portuguese(sys.argv[1:], os.environ, windows_language())
    return (PORTUGUESE if portuguese else ENGLISH)[key].format(**fields)


def say(key: str, **fields: object) -> None:
    """Print one sentence at once, before whatever runs next prints."""
    print(text(key, **fields), flush=True)


# --- what is missing on the system ---------------------------------------------------------------


def missing_packages(job: str, *, has_pip: bool, exists: Mapping[str, bool]) -> list[str]:
    """The Debian packages that a job needs and this computer lacks; `exists` is by file."""
    venv = [] if has_pip else [f"python3.{sys.version_info[1]}-venv"]
    return venv + [name for name, file in PROGRAMS[job].items() if not exists[file]]


def apt_line(packages: Iterable[str]) -> str:
    """What an administrator types to install these packages."""
    return f"sudo apt-get update && sudo apt-get install --yes {' '.join(packages)}"


def administrator() -> list[str] | None:
    """How to begin a command that an administrator runs; None when we may not."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") is None or subprocess.call([*sudo, "true"], stderr=subprocess.DEVNULL):
        return None
    return [*sudo, "env", "DEBIAN_FRONTEND=noninteractive"]


def system_step(missing: Sequence[str], *, has_pip: bool, has_apt: bool, may: bool) -> str:
    """What to do about missing packages: nothing, install, or the sentence that says what to do."""
    if not missing:
        return "nothing"
    if has_apt and may:
        return "install"
    if has_pip:
        return "apt_later" if has_apt else "programs"
    return "apt_first" if has_apt else "no_venv"


def prepare_system(job: str) -> None:
    """Have apt install what is missing, or say what to type; stop only if nothing can go on."""
    has_pip = importlib.util.find_spec("ensurepip") is not None
    has_apt = shutil.which("apt-get") is not None
    elsewhere = sys.platform != "linux"
    exists = {file: elsewhere or os.path.exists(file) for file in PROGRAMS[job].values()}
    missing = missing_packages(job, has_pip=has_pip, exists=exists)
    begin = administrator() if missing and has_apt else None
    step = system_step(missing, has_pip=has_pip, has_apt=has_apt, may=begin is not None)
    names = " ".join(missing)
    if step == "install" and begin is not None:
        say("apt", names=names)
        run_quietly([*begin, *APT, "update"])
        run_quietly([*begin, *APT, *INSTALL, *missing])
    elif step in {"apt_first", "no_venv"}:
        raise Trouble(text(step, line=apt_line(missing)))
    elif step in {"apt_later", "programs"}:
        say(step, line=apt_line(missing), names=names)


def run_quietly(command: Sequence[str]) -> None:
    """Run a step of the set-up; what it prints is of interest only if it fails."""
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        output = done.stdout.decode(errors="replace")[-4000:].rstrip()
        raise Trouble(text("failed_step", command=" ".join(command), output=output))


def prepare_servers() -> None:
    """Have the mail servers of the tests lie ready; without them, the other tests still run."""
    command = [sys.executable, SERVERS]
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return  # only an administrator can run them; the tests say so
    if subprocess.call([*command, "--is-ready"]) == 0:
        return
    say("servers")
    try:
        run_quietly(command)
    except Trouble as trouble:
        say("servers_later", output=trouble)


# --- the virtual environment ---------------------------------------------------------------------


def venv_python(venv: str = VENV) -> str:
    """The Python of a virtual environment."""
    if sys.platform == "win32":
        return os.path.join(venv, "Scripts", "python.exe")
    return os.path.join(venv, "bin", "python")


def inputs(root: str = ROOT) -> list[str]:
    """The files that an install depends on: change one, and it is done again."""
    found = [os.path.join(root, "pyproject.toml")]
    found += [
        os.path.join(root, "installers", name) for name in ("bootstrap.py", "build_backend.py")
    ]
    for folder, _, names in os.walk(os.path.join(root, "locales")):
        found += [os.path.join(folder, name) for name in names if name.endswith(".po")]
    return sorted(found)


def wanted_stamp(extras: str, root: str = ROOT) -> dict[str, str]:
    """What the stamp says once these extras are installed from these files by this Python."""
    digest = hashlib.sha256()
    for path in inputs(root):
        with open(path, "rb") as source:
            digest.update(hashlib.sha256(source.read()).digest())
    return {
        "state": "ready",
        "root": root,
        "python": f"{os.path.realpath(sys.executable)} {sys.version_info[0]}.{sys.version_info[1]}",
        "extras": extras,
        "inputs": digest.hexdigest(),
    }


def read_stamp(venv: str = VENV) -> dict[str, str] | None:
    """What was installed; UNFINISHED when that is not known, None when we did not make it."""
    try:
        with open(os.path.join(venv, STAMP), encoding="utf-8") as source:
            stamp = json.load(source)
    except FileNotFoundError:
        return None
    except ValueError:  # cut off by a power failure
        return dict(UNFINISHED)
    return stamp if isinstance(stamp, dict) else dict(UNFINISHED)


def write_stamp(stamp: Mapping[str, str], venv: str = VENV) -> None:
    """Say what is installed, all of it or nothing."""
    os.makedirs(venv, exist_ok=True)
    path = os.path.join(venv, STAMP)
    with open(f"{path}.new", "w", encoding="utf-8") as target:
        json.dump(stamp, target, indent=1)
        target.flush()
        os.fsync(target.fileno())
    os.replace(f"{path}.new", path)


def next_step(found: Mapping[str, str] | None, wanted: Mapping[str, str], *, there: bool) -> str:
    """What to do with a virtual environment that is there: nothing, install, rebuild, refuse."""
    if not there:
        return "create"
    if found is None:
        return "refuse"
    if any(found.get(key) != wanted[key] for key in ("state", "root", "python")):
        return "rebuild"
    enough = richer(found.get("extras", ""), wanted["extras"]) == found.get("extras")
    return "nothing" if enough and found.get("inputs") == wanted["inputs"] else "install"


def richer(one: str, other: str) -> str:
    """Of two sets of extras the one that has all of the other."""
    order = list(EXTRAS.values())
    return max((each for each in (one, other) if each in order), key=order.index)


def is_whole(venv: str = VENV, root: str = ROOT) -> bool:
    """Whether the environment's Python is still there, and every catalogue is compiled."""
    catalogues = [path for path in inputs(root) if path.endswith(".po")]
    return os.path.exists(venv_python(venv)) and all(
        os.path.exists(path[: -len("po")] + "mo") for path in catalogues
    )


def prepare_venv(extras: str) -> None:
    """Have .venv hold the program and these extras; an interrupted set-up is never trusted."""
    found, wanted = read_stamp(), wanted_stamp(extras)
    step = next_step(found, wanted, there=os.path.lexists(VENV))
    if step == "refuse":
        raise Trouble(text("foreign", path=VENV))
    if step == "nothing" and is_whole():
        return
    if step == "rebuild" or not os.path.exists(venv_python()):
        if step == "rebuild":
            say("again")
            shutil.rmtree(VENV)
        write_stamp(UNFINISHED)
        say("venv")
        run_quietly([sys.executable, "-m", "venv", VENV])
    if found is not None:
        wanted["extras"] = richer(found.get("extras", ""), wanted["extras"])  # what is there stays
    write_stamp(UNFINISHED)
    say("pip")
    install(wanted["extras"])
    write_stamp(wanted)


def install(extras: str) -> None:
    """Install what builds the program, then the program where it lies, with its extras."""
    import tomllib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as source:
        builders = tomllib.load(source)["build-system"]["requires"]
    pip = [venv_python(), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    run_quietly([*pip, *builders])
    run_quietly([*pip, "--no-build-isolation", "--editable", f".[{extras}]" if extras else "."])


# --- the jobs ------------------------------------------------------------------------------------


def checks(system: str, folders: Sequence[str]) -> dict[str, list[str]]:
    """Everything that has to hold, in the order in which it is cheapest to learn."""
    pytest = ["-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    return {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy": ["-m", "mypy", "--strict", *folders],
        "translations": [os.path.join("installers", "catalogues.py"), "check"],
        "pytest": pytest if system == "linux" else [*pytest, "-m", "not e2e"],
    }


def test(arguments: Sequence[str]) -> int:
    """Run every check, the failing ones too, so that one run tells everything."""
    if arguments:
        return subprocess.call([venv_python(), "-m", "pytest", *arguments], cwd=ROOT)
    if sys.platform != "linux":
        say("linux_only")
    folders = [name for name in ("app", "tests", "installers", "benchmarks") if _has_python(name)]
    failed = []
    for what, command in checks(sys.platform, folders).items():
        say("check", what=what)
        if subprocess.call([venv_python(), *command], cwd=ROOT) != 0:
            failed.append(what)
    if failed:
        say("not_passed", what=", ".join(failed))
    return 1 if failed else 0


def _has_python(name: str) -> bool:
    folder = os.path.join(ROOT, name)
    return any(file.endswith(".py") for _, _, files in os.walk(folder) for file in files)


def demo(arguments: Sequence[str]) -> int:
    """Show the program on a sample computer."""
    return subprocess.call([venv_python(), "-m", "configure587", "demo", *arguments])


def window(arguments: Sequence[str]) -> int:
    """Open the window, on a sample computer unless something else is asked for."""
    words = list(arguments) or ["--demo"]
    return subprocess.call([venv_python(), "-m", "configure587", "window", *words])


def main(words: Sequence[str]) -> int:
    """Set up what the job needs, then do it; its exit code is ours."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console that lacks a letter shows a ?
            stream.reconfigure(errors="replace")
    job = words[0] if words else ""
    if job not in EXTRAS:
        print(text("usage"), file=sys.stderr)
        return 2
    start = time.monotonic()
    try:
        prepare_system(job)
        if job == "test":
            prepare_servers()
        prepare_venv(EXTRAS[job])
        if time.monotonic() - start > 1:
            say("ready", seconds=round(time.monotonic() - start))
        return {"demo": demo, "window": window, "test": test}[job](words[1:])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except OSError as error:
        print(text("refused", error=error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(text("stopped"), file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
