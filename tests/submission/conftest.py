"""What the tests of looking at servers start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keyring.core
import pytest

from certificates import Authority
from configure587 import session, terminal
from submission.person import Person
from submission.world import World

if TYPE_CHECKING:
    import pathlib


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give the authority that this computer believes."""
    return Authority(str(tmp_path_factory.mktemp("authority")))


@pytest.fixture
def world(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> World:
    """Give a world without servers, in which that authority is believed."""
    return World(authority, monkeypatch)


@pytest.fixture
def data(tmp_path: pathlib.Path) -> pathlib.Path:
    """Give a data folder, not there yet."""
    return tmp_path / "data"


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    """Give somebody at a terminal, with a store for passwords."""
    made, somebody = session.Session, Person()

    def at_a_terminal(**words: Any) -> session.Session:  # noqa: ANN401 - the fields of Session
        return made(**{**words, "interactive": True})

    monkeypatch.setattr(session, "Session", at_a_terminal)
    monkeypatch.setattr(terminal, "prompt", somebody.answer)
    monkeypatch.setattr(terminal, "secret", somebody.tell_password)
    monkeypatch.setattr(keyring.core, "_keyring_backend", somebody.store)
    return somebody
