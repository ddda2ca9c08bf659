"""The setup program and the start of the window that it installs, against a minimal window's.

The minimal one is a PySide6 window with one label and one button, built by the same scripts and
installed in the same way. Sizes are those of the setup programs; times are those of whole
processes under Wine, off their first paint. Needs what the tests of packages for Windows need, and
minutes: both setup programs are packed as for a release.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from typing import Final

from installers.jobs import Job
from installers.windows import setup, tree

import ratios
import windows_builders
from e2e import desktop
from installers import build
from window_start import UNTIL_PAINTED, WATCHED

AIM: Final = 1.15
QT_ONLY: Final = ("pyside6-essentials", "shiboken6")
MINIMAL: Final = f"""
import sys
from PySide6 import QtGui  # of which QtWidgets is made
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
{UNTIL_PAINTED}
def main_gui():
    application = QApplication(sys.argv[:1])
    window = QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(QLabel("Configure 587!"))
    layout.addWidget(QPushButton("Go"))
    painted = Painted()
    window.installEventFilter(painted)
    window.show()
    return application.exec()
main = main_gui
"""


def put_minimal(lib: str) -> None:
    """Write the minimal window where a wheel would be unpacked."""
    os.mkdir(os.path.join(lib, "minimal"))
    for name, text in (("__init__", ""), ("cli", MINIMAL)):
        with open(os.path.join(lib, "minimal", f"{name}.py"), "w", encoding="utf-8") as file:
            file.write(text)


def put_watched(lib: str) -> None:
    """Our package, whose window ends at its first paint."""
    tree.put_ours(lib)
    cli = os.path.join(lib, "configure587", "cli.py")
    os.rename(cli, os.path.join(lib, "configure587", "real_cli.py"))
    with open(cli, "w", encoding="utf-8") as file:
        file.write(f"{WATCHED}\nfrom configure587.real_cli import main, main_gui\n")


def qt_only(folder: str) -> str:
    """The lock with Qt alone; its path."""
    with open(tree.REQUIREMENTS, encoding="utf-8") as lock:
        blocks = re.findall(r"^(\S+)==(.+(?:\n    .+)+)", lock.read(), re.MULTILINE)
    path = os.path.join(folder, "minimal.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{name}=={rest}\n" for name, rest in blocks if name in QT_ONLY)
    return path


def main() -> None:
    """Print two ratios."""
    with tempfile.TemporaryDirectory() as folder, desktop.a_desktop() as screen:
        minimal = tree.Program("minimal", qt_only(folder), put_minimal)
        watched = tree.OURS._replace(put=put_watched)
        job = Job(folder, windows_builders.cache(), build.version(), build.epoch())
        sizes, folders = [], []
        for number, program in enumerate((tree.OURS, minimal, watched)):
            folders.append(os.path.join(folder, str(number)))
            tree.compose(folders[-1], job, program)
            if program is not watched:
                made = setup.pack(folders[-1], job._replace(out=os.path.join(folder, "out")))
                sizes.append(os.path.getsize(made))
        met = "met" if sizes[0] / sizes[1] <= AIM else "NOT MET"
        print(
            f"size of the setup program: {sizes[0] / sizes[1]:.2f}x that of a minimal window "
            f"(aim <= {AIM}: {met}; {sizes[0] / 1e6:.1f} MB against {sizes[1] / 1e6:.1f} MB)",
            flush=True,
        )
        base = os.path.join(folder, "base")
        os.mkdir(base)
        windows_builders.make_windows(base)
        with windows_builders.a_windows(base, f"{folder}/w", screen.variables) as windows:
            for name, path in (("Minimal", folders[1]), ("Ours", folders[2])):
                shutil.copytree(path, windows.path(f"C:\\{name}"))
            ratios.compare(
                ratios.Aim("start of the installed window (Wine)", "a minimal window", 1.3),
                lambda: started(windows, "C:\\Ours\\Configure587.exe"),
                lambda: started(windows, "C:\\Minimal\\Configure587.exe"),
                rounds=11,
            )


def started(windows: windows_builders.Windows, program: str) -> None:
    """Start a window, which ends at its first paint."""
    done = windows.run(program)
    if done.code != 0:
        raise SystemExit(f"{program} ended with {done.code}: {done.said}")


if __name__ == "__main__":
    main()
