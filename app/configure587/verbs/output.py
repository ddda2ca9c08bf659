"""The file that a person named for the answer."""

from __future__ import annotations

from configure587.errors import Refused, detail


def write_file(path: str, data: bytes) -> None:
    """Write it anywhere on their own computer; Refused if that cannot be."""
    try:
        with open(path, "wb") as target:
            target.write(data)
    except OSError as error:
        raise Refused("file_not_written", path=path, detail=detail(error)) from error
