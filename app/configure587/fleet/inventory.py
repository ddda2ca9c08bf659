"""The list of all computers, as a spreadsheet or a directory exports it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import Refused, detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST = 64 << 20
HEADS = (
    *("computer", "computer name", "computername", "device name", "devicename", "device"),
    *("hostname", "host name", "host", "machine", "name", "dnshostname"),
    *("computador", "nome do computador", "dispositivo", "nome do dispositivo"),
    *("equipamento", "máquina", "maquina", "estação", "estacao", "nome"),
)
"""Names of the column that holds the computers' names, the clearest first."""
_SEPARATORS = ";,\t"
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class Inventory(NamedTuple):
    """The names on the list; `column` is the head of the column they stand in, "" without one."""

    names: tuple[str, ...]
    column: str = ""


def read(path: str) -> Inventory:
    """The names in a file; Refused if it cannot be read for certain."""
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = detail(error) if isinstance(error, OSError) else "EINVAL"
        raise Refused("inventory_unreadable", path=path, detail=why) from error
    if len(data) > LARGEST:
        raise Refused("inventory_unreadable", path=path, detail="EFBIG")
    try:
        found = of_text(_text(data))
    except (csv.Error, UnicodeError) as error:
        raise Refused("inventory_not_csv", path=path) from error
    if not found.names:
        raise Refused("inventory_empty", path=path)
    return found


def _text(data: bytes) -> str:
    """UTF-16 and UTF-8 by their marks; else UTF-8, or what Excel writes in the West."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252")


def of_text(text: str) -> Inventory:
    """The names in a text: of the column that is called like one, else of the first column."""
    rows = _rows(text)
    first = next(rows, [])
    heads = [cell.strip().casefold() for cell in first]
    column = next((heads.index(name) for name in HEADS if name in heads), None)
    if column is None:
        return Inventory(_distinct(row[0] for row in (first, *rows) if row))
    names = _distinct(row[column] for row in rows if len(row) > column)
    return Inventory(names, first[column].strip())


def _rows(text: str) -> Iterator[list[str]]:
    """Excel may say in a first line how cells are separated."""
    if "\0" in text:
        raise csv.Error("a table holds no zeros")
    line, _, rest = text.partition("\n")
    if line.strip().lower() in {f"sep={each}" for each in _SEPARATORS}:
        return csv.reader(io.StringIO(rest), delimiter=line.strip()[-1:] or "\t", strict=True)
    separator = max(_SEPARATORS, key=line.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Each once, without regard to capitals; empty cells are none."""
    found = {name.strip().casefold(): name.strip() for name in names}
    found.pop("", None)
    return tuple(found.values())


class Compared(NamedTuple):
    """The names on the list that nobody here has, and those here that are on the list."""

    silent: tuple[str, ...]
    found: frozenset[str]


def compared(names: Iterable[str], known: Iterable[str]) -> Compared:
    """The list beside the names that are known here, which are spelled without capitals.

    One side may write the whole name (pc1.example.com.br) and the other its first part (pc1): they
    are one if nothing else on either side begins so.
    """
    spelled = {name.casefold(): name for name in names}
    here = frozenset(known)
    ours, theirs = _by_first_part(here - spelled.keys()), _by_first_part(spelled.keys() - here)
    pairs = {
        left[0]: right[0]
        for part, left in theirs.items()
        for right in (ours.get(part, []),)
        if len(left) == len(right) == 1 and part in {left[0], right[0]}
    }
    silent = (name for key, name in spelled.items() if key not in here and key not in pairs)
    return Compared(tuple(silent), (here & spelled.keys()) | frozenset(pairs.values()))


def _by_first_part(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        part = name.partition(".")[0]
        found.setdefault(name if part.isdecimal() else part, []).append(name)  # 10.0.0.7 is whole
    return found
