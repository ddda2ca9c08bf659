"""Debian's copyright file: who made what is in the package, and under which licence."""

from __future__ import annotations

import os
import re
import zipfile
from email.parser import Parser
from typing import TYPE_CHECKING, Final, NamedTuple

from installers.jobs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from email.message import Message

QT_NAMES: Final = ("PySide6_Essentials", "shiboken6")
COMMON: Final[Mapping[str, str]] = {
    "Apache-2.0": "/usr/share/common-licenses/Apache-2.0",
    "MPL-2.0": "/usr/share/common-licenses/MPL-2.0",
    "LGPL-3.0-only": "/usr/share/common-licenses/LGPL-3",
}
CALLED: Final[Mapping[str, str]] = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "PSFL": "PSF-2.0",
    "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only": "LGPL-3.0-only",
}
"""What packages call a licence -> its SPDX name; of Qt's choices we take the first."""
QT_NOTE: Final = """\
Of the licences that Qt and Qt for Python are offered under, we use the LGPL, version 3. The
libraries lie as plain files in the folders PySide6 and shiboken6 of /usr/lib/configure587, byte for
byte as in the wheels on PyPI; whoever wants to use another version replaces the files there.
Source: https://code.qt.io. What Qt itself is made from, ICU among it, is listed at
https://doc.qt.io/qt-6/licenses-used-in-qt.html."""


_OWNED: Final = re.compile(r"(Copyright|\(c\)|©) ?.*\d{4}", re.IGNORECASE)
HEADER: Final = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Configure 587!
Comment: What was carried along, and where it comes from:"""


class Part(NamedTuple):
    """One package that we carry along, as its wheel tells of it."""

    name: str
    version: str
    page: str
    licence: str
    text: str
    folders: Sequence[str]


def part(wheel: str) -> Part:
    """What a wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        said = Parser().parsestr(_text(archive, next(n for n in names if n.endswith("/METADATA"))))
        papers = [name for name in names if re.search(r"-info/.*(LICEN[CS]E|COPYING)[^/]*$", name)]
        text = "\n".join(_text(archive, name).strip() for name in papers)
    folders = sorted({name.partition("/")[0] for name in names if "/" in name} - {"jaraco"})
    return Part(
        name=said["Name"],
        version=said["Version"],
        page=_page(said),
        licence=_licence(said),
        text=text,
        folders=[f"usr/lib/configure587/{each}/*" for each in folders if ".data" not in each],
    )


def _text(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode(errors="replace")


def _licence(said: Message) -> str:
    classified = [
        each.rpartition(":: ")[2]
        for each in said.get_all("Classifier", [])
        if each.startswith("License ::")
    ]
    named = said["License-Expression"] or said["License"] or (classified or ["see-text"])[0]
    return CALLED.get(named, named)


def _page(said: Message) -> str:
    pages = dict(each.split(", ", 1) for each in said.get_all("Project-URL", []))
    lower = {name.lower(): page for name, page in pages.items()}
    best = (lower.get(name) for name in ("repository", "source", "homepage"))
    return said["Home-page"] or next(filter(None, best), "https://pypi.org/project/" + said["Name"])


def machine_readable(wheels: Iterable[str]) -> str:
    """The file in Debian's machine-readable format, version 1.0."""
    parts = {found.name: found for found in map(part, wheels)}  # one for each, not for each Python
    with open(os.path.join(ROOT, "LICENSE"), encoding="utf-8") as source:
        own = source.read()
    stanzas = [
        f"{HEADER}\n{_list(parts.values())}",
        f"Files: *\n{_copyright(own, 'The Configure 587! founders')}\nLicense: MIT\n{_body(own)}",
        *(_stanza(parts[name]) for name in sorted(parts, key=str.lower)),
    ]
    return "\n\n".join(stanzas) + "\n"


def _list(parts: Iterable[Part]) -> str:
    return "\n".join(f"  {each.name} {each.version}, {each.page}" for each in parts)


def _stanza(found: Part) -> str:
    text = QT_NOTE if found.name in QT_NAMES else found.text
    if found.licence in COMMON:
        text = f"{text}\n" if found.name in QT_NAMES else ""
        text += f"On Debian systems the whole text is in {COMMON[found.licence]}."
    files = "\n ".join(found.folders)
    lines = [f"Files: {files}", _copyright(found.text, f"the authors of {found.name}")]
    return "\n".join([*lines, f"License: {found.licence} and text of {found.name}", _body(text)])


def _copyright(text: str, otherwise: str) -> str:
    """The lines of a licence that say whose it is."""
    lines = [line.strip(" *#\t") for line in text.splitlines()]
    found = [line for line in lines if _OWNED.match(line)]
    return "Copyright: " + "\n ".join(found or [otherwise])


def _body(text: str) -> str:
    """Text as the body of a field: indented, an empty line as a full stop."""
    return "\n".join(f" {line.rstrip()}" if line.strip() else " ." for line in text.splitlines())
