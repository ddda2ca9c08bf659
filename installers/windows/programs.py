"""The two small programs of ours that start the Python beside them: one for the window, one not."""

from __future__ import annotations

import os
import re
import string
import tempfile
from typing import TYPE_CHECKING, Final, NamedTuple

from installers.jobs import ROOT, Trouble
from installers.windows.cpython import GCC, MINGW, SAME_BYTES
from installers.windows.steps import call

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE: Final = os.path.dirname(os.path.abspath(__file__))
ICON: Final = os.path.join(ROOT, "resources", "icons", "configure587.ico")


class Program(NamedTuple):
    """One of the two, and what Windows says of it in its list of programs."""

    name: str
    portuguese: str
    english: str
    flags: tuple[str, ...] = ()


WINDOW: Final = Program(
    "Configure587", "Configure 587!", "Configure 587!", ("-mwindows", "-DWINDOW")
)
CONSOLE: Final = Program(
    "configure587c", "Configure 587! no Prompt de Comando", "Configure 587! on the command line"
)


def put(folder: str, version: str, package: str = "configure587") -> None:
    """Compile both into a folder; they open `package`.cli."""
    for program in (WINDOW, CONSOLE):
        _compile(folder, program, version, package)


def numbers(version: str) -> tuple[int, int, int, int]:
    """A version as Windows counts; what follows the numbers, such as rc1, is not seen there."""
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
    if found is None:
        raise Trouble(f"{version} is no version that Windows can count with")
    return int(found[1]), int(found[2]), int(found[3] or 0), 0


def _compile(folder: str, program: Program, version: str, package: str) -> None:
    counted = [str(number) for number in numbers(version)]
    with tempfile.TemporaryDirectory() as scratch:
        manifest = os.path.join(scratch, "manifest")
        fields = {**program._asdict(), "version": version, "icon": ICON, "manifest": manifest}
        fields |= {"numbers": ",".join(counted), "dotted": ".".join(counted)}
        _fill("program.manifest", manifest, fields)
        _fill("program.rc", os.path.join(scratch, "program.rc"), fields)
        resources = os.path.join(scratch, "program.o")
        call([f"{MINGW}windres", "program.rc", resources], scratch)
        out = os.path.join(folder, f"{program.name}.exe")
        words = ["-municode", SAME_BYTES, f'-DPACKAGE="{package}"', *program.flags, "-o", out]
        call([*GCC, *words, os.path.join(HERE, "program.c"), resources])


def _fill(template: str, target: str, fields: Mapping[str, object]) -> None:
    with open(os.path.join(HERE, template), encoding="utf-8") as source:
        text = string.Template(source.read()).substitute(fields)
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)
