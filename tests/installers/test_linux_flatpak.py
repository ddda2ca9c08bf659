"""The Flatpak manifest, as far as it can be read here: it was never built by us."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Final

import pytest
from installers.linux import tree, vendored

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH: Final = os.path.join(vendored.HERE, "flatpak", f"{tree.APP_ID}.json")


@pytest.fixture
def manifest() -> Mapping[str, object]:
    """Give the manifest."""
    with open(PATH, encoding="utf-8") as source:
        read = json.load(source)
    assert isinstance(read, dict)
    return read


def test_the_manifest_is_of_this_application_and_starts_the_window(
    manifest: Mapping[str, object],
) -> None:
    assert manifest["id"] == tree.APP_ID
    assert f"usr/bin/{manifest['command']}" in tree.PROGRAMS


def test_the_manifest_never_opens_the_whole_home(manifest: Mapping[str, object]) -> None:
    opened = re.findall(r"--filesystem=(\S+?)\"", json.dumps(manifest["finish-args"]))
    assert "~/.thunderbird" in opened
    assert {"home", "host", "~", "~/"} & set(opened) == set()


def test_every_place_that_the_manifest_copies_from_is_one_of_the_tree(
    manifest: Mapping[str, object],
) -> None:
    named = set(re.findall(r"\busr/[\w/.-]+", json.dumps(manifest["modules"])))
    copied = {name.rstrip("/.") for name in named if "/app" not in name}
    known = {*tree.PLACES.values(), tree.LIB, "usr/share/icons", "usr/share/metainfo"}
    folders = {os.path.dirname(name) for name in known} | {"usr/share/man"}
    assert copied - known - folders == set()
