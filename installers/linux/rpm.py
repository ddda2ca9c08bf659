"""Builds the .rpm from the same tree, with Debian's rpmbuild.

It asks for libraries by their own names, as rpm itself does, so no distribution's package names are
guessed. It was never installed on Fedora or openSUSE by us: rpm installs it into a Debian in the
tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT, Need
from installers.linux import deb, libraries, tree, vendored, wheel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from installers.jobs import Contents, Job
    from installers.linux.tree import Tree

NEEDS: Final = (*tree.NEEDS, Need("rpmbuild", "rpm"))
LICENCES: Final = (
    "MIT AND LGPL-3.0-only AND Apache-2.0 AND BSD-3-Clause AND ISC AND MPL-2.0 AND PSF-2.0"
    " AND Unicode-3.0"
)
MOVED: Final = (("usr/share/zsh/vendor-completions", "usr/share/zsh/site-functions"),)
"""Debian's folder -> everybody else's."""
COMPILE: Final = "/usr/bin/python3 -m compileall -q /usr/lib/configure587 || :"
CLEAN: Final = "find /usr/lib/configure587 -name __pycache__ -type d -prune -exec rm -rf {} + || :"
DEFINED: Final = (
    "_build_id_links none",
    "_buildhost configure587.invalid",
    "use_source_date_epoch_as_buildtime 1",
    "clamp_mtime_to_source_date_epoch 1",
    "_binary_payload w10.zstdio",
    "__os_install_post %{nil}",  # the bytes of the wheels stay as they are
)


def build(job: Job) -> list[str]:
    """Make the package."""
    with tempfile.TemporaryDirectory(dir=job.work) as scratch:
        root = os.path.join(scratch, "root")
        packed = tree.assemble(job, root)
        for old, new in MOVED:
            os.renames(os.path.join(root, old), os.path.join(root, new))
        return [pack(packed, job, scratch)]


def pack(packed: Tree, job: Job, scratch: str) -> str:
    """Pack a tree in a folder that is gone afterwards; the path of the package."""
    shutil.copy(os.path.join(ROOT, "LICENSE"), scratch)
    tree.even_out(packed.root, job.epoch)
    spec = os.path.join(scratch, "configure587.spec")
    with open(spec, "w", encoding="utf-8") as target:
        target.write(specification(packed, job, scratch))
    call_rpmbuild(spec, scratch, job.epoch)
    made = os.path.join(scratch, "made", "x86_64")
    (name,) = os.listdir(made)
    os.makedirs(job.out, exist_ok=True)
    return shutil.move(os.path.join(made, name), os.path.join(job.out, name))


def contents(job: Job) -> Contents:
    """What the package carries along."""
    return tree.contents(job)


def call_rpmbuild(spec: str, scratch: str, epoch: int) -> None:
    """Have it made in a folder of its own."""
    command = ["rpmbuild", "-bb", "--quiet", "--target", "x86_64-linux"]
    for definition in (*DEFINED, f"_topdir {scratch}/top", f"_rpmdir {scratch}/made"):
        command += ["--define", definition]
    home = {"HOME": scratch, "SOURCE_DATE_EPOCH": str(epoch)}  # nobody's own .rpmmacros
    wheel.call([*command, spec], home)


def requires(packed: Tree) -> list[str]:
    """What the package cannot do without.

    python3 is the name of the Python that owns /usr/bin/python3, in Fedora as in openSUSE. That of
    its interface, python(abi), others of RHEL have as well (the specs of their Pythons).
    """
    first, last = vendored.PYTHONS[0], vendored.PYTHONS[-1]
    found = libraries.rpm_capabilities(set(packed.required) - libraries.GLIBC)
    glibc = f"libc.so.6(GLIBC_{packed.versions['GLIBC']})(64bit)"
    after = f"3.{int(last.partition('.')[2]) + 1}"
    python = f"(python3 >= {first} with python3 < {after})"
    return [*found, glibc, "/usr/bin/python3", python]


def recommends(packed: Tree) -> list[str]:
    """What some people need."""
    found = libraries.rpm_capabilities(packed.optional)
    return [*found, "ca-certificates", "python3-cryptography", "python3-pynacl", "xdg-utils"]


def specification(packed: Tree, job: Job, scratch: str) -> str:
    """The .spec: everything is made already, and only copied."""
    said = deb.DESCRIPTION.replace("\n .\n", "\n\n").replace("\n ", "\n").strip()
    lines = [
        "Name: configure587",
        f"Version: {job.version}",
        "Release: 1",
        f"Summary: {deb.SUMMARY[0].upper()}{deb.SUMMARY[1:]}",
        f"License: {LICENCES}",
        "AutoReqProv: no",
        *(f"Requires: {name}" for name in requires(packed)),
        *(f"Recommends: {name}" for name in recommends(packed)),
        f"%description\n{said}",
        f"%install\nmkdir -p %{{buildroot}}\ncp -a {packed.root}/. %{{buildroot}}/",
        f"install -D -m 644 {scratch}/LICENSE %{{buildroot}}%{{_licensedir}}/configure587/LICENSE",
        f"%preun\n{CLEAN}",  # in an upgrade it runs when the new version has been laid out
        f"%posttrans\n{COMPILE}",
        "%files\n%defattr(-,root,root,-)",
        "%dir %{_licensedir}/configure587",
        "%license %{_licensedir}/configure587/LICENSE",
        *listed(packed.root),
    ]
    return "\n".join(lines) + "\n"


def listed(root: str) -> Sequence[str]:
    """Every file by its name, and the folders that are ours alone."""
    found = [f'"/{os.path.relpath(path, root)}"' for path in tree.files(root)]
    return [
        *sorted(f'%dir "/{each}"' for each in folders(root)),
        *found,
    ]


def folders(root: str) -> list[str]:
    """The folders that no other package has."""
    own = ("usr/lib/configure587", "etc/configure587", tree.DOC)
    return [
        os.path.relpath(os.path.join(folder, name), root)
        for folder, below, _ in os.walk(root)
        for name in below
        if os.path.relpath(os.path.join(folder, name), root).startswith(own)
    ]
