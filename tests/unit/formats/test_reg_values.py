"""Values as the registry holds them: a type by its number, and bytes; nothing gets lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from configure587.errors import Unsure
from configure587.formats.reg_values import from_registry, to_registry
from configure587.model import Opaque

if TYPE_CHECKING:
    from configure587.model import Value


@given(st.integers(0, 2**32 - 1) | st.integers(0, 13), st.binary(max_size=40))
@example(1, b"")
@example(1, b"\0\0")
@example(1, b"a\0b\0\0\0")
@example(1, b"a\0\0\0b\0\0\0")
@example(1, b"\x3d\xd8\0\0")
@example(1, b"\x3d\xd8\xee\xdc\0\0")
@example(4, b"\1\2\3\4")
@example(4, b"\1\2\3")
def test_what_was_read_is_written_as_the_same_bytes_of_the_same_type(
    number: int, data: bytes
) -> None:
    assert to_registry(from_registry(number, data)) == (number, data)


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (587, (4, b"\x4b\x02\0\0")),
        ("", (1, b"\0\0")),
        ("Zé \U0001f4ee", (1, b"Z\0\xe9\0 \0\x3d\xd8\xee\xdc\0\0")),
        (Opaque("REG_SZ", b"a\0"), (1, b"a\0")),
        (Opaque("REG_DWORD", b"\1"), (4, b"\1")),
        (Opaque("REG_QWORD", bytes(8)), (11, bytes(8))),
        (Opaque("hex(c)", b"x"), (12, b"x")),
        (Opaque("hex(ffffffff)", b""), (2**32 - 1, b"")),
    ],
)
def test_a_value_has_one_type_and_one_row_of_bytes(value: Value, raw: tuple[int, bytes]) -> None:
    assert to_registry(value) == raw
    assert from_registry(*raw) == value


@pytest.mark.parametrize(
    "value",
    [
        True,
        -1,
        2**32,
        "a\0b",
        "\ud83d\udcee",
        Opaque("REG_DWORD", bytes(4)),
        Opaque("REG_SZ", b"a\0\0\0"),
        Opaque("REG_NONSENSE", b""),
        Opaque("hex(1)", b""),
        Opaque("hex(0c)", b""),
    ],
)
def test_a_value_that_would_be_read_as_another_is_refused(value: Value) -> None:
    with pytest.raises(Unsure):
        to_registry(value)
