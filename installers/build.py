"""Builds what people install: one command for each kind of package.

    python -m installers.build                 lists the targets, and what each lacks here
    python -m installers.build deb --out DIR   builds one

Beside each package lies the list of what it holds (.cdx.json), and in its folder SHA256SUMS. Two
builds of one commit give the same bytes where the format allows it (docs/releasing.md).
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from installers.jobs import ROOT, Contents, Job, Signing, Trouble

from installers import sbom, signing, sums

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
    "appdir": "installers.linux.appdir",
    "macos": "installers.macos.application",
}
"""Target -> the module that builds it."""


def target(name: str) -> Target:
    """The module that builds this target."""
    return cast("Target", importlib.import_module(TARGETS[name]))


def lacking(name: str, job: Job | None = None) -> list[Need]:
    """What this computer lacks for a target, and for signing it when that is wanted."""
    to_sign = signing.NEEDS if job is not None and job.signing is not None else ()
    return [need for need in (*target(name).NEEDS, *to_sign) if not need.is_met]


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
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    if done.returncode != 0:
        raise Trouble("there is no commit here to date the packages: set SOURCE_DATE_EPOCH")
    return int(done.stdout)


def told(needs: Sequence[Need]) -> str:
    """What is lacking, in one line that says how to get it on Debian and Ubuntu."""
    programs = ", ".join(need.program for need in needs)
    packages = " ".join(sorted({need.package for need in needs} - {""}))
    return programs + (f": sudo apt-get install --yes {packages}" if packages else "")


def build(name: str, job: Job, sums_key: SumsKey | None = None) -> list[str]:
    """Build one target, and write the lists that go with it; all that was written.

    Trouble names what is lacking before anything is begun.
    """
    needs = lacking(name, job)
    if needs:
        raise Trouble(f"{name} needs {told(needs)}")
    if sums_key is not None:
        signing.public_key(*sums_key)  # a wrong password is told now, not after the build
    os.makedirs(job.out, exist_ok=True)
    os.makedirs(job.work, exist_ok=True)
    module = target(name)
    made = module.build(job)
    packages = [path for path in made if os.path.isfile(path)]
    contents = module.contents(job) if packages else Contents()
    made += [sbom.write(path, contents, job.version, job.epoch) for path in packages]
    made.append(sums.write(job.out))
    if sums_key is not None:
        made.append(signing.detach(made[-1], *sums_key))
    return made


class SumsKey(NamedTuple):
    """With what the list of sums is signed: a PEM file, and a file with its password."""

    path: str
    password_file: str | None = None


def parser() -> argparse.ArgumentParser:
    """The words that the command knows."""
    found = argparse.ArgumentParser(
        prog="python -m installers.build",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = found.add_argument
    add("target", nargs="?", choices=tuple(TARGETS))
    add("--out", default=os.path.join(ROOT, "dist"), help="where the files go (default: dist)")
    add("--work", default=os.path.join(ROOT, "build"), help="a cache (default: build)")
    add("--python", help="a folder with a Windows CPython (default: assembled from packages)")
    add("--sign-key", help="a private key (PEM) to sign Windows files with")
    add("--sign-certificate", help="its certificate, with the chain (PEM)")
    add("--sign-password-file", help="a file with the password of the key")
    add("--sign-timestamp", metavar="URL", help="a time stamp service (RFC 3161)")
    add("--sums-key", help="an Ed25519 private key (PEM) to sign SHA256SUMS with")
    add("--sums-password-file", help="a file with its password")
    return found


def main(words: Sequence[str]) -> int:
    """Build what the words ask for; without any, say what can be built here."""
    reader = parser()
    args = reader.parse_args(words)
    if (args.sign_key is None) != (args.sign_certificate is None):
        reader.error("--sign-key and --sign-certificate go together")
    if args.target is None:
        show_targets()
        return 0
    try:
        sums_key = SumsKey(args.sums_key, args.sums_password_file) if args.sums_key else None
        for path in build(args.target, job_of(args), sums_key):
            print(path)
    except Trouble as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def show_targets() -> None:
    """Each target, and what it lacks here."""
    for name in TARGETS:
        needs = lacking(name)
        print(f"{name:10} {f'needs {told(needs)}' if needs else 'can be built here'}")


def job_of(args: argparse.Namespace) -> Job:
    """What the words say; Trouble when they name a file that is not there."""
    files = (args.sign_key, args.sign_certificate, args.sign_password_file)
    for path in (*files, args.sums_key, args.sums_password_file, args.python):
        if path is not None and not os.path.exists(path):
            raise Trouble(f"{path} is not there")
    key = Signing(*files, args.sign_timestamp) if args.sign_key else None
    out, work = os.path.abspath(args.out), os.path.abspath(args.work)
    return Job(out, work, version(), epoch(), args.python, key)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
