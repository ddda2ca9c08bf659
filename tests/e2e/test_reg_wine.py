"""Registry files against the registry of Wine: it imports what we write, we read what it exports.

Wine is not Windows. Two habits of its own are kept out of these tests: it spells line ends in
strings as escapes, and it cuts strings at a zero when it exports them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from configure587.formats import case_folding, reg_text
from configure587.model import Opaque

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from configure587.model import Value

pytestmark = pytest.mark.e2e

ROOT: Final = r"HKEY_CURRENT_USER\Software\Configure587"
# In the order in which Wine sorts them, so that files can be compared byte by byte.
SHEET: Final[dict[str, Value]] = {
    "": "the default value",
    "Account Name": 'José \\ "Zé" \U0001f4ee',
    "Binary": Opaque("REG_BINARY", bytes(range(200))),
    "Empty": "",
    "Empty binary": Opaque("REG_BINARY", b""),
    "Expand": Opaque("REG_EXPAND_SZ", "%USERPROFILE%\\é\0".encode("utf-16-le")),
    "Multi": Opaque("REG_MULTI_SZ", "one\0two\0\0".encode("utf-16-le")),
    "None": Opaque("REG_NONE", b"\1\2"),
    "Number": 2**32 - 1,
    "Odd type": Opaque("hex(abcd)", b"\1" * 23),
    'Quote " and \\': 587,
    "Qword": Opaque("REG_QWORD", bytes(8)),
}
BREAKS: Final[dict[str, Value]] = {
    "n" * length: Opaque("REG_BINARY", bytes(size))
    for length in range(1, 90, 4)
    for size in (length % 7 + 40,)
}


class Wine:
    """A Windows registry of its own."""

    def __init__(self, folder: str) -> None:
        """`folder` is for the prefix and for files."""
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "WINEPREFIX": os.path.join(folder, "prefix"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "LC_ALL": "C.UTF-8",
        }

    def run(self, *words: str, check: bool = True) -> None:
        """Run a program of Wine; its streams must not be files."""
        subprocess.run(
            words,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=180,
            check=check,
        )

    def path(self, name: str) -> str:
        """How Wine calls one of our files."""
        return "Z:" + os.path.join(self.folder, name).replace("/", "\\")

    def import_file(self, data: bytes) -> None:
        """Import a registry file."""
        with open(os.path.join(self.folder, "in.reg"), "wb") as file:
            file.write(data)
        self.run("wine", "reg", "import", self.path("in.reg"))

    def export(self, key: str) -> bytes:
        """Export a key with all that is below it."""
        self.run("wine", "reg", "export", key, self.path("out.reg"), "/y")
        with open(os.path.join(self.folder, "out.reg"), "rb") as file:
            return file.read()


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    """Give a fresh registry, and end its server afterwards: only ours, by its prefix."""
    if shutil.which("wine") is None or shutil.which("wineserver") is None:
        raise FileNotFoundError("Wine is missing: install it (apt: wine)")
    wine = Wine(str(tmp_path_factory.mktemp("wine")))
    try:
        os.mkdir(wine.environment["WINEPREFIX"])
        wine.run("wineserver", "-p")  # stays between two commands
        wine.run("wineboot", "-i")
        yield wine
    finally:
        wine.run("wineserver", "-k", check=False)
        shutil.rmtree(wine.environment["WINEPREFIX"], ignore_errors=True)


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """Give a key that no other test uses."""
    return rf"{ROOT}\{request.node.name}"


def read(data: bytes, key: str, names: Mapping[str, object]) -> dict[str, Value]:
    """Read these values."""
    return reg_text.read(data, key, [*names])


@pytest.mark.parametrize("sheet", [SHEET, BREAKS], ids=["types", "breaks"])
def test_wine_exports_the_very_file_that_we_wrote(
    wine: Wine, key: str, sheet: dict[str, Value]
) -> None:
    ours = reg_text.write({key: sheet, key + r"\Contas de José": {"SMTP Port": 25}})
    wine.import_file(ours)
    theirs = wine.export(key)
    assert read(theirs, key, sheet) == sheet
    assert reg_text.subkeys(theirs, key) == ["Contas de José"]
    assert theirs == ours


def test_a_backup_that_is_imported_by_hand_puts_everything_back(wine: Wine, key: str) -> None:
    wine.import_file(reg_text.write({key: SHEET}))
    before = wine.export(key)
    edits: dict[str, Value | None] = {"number": 587, "Zone": 2, "Binary": Opaque("REG_NONE", b"")}
    old = {name: read(before, key, edits).get(name) for name in edits}
    wine.import_file(reg_text.fragment({key: edits}))
    changed = wine.export(key)
    assert read(changed, key, edits) == edits
    wine.import_file(reg_text.fragment({key: old}))
    assert wine.export(key) == before


def test_an_edited_export_is_what_wine_makes_of_the_same_edit(wine: Wine, key: str) -> None:
    wine.import_file(reg_text.write({key: SHEET}))
    before = wine.export(key)
    edits: dict[str, Value | None] = {"Number": 587, "ZZ SMTP Secure Connection": 2}
    edited = reg_text.edit(
        before, key, edits, {"Number": 2**32 - 1, "ZZ SMTP Secure Connection": None}
    )
    wine.import_file(reg_text.fragment({key: edits}))
    assert wine.export(key) == edited


PAIRS: Final = (
    *("aA", "éÉ", "ßẞ", "\u0131I", "iİ", "\u017fS", "\u03c2\u03a3", "σΣ", "\u00b5\u039c", "ÿŸ"),
    *("ǅǄ", "ǆǄ", "яЯ", "ᾳᾼ", "K\u212a", "ⅷⅧ", "\uff41\uff21", "ɐⱯ", "ɑⱭ", "ⴀႠ", "եԵ", "ⱥȺ"),
)


def test_wine_takes_the_same_names_for_one_as_we_do(wine: Wine, key: str) -> None:
    sheets: dict[str, dict[str, Value | None]] = {
        rf"{key}\{number}": {pair[0]: 1, pair[1]: 2} for number, pair in enumerate(PAIRS)
    }
    wine.import_file(reg_text.fragment(sheets))
    index = reg_text.keys(wine.export(key))
    for number, pair in enumerate(PAIRS):
        text = index.piece(index.numbers(rf"{key}\{number}")[-1])
        assert (text.count("=dword:") == 1) == case_folding.same(*pair), pair


def test_what_python_calls_capitals_agrees_with_wine_letter_by_letter(wine: Wine, key: str) -> None:
    letters = [chr(code) for code in (*range(0xA1, 0x250), *range(0x370, 0x524))]
    letters = [letter for letter in letters if letter not in "\u023f\u0240\u03f3"]
    names = {letter: index for index, letter in enumerate(letters)}
    wine.import_file(reg_text.fragment({key: dict(names.items())}))
    index = reg_text.keys(wine.export(key))
    kept = index.piece(index.numbers(key)[-1]).count("=dword:")
    assert kept == len({case_folding.fold(letter) for letter in letters})
