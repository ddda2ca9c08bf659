"""Somebody at a terminal: what they type, what they were asked, and the store of their system."""

from __future__ import annotations

from dataclasses import dataclass, field

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from submission.hostile_server import GOOD_PASSWORD


class Store(KeyringBackend):
    """A store for passwords that may be locked."""

    priority = 0  # nobody takes it who is not handed it

    def __init__(self) -> None:
        """Begin empty and open."""
        super().__init__()  # type: ignore[no-untyped-call]  # keyring is half typed
        self.kept: dict[str, str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """See KeyringBackend."""
        del service
        self._open()
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """See KeyringBackend."""
        del service
        self._open()
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        """See KeyringBackend."""
        del service
        self._open()
        if self.kept.pop(username, None) is None:
            raise PasswordDeleteError(username)

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("the store is locked")


@dataclass
class Person:
    """Types these answers in turn, then nothing; and this password."""

    types: list[str] = field(default_factory=list)
    password: str = GOOD_PASSWORD
    asked: list[str] = field(default_factory=list)
    asked_for_password: int = 0
    store: Store = field(default_factory=Store)

    def answer(self, question: str) -> str:
        """What is typed at a question."""
        self.asked.append(question)
        return self.types.pop(0) if self.types else ""

    def tell_password(self, question: str) -> str:
        """What is typed without being shown."""
        del question
        self.asked_for_password += 1
        return self.password
