"""Catalogues that are missing or damaged: English is better than nothing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest

from configure587 import i18n

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = i18n.texts(i18n.PORTUGUESE)


def test_portuguese_is_there() -> None:
    assert i18n.language_of(WHOLE) == i18n.PORTUGUESE
    assert WHOLE.gettext("All good") == "Tudo certo"


@pytest.mark.parametrize(
    "data",
    [None, b"", b"no catalogue", b"\xde\x12\x04\x95", b"\xde\x12\x04\x95" + b"\xff" * 40],
)
def test_a_catalogue_that_cannot_be_read_is_english(
    data: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pt_BR" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    if data is not None:
        (folder / "configure587.mo").write_bytes(data)
    catalogues = importlib.import_module("configure587.locales")
    monkeypatch.setattr(catalogues, "__path__", [str(tmp_path)])
    found = i18n.texts(i18n.PORTUGUESE)
    assert found.gettext("All good") == "All good"
    assert i18n.language_of(found) == i18n.ENGLISH
