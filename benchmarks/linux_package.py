"""The .deb against a minimal PySide6 window packed by the same scripts: size, and start.

    python benchmarks/linux_package.py PACKAGE.deb WORK

Both are only unpacked, and started off-screen by the system's Python; WORK is the folder that
`python -m installers.build deb --work WORK` was given.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from installers.linux import deb, pruning, tree, vendored

import ratios
from window_start import FLOOR, MEMORY, OURS, variables

EPOCH = 1_795_400_000
CONTROL = (
    "Package: minimal\nVersion: 1\nArchitecture: amd64\nMaintainer: x <x@x.invalid>\n"
    "Description: one window\n"
)
MODULES = {"QtCore", "QtGui", "QtWidgets"}


def minimal(work: str, root: str) -> str:
    """A package with a window of one label and one button; its path."""
    qt = [
        path
        for path in vendored.wheels(vendored.fetch(work))
        if os.path.basename(path).startswith(tree.QT)
    ]
    pruning.put(qt, os.path.join(root, tree.LIB), MODULES)
    tree.put(root, "usr/bin/minimal", FLOOR.encode())
    tree.put(root, "DEBIAN/control", CONTROL.encode())
    tree.even_out(root, EPOCH)
    return deb.pack(root, f"{root}.deb", EPOCH)


def start(root: str, code: str) -> list[str]:
    """A start of what lies there, as the installed program starts."""
    path = os.path.join(root, tree.LIB)
    return ["/usr/bin/python3", "-IS", "-c", f"import sys; sys.path.append({path!r})\n{code}"]


def main(package: str, work: str) -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        bare, ours = os.path.join(folder, "minimal"), os.path.join(folder, "ours")
        ratio = os.path.getsize(package) / os.path.getsize(minimal(work, bare))
        met = "met" if ratio <= 1.15 else "NOT MET"
        print(f"size of the .deb: {ratio:.2f}x that of a minimal window (aim <= 1.15: {met})")
        subprocess.run(["dpkg-deb", "--extract", package, ours], check=True)
        compile_all = ["/usr/bin/python3", "-m", "compileall", "-q"]
        for root in (bare, ours):
            subprocess.run([*compile_all, os.path.join(root, tree.LIB)], check=True)
        with tempfile.TemporaryDirectory(dir=MEMORY) as home:
            own = variables(home)
            ratios.compare(
                ratios.Aim("start of the installed window", "the minimal window", 1.3),
                ratios.command(start(ours, OURS), own),
                ratios.command(start(bare, FLOOR), own),
                rounds=25,
            )
        own = {"HOME": folder}
        scan = "from configure587.cli import main; sys.exit(main(['scan', '--json']))"
        ratios.compare(
            ratios.Aim("silent run of the installed command", "that in an environment", 1.5),
            ratios.command(start(ours, scan), own),
            ratios.command([sys.executable, "-m", "configure587", "scan", "--json"], own),
            rounds=25,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
