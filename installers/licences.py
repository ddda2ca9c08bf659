"""Collects into one folder the licence of everything that a package brings along."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from installers.jobs import ROOT, Trouble

from installers import parts as own
from installers import wheels as read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from installers.parts import Part
    from installers.wheels import Wheel

WHOLE_TEXTS: Final[Mapping[str, Sequence[str]]] = {
    "Apache-2.0": ("Apache-2.0.txt",),
    "GPL-3.0-only": ("GPL-3.0.txt",),
    "LGPL-3.0-only": ("LGPL-3.0.txt", "GPL-3.0.txt"),  # the first rests on the second
    "MPL-2.0": ("MPL-2.0.txt",),
}
"""SPDX name -> what has to go along whole."""
NOT_CHOSEN: Final = "LicenseRef-Qt-Commercial.txt"  # we take Qt and PySide6 under the LGPL
SAFE: Final = re.compile(r"[^\w.-]+")

HEADINGS: Final[Mapping[str, str]] = {
    "LEIA-ME.txt": """\
Configure 587! é um programa livre (licença MIT, no arquivo LICENSE.txt desta pasta).

Ele traz consigo o trabalho de outras pessoas, sem mudança. Abaixo está cada parte, com a versão e
a licença; os textos estão na pasta que tem o nome da parte, ou nesta mesma pasta. O código-fonte
das que vêm do PyPI (certifi e publicsuffixlist, sob a MPL, entre elas) está em
https://pypi.org/project/NOME/VERSÃO/#files
""",
    "README.txt": """\
Configure 587! is free software (MIT licence, in the file LICENSE.txt of this folder).

It brings along the work of other people, unchanged. Each part is listed below with its version and
licence; the texts are in the folder that has the name of the part, or in this folder. The source of
those that come from PyPI (certifi and publicsuffixlist, under the MPL, among them) is at
https://pypi.org/project/NAME/VERSION/#files
""",
}
OF_QT: Final[Mapping[str, str]] = {
    "LEIA-ME.txt": """
Qt e PySide6 são usados sob a licença LGPL, versão 3. Você pode trocá-los por outra versão, até
por uma que você mudou: Qt/replacing-qt.pt-BR.txt diz como.
""",
    "README.txt": """
Qt and PySide6 are used under the LGPL, version 3. You may replace them with another version, even
with one that you changed: Qt/replacing-qt.en.txt says how.
""",
}


def collect(wheels: Sequence[str], into: str, parts: Sequence[Part] = ()) -> list[str]:
    """Write the texts for these wheels and parts; the files written, relative to the folder.

    `wheels` are paths of wheels, or of .dist-info folders. Trouble when one has no text at all.
    """
    found = read.read_all(wheels)
    files = {"LICENSE.txt": _bytes(os.path.join(ROOT, "LICENSE"))}
    for wheel in found:
        files |= {f"{_folder(wheel)}/{name}": data for name, data in _texts(wheel).items()}
    for part in parts:
        files |= {f"{_folder(part)}/{os.path.basename(path)}": _bytes(path) for path in part.texts}
    pieces: list[Wheel | Part] = [*parts, *found]
    for piece in pieces:
        files |= _whole_texts(piece.licence)
    files |= _contents(pieces)
    _write(files, into)
    return sorted(files)


def _texts(wheel: Wheel) -> dict[str, bytes]:
    """What a wheel has to say of its licence."""
    texts = {name: data for name, data in wheel.texts.items() if name != NOT_CHOSEN}
    if not texts and not _whole_texts(wheel.licence):
        raise Trouble(f"{wheel.name} {wheel.version} brings no text of its licence")
    return texts


def _whole_texts(licence: str) -> dict[str, bytes]:
    """The texts of the licences that an expression names, as far as they lie here."""
    names = [name for word in licence.split() for name in WHOLE_TEXTS.get(word, ())]
    return {name: _bytes(own.own_text(name)) for name in names}


def _contents(pieces: Sequence[Wheel | Part]) -> dict[str, bytes]:
    """What there is, to be read first, in both languages."""
    has_qt = any(each.name == "Qt" for each in pieces)
    lines = "\n".join(f"{f'{each.name} {each.version}'.strip()}: {each.licence}" for each in pieces)
    return {
        name: f"{heading}{OF_QT[name] if has_qt else ''}\n{lines}\n".encode()
        for name, heading in HEADINGS.items()
    }


def _folder(piece: Wheel | Part) -> str:
    return SAFE.sub("-", piece.name).lstrip(".")


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as source:
            return source.read()
    except OSError as error:
        raise Trouble(f"the text of a licence cannot be read: {error}") from error


def _write(files: Mapping[str, bytes], into: str) -> None:
    for name, data in files.items():
        path = os.path.join(into, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as target:
            target.write(data)
