"""Apple's container for an icon: the same picture in many sizes, each a PNG."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Final[Mapping[bytes, int]] = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic11": 32,  # 16 points on a screen of double density, and so on
    b"ic12": 64,
    b"ic07": 128,
    b"ic08": 256,
    b"ic13": 256,
    b"ic09": 512,
    b"ic14": 512,
    b"ic10": 1024,
}
SIZES: Final = tuple(sorted(set(KINDS.values())))


def packed(pictures: Mapping[int, bytes]) -> bytes:
    """The container of these pictures: size -> PNG."""
    entries = b"".join(
        struct.pack(">4sI", kind, 8 + len(pictures[size])) + pictures[size]
        for kind, size in KINDS.items()
    )
    return struct.pack(">4sI", b"icns", 8 + len(entries)) + entries
