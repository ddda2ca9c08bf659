"""A local copy of the Thunderbird ISP database, as rows of a table of ours."""

from __future__ import annotations

import os
import re
from errno import EFBIG
from typing import NamedTuple

from configure587.errors import Refused, detail
from configure587.machine.disk import DiskFiles
from configure587.submission import autoconfig, provider_table
from configure587.submission.providers import Confidence, Provider

NOTICE = """\
# Derived from the Thunderbird ISP database, https://github.com/thunderbird/autoconfig
#
# This Source Code Form is subject to the terms of the Mozilla Public
# License, v. 2.0. If a copy of the MPL was not distributed with this
# file, You can obtain one at https://mozilla.org/MPL/2.0/.
"""
_SOURCE = "Thunderbird ISP database, {file}"


class Skipped(NamedTuple):
    """A file that gave no row, and why in one word."""

    file: str
    why: str


class Imported(NamedTuple):
    """What a folder gave."""

    rows: tuple[Provider, ...]
    skipped: tuple[Skipped, ...]

    @property
    def text(self) -> str:
        """The rows as a file of ours, with the licence that goes with them."""
        return f"{NOTICE}\n{provider_table.write(self.rows)}"


def read(folder: str, date: str) -> Imported:
    """Every XML file of a checkout, or of a plain folder; Refused if there is none.

    Names that an earlier file has claimed are left out, for a table may name each domain once.
    """
    files = DiskFiles()
    folder, names = _files(files, folder)
    rows: list[Provider] = []
    skipped: list[Skipped] = []
    taken: set[str] = set()
    for name in names:
        row = _row(files, folder, name, date)
        if isinstance(row, str):
            skipped.append(Skipped(name, row))
            continue
        domains = tuple(each for each in row.domains if each not in taken)
        if row.id in taken or (row.domains and not domains):
            skipped.append(Skipped(name, "taken"))
            continue
        taken |= {row.id, *domains}
        rows.append(row._replace(domains=domains))
    return Imported(tuple(rows), tuple(skipped))


def _files(files: DiskFiles, folder: str) -> tuple[str, list[str]]:
    for each in (os.path.join(folder, "ispdb"), folder):
        try:
            names = [name for name in files.names(each) if name.lower().endswith(".xml")]
        except OSError as error:
            if each == folder:
                raise Refused("ispdb_unreadable", path=folder, detail=detail(error)) from error
            continue
        if names:
            return each, names
    raise Refused("ispdb_empty", path=folder)


def _row(files: DiskFiles, folder: str, name: str, date: str) -> Provider | str:
    """The row that a file gives, or in one word why it gives none."""
    try:
        found = autoconfig.parse(files.read(os.path.join(folder, name), autoconfig.LIMIT))
    except OSError as error:
        return autoconfig.NotAutoconfig.TOO_LARGE if error.errno == EFBIG else "unreadable"
    except autoconfig.NotAutoconfig as error:
        return str(error)
    doors = [each for each in found.outgoing if each.sign_in is not None]
    if not doors or doors[0].sign_in is None:
        return "nothing_protected"
    alike = [each.server for each in doors if each.user is doors[0].user]
    id_ = _id(name)
    if not id_:
        return "no_name"
    return Provider(
        id=id_,
        name=_printable(found.name) or id_,
        servers=tuple(dict.fromkeys(alike)),
        user=doors[0].user,
        sign_in=doors[0].sign_in,
        source=_SOURCE.format(file=_printable(name)),
        date=date,
        confidence=Confidence.HIGH,
        domains=found.domains,
        incoming_hosts=found.incoming_hosts,
    )


def _id(name: str) -> str:
    """An id from a file's name; the ids inside the files are not unique."""
    stem = os.path.splitext(name)[0].lower()
    return "-".join(re.findall("[a-z0-9]+", stem))


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable()).strip()
