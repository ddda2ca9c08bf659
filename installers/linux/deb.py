"""Builds the .deb for Debian 12 and later, Ubuntu 24.04 and later, and what is made from them.

One for x86-64. Two builds of one commit have the same bytes.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
import time
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT, Job, Need
from installers.linux import copyright as rights
from installers.linux import libraries, tree, vendored, wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from installers.jobs import Contents
    from installers.linux.tree import Tree

NEEDS: Final = (*tree.NEEDS, Need("dpkg-deb", "dpkg"))
LEVEL: Final = os.environ.get("C587_XZ_LEVEL", "6")  # tests have no time for more than 1
REVISION: Final = "1"
MAINTAINER: Final = "The Configure 587! founders <founders@configure587.invalid>"
SUMMARY: Final = "moves outgoing mail from port 25 to port 587"
DESCRIPTION: Final = """\
 Finds the profiles of Thunderbird, Betterbird, SeaMonkey and their kin, and
 moves their outgoing mail from port 25 to port 587 with a protected connection
 (STARTTLS), in a window or from the command line, in Portuguese and English.
 .
 Nothing changes before the server has been proven from this network and a
 backup has been made. Every change can be undone. Removing this package
 touches neither the settings of mail programs nor the backups.
"""
OWN_TO_DEBIAN: Final[Mapping[str, str]] = {
    "cryptography": "python3-cryptography",  # the password store
    "pynacl": "python3-nacl",  # the look for a newer version
}
"""What is not carried along, for Debian's security updates to reach it -> Debian's package."""
SCRIPTS: Final = ("postinst", "prerm")
RTUPDATE: Final = "usr/share/python3/runtime.d/configure587.rtupdate"
RUNNABLE: Final = {RTUPDATE, *(f"DEBIAN/{name}" for name in SCRIPTS)}


def build(job: Job) -> list[str]:
    """Make the package."""
    with tempfile.TemporaryDirectory(dir=job.work) as scratch:
        root = os.path.join(scratch, "root")
        packed = tree.assemble(job, root)
        put_papers(root, job)
        put_control(packed, job)
        tree.even_out(root, job.epoch, RUNNABLE)
        os.makedirs(job.out, exist_ok=True)
        return [
            pack(root, os.path.join(job.out, f"configure587_{version(job)}_amd64.deb"), job.epoch)
        ]


def pack(root: str, out: str, epoch: int) -> str:
    """Pack a tree with a folder DEBIAN in it; wholly or not at all."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(out)) as scratch:
        made = os.path.join(scratch, "package.deb")
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{LEVEL}", "--build", root, made]
        wheel.call(command, {"SOURCE_DATE_EPOCH": str(epoch)})
        shutil.move(made, out)
    return out


def version(job: Job) -> str:
    """The version as Debian writes it."""
    return f"{job.version}-{REVISION}"


def depends(packed: Tree) -> list[str]:
    """What the package cannot do without."""
    first, last = vendored.PYTHONS[0], vendored.PYTHONS[-1]
    after = f"3.{int(last.partition('.')[2]) + 1}"
    found = libraries.debian_packages(packed.required, packed.versions)
    return sorted([*found, "ca-certificates", f"python3 (>= {first})", f"python3 (<< {after})"])


def recommends(packed: Tree) -> list[str]:
    """What some people need: printing, Wayland, a web page, the password store."""
    found = libraries.debian_packages(packed.optional, packed.versions)
    return sorted([*found, "fonts-dejavu-core", *OWN_TO_DEBIAN.values(), "xdg-utils"])


def put_control(packed: Tree, job: Job) -> None:
    """The folder DEBIAN: what dpkg is told."""
    fields = {
        "Package": "configure587",
        "Version": version(job),
        "Architecture": "amd64",
        "Maintainer": MAINTAINER,
        "Installed-Size": str(packed.installed_kib),
        "Depends": ", ".join(depends(packed)),
        "Recommends": ", ".join(recommends(packed)),
        "Section": "mail",
        "Priority": "optional",
    }
    control = "".join(f"{name}: {value}\n" for name, value in fields.items())
    control += f"Description: {SUMMARY}\n{DESCRIPTION}"
    tree.put(packed.root, "DEBIAN/control", control.encode())
    for name in SCRIPTS:
        tree.put(packed.root, f"DEBIAN/{name}", tree.read(name))
    sums = "".join(
        f"{wheel.digest(path, 'md5')}  {os.path.relpath(path, packed.root)}\n"
        for path in tree.files(packed.root)
        if not os.path.islink(path) and "/DEBIAN/" not in path
    )
    tree.put(packed.root, "DEBIAN/md5sums", sums.encode())


def put_papers(root: str, job: Job) -> None:
    """What Debian's policy asks for besides."""
    tree.put(root, f"{tree.DOC}/copyright", rights.machine_readable(contents(job).wheels).encode())
    with open(os.path.join(ROOT, "CHANGELOG.md"), "rb") as source:
        tree.put(root, f"{tree.DOC}/changelog.gz", gzip.compress(source.read(), 9, mtime=0))
    tree.put(root, f"{tree.DOC}/changelog.Debian.gz", gzip.compress(changelog(job), 9, mtime=0))
    tree.put(root, "usr/share/lintian/overrides/configure587", tree.read("lintian-overrides"))
    tree.put(root, RTUPDATE, tree.read("rtupdate"))


def contents(job: Job) -> Contents:
    """What the package carries along."""
    return tree.contents(job)


def changelog(job: Job) -> bytes:
    """Debian's own list of changes: one entry, for ours is CHANGELOG.md."""
    day = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(job.epoch))
    return (
        f"configure587 ({version(job)}) unstable; urgency=medium\n\n"
        "  * What is new stands in changelog.gz beside this file.\n\n"
        f" -- {MAINTAINER}  {day}\n"
    ).encode()
