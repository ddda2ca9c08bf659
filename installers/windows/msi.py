"""The .msi for companies: the folder of the program for every person of a computer.

Public properties: INSTALLDIR, LANGUAGE (pt-BR or en: that of the window), POLICYFILE and
RUNAFTERINSTALL (1: change the mail of every person once, at the end of the installation).

wixl knows less than WiX, so some of it is done after it, with msibuild; where an action comes in
the sequence is asked of the finished package by a test. Two builds of one commit give the same
bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import tempfile
import uuid
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

from installers.jobs import Need
from installers.windows import cpython, programs, tree
from installers.windows.steps import call

from installers import signing, sums

if TYPE_CHECKING:
    from collections.abc import Iterator

    from installers.jobs import Job

NEEDS: Final = (*tree.NEEDS, Need("wixl", "wixl"), Need("msibuild", "msitools"))
FAMILY: Final = uuid.UUID("5b6c8f0e-0c5e-4c39-9b4f-587587587587")
"""Whatever has this code is us: a newer version takes the place of an older one."""
PUBLIC: Final = ("INSTALLDIR", "LANGUAGE", "POLICYFILE", "RUNAFTERINSTALL")
SECURE: Final = ";".join(("WIX_DOWNGRADE_DETECTED", "WIX_UPGRADE_DETECTED", *PUBLIC))
"""What an administrator's installation may be told by the command line."""
CHECK_AT: Final = 1300  # before InstallValidate (1400): nothing has been changed yet
REPLACE_AT: Final = 1501  # after InstallInitialize, so that a failure brings the older one back
APPLY_AT: Final = 6590  # before InstallFinalize (6600), when every file is there
UP_TO_SAME: Final = 0x1 | 0x200  # msidbUpgradeAttributes: MigrateFeatures, VersionMaxInclusive
EVENT_TEXTS: Final = "%SystemRoot%\\System32\\EventCreate.exe"
"""A part of Windows with a text for every event; #% makes it a REG_EXPAND_SZ."""
FINISH: Final = (
    f"UPDATE Property SET Value='{SECURE}' WHERE Property='SecureCustomProperties'",  # noqa: S608
    f"UPDATE InstallExecuteSequence SET Sequence={REPLACE_AT} WHERE Action='RemoveExistingProducts'",  # noqa: S608, E501
    f"UPDATE Registry SET Value='#%{EVENT_TEXTS}' WHERE Name='EventMessageFile'",  # noqa: S608
)
"""What wixl cannot be told."""
SUMMARY: Final = "_SummaryInformation"
CODE, CREATED, SAVED = 9, 12, 13
"""Of that table: what Windows Installer tells packages apart by, and two times."""

contents = tree.contents


def build(job: Job) -> list[str]:
    """Build the folder, and the package from it."""
    with tempfile.TemporaryDirectory(dir=job.work) as scratch:
        (folder,) = tree.build(job._replace(out=scratch))
        return [pack(folder, job)]


def pack(folder: str, job: Job) -> str:
    """Make a package that installs a folder; its path."""
    out = os.path.join(job.out, f"configure587-{job.version}.msi")
    os.makedirs(job.out, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=job.work) as scratch:
        library = os.path.join(scratch, "actions.dll")
        source = os.path.join(programs.HERE, "actions.c")
        call([*cpython.GCC, "-shared", *cpython.SAME_DLL, "-o", library, source, "-lmsi"])
        script = os.path.join(scratch, "product.wxs")
        with open(script, "w", encoding="utf-8") as target:
            target.write(_product(folder, job.version, os.path.relpath(library, folder)))
        made = os.path.join(scratch, "made.msi")
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": str(job.epoch)}
        call(["wixl", "-a", "x64", "-o", made, script], folder, environment)
        for query in (*FINISH, *_upgrading(job.version)):
            call(["msibuild", made, "-q", query])
        _date_and_name(made, _identity("package", _digest(folder, job, library)), job.epoch)
        shutil.move(made, out)
    signing.sign(out, job.signing, job.epoch)
    return out


