r"""Registry values as regedit spells them: "text", dword:0000024b, hex(2):25,00,\.

A REG_DWORD is an int, a REG_SZ a str. Everything else, and every DWORD or SZ whose bytes are not
as its type wants them, is an Opaque with its type and its bytes as they lie in the registry.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Unsure
from configure587.formats import reg_encoding
from configure587.model import Opaque

if TYPE_CHECKING:
    from configure587.model import Value

_TYPES = (
    *("REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN"),
    *("REG_LINK", "REG_MULTI_SZ", "REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTOR"),
    *("REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD"),
)
_NUMBERS = {name: number for number, name in enumerate(_TYPES)}
# In a REGEDIT4 file the bytes of these are text of the code page, not UTF-16.
_TEXT_TYPES = frozenset({"REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ"})
_DWORD_MAX = 2**32 - 1
_COLUMNS = 77  # where regedit, once there, breaks a line of hex (Wine: programs/reg/export.c)

_HEX = re.compile(r"hex(?:\(([0-9a-fA-F]{1,8})\))?:([0-9a-fA-F, \t\\\r\n]*)")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n[ \t]*")
_OCTETS = re.compile(r"(?:[0-9a-fA-F]{2}(?:,[0-9a-fA-F]{2})*+)?")
_TYPE_NUMBER = re.compile(r"hex\(([0-9a-f]{1,8})\)")


class Style(NamedTuple):
    """How one file spells: its line ends, and whether it is one of REGEDIT4."""

    newline: str = "\r\n"
    regedit4: bool = False


REGEDIT5 = Style()


class Odd(Exception):
    """A name or value is written in a way whose meaning is not certain."""


# --- names and strings ---------------------------------------------------------------------------


def quoted(text: str) -> str:
    """Spell a string; line ends stand in it as they are."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(literal: str) -> str:
    r"""Read a string; raises Odd at any escape but \\ and \"."""
    text = literal[1:-1]
    if "\\" not in text:
        return text
    # No file with a NUL comes here, so a NUL can stand for a backslash meanwhile.
    text = text.replace("\\\\", "\0").replace('\\"', '"')
    if "\\" in text:
        raise Odd
    return text.replace("\0", "\\")


def spelled_name(name: str, style: Style) -> str:
    """Spell the name of a value (the empty one is the key's default value); raises Unsure."""
    return quoted(_checked_text(name, style)) if name else "@"


def read_name(literal: str) -> str:
    """Read the name of a value; raises Odd."""
    return "" if literal == "@" else unquoted(literal)


# --- reading -------------------------------------------------------------------------------------


def read_value(literal: str, style: Style) -> Value:
    """Read one value; raises Odd when its meaning is not certain."""
    if literal.startswith('"'):
        return unquoted(literal)
    if literal.startswith("dword:"):
        return int(literal[6:], 16)
    parts = _HEX.fullmatch(literal)
    if parts is None:
        raise Odd
    kind = _kind(int(parts[1], 16)) if parts[1] else "REG_BINARY"
    data = _octets(parts[2])
    if style.regedit4 and kind in _TEXT_TYPES:
        data = reg_encoding.wide(reg_encoding.from_ansi(data))
    return _plain(kind, data)


def from_registry(number: int, data: bytes) -> Value:
    """Say what a registry holds as bytes of the type of that number."""
    return _plain(_kind(number), data)


def _kind(number: int) -> str:
    return _TYPES[number] if number < len(_TYPES) else f"hex({number:x})"


def _octets(text: str) -> bytes:
    text = ",".join(part.strip(" \t") for part in _CONTINUED.sub("", text).split(","))
    if not _OCTETS.fullmatch(text):
        raise Odd
    return bytes.fromhex(text.replace(",", " "))


def _plain(kind: str, data: bytes) -> Value:
    """Give an int or a str where the bytes are as the type wants them."""
    if kind == "REG_DWORD" and len(data) == 4:
        return int.from_bytes(data, "little")
    if kind == "REG_SZ" and len(data) % 2 == 0:
        text = reg_encoding.from_wide(data)
        if text.endswith("\0") and text.count("\0") == 1:
            return text[:-1]
    return Opaque(kind, data)


# --- writing -------------------------------------------------------------------------------------


def spelled(value: Value, column: int, style: Style) -> str:
    """Spell a value as regedit does, behind so many characters of its line; raises Unsure."""
    if isinstance(value, Opaque):
        return _spelled_hex(value, column, style)
    if isinstance(value, str):
        return quoted(_checked_text(value, style))
    return f"dword:{_checked_dword(value):08x}"


def to_registry(value: Value) -> tuple[int, bytes]:
    """Give the number of the type and the bytes that from_registry reads so; raises Unsure."""
    if isinstance(value, Opaque):
        return _checked_number(value), value.data
    if isinstance(value, str):
        return _NUMBERS["REG_SZ"], reg_encoding.wide(_checked_text(value, REGEDIT5) + "\0")
    return _NUMBERS["REG_DWORD"], _checked_dword(value).to_bytes(4, "little")


def _spelled_hex(value: Opaque, column: int, style: Style) -> str:
    kind, data = value
    number = _checked_number(value)
    if style.regedit4 and kind in _TEXT_TYPES:
        data = _narrow(data)
    pieces = ["hex:" if kind == "REG_BINARY" else f"hex({number:x}):"]
    column += len(pieces[0])
    start = 0
    while start < len(data):
        count = max(1, -(-(_COLUMNS - column) // 3))
        pieces.append(data[start : start + count].hex(","))
        start += count
        if start < len(data):
            pieces.append(f",\\{style.newline}  ")
        column = 2
    return "".join(pieces)


def _checked_dword(value: int) -> int:
    if isinstance(value, bool) or not 0 <= value <= _DWORD_MAX:
        raise Unsure("edit_not_safe", why="value", type=type(value).__name__)
    return value


def _checked_number(value: Opaque) -> int:
    """Give the number of the type, if the bytes, read again, are no int or str; raises Unsure."""
    number = _number(value.type)
    if number is None or _plain(*value) != value:
        raise Unsure("edit_not_safe", why="value", type=value.type)
    return number


def _number(kind: str) -> int | None:
    """The number of a type; None when there is no such name or the type has a better one."""
    if kind in _NUMBERS:
        return _NUMBERS[kind]
    match = _TYPE_NUMBER.fullmatch(kind)
    number = int(match[1], 16) if match else 0
    return number if number >= len(_TYPES) and kind == f"hex({number:x})" else None


def _narrow(data: bytes) -> bytes:
    if len(data) % 2:
        raise Unsure("edit_not_safe", why="text")
    return reg_encoding.to_ansi(reg_encoding.from_wide(data))


def _checked_text(text: str, style: Style) -> str:
    """Give the text back if the file, read again, would say the same; raises Unsure."""
    if "\0" in text or not reg_encoding.is_whole(text):
        raise Unsure("edit_not_safe", why="text")
    if style.regedit4:
        reg_encoding.to_ansi(text)
    return text
