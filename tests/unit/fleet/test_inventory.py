"""The list of all computers, as spreadsheets and directories export it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from configure587.errors import Refused
from configure587.fleet import inventory

if TYPE_CHECKING:
    import pathlib

PLAIN = ("PC-1", "PC-2")


@pytest.fixture
def table(tmp_path: pathlib.Path) -> pathlib.Path:
    """Give a place for a table."""
    return tmp_path / "list.csv"


@pytest.mark.parametrize(
    "data",
    [
        b"Computer\nPC-1\nPC-2\n",
        b"PC-1\r\nPC-2\r\n",
        b"PC-1\nPC-2",
        b"Setor;Nome do computador;Sala\nA;PC-1;1\nB;PC-2;2\n",
        b"Serial,Device name\n1,PC-1\n2,PC-2\n",
        b"Serial\tName\n1\tPC-1\n2\tPC-2\n",
        b'sep=;\nX;Name\n"a;b";"PC-1"\n;PC-2\n',
        "﻿Name;Ort\nPC-1;x\nPC-2;y\n".encode(),
        "Name\tOrt\r\nPC-1\tx\r\nPC-2\ty\r\n".encode("utf-16"),
        "Máquina;Estação\nPC-1;é\nPC-2;ã\n".encode("cp1252"),
        b"Name\nPC-1\npc-1\n\n  \nPC-2\n PC-2 \n",
        b"Name;Host\nPC-1;10.0.0.1\nPC-2\n;10.0.0.3\n".replace(b"Host", b"IP"),
    ],
)
def test_the_names_are_found_whoever_exported_them(data: bytes, table: pathlib.Path) -> None:
    table.write_bytes(data)
    found = inventory.read(str(table)).names
    assert [name.casefold() for name in found] == ["pc-1", "pc-2"]


def test_the_clearest_head_names_the_column(table: pathlib.Path) -> None:
    table.write_bytes(b"Name,Device name\nAna,PC-1\nBia,PC-2\n")
    assert inventory.read(str(table)) == inventory.Inventory(PLAIN, "Device name")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "inventory_empty"),
        (b"Name\n\n", "inventory_empty"),
        (b"a\0b\n", "inventory_not_csv"),
        (b'Name\n"PC-1"x\n', "inventory_not_csv"),
        (b"\xff\xfeN", "inventory_not_csv"),
        (b"x" * 200_000, "inventory_not_csv"),
    ],
)
def test_a_list_that_is_not_clear_is_refused(data: bytes, code: str, table: pathlib.Path) -> None:
    table.write_bytes(data)
    with pytest.raises(Refused) as refused:
        inventory.read(str(table))
    assert refused.value.code == code


def test_a_list_that_is_not_there_or_far_too_large_is_refused(
    table: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (str(table), "a\0b"):
        with pytest.raises(Refused):
            inventory.read(path)
    monkeypatch.setattr(inventory, "LARGEST", 3)
    table.write_bytes(b"PC-1\n")
    with pytest.raises(Refused) as refused:
        inventory.read(str(table))
    assert refused.value.fields["detail"] == "EFBIG"


@pytest.mark.parametrize(
    ("listed", "known", "silent"),
    [
        (["PC-1"], ["pc-1"], []),
        (["PC-1.example.com"], ["pc-1"], []),
        (["PC-1"], ["pc-1.example.com"], []),
        (["pc.a", "pc.b"], ["pc"], ["pc.a", "pc.b"]),
        (["pc"], ["pc.a", "pc.b"], ["pc"]),
        (["pc.a"], ["pc.b"], ["pc.a"]),
        (["pc", "pc.a"], ["pc"], ["pc.a"]),
        (["10.0.0.7"], ["10.0.0.8"], ["10.0.0.7"]),
        (["10.0.0.7"], ["10"], ["10.0.0.7"]),
        (["PC-1"], [], ["PC-1"]),
    ],
)
def test_a_name_with_its_domain_is_the_name_without_if_nothing_else_fits(
    listed: list[str], known: list[str], silent: list[str]
) -> None:
    found = inventory.compared(listed, known)
    assert list(found.silent) == silent
    assert len(found.found) == len(listed) - len(silent)
