"""The two encodings of .reg files, both without loss: UTF-16, and the ANSI code page of old ones.

Which code page an old file was written in nobody can tell from the file; 1252 is taken, that of
Western Europe and the Americas. The five bytes that it leaves out stand for themselves there, as
in Windows, so that every byte survives.
"""

from __future__ import annotations

import codecs

from configure587.errors import Unsure

BOM = codecs.BOM_UTF16_LE
_WIDE = "utf-16-le"
_CODE_PAGE = bytes(range(256)).decode("cp1252", "replace")
_CODE_PAGE = "".join(
    chr(byte) if letter == "\N{REPLACEMENT CHARACTER}" else letter
    for byte, letter in enumerate(_CODE_PAGE)
)
_BYTES = {ord(letter): byte for byte, letter in enumerate(_CODE_PAGE)}


def from_wide(data: bytes, start: int = 0) -> str:
    """Decode an even number of bytes of UTF-16; unpaired surrogates survive."""
    # Not final, the decoder would keep the first half of a pair at the very end to itself.
    return codecs.utf_16_le_decode(memoryview(data)[start:], "surrogatepass", True)[0]


def wide(text: str) -> bytes:
    """Encode as UTF-16."""
    return text.encode(_WIDE, "surrogatepass")


def is_whole(text: str) -> bool:
    """Whether no two halves of a pair stand side by side as if they were two letters."""
    return text.isascii() or from_wide(wide(text)) == text


def from_ansi(data: bytes) -> str:
    """Decode bytes of the code page."""
    return codecs.charmap_decode(data, "strict", _CODE_PAGE)[0]


def to_ansi(text: str) -> bytes:
    """Encode in the code page; Unsure when it has no such letter."""
    try:
        return codecs.charmap_encode(text, "strict", _BYTES)[0]
    except UnicodeEncodeError:
        raise Unsure("edit_not_safe", why="text") from None
