"""What a wheel says of itself: its name, version and licence, and the texts of that licence."""

from __future__ import annotations

import email.parser
import hashlib
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from installers.jobs import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from email.message import Message
    from importlib.abc import Traversable

SPDX: Final[Mapping[str, str]] = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psf": "PSF-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}
"""What people wrote before there was a License-Expression -> the name in SPDX's list."""
EXPRESSION: Final = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*")
TEXT: Final = re.compile(r"(licen[cs]e|licenseref|copying|notice|authors)", re.IGNORECASE)
UNSAFE: Final = re.compile(r"[^\w.+-]")  # in the name of a file that we make


class Wheel(NamedTuple):
    """One package of Python: from a wheel, or from the folder that installing one has left."""

    name: str
    version: str
    licence: str  # an SPDX expression, or whatever the package says
    sha256: str | None  # of the wheel; None when it is only installed
    texts: Mapping[str, bytes]  # file name -> a text of its licence

    @property
    def purl(self) -> str:
        """Its package URL, as the type pypi spells it."""
        name = re.sub(r"[-_.]+", "-", self.name).lower()
        return f"pkg:pypi/{name}@{self.version}"


def read(path: str) -> Wheel:
    """A wheel, or a folder that ends in .dist-info; Trouble when it is neither."""
    if path.endswith(".dist-info") and os.path.isdir(path):
        return _described(Path(path), None)
    try:
        with zipfile.ZipFile(path) as archive, open(path, "rb") as source:
            digest = hashlib.sha256(source.read()).hexdigest()
            return _described(_dist_info(archive, path), digest)
    except (OSError, zipfile.BadZipFile) as error:
        raise Trouble(f"{path} is no wheel: {error}") from error


def read_all(paths: Iterable[str]) -> list[Wheel]:
    """Several, in the order of their names; each once."""
    found = {each.purl: each for each in map(read, paths)}
    return [found[purl] for purl in sorted(found)]


def installed(folder: str) -> Sequence[str]:
    """What `read` is given for all that is installed in a folder (pip install --target)."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))
    return [os.path.join(folder, name) for name in names]


def _dist_info(archive: zipfile.ZipFile, path: str) -> zipfile.Path:
    tops = {name.partition("/")[0] for name in archive.namelist()}
    found = [top for top in tops if top.endswith(".dist-info")]
    if len(found) != 1:
        raise Trouble(f"{path} is no wheel: it has {len(found)} folders .dist-info")
    return zipfile.Path(archive, f"{found[0]}/")


def _described(folder: Traversable, sha256: str | None) -> Wheel:
    metadata = email.parser.Parser().parsestr(
        folder.joinpath("METADATA").read_text(encoding="utf-8"), headersonly=True
    )
    name, version = metadata["Name"], metadata["Version"]
    texts = dict(_texts(folder))
    return Wheel(str(name), str(version), licence(metadata), sha256, texts)


def licence(metadata: Message) -> str:
    """The licence that a package's metadata names, in SPDX's words where they are known."""
    said = metadata["License-Expression"] or _old_words(metadata)
    return SPDX.get(said.lower(), said) or "unknown"


def _old_words(metadata: Message) -> str:
    """The licence in the words that were used before License-Expression."""
    line = str(metadata["License"] or "").strip()
    if line and "\n" not in line and (line.lower() in SPDX or EXPRESSION.fullmatch(line)):
        return line
    named = [
        each.rpartition(" :: ")[2]
        for each in metadata.get_all("Classifier", [])
        if each.startswith("License :: ")
    ]
    known = [each for each in named if each.lower() in SPDX]
    return (known or named or ["" if "\n" in line else line])[0]


def _texts(folder: Traversable, below: str = "") -> Iterator[tuple[str, bytes]]:
    """The texts of a licence: all in licenses/, and what is named like one beside METADATA."""
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = UNSAFE.sub("-", f"{below}{each.name}").lstrip(".-")
        if each.is_dir() and (below or each.name in {"licenses", "license_files"}):
            yield from _texts(each, f"{name}-" if below else "-")
        elif each.is_file() and (below or TEXT.match(each.name)):
            yield name, each.read_bytes()
