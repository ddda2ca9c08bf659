"""What holds for every test: an empty home of its own, no touch of the real world."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from typing import TYPE_CHECKING, Final

import pytest

from real_world import Guard

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOME_NAMES: Final = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
_XDG_NAMES: Final = ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR")
_LANGUAGE_NAMES: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "HOMEDRIVE", "HOMEPATH")

_GUARD: Final = Guard()
sys.addaudithook(_GUARD.hook)


@pytest.fixture(autouse=True)
def real_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    """Give every test an empty home, and make any touch of the real world an error."""
    home = tempfile.mkdtemp(prefix="home-", dir=tmp_path_factory.getbasetemp())
    with pytest.MonkeyPatch.context() as patch:
        for name in _HOME_NAMES:
            patch.setenv(name, home)
        for name in _XDG_NAMES:
            patch.setenv(f"XDG_{name}", os.path.join(home, name.lower()))
        for name in _LANGUAGE_NAMES:
            patch.delenv(name, raising=False)
        _GUARD.armed = True
        try:
            yield _GUARD
        finally:
            _GUARD.armed = False
            complaints = [*_GUARD.complaints]
            _GUARD.complaints.clear()
    with contextlib.suppress(OSError):
        os.rmdir(home)
    assert not complaints, f"this test touches {complaints[0]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the real programs on one worker: they share the ports 25 and 587."""
    for item in items:
        if item.get_closest_marker("e2e") is not None:
            item.add_marker(pytest.mark.xdist_group("real programs"))
