"""Builds what people install: one command for each kind of package.

    python -m installers.build                 lists the targets, and what each lacks here
    python -m installers.build deb --out DIR   builds one

Two builds of one commit give the same bytes where the format allows it (docs/releasing.md).
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final, cast

from installers.jobs import ROOT, Job, Signing, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from installers.jobs import Need, Target

TARGETS: Final[Mapping[str, str]] = {
    "windows": "installers.windows.tree",
    "setup": "installers.windows.setup",
    "msi": "installers.windows.msi",
    "wheel": "installers.linux.wheel",
    "deb": "installers.linux.deb",
    "rpm": "installers.linux.rpm",
    "macos": "installers.macos.application",
}
"""Target -> the module that builds it."""


def target(name: str) -> Target:
    """The module that builds this target."""
    return cast("Target", importlib.import_module(TARGETS[name]))


def lacking(name: str) -> list[Need]:
    """What this computer lacks for a target."""
    return [need for need in target(name).NEEDS if not need.is_met]


def version() -> str:
    """The version of the program: said in one place, its package."""
    with open(os.path.join(ROOT, "app", "configure587", "__init__.py"), encoding="utf-8") as source:
        found = re.search(r'^__version__ = "([^"]+)"$', source.read(), re.MULTILINE)
    assert found is not None
    return found[1]


def epoch() -> int:
    """When this commit was made, unless SOURCE_DATE_EPOCH says something else."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    if said is not None:
        return int(said)
    command = ["git", "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout)


def build(name: str, job: Job) -> list[str]:
    """Build one target; Trouble names what is lacking before anything is begun."""
    needs = lacking(name)
    if needs:
        packages = " ".join(sorted({need.package for need in needs}))
        programs = ", ".join(need.program for need in needs)
        raise Trouble(f"{name} needs {programs}: sudo apt-get install --yes {packages}")
    os.makedirs(job.out, exist_ok=True)
    os.makedirs(job.work, exist_ok=True)
    return target(name).build(job)


def main(words: Sequence[str]) -> int:
    """Build what the words ask for."""
    parser = argparse.ArgumentParser(prog="python -m installers.build", description=__doc__)
    add = parser.add_argument
    add("target", nargs="?", choices=tuple(TARGETS))
    add("--out", default=os.path.join(ROOT, "dist"), help="where the files go (default: dist)")
    add("--work", default=os.path.join(ROOT, "build"), help="a cache (default: build)")
    add("--python", help="a folder with a Windows CPython (default: assembled from packages)")
    add("--sign-key", help="a private key (PEM) to sign with")
    add("--sign-certificate", help="its certificate, with the chain (PEM)")
    add("--sign-password-file", help="a file with the password of the key")
    args = parser.parse_args(words)
    if args.target is None:
        for name in TARGETS:
            needs = ", ".join(need.program for need in lacking(name))
            print(f"{name:10} {f'needs {needs}' if needs else 'can be built here'}")
        return 0
    if (args.sign_key is None) != (args.sign_certificate is None):
        parser.error("--sign-key and --sign-certificate go together")
    signing = (
        Signing(args.sign_key, args.sign_certificate, args.sign_password_file)
        if args.sign_key
        else None
    )
    out, work = os.path.abspath(args.out), os.path.abspath(args.work)
    try:
        job = Job(out, work, version(), epoch(), args.python, signing)
        for path in build(args.target, job):
            print(path)
    except Trouble as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
