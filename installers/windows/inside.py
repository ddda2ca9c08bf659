"""What others made is inside the DLLs of a CPython for Windows: seen in the DLLs themselves."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from installers import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from installers.parts import Part


class Inside(NamedTuple):
    """One piece, the DLL that it is in, and how its version stands there."""

    name: str
    dll: str  # a pattern
    version: bytes | None  # a pattern; None where it stands nowhere
    licence: str
    maker: str
    home: str

    @property
    def text(self) -> str:
        """The path of its licence."""
        return parts.own_text(f"{self.name.lower()}.txt")


PIECES: Final = (
    Inside(
        "bzip2",
        r"_bz2\.pyd",
        rb"(\d+\.\d+\.\d+), \d\d?-[A-Z][a-z]{2}-\d{4}",
        "bzip2-1.0.6",
        "Julian Seward",
        "https://sourceware.org/bzip2/",
    ),
    Inside(
        "Expat",
        r"pyexpat\.pyd",
        rb"expat_(\d+\.\d+\.\d+)",
        "MIT",
        "Expat maintainers",
        "https://libexpat.github.io/",
    ),
    Inside(
        "libffi",
        r"libffi-\d+\.dll",
        None,
        "MIT",
        "Anthony Green, Red Hat, Inc. and others",
        "https://sourceware.org/libffi/",
    ),
    Inside(
        "libmpdec",
        r"_decimal\.pyd",
        rb"\0(2\.\d+\.\d+)\0",
        "BSD-2-Clause",
        "Stefan Krah",
        "https://www.bytereef.org/mpdecimal/",
    ),
    Inside(
        "XZ",
        r"_lzma\.pyd",
        None,
        "public domain",
        "The Tukaani Project",
        "https://tukaani.org/xz/",
    ),
    Inside(
        "zlib",
        r"python3\d+\.dll",
        None,
        "Zlib",
        "Jean-loup Gailly and Mark Adler",
        "https://zlib.net/",
    ),
)


def found(dlls: Iterable[str]) -> Iterator[Part]:
    """The pieces that are in these DLLs."""
    paths = {os.path.basename(path): path for path in dlls}
    for piece in PIECES:
        path = next((paths[name] for name in paths if re.fullmatch(piece.dll, name)), None)
        if path is not None:
            version = _version(piece, path)
            purl = f"pkg:generic/{piece.name.lower()}" + (f"@{version}" if version else "")
            texts = (piece.text,)
            yield parts.Part(
                piece.name, version, piece.licence, piece.maker, piece.home, purl, texts
            )


def _version(piece: Inside, path: str) -> str:
    if piece.version is None:
        return ""
    with open(path, "rb") as file:
        told = re.search(piece.version, file.read())
    return told[1].decode() if told else ""