def _upgrading(version: str) -> Iterator[str]:
    """Which packages this one takes the place of: 1.2.0rc1, which Windows counts as 1.2.0, too."""
    named = "ActionProperty='WIX_UPGRADE_DETECTED'"
    yield f"DELETE FROM Upgrade WHERE {named}"  # noqa: S608 - words of our own
    code, last, attributes = str(FAMILY).upper(), _counted(version), UP_TO_SAME
    yield (
        "INSERT INTO Upgrade (UpgradeCode, VersionMax, Attributes, ActionProperty) "  # noqa: S608
        f"VALUES ('{{{code}}}', '{last}', {attributes}, 'WIX_UPGRADE_DETECTED')"
    )


def _counted(version: str) -> str:
    """A version as Windows Installer counts."""
    return ".".join(str(number) for number in programs.numbers(version)[:3])


def _digest(folder: str, job: Job, library: str) -> str:
    """One name for all that a package is made of: with other bytes it is another package."""
    paths = [*(os.path.join(folder, path) for path in _files(folder)), library]
    told = [_product(folder, job.version, ""), *map(sums.of, paths)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _date_and_name(package: str, code: str, epoch: int) -> None:
    """Put a code and a date into a package that say nothing of when it was built."""
    when = dt.datetime.fromtimestamp(epoch, tz=dt.UTC).strftime("%Y/%m/%d %H:%M:%S")
    path = os.path.join(os.path.dirname(package), f"{SUMMARY}.idt")
    with open(path, "w", encoding="ascii", newline="\r\n") as table:
        table.write(f"PropertyId\tValue\ni2\tl255\n{SUMMARY}\tPropertyId\n")
        table.write(f"{CODE}\t{{{code}}}\n{CREATED}\t{when}\n{SAVED}\t{when}\n")
    call(["msibuild", package, "-i", path], environment={**os.environ, "TZ": "UTC"})


def _identity(*words: str) -> str:
    return str(uuid.uuid5(FAMILY, "/".join(words))).upper()


def _key(kind: str, path: str) -> str:
    """A name that a table of Windows Installer allows, the same each time."""
    return f"{kind}{uuid.uuid5(FAMILY, path).hex}"


def _product(folder: str, version: str, library: str) -> str:
    with open(os.path.join(programs.HERE, "product.wxs"), encoding="utf-8") as source:
        text = source.read()
    files = list(_files(folder))
    fields = {
        "product": _identity("product", version),
        "family": str(FAMILY).upper(),
        "version": _counted(version),
        "library": library,
        "check_at": str(CHECK_AT),
        "apply_at": str(APPLY_AT),
        "apply_alone_at": str(APPLY_AT + 1),
        "menu": _identity("component", "menu"),
        "plans": _identity("component", "plans"),
        "events": _identity("component", "events"),
        "console": _key("f", f"{programs.CONSOLE.name}.exe"),
        "folders": _folders(folder),
        "components": "\n".join(_component(path) for path in files),
        "references": "\n".join(f'<ComponentRef Id="{_key("c", path)}"/>' for path in files),
    }
    for name, value in fields.items():
        text = text.replace(f"$({name})", value)
    return text


def _files(folder: str) -> Iterator[str]:
    """Every file, as a path below the folder."""
    for below, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield os.path.relpath(os.path.join(below, name), folder)


def _folders(top: str, below: str = "") -> str:
    """The folders in a folder, one in the other as Windows Installer wants them."""
    found = []
    for entry in sorted(os.scandir(os.path.join(top, below)), key=lambda entry: entry.name):
        if entry.is_dir():
            path = os.path.join(below, entry.name)
            start = f'<Directory Id="{_key("d", path)}" Name={quoteattr(entry.name)}>'
            found.append(f"{start}{_folders(top, path)}</Directory>")
    return "".join(found)


def _component(path: str) -> str:
    folder = os.path.dirname(path)
    where = _key("d", folder) if folder else "INSTALLDIR"
    return (
        f'<DirectoryRef Id="{where}"><Component Id="{_key("c", path)}" '
        f'Guid="{_identity("component", path)}" Win64="yes">'
        f'<File Id="{_key("f", path)}" Source={quoteattr(path)} KeyPath="yes"/>'
        "</Component></DirectoryRef>"
    )
