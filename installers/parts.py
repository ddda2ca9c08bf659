"""What a package may hold that comes from no wheel of its own: Python, OpenSSL, Qt, a C runtime."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from installers.jobs import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXTS: Final = os.path.join(ROOT, "installers", "texts")


class Part(NamedTuple):
    """One piece, its licence, and the files that tell of it."""

    name: str
    version: str  # "" where the files do not tell
    licence: str  # an SPDX expression, or a name
    maker: str
    home: str  # its site
    purl: str
    texts: Sequence[str] = ()  # paths of the texts that have to go along
    sha256: str | None = None


def own_text(name: str) -> str:
    """The path of a text that lies here, such as LGPL-3.0.txt."""
    return os.path.join(TEXTS, name)


def python(version: str, licence: str, sha256: str | None = None) -> Part:
    """The interpreter and its library; `licence` is the LICENSE.txt that lay beside them."""
    return Part(
        "Python",
        version,
        "Python-2.0.1",
        "Python Software Foundation",
        "https://www.python.org/",
        f"pkg:generic/python@{version}",
        (licence,),
        sha256,
    )


def openssl(version: str) -> Part:
    """The OpenSSL 3 that Python brings along."""
    return Part(
        "OpenSSL",
        version,
        "Apache-2.0",
        "The OpenSSL Project",
        "https://www.openssl.org/",
        f"pkg:generic/openssl@{version}",
    )


def qt(version: str) -> Part:
    """The Qt in the wheels of PySide6, which have its version; we take it under the LGPL."""
    return Part(
        "Qt",
        version,
        "LGPL-3.0-only",
        "The Qt Company",
        "https://www.qt.io/",
        f"pkg:generic/qt@{version}",
        (own_text("replacing-qt.en.txt"), own_text("replacing-qt.pt-BR.txt")),
    )


def msvc(version: str) -> Part:
    """Microsoft's C and C++ runtime, which Python and Qt for Windows were built for."""
    return Part(
        "Microsoft Visual C++ Runtime",
        version,
        "Microsoft Visual C++ redistributable code",
        "Microsoft Corporation",
        "https://learn.microsoft.com/cpp/windows/redistributing-visual-cpp-files",
        f"pkg:generic/microsoft-visual-cpp-runtime@{version}",
        (own_text("msvc-runtime.txt"),),
    )


def icu(version: str) -> Part:
    """The ICU that lies beside Qt's libraries for Linux."""
    return Part(
        "ICU",
        version,
        "Unicode-DFS-2016",
        "Unicode, Inc.",
        "https://icu.unicode.org/",
        f"pkg:generic/icu@{version}",
        (own_text("icu.txt"),),
    )
